# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators that move elements or make them from sizes."""
import numpy as np

from graph import TYPE_WEIGHTS, Reject
from .table import axis, generator

ANY = sorted(TYPE_WEIGHTS)


@generator('Concat')
def concat(g, op):
    first = g.pick(g.dtype(op), low_rank=1)
    place = axis(g, len(first.shape))
    parts = [first]
    for _ in range(g.rng.randint(0, 3)):
        shape = list(first.shape)
        if g.chance(0.6):
            shape[place] = g.size()
        parts.append(g.pick(first.dtype, shape=shape))
    g.rng.shuffle(parts)
    if g.opset < 11:
        place %= len(first.shape)
    g.add(op, parts, axis=place)


@generator('Transpose')
def transpose(g, op):
    x = g.pick(g.dtype(op), high_rank=5)
    perm = list(range(len(x.shape)))
    g.rng.shuffle(perm)
    g.add(op, [x], perm=perm if g.chance(0.85) else None)


def regroup(g, shape):
    """Another shape of as many elements."""
    count, parts = int(np.prod(shape)), []
    if count == 0:
        return None
    while count > 1 and len(parts) < 4:
        divisors = [d for d in range(2, count + 1) if count % d == 0][:8]
        parts.append(g.rng.choice(divisors))
        count //= parts[-1]
    if count > 1 or g.chance(0.2):
        parts.append(count)
    g.rng.shuffle(parts)
    return parts


@generator('Reshape')
def reshape(g, op):
    x = g.pick(g.dtype(op), high_rank=5)
    parts = regroup(g, x.shape)
    if parts is None:  # no element: 0 stands for itself
        g.add(op, [x, g.sizes(x.shape)], allowzero=1) if g.opset >= 14 else g.add(op, [x, g.integers(*[0] * len(x.shape))])
        return
    if g.chance(0.3) and len(x.shape) >= 1 and len(parts) >= 1:  # keep leading sizes, by 0
        keep = g.rng.randint(1, len(x.shape))
        rest = regroup(g, x.shape[keep:]) or [1]
        parts = [0] * keep + rest
        if len(rest) and g.chance(0.6):
            parts[-1] = -1
        g.add(op, [x, g.integers(*parts)])
        return
    if parts and g.chance(0.5):
        parts[g.rng.randrange(len(parts))] = -1
    g.add(op, [x, g.sizes(parts)])


@generator('Flatten')
def flatten(g, op):
    x = g.pick(g.dtype(op, only=None if g.opset >= 9 else ['float32', 'float64']))
    rank = len(x.shape)
    g.add(op, [x], axis=g.choose(None, g.rng.randint(0, rank)) if rank else 0)


def with_axes(g, op, x, axes):
    g.add(op, [x], axes=axes) if g.opset < 13 else g.add(op, [x, g.integers(*axes)])


@generator('Squeeze')
def squeeze(g, op):
    shape = list(g.shape(high_rank=3))
    for _ in range(g.rng.randint(1, 2)):
        shape.insert(g.rng.randint(0, len(shape)), 1)
    all_ones = g.chance(0.2)
    x = g.pick(g.dtype(op), shape=shape, known=range(len(shape)) if all_ones else ())
    ones = [i for i, n in enumerate(shape) if n == 1]
    if all_ones:
        g.add(op, [x])
        return
    axes = g.rng.sample(ones, g.rng.randint(1, len(ones)))
    with_axes(g, op, x, [a - len(shape) if g.chance(0.3) and g.opset >= 11 else a for a in axes])


@generator('Unsqueeze')
def unsqueeze(g, op):
    x = g.pick(g.dtype(op), high_rank=3)
    rank = len(x.shape) + g.rng.randint(1, 2)
    axes = g.rng.sample(range(rank), rank - len(x.shape))
    with_axes(g, op, x, [a - rank if g.chance(0.3) and g.opset >= 11 else a for a in axes])


@generator('Expand', since=8)
def expand(g, op):
    shape = g.shape(high_rank=4)
    have = [1 if g.chance(0.4) else n for n in shape[g.rng.randint(0, len(shape)):]]
    x = g.pick(g.dtype(op), shape=have)
    wanted = list(shape)
    for i in range(len(have)):
        if g.chance(0.3):  # 1 keeps the size of the operand
            wanted[len(shape) - len(have) + i] = 1 if have[i] != 0 else wanted[len(shape) - len(have) + i]
    g.add(op, [x, g.sizes(wanted)])


@generator('Tile')
def tile(g, op):
    x = g.pick(g.dtype(op))
    g.add(op, [x, g.sizes([g.choose(1, 1, 2, 3, 0) for _ in x.shape])])


@generator('Slice')
def slice_(g, op):
    x = g.pick(g.dtype(op), low_rank=1)
    rank = len(x.shape)
    axes = g.rng.sample(range(rank), g.rng.randint(1, rank))
    starts, ends, steps = [], [], []
    for a in axes:
        n = x.shape[a]
        starts.append(g.choose(0, g.rng.randint(-n - 1, n + 1), g.rng.randint(0, max(n - 1, 0))))
        ends.append(g.choose(n, g.rng.randint(-n - 1, n + 2), 2 ** 31 - 1, 2 ** 63 - 1))
        steps.append(1 if g.opset < 10 or g.chance(0.6) else g.choose(2, 3, -1, -2))
        if steps[-1] < 0:
            starts[-1], ends[-1] = g.choose(-1, n - 1, n + 3), g.choose(-n - 1, -2 ** 63 + 1, 0, -n)
    if g.opset < 10:
        use_axes = g.chance(0.8)
        g.add(op, [x], starts=starts if use_axes else starts[:1], ends=ends if use_axes else ends[:1], axes=axes if use_axes else None)
        return
    if g.chance(0.3):
        axes = [a - rank for a in axes]
    runtime = not any(step < 0 for step in steps)
    operands = [x, g.sizes(starts, runtime), g.sizes(ends, runtime), g.integers(*axes)]
    if any(step != 1 for step in steps) or g.chance(0.3):
        operands.append(g.integers(*steps))
    g.add(op, operands)


@generator('Split')
def split(g, op):
    x = g.pick(g.dtype(op), low_rank=1, size=1)
    place = axis(g, len(x.shape)) if g.opset >= 11 else g.rng.randrange(len(x.shape))
    n = x.shape[place]
    if g.chance(0.4):
        count = g.choose(*[c for c in range(1, min(n, 4) + 1) if n % c == 0 or g.opset >= 18 and (-(-n // c)) * (c - 1) < n])
        g.add(op, [x], count, axis=place, num_outputs=count if g.opset >= 18 else None)
        return
    parts = []
    while sum(parts) < n:
        parts.append(g.rng.randint(0 if g.opset >= 13 and g.chance(0.1) else 1, n - sum(parts)))
    if g.opset < 13:
        g.add(op, [x], len(parts), axis=place, split=parts)
    else:
        g.add(op, [x, g.sizes(parts)], len(parts), axis=place)


@generator('Pad')
def pad(g, op):
    x = g.pick(g.dtype(op) if g.opset >= 11 else 'float32', low_rank=1, size=1)
    rank = len(x.shape)
    modes = ['constant', 'constant', 'reflect', 'edge'] + (['wrap'] if g.opset >= 19 else [])
    mode = g.rng.choice(modes)
    axes = g.rng.sample(range(rank), g.rng.randint(1, rank)) if g.opset >= 18 and g.chance(0.4) else None
    dims = axes or range(rank)
    most = lambda n: {'constant': 3, 'edge': 3, 'reflect': n - 1, 'wrap': n}[mode]
    pads = [g.rng.randint(0, max(min(most(x.shape[d]), 3), 0)) for d in list(dims) * 2]
    if mode == 'constant' and g.chance(0.2):
        i = g.rng.randrange(len(pads))
        size = x.shape[list(dims)[i % len(dims)]]
        pads[i] = -g.rng.randint(0, size // 2)
    mode = None if mode == 'constant' and g.chance(0.5) else mode
    if g.opset < 11:
        g.add(op, [x], pads=pads, mode=mode, value=g.choose(None, 1.5))
        return
    operands = [x, g.sizes(pads, runtime=mode in (None, 'constant') and min(pads) >= 0)]
    if mode in (None, 'constant') and g.chance(0.5):
        operands.append(g.fresh(g.array(x.dtype, ())))
    if axes:
        operands += [None] * (3 - len(operands)) + [g.integers(*[a - rank if g.chance(0.3) else a for a in axes])]
    g.add(op, operands, mode=mode)


@generator('DepthToSpace')
def depth_to_space(g, op):
    b = g.choose(1, 2, 3)
    x = g.pick(g.dtype(op, only=None if g.opset >= 13 else ['float32', 'float64']), shape=(g.size(1, 2), b * b * g.size(1, 3), g.size(1, 4), g.size(1, 4)),
               known=(1,))
    g.add(op, [x], blocksize=b, mode=g.choose(None, 'DCR', 'CRD') if g.opset >= 11 else None)


@generator('SpaceToDepth')
def space_to_depth(g, op):
    b = g.choose(1, 2, 3)
    g.add(op, [g.pick(g.dtype(op), shape=(g.size(1, 2), g.size(1, 3), b * g.size(1, 3), b * g.size(1, 3)))], blocksize=b)


@generator('Shape')
def shape(g, op):
    x = g.pick(ANY)
    rank = len(x.shape)
    limits = g.opset >= 15 and rank and g.chance(0.5)
    g.add(op, [x], start=axis(g, rank) if limits else None, end=g.choose(None, g.rng.randint(-rank, rank + 1)) if limits else None)


@generator('Size')
def size(g, op):
    g.add(op, [g.pick(ANY)])


@generator('Constant')
def constant(g, op):
    kind = g.choose('value', 'value_float', 'value_floats', 'value_int', 'value_ints') if g.opset >= 12 else 'value'
    value = {'value': lambda: g.array(g.dtype(None, only=ANY), g.shape()), 'value_float': lambda: 0.5, 'value_floats': lambda: [0.5, -1.25],
             'value_int': lambda: 3, 'value_ints': lambda: [2, -1, 4]}[kind]()
    g.add(op, [], **{kind: value})


@generator('ConstantOfShape', since=9)
def constant_of_shape(g, op):
    dtype = g.dtype(None, only=ANY)
    g.add(op, [g.sizes(g.shape(low_rank=1))], value=None if g.chance(0.3) else g.array(dtype, (1,)))


@generator('EyeLike', since=9)
def eye_like(g, op):
    x = g.pick(g.dtype(op, without=['bool']), rank=2)
    if x.error is not None:
        raise Reject('only the type counts')
    g.add(op, [x], k=g.choose(None, 0, 1, -2), to_dtype=g.choose(None, 'float32', 'int64'))


@generator('Range', since=11)
def range_(g, op):
    dtype = g.dtype(op)
    scalar = lambda v: g.fresh(np.array(v, dtype))
    start, count, delta = g.rng.randint(-5, 5), g.rng.randint(0, 9), g.choose(1, 2, -1, 3)
    extra = g.choose(0.25, 0.0) if dtype.startswith('float') else 0
    g.add(op, [scalar(start + extra), scalar(start + extra + delta * (count - 0.5 if dtype.startswith('float') else count)), scalar(delta)], accuracy='arithmetic')


@generator('Trilu', since=14)
def trilu(g, op):
    x = g.pick(g.dtype(op), low_rank=2)
    operands = [x] + ([g.fresh(np.array(g.rng.randint(-3, 3), np.int64))] if g.chance(0.6) else [])
    g.add(op, operands, upper=g.choose(None, 0, 1))


@generator('CenterCropPad', since=18)
def center_crop_pad(g, op):
    x = g.pick(g.choose('float32', 'float32', 'float64', 'int32', 'uint8'), low_rank=1)
    axes = g.rng.sample(range(len(x.shape)), g.rng.randint(1, len(x.shape)))
    if g.chance(0.3):
        axes = list(range(len(x.shape)))
    sizes = g.sizes([g.rng.randint(1, 7) for _ in axes])
    stated = None if axes == list(range(len(x.shape))) and g.chance(0.5) else [a - len(x.shape) if g.chance(0.3) else a for a in axes]
    g.add(op, [x, sizes], axes=stated)
