# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Normalisations."""
import numpy as np

from .call import operator


def epsilon(call, default=1e-5):
    return np.float64(np.float32(call.attribute('epsilon', default)))


def per_channel(v, rank):
    return v.reshape(-1, *[1] * (rank - 2))


@operator('BatchNormalization')
def batch_normalization(call):
    x, scale, bias, mean, variance = (v if i == 0 else per_channel(v, call[0].ndim) for i, v in enumerate(call.inputs))
    return (x - mean) / np.sqrt(variance + epsilon(call)) * scale + bias


@operator('InstanceNormalization')
def instance_normalization(call):
    x, axes = call[0], tuple(range(2, call[0].ndim))
    mean, variance = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    return (x - mean) / np.sqrt(variance + epsilon(call)) * per_channel(call[1], x.ndim) + per_channel(call[2], x.ndim)


@operator('GroupNormalization')
def group_normalization(call):
    x, groups = call[0], call.attribute('num_groups')
    g = x.reshape(x.shape[0], groups, -1)
    normal = (g - g.mean(2, keepdims=True)) / np.sqrt(g.var(2, keepdims=True) + epsilon(call))
    if call.opset < 21:  # scale and bias by group
        shape = (groups, 1)
        return (normal * call[1].reshape(shape) + call[2].reshape(shape)).reshape(x.shape)
    return normal.reshape(x.shape) * per_channel(call[1], x.ndim) + per_channel(call[2], x.ndim)


@operator('LayerNormalization')
def layer_normalization(call):
    x, axes = call[0], tuple(range(call.attribute('axis', -1) % call[0].ndim, call[0].ndim))
    mean = x.mean(axes, keepdims=True)
    inverse = 1 / np.sqrt(x.var(axes, keepdims=True) + epsilon(call))
    result = (x - mean) * inverse * call[1]
    return result if call[2] is None else result + call[2], mean, inverse


@operator('RMSNormalization', 'SimplifiedLayerNormalization')
def rms_normalization(call):
    x, axes = call[0], tuple(range(call.attribute('axis', -1) % call[0].ndim, call[0].ndim))
    return x / np.sqrt((x * x).mean(axes, keepdims=True) + epsilon(call)) * call[1]


@operator('LpNormalization')
def lp_normalization(call):
    x, axis, p = call[0], call.attribute('axis', -1), call.attribute('p', 2)
    norm = np.abs(x).sum(axis, keepdims=True) if p == 1 else np.sqrt((x * x).sum(axis, keepdims=True))
    return x / norm


@operator('MeanVarianceNormalization')
def mean_variance_normalization(call):
    x, axes = call[0], tuple(call.attribute('axes', [0, 2, 3]))
    mean = x.mean(axes, keepdims=True)
    return (x - mean) / (np.sqrt((x * x).mean(axes, keepdims=True) - mean * mean) + 1e-9)


@operator('LRN')
def lrn(call):
    x, size = call[0], call.attribute('size')
    alpha, beta, bias = (np.float64(np.float32(call.attribute(n, d))) for n, d in (('alpha', 1e-4), ('beta', 0.75), ('bias', 1.0)))
    total = np.zeros(x.shape)
    for c in range(x.shape[1]):
        low, high = max(0, c - (size - 1) // 2), min(x.shape[1] - 1, c + -(-(size - 1) // 2))
        total[:, c] = (x[:, low:high + 1] ** 2).sum(1)
    return x / (bias + alpha / size * total) ** beta
