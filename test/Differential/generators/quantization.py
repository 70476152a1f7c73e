# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Affine integers. Scales are powers of two or far from making halves, so that references in f64 and runs in f32 round alike."""
import numpy as np

from graph import Reject
from .linear import spatial
from .table import axis, generator


def scale(g, shape=(), constant=None):
    return g.fresh((2.0 ** g.np.integers(-6, 0, shape)).astype(np.float32), constant)


def zero(g, dtype, shape=(), constant=None):
    return g.fresh(g.array(dtype, shape, 100 if dtype == 'uint8' else -20, 150 if dtype == 'uint8' else 20), constant)


def per_axis(g, x):
    """Shape of the scales and the axis, or a scalar and none."""
    if g.opset >= 13 and len(x.shape) and g.chance(0.5):
        place = axis(g, len(x.shape))
        return (x.shape[place],), place
    return (), None


@generator('QuantizeLinear', since=10)
def quantize_linear(g, op):
    x = g.pick('float32', exact=True, size=1)
    shape, place = per_axis(g, x)
    operands = [x, scale(g, shape)]
    if g.chance(0.8):
        operands.append(zero(g, g.choose('uint8', 'int8'), shape))
    g.add(op, operands, axis=place, accuracy='discrete')


@generator('DequantizeLinear', since=10)
def dequantize_linear(g, op):
    x = g.pick(g.choose('uint8', 'int8', 'int32'), size=1)
    shape, place = per_axis(g, x)
    operands = [x, scale(g, shape)]
    if x.dtype != 'int32' and g.chance(0.8):
        operands.append(zero(g, x.dtype, shape))
    g.add(op, operands, axis=place, accuracy='arithmetic')


@generator('DynamicQuantizeLinear', since=11)
def dynamic_quantize_linear(g, op):
    x = g.pick('float32', exact=True, size=1, low_rank=1, where=lambda v: v.size and np.isfinite(v).all() and np.ptp(v) > 0.1)
    g.add(op, [x], 3, accuracy='discrete')


def bytes_(g, shape, dtype=None, constant=None):
    return g.fresh(g.array(dtype or g.choose('uint8', 'int8'), shape, *((0, 255) if dtype == 'uint8' else (None, None))), constant)


@generator('MatMulInteger', since=10)
def matmul_integer(g, op):
    m, k, n = g.size(1, 6), g.size(1, 9), g.size(1, 20)
    a, b = bytes_(g, (*g.shape(high_rank=1, low=1, high=3), m, k)), bytes_(g, (k, n), constant=g.choose(True, None))
    operands = [a, b]
    if g.chance(0.7):
        operands.append(zero(g, a.dtype))
        if g.chance(0.6):
            operands.append(zero(g, b.dtype, g.choose((), (n,))))
    g.add(op, operands)


@generator('QLinearMatMul', since=10)
def qlinear_matmul(g, op):
    m, k, n = g.size(1, 6), g.size(1, 9), g.size(1, 20)
    a, b = bytes_(g, (m, k)), bytes_(g, (k, n), constant=g.choose(True, None))
    out = g.choose('uint8', 'int8')
    g.add(op, [a, scale(g), zero(g, a.dtype), b, scale(g), zero(g, b.dtype), scale(g), zero(g, out)], accuracy='discrete')


def integer_conv(g):
    kernel, sizes, attributes, known = spatial(g, 2)
    groups, depth, per = g.choose(1, 1, 2), g.size(1, 3), g.size(1, 4)
    x = g.state(bytes_(g, (g.size(1, 2), depth * groups, *sizes)), known)
    w = bytes_(g, (per * groups, depth, *kernel), constant=True)
    return x, w, dict(attributes, group=groups if groups > 1 else None)


@generator('ConvInteger', since=10)
def conv_integer(g, op):
    x, w, attributes = integer_conv(g)
    operands = [x, w]
    if g.chance(0.7):
        operands.append(zero(g, x.dtype))
        if g.chance(0.6):
            operands.append(zero(g, w.dtype, g.choose((), (w.shape[0],)), constant=True))
    g.add(op, operands, **attributes)


@generator('QLinearConv', since=10)
def qlinear_conv(g, op):
    x, w, attributes = integer_conv(g)
    channels = g.choose((), (w.shape[0],))
    operands = [x, scale(g, constant=True), zero(g, x.dtype, constant=True), w, scale(g, channels, True), zero(g, w.dtype, channels, True), scale(g, constant=True),
                zero(g, x.dtype, constant=True)]
    if g.chance(0.5):
        operands.append(g.constant(g.array('int32', (w.shape[0],), -2000, 2000)))
    g.add(op, operands, accuracy='discrete', **attributes)
