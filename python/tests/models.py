"""Small ONNX models for the tests."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper


def make(nodes, inputs, outputs, initializers=(), opset=15):
    """A model; `inputs` and `outputs` are (name, element type, shape)."""
    graph = helper.make_graph(
        nodes,
        "test",
        [helper.make_tensor_value_info(*each) for each in inputs],
        [helper.make_tensor_value_info(*each) for each in outputs],
        [numpy_helper.from_array(array, name) for name, array in initializers],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def affine(scale=2.0):
    """y = scale * x + b, x and b float [batch, 3], and s, the sum over each row of y."""
    return make(
        [
            helper.make_node("Mul", ["x", "scale"], ["m"]),
            helper.make_node("Add", ["m", "b"], ["y"]),
            helper.make_node("ReduceSum", ["y", "axes"], ["s"], keepdims=0),
        ],
        [("x", TensorProto.FLOAT, ["batch", 3]), ("b", TensorProto.FLOAT, ["batch", 3])],
        [("y", TensorProto.FLOAT, ["batch", 3]), ("s", TensorProto.FLOAT, ["batch"])],
        [("scale", np.array(scale, np.float32)), ("axes", np.array([1], np.int64))],
    )


def elementwise(op, element, shape=(2, 3), arity=2):
    """y = op(a, b), all of one type and shape."""
    names = ["a", "b"][:arity]
    inputs = [(name, element, shape) for name in names]
    return make([helper.make_node(op, names, ["y"])], inputs, [("y", element, shape)])


def products(size, count):
    """y = x w w w ..., `count` products of size x size matrices."""
    values = ["x"] + [f"p{i}" for i in range(count - 1)] + ["y"]
    nodes = [helper.make_node("MatMul", [a, "w"], [b]) for a, b in zip(values, values[1:])]
    weights = np.random.default_rng(0).standard_normal((size, size), np.float32) / np.sqrt(size).astype(np.float32)
    return make(
        nodes, [("x", TensorProto.FLOAT, [size, size])], [("y", TensorProto.FLOAT, [size, size])], [("w", weights)]
    )
