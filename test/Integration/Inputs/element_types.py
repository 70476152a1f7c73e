"""Writes ONNX test folders that put each operator family through every element type, expected values by NumPy.

usage: element_types.py FOLDER. One model per element type with many nodes, once with static and once with dynamic sizes.
"""
import os
import sys

import numpy as np
import onnx
from onnx import helper, numpy_helper

FLOATS = [np.float16, np.float32, np.float64]
INTEGERS = [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64]
rng = np.random.default_rng(0)


def onnx_type(array):
    return onnx.mapping.NP_TYPE_TO_TENSOR_TYPE[array.dtype]


def draw(shape, dtype):
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        return rng.standard_normal(shape).astype(dtype)
    low, high = (0, 200) if dtype.kind == "u" else (-100, 100)
    return rng.integers(low, high, shape).astype(dtype)


class Model:
    """Nodes over shared inputs; each node has one expected output."""

    def __init__(self):
        self.inputs, self.nodes, self.outputs = {}, [], {}

    def input(self, name, array):
        self.inputs[name] = array
        return name

    def node(self, op, inputs, expected, **attributes):
        name = f"y{len(self.outputs)}_{op}"
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, **attributes))
        self.outputs[name] = np.ascontiguousarray(expected)

    def write(self, folder, dynamic):
        def info(name, array, is_input):
            names = [f"{name}_{d}" if dynamic and is_input else None if dynamic else n for d, n in enumerate(array.shape)]
            return helper.make_tensor_value_info(name, onnx_type(array), names)

        graph = helper.make_graph(
            self.nodes,
            "types",
            [info(n, a, True) for n, a in self.inputs.items()],
            [info(n, a, False) for n, a in self.outputs.items()],
        )
        data = os.path.join(folder, "test_data_set_0")
        os.makedirs(data)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 16)])
        model.ir_version = 8
        onnx.save(model, os.path.join(folder, "model.onnx"))
        for kind, arrays in (("input", self.inputs), ("output", self.outputs)):
            for i, array in enumerate(arrays.values()):
                with open(os.path.join(data, f"{kind}_{i}.pb"), "wb") as file:
                    file.write(numpy_helper.from_array(np.ascontiguousarray(array)).SerializeToString())


def elementwise(dtype):
    model, kind = Model(), np.dtype(dtype).kind
    x, y = draw((4, 6), dtype), draw((4, 6), dtype)
    if kind != "f":
        y = np.where(y == 0, np.array(3, dtype), y)
    model.input("x", x), model.input("y", y)
    with np.errstate(over="ignore"):
        for op, f in (("Add", np.add), ("Sub", np.subtract), ("Mul", np.multiply), ("Max", np.maximum), ("Min", np.minimum)):
            model.node(op, ["x", "y"], f(x, y))
    for op, f in (("Less", np.less), ("Equal", np.equal), ("GreaterOrEqual", np.greater_equal)):
        model.node(op, ["x", "y"], f(x, y))
    if kind == "f":
        model.node("Div", ["x", "y"], x / y)
        return model
    model.node("Div", ["x", "y"], np.trunc(x.astype(np.float64) / y.astype(np.float64)).astype(dtype))  # C's division
    model.node("Mod", ["x", "y"], np.mod(x, y))
    model.node("Mod", ["x", "y"], np.fmod(x, y), fmod=1)
    return model


def movement(dtype):
    model = Model()
    x, rows = draw((5, 8), dtype), draw((5, 20), dtype)
    index = np.array([[4, -1], [0, 2]], np.int64)
    along = rng.integers(-8, 8, (5, 3)).astype(np.int64)
    model.input("x", x), model.input("rows", rows), model.input("index", index), model.input("along", along)
    model.node("Gather", ["x", "index"], x[index], axis=0)
    model.node("Gather", ["rows", "index"], rows[index], axis=0)
    model.node("GatherElements", ["x", "along"], np.take_along_axis(x, np.where(along < 0, along + 8, along), 1), axis=1)
    model.node("Transpose", ["x"], x.T, perm=[1, 0])
    model.node("Concat", ["x", "x"], np.concatenate([x, x], 1), axis=1)
    if np.dtype(dtype) not in (np.int16, np.uint16):
        model.node("ArgMax", ["x"], x.argmax(1).astype(np.int64), axis=1, keepdims=0)
        model.node("ReduceMax", ["x"], x.max(1, keepdims=True), axes=[1], keepdims=1)
    return model


def casts(dtype):
    model = Model()
    x = draw((4, 6), dtype)
    if np.dtype(dtype).kind == "f":
        x = np.abs(x)  # a negative float to an unsigned integer is undefined
    model.input("x", x)
    for target in FLOATS + INTEGERS + [np.bool_]:
        model.node("Cast", ["x"], x.astype(target), to=int(onnx.mapping.NP_TYPE_TO_TENSOR_TYPE[np.dtype(target)]))
    return model


def products(dtype):
    model, wide = Model(), np.float64 if np.dtype(dtype).kind == "f" else dtype
    a, b, c, v = draw((3, 5, 7), dtype), draw((7, 9), dtype), draw((3, 7, 4), dtype), draw((7,), dtype)
    for name, array in (("a", a), ("b", b), ("c", c), ("v", v)):
        model.input(name, array)
    for (n, x), (m, y) in ((("a", a), ("b", b)), (("a", a), ("c", c)), (("v", v), ("b", b)), (("a", a), ("v", v))):
        model.node("MatMul", [n, m], (x.astype(wide) @ y.astype(wide)).astype(dtype))
    return model


def rows(dtype):
    model = Model()
    x = draw((2, 6, 9), dtype)
    wide = x.astype(np.float64)
    model.input("x", x)
    for axis in (1, 2):
        e = np.exp(wide - wide.max(axis, keepdims=True))
        e /= e.sum(axis, keepdims=True)
        model.node("Softmax", ["x"], e.astype(dtype), axis=axis)
        model.node("LogSoftmax", ["x"], np.log(e).astype(dtype), axis=axis)
    model.node("ReduceMean", ["x"], wide.mean((0, 2)).astype(dtype), axes=[0, 2], keepdims=0)
    model.node("ReduceL2", ["x"], np.sqrt((wide * wide).sum(1)).astype(dtype), axes=[1], keepdims=0)
    return model


def main(folder):
    for dtype in FLOATS + INTEGERS:
        name = np.dtype(dtype).name
        families = [elementwise, movement, casts]
        if dtype in FLOATS + [np.int32, np.int64, np.uint32]:
            families.append(products)
        if dtype in FLOATS:
            families.append(rows)
        for family in families:
            model = family(dtype)
            model.write(os.path.join(folder, f"{family.__name__}_{name}"), dynamic=False)
            model.write(os.path.join(folder, f"{family.__name__}_{name}_dynamic"), dynamic=True)


main(sys.argv[1])
