"""Fails when an include or a link of lib/, include/tt or tools/ points to the right in docs/ARCHITECTURE.md's order.

Support <- Dialect/IR <- Analysis <- { Import, Export, Graph, Quantization, Codegen/* } <- Pipelines <- Tools <- tools; Runtime is an island whose headers only
Codegen/ToLLVM, Pipelines, Tools and tools may see. Folders inside the braces never include each other.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
LEVEL = {"Support": 0, "Dialect/IR": 1, "Analysis": 2, "Import/ONNX": 3, "Export/ONNX": 3, "Graph": 3, "Quantization": 3, "Codegen/ToLinalg": 3, "Codegen/Config": 3,
         "Codegen/Memory": 3, "Codegen/Microkernel": 3, "Codegen/ToLLVM": 3, "Pipelines": 4, "Tools": 5, "tools": 6}
MAY_SEE_RUNTIME = {"Codegen/ToLLVM", "Pipelines", "Tools", "tools", "Runtime"}


def room(path):
    """The room of a path below include/tt or lib, e.g. Codegen/ToLinalg; None where there is none."""
    for name in sorted(list(LEVEL) + ["Runtime"], key=len, reverse=True):
        if path == name or path.startswith(name + "/"):
            return name
    return None


def files():
    for top, strip in (("lib", "lib"), ("include/tt", "include/tt"), ("tools", None)):
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in (".cpp", ".h", ".td", ".c"):
                inside = path.relative_to(ROOT / strip).as_posix() if strip else "tools/x"
                yield path, room(inside)


def main():
    errors, seen = [], 0
    for path, here in files():
        where = path.relative_to(ROOT)
        if here is None:
            errors.append(f"{where}: is in no room of docs/ARCHITECTURE.md")
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = re.match(r'\s*#?include\s+"tt/([^"]+)"', line)
            if not found:
                continue
            seen += 1
            there = room(found.group(1))
            if there is None:
                errors.append(f"{where}:{number}: includes unknown room tt/{found.group(1)}")
            elif there == here:
                continue
            elif here == "Runtime":
                errors.append(f"{where}:{number}: Runtime includes {there}; it is an island")
            elif there == "Runtime":
                if here not in MAY_SEE_RUNTIME:
                    errors.append(f"{where}:{number}: {here} includes Runtime")
            elif LEVEL[there] >= LEVEL[here]:
                errors.append(f"{where}:{number}: {here} includes {there}, which is not to its left")
    if seen < 20:
        errors.append(f"only {seen} includes were found: the scan does not see the sources")
    print("\n".join(errors))
    print(f"layering: {seen} includes, {len(errors)} errors")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
