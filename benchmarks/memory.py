#!/usr/bin/python3
"""Peak resident memory of running the benchmark set, tt against ONNX Runtime, weights excluded.

    benchmarks/memory.py FOLDER [--build build] [--only NAME ...] [--threads 1] [--runs 3]

FOLDER is what benchmarks/models/export.py wrote. Each side is a process of its own that loads the model and runs it: an executable made by tt-compile; Node.js with
ONNX Runtime (benchmarks/peers/install). A figure is the process's peak resident set, less that of the same process with a model that copies one float, less the
bytes of the model's weights. ONNX Runtime packs weights into copies, so its figure includes what it holds twice.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper

import run as benchmark

MB = 1 << 20


# A process begins with the peak of the one that started it, so a small one does.
LAUNCH = """
import os, resource, subprocess, sys
status = subprocess.run(sys.argv[2:], stdout=sys.stderr).returncode
with open(sys.argv[1], "w") as out:
    out.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024))
sys.exit(status)
"""


def peak(command, folder, stdin=""):
    """The peak resident set of a process in bytes."""
    result = os.path.join(folder, "peak")
    done = subprocess.run([sys.executable, "-S", "-c", LAUNCH, result, *command], input=stdin, stderr=subprocess.PIPE, text=True)
    if done.returncode or '"error"' in done.stderr:
        sys.exit(f"{' '.join(command)}: exit status {done.returncode}: {done.stderr.strip()}")
    with open(result) as file:
        return int(file.read())


def weights(model):
    return sum(int(np.prod(t.dims)) * helper.mapping.TENSOR_TYPE_TO_NP_TYPE[t.data_type].itemsize for t in model.graph.initializer)


def write_identity(path):
    value = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, [1])
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "identity", [value("x")], [value("y")])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 16)], ir_version=8), path)


def make_inputs(model, name):
    """(name, ONNX type, array) of each input: seeded."""
    random, result = np.random.default_rng(7), []
    names = {t.name for t in model.graph.initializer}
    for value in model.graph.input:
        if value.name in names:
            continue
        shape = [d.dim_value for d in value.type.tensor_type.shape.dim]
        kind = value.type.tensor_type.elem_type
        limit = benchmark.MODELS.get(name, {}).get(value.name, (0, 2))[1] or 2
        array = random.uniform(-1, 1, shape).astype(np.float32) if kind == TensorProto.FLOAT else random.integers(0, limit, shape, np.int64)
        result.append((value.name, kind, array))
    return result


def tt_peak(path, inputs, args, folder):
    program = os.path.join(folder, "program")
    subprocess.run([str(args.build / "bin/tt-compile"), path, "-o", program], check=True)
    files = []
    for i, (name, _, array) in enumerate(inputs):
        files.append(f"{name}={folder}/input_{i}.npy")
        np.save(f"{folder}/input_{i}.npy", array)
    return peak([program, "--threads", str(args.threads), "--repeat", str(args.runs), *files], folder)


def ort_peak(path, inputs, args, folder):
    described = []
    for i, (name, kind, array) in enumerate(inputs):
        array.tofile(f"{folder}/input_{i}.raw")
        described.append({"name": name, "type": kind, "dims": list(array.shape), "file": f"{folder}/input_{i}.raw"})
    commands = [{"command": "open", "model": path, "threads": args.threads}, {"command": "inputs", "session": 0, "inputs": described},
                {"command": "time", "session": 0, "runs": args.runs}]
    peers = os.environ.get("TT_PEERS", os.path.expanduser("~/.cache/tt/peers"))
    os.environ["NODE_PATH"] = os.path.join(peers, "node_modules")
    return peak(["node", str(pathlib.Path(__file__).parent / "peers/ort.js")], folder, "".join(json.dumps(c) + "\n" for c in commands))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--build", type=pathlib.Path, default=benchmark.ROOT / "build")
    parser.add_argument("--only", nargs="+", choices=list(benchmark.MODELS), metavar="NAME")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        identity = os.path.join(folder, "identity.onnx")
        write_identity(identity)
        bases = [side(identity, [("x", TensorProto.FLOAT, np.zeros(1, np.float32))], args, folder) for side in (tt_peak, ort_peak)]
        print(f"peak resident memory without weights, MB; the empty processes take {bases[0] / MB:.1f} (tt) and {bases[1] / MB:.1f} (ONNX Runtime)")
        print("| model | weights | tt | ONNX Runtime |", "|---|---|---|---|", sep="\n")
        for name in args.only or benchmark.MODELS:
            path = str(args.folder / f"{name}.onnx")
            model = onnx.load(path)
            inputs, size = make_inputs(model, name), weights(model)
            figures = [side(path, inputs, args, folder) - base - size for side, base in zip((tt_peak, ort_peak), bases)]
            print(f"| {name} | {size / MB:.1f} | {figures[0] / MB:.1f} | {figures[1] / MB:.1f} |", flush=True)


if __name__ == "__main__":
    main()
