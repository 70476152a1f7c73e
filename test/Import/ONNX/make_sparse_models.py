"""Writes models whose files are beyond 2 GB, almost all of it holes that take no disk space.

    make_sparse_models.py FOLDER

inline.onnx    one file of 2.4 GB, which is no valid protobuf message: `big` (float [600000000], all 0) as raw_data, then `after` = [1, 2, 3]
external.onnx  `late` = [4, 5, 6] at offset 5 GB of external.bin; `tail`, the rest of that file from 3 GB on, is 2 GB + 12 bytes long
wide.onnx      a table of uint8 with 2^31 + 64 elements in 64 columns, external; the rows in wide_i.npy hold their number modulo 251, see wide_y.npy
"""
import pathlib
import sys

import numpy as np
from onnx import TensorProto, helper, numpy_helper

GB = 10**9


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def length_field(number, length):
    """Tag and length of a field of bytes."""
    return varint(number << 3 | 2) + varint(length)


def model(nodes, inputs, outputs, initializers, name):
    graph = helper.make_graph(nodes, name, inputs, outputs, initializers)
    result = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    result.ir_version = 8
    return result


def write_inline(path):
    size = 600_000_000
    value = lambda n, *shape: helper.make_tensor_value_info(n, TensorProto.FLOAT, shape)
    proto = model([helper.make_node("Add", ["x", "big"], ["y"]), helper.make_node("Add", ["z", "after"], ["w"])],
                  [value("x", size), value("z", 3)], [value("y", size), value("w", 3)],
                  [numpy_helper.from_array(np.array([1, 2, 3], np.float32), "after")], "inline")
    graph = proto.graph.SerializeToString()
    proto.ClearField("graph")
    big = TensorProto(name="big", data_type=TensorProto.FLOAT, dims=[size]).SerializeToString()
    # Numbers of fields: ModelProto.graph 7, GraphProto.initializer 5, TensorProto.raw_data 9.
    raw = length_field(9, 4 * size)
    tensor = length_field(5, len(big) + len(raw) + 4 * size)
    with open(path, "wb") as file:
        file.write(proto.SerializeToString() + length_field(7, len(tensor) + len(big) + len(raw) + 4 * size + len(graph)))
        file.write(tensor + big + raw)
        file.seek(4 * size, 1)
        file.write(graph)


def external(name, data_type, shape, location, offset, length):
    tensor = TensorProto(name=name, data_type=data_type, dims=shape, data_location=TensorProto.EXTERNAL)
    for key, value in (("location", location), ("offset", offset), ("length", length)):
        tensor.external_data.add(key=key, value=str(value))
    return tensor


def write_external(path):
    tail = (2 * GB + 12) // 4
    value = lambda n, *shape: helper.make_tensor_value_info(n, TensorProto.FLOAT, shape)
    proto = model([helper.make_node("Add", ["x", "tail"], ["y"]), helper.make_node("Add", ["z", "late"], ["w"])],
                  [value("x", tail), value("z", 3)], [value("y", tail), value("w", 3)],
                  [external("late", TensorProto.FLOAT, [3], "external.bin", 5 * GB, 12),
                   external("tail", TensorProto.FLOAT, [tail], "external.bin", 3 * GB, 4 * tail)], "external")
    path.write_bytes(proto.SerializeToString())
    with open(path.with_suffix(".bin"), "wb") as file:
        file.seek(5 * GB)
        file.write(np.array([4, 5, 6], np.float32).tobytes())


def write_wide(path):
    rows, columns = 2**25 + 1, 64
    proto = model([helper.make_node("Gather", ["table", "i"], ["y"], "rows")],
                  [helper.make_tensor_value_info("i", TensorProto.INT64, ["n"])],
                  [helper.make_tensor_value_info("y", TensorProto.UINT8, ["n", columns])],
                  [external("table", TensorProto.UINT8, [rows, columns], "wide.bin", 0, rows * columns)], "wide")
    path.write_bytes(proto.SerializeToString())
    picked = np.array([0, rows - 1, -1, rows - 2, 2**24, -rows], np.int64)
    with open(path.with_suffix(".bin"), "wb") as file:
        file.truncate(rows * columns)
        for row in picked % rows:
            file.seek(int(row) * columns)
            file.write(bytes([row % 251]) * columns)
    np.save(path.with_name("wide_i.npy"), picked)
    np.save(path.with_name("wide_y.npy"), np.repeat((picked % rows % 251).astype(np.uint8)[:, None], columns, 1))


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    write_inline(folder / "inline.onnx")
    write_external(folder / "external.onnx")
    write_wide(folder / "wide.onnx")
