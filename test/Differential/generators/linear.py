# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Products, convolutions and pools."""
import numpy as np

from graph import Reject
from .table import generator

FLOATS = ['float32', 'float32', 'float64', 'float16']


@generator('MatMul')
def matmul(g, op):
    dtype = g.dtype(op)
    m, k, n = g.size(0, 9), g.size(1, 9), g.size(0, 20)
    batch = g.shape(high_rank=2, high=3)
    some = lambda: [1 if g.chance(0.2) else b for b in batch[g.rng.randint(0, len(batch)):]]
    left = [k] if g.chance(0.1) else [*(batch if g.chance(0.5) else some()), m, k]
    right = [k] if g.chance(0.1) else [*(batch if g.chance(0.3) else some()), k, n]
    g.add(op, [g.pick(dtype, shape=left), g.pick(dtype, shape=right)], accuracy='sum' if dtype.startswith('float') else 'exact')


@generator('Gemm')
def gemm(g, op):
    dtype = g.dtype(op, only=FLOATS)
    m, k, n = g.size(0, 9), g.size(1, 9), g.size(0, 20)
    ta, tb = g.choose(None, 0, 1), g.choose(None, 0, 1)
    operands = [g.pick(dtype, shape=(k, m) if ta else (m, k)), g.pick(dtype, shape=(n, k) if tb else (k, n))]
    if g.opset < 11 or g.chance(0.7):
        operands.append(g.pick(dtype, shape=g.choose((), (n,), (1, n), (m, 1), (m, n))))
    g.add(op, operands, accuracy='sum', transA=ta, transB=tb, alpha=g.choose(None, 0.5), beta=g.choose(None, 1.5))


@generator('Einsum', since=12)
def einsum(g, op):
    equations = ['ij,jk->ik', 'bij,bjk->bik', 'ij->ji', 'ij->i', 'ii->i', 'i,j->ij', 'bhid,bhjd->bhij', 'ij,ij->', 'ijk,ilm,njm,nlk,abc->', 'bij,jk', 'i,i->']
    equation = g.rng.choice(equations)
    letters = {c: g.size(1, 4) for c in equation if c.isalpha()}
    dtype = g.dtype(op, only=['float32', 'float64', 'int32', 'int64'])
    low, high = (-3, 3) if dtype.startswith('int') else (None, None)
    operands = [g.pick(dtype, shape=[letters[c] for c in term], low=low, high=high) for term in equation.split('->')[0].split(',')]
    g.add(op, operands, equation=equation, accuracy='sum' if dtype.startswith('float') else 'exact')


def spatial(g, rank):
    """Attributes of windows: kernel, strides, dilations, pads or auto_pad; sizes that the windows fit into."""
    kernel = [g.rng.randint(1, 3) for _ in range(rank)]
    strides = [g.choose(1, 1, 2, 3) for _ in range(rank)]
    dilations = [g.choose(1, 1, 1, 2) for _ in range(rank)]
    attributes = dict(strides=strides if g.chance(0.8) or max(strides) > 1 else None, dilations=dilations if max(dilations) > 1 or g.chance(0.5) else None)
    auto = g.choose('NOTSET', 'NOTSET', 'NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER')
    if auto != 'NOTSET':
        attributes['auto_pad'] = auto
        if auto.startswith('SAME') and max(dilations) > 1:
            attributes['dilations'], dilations = None, [1] * rank
    elif g.chance(0.7):
        attributes['pads'] = [g.rng.randint(0, kernel[i % rank] - 1) for i in range(2 * rank)]
    sizes = [(k - 1) * d + 1 + g.rng.randint(0, 6 if rank < 3 else 3) for k, d in zip(kernel, dilations)]
    # SAME with strides needs sizes that the model states.
    known = range(2, 2 + rank) if auto.startswith('SAME') and max(strides) > 1 else ()
    return kernel, sizes, attributes, known


@generator('Conv')
def conv(g, op):
    rank = g.choose(1, 2, 2, 2, 3)
    kernel, sizes, attributes, known = spatial(g, rank)
    groups = g.choose(1, 1, 1, 2, 3)
    depth, per = g.size(1, 4), g.choose(1, g.size(1, 4), 17)
    if g.chance(0.2):
        depth = per = 1  # depthwise
    dtype = g.dtype(op)
    operands = [g.pick(dtype, shape=(g.size(1, 3), depth * groups, *sizes), known=[1, *known]),
                g.pick(dtype, shape=(per * groups, depth, *kernel), low=-1, high=1, constant=g.choose(True, True, None), known=range(2 + rank))]
    if g.chance(0.5):
        operands.append(g.pick(dtype, shape=(per * groups,)))
    g.add(op, operands, accuracy='sum', group=groups if groups > 1 or g.chance(0.5) else None, kernel_shape=kernel if g.chance(0.7) else None, **attributes)


@generator('ConvTranspose')
def conv_transpose(g, op):
    rank = g.choose(1, 2, 2)
    kernel = [g.rng.randint(1, 3) for _ in range(rank)]
    strides = [g.choose(1, 2, 3) for _ in range(rank)]
    dilations = [g.choose(1, 1, 2) for _ in range(rank)]
    groups, depth, per = g.choose(1, 1, 2), g.size(1, 3), g.size(1, 3)
    attributes = dict(strides=strides, dilations=dilations if max(dilations) > 1 else None)
    if g.chance(0.5):
        attributes['pads'] = [g.rng.randint(0, min(kernel[i % rank] - 1, 1)) for i in range(2 * rank)]
    if g.chance(0.3):
        attributes['output_padding'] = [g.rng.randint(0, s - 1) for s in strides]
    dtype = g.dtype(op)
    sizes = [g.size(1, 5) for _ in range(rank)]
    pads, extra = attributes.get('pads', [0] * (2 * rank)), attributes.get('output_padding', [0] * rank)
    if any(s * (n - 1) + e + d * (k - 1) + 1 <= pads[i] + pads[rank + i] for i, (s, n, e, d, k) in enumerate(zip(strides, sizes, extra, dilations, kernel))):
        raise Reject('the importer refuses empty results')
    operands = [g.pick(dtype, shape=(g.size(1, 2), depth * groups, *sizes), known=[1]),
                g.pick(dtype, shape=(depth * groups, per, *kernel), low=-1, high=1, constant=g.choose(True, True, None), known=range(2 + rank))]
    if g.chance(0.5):
        operands.append(g.pick(dtype, shape=(per * groups,)))
    g.add(op, operands, accuracy='sum', group=groups if groups > 1 else None, kernel_shape=kernel if g.chance(0.7) else None, **attributes)


@generator('MaxPool', 'AveragePool')
def pool(g, op):
    kernel, sizes, attributes, known = spatial(g, g.choose(1, 2, 2, 3))
    if op == 'AveragePool' and g.opset < 19 or g.opset < 10:
        attributes['dilations'] = None
    if g.opset >= 10 and 'auto_pad' not in attributes:
        attributes['ceil_mode'] = g.choose(None, 0, 1)
    if op == 'AveragePool':
        attributes['count_include_pad'] = g.choose(None, 0, 1)
    x = g.pick(g.dtype(op), shape=(g.size(1, 3), g.size(1, 5), *sizes), known=known)
    if op == 'MaxPool' and g.opset >= 8 and g.chance(0.3):
        if x.error is not None:
            raise Reject('places of computed maxima')
        g.add(op, [x], 2, kernel_shape=kernel, storage_order=g.choose(None, 0, 1), **attributes)
    else:
        g.add(op, [x], accuracy='exact' if op == 'MaxPool' else 'sum', kernel_shape=kernel, **attributes)


@generator('MaxUnpool', since=9)
def max_unpool(g, op):
    rank = g.choose(1, 2, 2, 3)
    shape = (g.size(1, 2), g.size(1, 3), *(g.rng.randint(1, 3) for _ in range(rank)))
    kernel, strides = [g.rng.randint(1, 3) for _ in range(rank)], [g.rng.randint(1, 3) for _ in range(rank)]
    pads = [0] * 2 * rank if g.chance(0.5) else [g.rng.randint(0, (kernel[i % rank] - 1) // 2) for i in range(2 * rank)]
    sizes = [(n - 1) * s + k - pads[i] - pads[rank + i] for i, (n, s, k) in enumerate(zip(shape[2:], strides, kernel))]
    total, count = int(np.prod(shape[:2]) * np.prod(sizes)), int(np.prod(shape))
    if min(sizes) < 1 or count > total:
        raise Reject('no room')
    operands = [g.pick(g.dtype(op, only=['float32', 'float64']), shape=shape), g.fresh(g.np.permutation(total)[:count].reshape(shape).astype(np.int64))]
    if g.chance(0.3):
        operands.append(g.sizes([*shape[:2], *(n + g.rng.randint(0, 2) for n in sizes)]))
    g.add(op, operands, kernel_shape=kernel, strides=strides if g.chance(0.8) or max(strides) > 1 else None, pads=pads if any(pads) else None)


@generator('Col2Im', since=18)
def col2im(g, op):
    rank = g.choose(1, 2, 2, 3)
    block, image = [g.rng.randint(1, 3) for _ in range(rank)], [g.rng.randint(3, 6 if rank < 3 else 4) for _ in range(rank)]
    strides, dilations = [g.choose(1, 1, 2) for _ in range(rank)], [g.choose(1, 1, 2) for _ in range(rank)]
    pads = [g.rng.randint(0, 2) for _ in range(2 * rank)] if g.chance(0.5) else [0] * 2 * rank
    counts = [(image[i] + pads[i] + pads[rank + i] - dilations[i] * (block[i] - 1) - 1) // strides[i] + 1 for i in range(rank)]
    if min(counts) < 1:
        raise Reject('the block does not fit')
    shape = (g.size(1, 2), g.rng.randint(1, 2) * int(np.prod(block)), int(np.prod(counts)))
    x = g.pick(g.choose('float32', 'float32', 'float64'), shape=shape, known=(1, 2))
    g.add(op, [x, g.integers(*image), g.integers(*block)], accuracy='sum', strides=strides if max(strides) > 1 else None,
          dilations=dilations if max(dilations) > 1 else None, pads=pads if any(pads) else None)


@generator('LpPool')
def lp_pool(g, op):
    kernel, sizes, attributes, known = spatial(g, g.choose(1, 2))
    if g.opset < 18:
        attributes['dilations'] = None
    x = g.pick(g.dtype(op), shape=(g.size(1, 2), g.size(1, 4), *sizes), exact=True, known=known)
    g.add(op, [x], accuracy='smooth', kernel_shape=kernel, p=g.choose(None, 1, 2, 3), **attributes)


@generator('GlobalAveragePool', 'GlobalMaxPool', 'GlobalLpPool')
def global_pool(g, op):
    x = g.pick(g.dtype(op), low_rank=3, high_rank=5, size=1)
    accuracy = {'GlobalAveragePool': 'sum', 'GlobalMaxPool': 'exact', 'GlobalLpPool': 'smooth'}[op]
    g.add(op, [x], accuracy=accuracy, p=g.choose(None, 1, 3) if op == 'GlobalLpPool' else None)


@generator('Attention', since=23)
def attention(g, op):
    batch, groups, kv_heads, width, value_width = g.size(1, 2), g.choose(1, 1, 2), g.size(1, 3), 2 * g.rng.randint(1, 4), g.rng.randint(1, 6)
    length, total = g.size(1, 5), g.size(1, 6)
    dtype, heads = g.choose('float32', 'float32', 'float16'), kv_heads * groups
    attributes = dict(scale=g.choose(None, 0.5))
    if g.chance(0.4):
        shapes = (batch, length, heads * width), (batch, total, kv_heads * width), (batch, total, kv_heads * value_width)
        attributes.update(q_num_heads=heads, kv_num_heads=kv_heads)
    else:
        shapes = (batch, heads, length, width), (batch, kv_heads, total, width), (batch, kv_heads, total, value_width)
    operands = [g.pick(dtype, shape=s, known=(1, -1)) for s in shapes]
    causal = g.choose(None, 0, 1)
    if not causal and g.chance(0.4):
        mask = g.array('bool', (length, total))
        mask[:, 0] = True  # a row of nothing has no result
        operands.append(g.fresh(mask) if g.chance(0.5) else g.pick(dtype, shape=(length, total)))
    g.add(op, operands, accuracy='smooth', is_causal=causal, **attributes)


@generator('RotaryEmbedding', since=23)
def rotary_embedding(g, op):
    batch, heads, length, width = g.size(1, 2), g.size(1, 3), g.size(1, 4), 2 * g.rng.randint(1, 4)
    rank3, partial, interleaved = g.chance(0.4), g.choose(0, 0, 2), g.choose(None, 0, 1)
    dtype = g.choose('float32', 'float32', 'float16')
    x = g.pick(dtype, shape=(batch, length, heads * width) if rank3 else (batch, heads, length, width), known=(1, -1))
    half = (partial or width) // 2
    if g.chance(0.6):
        tables, ids = (8, half), [g.pick('int64', shape=(batch, length), low=0, high=7)]
    else:
        tables, ids = (batch, length, half), []
    operands = [x, g.pick(dtype, shape=tables), g.pick(dtype, shape=tables), *ids]
    g.add(op, operands, accuracy='sum_signed', interleaved=interleaved, rotary_embedding_dim=partial or None, num_heads=heads if rank3 else None)
