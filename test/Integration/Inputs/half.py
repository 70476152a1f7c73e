"""Writes ONNX test folders for 16-bit floats, expected values by NumPy.

usage: half.py FOLDER weights|bf16|f16

weights: models whose weights, inputs and outputs are f16 or bf16. Expected: f64 sums of the 16-bit numbers, rounded once.
bf16, f16: f32 models for --fast-math. Expected: f64 sums of products of rounded factors; weights are scaled so that results are below 4.
"""
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

rng = np.random.default_rng(5)


def to_bf16_bits(array):
    bits = np.ascontiguousarray(array, np.float32).view(np.uint32).astype(np.uint64)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def round_to(array, kind):
    if kind == "f16":
        return np.asarray(array, np.float32).astype(np.float16).astype(np.float64)
    if kind == "bf16":
        return (to_bf16_bits(array).astype(np.uint32) << 16).view(np.float32).astype(np.float64)
    return np.asarray(array, np.float64)


TYPES = {"f32": TensorProto.FLOAT, "f16": TensorProto.FLOAT16, "bf16": TensorProto.BFLOAT16}


def tensor(name, array, kind):
    if kind != "bf16" or array.dtype != np.float64:
        return numpy_helper.from_array(np.asarray(array, {"f16": np.float16}.get(kind, np.float32)) if array.dtype == np.float64 else array, name)
    proto = TensorProto(name=name, data_type=TensorProto.BFLOAT16, raw_data=to_bf16_bits(array).tobytes())
    proto.dims.extend(array.shape)
    return proto


def conv(x, w, pads, stride, dilation, groups):
    """x NxCxHxW, w OxIxKHxKW, in f64."""
    x = np.pad(x, ((0, 0), (0, 0), (pads, pads), (pads, pads)))
    n, _, h, wide = x.shape
    o, i, kh, kw = w.shape
    oh, ow = (h - dilation * (kh - 1) - 1) // stride + 1, (wide - dilation * (kw - 1) - 1) // stride + 1
    out = np.zeros((n, o, oh, ow))
    for g in range(groups):
        mine = slice(g * (o // groups), (g + 1) * (o // groups))
        for a in range(kh):
            for b in range(kw):
                rows = x[:, g * i:(g + 1) * i, a * dilation:a * dilation + stride * (oh - 1) + 1:stride,
                         b * dilation:b * dilation + stride * (ow - 1) + 1:stride]
                out[:, mine] += np.einsum("oi,nihw->nohw", w[mine, :, a, b], rows)
    return out


def write(folder, nodes, inputs, weights, output, expected, kind, dynamic=False):
    os.makedirs(folder + "/test_data_set_0")
    shape = lambda a: ["rows"] + list(a.shape[1:]) if dynamic else list(a.shape)
    graph = helper.make_graph(nodes, "half", [helper.make_tensor_value_info(k, TYPES[kind], shape(v)) for k, v in inputs.items()],
                              [helper.make_tensor_value_info(output, TYPES[kind], shape(expected))], [tensor(k, v, kind) for k, v in weights.items()])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 16)], ir_version=8), folder + "/model.onnx")
    for i, (name, value) in enumerate(inputs.items()):
        with open(f"{folder}/test_data_set_0/input_{i}.pb", "wb") as file:
            file.write(tensor(name, value, kind).SerializeToString())
    with open(f"{folder}/test_data_set_0/output_0.pb", "wb") as file:
        file.write(tensor(output, expected, kind).SerializeToString())


def draw(kind, *shape, scale=1.0):
    return round_to(rng.uniform(-1, 1, shape) * scale, "f32" if kind == "f32" else kind)


def products(root, stored, rounded):
    """`stored` is the type of tensors, `rounded` what the factors are rounded to."""
    sizes = [(1, 1, 1), (1, 7, 5), (5, 33, 70), (8, 64, 48), (13, 129, 17), (3, 2, 100), (31, 301, 33), (1, 400, 64), (17, 256, 80)]
    for m, k, n in sizes:
        x, w, b = draw(stored, m, k), draw(stored, k, n, scale=k ** -0.5), draw(stored, n)
        transposed = n % 2 == 0
        nodes = [helper.make_node("Gemm", ["x", "w", "b"], ["p"], transB=int(transposed)), helper.make_node("Relu", ["p"], ["y"])]
        want = np.maximum(round_to(x, rounded) @ round_to(w, rounded) + b, 0)
        for dynamic in (False, True):
            write(f"{root}/gemm_{m}x{k}x{n}_{stored}" + ("_dynamic" if dynamic else ""), nodes, {"x": x},
                  {"w": w.T if transposed else w, "b": b}, "y", want, stored, dynamic)
    x, w, z = draw(stored, 3, 9, 65), draw(stored, 65, 40, scale=0.125), draw(stored, 3, 9, 40)
    nodes = [helper.make_node("MatMul", ["x", "w"], ["p"]), helper.make_node("Add", ["p", "z"], ["y"])]
    write(f"{root}/batched_{stored}", nodes, {"x": x, "z": z}, {"w": w}, "y", round_to(x, rounded) @ round_to(w, rounded) + z, stored)


def convolutions(root, stored, rounded):
    # channels, filters, size, kernel, pads, stride, dilation, groups
    for c, o, size, k, pads, stride, dilation, groups in [
        (8, 20, 9, 3, 1, 1, 1, 1), (16, 33, 12, 3, 1, 2, 1, 1), (6, 16, 7, 1, 0, 1, 1, 1), (4, 24, 11, 3, 2, 1, 2, 1), (8, 36, 9, 3, 1, 1, 1, 2),
        (64, 48, 6, 3, 1, 1, 1, 1), (3, 16, 13, 5, 2, 2, 1, 1), (12, 12, 8, 3, 1, 1, 1, 12), (10, 16, 9, 1, 0, 2, 1, 1)]:
        x, w, b = draw(stored, 2, c, size, size), draw(stored, o, c // groups, k, k, scale=(c // groups * k * k) ** -0.5), draw(stored, o)
        nodes = [helper.make_node("Conv", ["x", "w", "b"], ["y"], kernel_shape=[k, k], pads=[pads] * 4, strides=[stride] * 2,
                                  dilations=[dilation] * 2, group=groups)]
        exact = (c // groups) % 2  # such convolutions stay f32
        kind = stored if exact else rounded
        want = conv(round_to(x, kind), round_to(w, kind), pads, stride, dilation, groups) + b[:, None, None]
        write(f"{root}/conv_{c}_{o}_{k}_{stride}_{dilation}_{groups}_{stored}", nodes, {"x": x}, {"w": w, "b": b}, "y", want, stored)


def chain(root, rounded):
    """Two convolutions around a residual that is stored in 16 bits, and a product."""
    x, v, w = draw("f32", 1, 16, 8, 8), draw("f32", 16, 16, 3, 3, scale=12 ** -1), draw("f32", 16, 16, 1, 1, scale=0.25)
    nodes = [helper.make_node("Conv", ["x", "v"], ["a"], kernel_shape=[3, 3], pads=[1] * 4), helper.make_node("Relu", ["a"], ["b"]),
             helper.make_node("Conv", ["b", "w"], ["c"], kernel_shape=[1, 1]), helper.make_node("Add", ["b", "c"], ["d"]),
             helper.make_node("Conv", ["d", "v"], ["y"], kernel_shape=[3, 3], pads=[1] * 4)]
    r = lambda a: round_to(a, rounded)
    b = r(np.maximum(conv(r(x), r(v), 1, 1, 1, 1), 0))
    d = r(b + conv(b, r(w), 0, 1, 1, 1))
    write(f"{root}/chain", nodes, {"x": x}, {"v": v, "w": w}, "y", conv(d, r(v), 1, 1, 1, 1), "f32")


root, mode = sys.argv[1:3]
if mode == "weights":
    for stored in ("f16", "bf16"):
        products(root, stored, stored)
        convolutions(root, stored, stored)
else:
    products(root, "f32", mode)
    convolutions(root, "f32", mode)
    chain(root, mode)
