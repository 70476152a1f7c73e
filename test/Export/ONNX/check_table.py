"""Counts the graph ops of the .td files that the table of the exporter lacks.

    check_table.py TABLE.md FOLDER_OF_TD_FILES
"""
import pathlib
import re
import sys

rows = set(re.findall(r"^\| `(tt\.\w+)`", pathlib.Path(sys.argv[1]).read_text(), re.M))
ops = set()
for name in ("ControlOps", "ElementwiseOps", "NNOps", "ReductionOps", "ShapeOps"):
    text = (pathlib.Path(sys.argv[2]) / f"{name}.td").read_text()
    ops |= {"tt." + mnemonic for mnemonic in re.findall(r'^def TT_\w+Op : TT_\w+<\s*"(\w+)"', text, re.M)}
for op in sorted(ops ^ rows):
    print(f"{op} is in {'the dialect' if op in ops else 'the table'} only")
print(f"{len(ops)} graph ops, {len(ops - rows)} without a row")
sys.exit(bool(ops ^ rows) or len(ops) < 80)
