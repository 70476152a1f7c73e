# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Resize, Upsample, GridSample, AffineGrid, DeformConv and RoiAlign."""
import numpy as np

from graph import Reject
from .table import generator


@generator('Resize', since=10)
def resize(g, op):
    x = g.pick(g.dtype(op, only=['float32', 'float32', 'float64', 'uint8', 'int32']), rank=4, size=1)
    mode = g.choose('nearest', 'linear', 'cubic') if g.opset >= 11 and x.dtype.startswith('float') else g.choose('nearest', 'linear') if x.dtype.startswith('float') else 'nearest'
    # Scales that make positions exact in f32.
    scales = [1.0, 1.0] + [g.choose(0.5, 1.0, 2.0, 1.5, 3.0) for _ in range(2)]
    if any(int(n * s) < 1 for n, s in zip(x.shape, scales)):
        raise Reject('no element')
    if g.opset < 11:
        g.add(op, [x, g.constant(np.array(scales, np.float32))], mode=mode, accuracy='sum_signed' if mode != 'nearest' else 'exact')
        return
    coordinate = g.choose(None, 'half_pixel', 'asymmetric', 'align_corners', 'pytorch_half_pixel')
    attributes = dict(mode=mode, coordinate_transformation_mode=coordinate)
    if mode == 'nearest':
        attributes['nearest_mode'] = g.choose(None, 'round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil')
        if coordinate == 'align_corners':
            attributes['coordinate_transformation_mode'] = 'asymmetric'  # its positions are quotients that need not be exact
    if mode == 'cubic':
        attributes.update(cubic_coeff_a=g.choose(None, -0.5), exclude_outside=g.choose(None, 0, 1))
    roi = None if g.opset >= 13 else g.constant(np.zeros(0, np.float32))
    if g.chance(0.4):
        sizes = [int(n * s) for n, s in zip(x.shape, scales)]
        if any(n * s != int(n * s) for n, s in zip(x.shape, scales)):
            raise Reject('another scale')
        operands = [x, roi, g.constant(np.zeros(0, np.float32)) if g.opset < 13 else None, g.sizes(sizes, runtime=False)]
    else:
        operands = [x, roi, g.constant(np.array(scales, np.float32))]
    if g.opset >= 18 and g.chance(0.4):
        attributes['axes'] = [2, 3]
        last = operands[-1]
        operands[-1] = g.constant(last.array[2:])
    g.add(op, operands, accuracy='sum_signed' if mode != 'nearest' else 'exact', **attributes)


@generator('Upsample', since=7, until=9)
def upsample(g, op):
    x = g.pick('float32', rank=4, size=1)
    scales = [1.0, 1.0, g.choose(1.0, 2.0, 3.0), g.choose(1.0, 2.0, 1.5)]
    mode = g.choose('nearest', 'linear')
    accuracy = 'sum_signed' if mode == 'linear' else 'exact'
    if g.opset < 9:
        g.add(op, [x], mode=mode, scales=scales, accuracy=accuracy)
    else:
        g.add(op, [x, g.constant(np.array(scales, np.float32))], mode=mode, accuracy=accuracy)


@generator('GridSample', since=16)
def grid_sample(g, op):
    batch, new = g.size(1, 2), g.opset >= 20
    x = g.pick('float32', shape=(batch, g.size(1, 3), g.size(2, 5), g.size(2, 5)))
    modes = ('linear', 'nearest', 'cubic') if new else ('bilinear', 'nearest', 'bicubic')
    mode = g.rng.choice(modes)
    grid = g.array('float32', (batch, g.size(1, 4), g.size(1, 4), 2), -1.3, 1.3)
    # With cubic weights PyTorch, whose exports tt follows, and ONNX's own reference differ at other borders.
    padding = g.choose(None, 'zeros') if mode == modes[2] else g.choose(None, 'zeros', 'border', 'reflection')
    g.add(op, [x, g.fresh(grid)], accuracy='interpolation', mode=mode, padding_mode=padding, align_corners=g.choose(None, 0, 1))


@generator('AffineGrid', since=20)
def affine_grid(g, op):
    rank, batch = g.choose(2, 2, 3), g.size(1, 3)
    theta = g.pick(g.choose('float32', 'float32', 'float64'), shape=(batch, rank, rank + 1), known=(1, 2))
    g.add(op, [theta, g.sizes([batch, g.size(1, 3), *(g.rng.randint(2, 5) for _ in range(rank))])], accuracy='smooth', align_corners=g.choose(None, 0, 1))


@generator('DeformConv', since=19)
def deform_conv(g, op):
    groups, parts = g.choose(1, 1, 2), g.choose(1, 1, 2)
    channels, outputs = 2 * g.rng.randint(1, 2), groups * g.rng.randint(1, 2)
    kernel, strides, dilations = ([g.choose(*choices) for _ in range(2)] for choices in ((1, 2, 3), (1, 1, 2), (1, 1, 2)))
    pads = [g.rng.randint(0, 1) for _ in range(4)] if g.chance(0.5) else [0] * 4
    sizes = [(k - 1) * d + 1 + g.rng.randint(0, 2) for k, d in zip(kernel, dilations)]
    out = [(n + pads[i] + pads[2 + i] - (k - 1) * d - 1) // s + 1 for i, (n, k, d, s) in enumerate(zip(sizes, kernel, dilations, strides))]
    batch, taps, dtype = g.size(1, 2), parts * kernel[0] * kernel[1], g.choose('float32', 'float32', 'float64')
    operands = [g.pick(dtype, shape=(batch, channels, *sizes), known=(1, 2, 3)), g.pick(dtype, shape=(outputs, channels // groups, *kernel), known=range(4))]
    # Halves between whole numbers: far from the places where the result is not smooth.
    shift = g.np.integers(-2, 2, (batch, 2 * taps, *out), endpoint=True) + g.np.uniform(0.2, 0.8, (batch, 2 * taps, *out))
    operands.append(g.fresh(shift.astype(dtype)))
    if g.chance(0.6):
        operands.append(g.pick(dtype, shape=(outputs,)))
    if g.chance(0.5):
        operands += [None] * (4 - len(operands)) + [g.pick(dtype, shape=(batch, taps, *out))]
    g.add(op, operands, accuracy='sum_signed', group=groups if groups > 1 else g.choose(None, 1), offset_group=parts if parts > 1 else g.choose(None, 1),
          kernel_shape=kernel if g.chance(0.5) else None, strides=strides if max(strides) > 1 else None, dilations=dilations if max(dilations) > 1 else None,
          pads=pads if any(pads) else None)


@generator('RoiAlign', since=10)
def roi_align(g, op):
    batch, rois = g.size(1, 2), g.rng.randint(1, 3)
    x = g.pick('float32', shape=(batch, g.size(1, 3), g.size(3, 7), g.size(3, 7)))
    corner, extent = g.np.uniform(0, 3, (rois, 2)), g.np.uniform(0.7, 4, (rois, 2))
    boxes = g.state(g.fresh(np.concatenate([corner, corner + extent], 1).astype(np.float32)), [1])
    which = g.fresh(g.np.integers(0, batch, rois).astype(np.int64))
    g.add(op, [x, boxes, which], accuracy='smooth', output_height=g.rng.randint(1, 3), output_width=g.rng.randint(1, 3), sampling_ratio=g.choose(1, 2, 3),
          spatial_scale=g.choose(None, 0.5, 1.0), mode=g.choose(None, 'avg', 'max'),
          coordinate_transformation_mode=g.choose(None, 'half_pixel', 'output_half_pixel') if g.opset >= 16 else None)
