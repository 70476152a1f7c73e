# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The meaning of tt's graph ops in NumPy, one rule per op, from the descriptions in include/tt/Dialect/IR.

A rule takes the parsed op (for its attributes) and the arrays of its operands and returns an array or a tuple of them.
"""
import itertools
import math

import numpy as np

OPS = {}


def rule(name):
    def register(function):
        OPS['tt.' + name] = function
        return function
    return register


def wide(x):
    """Floats of less than 32 bits are computed in f32."""
    return x.astype(np.float32) if x.dtype == np.float16 else x


# Elementwise ops -------------------------------------------------------------------------------------------------------

erf = np.vectorize(math.erf, otypes=[np.float64])
UNARY = {
    'abs': np.abs, 'neg': np.negative, 'sign': np.sign, 'floor': np.floor, 'ceil': np.ceil, 'round': np.rint, 'exp': np.exp,
    'log': np.log, 'sqrt': np.sqrt, 'reciprocal': lambda x: 1 / x, 'sin': np.sin, 'cos': np.cos, 'tan': np.tan,
    'asin': np.arcsin, 'acos': np.arccos, 'atan': np.arctan, 'sinh': np.sinh, 'cosh': np.cosh, 'asinh': np.arcsinh,
    'acosh': np.arccosh, 'atanh': np.arctanh, 'tanh': np.tanh, 'erf': erf, 'sigmoid': lambda x: 1 / (1 + np.exp(-x)),
    'softplus': lambda x: np.logaddexp(x, 0), 'relu': lambda x: np.maximum(x, 0), 'silu': lambda x: x / (1 + np.exp(-x)),
    'not': np.logical_not, 'bitwise_not': np.invert,
}
BINARY = {
    'add': np.add, 'sub': np.subtract, 'mul': np.multiply, 'mod': np.mod, 'fmod': np.fmod, 'min': np.minimum,
    'max': np.maximum, 'prelu': lambda x, y: np.where(x < 0, x * y, x), 'and': np.logical_and, 'or': np.logical_or,
    'xor': np.logical_xor, 'bitwise_and': np.bitwise_and, 'bitwise_or': np.bitwise_or, 'bitwise_xor': np.bitwise_xor,
    'shift_left': np.left_shift, 'shift_right': np.right_shift,
}
COMPARE = {'equal': np.equal, 'less': np.less, 'less_equal': np.less_equal}
for _name, _f in UNARY.items():
    OPS['tt.' + _name] = lambda op, x, f=_f: f(x).astype(x.dtype)
for _name, _f in BINARY.items():
    OPS['tt.' + _name] = lambda op, x, y, f=_f: f(x, y).astype(x.dtype)
for _name, _f in COMPARE.items():
    OPS['tt.' + _name] = lambda op, x, y, f=_f: f(x, y)


@rule('div')
def div(op, x, y):
    if x.dtype.kind == 'f':
        return x / y
    quotient = np.abs(x.astype(object)) // np.abs(y.astype(object)) * np.sign(x.astype(object)) * np.sign(y.astype(object))
    return np.asarray(quotient).astype(x.dtype)


@rule('pow')
def power(op, x, y):
    return np.power(x.astype(np.float64) if x.dtype.kind == 'f' else x, y).astype(x.dtype)


@rule('gelu')
def gelu(op, x):
    if op.attributes['kind'] == 'erf':
        return (0.5 * x * (1 + erf(x / math.sqrt(2)))).astype(x.dtype)
    return (0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))).astype(x.dtype)


@rule('leaky_relu')
def leaky_relu(op, x):
    return np.where(x < 0, op.attributes['alpha'] * x, x).astype(x.dtype)


@rule('elu')
def elu(op, x):
    return np.where(x < 0, op.attributes['alpha'] * (np.exp(x) - 1), x).astype(x.dtype)


@rule('hard_sigmoid')
def hard_sigmoid(op, x):
    return np.clip(op.attributes['alpha'] * x + op.attributes['beta'], 0, 1).astype(x.dtype)


@rule('is_nan')
def is_nan(op, x):
    return np.isnan(x)


@rule('is_inf')
def is_inf(op, x):
    positive, negative = op.attributes.get('positive', True), op.attributes.get('negative', True)
    return (positive & np.isposinf(x)) | (negative & np.isneginf(x))


@rule('cast')
def cast(op, x):
    return x.astype(op.result_types[0].dtype)


@rule('bitcast')
def bitcast(op, x):
    return np.ascontiguousarray(x).view(op.result_types[0].dtype)


@rule('quantize')
def quantize(op, x, scale, zero):
    limits = np.iinfo(zero.dtype)
    steps = np.rint(wide(x) / wide(scale)).astype(np.float64)
    return np.where(np.isnan(steps), zero, np.clip(steps + zero, limits.min, limits.max)).astype(zero.dtype)


@rule('dequantize')
def dequantize(op, x, scale, zero):
    return ((x.astype(np.int64) - zero).astype(np.float32) * scale).astype(scale.dtype)


@rule('require')
def require(op, x, condition):
    assert condition, op.attributes['message']
    return x


@rule('clip')
def clip(op, *operands):
    x, low, high = operands[0], op.segment(1, operands), op.segment(2, operands)
    x = x if low is None else np.maximum(x, low)
    return x if high is None else np.minimum(x, high)


@rule('where')
def where(op, condition, x, y):
    return np.where(condition, x, y)


# Shapes ----------------------------------------------------------------------------------------------------------------

@rule('reshape')
def reshape(op, x, shape):
    allow_zero = op.attributes.get('allow_zero', False)
    return x.reshape([x.shape[i] if n == 0 and not allow_zero else n for i, n in enumerate(shape)])


@rule('transpose')
def transpose(op, x):
    return x.transpose(op.attributes['perm'])


@rule('concat')
def concat(op, *inputs):
    return np.concatenate(inputs, op.attributes['axis'])


@rule('slice')
def slice_(op, x, starts, ends):
    index = [slice(None)] * x.ndim
    for start, end, axis, step in zip(starts, ends, op.attributes['axes'], op.attributes['steps']):
        size = x.shape[axis]
        start, end = (int(v) + size if v < 0 else int(v) for v in (start, end))
        if step > 0:
            positions = range(min(max(start, 0), size), min(max(end, 0), size), step)
        else:
            positions = range(min(max(start, -1), size - 1), min(max(end, -1), size - 1), step)
        index[axis] = positions
    for axis, positions in enumerate(index):
        if not isinstance(positions, slice):
            x = np.take(x, np.array(positions, np.int64), axis)
    return x


@rule('pad')
def pad(op, x, pads, value=None):
    rank = x.ndim
    begins, ends = pads[:rank], pads[rank:]
    cut = tuple(slice(max(-b, 0), n - max(-e, 0)) for b, e, n in zip(begins, ends, x.shape))
    widths = [(max(b, 0), max(e, 0)) for b, e in zip(begins, ends)]
    mode = op.attributes['mode']
    if mode == 'constant':
        return np.pad(x[cut], widths, constant_values=0 if value is None else value)
    return np.pad(x[cut], widths, mode=mode)


@rule('expand')
def expand(op, x, shape):
    return np.broadcast_to(x, np.broadcast_shapes(x.shape, tuple(shape)))


@rule('tile')
def tile(op, x, repeats):
    return np.tile(x, repeats)


@rule('shape')
def shape(op, x):
    return np.array(x.shape[op.attributes['start']:op.attributes['end']], np.int64)


@rule('range')
def range_(op, start, limit, delta):
    count = max(math.ceil((limit - start) / delta), 0)
    return (start + np.arange(count) * delta).astype(start.dtype)


def from_front(indices, size):
    if np.any((indices < -size) | (indices >= size)):
        raise IndexError('index out of range')
    return np.where(indices < 0, indices + size, indices)


@rule('gather')
def gather(op, x, indices):
    axis = op.attributes['axis']
    return np.take(x, from_front(indices, x.shape[axis]), axis)


@rule('gather_elements')
def gather_elements(op, x, indices):
    axis = op.attributes['axis']
    index = list(np.indices(indices.shape))
    index[axis] = from_front(indices, x.shape[axis])
    return x[tuple(index)]


@rule('gather_nd')
def gather_nd(op, x, indices):
    batch = op.attributes['batch_dims']
    lead, depth = x.shape[:batch], indices.shape[-1]
    result = np.zeros(indices.shape[:-1] + x.shape[batch + depth:], x.dtype)
    for place in np.ndindex(indices.shape[:-1]):
        result[place] = x[place[:batch] + tuple(int(i) for i in indices[place])]
    return result


COMBINE = {'none': lambda old, new: new, 'add': lambda old, new: old + new, 'mul': lambda old, new: old * new,
           'max': np.maximum, 'min': np.minimum}


@rule('scatter_elements')
def scatter_elements(op, x, indices, updates):
    axis, combine, result = op.attributes['axis'], COMBINE[op.attributes['kind']], x.copy()
    for place in np.ndindex(indices.shape):
        target = place[:axis] + (int(indices[place]),) + place[axis + 1:]
        result[target] = combine(result[target], updates[place])
    return result


@rule('scatter_nd')
def scatter_nd(op, x, indices, updates):
    combine, result = COMBINE[op.attributes['kind']], x.copy()
    for place in np.ndindex(indices.shape[:-1]):
        target = tuple(int(i) for i in indices[place])
        result[target] = combine(result[target], updates[place])
    return result


@rule('trilu')
def trilu(op, x, k):
    return (np.triu if op.attributes['upper'] else np.tril)(x, int(k))


@rule('one_hot')
def one_hot(op, indices, depth, values):
    axis, depth = op.attributes['axis'], int(depth.reshape(()))
    index = np.expand_dims(np.where(indices < 0, indices + depth, indices), axis)
    positions = np.arange(depth).reshape([depth if i == axis else 1 for i in range(indices.ndim + 1)])
    return np.where(index == positions, values[1], values[0])


@rule('reverse_sequence')
def reverse_sequence(op, x, lengths):
    result, (b, t) = x.copy(), (op.attributes['batch_axis'], op.attributes['time_axis'])
    source, target = np.moveaxis(x, (b, t), (0, 1)), np.moveaxis(result, (b, t), (0, 1))
    for i, n in enumerate(lengths):
        target[i, :n] = source[i, :n][::-1]
    return result


# Reductions ------------------------------------------------------------------------------------------------------------

@rule('reduce')
def reduce(op, x):
    axes, keep, kind = tuple(op.attributes['axes']), op.attributes['keep_dims'], op.attributes['kind']
    function = {'sum': np.sum, 'mean': np.mean, 'max': np.max, 'min': np.min, 'prod': np.prod}[kind]
    return np.asarray(function(wide(x), axis=axes, keepdims=keep)).astype(x.dtype)


@rule('arg_reduce')
def arg_reduce(op, x):
    axis, find = op.attributes['axis'], np.argmax if op.attributes['kind'] == 'max' else np.argmin
    if op.attributes['select_last']:
        result = x.shape[axis] - 1 - find(np.flip(x, axis), axis=axis)
    else:
        result = find(x, axis=axis)
    return np.expand_dims(result, axis) if op.attributes['keep_dims'] else result


@rule('cumsum')
def cumsum(op, x):
    axis = op.attributes['axis']
    y = np.flip(x, axis) if op.attributes['reverse'] else x
    total = np.cumsum(y, axis, dtype=x.dtype)
    if op.attributes['exclusive']:
        total = total - y
    return np.flip(total, axis) if op.attributes['reverse'] else total


@rule('topk')
def topk(op, x, k):
    axis, k = op.attributes['axis'], int(k.reshape(()))
    order = np.argsort(-x if op.attributes['largest'] else x, axis, kind='stable')
    order = np.take(order, np.arange(k), axis)
    return np.take_along_axis(x, order, axis), order


def log_softmax_rows(x, axis):
    shifted = wide(x) - np.max(wide(x), axis, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis, keepdims=True))


@rule('softmax')
def softmax(op, x):
    return np.exp(log_softmax_rows(x, op.attributes['axis'])).astype(x.dtype)


@rule('log_softmax')
def log_softmax(op, x):
    return log_softmax_rows(x, op.attributes['axis']).astype(x.dtype)


@rule('norm')
def norm(op, x, scale, bias=None):
    axes, y = tuple(range(op.attributes['axis'], x.ndim)), wide(x)
    if op.attributes['kind'] == 'layer':
        y = y - np.mean(y, axes, keepdims=True)
    y = y / np.sqrt(np.mean(y * y, axes, keepdims=True) + op.attributes['epsilon']) * scale
    return (y if bias is None else y + bias).astype(x.dtype)


# Neural networks -------------------------------------------------------------------------------------------------------

@rule('matmul')
def matmul(op, x, y):
    return np.matmul(wide(x), wide(y)).astype(x.dtype)


def without_zero(x, zero):
    return x.astype(np.int32) - (0 if zero is None else zero.astype(np.int32))


@rule('matmul_integer')
def matmul_integer(op, *operands):
    lhs_zero, rhs_zero = op.segment(2, operands), op.segment(3, operands)
    return np.matmul(without_zero(operands[0], lhs_zero), without_zero(operands[1], rhs_zero))


@rule('conv_integer')
def conv_integer(op, *operands):
    x_zero, filter_zero = op.segment(2, operands), op.segment(3, operands)
    if filter_zero is not None and filter_zero.ndim:
        filter_zero = filter_zero.reshape(-1, 1, 1, 1)
    return conv(op, without_zero(operands[0], x_zero), without_zero(operands[1], filter_zero))


def channels_first(op, x):
    return np.moveaxis(x, -1, 1) if op.attributes['layout'] == 'nhwc' else x


def channels_back(op, x):
    return np.moveaxis(x, 1, -1) if op.attributes['layout'] == 'nhwc' else x


@rule('conv')
def conv(op, x, filter_, bias=None):
    x = channels_first(op, wide(x))
    (sh, sw), (top, left, bottom, right), (dh, dw) = (op.attributes[a] for a in ('strides', 'pads', 'dilations'))
    groups, (outputs, _, kh, kw) = op.attributes['groups'], filter_.shape
    x = np.pad(x, [(0, 0), (0, 0), (top, bottom), (left, right)])
    n, channels, height, width = x.shape
    oh, ow = (height - (kh - 1) * dh - 1) // sh + 1, (width - (kw - 1) * dw - 1) // sw + 1
    result = np.zeros((n, groups, outputs // groups, oh, ow), x.dtype)
    weights = wide(filter_).reshape(groups, outputs // groups, channels // groups, kh, kw)
    for i, j in itertools.product(range(kh), range(kw)):
        part = x[:, :, i * dh:i * dh + (oh - 1) * sh + 1:sh, j * dw:j * dw + (ow - 1) * sw + 1:sw]
        part = part.reshape(n, groups, channels // groups, oh, ow)
        result += np.einsum('ngchw,goc->ngohw', part, weights[..., i, j])
    result = result.reshape(n, outputs, oh, ow)
    if bias is not None:
        result = result + bias.reshape(1, -1, 1, 1)
    return channels_back(op, result).astype(filter_.dtype)


@rule('pool')
def pool(op, x):
    a = op.attributes
    x, (kh, kw), (sh, sw), (dh, dw) = channels_first(op, x), a['kernel'], a['strides'], a['dilations']
    top, left, bottom, right = a['pads']

    def count(size, k, s, d, before, after):
        span = size + before + after - (k - 1) * d - 1
        number = (-(-span // s) if a['ceil_mode'] else span // s) + 1
        # A window that starts behind the input and its padding before does not exist.
        return number - 1 if a['ceil_mode'] and (number - 1) * s >= size + before else number

    height, width = x.shape[2:]
    oh, ow = count(height, kh, sh, dh, top, bottom), count(width, kw, sw, dw, left, right)
    result = np.zeros(x.shape[:2] + (oh, ow), x.dtype)
    for i, j in itertools.product(range(oh), range(ow)):
        rows = [i * sh - top + k * dh for k in range(kh)]
        columns = [j * sw - left + k * dw for k in range(kw)]
        inside = x[:, :, [r for r in rows if 0 <= r < height]][..., [c for c in columns if 0 <= c < width]]
        if a['kind'] == 'max':
            result[..., i, j] = inside.max((2, 3))
        else:
            padded = sum(-top <= r < height + bottom for r in rows) * sum(-left <= c < width + right for c in columns)
            divisor = padded if a['count_include_pad'] else inside.shape[2] * inside.shape[3]
            result[..., i, j] = inside.sum((2, 3)) / divisor
    return channels_back(op, result)


@rule('batch_norm')
def batch_norm(op, x, *vectors):
    scale, bias, mean, variance = (v.reshape([-1 if i == op.attributes['axis'] else 1 for i in range(x.ndim)]) for v in vectors)
    return ((x - mean) / np.sqrt(variance + op.attributes['epsilon']) * scale + bias).astype(x.dtype)


@rule('lrn')
def lrn(op, x):
    size, axis = op.attributes['size'], op.attributes['axis']
    squares, total, channels = np.moveaxis(x * x, axis, 0), None, x.shape[axis]
    total = np.zeros_like(squares)
    for c in range(channels):
        first, last = c - (size - 1) // 2, c + size // 2
        total[c] = squares[max(first, 0):min(last, channels - 1) + 1].sum(0)
    factor = op.attributes['bias'] + op.attributes['alpha'] / size * np.moveaxis(total, 0, axis)
    return (x / factor ** op.attributes['beta']).astype(x.dtype)


@rule('attention')
def attention(op, query, key, value, mask=None):
    repeat = query.shape[1] // key.shape[1]
    key, value = np.repeat(key, repeat, 1), np.repeat(value, repeat, 1)
    scores = op.attributes['scale'] * np.matmul(query, np.swapaxes(key, -1, -2))
    if mask is not None:
        scores = scores + mask
    if op.attributes['causal']:
        s, t = scores.shape[-2:]
        scores = np.where(np.arange(t) <= np.arange(s)[:, None] + (t - s), scores, -np.inf)
    return np.matmul(np.exp(log_softmax_rows(scores, -1)), value).astype(query.dtype)


# Resize: one dimension after the other, by a matrix of weights ---------------------------------------------------------

def position(coord, o, scale, n, out, start, end):
    """The place in an input dimension of size n that output o of `out` maps to, `scale` = output / input."""
    if coord == 'half_pixel':
        return (o + 0.5) / scale - 0.5
    if coord == 'half_pixel_symmetric':
        adjustment = out / (scale * n)
        return n / 2 * (1 - adjustment) + (o + 0.5) / scale - 0.5
    if coord == 'pytorch_half_pixel':
        return (o + 0.5) / scale - 0.5 if out > 1 else 0
    if coord == 'align_corners':
        return o * (n - 1) / (out - 1) if out > 1 else 0
    if coord == 'asymmetric':
        return o / scale
    if out > 1:
        return start * (n - 1) + o * (end - start) * (n - 1) / (out - 1)
    return 0.5 * (start + end) * (n - 1)


def nearest_index(mode, p):
    return {'round_prefer_floor': math.ceil(p - 0.5), 'round_prefer_ceil': math.floor(p + 0.5), 'floor': math.floor(p),
            'ceil': math.ceil(p)}[mode]


def cubic_weights(t, a):
    near = lambda d: (a + 2) * d ** 3 - (a + 3) * d ** 2 + 1
    far = lambda d: a * d ** 3 - 5 * a * d ** 2 + 8 * a * d - 4 * a
    return [far(1 + t), near(t), near(1 - t), far(2 - t)]


@rule('resize')
def resize(op, *operands):
    a, x = op.attributes, operands[0]
    roi, scales, sizes = (op.segment(i, operands) for i in (1, 2, 3))
    outs = [int(s) for s in sizes] if sizes is not None else [int(math.floor(n * s)) for n, s in zip(x.shape, scales.astype(np.float64))]
    factors = [o / n for o, n in zip(outs, x.shape)] if scales is None else [float(s) for s in scales]
    y, outside = x.astype(np.float64), np.zeros(outs, bool)
    for axis, (n, out, scale) in enumerate(zip(x.shape, outs, factors)):
        start, end = (float(roi[axis]), float(roi[axis + x.ndim])) if roi is not None else (0, 1)
        if n == out and scale == 1 and roi is None:
            continue
        weights = np.zeros((out, n))
        for o in range(out):
            p = position(a['coord'], o, scale, n, out, start, end)
            if a['coord'] == 'tf_crop_and_resize' and not 0 <= p <= n - 1:
                outside |= (np.arange(out) == o).reshape([-1 if i == axis else 1 for i in range(x.ndim)])
            if a['mode'] == 'nearest':
                taps = [(nearest_index(a['nearest'], p), 1)]
            else:
                base = math.floor(p)
                t = p - base
                w = [(base, 1 - t), (base + 1, t)] if a['mode'] == 'linear' else list(zip(range(base - 1, base + 3), cubic_weights(t, a['cubic_a'])))
                if a['exclude_outside']:
                    w = [(i, v) for i, v in w if 0 <= i < n]
                    total = sum(v for _, v in w)
                    w = [(i, v / total) for i, v in w]
                taps = w
            for i, v in taps:
                weights[o, min(max(i, 0), n - 1)] += v
        y = np.moveaxis(np.tensordot(weights, y, (1, axis)), 0, axis)
    y = np.where(outside, a['extrapolation'], y)
    return y.astype(x.dtype)
