"""Drives `tt-bench compare MODEL ort:X` with the script of benchmarks/peers/ort.js and fake-ort.js instead of ONNX Runtime (bench-compare.test).

    bench_fake_ort.py PEERS TT-BENCH MLP.so
"""
import json
import os
import shutil
import subprocess
import sys

import numpy as np

PEERS, BENCH, MODEL = sys.argv[1:]
LOG, LOGITS = "fake.log", "fake.logits"


def run(side, microseconds, *options):
    if os.path.exists(LOG):
        os.remove(LOG)
    environment = dict(os.environ, TT_PEERS=PEERS, FAKE_LOG=LOG, FAKE_LOGITS=LOGITS, FAKE_MICROSECONDS=str(microseconds))
    command = [BENCH, "compare", MODEL, side, "--dim", "batch=2", "--repetitions=5", "--min-seconds=0.1", *options]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def main():
    if not shutil.which("node"):
        print("skipped: there is no Node.js")
        return
    # The child's inputs are those of tt: tt-run on them gives the logits that the fake answers with.
    np.zeros((2, 10), "f4").tofile(LOGITS)
    result = run("ort:x.onnx", 1, "--atol=1e6")
    assert result.returncode == 0, result.stderr
    np.save("image.npy", np.fromfile(LOG + ".image", "f4").reshape(2, 1, 28, 28))
    subprocess.run(["tt-run", MODEL, "image=image.npy", "--out", "logits"], check=True)
    np.load("logits/output_0.npy").tofile(LOGITS)

    # A run of 60 us is short: the identity's 10 us through the same binding, which is measured too, are subtracted.
    result = run("ort:x.onnx", 10, "--json", "fake.json", "--threads=2")
    assert result.returncode == 0, result.stderr
    assert "of the binding" in result.stdout and "1 output agrees" in result.stdout, result.stdout
    record = json.loads(open("fake.json").read())
    other, binding = np.array(record["b"]["samples_ns"]), np.array(record["binding"]["samples_ns"])
    assert (binding >= 10e3).all() and (other >= 60e3).all()
    np.testing.assert_allclose(record["b_net_p50_ns"], np.median(other - binding))
    np.testing.assert_allclose(record["ratio"], np.median(record["a"]["samples_ns"]) / np.median(other - binding))
    assert record["b"]["engine"] == "ONNX Runtime fake"
    opened = [json.loads(line) for line in open(LOG)]
    assert opened[0]["model"] == "x.onnx" and opened[1]["model"].endswith("identity.onnx")
    assert opened[0]["options"]["intraOpNumThreads"] == 2 and opened[0]["options"]["graphOptimizationLevel"] == "all"
    assert opened[0]["options"]["enableCpuMemArena"]

    # A long run is not corrected.
    result = run("ort:x.onnx", 400, "--json", "long.json")
    assert result.returncode == 0 and "binding" not in result.stdout, result.stdout + result.stderr
    assert json.loads(open("long.json").read())["binding"] is None

    # Wrong outputs, a refused model and a child that dies are errors.
    np.zeros((2, 10), "f4").tofile(LOGITS)
    for side, text in (("ort:x.onnx", "the outputs 'logits' of A and 'logits' of B differ"),
                       ("ort:refused.onnx", "ort:refused.onnx: ONNX Runtime: cannot read it\n"),
                       ("ort:dies.onnx", "ONNX Runtime's process has ended without an answer")):
        result = run(side, 1)
        assert result.returncode == 1 and text in result.stderr, (side, result.stderr)
    print("the fake peer is driven as it should")


if __name__ == "__main__":
    main()
