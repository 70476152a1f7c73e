"""numpy_accuracy.py FOLDER MODEL...: the accuracy of the example models on the held-back images, computed with NumPy from the ONNX files."""
import sys

import numpy as np
import onnx
from onnx import numpy_helper


def conv(x, w, b, group, pads, strides):
    """x [N, C, H, W], w [O, C / group, KH, KW], group 1 or C = O; one product for each kernel position."""
    x = np.pad(x, ((0, 0), (0, 0), (pads[0], pads[2]), (pads[1], pads[3])))
    (o, c, kh, kw), (sh, sw) = w.shape, strides
    h, wd = (x.shape[2] - kh) // sh + 1, (x.shape[3] - kw) // sw + 1
    assert group == 1 or (c == 1 and o == group == x.shape[1])
    y = np.zeros((len(x), o, h * wd), "f")
    for i in range(kh):
        for j in range(kw):
            part = x[:, :, i:i + sh * (h - 1) + 1:sh, j:j + sw * (wd - 1) + 1:sw].reshape(len(x), -1, h * wd)
            y += w[:, :, i, j] @ part if group == 1 else w[:, :, i, j] * part
    return y.reshape(len(x), o, h, wd) + b.reshape(-1, 1, 1)


def run(model, x):
    values = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
    values[model.graph.input[0].name] = x
    for node in model.graph.node:
        a = [values[name] for name in node.input]
        attr = {i.name: onnx.helper.get_attribute_value(i) for i in node.attribute}
        if node.op_type == "Conv":
            y = conv(*a, attr["group"], attr["pads"], attr["strides"])
        elif node.op_type == "MaxPool":
            assert attr["kernel_shape"] == attr["strides"] == [2, 2] and not any(attr.get("pads", []))
            n, c, h, w = a[0].shape
            y = a[0][:, :, :h // 2 * 2, :w // 2 * 2].reshape(n, c, h // 2, 2, w // 2, 2).max((3, 5))
        elif node.op_type == "Gemm":
            assert attr["transB"] == 1 and attr["alpha"] == attr["beta"] == 1
            y = a[0] @ a[1].T + a[2]
        else:
            y = {"Relu": lambda v: np.maximum(v, 0), "Flatten": lambda v: v.reshape(len(v), -1),
                 "GlobalAveragePool": lambda v: v.mean((2, 3), keepdims=True)}[node.op_type](a[0])
        values[node.output[0]] = y
    return values[model.graph.output[0].name]


folder = sys.argv[1]
images, labels = np.load(f"{folder}/heldback_images.npy"), np.load(f"{folder}/heldback_labels.npy")
x = images.reshape(-1, 1, 28, 28).astype("f") / np.float32(255)
for name in sys.argv[2:]:
    right = np.concatenate([run(onnx.load(f"{folder}/{name}.onnx"), part).argmax(1) for part in np.split(x, 10)]) == labels
    print(f"{name}: accuracy {100 * right.mean():.1f} % of {len(labels)} images")
