"""Asks tt-lsp-server what it knows about an op and where it sees errors, over the language server protocol."""
import json
import subprocess
import sys

TEXT = "func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {\n  %y = tt.exp %x : tensor<4xf32>\n  %z = tt.nonsense %y\n  return %y : tensor<4xf32>\n}\n"


def message(content):
    text = json.dumps({"jsonrpc": "2.0", **content})
    return f"Content-Length: {len(text)}\r\n\r\n{text}"


def main():
    document = {"uri": "file:///test.mlir", "languageId": "mlir", "version": 1, "text": TEXT}
    requests = [
        {"id": 0, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}},
        {"method": "textDocument/didOpen", "params": {"textDocument": document}},
        {"id": 1, "method": "shutdown", "params": None},
        {"method": "exit", "params": None},
    ]
    result = subprocess.run(["tt-lsp-server"], input="".join(map(message, requests)), capture_output=True, text=True, timeout=60)
    print(result.stdout)
    return result.returncode


if __name__ == "__main__":
    sys.exit(main())
