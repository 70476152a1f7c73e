"""Exports ONNX test folders and checks what comes out.

    export_tests.py OUT FOLDER... [--optimized]

FOLDER/model.onnx goes through tt (--export-onnx) to OUT/NAME/model.onnx, beside links to the folder's test data, so that `tt-run --onnx-test OUT/*`
compares the exported models with the references. Each is checked by onnx.checker with full_check, and imported again: the module must be the
one that the original gives, but for names and the order of constants. With --optimized it is the stage optimized that is exported, and the
same module is one with as many ops of each kind after both are optimized. Prints what was refused, and
counts. Exit status 1 where a check failed.
"""
import argparse
import collections
import concurrent.futures
import math
import os
import pathlib
import re
import subprocess
import sys

import onnx


def translate(*args):
    return subprocess.run(["tt-translate", *map(str, args)], capture_output=True, text=True)


def normalize(text):
    """Lines of a module with constants put where they are used, and values numbered in order."""
    names, out = {}, []
    for line in text.partition("{-#")[0].splitlines():
        line = re.sub(r"tt.dims = \[[^]]*\]", "", line)  # names of sizes that turned out to be known are not kept
        constant = re.match(r"\s*(%[\w]+) = arith.constant (.*)", line)
        if constant:
            names[constant[1]] = f"({constant[2]})"
            continue
        if result := re.match(r"\s*(%\w+)(:\d+)? = ", line):
            names[result[1]] = f"%v{sum(n.startswith('%v') for n in names.values())}"
        out.append(re.sub(r"%\w+", lambda m: names.get(m[0], m[0]), line).strip())
    # Whether a constant of 64 bytes or more is a resource depends on how the file stores it.
    text = re.sub(r"dense(_resource)?<[^()]*?> : (tensor<[^()]*?>)", lambda m: f"large {m[2]}" if is_large(m[2]) else m[0], "\n".join(out[1:]))
    return text


def is_large(type_text):
    """Whether a static tensor type has 64 bytes or more."""
    *sizes, element = type_text[len("tensor<"):-1].split("x")
    return math.prod(map(int, sizes)) * max(int(re.sub(r"\D", "", element)) // 8, 1) >= 64


def optimize(model, bytecode):
    """Optimizes a model into a file; how many ops of each kind that has."""
    subprocess.run(["tt-compile", model, "--until=optimized", "-o", bytecode], check=True)
    elide = ["--mlir-elide-elementsattrs-if-larger=8", "--mlir-elide-resource-strings-if-larger=0"]
    text = subprocess.run(["tt-opt", bytecode, *elide], check=True, capture_output=True, text=True).stdout
    return collections.Counter(re.findall(r" = (tt\.\w+)", text))


def run(source, out, optimized):
    """(outcome, detail) of one folder."""
    model, target = source / "model.onnx", out / source.name
    if not model.exists():
        return "not a test folder", ""
    imported = translate("--import-onnx", model)
    if imported.returncode != 0:
        return "not importable", imported.stderr.strip()
    target.mkdir(parents=True)
    graph, ops = model, None
    if optimized:
        graph = target / "optimized.mlirbc"
        ops = optimize(model, graph)
    exported = translate("--export-onnx", graph, "-o", target / "model.onnx")
    if exported.returncode != 0:
        target.rmdir()
        return ("refused" if "cannot be exported: " in exported.stderr else "failed"), exported.stderr.strip()
    try:
        # Not by path: that would write what shape inference finds into the file.
        onnx.checker.check_model(onnx.load(str(target / "model.onnx")), full_check=True)
    except Exception as error:  # onnx.checker raises several types
        return "failed", f"onnx.checker: {str(error).strip().splitlines()[0]}"
    again = translate("--import-onnx", target / "model.onnx")
    if again.returncode != 0:
        return "failed", f"import of the export: {again.stderr.strip()}"
    for data in source.iterdir():
        if data.name != "model.onnx":
            (target / data.name).symlink_to(data.resolve())
    if optimized:
        same = ops == optimize(target / "model.onnx", graph)
        graph.unlink()
    else:
        same = normalize(imported.stdout) == normalize(again.stdout)
    return "same" if same else "different", ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("folders", type=pathlib.Path, nargs="+")
    parser.add_argument("--optimized", action="store_true")
    args = parser.parse_args()
    folders = sorted(args.folders)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda folder: run(folder, args.out, args.optimized), folders))
    reasons = collections.defaultdict(list)
    for folder, (outcome, detail) in zip(folders, results):
        if outcome in ("failed", "different"):
            print(f"{outcome}: {folder.name}: {detail}")
        elif outcome == "refused":
            reasons[re.sub(r"^error: ('[^']*': )?", "", detail.splitlines()[0])].append(folder.name)
    for reason, names in sorted(reasons.items()):
        print(f"refused ({len(names)}): {reason}: {' '.join(names)}")
    count = collections.Counter(outcome for outcome, _ in results)
    print(f"{count['same'] + count['different']} exported, {count['same']} of them import as the same module, {count['refused']} refused, "
          f"{count['not importable']} not importable, {count['failed']} failed")
    return 1 if count["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
