#!/usr/bin/python3
"""Writes a ResNet-50 of seeded random weights as ONNX (opset 16, about 100 MB): the graph of torchvision's resnet50.

    benchmarks/models/resnet50.py resnet50.onnx [--seed 7] [--no-batch-norm]

Input `image` [1, 3, 224, 224], output `logits` [1, 1000]. Batch norms stay separate nodes, as exporters in training form leave them, so that
the compiler has to fold them; --no-batch-norm writes plain biases instead. Random weights are scaled (He et al. 2015) so that activations stay finite.
"""
import argparse

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Graph:
    def __init__(self, seed, batch_norm):
        self.random = np.random.default_rng(seed)
        self.batch_norm = batch_norm
        self.nodes, self.weights, self.names = [], [], 0

    def weight(self, name, array):
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(array, np.float32), name))
        return name

    def node(self, op, inputs, **attributes):
        self.names += 1
        out = f"{op.lower()}_{self.names}"
        self.nodes.append(helper.make_node(op, inputs, [out], name=f"{op}_{self.names}", **attributes))
        return out

    def conv(self, x, inputs, outputs, kernel, stride=1, relu=True):
        name = f"conv{self.names}"
        std = (2.0 / (inputs * kernel * kernel)) ** 0.5
        w = self.weight(name + ".weight", self.random.standard_normal((outputs, inputs, kernel, kernel), np.float32) * std)
        pads = [kernel // 2] * 4
        where = dict(kernel_shape=[kernel, kernel], strides=[stride, stride], pads=pads)
        if self.batch_norm:
            x = self.node("Conv", [x, w], **where)
            statistics = [("scale", self.random.uniform(0.5, 1, outputs)), ("bias", self.random.normal(0, 0.1, outputs)),
                          ("mean", self.random.normal(0, 0.1, outputs)), ("var", self.random.uniform(0.5, 1.5, outputs))]
            x = self.node("BatchNormalization", [x] + [self.weight(f"{name}.{k}", v) for k, v in statistics], epsilon=1e-5)
        else:
            x = self.node("Conv", [x, w, self.weight(name + ".bias", self.random.normal(0, 0.1, outputs))], **where)
        return self.node("Relu", [x]) if relu else x

    def bottleneck(self, x, inputs, width, stride):
        y = self.conv(x, inputs, width, 1)
        y = self.conv(y, width, width, 3, stride)
        y = self.conv(y, width, 4 * width, 1, relu=False)
        if stride != 1 or inputs != 4 * width:
            x = self.conv(x, inputs, 4 * width, 1, stride, relu=False)
        return self.node("Relu", [self.node("Add", [y, x])])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--no-batch-norm", action="store_true")
    args = parser.parse_args()
    g = Graph(args.seed, not args.no_batch_norm)
    x = g.node("MaxPool", [g.conv("image", 3, 64, 7, 2)], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    channels = 64
    for width, blocks, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for block in range(blocks):
            x = g.bottleneck(x, channels, width, stride if block == 0 else 1)
            channels = 4 * width
    x = g.node("Flatten", [g.node("GlobalAveragePool", [x])])
    w = g.weight("fc.weight", g.random.standard_normal((1000, 2048), np.float32) * 2048 ** -0.5)
    g.nodes.append(helper.make_node("Gemm", [x, w, g.weight("fc.bias", np.zeros(1000))], ["logits"], name="fc", transB=1))
    graph = helper.make_graph(g.nodes, "resnet50", [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 224, 224])],
                              [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 1000])], g.weights)
    model = helper.make_model(graph, producer_name="tt benchmarks", opset_imports=[helper.make_opsetid("", 16)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    onnx.save(model, args.output)


if __name__ == "__main__":
    main()
