# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators that move elements, and those that make them from sizes."""
import numpy as np

from .call import operator


@operator('Concat')
def concat(call):
    return np.concatenate(call.inputs, call.attribute('axis', 1))


@operator('Transpose')
def transpose(call):
    return np.transpose(call[0], call.attribute('perm'))


@operator('Reshape')
def reshape(call):
    wanted, have = call.ints(1), call[0].shape
    if not call.attribute('allowzero', 0):
        wanted = [have[i] if size == 0 else size for i, size in enumerate(wanted)]
    return call[0].reshape(wanted)


@operator('Flatten')
def flatten(call):
    axis = call.attribute('axis', 1)
    shape = call[0].shape
    axis += len(shape) if axis < 0 else 0
    return call[0].reshape(int(np.prod(shape[:axis])), int(np.prod(shape[axis:])))


def axes_of(call, index, opset):
    """Axes: an attribute before `opset`, an operand from it on."""
    return call.attribute('axes') if call.opset < opset else call.ints(index)


@operator('Squeeze')
def squeeze(call):
    axes = axes_of(call, 1, 13)
    return np.squeeze(call[0], tuple(axes) if axes is not None else None)


@operator('Unsqueeze')
def unsqueeze(call):
    return np.expand_dims(call[0], tuple(axes_of(call, 1, 13)))


@operator('Expand')
def expand(call):
    return np.broadcast_to(call[0], np.broadcast_shapes(call[0].shape, tuple(call.ints(1))))


@operator('Tile')
def tile(call):
    return np.tile(call[0], call.ints(1))


@operator('Slice')
def slice_(call):
    rank = call[0].ndim
    if call.opset < 10:
        starts, ends, axes, steps = call.attribute('starts'), call.attribute('ends'), call.attribute('axes'), None
    else:
        starts, ends, axes, steps = (call.ints(i) for i in range(1, 5))
    axes = range(len(starts)) if axes is None else axes
    steps = [1] * len(starts) if steps is None else steps
    chosen = [slice(None)] * rank
    for start, end, axis, step in zip(starts, ends, axes, steps):
        size = call[0].shape[axis]
        start += size if start < 0 else 0
        end += size if end < 0 else 0
        # Clamped as the specification says: to [0, size] for positive steps, to [0, size-1] and [-1, size-1] for negative ones.
        start = min(max(start, 0), size) if step > 0 else min(max(start, 0), size - 1)
        end = min(max(end, 0), size) if step > 0 else min(max(end, -1), size - 1)
        chosen[axis] = slice(start, None if end < 0 else end, step)
    return call[0][tuple(chosen)]


@operator('Split')
def split(call):
    axis, size = call.attribute('axis', 0), call[0].shape[call.attribute('axis', 0)]
    parts = call.attribute('split') if call.opset < 13 else call.ints(1)
    if parts is None:
        count = call.attribute('num_outputs') or call.num_outputs
        part = -(-size // count)
        parts = [part] * (count - 1) + [size - part * (count - 1)]
    return tuple(np.split(call[0], np.cumsum(parts)[:-1], axis))


@operator('Pad')
def pad(call):
    x = call[0]
    if call.opset < 11:
        pads, value, axes = call.attribute('pads'), call.attribute('value', 0.0), None
        value = np.float32(value)
    else:
        pads, value, axes = call.ints(1), call[2], call.ints(3)
    axes = list(range(x.ndim)) if axes is None else [axis % x.ndim for axis in axes]
    before, behind = [0] * x.ndim, [0] * x.ndim
    for i, axis in enumerate(axes):
        before[axis], behind[axis] = pads[i], pads[len(axes) + i]
    # Negative pads cut.
    x = x[tuple(slice(max(-b, 0), x.shape[i] - max(-e, 0)) for i, (b, e) in enumerate(zip(before, behind)))]
    widths = [(max(b, 0), max(e, 0)) for b, e in zip(before, behind)]
    mode = call.attribute('mode', 'constant')
    if mode == 'constant':
        return np.pad(x, widths, constant_values=x.dtype.type(0) if value is None else np.asarray(value).reshape(-1)[0])
    return np.pad(x, widths, {'reflect': 'reflect', 'edge': 'edge', 'wrap': 'wrap'}[mode])


@operator('DepthToSpace')
def depth_to_space(call):
    n, c, h, w = call[0].shape
    b = call.attribute('blocksize')
    if call.attribute('mode', 'DCR') == 'DCR':
        return call[0].reshape(n, b, b, c // (b * b), h, w).transpose(0, 3, 4, 1, 5, 2).reshape(n, c // (b * b), h * b, w * b)
    return call[0].reshape(n, c // (b * b), b, b, h, w).transpose(0, 1, 4, 2, 5, 3).reshape(n, c // (b * b), h * b, w * b)


@operator('SpaceToDepth')
def space_to_depth(call):
    n, c, h, w = call[0].shape
    b = call.attribute('blocksize')
    return call[0].reshape(n, c, h // b, b, w // b, b).transpose(0, 3, 5, 1, 2, 4).reshape(n, c * b * b, h // b, w // b)


@operator('Shape')
def shape(call):
    return np.array(call[0].shape[call.attribute('start', 0):call.attribute('end')], np.int64)


@operator('Size')
def size(call):
    return np.array(call[0].size, np.int64)


@operator('Constant')
def constant(call):
    for name, type_ in (('value_float', np.float32), ('value_floats', np.float32), ('value_int', np.int64), ('value_ints', np.int64)):
        if name in call.attributes:
            call.type = np.dtype(type_)
            return np.array(call.attributes[name], type_)
    call.type = call.attributes['value'].dtype
    return call.attributes['value']


@operator('ConstantOfShape')
def constant_of_shape(call):
    value = call.attribute('value', np.zeros(1, np.float32))
    call.type = value.dtype
    return np.full(call.ints(0), value[0], value.dtype)


@operator('EyeLike')
def eye_like(call):
    to = np.dtype(call.attribute('to_dtype') or call.types[0])
    call.type = to
    return np.eye(*call[0].shape, k=call.attribute('k', 0)).astype(to)


@operator('Range')
def range_(call):
    start, limit, delta = (x.reshape(()) for x in call.inputs)
    count = max(int(np.ceil((limit - start) / delta)), 0)
    result = start + np.arange(count).astype(start.dtype) * delta
    return result if call.types[0].kind == 'f' else result.astype(call.types[0])


@operator('Trilu')
def trilu(call):
    k = 0 if call[1] is None else int(call[1].reshape(()))
    return np.triu(call[0], k) if call.attribute('upper', 1) else np.tril(call[0], k)


@operator('CenterCropPad')
def center_crop_pad(call):
    x = call[0]
    for axis, size in zip(call.attribute('axes') or range(x.ndim), call.ints(1)):
        axis, old = axis % x.ndim, x.shape[axis]
        if size < old:  # of an odd difference, the larger part goes at the end
            x = np.take(x, range((old - size) // 2, (old - size) // 2 + size), axis)
        else:
            widths = [(0, 0)] * x.ndim
            widths[axis] = ((size - old) // 2, size - old - (size - old) // 2)
            x = np.pad(x, widths)
    return x
