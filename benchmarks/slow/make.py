"""Writes models that are slow for one reason each, to see whether tt-profile names it; benchmarks/slow/verdicts.py does.

usage: make.py FOLDER

The weights are drawn by a seed, the files are equal in every run.
"""
import pathlib
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

RANDOM = numpy.random.default_rng(7)


def weights(name, *shape):
    return numpy_helper.from_array((RANDOM.standard_normal(shape) / 8).astype("f4"), name)


def model(nodes, inputs, output, initializers=()):
    value = lambda name, shape, kind=TensorProto.FLOAT: helper.make_tensor_value_info(name, kind, shape)
    graph = helper.make_graph(nodes, "slow", [value(*i) for i in inputs], [value(*output)], list(initializers))
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    made.ir_version = 8
    onnx.checker.check_model(made)
    return made


def serial():
    """A running sum: each element needs the one before."""
    axis = numpy_helper.from_array(numpy.array(1, "i8"), "axis")
    return model([helper.make_node("CumSum", ["x", "axis"], ["y"], name="running")], [("x", [1, 2000000])], ("y", [1, 2000000]), [axis])


def tiny():
    """64 products of 8 numbers with 8x8."""
    nodes, values = [], []
    for i in range(64):
        values.append(weights(f"w{i}", 8, 8))
        nodes.append(helper.make_node("MatMul", [f"v{i}", f"w{i}"], [f"v{i + 1}"], name=f"tiny{i}"))
    return model(nodes, [("v0", [1, 8])], ("v64", [1, 8]), values)


def elementwise():
    """A sum of two tensors of 64 MB: an addition for each 12 bytes."""
    shape = [1, 16, 1024, 1024]
    return model([helper.make_node("Add", ["a", "b"], ["y"], name="sum")], [("a", shape), ("b", shape)], ("y", shape))


def transpose():
    """A matrix of 32 MB turned for the caller: there is nothing that it could cancel with."""
    return model([helper.make_node("Transpose", ["x"], ["y"], perm=[1, 0], name="turn")], [("x", [2048, 4096])], ("y", [4096, 2048]))


def portable():
    """A product of 512x512 matrices, to be compiled for any x86-64."""
    return model([helper.make_node("MatMul", ["x", "w"], ["y"], name="product")], [("x", [512, 512])], ("y", [512, 512]), [weights("w", 512, 512)])


MODELS = {"serial": serial, "tiny": tiny, "elementwise": elementwise, "transpose": transpose, "portable": portable}


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in MODELS.items():
        onnx.save(make(), str(folder / f"{name}.onnx"))


if __name__ == "__main__":
    main()
