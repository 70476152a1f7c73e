"""Profiles the models of make.py with real probes and checks that tt-profile names what holds each back, and an option that helps.

usage: verdicts.py FOLDER    (tt-compile, tt-run and tt-profile in PATH)

No time is judged: a verdict follows from how a time compares with the machine's measured limits, and those of these models are far from where a
verdict would flip.
"""
import json
import pathlib
import platform
import subprocess
import sys

import numpy
import onnx

import make

# Model: flags of tt-compile, threads, runs, the kind of op, the verdict, a part of the hint.
CASES = {
    "serial": ([], 2, 20, "cumsum", "serial", "several sessions side by side"),
    "tiny": ([], 1, 2000, "matmul", "overhead", "a larger batch"),
    "elementwise": ([], 1, 10, "add", "memory", ("--threads", "tt-fuse-elementwise")),
    "transpose": ([], 1, 10, "transpose", "memory", "tt-assign-layout"),
    "portable": (["--cpu=x86-64"], 1, 20, "matmul", "compute", "--cpu=native"),
}


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def has_wide_vectors():
    if platform.machine() != "x86_64":
        return False
    with open("/proc/cpuinfo") as f:
        return "avx2" in f.read()


def profile(folder, name):
    flags, threads, runs, *_ = CASES[name]
    path = folder / f"{name}.onnx"
    run("tt-compile", path, "--profile", *flags, "-o", folder / f"{name}.so")
    inputs = []
    for value in onnx.load(str(path)).graph.input:
        shape = [d.dim_value for d in value.type.tensor_type.shape.dim]
        file = folder / f"{name}-{value.name}.npy"
        numpy.save(file, numpy.random.default_rng(1).standard_normal(shape).astype("f4"))
        inputs.append(f"{value.name}={file}")
    result = folder / f"{name}.json"
    run("tt-run", folder / f"{name}.so", *inputs, f"--threads={threads}", f"--repeat={runs}", f"--profile-out={result}")
    return json.loads(run("tt-profile", result, "--json"))


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    wrong = 0
    for name, build in make.MODELS.items():
        if name == "portable" and not has_wide_vectors():
            print(f"{name:12} skipped: the portable code is the best this CPU has")
            continue
        onnx.save(build(), str(folder / f"{name}.onnx"))
        report = profile(folder, name)
        _, _, _, kind, verdict, hint = CASES[name]
        mine = [op for op in report["ops"] if kind in op["kinds"]]
        slowest = max(mine, key=lambda op: op["share"]) if mine else None
        hints = hint if isinstance(hint, tuple) else (hint,)
        is_right = slowest and slowest["bottleneck"] == verdict and any(part in slowest["hint"] for part in hints)
        wrong += not is_right
        found = f"{slowest['bottleneck']}: {slowest['why']}; {slowest['hint']}" if slowest else "no op of kind " + kind
        print(f"{name:12} {'right' if is_right else 'WRONG, needs ' + verdict}  coverage {100 * report['run']['coverage']:.1f} %  {found}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
