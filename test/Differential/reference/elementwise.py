# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Elementwise operators with NumPy broadcasting."""
import functools
import math

import numpy as np

from .call import operator

erf = np.vectorize(math.erf, otypes=[np.float64])


def unary(name, function):
    operator(name)(lambda call: function(call[0]))


def sigmoid(x):
    return np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))))


def softplus(x):
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def relu(x):
    return np.where(np.isnan(x), x, np.maximum(x, 0)) if x.dtype.kind == 'f' else np.maximum(x, x.dtype.type(0))


for _name, _function in [
        ('Abs', np.abs), ('Acos', np.arccos), ('Acosh', np.arccosh), ('Asin', np.arcsin), ('Asinh', np.arcsinh), ('Atan', np.arctan),
        ('Atanh', np.arctanh), ('Ceil', np.ceil), ('Cos', np.cos), ('Cosh', np.cosh), ('Erf', erf), ('Exp', np.exp), ('Floor', np.floor),
        ('Log', np.log), ('Neg', np.negative), ('Reciprocal', lambda x: 1 / x), ('Round', np.rint), ('Sign', np.sign), ('Sin', np.sin),
        ('Sinh', np.sinh), ('Sqrt', np.sqrt), ('Tan', np.tan), ('Tanh', np.tanh), ('Sigmoid', sigmoid), ('Softplus', softplus),
        ('Softsign', lambda x: x / (1 + np.abs(x))), ('Relu', relu), ('Not', np.logical_not), ('BitwiseNot', np.invert),
        ('IsNaN', np.isnan), ('Identity', lambda x: x), ('HardSwish', lambda x: x * np.clip(x * np.float64(np.float32(1 / 6)) + 0.5, 0, 1)),  # 1/6 is an attribute
        ('Mish', lambda x: x * np.tanh(softplus(x)))]:
    unary(_name, _function)


@operator('IsInf')
def is_inf(call):
    x = call[0]
    return (np.isposinf(x) & bool(call.attribute('detect_positive', 1))) | (np.isneginf(x) & bool(call.attribute('detect_negative', 1)))


@operator('Gelu')
def gelu(call):
    x = call[0]
    if call.attribute('approximate', 'none') == 'tanh':
        return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))
    return 0.5 * x * (1 + erf(x / math.sqrt(2)))


@operator('Swish')
def swish(call):
    return call[0] * sigmoid(np.float64(np.float32(call.attribute('alpha', 1.0))) * call[0])


def f32(value):
    return np.float64(np.float32(value))  # attributes are stored in f32


@operator('Elu')
def elu(call):
    return np.where(call[0] < 0, f32(call.attribute('alpha', 1.0)) * np.expm1(call[0]), call[0])


@operator('Celu')
def celu(call):
    alpha = f32(call.attribute('alpha', 1.0))
    return np.maximum(call[0], 0) + np.minimum(0, alpha * np.expm1(call[0] / alpha))


@operator('Selu')
def selu(call):
    alpha, gamma = f32(call.attribute('alpha', 1.67326319217681884765625)), f32(call.attribute('gamma', 1.05070102214813232421875))
    return np.where(call[0] > 0, gamma * call[0], gamma * alpha * np.expm1(call[0]))


@operator('LeakyRelu')
def leaky_relu(call):
    return np.where(call[0] < 0, f32(call.attribute('alpha', 0.01)) * call[0], call[0])


@operator('ThresholdedRelu')
def thresholded_relu(call):
    return np.where(call[0] > f32(call.attribute('alpha', 1.0)), call[0], 0)


@operator('HardSigmoid')
def hard_sigmoid(call):
    return np.clip(f32(call.attribute('alpha', 0.2)) * call[0] + f32(call.attribute('beta', 0.5)), 0, 1)


@operator('Shrink')
def shrink(call):
    x, bias, limit = call[0], f32(call.attribute('bias', 0.0)), f32(call.attribute('lambd', 0.5))
    return np.where(x < -limit, x + bias, np.where(x > limit, x - bias, np.zeros_like(x))).astype(x.dtype)


@operator('Dropout')
def dropout(call):
    return call[0], np.ones(call[0].shape, bool)


@operator('Clip')
def clip(call):
    x = call[0]
    low, high = (call[1], call[2]) if call.opset >= 11 else (call.attribute('min'), call.attribute('max'))
    low, high = (None if v is None else f32(v) if call.opset < 11 else v for v in (low, high))
    if low is not None:
        x = np.maximum(x, low)
    if high is not None:
        x = np.minimum(x, high)
    return x


@operator('Cast', 'CastLike')
def cast(call):
    to = np.dtype(call.attribute('to_dtype')) if call.op == 'Cast' else call.types[1]
    x = call[0]
    call.type = to
    return x.astype(np.float64) if to.kind == 'f' and x.dtype.kind != 'f' and x.dtype.itemsize < 8 else x.astype(to)


@operator('BitCast')
def bit_cast(call):
    x = call[0].astype(call.types[0])
    result = np.ascontiguousarray(x).view(np.dtype(call.attribute('to_dtype'))).reshape(x.shape)
    call.type = result.dtype
    return result


def divide(x, y):
    if x.dtype.kind == 'f':
        return x / y
    if x.dtype.kind == 'u':
        return x // y
    quotient = np.abs(x) // np.abs(y)  # truncates, as in C
    return np.where((x < 0) != (y < 0), -quotient, quotient).astype(x.dtype)


def modulo(call):
    x, y = call.inputs
    return np.fmod(x, y) if call.attribute('fmod', 0) else np.mod(x, y)


@operator('Pow')
def power(call):
    x, y = call.inputs
    if x.dtype.kind == 'f':
        return np.power(x, y.astype(np.float64))
    return np.power(x.astype(np.float64), y.astype(np.float64)).astype(x.dtype) if y.dtype.kind == 'f' else np.power(x, y.astype(x.dtype))


for _name, _function in [('Add', np.add), ('Sub', np.subtract), ('Mul', np.multiply), ('Div', divide), ('And', np.logical_and), ('Or', np.logical_or),
                         ('Xor', np.logical_xor), ('BitwiseAnd', np.bitwise_and), ('BitwiseOr', np.bitwise_or), ('BitwiseXor', np.bitwise_xor),
                         ('Equal', np.equal), ('Greater', np.greater), ('GreaterOrEqual', np.greater_equal), ('Less', np.less),
                         ('LessOrEqual', np.less_equal), ('PRelu', lambda x, slope: np.where(x < 0, slope * x, x))]:
    operator(_name)(lambda call, function=_function: function(call[0], call[1]))
operator('Mod')(modulo)


@operator('BitShift')
def bit_shift(call):
    return np.left_shift(call[0], call[1]) if call.attribute('direction') == 'LEFT' else np.right_shift(call[0], call[1])


@operator('Where')
def where(call):
    call.type = call.types[1]
    return np.where(call[0], call[1], call[2])


for _name, _function in [('Max', np.maximum), ('Min', np.minimum), ('Sum', np.add)]:
    operator(_name)(lambda call, function=_function: functools.reduce(function, call.inputs))


@operator('Mean')
def mean(call):
    return functools.reduce(np.add, call.inputs) / len(call.inputs)
