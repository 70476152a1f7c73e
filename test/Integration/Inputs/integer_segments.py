# Quantized (QDQ) models whose inputs and outputs are integers, so that everything between is one integer segment: writes ONNX test folders to the
# folder argv[1]. Expected values follow the definition in docs: sums of products in int64, then f32 operations that are rounded one by one.
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

f32 = np.float32
rng = np.random.default_rng(11)


class Tensor:
    """A quantized tensor: its name in the graph, integers, scale and zero point."""

    def __init__(self, name, q, scale, zero):
        self.name, self.q, self.scale, self.zero = name, q, f32(scale), zero

    @property
    def steps(self):
        return self.q.astype(np.int64) - self.zero


class Model:
    def __init__(self, name, element):
        self.name, self.element = name, element
        self.info = np.iinfo(element)
        self.nodes, self.constants, self.inputs, self.count = [], [], [], 0

    def fresh(self):
        self.count += 1
        return f"v{self.count}"

    def constant(self, array):
        self.constants.append(numpy_helper.from_array(np.asarray(array), self.fresh()))
        return self.constants[-1].name

    def node(self, operator, inputs, **attributes):
        self.nodes.append(helper.make_node(operator, inputs, [self.fresh()], **attributes))
        return self.nodes[-1].output[0]

    def integers(self, *shape):
        """All numbers of the type come up, its ends often."""
        q = rng.integers(self.info.min, self.info.max + 1, shape)
        ends = rng.random(shape)
        return np.where(ends < 0.1, self.info.min, np.where(ends > 0.9, self.info.max, q)).astype(self.element)

    def input(self, shape, scale, zero):
        tensor = Tensor(self.fresh(), self.integers(*shape), scale, zero)
        self.inputs.append(tensor)
        return tensor

    def parameters(self, tensor):
        return [self.constant(tensor.scale), self.constant(np.array(tensor.zero, self.element))]

    def real(self, tensor):
        return self.node("DequantizeLinear", [tensor.name, *self.parameters(tensor)])

    def rounded(self, real, steps, scale, zero, low=None):
        """The tensor of the value `real`, which counts `steps` (f32) of `scale`; `low` is a bound of its integers."""
        limits = f32(self.info.min - zero), f32(self.info.max - zero)
        q = (np.clip(np.rint(steps.astype(f32)), *limits).astype(np.int64) + zero)
        if low is not None:
            q = np.maximum(q, low)
        tensor = Tensor("", q.astype(self.element), scale, zero)
        tensor.name = self.node("QuantizeLinear", [real, *self.parameters(tensor)])
        return tensor

    def weights(self, shape, axis):
        """i8 weights with one scale per channel: real value's name, integers, scales."""
        q = rng.integers(-127, 128, shape).astype(np.int8)
        scales = rng.uniform(0.001, 0.02, shape[axis]).astype(f32)
        inputs = [self.constant(q), self.constant(scales), self.constant(np.zeros(shape[axis], np.int8))]
        return self.node("DequantizeLinear", inputs, axis=axis), q.astype(np.int64), scales

    def scaled(self, sums, x, scales, bias, channels, scale):
        """fl(float(sums + bias) sx sw / sy), where scales and bias run along the dimension that `channels` spreads them over."""
        products = np.float64(x.scale) * scales.astype(np.float64)
        steps = np.clip(np.rint(bias.astype(np.float64) / products), -(2**31), 2**31 - 1).astype(np.int64)
        factors = (products / np.float64(f32(scale))).astype(f32)
        return (sums + steps.reshape(channels)).astype(f32) * factors.reshape(channels)

    def conv(self, x, outputs, side, scale, zero, groups=1, stride=1, relu=False):
        channels = x.q.shape[1]
        real, w, scales = self.weights((outputs, channels // groups, side, side), 0)
        bias = rng.normal(0, 1, outputs).astype(f32)
        border = side // 2
        padded = np.pad(x.steps, ((0, 0), (0, 0), (border, border), (border, border)))
        height, width = ((size - side) // stride + 1 for size in padded.shape[2:])
        sums = np.zeros((x.q.shape[0], outputs, height, width), np.int64)
        for group in range(groups):
            own = slice(group * outputs // groups, (group + 1) * outputs // groups)
            read = slice(group * channels // groups, (group + 1) * channels // groups)
            for r in range(side):
                for c in range(side):
                    part = padded[:, read, r : r + height * stride : stride, c : c + width * stride : stride]
                    sums[:, own] += np.einsum("nchw,oc->nohw", part[:, :, :height, :width], w[own, :, r, c])
        y = self.node("Conv", [self.real(x), real, self.constant(bias)], group=groups, pads=[border] * 4, strides=[stride] * 2)
        if relu:
            y = self.node("Relu", [y])
        return self.rounded(y, self.scaled(sums, x, scales, bias, (-1, 1, 1), scale), scale, zero, zero if relu else None)

    def linear(self, x, outputs, scale, zero):
        real, w, scales = self.weights((x.q.shape[-1], outputs), 1)
        bias = rng.normal(0, 1, outputs).astype(f32)
        y = self.node("Add", [self.node("MatMul", [self.real(x), real]), self.constant(bias)])
        return self.rounded(y, self.scaled(x.steps @ w, x, scales, bias, (-1,), scale), scale, zero)

    def product(self, a, b, scale, zero):
        """Of two activations."""
        factor = f32(np.float64(a.scale) * np.float64(b.scale) / np.float64(f32(scale)))
        y = self.node("MatMul", [self.real(a), self.real(b)])
        return self.rounded(y, (a.steps @ b.steps).astype(f32) * factor, scale, zero)

    def share(self, a, scale):
        return f32(np.float64(a.scale) / np.float64(f32(scale)))

    def add(self, a, b, scale, zero, operator="Add"):
        left, right = a.steps.astype(f32) * self.share(a, scale), b.steps.astype(f32) * self.share(b, scale)
        y = self.node(operator, [self.real(a), self.real(b)])
        return self.rounded(y, left + right if operator == "Add" else left - right, scale, zero)

    def mul(self, a, b, scale, zero):
        factor = f32(np.float64(a.scale) * np.float64(b.scale) / np.float64(f32(scale)))
        y = self.node("Mul", [self.real(a), self.real(b)])
        return self.rounded(y, (a.steps * b.steps).astype(f32) * factor, scale, zero)

    def concat(self, tensors, axis, scale, zero):
        """The parts are rounded to the type of the whole."""
        y = self.node("Concat", [self.real(t) for t in tensors], axis=axis)
        steps = [t.steps.astype(f32) * self.share(t, scale) for t in tensors]
        return self.rounded(y, np.concatenate(steps, axis), scale, zero)

    def mean(self, x, scale, zero):
        y = self.node("GlobalAveragePool", [self.real(x)])
        count = f32(x.q.shape[2] * x.q.shape[3])
        means = x.steps.sum((2, 3), keepdims=True).astype(f32) / count
        return self.rounded(y, means * self.share(x, scale), scale, zero)

    def move(self, x, operator, q, inputs=(), **attributes):
        """An op that moves integers: the value behind it has the type of x."""
        moved = self.node(operator, [self.real(x), *(self.constant(i) for i in inputs)], **attributes)
        tensor = Tensor("", q.astype(self.element), x.scale, x.zero)
        tensor.name = self.node("QuantizeLinear", [moved, *self.parameters(tensor)])
        return tensor

    def max_pool(self, x):
        n, c, h, w = x.q.shape
        q = x.q[:, :, : h // 2 * 2, : w // 2 * 2].reshape(n, c, h // 2, 2, w // 2, 2).max((3, 5))
        return self.move(x, "MaxPool", q, kernel_shape=[2, 2], strides=[2, 2])

    def save(self, *outputs):
        folder = os.path.join(sys.argv[1], f"{self.name}_{np.dtype(self.element).name}")
        data = os.path.join(folder, "test_data_set_0")
        os.makedirs(data)
        describe = lambda t: helper.make_tensor_value_info(t.name, helper.np_dtype_to_tensor_dtype(np.dtype(self.element))
                                                           if hasattr(helper, "np_dtype_to_tensor_dtype") else
                                                           onnx.mapping.NP_TYPE_TO_TENSOR_TYPE[np.dtype(self.element)], t.q.shape)
        graph = helper.make_graph(self.nodes, self.name, [describe(t) for t in self.inputs], [describe(t) for t in outputs], self.constants)
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7), os.path.join(folder, "model.onnx"))
        for kind, tensors in (("input", self.inputs), ("output", outputs)):
            for number, tensor in enumerate(tensors):
                with open(os.path.join(data, f"{kind}_{number}.pb"), "wb") as file:
                    file.write(numpy_helper.from_array(tensor.q, tensor.name).SerializeToString())


for element in (np.uint8, np.int8):
    zero = lambda unsigned: unsigned if element == np.uint8 else unsigned - 128

    # A small residual network: RGB, strides, depthwise, groups, odd sizes.
    m = Model("network", element)
    x = m.input((2, 3, 19, 17), 0.02, zero(114))
    a = m.conv(x, 24, 3, 0.05, zero(0), stride=2, relu=True)
    b = m.conv(a, 24, 3, 0.07, zero(131), groups=24)
    c = m.conv(b, 40, 1, 0.3, zero(120), relu=True)
    d = m.conv(c, 24, 1, 0.4, zero(99))
    e = m.add(d, a, 0.35, zero(140))
    p = m.max_pool(e)
    g = m.conv(p, 32, 3, 1.5, zero(128), groups=4)
    h = m.mean(g, 0.8, zero(127))
    flat = m.move(h, "Reshape", h.q.reshape(2, 32), [np.array([2, 32], np.int64)])
    m.save(m.linear(flat, 10, 0.06, zero(128)), e)

    # Matrices: constants and activations on the right, odd depths, elementwise ops, parts of different scales.
    m = Model("matrices", element)
    x, z = m.input((3, 37, 45), 0.03, zero(101)), m.input((3, 21, 30), 0.011, zero(3))
    y = m.linear(x, 21, 0.09, zero(150))
    t = m.product(y, z, 0.4, zero(77))
    u = m.move(t, "Transpose", t.q.transpose(0, 2, 1), perm=[0, 2, 1])
    v = m.move(y, "Transpose", y.q.transpose(0, 2, 1), perm=[0, 2, 1])
    w = m.concat([u, v], 1, 0.13, zero(60))
    left = m.move(w, "Slice", w.q[:, :20], [np.array([0]), np.array([20]), np.array([1])])
    right = m.move(w, "Slice", w.q[:, 31:51], [np.array([31]), np.array([51]), np.array([1])])
    m.save(m.mul(left, right, 2.5, zero(128)), m.add(left, right, 0.2, zero(30), "Sub"), w)
