"""tt-calibrate on a small model: the statistics against NumPy, every kind of source, shards, interruption, memory, bad samples."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import numpy as np

sys.path.insert(0, sys.argv[1])  # test/Quantization/Inputs
import reference

# Memory that the sanitizers keep back after it is freed would count as the tool's.
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=0:thread_local_quarantine_size_kb=0"

rng = np.random.default_rng(3)
MODEL = """
func.func @main(%x: tensor<?x3x4xf32> {tt.name = "x", tt.dims = ["n", "", ""]}, %s: tensor<4xf32> {tt.name = "s"}) -> (tensor<?x3x4xf32> {tt.name = "y"}) {
  %y = tt.mul %x, %s : tensor<?x3x4xf32>, tensor<4xf32> -> tensor<?x3x4xf32> loc("mul"("y"))
  %z = tt.exp %y : tensor<?x3x4xf32> loc("exp"("z"))
  return %z : tensor<?x3x4xf32>
}
"""
pathlib.Path("m.mlir").write_text(MODEL)
N = 50
X = (rng.normal(0, 1, (N, 3, 4)) * rng.uniform(0.1, 3, (N, 1, 1))).astype(np.float32)
S = rng.normal(0, 1, (N, 4)).astype(np.float32)


def run(*args, good=True):
    result = subprocess.run(["tt-calibrate", *args], capture_output=True, text=True)
    if (result.returncode == 0) != good:
        sys.exit(f"tt-calibrate {args}: status {result.returncode}\n{result.stderr}")
    return result.stderr.strip()


def check(condition, text):
    if not condition:
        sys.exit(f"wrong: {text}")


# The statistics.
np.savez("all.npz", x=X, s=S)
run("m.mlir", "--data", "all.npz", "-o", "all.json")
ranges = json.load(open("all.json"))
values = ranges["values"]
check(list(values) == ["x", "s", "y", "z"], list(values))
check(ranges["samples"] == N and ranges["version"] == 1, ranges["samples"])
Y = X * S[:, None, :]
for name, data in (("x", X), ("s", S), ("y", Y)):
    want, got = reference.statistics(data.reshape(-1)), values[name]
    check(all(got[key] == want[key] for key in ("count", "min", "max", "nan", "infinite", "histogram")), f"{name}: {got} {want}")
    for key in ("sum", "sum_squares"):
        check(np.isclose(sum(got[key]), want[key][0], rtol=1e-12, atol=1e-12), f"{name} {key}: {got[key]} {want[key]}")
check(np.isclose(values["z"]["max"], np.exp(Y.astype(np.float64)).max(), rtol=1e-6), "exp")

# Other sources of the same samples give the same file: deflated, with a batch of one in each row, a folder of samples, ONNX test folders.
same = {}
np.savez_compressed("deflated.npz", x=X, s=S)
np.savez("rows.npz", x=X[:, None], s=S)
os.makedirs("folder")
for i in range(N):
    np.savez(f"folder/sample{i}.npz", x=X[i:i + 1], s=S[i])
    os.makedirs(f"sets/set_{i}")
    np.save(f"sets/set_{i}/input_0.npy", X[i:i + 1])
    np.save(f"sets/set_{i}/input_1.npy", S[i])
    np.save(f"sets/set_{i}/output_0.npy", S[i])
whole = open("all.json").read()
for source in ("deflated.npz", "rows.npz", "folder", "sets"):
    run("m.mlir", "--data", source, "-o", "other.json")
    check(open("other.json").read() == whole, f"{source} gives another file")

# Shards, merged in any order.
np.savez("a.npz", x=X[:11], s=S[:11])
np.savez("b.npz", x=X[11:30], s=S[11:30])
np.savez("c.npz", x=X[30:], s=S[30:])
for part in "abc":
    run("m.mlir", "--data", f"{part}.npz", "-o", f"{part}.json")
run("--merge", "c.json", "a.json", "b.json", "-o", "merged.json")
check(open("merged.json").read() == whole, "merged shards give another file")
run("m.mlir", "--data", "b.npz", "--data", "a.npz", "--data", "c.npz", "-o", "other.json")
check(open("other.json").read() == whole, "several sources give another file")
pathlib.Path("edited.json").write_text(open("b.json").read().replace(ranges["sha256"], "0"))
check("cannot be merged" in run("--merge", "a.json", "edited.json", "-o", "x.json", good=False), "ranges of another model are merged")

# Interrupted: by a number of samples, twice, on a deflated file, whose rows are skipped; by a signal; by SIGKILL.
for data in (["deflated.npz"], ["a.npz", "b.npz", "c.npz"]):
    command = ["m.mlir", *sum((["--data", d] for d in data), []), "-o", "again.json"]
    check("interrupted" in run(*command, "--stop-after=13", good=False), "no word of the interruption")
    check(not os.path.exists("again.json") and os.path.exists("again.json.partial"), "no checkpoint")
    check("is the checkpoint of" in run("--merge", "again.json.partial", "-o", "x.json", good=False), "a checkpoint is merged")
    run(*command, "--stop-after=20", good=False)
    check("going on after 33 of 50" in run(*command), "it did not go on")
    check(open("again.json").read() == whole, "the resumed calibration gives another file")
    check(not os.path.exists("again.json.partial"), "the checkpoint is left")
    os.remove("again.json")
LONG = 3000
np.savez("long.npz", x=np.tile(X, (LONG // N, 1, 1)), s=np.tile(S, (LONG // N, 1)))
run("m.mlir", "--data", "long.npz", "-o", "long.json")
for number in (signal.SIGINT, signal.SIGKILL):
    process = subprocess.Popen(["tt-calibrate", "m.mlir", "--data", "long.npz", "-o", "killed.json", "--checkpoint=0"], stderr=subprocess.DEVNULL)
    while not os.path.exists("killed.json.partial") and process.poll() is None:
        time.sleep(0.005)
    process.send_signal(number)
    check(process.wait() != 0, f"it came to its end before the signal {number}")
    run("m.mlir", "--data", "long.npz", "-o", "killed.json")
    check(open("killed.json").read() == open("long.json").read(), f"after signal {number}: another file")
    os.remove("killed.json")
run("m.mlir", "--data", "all.npz", "-o", "all2.json", "--stop-after=3", good=False)
check("is of another model or other data" in run("m.mlir", "--data", "folder", "-o", "all2.json"), "a foreign checkpoint is taken")

# Memory does not grow with the samples.


def peak(path):
    code = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    return int(subprocess.run([sys.executable, "-c", code, "tt-calibrate", "m.mlir", "--data", path, "-o", "peak.json"], capture_output=True, text=True,
                              check=True).stdout)


BIG = 10000
for suffix, save in (("stored", np.savez), ("deflated", np.savez_compressed)):
    for count in (100, BIG):
        save(f"peak{count}.npz", x=np.resize(X, (count, 100, 3, 4)), s=np.resize(S, (count, 4)))
    few, many = peak("peak100.npz"), peak(f"peak{BIG}.npz")
    check(many <= 1.05 * few, f"{suffix}: peak memory {few} KiB with 100 samples, {many} KiB with {BIG}")
    os.remove(f"peak{BIG}.npz")

# Samples that are wrong.
os.makedirs("bad")


def refuse(name, words, **arrays):
    for file in pathlib.Path("bad").iterdir():
        file.unlink()
    np.savez("bad/good.npz", x=X[:1], s=S[0])
    np.savez(f"bad/{name}.npz", **arrays)
    text = run("m.mlir", "--data", "bad", "-o", "bad.json", good=False)
    check(f"bad/{name}.npz" in text and all(word in text for word in words), text)
    check(not os.path.exists("bad.json"), "a file of bad samples is written")


broken = X[:1].copy()
broken[0, 1, 2] = np.nan
refuse("nan", ["element 6 of input 'x' is nan"], x=broken, s=S[0])
broken[0, 1, 2] = np.inf
refuse("inf", ["element 6 of input 'x' is inf"], x=broken, s=S[0])
refuse("shape", ["input 'x'", "?x3x4", "1x3x5"], x=np.zeros((1, 3, 5), np.float32), s=S[0])
refuse("type", ["input 'x'", "double"], x=X[:1].astype(np.float64), s=S[0])
refuse("missing", ["input 's' is missing"], x=X[:1])
refuse("empty", ["input 'x' is empty"], x=X[:0], s=S[0])
open("bad/cut.npy", "wb").write(b"\x93NUMPY\x01\x00")
check("bad/cut.npy" in run("m.mlir", "--data", "bad", "-o", "bad.json", good=False), "a damaged file")
np.savez("none.npz", x=X[:0], s=S[:0])
check("none.npz: has no samples" in run("m.mlir", "--data", "none.npz", "-o", "bad.json", good=False), "no samples")
np.savez("uneven.npz", x=X, s=S[:3])
check("50 and 3 samples" in run("m.mlir", "--data", "uneven.npz", "-o", "bad.json", good=False), "uneven arrays")
broken = X.copy()
broken[17, 0, 0] = np.nan
np.savez("row.npz", x=broken, s=S)
check("sample 'row.npz[17]': element 0 of input 'x' is nan" in run("m.mlir", "--data", "row.npz", "-o", "bad.json", good=False), "a row with NaN")
os.makedirs("nothing")
check("nothing: has no samples" in run("m.mlir", "--data", "nothing", "-o", "bad.json", good=False), "an empty folder")
check("No such file" in run("m.mlir", "--data", "absent", "-o", "bad.json", good=False), "no data")
np.savez("names.npz", x=X, t=S)
check("names of the model's inputs" in run("m.mlir", "--data", "names.npz", "-o", "bad.json", good=False), "a wrong name")

report = subprocess.run(["tt-calibrate", "--report", "all.json"], capture_output=True, text=True, check=True).stdout.splitlines()
check(report[0].startswith("m.mlir, 50 samples, 4 values"), report[0])
check(report[2].startswith("x ") and f"[{min(0, X.min()):10.4g}, {X.max():10.4g}]  0.000 %" in report[2], report[2])
print("calibrations agree")
