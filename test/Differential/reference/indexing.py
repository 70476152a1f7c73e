# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators that read or write at positions."""
import numpy as np

from .call import operator


@operator('Gather')
def gather(call):
    axis = call.attribute('axis', 0)
    indices = np.where(call[1] < 0, call[1] + call[0].shape[axis], call[1])
    return np.take(call[0], indices, axis)


@operator('GatherElements')
def gather_elements(call):
    axis = call.attribute('axis', 0) % call[0].ndim
    result = np.empty(call[1].shape, call[0].dtype)
    for place in np.ndindex(call[1].shape):
        source = list(place)
        source[axis] = call[1][place]
        result[place] = call[0][tuple(source)]
    return result


@operator('GatherND')
def gather_nd(call):
    x, indices, b = call[0], call[1], call.attribute('batch_dims', 0)
    result = np.empty(indices.shape[:-1] + x.shape[b + indices.shape[-1]:], x.dtype)
    for place in np.ndindex(indices.shape[:-1]):
        result[place] = x[place[:b] + tuple(indices[place])]
    return result


@operator('OneHot')
def one_hot(call):
    depth, axis = int(call[1].reshape(-1)[0]), call.attribute('axis', -1)
    indices = np.rint(call[0]).astype(np.int64)
    off, on = call[2]
    call.type = call.types[2]
    axis += indices.ndim + 1 if axis < 0 else 0
    result = np.full(indices.shape[:axis] + (depth,) + indices.shape[axis:], off, call[2].dtype)
    for place in np.ndindex(indices.shape):
        index = indices[place]
        if -depth <= index < depth:
            result[place[:axis] + (index % depth,) + place[axis:]] = on
    return result


@operator('ReverseSequence')
def reverse_sequence(call):
    x, lengths = call[0], call[1]
    time, batch = call.attribute('time_axis', 0), call.attribute('batch_axis', 1)
    result = x.copy()
    for i, length in enumerate(lengths):
        where = [slice(None)] * x.ndim
        where[batch] = i
        source = list(where)
        where[time], source[time] = slice(0, length), slice(length - 1, None, -1) if length == x.shape[time] else slice(length - 1, None, -1)
        part = np.take(np.take(x, i, batch), range(length - 1, -1, -1), time - (batch < time))
        result[tuple(where)] = part
    return result


REDUCTIONS = {'none': lambda old, new: new, 'add': lambda old, new: old + new, 'mul': lambda old, new: old * new, 'max': np.maximum, 'min': np.minimum}


@operator('Scatter', 'ScatterElements')
def scatter_elements(call):
    axis, reduction = call.attribute('axis', 0) % call[0].ndim, REDUCTIONS[call.attribute('reduction', 'none')]
    result = call[0].copy()
    for place in np.ndindex(call[1].shape):
        target = list(place)
        target[axis] = call[1][place]
        target = tuple(target)
        result[target] = reduction(result[target], call[2][place])
    return result


@operator('ScatterND')
def scatter_nd(call):
    reduction = REDUCTIONS[call.attribute('reduction', 'none')]
    result = call[0].copy()
    for place in np.ndindex(call[1].shape[:-1]):
        target = tuple(call[1][place])
        result[target] = reduction(result[target], call[2][place])
    return result


@operator('TensorScatter')
def tensor_scatter(call):
    result, updates, axis = call[0].copy(), call[1], call.attribute('axis', -2) % call[0].ndim
    first = call.ints(2) or [0] * len(result)
    for batch, start in enumerate(first):
        for i in range(updates.shape[axis]):
            place = (start + i) % result.shape[axis] if call.attribute('mode', 'linear') == 'circular' else start + i
            inner = (slice(None),) * (axis - 1)
            result[(batch, *inner, place)] = updates[(batch, *inner, i)]
    return result
