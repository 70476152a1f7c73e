# MatMulInteger and ConvInteger with zero points of every shape: writes ONNX test folders to the folder argv[1]. Right-hand sides and zero
# points are inputs, constants, or partly so. Expected values are NumPy's sums in int64.
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper, numpy_helper

rng = np.random.default_rng(3)
unsigned = lambda *shape: rng.integers(0, 256, shape).astype(np.uint8)
signed = lambda *shape: rng.integers(-128, 128, shape).astype(np.int8)
wide = lambda array: array.astype(np.int64)


def write(name, operator, inputs, expected, constants, **attributes):
    """`constants` lists the numbers of the inputs that are initializers."""
    folder = os.path.join(sys.argv[1], name + "_" + "".join(map(str, constants)), "test_data_set_0")
    os.makedirs(folder)
    names = [f"i{k}" for k in range(len(inputs))]
    free = [k for k in range(len(inputs)) if k not in constants]
    element = lambda array: T.UINT8 if array.dtype == np.uint8 else T.INT8
    graph = helper.make_graph(
        [helper.make_node(operator, names, ["y"], **attributes)], name,
        [helper.make_tensor_value_info(names[k], element(inputs[k]), inputs[k].shape) for k in free],
        [helper.make_tensor_value_info("y", T.INT32, expected.shape)],
        [numpy_helper.from_array(inputs[k], names[k]) for k in constants if k < len(inputs)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)
    onnx.save(model, os.path.join(folder, "..", "model.onnx"))
    for number, k in enumerate(free):
        with open(os.path.join(folder, f"input_{number}.pb"), "wb") as file:
            file.write(numpy_helper.from_array(inputs[k], names[k]).SerializeToString())
    with open(os.path.join(folder, "output_0.pb"), "wb") as file:
        file.write(numpy_helper.from_array(expected.astype(np.int32), "y").SerializeToString())


def write_conv(groups, channels, outputs, side, constants):
    x, f, zero, zeros = unsigned(2, channels, 9, 8), signed(outputs, channels // groups, side, side), 11, signed(outputs)
    border = side // 2
    padded = np.pad(wide(x) - zero, ((0, 0), (0, 0), (border, border), (border, border)))
    f0 = wide(f) - wide(zeros)[:, None, None, None]
    height, width = padded.shape[2] - side + 1, padded.shape[3] - side + 1
    y = np.zeros((2, outputs, height, width), np.int64)
    for group in range(groups):
        own = slice(group * outputs // groups, (group + 1) * outputs // groups)
        read = slice(group * channels // groups, (group + 1) * channels // groups)
        for r in range(side):
            for c in range(side):
                y[:, own] += np.einsum("nchw,oc->nohw", padded[:, read, r : r + height, c : c + width], f0[own, :, r, c])
    write(f"conv_{groups}_{channels}_{outputs}_{side}", "ConvInteger", [x, f, np.array(zero, np.uint8), zeros], y, constants,
          group=groups, pads=[border] * 4, kernel_shape=[side, side])


for constants in ([], [1, 3], [1, 2, 3]):
    a, b, rows, columns = unsigned(5, 37), signed(37, 19), unsigned(5), signed(19)
    seven, nine, three = np.array(7, np.uint8), np.array([9], np.uint8), np.array([3], np.int8)
    write("rows", "MatMulInteger", [a, b, rows, columns], (wide(a) - wide(rows)[:, None]) @ (wide(b) - wide(columns)), constants)
    write("columns", "MatMulInteger", [a, b, seven, columns], (wide(a) - 7) @ (wide(b) - wide(columns)), constants)
    write("row", "MatMulInteger", [a[0], b, nine, three], (wide(a[0]) - 9) @ (wide(b) - 3), constants)
    write("column", "MatMulInteger", [a, b[:, 0], seven, three], (wide(a) - 7) @ (wide(b[:, 0]) - 3), constants)
    a, b = unsigned(3, 5, 8), signed(3, 8, 17)
    write("batch", "MatMulInteger", [a, b, seven, three], (wide(a) - 7) @ (wide(b) - 3), constants)
    for sizes in ((1, 3, 5, 3), (1, 4, 17, 1), (2, 6, 8, 3), (4, 4, 4, 3), (1, 1, 8, 3)):
        write_conv(*sizes, constants)
