"""ONNX's own test runner drives tt.backend: it passes exactly the tests that tt-run --onnx-test passes.

The quick run takes every ninth test; with TT_CHECK_FULL set, all of them. The tests run in processes of their own, so
that one which crashes is one failure.
"""

import collections
import concurrent.futures
import json
import os
import pathlib
import subprocess

import onnx
import pytest
from conftest import PACKAGE

DATA = pathlib.Path(onnx.__file__).parent / "backend/test/data"
KINDS = {  # the runner's name of each folder; the models of "real" are not in the package
    "node": "OnnxBackendNodeModelTest",
    "simple": "OnnxBackendSimpleModelTest",
    "pytorch-converted": "OnnxBackendPyTorchConvertedModelTest",
    "pytorch-operator": "OnnxBackendPyTorchOperatorModelTest",
}
TT_RUN = PACKAGE.parent / "bin" / "tt-run"
STEP = 1 if os.environ.get("TT_CHECK_FULL") else 9

# The data of these has another rank than the model declares: an error of the inputs here, and a skip of tt-run.
CONTRADICTORY = {
    "test_castlike_BFLOAT16_to_FLOAT",
    "test_castlike_BFLOAT16_to_FLOAT_expanded",
    "test_castlike_FLOAT_to_BFLOAT16",
    "test_castlike_FLOAT_to_BFLOAT16_expanded",
}

RUNNER = """
import json, sys, unittest
import numpy
numpy.object = object  # ONNX 1.12's runner uses this name, which NumPy 1.24 has dropped
import tt.backend
from onnx.backend.test import BackendTest

cases = BackendTest(tt.backend.TTBackend, __name__).test_cases
for line in sys.stdin:
    kind, name = line.split()
    result = cases[kind](name + "_cpu").run()
    problems = result.failures + result.errors
    outcome = "skipped" if result.skipped else "failed" if problems else "passed"
    text = problems[0][1].strip().splitlines()[-1] if problems else result.skipped[0][1] if result.skipped else ""
    print(json.dumps([name, outcome, text]), flush=True)
"""


def run_chunk(tests, environment):
    """{name: (outcome, text)}; a test that ends the process has failed, and the rest goes on in a new one."""
    outcomes = {}
    while tests:
        text = "".join(f"{KINDS[kind]} {name}\n" for kind, name in tests)
        done = subprocess.run(
            [os.sys.executable, "-c", RUNNER], input=text, env=environment, capture_output=True, text=True
        )
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
        outcomes.update({name: (outcome, text) for name, outcome, text in lines})
        if len(lines) < len(tests):
            crashed = tests[len(lines)][1]
            outcomes[crashed] = ("failed", f"the process ended with status {done.returncode}: {done.stderr[-300:]}")
        tests = tests[len(lines) + 1 :]
    return outcomes


@pytest.mark.skipif(not DATA.joinpath("node").is_dir(), reason="ONNX's test data is missing (libonnx-testdata)")
@pytest.mark.skipif(not TT_RUN.exists(), reason=f"{TT_RUN} is not built, nothing to compare with")
def test_the_runner_agrees_with_tt_run():
    tests = [(kind, path.name) for kind in KINDS for path in sorted((DATA / kind).iterdir()) if path.is_dir()][::STEP]
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE), "OMP_NUM_THREADS": "1"}
    jobs = len(os.sched_getaffinity(0))
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        chunks = pool.map(lambda start: run_chunk(tests[start :: 2 * jobs], environment), range(2 * jobs))
        runner = {name: outcome for chunk in chunks for name, outcome in chunk.items()}
    done = subprocess.run(
        [TT_RUN, "--onnx-test", f"--jobs={jobs}", *(DATA / kind / name for kind, name in tests)],
        capture_output=True, text=True,
    )  # fmt: skip
    tool = {}
    for line in done.stdout.splitlines()[:-1]:
        outcome, name = line.split(":")[0].split()
        tool[name] = outcome

    assert len(tool) == len(runner) == len(tests)
    print("runner:", dict(collections.Counter(outcome for outcome, _ in runner.values())))
    print("tt-run:", done.stdout.splitlines()[-1])
    differences = {
        name: (runner[name], tool[name])
        for name in tool
        if runner[name][0] != tool[name] and name not in CONTRADICTORY
    }
    assert differences == {}
    for name in CONTRADICTORY & set(tool):
        assert (runner[name][0], tool[name]) == ("failed", "skipped"), name
        assert "InputError: input 'like' needs rank 2 (3x4), but has rank 1 (1)" in runner[name][1], name
    assert "failed" not in tool.values()
    assert sum(outcome == "passed" for outcome, _ in runner.values()) >= len(tests) // 2
