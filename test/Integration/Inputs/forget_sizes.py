"""Copies ONNX node tests with the sizes of their inputs forgotten: every size above 1 becomes a dynamic dimension.

usage: forget_sizes.py SOURCE FOLDER. Shape operands (int64 of rank 1) and the filters of convolutions keep their sizes.
"""
import glob
import os
import sys

import onnx


def forget(model):
    """Returns the number of sizes forgotten."""
    is_convolution = any(node.op_type in ("Conv", "ConvTranspose") for node in model.graph.node)
    count = 0
    for i, value in enumerate(model.graph.input):
        tensor = value.type.tensor_type
        if not value.type.HasField("tensor_type") or not tensor.HasField("shape") or (is_convolution and i > 0):
            continue
        if tensor.elem_type == onnx.TensorProto.INT64 and len(tensor.shape.dim) == 1:
            continue
        for j, dim in enumerate(tensor.shape.dim):
            if dim.HasField("dim_value") and dim.dim_value > 1:
                dim.Clear()
                dim.dim_param = f"s{i}_{j}"
                count += 1
    for value in model.graph.output:
        tensor = value.type.tensor_type
        if value.type.HasField("tensor_type") and tensor.HasField("shape"):
            for j, dim in enumerate(tensor.shape.dim):
                dim.Clear()
                dim.dim_param = f"o_{value.name}_{j}"
    del model.graph.value_info[:]
    return count


def main(source, folder):
    for path in sorted(glob.glob(os.path.join(source, "*", "model.onnx"))):
        test = os.path.dirname(path)
        model = onnx.load(path)
        if not forget(model):
            continue
        target = os.path.join(folder, os.path.basename(test))
        os.makedirs(target)
        onnx.save(model, os.path.join(target, "model.onnx"))
        for data in glob.glob(os.path.join(test, "test_data_set_*")):
            os.symlink(data, os.path.join(target, os.path.basename(data)))


main(sys.argv[1], sys.argv[2])
