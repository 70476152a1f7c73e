"""Cuts the ```mlir blocks out of the .td files and holds them against tt-opt, so that the manual cannot go stale.

Ops: each block is wrapped in a function whose arguments are the values it uses without defining; it must parse and verify.
Passes: the block after "Before" is run through the pass, which must accept it; every op of the block after "After" (where it is IR, not
words) must appear in the output, in order. Passes that only check need no example.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(sys.argv[1])
BLOCK = re.compile(r"```mlir\n(.*?)```", re.S)


def opt(text, *flags):
    return subprocess.run(["tt-opt", "-", *flags], input=text, capture_output=True, text=True)


def split_types(text):
    """The types of a type list, split at the commas outside brackets."""
    parts, depth, current = [], 0, ""
    for previous, char in zip(" " + text, text):
        if char in "<([{":
            depth += 1
        elif char in ")]}" or (char == ">" and previous != "-"):
            depth -= 1
        if char == "," and depth == 0:
            parts.append(current.strip())
            current = ""
        else:
            current += char
    return parts + [current.strip()]


def undefined_values(block):
    """Names used before definition."""
    defined, used = set(), []
    for line in block.splitlines():
        left, eq, right = line.partition(" = ")
        is_definition = bool(eq) and re.fullmatch(r"\s*%[\w:#]+(\s*,\s*%[\w:#]+)*", left)
        for name in re.findall(r"%[\w]+", right if is_definition else line):
            if name not in defined and name not in used and not re.search(r"\^\w+\(.*" + name + r"\b", line):
                used.append(name)
        for name in re.findall(r"\^\w+\((.*)\):", line):
            defined.update(re.findall(r"%\w+", name))
        if is_definition:
            defined.update(re.findall(r"%\w+", left))
    return used


def wrap(block):
    """Lets tt-opt tell the type of each undefined value: it is given by a cast from nothing, found by trial."""
    types = {name: None for name in undefined_values(block)}
    for _ in range(2 * len(types) + 2):
        args = "\n".join(f'  {n} = "test.value"() : () -> {t or "none"}' for n, t in types.items())
        text = f"func.func @example() {{\n{args}\n{block}\n  return\n}}"
        result = opt(text, "--allow-unregistered-dialect")
        if result.returncode == 0:
            return True, ""
        found = re.search(r"use of value '(%\w+)' expects different type than prior uses: '(.*?)' vs '(.*?)'\n", result.stderr)
        if not found or found.group(1) not in types:
            return False, result.stderr
        types[found.group(1)] = found.group(2) if found.group(3) == "none" or types[found.group(1)] else found.group(3)
    return False, result.stderr


def check_ops():
    count, errors = 0, []
    for path in sorted((ROOT / "include/tt/Dialect/IR").glob("*.td")):
        text = path.read_text()
        # The classes build their example from the mnemonic: expand `def X : Class<"name"` by asking tablegen's result, the op docs.
        for block in BLOCK.findall(text):
            if '" #' in block or "\\n" in block:
                continue
            count += 1
            good, why = wrap(block) if not block.lstrip().startswith(("module", "func")) else (opt(block).returncode == 0, "")
            if not good:
                errors.append(f"{path.relative_to(ROOT)}: example does not parse:\n{block}{why}")
    return count, errors


def check_passes():
    count, errors = 0, []
    for path in sorted((ROOT / "include/tt").rglob("Passes.td")):
        for entry in re.split(r"\ndef ", path.read_text())[1:]:
            name = re.search(r'Pass<"([^"]+)"', entry)
            blocks = BLOCK.findall(entry)
            if not name:
                continue
            count += 1
            where = f"{path.relative_to(ROOT)}: {name.group(1)}"
            if re.search(r'summary = "(Check|Verify)', entry):
                continue  # changes nothing
            if not blocks or "Before" not in entry or "After" not in entry:
                errors.append(f"{where}: needs a before and an after example")
                continue
            if not blocks[0].lstrip().startswith(("func", "module", "#")):
                continue
            result = opt(blocks[0], f"--{name.group(1)}")
            if result.returncode:
                errors.append(f"{where}: the example fails: {result.stderr}")
                continue
            if len(blocks) == 1:
                continue  # the result is described in words
            wanted = re.findall(r"^\s*(?:%[\w:%, ]+ = )?([a-z_]+\.[a-z_0-9.]+)", re.sub(r"//.*", "", blocks[1]), re.M)
            position = 0
            for op in wanted:
                found = re.search(re.escape(op) + r"\b", result.stdout[position:])
                if not found:
                    errors.append(f"{where}: '{op}' of the after example does not come out:\n{result.stdout}")
                    break
                position += found.end()
    return count, errors


def main():
    what = sys.argv[2]
    count, errors = check_ops() if what == "ops" else check_passes()
    print("\n".join(errors))
    print(f"examples of {what}: {count}, {len(errors)} errors")
    return 1 if errors or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
