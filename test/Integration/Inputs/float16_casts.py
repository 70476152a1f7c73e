# Casts between 16-bit floats and other types on CPUs without instructions for them: writes ONNX test folders to the folder argv[1].
# Expected values are NumPy's for f16; for bf16 the upper half of f32, rounded to even by integer arithmetic. As in ONNX Runtime doubles and
# integers go through f32. No subnormal results in bf16: AVX512-BF16 makes them zero.
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper, numpy_helper


def brain(x):
    """bf16 as uint16."""
    bits = x.astype(np.float32).view(np.uint32).astype(np.uint64)
    return ((bits + 0x7FFF + (bits >> 16 & 1)) >> 16).astype(np.uint16)


def write(name, x, x_type, y, y_type):
    folder = os.path.join(sys.argv[1], name, "test_data_set_0")
    os.makedirs(folder)
    graph = helper.make_graph([helper.make_node("Cast", ["x"], ["y"], to=y_type)], name,
                              [helper.make_tensor_value_info("x", x_type, [len(x)])], [helper.make_tensor_value_info("y", y_type, [len(y)])])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)]), os.path.join(sys.argv[1], name, "model.onnx"))
    for value, file in ((x, "input_0.pb"), (y, "output_0.pb")):
        with open(os.path.join(folder, file), "wb") as out:
            is_brain = file == "output_0.pb" and y_type == T.BFLOAT16
            tensor = helper.make_tensor("y", T.BFLOAT16, [len(y)], y.tobytes(), raw=True) if is_brain else numpy_helper.from_array(value)
            out.write(tensor.SerializeToString())


np.seterr(all="ignore")
rng = np.random.default_rng(1)
halves = np.arange(65536, dtype=np.uint16).view(np.float16)  # every f16
halves = halves[~np.isnan(halves)]
# Neighbours of f16 numbers and the points between two, in every binade; random doubles of every size.
middles = halves[:-1].astype(np.float64) / 2 + halves[1:].astype(np.float64) / 2
middles = middles[np.isfinite(middles)]
doubles = np.concatenate([middles, np.nextafter(middles, 1e9), np.nextafter(middles, -1e9),
                          rng.uniform(-1, 1, 4000) * 2.0 ** rng.integers(-160, 160, 4000), [0.0, -0.0, np.inf, -np.inf, 65519.999, 65520.0]])
floats = doubles.astype(np.float32)
integers = rng.integers(-2**40, 2**40, 1000)
write("half_to_float", halves, T.FLOAT16, halves.astype(np.float32), T.FLOAT)
write("half_to_double", halves, T.FLOAT16, halves.astype(np.float64), T.DOUBLE)
write("float_to_half", floats, T.FLOAT, floats.astype(np.float16), T.FLOAT16)
write("double_to_half", doubles, T.DOUBLE, floats.astype(np.float16), T.FLOAT16)
normal = (np.abs(floats) >= 2.0**-126) | (floats == 0)
floats, doubles = floats[normal], floats[normal].astype(np.float64)
write("float_to_brain", floats, T.FLOAT, brain(floats), T.BFLOAT16)
write("double_to_brain", doubles, T.DOUBLE, brain(doubles), T.BFLOAT16)
write("integer_to_brain", integers, T.INT64, brain(integers), T.BFLOAT16)
