"""Checks of the tests and documents themselves.

- a FileCheck directive without its colon checks nothing;
- a test with CHECK lines needs FileCheck in a RUN line;
- a path in backticks in README.md or docs/*.md that looks like one of ours must exist.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
DIRECTIVE = re.compile(r"^\s*(?://|#)?\s*(CHECK(?:-(?:NEXT|SAME|NOT|DAG|LABEL|EMPTY|COUNT-\d+))?)(\s+\S|$)")
TOP = ("lib/", "include/", "tools/", "test/", "python/", "docs/", "benchmarks/", "examples/", ".ci/", "cmake/")


def main():
    errors, tests, paths = [], 0, 0
    for path in sorted((ROOT / "test").rglob("*")):
        if path.suffix not in (".mlir", ".test") or not path.is_file() or "Inputs" in path.parts:
            continue
        tests += 1
        text = path.read_text()
        where = path.relative_to(ROOT)
        for number, line in enumerate(text.splitlines(), 1):
            if DIRECTIVE.match(line):
                errors.append(f"{where}:{number}: directive without a colon checks nothing")
        run_lines = "\n".join(line for line in text.splitlines() if "RUN:" in line)
        if re.search(r"^\s*(//|#)?\s*CHECK[A-Z-]*:", text, re.M) and "FileCheck" not in run_lines:
            errors.append(f"{where}: has CHECK lines, but no RUN line calls FileCheck")
        if not run_lines:
            errors.append(f"{where}: has no RUN line")
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        if not path.exists():
            continue
        for quoted in re.findall(r"`([^`\s]+)`", path.read_text()):
            if quoted.startswith(TOP) and not any(c in quoted for c in "*{<$"):
                paths += 1
                if not (ROOT / quoted.split(":")[0]).exists():
                    errors.append(f"{path.relative_to(ROOT)}: names `{quoted}`, which does not exist")
    if tests < 3:
        errors.append(f"only {tests} tests were found: the scan does not see them")
    print("\n".join(errors))
    print(f"lint: {tests} tests, {paths} paths, {len(errors)} errors")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
