# 3x3 convolutions with padding, bias and ReLU through the whole compiler with each form of Winograd's algorithm, against NumPy in f64.
# Both orders (7x9: all tiles at once; 58x30 with 96 channels: rows of tiles), two images, one and two threads, which must agree bit by bit.
import subprocess
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

random = np.random.default_rng(5)
for height, width, channels, filters in [(7, 9, 20, 33), (58, 30, 96, 64)]:
    weights = random.standard_normal((filters, channels, 3, 3)).astype(np.float32)
    bias = random.standard_normal(filters).astype(np.float32)
    x = random.standard_normal((2, channels, height, width)).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node("Conv", ["x", "w", "b"], ["c"], pads=[1, 1, 1, 1]), helper.make_node("Relu", ["c"], ["y"])], "conv",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, x.shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [2, filters, height, width])],
        [numpy_helper.from_array(weights, "w"), numpy_helper.from_array(bias, "b")])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), "conv.onnx")
    bordered = np.pad(x.astype(np.float64), ((0, 0), (0, 0), (1, 1), (1, 1)))
    expected = np.zeros((2, filters, height, width)) + bias[:, None, None]
    for kh in range(3):
        for kw in range(3):
            expected += np.einsum("ncyx,oc->noyx", bordered[:, :, kh : kh + height, kw : kw + width], weights[:, :, kh, kw])
    rms = np.sqrt(np.mean(expected**2))
    np.save("x.npy", x)
    np.save("y.npy", np.maximum(expected, 0).astype(np.float32))
    # Four times the errors that are stated for the algorithms.
    for algorithm, error in [("off", 8e-6), ("force-f2", 16e-6), ("force-f4", 4e-4)]:
        subprocess.run(["tt-compile", "conv.onnx", "-o", "conv.so", f"--winograd={algorithm}"] + sys.argv[1:], check=True)
        subprocess.run(["tt-run", "conv.so", "x=x.npy", "--expect", "y.npy", "--threads=1,2", "--rtol=0", f"--atol={error * rms}"], check=True,
                       stdout=subprocess.DEVNULL)
        print(f"{height}x{width} {algorithm} agrees")
