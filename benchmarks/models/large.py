#!/usr/bin/python3
"""Writes a model of 2.5 GB of seeded random float32 weights as external data, an input for it, and what NumPy makes of it.

    benchmarks/models/large.py FOLDER [--seed 7] [--scale 1.0]

FOLDER gets `large.onnx`, `large.bin` (the weights), `tokens.npy` and `scores.npy`. The graph: rows of a table (Gather, 0.7 GB), a hidden layer
(MatMul, Add, Relu, MatMul; 0.6 GB each), a residual Add and a classifier (Gemm with transB, 0.6 GB) whose bias lies behind all other weights.
--scale 0.01 makes the same graph of 1 % of the size. Memory needed: about the largest weight.
"""
import argparse
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper

WIDTH, TOKENS = 2048, 4


class Weights:
    """Appends tensors to one external file; hands them out as maps of that file."""

    def __init__(self, path, seed):
        self.path, self.random, self.protos, self.end = path, np.random.default_rng(seed), [], 0
        path.write_bytes(b"")

    def add(self, name, shape, scale):
        # 4096-byte pages, as onnx.save writes them, so that the file can be mapped.
        offset = -(-self.end // 4096) * 4096
        array = np.memmap(self.path, np.float32, "r+", offset, tuple(shape))
        for begin in range(0, shape[0], 1024):
            rows = array[begin:begin + 1024]
            self.random.standard_normal(dtype=np.float32, out=rows)
            rows *= np.float32(scale)
        self.end = offset + array.nbytes
        proto = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=shape, data_location=TensorProto.EXTERNAL)
        for key, value in (("location", self.path.name), ("offset", offset), ("length", array.nbytes)):
            proto.external_data.add(key=key, value=str(value))
        self.protos.append(proto)
        return array


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--scale", type=float, default=1.0)
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    rows, hidden, classes = (int(n * args.scale) for n in (90000, 73000, 74000))
    weights = Weights(args.folder / "large.bin", args.seed)
    table = weights.add("table", [rows, WIDTH], 1.0)
    up = weights.add("up", [WIDTH, hidden], WIDTH**-0.5)
    up_bias = weights.add("up_bias", [hidden], 0.1)
    down = weights.add("down", [hidden, WIDTH], hidden**-0.5)
    head = weights.add("head", [classes, WIDTH], WIDTH**-0.5)
    head_bias = weights.add("head_bias", [classes], 0.1)
    nodes = [
        helper.make_node("Gather", ["table", "tokens"], ["x"], "embed"),
        helper.make_node("MatMul", ["x", "up"], ["u"], "up_proj"),
        helper.make_node("Add", ["u", "up_bias"], ["b"], "up_add"),
        helper.make_node("Relu", ["b"], ["h"], "up_relu"),
        helper.make_node("MatMul", ["h", "down"], ["d"], "down_proj"),
        helper.make_node("Add", ["x", "d"], ["r"], "residual"),
        helper.make_node("Gemm", ["r", "head", "head_bias"], ["scores"], "classify", transB=1),
    ]
    graph = helper.make_graph(nodes, "large", [helper.make_tensor_value_info("tokens", TensorProto.INT64, [TOKENS])],
                              [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [TOKENS, classes])], weights.protos)
    model = helper.make_model(graph, producer_name="tt benchmarks", opset_imports=[helper.make_opsetid("", 16)])
    model.ir_version = 8
    onnx.save(model, str(args.folder / "large.onnx"))
    onnx.checker.check_model(str(args.folder / "large.onnx"))

    tokens = np.array([0, rows - 1, rows // 2, 17], np.int64)
    x = np.asarray(table[tokens])
    r = x + np.maximum(x @ up + up_bias, 0) @ down
    np.save(args.folder / "tokens.npy", tokens)
    np.save(args.folder / "scores.npy", r @ head.T + head_bias)
    print(f"{weights.end} bytes of weights")


if __name__ == "__main__":
    main()
