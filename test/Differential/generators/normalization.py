# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Normalisations."""
import numpy as np

from graph import Reject
from .table import axis, generator

FLOATS = ['float32', 'float32', 'float64', 'float16']


def image(g, op, only=None, low_rank=3):
    return g.pick(g.dtype(op, only=only or FLOATS), low_rank=low_rank, high_rank=4, size=1)


def vectors(g, dtype, n, count):
    return [g.pick(dtype, shape=(n,)) for _ in range(count)]


@generator('BatchNormalization')
def batch_normalization(g, op):
    x = image(g, op, low_rank=2)
    scale, bias, mean = vectors(g, x.dtype, x.shape[1], 3)
    g.add(op, [x, scale, bias, mean, g.pick(x.dtype, shape=(x.shape[1],), low=0.2, high=2)], accuracy='smooth', epsilon=g.choose(None, 1e-3))


@generator('InstanceNormalization')
def instance_normalization(g, op):
    x = image(g, op)
    g.add(op, [x, *vectors(g, x.dtype, x.shape[1], 2)], accuracy='smooth', epsilon=g.choose(None, 1e-2))


@generator('GroupNormalization', since=18)
def group_normalization(g, op):
    groups = g.choose(1, 2, 3)
    x = g.pick(g.choose(*FLOATS), shape=(g.size(1, 2), groups * g.size(1, 3), *g.shape(low_rank=1, high_rank=2, low=1)))
    g.add(op, [x, *vectors(g, x.dtype, groups if g.opset < 21 else x.shape[1], 2)], accuracy='smooth', num_groups=groups, epsilon=g.choose(None, 1e-2))


@generator('LayerNormalization', since=17)
def layer_normalization(g, op):
    x = g.pick(g.dtype(op, only=FLOATS), low_rank=1, size=1)
    place = axis(g, len(x.shape))
    shape = x.shape[place:] if place < 0 else x.shape[place - len(x.shape):]
    operands = [x] + [g.pick(x.dtype, shape=shape) for _ in range(g.choose(1, 2))]
    g.add(op, operands, 1 if x.dtype == 'float16' else g.choose(1, 1, 3), accuracy='smooth', axis=place if place != -1 or g.chance(0.5) else None, epsilon=g.choose(None, 1e-2))


@generator('RMSNormalization', since=23)
def rms_normalization(g, op):
    x = g.pick(g.choose(*FLOATS), low_rank=1, size=1)
    place = axis(g, len(x.shape))
    g.add(op, [x, g.pick(x.dtype, shape=x.shape[place:] if place < 0 else x.shape[place - len(x.shape):])], accuracy='smooth', axis=place, epsilon=g.choose(None, 1e-2))


@generator('SimplifiedLayerNormalization')
def simplified_layer_normalization(g, op):
    x = g.pick('float32', low_rank=1, size=1)
    g.add(op, [x, g.pick(x.dtype, shape=x.shape[-1:])], accuracy='smooth', axis=-1, epsilon=1e-5)


@generator('LpNormalization')
def lp_normalization(g, op):
    x = g.pick(g.dtype(op), low_rank=1, size=1)
    g.add(op, [x], accuracy='smooth', axis=g.choose(None, axis(g, len(x.shape))), p=g.choose(None, 1, 2))


@generator('MeanVarianceNormalization', since=9)
def mean_variance_normalization(g, op):
    x = g.pick(g.dtype(op), rank=4, size=2)
    axes = g.choose(None, [1, 2, 3], [0, 2], [3])
    v, over = x.array.astype(np.float64), tuple(axes or [0, 2, 3])
    # By its definition it subtracts E[x]^2 from E[x^2], which cancels where the variance is small.
    if (v.var(over) < 0.1 * (v * v).mean(over)).any():
        raise Reject('cancels')
    g.add(op, [x], accuracy='smooth', axes=axes)


@generator('LRN')
def lrn(g, op):
    g.add(op, [image(g, op, g.types(op) & set(FLOATS))], accuracy='smooth', size=g.choose(1, 2, 3, 5), alpha=g.choose(None, 0.1), beta=g.choose(None, 0.5), bias=g.choose(None, 2.0))
