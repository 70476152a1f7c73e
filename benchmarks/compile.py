#!/usr/bin/python3
"""Time, peak anonymous memory and determinism of compiling one model.

    benchmarks/compile.py model.onnx [--tool build/bin/tt-compile] [--repeat 3] [-- OPTIONS OF tt-compile]

Prints one JSON line: wall seconds of each run, the peak of RssAnon summed over tt-compile and its children (sampled from /proc every
2 ms; mapped file pages are not counted), model and artefact bytes, and whether all artefacts are identical.
"""
import argparse
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time


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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("--tool", default=str(pathlib.Path(__file__).resolve().parents[1] / "build/bin/tt-compile"))
    parser.add_argument("--repeat", type=int, default=3)
    args, options = parser.parse_known_args()
    options = [o for o in options if o != "--"]
    seconds, peaks, digests, size = [], [], set(), 0
    with tempfile.TemporaryDirectory() as directory:
        artefact = os.path.join(directory, "model.so")
        for _ in range(args.repeat):
            taken, peak = compile_once([args.tool, args.model, "-o", artefact, *options])
            seconds.append(round(taken, 3))
            peaks.append(peak)
            data = pathlib.Path(artefact).read_bytes()
            digests.add(hashlib.sha256(data).hexdigest())
            size = len(data)
    model_bytes = os.path.getsize(args.model)
    print(json.dumps({"model": os.path.basename(args.model), "model_bytes": model_bytes, "artefact_bytes": size,
                      "seconds": seconds, "median_seconds": sorted(seconds)[len(seconds) // 2], "peak_anonymous_bytes": peaks,
                      "peak_over_model": round(max(peaks) / model_bytes, 3), "identical": len(digests) == 1}))


if __name__ == "__main__":
    main()
