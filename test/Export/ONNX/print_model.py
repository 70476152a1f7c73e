"""Prints an ONNX model: opset, inputs and outputs with names of sizes, initializers with where their data is, nodes.

    print_model.py MODEL.onnx
"""
import sys

import onnx
from onnx import TensorProto, helper


def describe(info):
    tensor = info.type.tensor_type
    sizes = ", ".join(str(dim.dim_value) if dim.HasField("dim_value") else dim.dim_param or "?" for dim in tensor.shape.dim)
    return f"{info.name}: {TensorProto.DataType.Name(tensor.elem_type)} [{sizes}]"


def main():
    model = onnx.load(sys.argv[1], load_external_data=False)
    print(f"opset {model.opset_import[0].version}, graph {model.graph.name}, by {model.producer_name}")
    for info in model.graph.input:
        print("input", describe(info))
    for info in model.graph.output:
        print("output", describe(info))
    for tensor in model.graph.initializer:
        where = " ".join(f"{e.key}={e.value}" for e in tensor.external_data) or f"{len(tensor.raw_data)} bytes"
        print(f"initializer {tensor.name}: {TensorProto.DataType.Name(tensor.data_type)} {list(tensor.dims)} {where}")
    for node in model.graph.node:
        attributes = " ".join(f"{a.name}={helper.get_attribute_value(a)}" for a in node.attribute)
        print(f"{node.op_type}({', '.join(node.input)}) -> {', '.join(node.output)} {attributes}".rstrip(), f"  # {node.name}")


if __name__ == "__main__":
    main()
