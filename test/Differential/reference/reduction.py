# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reductions, scans, sorting and what is built on rows."""
import numpy as np

from .call import operator


def reduce_with(function):
    def run(call):
        x, keep = call[0], bool(call.attribute('keepdims', 1))
        axes = call.ints(1) if call.opset >= (13 if call.op == 'ReduceSum' else 18) else call.attribute('axes')
        if not axes:
            # Nothing is reduced: only the operation on single elements is left.
            axes = () if call.attribute('noop_with_empty_axes', 0) else tuple(range(x.ndim))
        return function(x, tuple(axes), keep)
    return run


def log_sum_exp(x, axes, keep):
    high = x.max(axes, keepdims=True) if x.size else np.zeros(())
    high = np.where(np.isfinite(high), high, 0)
    total = np.log(np.exp(x - high).sum(axes, keepdims=True)) + high
    return total if keep else np.squeeze(total, axes)


for _name, _function in [
        ('ReduceSum', lambda x, axes, keep: x.sum(axes, x.dtype, keepdims=keep)), ('ReduceMean', lambda x, axes, keep: x.mean(axes, keepdims=keep)),
        ('ReduceMax', lambda x, axes, keep: x.max(axes, keepdims=keep)), ('ReduceMin', lambda x, axes, keep: x.min(axes, keepdims=keep)),
        ('ReduceProd', lambda x, axes, keep: x.prod(axes, x.dtype, keepdims=keep)),
        ('ReduceSumSquare', lambda x, axes, keep: (x * x).sum(axes, x.dtype, keepdims=keep)),
        ('ReduceL1', lambda x, axes, keep: np.abs(x).sum(axes, x.dtype, keepdims=keep)),
        ('ReduceL2', lambda x, axes, keep: np.sqrt((x * x).sum(axes, keepdims=keep))),
        ('ReduceLogSum', lambda x, axes, keep: np.log(x.sum(axes, keepdims=keep))), ('ReduceLogSumExp', log_sum_exp)]:
    operator(_name)(reduce_with(_function))


@operator('ArgMax', 'ArgMin')
def arg_max(call):
    x, axis = call[0], call.attribute('axis', 0)
    find = np.argmax if call.op == 'ArgMax' else np.argmin
    if call.attribute('select_last_index', 0):
        result = x.shape[axis] - 1 - find(np.flip(x, axis), axis)
    else:
        result = find(x, axis)
    return (np.expand_dims(result, axis) if call.attribute('keepdims', 1) else result).astype(np.int64)


@operator('CumSum')
def cum_sum(call):
    x, axis = call[0], int(call[1].reshape(()))
    if call.attribute('reverse', 0):
        x = np.flip(x, axis)
    total = np.cumsum(x, axis, x.dtype)
    if call.attribute('exclusive', 0):
        total = total - x
    return np.flip(total, axis) if call.attribute('reverse', 0) else total


@operator('CumProd')
def cum_prod(call):
    x, axis = call[0], int(call[1].reshape(()))
    result, total = np.empty_like(x), np.ones_like(np.take(x, 0, axis)) if x.shape[axis] else None
    order = range(x.shape[axis])
    for i in reversed(order) if call.attribute('reverse', 0) else order:
        place = (slice(None),) * (axis % x.ndim) + (i,)
        result[place] = total if call.attribute('exclusive', 0) else total * x[place]
        total = total * x[place]
    return result


@operator('TopK')
def top_k(call):
    x = call[0]
    k = call.attribute('k') if call.opset < 10 else int(call[1].reshape(-1)[0])
    axis, largest = call.attribute('axis', -1), call.attribute('largest', 1)
    key = x if not largest else -x if x.dtype.kind == 'f' else ~x
    order = np.argsort(key, axis, kind='stable')
    order = np.take(order, range(k), axis)
    return np.take_along_axis(x, order, axis), order.astype(np.int64)


def rows(call, default):
    """The operand with the dimension that Softmax and its relatives work on last; before opset 13 all from `axis` on are one."""
    x, axis = call[0], call.attribute('axis', default)
    if call.opset >= 13:
        return x, axis, x.shape
    axis += x.ndim if axis < 0 else 0
    return x.reshape(int(np.prod(x.shape[:axis])), int(np.prod(x.shape[axis:]))), 1, x.shape


def softmax(x, axis):
    if x.size == 0:
        return x
    powers = np.exp(x - x.max(axis, keepdims=True))
    return powers / powers.sum(axis, keepdims=True)


@operator('Softmax')
def softmax_(call):
    x, axis, shape = rows(call, -1 if call.opset >= 13 else 1)
    return softmax(x, axis).reshape(shape)


@operator('LogSoftmax')
def log_softmax(call):
    x, axis, shape = rows(call, -1 if call.opset >= 13 else 1)
    if x.size == 0:
        return call[0]
    high = x.max(axis, keepdims=True)
    return (x - high - np.log(np.exp(x - high).sum(axis, keepdims=True))).reshape(shape)


@operator('Hardmax')
def hardmax(call):
    x, axis, shape = rows(call, -1 if call.opset >= 13 else 1)
    result = np.zeros(x.shape)
    if x.size:
        np.put_along_axis(result, np.expand_dims(x.argmax(axis), axis), 1, axis)
    return result.reshape(shape)


@operator('Det')
def det(call):
    return np.linalg.det(call[0])


@operator('DFT')
def dft(call):
    """Opset 17: axis is an attribute that counts from 1 without the last dimension; from 20 on an operand."""
    x = call[0]
    axis = call.attribute('axis', 1) if call.opset < 20 else (-2 if call[2] is None else int(call[2].reshape(())))
    length = x.shape[axis] if call[1] is None else int(call[1].reshape(()))
    z = x[..., 0] if x.shape[-1] == 1 else x[..., 0] + 1j * x[..., 1]
    axis = axis if axis >= 0 else axis + x.ndim
    result = np.fft.ifft(z, length, axis) if call.attribute('inverse', 0) else np.fft.fft(z, length, axis)
    if call.attribute('onesided', 0):
        result = np.take(result, range(length // 2 + 1), axis)
    return np.stack([result.real, result.imag], -1)


@operator('STFT')
def stft(call):
    signal, step, window = call[0], int(call[1].reshape(())), call[2]
    length = int(call[3].reshape(())) if call[3] is not None else window.shape[0]
    window = np.ones(length) if window is None else window
    z = signal[..., 0] if signal.ndim == 3 and signal.shape[-1] == 1 else signal[..., 0] + 1j * signal[..., 1] if signal.ndim == 3 else signal
    count = (z.shape[1] - length) // step + 1
    frames = np.stack([np.fft.fft(z[:, i * step:i * step + length] * window, length, 1) for i in range(count)], 1)
    if call.attribute('onesided', 1):
        frames = frames[..., :length // 2 + 1]
    return np.stack([frames.real, frames.imag], -1)
