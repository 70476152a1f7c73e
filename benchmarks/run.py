#!/usr/bin/python3
"""Times tt against ONNX Runtime over the benchmark set, and writes the table to docs/benchmarks.md.

    benchmarks/models/export.py FOLDER      # the set: PyTorch's exporter, seeded weights
    benchmarks/peers/install                # ONNX Runtime, by npm
    benchmarks/run.py FOLDER [--build build] [--threads 1 2] [--only NAME ...] [--json FILE] [--write docs/benchmarks.md]
    benchmarks/run.py --tests FOLDER...     # ONNX test folders instead: model.onnx with the inputs of test_data_set_0

Each model of FOLDER is compiled once; `tt-bench compare` then alternates both in one run for each number of threads, pinned to as many CPUs (the highest), and
compares their outputs first. Random tokens would be 0 or 1: the decoders and BERT get seeded tokens of their whole vocabulary and a mask of ones. A model
that tt does not compile, or whose outputs differ, has a line that says so. Without --write the table is printed only; with --only, models that were not run keep their
lines. Outputs of quantized models may differ by 0.02 of their range, which is what the dynamic ones among ../shared/models are allowed.
"""
import argparse
import datetime
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
# In the order of the table. Shapes and largest token + 1 of inputs that are not random floats.
MODELS = {
    "resnet50": {}, "resnet50-8": {}, "resnet18": {}, "resnet18-8": {}, "mobilenet_v2": {}, "mobilenet_v2-8": {}, "efficientnet_b0": {},
    "efficientnet_b0-8": {}, "vit_b_32": {},
    "bert_base": {"input_ids": (128, 30522), "attention_mask": (128, None), "token_type_ids": (128, 2)},
    "gpt2": {"input_ids": (64, 50257)},
    "llama_gqa": {"input_ids": (64, 32000)},
}
HEADER = ("| model | threads | tt, ms | ONNX Runtime, ms | tt / ONNX Runtime, 95 % | verdict |", "|---|---|---|---|---|---|")


def write_inputs(name, folder):
    """The --input options of a model."""
    random, options = np.random.default_rng(7), []
    for key, (length, limit) in MODELS[name].items():
        values = np.ones((1, length), np.int64) if limit is None else random.integers(0, limit, (1, length), np.int64)
        path = os.path.join(folder, f"{name}-{key}.npy")
        np.save(path, values)
        options += ["--input", f"{key}={path}"]
    return options


def read_test(folder):
    """The options for the inputs and tolerance of an ONNX test folder."""
    import onnx
    model = onnx.load(folder / "model.onnx", load_external_data=False)
    initializers = {tensor.name for tensor in model.graph.initializer}
    names = [value.name for value in model.graph.input if value.name not in initializers]
    options = []
    for index, name in enumerate(names):
        options += ["--input", f"{name}={folder / 'test_data_set_0' / f'input_{index}.pb'}"]
    quantized = any(re.search("Quantize|Integer|^Q(Linear|Gemm|Attention)", node.op_type) for node in model.graph.node)
    return options + (["--atol-range=0.02"] if quantized else [])


def run(command):
    """(standard output, None) or (None, the first line of the error)."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode == 0:
        return done.stdout, None
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    return None, (lines[0] if lines else f"exit status {done.returncode}").replace("|", "\\|")


def measure(name, library, model, options, threads, args, folder):
    """A line of the table; `options` are those of tt-bench for this model."""
    cpus = sorted(os.sched_getaffinity(0))[-threads:]
    if len(cpus) < threads:
        return f"| {name} | {threads} | | | | not run: this process may use {len(cpus)} CPUs |"
    record_path = os.path.join(folder, "record.json")
    if os.path.exists(record_path):
        os.remove(record_path)
    _, error = run([str(args.build / "bin/tt-bench"), "compare", library, f"ort:{model}", f"--threads={threads}", "--pin=" + ",".join(map(str, cpus)),
                    f"--min-seconds={args.min_seconds}", f"--repetitions={args.repetitions}", "--json", record_path] + options)
    if error:
        return f"| {name} | {threads} | | | | {error} |"
    line = open(record_path).read()
    if args.json:
        with open(args.json, "a") as out:
            out.write(line)
    record = json.loads(line)
    times = []
    for side in ("a", "b"):
        net = record[side + "_net_p50_ns"]  # without the cost of the binding
        low, median, high = np.percentile(record[side]["samples_ns"], [10, 50, 90])
        low, high = low - median + net, high - median + net
        times.append(f"{net / 1e6:.3g} ({low / 1e6:.3g} .. {high / 1e6:.3g})")
    verdict = {"A is faster": "tt is faster", "B is faster": "ONNX Runtime is faster"}.get(record["verdict"], record["verdict"])
    return f"| {name} | {threads} | {times[0]} | {times[1]} | {record['ratio']:.3f} [{record['low']:.3f}, {record['high']:.3f}] | {verdict} |"


def row_key(line):
    cells = [cell.strip() for cell in line.split("|")]
    return cells[1], cells[2]


def page(rows, args):
    environment = {}
    if args.json and os.path.exists(args.json):
        environment = json.loads(open(args.json).read().splitlines()[-1])["environment"]
    order = {name: index for index, name in enumerate(MODELS)}
    lines = sorted(rows.values(), key=lambda line: (order.get(row_key(line)[0], len(order)), row_key(line)[1]))
    load = ", ".join(f"{value:.1f}" for value in environment.get("load_average") or [])
    note = []
    if max((environment.get("load_average") or [0])[:2]) > environment.get("cpus_online", 1):  # of the last 5 minutes
        note = ["The machine was loaded by other programs: read the ratios, not the times, and those of several threads with care.", ""]
    limits = subprocess.run([str(args.build / "bin/tt-bench"), "--machine"], capture_output=True, text=True, check=True).stdout
    return "\n".join([
        "# tt against ONNX Runtime", "",
        "Written by `benchmarks/run.py`; how it measures: `docs/benchmarking.md`. Times of one run (medians, in brackets the 10 and 90 percentiles of the samples);",
        "a ratio below 1 says that tt is faster; a draw is what noise explains. `-8` is batch 8, else batch 1. f32, seeded random weights.", "",
        f"Last run {datetime.date.today()}, commit {environment.get('tt_commit', 'unknown')}, load average before {load or 'unknown'}:", "",
        "```sh", shlex.join(["benchmarks/run.py"] + sys.argv[1:]), "```", "", *note,
        *HEADER, *lines, "", "The machine (`tt-bench --machine`):", "", "```", limits.rstrip(), "```", ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, nargs="?", help="with the set's models")
    parser.add_argument("--tests", type=pathlib.Path, nargs="+", metavar="FOLDER", help="ONNX test folders")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--only", nargs="+", choices=list(MODELS), metavar="NAME")
    parser.add_argument("--min-seconds", type=float, default=5, help="of each comparison (5)")
    parser.add_argument("--repetitions", type=int, default=30, help="pairs of each comparison, at least (30)")
    parser.add_argument("--json", default="benchmarks.jsonl", help="raw samples are appended here (benchmarks.jsonl)")
    parser.add_argument("--write", type=pathlib.Path, metavar="FILE", help="write the page, e.g. docs/benchmarks.md")
    args = parser.parse_args()
    if bool(args.folder) == bool(args.tests) or args.tests and (args.only or args.write):
        parser.error("needs FOLDER, or --tests without --only and --write")
    rows = {}
    if args.write and args.write.exists():
        rows = {row_key(line): line for line in args.write.read_text().splitlines() if re.match(r"\| [\w-]+ \| \d+ \|", line)}
    print("\n".join(HEADER), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        library = os.path.join(folder, "model.so")
        for item in args.tests or args.only or MODELS:
            if args.tests:
                name, model, options = item.resolve().name, str(item / "model.onnx"), read_test(item)
            else:
                name, model, options = item, str(args.folder / f"{item}.onnx"), write_inputs(item, folder)
            _, error = run([str(args.build / "bin/tt-compile"), model, "-o", library])
            for threads in args.threads:
                line = f"| {name} | {threads} | | | | {error} |" if error else measure(name, library, model, options, threads, args, folder)
                rows[row_key(line)] = line
                print(line, flush=True)
    if args.write:
        args.write.write_text(page(rows, args))


if __name__ == "__main__":
    main()
