# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Products, convolutions and pools."""
import itertools
import math

import numpy as np

from .call import operator
from .reduction import softmax


@operator('MatMul')
def matmul(call):
    return np.matmul(call[0], call[1])


@operator('Gemm')
def gemm(call):
    a = call[0].T if call.attribute('transA', 0) else call[0]
    b = call[1].T if call.attribute('transB', 0) else call[1]
    alpha, beta = call.attribute('alpha', 1.0), call.attribute('beta', 1.0)
    if a.dtype.kind == 'f':
        alpha, beta = np.float64(np.float32(alpha)), np.float64(np.float32(beta))
    else:
        alpha, beta = a.dtype.type(alpha), a.dtype.type(beta)
    result = alpha * (a @ b)
    return result if call[2] is None else result + beta * call[2]


@operator('Einsum')
def einsum(call):
    return np.einsum(call.attribute('equation'), *call.inputs)


def windows(call, sizes, kernel, transposed=False):
    """strides, dilations and (before, behind) pads of the spatial dimensions."""
    rank = len(kernel)
    strides = call.attribute('strides') or [1] * rank
    dilations = call.attribute('dilations') or [1] * rank
    auto = call.attribute('auto_pad', 'NOTSET')
    pads = call.attribute('pads') or [0] * (2 * rank)
    if auto == 'VALID':
        pads = [0] * (2 * rank)
    elif auto.startswith('SAME'):
        pads = [0] * (2 * rank)
        for i, (size, k, s, d) in enumerate(zip(sizes, kernel, strides, dilations)):
            total = max((-(-size // s) - 1) * s + d * (k - 1) + 1 - size, 0)
            small, large = total // 2, total - total // 2
            pads[i], pads[rank + i] = (small, large) if auto == 'SAME_UPPER' else (large, small)
    return strides, dilations, pads


def convolve(x, w, strides, dilations, pads, groups):
    """Convolution of N,C,spatial with M,C/groups,kernel in the type of x."""
    rank = x.ndim - 2
    x = np.pad(x, [(0, 0), (0, 0)] + [(pads[i], pads[rank + i]) for i in range(rank)])
    kernel = w.shape[2:]
    out = [(x.shape[2 + i] - dilations[i] * (kernel[i] - 1) - 1) // strides[i] + 1 for i in range(rank)]
    out = [max(size, 0) for size in out]
    result = np.zeros((x.shape[0], w.shape[0], *out), x.dtype)
    per, depth = w.shape[0] // groups, w.shape[1]
    for tap in itertools.product(*map(range, kernel)):
        places = tuple(slice(t * d, t * d + s * (o - 1) + 1 if o else 0, s) for t, d, s, o in zip(tap, dilations, strides, out))
        part = x[(slice(None), slice(None), *places)]
        for g in range(groups):
            here = slice(g * per, (g + 1) * per)
            result[:, here] += np.einsum('nc...,mc->nm...', part[:, g * depth:(g + 1) * depth], w[(here, slice(None), *tap)])
    return result


@operator('Conv')
def conv(call):
    x, w = call[0], call[1]
    strides, dilations, pads = windows(call, x.shape[2:], w.shape[2:])
    result = convolve(x, w, strides, dilations, pads, call.attribute('group', 1))
    return result if call[2] is None else result + call[2].reshape(-1, *[1] * (x.ndim - 2))


@operator('ConvTranspose')
def conv_transpose(call):
    x, w = call[0], call[1]
    rank, groups = x.ndim - 2, call.attribute('group', 1)
    kernel = w.shape[2:]
    strides = call.attribute('strides') or [1] * rank
    dilations = call.attribute('dilations') or [1] * rank
    extra = call.attribute('output_padding') or [0] * rank
    pads = list(call.attribute('pads') or [0] * (2 * rank))
    full = [strides[i] * (x.shape[2 + i] - 1) + extra[i] + (kernel[i] - 1) * dilations[i] + 1 for i in range(rank)]
    wanted, auto = call.attribute('output_shape'), call.attribute('auto_pad', 'NOTSET')
    if wanted is None and auto.startswith('SAME'):
        wanted = [x.shape[2 + i] * strides[i] for i in range(rank)]
    if wanted is not None:
        for i in range(rank):
            total = max(full[i] - wanted[i], 0)
            small, large = total // 2, total - total // 2
            pads[i], pads[rank + i] = (small, large) if auto == 'SAME_UPPER' else (large, small)
    per_in, per_out = x.shape[1] // groups, w.shape[1]
    result = np.zeros((x.shape[0], per_out * groups, *full))
    for tap in itertools.product(*map(range, kernel)):
        places = tuple(slice(t * d, t * d + s * (n - 1) + 1 if n else 0, s) for t, d, s, n in zip(tap, dilations, strides, x.shape[2:]))
        for g in range(groups):
            result[(slice(None), slice(g * per_out, (g + 1) * per_out), *places)] += np.einsum(
                'nc...,cm->nm...', x[:, g * per_in:(g + 1) * per_in], w[(slice(g * per_in, (g + 1) * per_in), slice(None), *tap)])
    result = result[(slice(None), slice(None), *[slice(pads[i], full[i] - pads[rank + i]) for i in range(rank)])]
    return result if call[2] is None else result + call[2].reshape(-1, *[1] * rank)


@operator('MaxPool', 'AveragePool', 'LpPool')
def pool(call):
    x, kernel, rank = call[0], call.attribute('kernel_shape'), call[0].ndim - 2
    strides, dilations, pads = windows(call, x.shape[2:], kernel)
    ceil_mode = call.attribute('ceil_mode', 0)
    out, extra = [], []
    for i in range(rank):
        size = x.shape[2 + i] + pads[i] + pads[rank + i] - dilations[i] * (kernel[i] - 1) - 1
        count = (-(-size // strides[i]) if ceil_mode else size // strides[i]) + 1
        # With ceil_mode, a window that would start behind the data and its first pads is left out.
        if ceil_mode and (count - 1) * strides[i] >= x.shape[2 + i] + pads[i]:
            count -= 1
        out.append(count)
        extra.append(max((count - 1) * strides[i] + dilations[i] * (kernel[i] - 1) + 1 - x.shape[2 + i] - pads[i] - pads[rank + i], 0))
    result = np.zeros((*x.shape[:2], *out), x.dtype)
    places = np.zeros(result.shape, np.int64)  # of the maxima, in x as a flat array
    strides_of = np.cumprod((x.shape + (1,))[:0:-1])[::-1]
    if call.attribute('storage_order', 0):  # the last dimensions in column-major order
        strides_of = np.concatenate([strides_of[:2], np.cumprod([1, *x.shape[2:-1]])])
    images = np.add.outer(np.arange(x.shape[0]) * strides_of[0], np.arange(x.shape[1]) * strides_of[1])
    p = call.attribute('p', 2)
    for place in itertools.product(*map(range, out)):
        taps, positions, inside = [], [], 0  # inside: taps on data or on pads, for count_include_pad
        for tap in itertools.product(*map(range, kernel)):
            at = [o * s + t * d - pads[i] for i, (o, s, t, d) in enumerate(zip(place, strides, tap, dilations))]
            inside += all(a < x.shape[2 + i] + pads[rank + i] for i, a in enumerate(at))
            if all(0 <= a < x.shape[2 + i] for i, a in enumerate(at)):
                taps.append(x[(slice(None), slice(None), *at)])
                positions.append(int(np.dot(at, strides_of[2:])))
        taps = np.stack(taps)
        if call.op == 'MaxPool':
            value = taps.max(0)
            places[(slice(None), slice(None), *place)] = images + np.array(positions)[taps.argmax(0)]
        elif call.op == 'LpPool':
            value = (np.abs(taps) ** p).sum(0) ** (1 / p)
        else:
            value = taps.sum(0) / (inside if call.attribute('count_include_pad', 0) else len(taps))
        result[(slice(None), slice(None), *place)] = value
    return (result, places) if call.op == 'MaxPool' else result


@operator('MaxUnpool')
def max_unpool(call):
    x, places, kernel, rank = call[0], call[1], call.attribute('kernel_shape'), call[0].ndim - 2
    strides, pads = call.attribute('strides') or [1] * rank, call.attribute('pads') or [0] * 2 * rank
    sizes = [(n - 1) * s + k - pads[i] - pads[rank + i] for i, (n, s, k) in enumerate(zip(x.shape[2:], strides, kernel))]
    result = np.zeros((*x.shape[:2], *sizes))
    result.reshape(-1)[places.reshape(-1)] = x.reshape(-1)
    if call[2] is not None:  # zeros behind it
        result = np.pad(result, [(0, want - have) for want, have in zip(call.ints(2), result.shape)])
    return result


@operator('Col2Im')
def col2im(call):
    x, image, block = call[0], call.ints(1), call.ints(2)
    rank = len(image)
    strides, dilations, pads = (call.attribute(name) or [default] * n for name, default, n in (('strides', 1, rank), ('dilations', 1, rank), ('pads', 0, 2 * rank)))
    counts = [(image[i] + pads[i] + pads[rank + i] - dilations[i] * (block[i] - 1) - 1) // strides[i] + 1 for i in range(rank)]
    result = np.zeros((x.shape[0], x.shape[1] // math.prod(block), *image))
    rows = itertools.product(range(result.shape[1]), *map(range, block))
    for row, (channel, *tap) in enumerate(rows):
        for column, place in enumerate(itertools.product(*map(range, counts))):
            at = [o * s + t * d - p for o, s, t, d, p in zip(place, strides, tap, dilations, pads)]
            if all(0 <= a < n for a, n in zip(at, image)):
                result[(slice(None), channel, *at)] += x[:, row, column]
    return result


@operator('GlobalAveragePool', 'GlobalMaxPool', 'GlobalLpPool')
def global_pool(call):
    x, axes = call[0], tuple(range(2, call[0].ndim))
    if call.op == 'GlobalMaxPool':
        return x.max(axes, keepdims=True)
    if call.op == 'GlobalAveragePool':
        return x.mean(axes, keepdims=True)
    p = call.attribute('p', 2)
    return (np.abs(x) ** p).sum(axes, keepdims=True) ** (1 / p)


@operator('Attention')
def attention(call):
    """Opset 23 without past, present and masks of floats: q, k, v of rank 4 (batch, heads, length, width)."""
    q, k, v = call[0], call[1], call[2]
    rank3 = q.ndim == 3
    if rank3:
        heads = [call.attribute('q_num_heads'), call.attribute('kv_num_heads'), call.attribute('kv_num_heads')]
        q, k, v = (x.reshape(*x.shape[:2], n, -1).transpose(0, 2, 1, 3) for x, n in zip((q, k, v), heads))
    groups = q.shape[1] // k.shape[1]
    k, v = np.repeat(k, groups, 1), np.repeat(v, groups, 1)
    scale = call.attribute('scale')
    scale = 1 / math.sqrt(q.shape[-1]) if scale is None else np.float64(np.float32(scale))
    scores = scale * (q @ k.transpose(0, 1, 3, 2))
    cap = call.attribute('softcap', 0.0)
    mask = np.zeros(scores.shape)
    if call.attribute('is_causal', 0):
        mask = np.where(np.tril(np.ones(scores.shape[-2:], bool)), mask, -np.inf)
    if call[3] is not None:
        mask = mask + (np.where(call[3], 0, -np.inf) if call[3].dtype == bool else call[3])
    if cap:
        scores = cap * np.tanh(scores / cap)
    result = softmax(scores + mask, -1) @ v
    return result.transpose(0, 2, 1, 3).reshape(call[0].shape[0], result.shape[2], -1) if rank3 else result


@operator('RotaryEmbedding')
def rotary_embedding(call):
    """Opset 23."""
    x, cosines, sines, ids = call[0], call[1], call[2], call[3]
    rank3, width = x.ndim == 3, call.attribute('rotary_embedding_dim', 0)
    if rank3:
        x = x.reshape(*x.shape[:2], call.attribute('num_heads'), -1)
    else:
        x = x.transpose(0, 2, 1, 3)  # batch, length, heads, width
    width = width or x.shape[-1]
    turned, rest = x[..., :width], x[..., width:]
    if ids is not None:
        cosines, sines = cosines[ids], sines[ids]
    cosines, sines = cosines[:, :, None, :], sines[:, :, None, :]
    if call.attribute('interleaved', 0):
        a, b = turned[..., 0::2], turned[..., 1::2]
        turned = np.stack([a * cosines - b * sines, b * cosines + a * sines], -1).reshape(turned.shape)
    else:
        a, b = np.split(turned, 2, -1)
        turned = np.concatenate([a * cosines - b * sines, b * cosines + a * sines], -1)
    result = np.concatenate([turned, rest], -1)
    return result.reshape(call[0].shape) if rank3 else result.transpose(0, 2, 1, 3)
