# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators that read or write at positions, and those whose sizes depend on values."""
import numpy as np

from graph import TYPE_WEIGHTS, Reject
from .table import axis, generator

ANY = sorted(TYPE_WEIGHTS)


def indices(g, shape, size, dtype=None, negative=True):
    """Positions below `size`, some from the back."""
    low = -size if negative and g.chance(0.5) else 0
    dtype = dtype or g.choose('int64', 'int64', 'int32')
    return g.pick(dtype, shape=shape, low=low, high=size - 1, reuse=0.3)


@generator('Gather')
def gather(g, op):
    x = g.pick(g.dtype(op), low_rank=1, high_rank=3, size=1)
    place = axis(g, len(x.shape)) if g.opset >= 11 else g.rng.randrange(len(x.shape))
    g.add(op, [x, indices(g, g.shape(high_rank=2), x.shape[place], negative=g.opset >= 11)], axis=place)


@generator('GatherElements', since=11)
def gather_elements(g, op):
    x = g.pick(g.dtype(op), low_rank=1, size=1)
    place = axis(g, len(x.shape))
    shape = [g.size(0, 5) if i == place % len(x.shape) else g.rng.randint(1, n) for i, n in enumerate(x.shape)]
    g.add(op, [x, indices(g, shape, x.shape[place])], axis=place)


def tuples(g, shape, sizes, unique=False):
    """Index tuples into `sizes`: shape x len(sizes), without equal ones where they must be unique."""
    count = int(np.prod(shape))
    if unique:
        total = int(np.prod(sizes))
        if count > total:
            raise Reject('not enough places')
        flat = g.np.permutation(total)[:count]
    else:
        flat = g.np.integers(0, int(np.prod(sizes)), count)
    return np.stack(np.unravel_index(flat, sizes), -1).reshape(*shape, len(sizes)).astype(np.int64)


@generator('GatherND', since=11)
def gather_nd(g, op):
    x = g.pick(g.dtype(op), low_rank=1, size=1)
    rank = len(x.shape)
    batch = g.rng.randint(0, rank - 1) if g.opset >= 12 and g.chance(0.4) else 0
    depth = g.rng.randint(1, rank - batch)
    shape = (*x.shape[:batch], *g.shape(low_rank=0 if batch else 1, high_rank=2, high=4, low=1))
    g.add(op, [x, g.state(g.fresh(tuples(g, shape, x.shape[batch:batch + depth])), [-1])], batch_dims=batch if g.opset >= 12 else None)


@generator('OneHot', since=9)
def one_hot(g, op):
    depth = g.rng.randint(1, 6)
    place = indices(g, g.shape(high_rank=2), depth + 1, g.choose('int64', 'int32', 'float32'), negative=g.opset >= 11)
    if place.error is not None or place.array.dtype.kind == 'f' and not np.array_equal(place.array, np.rint(place.array)):
        place = g.fresh(np.rint(g.array('float32', g.shape(high_rank=2), 0, depth)))
    values = g.fresh(g.array(g.dtype(op, 2), (2,)))
    g.add(op, [place, g.constant(np.array(g.choose(depth, [depth]), np.int64)), values], axis=g.choose(None, axis(g, len(place.shape) + 1)), accuracy='discrete')


@generator('ReverseSequence', since=10)
def reverse_sequence(g, op):
    x = g.pick(g.dtype(op), low_rank=2, size=1)
    time = g.choose(0, 1)
    lengths = g.pick('int64', shape=(x.shape[1 - time],), low=1, high=x.shape[time])
    g.add(op, [x, lengths], time_axis=time, batch_axis=1 - time)


def updates(g, op, x, index_shape, place):
    """Positions for a scatter; unique along the axis where the order of writes would count."""
    kinds = ['none'] + (['add', 'mul'] if g.opset >= 16 else []) + (['max', 'min'] if g.opset >= 18 else [])
    return g.rng.choice(kinds)


@generator('Scatter', since=9, until=10)
@generator('ScatterElements', since=11)
def scatter_elements(g, op):
    dtype = g.dtype(op, without=['bool'])
    x = g.pick(dtype, low_rank=1, size=1)
    rank = len(x.shape)
    place = axis(g, rank) if g.opset >= 11 else g.rng.randrange(rank)
    reduction = updates(g, op, x, None, place) if op == 'ScatterElements' else 'none'
    shape = [g.rng.randint(1, n) for n in x.shape]
    at = np.argsort(g.np.random((*shape[:place % rank], x.shape[place], *shape[place % rank + 1:])), place)
    at = np.take(at, range(shape[place]), place).astype(g.choose(np.int64, np.int32))
    if reduction != 'none' and g.chance(0.5):
        at = g.np.integers(0, x.shape[place], shape)
    if g.opset >= 11 and g.chance(0.4):
        at = np.where(g.np.random(shape) < 0.5, at - x.shape[place], at)
    accuracy = 'exact' if reduction in ('none', 'max', 'min') else 'arithmetic'
    if reduction == 'mul' and dtype == 'float16':
        raise Reject('products overflow')
    g.add(op, [x, g.fresh(at), g.pick(dtype, shape=shape)], axis=place, reduction=None if reduction == 'none' else reduction,
          accuracy='smooth' if accuracy != 'exact' else accuracy)


@generator('ScatterND', since=11)
def scatter_nd(g, op):
    dtype = g.dtype(op, without=['bool'])
    x = g.pick(dtype, low_rank=1, size=1)
    depth = g.rng.randint(1, len(x.shape))
    reduction = updates(g, op, x, None, None)
    shape = g.shape(low_rank=1, high_rank=2, high=3, low=1)
    at = tuples(g, shape, x.shape[:depth], unique=reduction == 'none' or g.chance(0.5))
    if reduction == 'mul' and dtype == 'float16':
        raise Reject('products overflow')
    g.add(op, [x, g.state(g.fresh(at), [-1]), g.pick(dtype, shape=(*shape, *x.shape[depth:]))], reduction=None if reduction == 'none' else reduction,
          accuracy='exact' if reduction in ('none', 'max', 'min') else 'smooth')


@generator('NonZero', since=9)
def non_zero(g, op):
    g.add(op, [g.pick(g.dtype(op), low_rank=1, exact=True)], accuracy='discrete')


@generator('Compress', since=9)
def compress(g, op):
    x = g.pick(g.dtype(op), low_rank=1)
    place = g.choose(None, axis(g, len(x.shape)) if g.opset >= 11 else g.rng.randrange(len(x.shape)))
    length = x.array.size if place is None else x.shape[place]
    g.add(op, [x, g.pick('bool', shape=(max(length - g.choose(0, 0, 1), 0),))], axis=place)


@generator('Unique', since=11)
def unique(g, op):
    x = g.pick(g.dtype(op, only=['float32', 'float64', 'int64', 'int32', 'int8', 'uint8']), low_rank=1, high_rank=3, exact=True, size=1,
               where=lambda v: not np.isnan(v).any() if v.dtype.kind == 'f' else True)
    g.add(op, [x], g.rng.randint(1, 4), axis=g.choose(None, None, axis(g, len(x.shape))), sorted=g.choose(None, 0, 1), accuracy='discrete')


@generator('NonMaxSuppression', since=10)
def non_max_suppression(g, op):
    n, classes, boxes = g.size(1, 2), g.size(1, 3), g.rng.randint(1, 9)
    center = g.choose(None, 0, 1)
    corner, extent = g.np.uniform(0, 4, (n, boxes, 2)), g.np.uniform(0.5, 3, (n, boxes, 2))
    made = np.concatenate([corner, extent if center else corner + extent], -1).astype(np.float32)
    scores = (g.np.permutation(n * classes * boxes).reshape(n, classes, boxes) / (n * classes * boxes)).astype(np.float32)
    operands = [g.fresh(made), g.fresh(scores), g.fresh(np.array([g.rng.randint(1, boxes)], np.int64))]
    if g.chance(0.8):
        operands.append(g.fresh(np.array([g.choose(0.3, 0.5)], np.float32)))
        if g.chance(0.6):
            operands.append(g.fresh(np.array([0.35], np.float32)))
    g.add(op, operands, center_point_box=center, accuracy='discrete')


@generator('TensorScatter', since=24)
def tensor_scatter(g, op):
    dtype = g.choose('float32', 'float32', 'float16', 'int64', 'int8', 'bool')
    x = g.pick(dtype, low_rank=2, size=1, reuse=0.4)
    rank = len(x.shape)
    place = g.rng.randrange(1, rank)
    count = g.rng.randint(1, x.shape[place])
    updates = g.pick(dtype, shape=[count if i == place else n for i, n in enumerate(x.shape)])
    circular, operands = g.chance(0.5), [x, updates]
    if g.chance(0.8):
        limit = x.shape[place] - (1 if circular else count)
        operands.append(g.pick('int64', shape=x.shape[:1], low=0, high=limit, reuse=0.2))
    stated = None if place == rank - 2 and g.chance(0.5) else place - rank if g.chance(0.5) else place
    g.add(op, operands, axis=stated, mode='circular' if circular else g.choose(None, 'linear'))
