#!/usr/bin/python3
"""Writes an encoder of the size of BERT base with seeded random weights as ONNX (opset 16, about 430 MB): the graph that exporters make.

    benchmarks/models/bert_base.py bert.onnx [--seed 7] [--layers 12] [--sequence 128] [--vocabulary 30522]

Input `ids` [1, sequence] int64, output `hidden` [1, sequence, 768]. 12 heads, 768 features, 3072 in between, GELU by erf, layer norm after each residual sum
(Devlin et al. 2019), layer norm and GELU as the chains of nodes that exporters write. Weights have the spread of BERT's initialization (0.02), gains of layer norms vary.
"""
import argparse
import math

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FEATURES, HEADS, INNER = 768, 12, 3072


class Graph:
    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.nodes, self.weights, self.names = [], [], 0
        self.constants = {}

    def weight(self, name, array):
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def constant(self, value):
        if value not in self.constants:
            self.constants[value] = self.weight(f"constant_{len(self.constants)}", np.float32(value))
        return self.constants[value]

    def node(self, op, inputs, **attributes):
        self.names += 1
        out = attributes.pop("out", f"{op.lower()}_{self.names}")
        self.nodes.append(helper.make_node(op, inputs, [out], name=f"{op}_{self.names}", **attributes))
        return out

    def normal(self, *shape, std=0.02):
        return self.random.standard_normal(shape, np.float32) * np.float32(std)

    def linear(self, x, name, inputs, outputs):
        product = self.node("MatMul", [x, self.weight(name + ".weight", self.normal(inputs, outputs))])
        return self.node("Add", [product, self.weight(name + ".bias", self.normal(outputs))])

    def norm(self, x, name, **attributes):
        centred = self.node("Sub", [x, self.node("ReduceMean", [x], axes=[-1])])
        variance = self.node("ReduceMean", [self.node("Pow", [centred, self.constant(2)])], axes=[-1])
        deviation = self.node("Sqrt", [self.node("Add", [variance, self.constant(1e-12)])])
        scale = self.weight(name + ".weight", self.random.uniform(0.6, 1.2, FEATURES).astype("f"))
        scaled = self.node("Mul", [self.node("Div", [centred, deviation]), scale])
        return self.node("Add", [scaled, self.weight(name + ".bias", self.normal(FEATURES, std=0.1))], **attributes)

    def heads(self, x, shape, perm):
        return self.node("Transpose", [self.node("Reshape", [x, shape])], perm=perm)

    def layer(self, x, name, shapes, **attributes):
        q, k, v = (self.linear(x, f"{name}.{part}", FEATURES, FEATURES) for part in ("query", "key", "value"))
        scores = self.node("MatMul", [self.heads(q, shapes[0], [0, 2, 1, 3]), self.heads(k, shapes[0], [0, 2, 3, 1])])
        scores = self.node("Div", [scores, self.constant(math.sqrt(FEATURES // HEADS))])
        mixed = self.node("MatMul", [self.node("Softmax", [scores], axis=-1), self.heads(v, shapes[0], [0, 2, 1, 3])])
        mixed = self.node("Reshape", [self.node("Transpose", [mixed], perm=[0, 2, 1, 3]), shapes[1]])
        x = self.norm(self.node("Add", [self.linear(mixed, name + ".output", FEATURES, FEATURES), x]), name + ".norm1")
        y = self.linear(x, name + ".up", FEATURES, INNER)
        error = self.node("Erf", [self.node("Div", [y, self.constant(math.sqrt(2))])])
        y = self.node("Mul", [self.node("Mul", [y, self.node("Add", [error, self.constant(1)])]), self.constant(0.5)])
        return self.norm(self.node("Add", [self.linear(y, name + ".down", INNER, FEATURES), x]), name + ".norm2", **attributes)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--sequence", type=int, default=128)
    parser.add_argument("--vocabulary", type=int, default=30522)
    args = parser.parse_args()
    g = Graph(args.seed)
    words = g.node("Gather", [g.weight("words", g.normal(args.vocabulary, FEATURES)), "ids"])
    x = g.node("Add", [words, g.weight("positions", g.normal(1, args.sequence, FEATURES))])
    x = g.norm(x, "embedding.norm")
    shapes = (g.weight("shape.heads", np.array([1, args.sequence, HEADS, FEATURES // HEADS], np.int64)),
              g.weight("shape.rows", np.array([1, args.sequence, FEATURES], np.int64)))
    for i in range(args.layers):
        x = g.layer(x, f"layer{i}", shapes, **({"out": "hidden"} if i == args.layers - 1 else {}))
    graph = helper.make_graph(g.nodes, "bert_base", [helper.make_tensor_value_info("ids", TensorProto.INT64, [1, args.sequence])],
                              [helper.make_tensor_value_info("hidden", TensorProto.FLOAT, [1, args.sequence, FEATURES])], g.weights)
    model = helper.make_model(graph, producer_name="tt benchmarks", opset_imports=[helper.make_opsetid("", 16)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    onnx.save(model, args.output)


if __name__ == "__main__":
    main()
