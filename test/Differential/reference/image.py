# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Resize, Upsample, GridSample, AffineGrid, DeformConv and RoiAlign."""
import itertools
import math

import numpy as np

from .call import operator


def source_position(call, mode, out, size, result, scale, roi):
    """The position in the operand that element `out` of `result` elements is read at (coordinate_transformation_mode)."""
    if mode == 'half_pixel':
        return (out + 0.5) / scale - 0.5
    if mode == 'asymmetric':
        return out / scale
    if mode == 'align_corners':
        length = scale * size  # as scaled, before it is rounded down
        return out * (size - 1) / (length - 1) if result > 1 else 0.0
    if mode == 'pytorch_half_pixel':
        return (out + 0.5) / scale - 0.5 if result > 1 else 0.0
    if mode == 'half_pixel_symmetric':
        adjustment = result / (scale * size)
        return size / 2 * (1 - adjustment) + (out + 0.5) / scale - 0.5
    assert mode == 'tf_half_pixel_for_nn', mode
    return (out + 0.5) / scale


def nearest(position, mode):
    if mode == 'round_prefer_floor':
        return math.ceil(position - 0.5)
    if mode == 'round_prefer_ceil':
        return math.floor(position + 0.5)
    return math.floor(position) if mode == 'floor' else math.ceil(position)


def axis_weights(call, size, result, scale, coordinate, antialias=False):
    """Matrix result x size of one axis."""
    mode, matrix = call.attribute('mode', 'nearest'), np.zeros((result, size))
    for out in range(result):
        at = source_position(call, coordinate, out, size, result, scale, None)
        if mode == 'nearest':
            matrix[out, min(max(nearest(at, call.attribute('nearest_mode', 'round_prefer_floor')), 0), size - 1)] = 1
            continue
        first = math.floor(at)
        if mode == 'linear':
            taps = [(first, 1 - (at - first)), (first + 1, at - first)]
        else:
            a, t = np.float64(np.float32(call.attribute('cubic_coeff_a', -0.75))), at - first
            near = lambda d: (a + 2) * d ** 3 - (a + 3) * d ** 2 + 1
            far = lambda d: a * d ** 3 - 5 * a * d ** 2 + 8 * a * d - 4 * a
            taps = [(first - 1, far(1 + t)), (first, near(t)), (first + 1, near(1 - t)), (first + 2, far(2 - t))]
            if call.attribute('exclude_outside', 0):
                taps = [(i, v if 0 <= i < size else 0.0) for i, v in taps]
                total = sum(v for _, v in taps)
                taps = [(i, v / total) for i, v in taps]
        for i, v in taps:
            matrix[out, min(max(i, 0), size - 1)] += v
    return matrix


@operator('Resize')
def resize(call):
    x = call[0]
    scales, sizes = (call[1], None) if call.opset < 11 else (call[2], call[3])
    axes = call.attribute('axes') or list(range(x.ndim))
    coordinate = call.attribute('coordinate_transformation_mode', 'half_pixel') if call.opset >= 11 else 'asymmetric'
    if call.opset < 11:
        call.attributes = dict(call.attributes, nearest_mode='floor')
    return apply_axes(call, x, scales, sizes, axes, coordinate)


@operator('Upsample')
def upsample(call):
    scales = np.array(call.attribute('scales'), np.float32).astype(np.float64) if call.opset < 9 else call[1]
    call.attributes = dict(call.attributes, nearest_mode='floor')
    return apply_axes(call, call[0], scales, None, list(range(call[0].ndim)), 'asymmetric')


def apply_axes(call, x, scales, sizes, axes, coordinate):
    for i, axis in enumerate(axes):
        size = x.shape[axis]
        if sizes is not None and sizes.size:
            result = int(sizes[i])
            scale = result / size
        else:
            scale = float(scales[i])
            result = math.floor(size * scale)
        if result == size and scale == 1:
            continue
        matrix = axis_weights(call, size, result, scale, coordinate)
        if call.attribute('mode', 'nearest') == 'nearest':  # weights of 0 would hand on NaN
            x = np.take(x, matrix.argmax(1), axis)
            continue
        moved = np.moveaxis(x, axis, -1)
        x = np.moveaxis((moved.astype(np.float64) @ matrix.T).astype(x.dtype), -1, axis)
    return x


def reflect(at, low, high):
    span = high - low
    if span == 0:
        return low
    distance = abs(at - low) % (2 * span)
    return low + (distance if distance <= span else 2 * span - distance)


@operator('GridSample')
def grid_sample(call):
    x, grid = call[0], call[1]
    mode, padding, corners = call.attribute('mode', 'linear'), call.attribute('padding_mode', 'zeros'), call.attribute('align_corners', 0)
    mode = {'bilinear': 'linear', 'bicubic': 'cubic'}.get(mode, mode)
    n, channels, *sizes = x.shape
    result = np.zeros((n, channels, *grid.shape[1:-1]))
    for place in np.ndindex(n, *grid.shape[1:-1]):
        at = []
        for size, g in zip(sizes, reversed(grid[place])):
            position = (g + 1) / 2 * (size - 1) if corners else ((g + 1) * size - 1) / 2
            low, high = (0, size - 1) if corners else (-0.5, size - 0.5)
            if mode == 'nearest':
                position = np.rint(position)
            if position < low or position > high:
                if padding == 'border':
                    position = min(max(position, 0), size - 1)
                elif padding == 'reflection':
                    position = reflect(position, low, high)
            at.append(position)
        taps = []
        for position, size in zip(at, sizes):
            first = math.floor(position)
            t = position - first
            if mode == 'nearest':
                taps.append([(int(np.rint(position)), 1.0)])
            elif mode == 'linear':
                taps.append([(first, 1 - t), (first + 1, t)])
            else:
                a = -0.75
                near = lambda d: (a + 2) * d ** 3 - (a + 3) * d ** 2 + 1
                far = lambda d: a * d ** 3 - 5 * a * d ** 2 + 8 * a * d - 4 * a
                taps.append([(first - 1, far(1 + t)), (first, near(t)), (first + 1, near(1 - t)), (first + 2, far(2 - t))])
        total = np.zeros(channels)
        for combination in itertools.product(*taps):
            weight, index = 1.0, []
            for (i, v), size in zip(combination, sizes):
                weight *= v
                if not 0 <= i < size:
                    if padding == 'zeros':
                        index = None
                        break
                    low, high = (0, size - 1) if corners else (-0.5, size - 0.5)
                    i = min(max(i, 0), size - 1) if padding == 'border' else int(min(max(reflect(i, low, high), 0), size - 1))
                index.append(i)
            if index is not None:
                total += weight * x[(place[0], slice(None), *index)]
        result[(place[0], slice(None), *place[1:])] = total
    return result


@operator('AffineGrid')
def affine_grid(call):
    theta, sizes = call[0], call.ints(1)[2:]
    result = np.zeros((len(theta), *sizes, len(sizes)))
    for place in np.ndindex(*sizes):
        if call.attribute('align_corners', 0):
            at = [-1 + 2 * i / (n - 1) if n > 1 else -1.0 for i, n in zip(place, sizes)]
        else:
            at = [(2 * i + 1) / n - 1 for i, n in zip(place, sizes)]
        result[(slice(None), *place)] = theta @ np.array([*reversed(at), 1.0])
    return result


@operator('DeformConv')
def deform_conv(call):
    x, weights, offsets, bias, mask = (call[i] for i in range(5))
    groups, parts = call.attribute('group', 1), call.attribute('offset_group', 1)
    strides, dilations, pads = call.attribute('strides') or [1, 1], call.attribute('dilations') or [1, 1], call.attribute('pads') or [0] * 4
    (n, channels, h, w), (outputs, inputs, kh, kw), (oh, ow) = x.shape, weights.shape, offsets.shape[2:]
    result = np.zeros((n, outputs, oh, ow))
    for b, o, y, xx, c, i, j in itertools.product(*map(range, (n, outputs, oh, ow, inputs, kh, kw))):
        channel = o // (outputs // groups) * inputs + c
        part = channel // (channels // parts)
        tap = (part * kh + i) * kw + j
        row = y * strides[0] - pads[0] + i * dilations[0] + offsets[b, 2 * tap, y, xx]
        column = xx * strides[1] - pads[1] + j * dilations[1] + offsets[b, 2 * tap + 1, y, xx]
        value, top, left = 0.0, math.floor(row), math.floor(column)
        for r, q in itertools.product((top, top + 1), (left, left + 1)):
            if 0 <= r < h and 0 <= q < w:
                value += (1 - abs(row - r)) * (1 - abs(column - q)) * x[b, channel, r, q]
        result[b, o, y, xx] += weights[o, c, i, j] * value * (1 if mask is None else mask[b, tap, y, xx])
    return result if bias is None else result + bias.reshape(-1, 1, 1)


@operator('RoiAlign')
def roi_align(call):
    x, rois, batches = call[0], call[1], call[2]
    scale = np.float64(np.float32(call.attribute('spatial_scale', 1.0)))
    ph, pw, ratio = call.attribute('output_height', 1), call.attribute('output_width', 1), call.attribute('sampling_ratio', 0)
    half = call.opset >= 16 and call.attribute('coordinate_transformation_mode', 'half_pixel') == 'half_pixel'
    offset = 0.5 if half else 0.0
    h, w = x.shape[2:]
    result = np.zeros((len(rois), x.shape[1], ph, pw))

    def sample(image, y, xx):
        if y < -1 or y > h or xx < -1 or xx > w:
            return np.zeros(len(image)), np.zeros(len(image))
        y, xx = max(y, 0), max(xx, 0)
        y0, x0 = int(y), int(xx)
        if y0 >= h - 1:
            y0 = y1 = h - 1
            y = float(y0)
        else:
            y1 = y0 + 1
        if x0 >= w - 1:
            x0 = x1 = w - 1
            xx = float(x0)
        else:
            x1 = x0 + 1
        ly, lx = y - y0, xx - x0
        parts = [(1 - ly) * (1 - lx) * image[:, y0, x0], (1 - ly) * lx * image[:, y0, x1], ly * (1 - lx) * image[:, y1, x0], ly * lx * image[:, y1, x1]]
        return sum(parts), np.max(parts, 0)

    for i, (box, batch) in enumerate(zip(rois, batches)):
        x1, y1, x2, y2 = box * scale - offset
        rh, rw = y2 - y1, x2 - x1
        if not half:
            rh, rw = max(rh, 1.0), max(rw, 1.0)
        bh, bw = rh / ph, rw / pw
        gh, gw = (ratio, ratio) if ratio > 0 else (math.ceil(rh / ph), math.ceil(rw / pw))
        for p, q in np.ndindex(ph, pw):
            taken = [sample(x[batch], y1 + p * bh + (a + 0.5) * bh / gh, x1 + q * bw + (b + 0.5) * bw / gw) for a in range(gh) for b in range(gw)]
            if call.attribute('mode', 'avg') == 'avg':
                result[i, :, p, q] = np.sum([s for s, _ in taken], 0) / max(gh * gw, 1)
            else:
                result[i, :, p, q] = np.max([m for _, m in taken], 0)
    return result
