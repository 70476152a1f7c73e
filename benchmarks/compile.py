#!/usr/bin/python3
"""Time, peak anonymous memory and determinism of compiling one model.

    benchmarks/compile.py model.onnx [--tool build/bin/tt-compile] [--repeat 3] [--keep FILE] [--max-ratio R] [-- OPTIONS OF tt-compile]

Prints one JSON line: wall seconds of each run, the peak of RssAnon summed over tt-compile and its children (sampled from /proc every
2 ms; mapped file pages are not counted), model (with external data) and artefact bytes, and whether all artefacts are identical.
--keep moves the last artefact to FILE; --max-ratio fails where the peak is above R times the model.
"""
import argparse
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import onnx


def anonymous_bytes(pid):
    """RssAnon of a process and of its children; 0 for what has just ended."""
    total = 0
    try:
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                total = int(line.split()[1]) * 1024
        for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            # Between fork and exec the linker's process still shows the pages it shares with its parent.
            if os.readlink(f"/proc/{child}/exe") != os.readlink(f"/proc/{pid}/exe"):
                total += anonymous_bytes(int(child))
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        pass
    return total


def compile_once(command):
    start, peak = time.monotonic(), 0
    process = subprocess.Popen(command)
    while process.poll() is None:
        peak = max(peak, anonymous_bytes(process.pid))
        time.sleep(0.002)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit status {process.returncode}")
    return time.monotonic() - start, peak


def digest(path):
    result = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 24):
            result.update(block)
    return result.hexdigest()


def model_size(path):
    """Bytes of a model and of its external data."""
    files = {path}
    for tensor in onnx.load(path, load_external_data=False).graph.initializer:
        files |= {os.path.join(os.path.dirname(path), e.value) for e in tensor.external_data if e.key == "location"}
    return sum(map(os.path.getsize, files))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("--tool", default=str(pathlib.Path(__file__).resolve().parents[1] / "build/bin/tt-compile"))
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--keep")
    parser.add_argument("--max-ratio", type=float)
    args, options = parser.parse_known_args()
    options = [o for o in options if o != "--"]
    seconds, peaks, digests, size = [], [], set(), 0
    with tempfile.TemporaryDirectory(dir=os.path.dirname(args.keep) if args.keep else None) as directory:
        artefact = os.path.join(directory, "model.so")
        for _ in range(args.repeat):
            taken, peak = compile_once([args.tool, args.model, "-o", artefact, *options])
            seconds.append(round(taken, 3))
            peaks.append(peak)
            digests.add(digest(artefact))
            size = os.path.getsize(artefact)
        if args.keep:
            shutil.move(artefact, args.keep)
    model_bytes = model_size(args.model)
    print(json.dumps({"model": os.path.basename(args.model), "model_bytes": model_bytes, "artefact_bytes": size,
                      "seconds": seconds, "median_seconds": sorted(seconds)[len(seconds) // 2], "peak_anonymous_bytes": peaks,
                      "peak_over_model": round(max(peaks) / model_bytes, 3), "identical": len(digests) == 1}))
    if args.max_ratio is not None and max(peaks) > args.max_ratio * model_bytes:
        sys.exit(f"{args.model}: {max(peaks) / model_bytes:.2f} times the model in anonymous memory, allowed are {args.max_ratio}")


if __name__ == "__main__":
    main()
