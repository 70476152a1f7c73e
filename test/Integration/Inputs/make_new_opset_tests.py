#!/usr/bin/python3
# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes ONNX test folders for operators of opsets 18 to 26, as the node tests of newer ONNX releases have them: make_new_opset_tests.py FOLDER.

The expected results are NumPy formulas written from the specification. Axes, steps and shapes are inputs of the run, as in those node tests, where no `constants` are said.
"""
import itertools
import math

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from node_cases import Cases

RNG = np.random.default_rng(26)
CASES = Cases()
test = CASES.add
f32, f16, i64, u8, i8 = np.float32, np.float16, np.int64, np.uint8, np.int8
ints = lambda *v: np.array(v, i64)


def floats(*shape, low=-2.0, high=2.0, dtype=f32):
    return RNG.uniform(low, high, shape).astype(dtype)


# Reductions whose axes are an input ------------------------------------------------------------------------------------

KINDS = {
    'Sum': lambda v, a, k: v.sum(a, keepdims=k), 'Mean': lambda v, a, k: v.mean(a, keepdims=k), 'Max': lambda v, a, k: v.max(a, keepdims=k),
    'Min': lambda v, a, k: v.min(a, keepdims=k), 'Prod': lambda v, a, k: v.prod(a, keepdims=k), 'L1': lambda v, a, k: abs(v).sum(a, keepdims=k),
    'L2': lambda v, a, k: np.sqrt((v * v).sum(a, keepdims=k)), 'SumSquare': lambda v, a, k: (v * v).sum(a, keepdims=k),
    'LogSum': lambda v, a, k: np.log(v.sum(a, keepdims=k)), 'LogSumExp': lambda v, a, k: np.log(np.exp(v).sum(a, keepdims=k)),
}
x = floats(3, 2, 4, low=0.5)
for kind, formula in KINDS.items():
    op, wide = 'Reduce' + kind, x.astype(np.float64)
    result = lambda axes, keep: formula(wide, axes, bool(keep)).astype(f32)
    low = 'reduce_' + kind.lower()
    test(low + '_keep', 18, op, [x, ints(1)], [result((1,), 1)], keepdims=1)
    test(low + '_drop', 18, op, [x, ints(-1)], [result((2,), 0)], keepdims=0)
    test(low + '_all', 18, op, [x], [result(None, 1)])
    test(low + '_noop', 18, op, [x, ints()], [{'L1': x, 'L2': x, 'SumSquare': x * x, 'LogSum': np.log(x), 'LogSumExp': x}.get(kind, x)], [1], noop_with_empty_axes=1)
test('reduce_sum_two_axes', 18, 'ReduceSum', [x, ints(-1, 0)], [x.sum((0, 2))], keepdims=0)
test('reduce_sum_every_axis', 18, 'ReduceSum', [x, ints(2, 0, 1)], [x.sum()], keepdims=0)
test('reduce_mean_int_axes', 18, 'ReduceMean', [np.arange(24, dtype=np.int32).reshape(2, 3, 4), ints(0, 2)], [np.arange(24).reshape(2, 3, 4).mean((0, 2), keepdims=True).astype(np.int32)])
test('reduce_max_dynamic', 18, 'ReduceMax', [x, ints(1)], [x.max(1)], [1], dynamic=True, keepdims=0)
flags = RNG.uniform(size=(3, 2, 4)) < 0.5
test('reduce_max_bool', 20, 'ReduceMax', [flags, ints(1)], [flags.max(1, keepdims=True)])
test('reduce_min_bool', 20, 'ReduceMin', [flags, ints(1)], [flags.min(1, keepdims=True)], [1])
octets = RNG.integers(0, 256, (3, 4)).astype(u8)
test('reduce_max_u8', 20, 'ReduceMax', [octets, ints(1)], [octets.max(1, keepdims=True)])
for name, op, fill in (('sum', 'ReduceSum', 0), ('prod', 'ReduceProd', 1), ('max', 'ReduceMax', -np.inf), ('min', 'ReduceMin', np.inf), ('l1', 'ReduceL1', 0)):
    test(f'reduce_{name}_of_nothing', 20, op, [np.zeros((2, 0, 4), f32), ints(1)], [np.full((2, 1, 4), fill, f32)], [1])

# Slices and pads whose axes and steps are inputs -----------------------------------------------------------------------

y = floats(20, 10, 5)
slices = {
    '': (y, ints(0, 0), ints(3, 10), ints(0, 1), ints(1, 1), y[:3, :10]), 'neg': (y, ints(0), ints(-1), ints(1), ints(1), y[:, :-1]),
    'start_out': (y, ints(1000), ints(1000), ints(1), ints(1), y[:, 1000:]), 'end_out': (y, ints(1), ints(1000), ints(1), ints(1), y[:, 1:]),
    'default_steps': (y, ints(0, 0, 3), ints(20, 10, 4), ints(0, 1, 2), None, y[:, :, 3:4]), 'neg_steps': (y, ints(20, 10, 4), ints(0, 0, 1), ints(0, 1, 2), ints(-1, -3, -2), y[20:0:-1, 10:0:-3, 4:1:-2]),
    'neg_axes': (y, ints(0, 0, 3), ints(20, 10, 4), ints(0, -2, -1), None, y[:, :, 3:4]), 'reverse': (y, ints(-1), ints(-1000), ints(-1), ints(-1), y[:, :, ::-1]),
    'steps': (y, ints(1, 2), ints(15, -1), ints(1, 0), ints(3, 4), y[2:-1:4, 1:15:3]), 'no_axes': (y, ints(1, 2, 3), ints(9, 8, 5), None, ints(2, 1, 1), y[1:9:2, 2:8, 3:5]),
}
for name, (v, start, end, axes, steps, result) in slices.items():
    args = [v, start, end, axes, steps][:5 if steps is not None else 4]
    test(f'slice_{name or "plain"}_runtime', 13, 'Slice', args, [result])
test('slice_known_axes', 13, 'Slice', [y, ints(8, 4), ints(1, 0), ints(1, -1), ints(-2, -1)], [y[:, 8:1:-2, 4:0:-1]], [3], dynamic=False)

small = floats(1, 2, 3, 4)
for mode in ('constant', 'reflect', 'edge', 'wrap'):
    extra = {'constant_values': 1.2} if mode == 'constant' else {}
    value = f32(1.2) if mode == 'constant' else None
    padded = np.pad(small, [(0, 0), (0, 0), (1, 2), (2, 1)], mode=mode, **extra)
    attributes = {} if mode == 'constant' else {'mode': mode}
    test(f'pad_{mode}', 19, 'Pad', [small, ints(0, 0, 1, 2, 0, 0, 2, 1), value][:3 if value is not None else 2], [padded], **attributes)
    test(f'pad_{mode}_axes', 21, 'Pad', [small, ints(1, 2, 2, 1), value, ints(2, 3)], [padded], **attributes)
    test(f'pad_{mode}_negative_axes', 21, 'Pad', [small, ints(2, 1, 1, 2), value, ints(-1, -2)], [padded], **attributes)
test('pad_cut', 18, 'Pad', [small, ints(0, 0, -1, 1, 0, 0, 0, -2)], [np.pad(small[:, :, 1:, :-2], [(0, 0), (0, 0), (0, 0), (1, 0)])])
test('pad_int', 18, 'Pad', [np.arange(6).reshape(2, 3), ints(0, 1, 0, 0), np.int64(-7)], [np.pad(np.arange(6).reshape(2, 3), [(0, 0), (1, 0)], constant_values=-7)])

# Data movement ---------------------------------------------------------------------------------------------------------


def tensor_scatter(cache, update, indices, axis, circular):
    out = cache.copy()
    for prefix in np.ndindex(*cache.shape[:axis]):
        for s in range(update.shape[axis]):
            place = s + (0 if indices is None else indices[prefix[0]])
            out[(*prefix, place % cache.shape[axis] if circular else place)] = update[(*prefix, s)]
    return out


cache, update = floats(2, 3, 6, 4), floats(2, 3, 2, 4)
test('tensor_scatter', 24, 'TensorScatter', [cache, update, ints(1, 4)], [tensor_scatter(cache, update, [1, 4], 2, False)])
test('tensor_scatter_circular', 24, 'TensorScatter', [cache, update, ints(1, 5)], [tensor_scatter(cache, update, [1, 5], 2, True)], mode='circular')
test('tensor_scatter_no_indices', 24, 'TensorScatter', [cache, update], [tensor_scatter(cache, update, None, 2, False)])
flat, row = floats(3, 5, 4), floats(3, 1, 4)
test('tensor_scatter_3d', 24, 'TensorScatter', [flat, row, ints(0, 4, 2)], [tensor_scatter(flat, row, [0, 4, 2], 1, False)], axis=1)
last = floats(3, 5, 2)
test('tensor_scatter_last_axis', 24, 'TensorScatter', [flat, last, ints(0, 1, 2)], [tensor_scatter(flat, last, [0, 1, 2], 2, False)], axis=-1, dynamic=True)


def center(v, shape, axes):
    for axis, size in zip(axes, shape):
        missing = size - v.shape[axis]
        if missing > 0:
            v = np.pad(v, [(missing // 2, missing - missing // 2) if d == axis % v.ndim else (0, 0) for d in range(v.ndim)])
        else:
            v = v.take(range(-missing // 2, -missing // 2 + size), axis)
    return v


picture = floats(20, 7, 3)
for name, v, shape, axes in (('crop', picture, (10, 5, 3), None), ('pad', floats(10, 7, 3), (20, 10, 3), None), ('both', picture, (10, 10, 3), None),
                             ('axes', picture, (10, 9), (0, 1)), ('negative_axes', picture, (9, 4), (-3, -2)), ('odd', floats(5, 8), (8, 5), None)):
    attributes = {'axes': list(axes)} if axes else {}
    result = center(v, shape, axes or range(v.ndim))
    test('center_crop_pad_' + name, 18, 'CenterCropPad', [v, ints(*shape)], [result], **attributes)
test('center_crop_pad_dynamic', 18, 'CenterCropPad', [picture, ints(10, 9)], [center(picture, (10, 9), (0, 1))], [1], dynamic=True, axes=[0, 1])


def col2im(v, image, block, strides=None, dilations=None, pads=None):
    n = len(image)
    strides, dilations, pads = strides or [1] * n, dilations or [1] * n, pads or [0] * 2 * n
    padded = [image[i] + pads[i] + pads[n + i] for i in range(n)]
    counts = [(padded[i] - (block[i] - 1) * dilations[i] - 1) // strides[i] + 1 for i in range(n)]
    channels = v.shape[1] // math.prod(block)
    v = v.reshape(v.shape[0], channels, math.prod(block), math.prod(counts))
    out = np.zeros((v.shape[0], channels, *padded), np.float64)
    for t, tap in enumerate(itertools.product(*map(range, block))):
        for p, place in enumerate(itertools.product(*map(range, counts))):
            out[(slice(None), slice(None), *(place[i] * strides[i] + tap[i] * dilations[i] for i in range(n)))] += v[:, :, t, p]
    return out[(slice(None), slice(None), *(slice(pads[i], pads[i] + image[i]) for i in range(n)))].astype(f32)


for name, shape, image, block, attributes in (
        ('', (1, 5, 5), (5, 5), (1, 5), {}), ('strides', (1, 9, 4), (5, 5), (3, 3), dict(strides=[2, 2])), ('pads', (1, 5, 15), (5, 5), (1, 5), dict(pads=[0, 1, 0, 1])),
        ('dilations', (1, 4, 5), (6, 6), (2, 2), dict(dilations=[1, 5])), ('channels', (2, 18, 12), (5, 6), (3, 3), {}), ('5d', (1, 10, 12), (3, 4, 5), (1, 1, 5), {}), ('1d', (2, 6, 4), (6,), (3,), {})):
    v = floats(*shape)
    test('col2im' + (name and '_' + name), 18, 'Col2Im', [v, ints(*image), ints(*block)], [col2im(v, image, block, **attributes)], [1, 2], **attributes)

numbers = floats(3, 4)
for axis, exclusive, reverse in itertools.product((0, 1), (0, 1), (0, 1)):
    v = np.flip(numbers, axis) if reverse else numbers
    y_ = np.cumprod(v.astype(np.float64), axis)
    if exclusive:
        y_ = np.roll(y_, 1, axis)
        y_[(slice(None),) * axis + (0,)] = 1
    y_ = (np.flip(y_, axis) if reverse else y_).astype(f32)
    test(f'cumprod_{axis}{exclusive}{reverse}', 26, 'CumProd', [numbers, np.int32(axis - 2 if exclusive else axis)], [y_], [1] if reverse else [], exclusive=exclusive, reverse=reverse)
test('cumprod_1d_int', 26, 'CumProd', [np.int32([1, 2, 3, 4]), np.int32(0)], [np.int32([1, 2, 6, 24])], [1])
block, seven = floats(2, 3, 4), floats(7)
test('cumprod_3d_dynamic', 26, 'CumProd', [block, np.int32(1)], [np.cumprod(block.astype(np.float64), 1).astype(f32)], [1], dynamic=True)
test('split_uneven_1d', 18, 'Split', [seven], [seven[i:i + 2] for i in (0, 2, 4, 6)], num_outputs=4)
test('split_zero', 18, 'Split', [np.zeros(0, f32), ints(0, 0, 0)], [np.zeros(0, f32)] * 3)

# Sampling --------------------------------------------------------------------------------------------------------------


def affine_grid(theta, size, align):
    axes = [np.linspace(-1, 1, n) if align else (2 * np.arange(n) + 1) / n - 1 for n in size[2:]]
    places = np.meshgrid(*axes, indexing='ij')[::-1]
    return np.einsum('...k,nik->n...i', np.stack(places + [np.ones_like(places[0])], -1), theta.astype(np.float64)).astype(f32)


for align in (0, 1):
    for size in ((2, 3, 5, 6), (2, 3, 4, 5, 6)):
        theta = floats(2, len(size) - 2, len(size) - 1)
        test(f'affine_grid_{len(size) - 2}d_{align}', 20, 'AffineGrid', [theta, ints(*size)], [affine_grid(theta, size, align)], align_corners=align)
theta = floats(2, 2, 3)
test('affine_grid_constant_size', 20, 'AffineGrid', [theta, ints(2, 3, 5, 6)], [affine_grid(theta, (2, 3, 5, 6), 0)], [1])



def read_linear(v, positions, padding, align):
    """Values of v, Cx(spatial), at fractional positions (one array for each dimension), linear in each dimension."""
    sizes, result = v.shape[1:], 0
    for corner in itertools.product((0, 1), repeat=len(sizes)):
        weight, index, inside = 1.0, [], True
        for p, c, n in zip(positions, corner, sizes):
            whole = np.floor(p)
            weight = weight * (p - whole if c else 1 - (p - whole))
            place = whole + c
            inside = inside & (place >= 0) & (place < n)
            index.append(np.clip(place, 0, n - 1).astype(int))
        values = v[(slice(None), *index)].astype(np.float64) * weight
        result = result + (values * inside if padding == 'zeros' else values)
    return result


def grid_sample(v, grid, mode, padding, align):
    out = []
    for image_, places_ in zip(v, grid.astype(np.float64)):
        positions = []
        for i, n in enumerate(image_.shape[1:]):
            g = places_[..., len(image_.shape) - 2 - i]
            p = (g + 1) / 2 * (n - 1) if align else ((g + 1) * n - 1) / 2
            if padding == 'border':
                p = np.clip(p, 0, n - 1)
            elif padding == 'reflection':
                low, span = (0, n - 1) if align else (-0.5, n)
                q = np.abs(p - low) % (2 * span)
                p = np.clip(low + np.minimum(q, 2 * span - q), 0, n - 1)
            positions.append(np.rint(p) if mode == 'nearest' else p)
        out.append(read_linear(image_, positions, padding, align))
    return np.stack(out).astype(f32)


for spatial, mode, padding, align in itertools.product((2, 3), ('linear', 'nearest'), ('zeros', 'border', 'reflection'), (0, 1)):
    v, grid = floats(2, 3, *(4, 5, 6)[:spatial]), floats(2, *(2, 3, 4)[:spatial], spatial, low=-1.4, high=1.4)
    test(f'grid_sample_{spatial}d_{mode}_{padding}_{align}', 20, 'GridSample', [v, grid], [grid_sample(v, grid, mode, padding, align)], mode=mode, padding_mode=padding, align_corners=align)


def deform_conv(v, w, offset, bias, mask, strides, pads, dilations, groups, offset_groups):
    n, channels, (kh, kw), (oh, ow) = v.shape[0], v.shape[1], w.shape[2:], offset.shape[2:]
    offset = offset.reshape(n, offset_groups, kh * kw, 2, oh, ow).astype(np.float64)
    columns = np.zeros((n, channels, kh * kw, oh, ow))
    per = channels // offset_groups
    for b, g, tap in np.ndindex(n, offset_groups, kh * kw):
        rows = np.arange(oh)[:, None] * strides[0] - pads[0] + tap // kw * dilations[0] + offset[b, g, tap, 0]
        cols = np.arange(ow) * strides[1] - pads[1] + tap % kw * dilations[1] + offset[b, g, tap, 1]
        columns[b, g * per:(g + 1) * per, tap] = read_linear(v[b, g * per:(g + 1) * per], [rows, cols], 'zeros', 0)
    if mask is not None:
        columns *= mask.reshape(n, offset_groups, 1, kh * kw, oh, ow).repeat(per, 2).reshape(columns.shape)
    columns = columns.reshape(n, groups, -1, oh * ow)
    y = w.reshape(groups, w.shape[0] // groups, -1).astype(np.float64) @ columns
    return (y.reshape(n, w.shape[0], oh, ow) + (0 if bias is None else bias.reshape(-1, 1, 1))).astype(f32)


for name, v, w, out, strides, pads, dilations, groups, offset_groups, with_mask in (
        ('', (1, 1, 3, 3), (1, 1, 2, 2), (2, 2), (1, 1), (0,) * 4, (1, 1), 1, 1, False), ('pads', (2, 2, 5, 6), (3, 2, 3, 3), (3, 3), (2, 2), (1, 1, 1, 1), (1, 1), 1, 1, False),
        ('mask', (2, 4, 5, 5), (4, 2, 2, 2), (4, 4), (1, 1), (0,) * 4, (1, 1), 2, 2, True), ('dilations', (1, 2, 6, 7), (2, 2, 2, 3), (4, 3), (1, 1), (0,) * 4, (2, 2), 1, 2, True)):
    taps = w[2] * w[3]
    data, weights, shift, bias = floats(*v), floats(*w), floats(v[0], offset_groups * taps * 2, *out), floats(w[0])
    mask = floats(v[0], offset_groups * taps, *out, low=0) if with_mask else None
    args = [data, weights, shift, bias if pads else None] + ([mask] if with_mask else [])
    test('deform_conv' + (name and '_' + name), 19, 'DeformConv', args, [deform_conv(data, weights, shift, bias, mask, strides, pads, dilations, groups, offset_groups)], [1],
         strides=strides, pads=pads, dilations=dilations, group=groups, offset_group=offset_groups)


def smooth(v, axis, outputs, scale, mode, exclude, coordinates):
    """Resampling with a filter that is as wide as the input's elements of one output element."""
    n, narrow = v.shape[axis], min(scale, 1.0)
    matrix = np.zeros((outputs, n))
    for i in range(outputs):
        at = {'asymmetric': i / scale, 'align_corners': i * (n - 1) / max(outputs - 1, 1)}.get(coordinates, (i + 0.5) / scale - 0.5)
        for j in range(-3 * n, 4 * n):
            d = abs(j - at) * narrow
            weight = max(0, 1 - d) if mode == 'linear' else 1.25 * d ** 3 - 2.25 * d ** 2 + 1 if d <= 1 else -0.75 * d ** 3 + 3.75 * d ** 2 - 6 * d + 3 if d < 2 else 0
            if 0 <= j < n or not exclude:
                matrix[i, min(max(j, 0), n - 1)] += weight
    matrix /= matrix.sum(1, keepdims=True)
    return np.moveaxis(np.tensordot(v.astype(np.float64), matrix, (axis, 1)), -1, axis).astype(f32)


for mode, exclude, coordinates in (('linear', 0, 'half_pixel'), ('linear', 1, 'half_pixel'), ('linear', 0, 'align_corners'), ('linear', 0, 'asymmetric'), ('cubic', 0, 'half_pixel'), ('cubic', 1, 'half_pixel')):
    v = floats(1, 2, 9, 10)
    name, attributes = f'resize_antialias_{mode}_{exclude}_{coordinates}', dict(mode=mode, antialias=1, exclude_outside=exclude, coordinate_transformation_mode=coordinates)
    y_ = smooth(smooth(v, 2, 5, 0.6, mode, exclude, coordinates), 3, 8, 0.8, mode, exclude, coordinates)
    test(name + '_scales', 18, 'Resize', [v, None, f32([1, 1, 0.6, 0.8])], [y_], [2], **attributes)
    y_ = smooth(smooth(v, 2, 4, 4 / 9, mode, exclude, coordinates), 3, 13, 1.3, mode, exclude, coordinates)
    test(name + '_sizes', 19, 'Resize', [v, None, None, ints(4, 13)], [y_], [3], axes=[2, 3], **attributes)
ramp = np.arange(1, 17, dtype=f32).reshape(1, 1, 4, 4)  # ONNX's own example of the operator
test('resize_antialias_example', 18, 'Resize', [ramp, None, f32([1, 1, 0.6, 0.6])], [f32([[[[2.875, 4.5], [9.375, 11]]]])], [2], mode='linear', antialias=1)

# Windows ---------------------------------------------------------------------------------------------------------------


def windows(v, kernel, strides, pads, dilations, ceil, fill):
    """All windows NxCx(places)x(taps) and the places' sizes."""
    n = len(kernel)
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilations)]
    size = v.shape[2:]
    counts = []
    for i in range(n):
        room = size[i] + pads[i] + pads[n + i] - reach[i]
        count = (math.ceil if ceil else math.floor)(room / strides[i]) + 1
        counts.append(count - 1 if ceil and (count - 1) * strides[i] >= size[i] + pads[i] else count)
    more = [(0, 0), (0, 0)] + [(pads[i], pads[n + i] + strides[i]) for i in range(n)]
    padded = np.pad(v, more, constant_values=fill)
    taps = []
    for tap in itertools.product(*map(range, kernel)):
        cut = tuple(slice(tap[i] * dilations[i], tap[i] * dilations[i] + (counts[i] - 1) * strides[i] + 1, strides[i]) for i in range(n))
        taps.append(padded[(slice(None), slice(None), *cut)])
    return np.stack(taps, -1)


def pool_case(name, op, v, kernel, strides=None, pads=None, dilations=None, ceil=0, opset=22, indices=False, column_major=0, p=2, count=0, dynamic=False):
    n = len(kernel)
    attributes = dict(kernel_shape=kernel)
    for key, value in (('strides', strides), ('pads', pads), ('dilations', dilations), ('ceil_mode', ceil), ('storage_order', column_major), ('count_include_pad', count)):
        if value:
            attributes[key] = value
    strides, pads, dilations = strides or [1] * n, pads or [0] * 2 * n, dilations or [1] * n
    if op == 'MaxPool':
        taps = windows(v, kernel, strides, pads, dilations, ceil, -np.inf)
        outputs = [taps.max(-1)]
        places = np.arange(math.prod(v.shape), dtype=np.float64).reshape(v.shape)
        if column_major:
            inner = math.prod(v.shape[2:])
            places = (np.arange(v.shape[0] * v.shape[1]).reshape(*v.shape[:2], *[1] * n) * inner
                      + np.arange(inner).reshape(v.shape[2:][::-1]).transpose()).astype(np.float64)
        if indices:
            where = windows(places, kernel, strides, pads, dilations, ceil, -1)
            outputs.append(np.take_along_axis(where, taps.argmax(-1)[..., None], -1)[..., 0].astype(i64))
    elif op == 'LpPool':
        attributes['p'] = p
        outputs = [((abs(windows(v, kernel, strides, pads, dilations, ceil, 0).astype(np.float64)) ** p).sum(-1) ** (1 / p)).astype(f32)]
    else:
        taps = windows(v.astype(np.float64), kernel, strides, pads, dilations, ceil, 0)
        inside = np.pad(np.ones(v.shape), [(0, 0), (0, 0)] + [(pads[i], pads[n + i]) for i in range(n)], constant_values=1) if count else np.ones(v.shape)
        here = windows(inside, kernel, strides, [0] * 2 * n if count else pads, dilations, ceil, 0)
        here = here[tuple(slice(s) for s in taps.shape)]
        outputs = [(taps.sum(-1) / here.sum(-1)).astype(f32)]
    test(name, opset, op, [v], outputs, dynamic=dynamic, **attributes)


image = floats(1, 3, 8, 9)
pool_case('max_pool_indices', 'MaxPool', image, [2, 2], [2, 2], indices=True)
pool_case('max_pool_indices_pads', 'MaxPool', floats(2, 2, 5, 5), [3, 3], [2, 2], [1, 1, 1, 1], indices=True)
pool_case('max_pool_indices_overlap', 'MaxPool', floats(1, 1, 5, 5), [5, 5], None, [2, 2, 2, 2], indices=True)
pool_case('max_pool_indices_columns', 'MaxPool', floats(1, 2, 5, 6), [2, 2], [2, 2], indices=True, column_major=1)
pool_case('max_pool_indices_dilations', 'MaxPool', image, [3, 3], None, None, [2, 2], indices=True)
pool_case('max_pool_indices_ceil', 'MaxPool', image, [3, 3], [2, 2], ceil=1, indices=True)
pool_case('max_pool_indices_1d', 'MaxPool', floats(2, 3, 11), [3], [2], indices=True)
pool_case('max_pool_indices_3d', 'MaxPool', floats(1, 2, 4, 5, 6), [2, 2, 2], [2, 2, 2], indices=True)
pool_case('max_pool_indices_dynamic', 'MaxPool', image, [2, 2], [2, 2], indices=True, dynamic=True)
pool_case('max_pool_ceil_reduced', 'MaxPool', floats(1, 1, 2, 2), [1, 1], [2, 2], ceil=1)
pool_case('max_pool_ceil_pads', 'MaxPool', floats(1, 1, 4, 4), [2, 2], [2, 2], [1, 1, 1, 1], ceil=1)
pool_case('average_pool_dilations', 'AveragePool', image, [2, 2], None, None, [2, 2])
pool_case('average_pool_dilations_pads', 'AveragePool', image, [3, 3], [2, 2], [1, 1, 1, 1], [2, 2])
pool_case('average_pool_count_pads', 'AveragePool', image, [3, 3], [2, 2], [1, 1, 1, 1], count=1)
pool_case('average_pool_ceil', 'AveragePool', image, [3, 3], [2, 2], ceil=1)
pool_case('average_pool_3d_dilations', 'AveragePool', floats(1, 2, 6, 7, 8), [2, 2, 2], [1, 1, 1], None, [2, 2, 2])
for p in (1, 2, 3):
    pool_case(f'lp_pool_{p}', 'LpPool', image, [3, 2], [2, 1], p=p, opset=18)
pool_case('lp_pool_1d', 'LpPool', floats(1, 3, 12), [2], opset=18)
pool_case('lp_pool_3d', 'LpPool', floats(1, 2, 4, 5, 4), [2, 2, 2], opset=18)
pool_case('lp_pool_dilations', 'LpPool', image, [2, 2], None, None, [2, 2], opset=18)
pool_case('lp_pool_pads', 'LpPool', image, [3, 3], [3, 3], [1, 1, 1, 1], opset=18)
pool_case('lp_pool_ceil', 'LpPool', image, [3, 3], [3, 2], ceil=1, opset=18)

pooled, places = f32([[[[1, 2], [3, 4]]]]), i64([[[[5, 7], [13, 15]]]])
unpooled = np.zeros((1, 1, 4, 4), f32)
unpooled.reshape(-1)[[5, 7, 13, 15]] = [1, 2, 3, 4]
test('max_unpool', 11, 'MaxUnpool', [pooled, places], [unpooled], kernel_shape=[2, 2], strides=[2, 2])
test('max_unpool_shape', 22, 'MaxUnpool', [pooled, places, ints(1, 1, 5, 5)], [np.pad(unpooled, [(0, 0), (0, 0), (0, 1), (0, 1)])], kernel_shape=[2, 2], strides=[2, 2])
volume, spots = floats(2, 3, 4), np.stack([np.stack([(n * 3 + c) * 8 + np.arange(4) * 2 + RNG.integers(0, 2, 4) for c in range(3)]) for n in range(2)])
line = np.zeros((2, 3, 8), f32)
line.reshape(-1)[spots.reshape(-1)] = volume.reshape(-1)
test('max_unpool_1d', 22, 'MaxUnpool', [volume, spots], [line], kernel_shape=[2], strides=[2], dynamic=True)


def conv_transpose(v, w, strides, pads, dilations, extra, groups):
    n = len(strides)
    size = [(v.shape[2 + i] - 1) * strides[i] + extra[i] + (w.shape[2 + i] - 1) * dilations[i] + 1 for i in range(n)]
    out, per, ocs = np.zeros((v.shape[0], w.shape[1] * groups, *size)), v.shape[1] // groups, w.shape[1]
    for c in range(v.shape[1]):
        g = c // per
        for tap in itertools.product(*map(range, w.shape[2:])):
            cut = tuple(slice(tap[i] * dilations[i], tap[i] * dilations[i] + (v.shape[2 + i] - 1) * strides[i] + 1, strides[i]) for i in range(n))
            out[(slice(None), slice(g * ocs, (g + 1) * ocs), *cut)] += v[:, c:c + 1].astype(np.float64) * w[(c, slice(None), *tap)].reshape(1, -1, *[1] * n)
    return out[(slice(None), slice(None), *(slice(pads[i], size[i] - pads[n + i]) for i in range(n)))].astype(f32)


for name, v, w, strides, pads, dilations, extra, groups in (
        ('', (1, 2, 3, 4, 5), (2, 3, 2, 2, 2), [1] * 3, [0] * 6, [1] * 3, [0] * 3, 1), ('strides', (1, 2, 3, 4, 5), (2, 3, 3, 3, 3), [2, 1, 3], [1, 0, 1, 1, 1, 0], [1] * 3, [1, 0, 1], 1),
        ('groups', (2, 4, 2, 3, 3), (4, 2, 2, 3, 2), [2] * 3, [0] * 6, [1, 2, 1], [0] * 3, 2)):
    data, weights = floats(*v), floats(*w)
    test('conv_transpose_3d' + (name and '_' + name), 22, 'ConvTranspose', [data, weights], [conv_transpose(data, weights, strides, pads, dilations, extra, groups)], [1],
         strides=strides, pads=pads, dilations=dilations, output_padding=extra, group=groups)

# Quantization ----------------------------------------------------------------------------------------------------------


def limits(dtype):
    return np.iinfo(dtype).min, np.iinfo(dtype).max


def quantize(v, s, z):
    return np.clip(np.rint((v / s).astype(f32)).astype(np.float64) + z, *limits(z.dtype)).astype(z.dtype)


dequantize = lambda q, s, z: ((q.astype(np.int64) - z.astype(np.int64)) * s.astype(np.float64)).astype(s.dtype)
real = floats(3, 6, 4, low=-20, high=20)
for dtype in (u8, i8, np.uint16, np.int16):
    z = RNG.integers(*[l // 4 for l in limits(dtype)], 6).astype(dtype)
    s = floats(6, low=0.01, high=0.3)
    along = lambda a: a.reshape(1, -1, 1)
    q = quantize(real, along(s), along(z))
    name = np.dtype(dtype).name
    test('quantize_axis_' + name, 21, 'QuantizeLinear', [real, s, z], [q], axis=1)
    test('dequantize_axis_' + name, 21, 'DequantizeLinear', [q, s, z], [dequantize(q, along(s), along(z))], axis=-2)
    sb, zb = floats(3, 3, 4, low=0.02, high=0.3), RNG.integers(*[l // 4 for l in limits(dtype)], (3, 3, 4)).astype(dtype)
    twice = lambda a: a.repeat(2, 1)
    qb = quantize(real, twice(sb), twice(zb))
    test('quantize_block_' + name, 21, 'QuantizeLinear', [real, sb, zb], [qb], axis=1, block_size=2)
    test('dequantize_block_' + name, 21, 'DequantizeLinear', [qb, sb, zb], [dequantize(qb, twice(sb), twice(zb))], axis=1, block_size=2)
short, uneven = floats(3, 2, 4, low=0.1, high=0.3), lambda a: a.repeat(4, 1)[:, :6]
test('quantize_short_block', 21, 'QuantizeLinear', [real, short, np.zeros(short.shape, u8) + u8(128)], [quantize(real, uneven(short), np.full((1, 1, 1), 128, u8))], axis=1, block_size=4)
test('dequantize_short_block', 21, 'DequantizeLinear', [q, short], [dequantize(q, uneven(short), np.zeros(1, q.dtype))], axis=1, block_size=4)
test('quantize_output_type', 23, 'QuantizeLinear', [real, f32(0.5)], [quantize(real, f32(0.5), np.zeros((), np.int16))], output_dtype=TensorProto.INT16)
test('dequantize_i32', 21, 'DequantizeLinear', [np.arange(-5, 7, dtype=np.int32), f32(0.25)], [np.arange(-5, 7).astype(f32) / 4])
test('dequantize_f16', 21, 'DequantizeLinear', [np.arange(-5, 7, dtype=i8), f16(0.25), i8(1)], [(np.arange(-6, 6) / 4).astype(f16)])

# Weights of 4 bits: the schema of onnx 1.12 has no such type, its number is written.
for signed in (True, False):
    values = RNG.integers(-8, 8, (5, 8)) if signed else RNG.integers(0, 16, (5, 8))
    zeros = RNG.integers(-3, 4, (5, 2)) if signed else RNG.integers(5, 10, (5, 2))
    scales, left = floats(5, 2, low=0.1, high=0.4), floats(3, 8)

    def tensor(name, array):
        nibbles = np.append((array.reshape(-1) & 15).astype(u8), np.zeros(array.size % 2, u8)).reshape(-1, 2)
        t = TensorProto(name=name, data_type=22 if signed else 21, raw_data=(nibbles[:, 0] | nibbles[:, 1] << 4).tobytes())
        t.dims.extend(array.shape)
        return t

    wide = ((values - zeros.repeat(4, 1)) * scales.repeat(4, 1).astype(np.float64))
    nodes = [helper.make_node('DequantizeLinear', ['w', 's', 'z'], ['d'], 'dequantize', axis=1, block_size=4), helper.make_node('Gemm', ['x', 'd'], ['y'], 'product', transB=1)]
    CASES.add_graph('weights_int4' if signed else 'weights_uint4', 21, nodes, [helper.make_tensor_value_info('x', TensorProto.FLOAT, [3, 8])],
                    [helper.make_tensor_value_info('y', TensorProto.FLOAT, [3, 5])], [tensor('w', values), numpy_helper.from_array(scales, 's'), tensor('z', zeros)],
                    [left], [(left @ wide.T).astype(f32)])

# Others ----------------------------------------------------------------------------------------------------------------

special = f32([1, np.inf, -np.inf, np.nan, 0])
for kind in (f32, f16, np.float64):
    v = special.astype(kind)
    test('is_inf_' + np.dtype(kind).name, 20, 'IsInf', [v], [np.isinf(v)])
    test('is_nan_' + np.dtype(kind).name, 20, 'IsNaN', [v], [np.isnan(v)])
test('is_inf_negative', 20, 'IsInf', [special], [np.isneginf(special)], detect_positive=0)
test('is_inf_positive', 20, 'IsInf', [special], [np.isposinf(special)], detect_negative=0)
for dtype in (np.int16, np.uint32, np.int64):
    a, b = (RNG.integers(0, 10000, (3, 4)).astype(dtype) for _ in range(2))
    name = np.dtype(dtype).name
    test('bitwise_and_' + name, 18, 'BitwiseAnd', [a, b], [a & b])
    test('bitwise_or_' + name, 18, 'BitwiseOr', [a, b[:1]], [a | b[:1]])
    test('bitwise_xor_' + name, 18, 'BitwiseXor', [a, b[:, :1]], [a ^ b[:, :1]])
    test('bitwise_not_' + name, 18, 'BitwiseNot', [a], [~a])
    test('top_k_' + name, 24, 'TopK', [a, ints(2)], [-np.sort(-a.astype(i64), 1)[:, :2].astype(dtype), np.argsort(-a.astype(i64), 1, kind='stable')[:, :2]])
base = floats(4, 5)
index, new = RNG.permutation(4)[:3].reshape(1, 3).repeat(5, 0).T.astype(i64).copy(), floats(3, 5)
for kind, apply in (('add', np.add), ('mul', np.multiply), ('max', np.maximum), ('min', np.minimum), ('none', lambda a, b: b)):
    out = base.copy()
    for i, j in np.ndindex(3, 5):
        out[index[i, j], j] = apply(out[index[i, j], j], new[i, j])
    test('scatter_elements_' + kind, 18, 'ScatterElements', [base, index, new], [out], reduction=kind)
    out = base.copy()
    for i in range(3):
        out[index[i, 0]] = apply(out[index[i, 0]], new[i])
    test('scatter_nd_' + kind, 18, 'ScatterND', [base, index[:, :1].copy(), new], [out], reduction=kind)
signal = floats(2, 10, 1)
for axis_input in (None, np.int64(1), np.int64(-2)):
    spectrum = np.fft.fft(signal[..., 0].astype(np.float64), axis=1)
    parts = np.stack([spectrum.real, spectrum.imag], -1).astype(f32)
    args = [signal] if axis_input is None else [signal, None, axis_input]
    test(f'dft_20_{"default" if axis_input is None else "first" if axis_input > 0 else "last"}', 20, 'DFT', args, [parts], [2] if axis_input is not None else [])
half = np.fft.rfft(signal[..., 0].astype(np.float64), axis=1)
test('dft_20_one_sided', 20, 'DFT', [signal, None, np.int64(1)], [np.stack([half.real, half.imag], -1).astype(f32)], [2], onesided=1)
for n in (10, 9):
    back = np.fft.irfft(half, n, axis=1)[..., None].astype(f32)
    args = [np.stack([half.real, half.imag], -1).astype(f32), None if n == 10 else np.int64(n), np.int64(1)]
    test(f'dft_20_inverse_one_sided_{n}', 20, 'DFT', args, [back], [2], onesided=1, inverse=1)
wide = floats(3, 4, dtype=np.float64)
test('gelu_f64', 20, 'Gelu', [wide], [np.vectorize(lambda t: 0.5 * t * (1 + math.erf(t / math.sqrt(2))))(wide)])
test('constant_of_shape_24', 24, 'ConstantOfShape', [ints(2, 3)], [np.full((2, 3), 7, np.int32)], value=helper.make_tensor('v', TensorProto.INT32, [1], [7]))
thin = floats(3, 1)
test('expand_runtime', 23, 'Expand', [thin, ints(2, 1, 4)], [np.broadcast_to(thin, (2, 3, 4))])
for name, inputs in (('tensor', [thin]), ('missing', [])):
    test('optional_has_element_' + name, 18, 'OptionalHasElement', inputs, [np.array(bool(inputs))])
test('optional_get_element_tensor', 18, 'OptionalGetElement', [thin], [thin])

CASES.main()
