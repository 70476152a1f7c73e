"""Models with hostile numbers end neither the compiler nor the interpreter.

ONNX's node tests with one to three attributes, sizes, types or versions replaced, by a seeded generator: each of them
compiles or is a CompileError, and each that compiles runs on zeros or is a RunError. TT_CHECK_FULL takes many more.
"""

import os

import pytest
from test_onnx_backend import DATA

COUNT = 600 if os.environ.get("TT_CHECK_FULL") else 40

PROGRAM = """
import pathlib, random, sys, warnings
import numpy as np
import onnx
import tt

warnings.simplefilter("ignore")
folder, seed, count = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
random.seed(seed)
numbers = [0, 1, -1, 2, -2, 3, 7, 100000, 2**31, -(2**31), 2**40, 2**62, 2**63 - 1, -(2**63)]


def places(model):
    # What can be changed, as functions of a number.
    for node in model.graph.node:
        for each in node.attribute:
            if each.type == onnx.AttributeProto.INT:
                yield lambda number, each=each: setattr(each, "i", number)
            for i in range(len(each.ints)):
                yield lambda number, each=each, i=i: each.ints.__setitem__(i, number)
            if each.ints:
                yield lambda number, each=each: each.ints.append(number)
                yield lambda number, each=each: each.ints.pop()
    for each in model.graph.input:
        for dim in each.type.tensor_type.shape.dim:
            yield lambda number, dim=dim: setattr(dim, "dim_value", number)
            yield lambda number, dim=dim: setattr(dim, "dim_param", "n")
        if each.type.HasField("tensor_type"):
            yield lambda number, each=each: each.type.tensor_type.shape.dim.add()
            yield lambda number, each=each: setattr(each.type.tensor_type, "elem_type", abs(number) % 17)
    for each in model.graph.initializer:
        for i in range(len(each.dims)):
            yield lambda number, each=each, i=i: each.dims.__setitem__(i, number)
    for each in model.opset_import:
        yield lambda number, each=each: setattr(each, "version", abs(number) % 20)


def zeros(info):
    return np.zeros([size if isinstance(size, int) else 2 for size in info.shape], info.dtype)


counts = {"compiled": 0, "refused": 0, "ran": 0, "failed": 0}
for name in random.sample(sorted(path.name for path in folder.iterdir()), count):
    print(name, file=sys.stderr, flush=True)  # the last one is to blame
    model = onnx.load(str(folder / name / "model.onnx"))
    for _ in range(random.randint(1, 3)):
        random.choice(list(places(model)) or [lambda number: None])(random.choice(numbers))
    try:
        compiled = tt.compile(model, threads=1)
    except tt.InternalError:
        raise
    except tt.CompileError:
        counts["refused"] += 1
        continue
    counts["compiled"] += 1
    sizes = [np.prod([float(size) if isinstance(size, int) else 2 for size in info.shape]) for info in compiled.inputs]
    if sum(sizes) > 1e6:
        continue
    try:
        compiled.run([zeros(info) for info in compiled.inputs])
        counts["ran"] += 1
    except tt.RunError:
        counts["failed"] += 1
print(counts)
"""


@pytest.mark.skipif(not DATA.joinpath("node").is_dir(), reason="ONNX's test data is missing (libonnx-testdata)")
def test_hostile_models(run_python):
    counts = eval(run_python(PROGRAM, str(DATA / "node"), "1", str(COUNT)))
    print(counts)
    assert counts["compiled"] + counts["refused"] == COUNT
    assert min(counts["ran"], counts["refused"]) > COUNT // 10
