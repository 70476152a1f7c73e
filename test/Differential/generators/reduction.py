# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reductions, scans, sorting."""
import numpy as np

from graph import Reject
from .table import axis, generator

FLOATS = ['float32', 'float64', 'float16']
NUMBERS = FLOATS + ['int32', 'int64', 'uint32', 'uint64', 'int8', 'uint8']


def reduction(accuracy, *names, types=NUMBERS, low=None, high=None, size=0):
    def make(g, op):
        x = g.pick(g.dtype(op, only=set(types) & g.types(op)), low=low, high=high, size=size)
        rank = len(x.shape)
        axes = g.rng.sample(range(rank), g.rng.randint(1, rank)) if rank and g.chance(0.8) else None
        if axes and g.opset >= 11:
            axes = [a - rank if g.chance(0.3) else a for a in axes]
        as_operand = g.opset >= (13 if op == 'ReduceSum' else 18)
        noop = g.choose(None, 0, 1) if as_operand else None
        exact = not x.dtype.startswith('float')
        g.add(op, [x, g.integers(*axes)] if axes and as_operand else [x], axes=None if as_operand else axes, accuracy='exact' if exact else accuracy,
              keepdims=g.choose(None, 0, 1), noop_with_empty_axes=noop)
    generator(*names)(make)


reduction('sum', 'ReduceSum', 'ReduceSumSquare', 'ReduceL1')
reduction('sum', 'ReduceMean', types=FLOATS, size=1)
reduction('exact', 'ReduceMax', 'ReduceMin', size=1)
reduction('smooth', 'ReduceProd', low=-2, high=2)
reduction('sum', 'ReduceL2', types=FLOATS)
reduction('smooth', 'ReduceLogSum', types=FLOATS, low=0.1, high=4, size=1)
reduction('smooth', 'ReduceLogSumExp', types=FLOATS, size=1)


@generator('ArgMax', 'ArgMin')
def arg_max(g, op):
    x = g.pick(g.dtype(op), low_rank=1, exact=True, size=1)
    g.add(op, [x], axis=axis(g, len(x.shape)) if g.opset >= 11 else g.rng.randrange(len(x.shape)), keepdims=g.choose(None, 0, 1),
          select_last_index=g.choose(None, 0, 1) if g.opset >= 12 else None, accuracy='discrete')


@generator('CumSum', since=11)
def cum_sum(g, op):
    x = g.pick(g.dtype(op), low_rank=1)
    place = g.constant(np.array(axis(g, len(x.shape)), g.choose('int32', 'int64')))
    g.add(op, [x, place], exclusive=g.choose(None, 0, 1), reverse=g.choose(None, 0, 1), accuracy='sum' if x.dtype.startswith('float') else 'exact')


@generator('CumProd', since=26)
def cum_prod(g, op):
    dtype = g.choose('float32', 'float32', 'float64', 'float16', 'int32', 'int64')
    x = g.pick(dtype, low_rank=1, low=-2, high=2)
    place = g.constant(np.array(axis(g, len(x.shape)), g.choose('int32', 'int64')))
    g.add(op, [x, place], exclusive=g.choose(None, 0, 1), reverse=g.choose(None, 0, 1), accuracy='smooth' if dtype.startswith('float') else 'exact')


@generator('TopK')
def top_k(g, op):
    x = g.pick(g.dtype(op), low_rank=1, exact=True, size=1)
    place = axis(g, len(x.shape)) if g.opset >= 11 else g.rng.randrange(len(x.shape))
    k = g.rng.randint(1, x.shape[place])
    if g.opset < 10:
        g.add(op, [x], 2, k=k, axis=place, accuracy='discrete')
        return
    g.add(op, [x, g.sizes([k])], 2, axis=place, largest=g.choose(None, 0, 1) if g.opset >= 11 else None, sorted=g.choose(None, 1) if g.opset >= 11 else None, accuracy='discrete')


@generator('Softmax', 'LogSoftmax')
def softmax(g, op):
    x = g.pick(g.dtype(op), low_rank=1)
    g.add(op, [x], axis=g.choose(None, axis(g, len(x.shape))) if g.opset >= 11 else g.rng.randrange(len(x.shape)), accuracy='smooth') \
        if g.opset >= 13 or len(x.shape) > 1 else g.add(op, [x], axis=0, accuracy='smooth')


@generator('Hardmax')
def hardmax(g, op):
    # Which element of several is the largest is not defined where one is NaN.
    x = g.pick(g.dtype(op), low_rank=2, exact=True, size=1, where=lambda x: not np.isnan(x).any())
    g.add(op, [x], axis=g.choose(None, axis(g, len(x.shape))) if g.opset >= 11 else g.rng.randrange(len(x.shape)), accuracy='discrete')


@generator('Det', since=11)
def det(g, op):
    n = g.size(1, 4)
    g.add(op, [g.pick(g.dtype(op, only=['float32', 'float64']), shape=(*g.shape(high_rank=2, high=3), min(n, 4), min(n, 4)), known=(-2, -1))], accuracy='smooth')


@generator('DFT', since=17)
def dft(g, op):
    inverse, complex_ = g.choose(None, 0, 1), g.chance(0.5)
    shape = (g.size(1, 3), *[g.size(1, 7) for _ in range(g.rng.randint(1, 2))], 2 if complex_ or inverse else 1)
    x = g.pick(g.dtype(op, only=['float32', 'float64']), shape=shape, known=[-1])
    places = len(shape) - 2
    place = g.rng.randint(1, places)
    onesided = g.choose(None, 0, 1) if shape[-1] == 1 and not inverse else None
    length = g.integers(g.rng.randint(1, 8)) if g.chance(0.4) else None
    if length is not None:
        length = g.constant(length.array.reshape(()))
    if g.opset < 20:
        g.add(op, [x, length] if length else [x], axis=place, inverse=inverse, onesided=onesided, accuracy='sum_signed')
    else:
        g.add(op, [x, length, g.constant(np.array(place, np.int64))], inverse=inverse, onesided=onesided, accuracy='sum_signed')


@generator('STFT', since=17)
def stft(g, op):
    length, step = g.rng.randint(2, 8), g.rng.randint(1, 4)
    size = length + step * g.rng.randint(0, 4) + g.rng.randint(0, step - 1)
    dtype = g.choose('float32', 'float64')
    complex_ = g.chance(0.3)
    x = g.pick(dtype, shape=(g.size(1, 3), size, 2 if complex_ else 1), known=[-1])
    window = g.pick(dtype, shape=(length,)) if g.chance(0.6) else None
    g.add(op, [x, g.constant(np.array(step, np.int64)), window, g.constant(np.array(length, np.int64))], onesided=0 if complex_ else g.choose(None, 0, 1), accuracy='sum_signed')
