# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Affine integers. Float arithmetic that decides a rounding is done in f32, as the specification says."""
import numpy as np

from .call import operator
from .linear import convolve, windows


def saturate(x, dtype):
    limits = np.iinfo(dtype)
    return np.clip(x, limits.min, limits.max).astype(dtype)


def along(v, axis, rank):
    """A vector along `axis` of a tensor of rank `rank`; scalars as they are."""
    v = np.asarray(v)
    return v.reshape([-1 if i == axis % rank else 1 for i in range(rank)]) if v.ndim == 1 and v.size > 1 else v.reshape(())


def quantize(x, scale, zero):
    return saturate(np.rint(x.astype(np.float32) / np.float32(scale)).astype(np.float64) + zero, np.asarray(zero).dtype)


@operator('QuantizeLinear')
def quantize_linear(call):
    x, scale = call[0], call[1]
    zero = np.zeros(scale.shape, np.uint8) if call[2] is None else call[2]
    axis = call.attribute('axis', 1)
    scale, zero = (along(v, axis, x.ndim) for v in (scale, zero))
    result = np.rint(x.astype(np.float32) / scale.astype(np.float32)).astype(np.float64) + zero
    return saturate(np.where(np.isnan(result), zero, result), zero.dtype)  # of NaN, which ONNX does not define, tt.quantize says it


@operator('DequantizeLinear')
def dequantize_linear(call):
    x, axis = call[0].astype(np.float64), call.attribute('axis', 1)
    zero = 0 if call[2] is None else along(call[2], axis, x.ndim).astype(np.float64)
    call.type = call.types[1]
    return (x - zero) * along(call[1], axis, x.ndim)


@operator('DynamicQuantizeLinear')
def dynamic_quantize_linear(call):
    x = call[0].astype(np.float32)
    low, high = min(x.min(), np.float32(0)), max(x.max(), np.float32(0))
    scale = np.float32((high - low) / np.float32(255))
    zero = np.uint8(np.clip(np.rint(-low / scale), 0, 255))
    return quantize(x, scale, zero), scale, zero


def centered(x, zero, axis):
    return x.astype(np.int32) - (0 if zero is None else along(zero, axis, x.ndim).astype(np.int32))


@operator('MatMulInteger')
def matmul_integer(call):
    return np.matmul(centered(call[0], call[2], -2), centered(call[1], call[3], -1)).astype(np.int32)


@operator('QLinearMatMul')
def qlinear_matmul(call):
    a, sa, za, b, sb, zb, sy, zy = call.inputs
    total = np.matmul(centered(a, za, -2), centered(b, zb, -1)).astype(np.float64)
    result = np.rint(total * sa * sb / sy) + zy.astype(np.float64)
    return saturate(result, zy.dtype)


def integer_convolution(call, x, w, zx, zw):
    rank = x.ndim - 2
    strides, dilations, pads = windows(call, x.shape[2:], w.shape[2:])
    w = w.astype(np.int32) - (0 if zw is None else zw.astype(np.int32).reshape(-1, *[1] * (rank + 1)))
    return convolve(centered(x, zx, 1), w, strides, dilations, pads, call.attribute('group', 1))


@operator('ConvInteger')
def conv_integer(call):
    return integer_convolution(call, call[0], call[1], call[2], call[3])


@operator('QLinearConv')
def qlinear_conv(call):
    x, sx, zx, w, sw, zw, sy, zy = call.inputs[:8]
    total = integer_convolution(call, x, w, zx, zw)
    rank = x.ndim - 2
    if call[8] is not None:
        total = total + call[8].reshape(-1, *[1] * rank)
    scale = sx.reshape(()) * sw.reshape(-1, *[1] * rank) / sy.reshape(())
    return saturate(np.rint(total * scale) + zy.astype(np.float64), zy.dtype)
