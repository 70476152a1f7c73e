# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Elementwise operators."""
import numpy as np

from graph import Reject
from .table import generator

FLOATS = ['float32', 'float64', 'float16']
SPECIAL = [np.nan, np.inf, -np.inf, 0.0, -0.0]


def operand(g, op, low=None, high=None, special=False, exact=False, index=0, only=None):
    dtype = g.dtype(op, index, only)
    if special and dtype.startswith('float') and g.chance(0.1):
        x = g.array(dtype, g.shape(low_rank=1, low=1), low, high)
        x.reshape(-1)[g.rng.randrange(x.size)] = g.rng.choice(SPECIAL)
        return g.fresh(x)
    signed = low is None or not dtype.startswith('u') or low >= 0
    return g.pick(dtype, low=low if signed else 0, high=high, exact=exact)


def unary(accuracy, *names, low=None, high=None, since=7, special=False, only=None):
    def make(g, op):
        g.add(op, [operand(g, op, low, high, special, exact=accuracy == 'discrete', only=only)], accuracy=accuracy)
    generator(*names, since=since)(make)


unary('exact', 'Abs', 'Neg', 'Relu', 'Identity', special=True)
unary('discrete', 'Ceil', 'Floor', special=True)
unary('discrete', 'Round', since=11)
unary('discrete', 'Sign', 'IsNaN', since=9, special=True)
unary('discrete', 'Not')
unary('discrete', 'BitwiseNot', since=18)
unary('smooth', 'Acos', 'Asin', low=-1, high=1)
unary('smooth', 'Acosh', since=9, low=1, high=4)
unary('smooth', 'Atanh', since=9, low=-0.9, high=0.9)
unary('smooth', 'Asinh', 'Cosh', 'Sinh', since=9)
unary('smooth', 'Erf', since=9, special=True, only=FLOATS)  # of integers it has no defined rounding
unary('smooth', 'Atan', 'Tanh', 'Exp', 'Sigmoid', 'Softplus', 'Softsign', special=True)
unary('smooth', 'Cos', 'Sin', 'Tan')
unary('smooth', 'Log', low=0.01, high=10)
unary('arithmetic', 'Sqrt', low=0, high=10)
unary('smooth', 'Reciprocal', low=0.1, high=10)
unary('smooth', 'HardSwish', since=14)
unary('smooth', 'Mish', since=18)


@generator('IsInf', since=10)
def is_inf(g, op):
    g.add(op, [operand(g, op, special=True, exact=True)], detect_negative=g.choose(None, 0, 1), detect_positive=g.choose(None, 0, 1))


@generator('Gelu', since=20)
def gelu(g, op):
    g.add(op, [operand(g, op, only=FLOATS)], accuracy='smooth', approximate=g.choose(None, 'none', 'tanh'))


@generator('Swish', since=24)
def swish(g, op):
    g.add(op, [operand(g, op, only=FLOATS)], accuracy='smooth', alpha=g.choose(None, 0.5, 1.7))


@generator('Elu', 'LeakyRelu')
def scaled(g, op):
    g.add(op, [operand(g, op)], accuracy='smooth', alpha=g.choose(None, 0.3, 1.5))


@generator('Celu', since=12)
def celu(g, op):
    g.add(op, [operand(g, op)], accuracy='smooth', alpha=g.choose(None, 0.3, 1.5))


@generator('Selu')
def selu(g, op):
    g.add(op, [operand(g, op)], accuracy='smooth', alpha=g.choose(None, 0.7), gamma=g.choose(None, 1.3))


@generator('ThresholdedRelu', since=10)
def thresholded_relu(g, op):
    g.add(op, [operand(g, op, exact=True)], alpha=g.choose(None, 0.3))


@generator('HardSigmoid')
def hard_sigmoid(g, op):
    g.add(op, [operand(g, op)], accuracy='smooth', alpha=g.choose(None, 0.3), beta=g.choose(None, 0.4))


@generator('Shrink', since=9)
def shrink(g, op):
    g.add(op, [operand(g, op, exact=True, only=FLOATS)], accuracy='arithmetic', lambd=g.choose(None, 0.3), bias=g.choose(None, 0.25))


@generator('Dropout')
def dropout(g, op):
    x = operand(g, op)
    extra = [g.constant(np.float32(0.3))] if g.opset >= 12 and g.chance(0.5) else []
    g.add(op, [x, *extra], count=1 if g.opset < 10 else g.choose(1, 2) if x.error is None else 1)


@generator('Clip')
def clip(g, op):
    if g.opset < 11:
        g.add(op, [operand(g, op)], min=g.choose(None, -0.5), max=g.choose(None, 0.75))
        return
    x = operand(g, op)
    bound = lambda v: g.fresh(np.array(v, x.dtype)) if g.chance(0.8) else None
    low, high = bound(0 if x.dtype.startswith('u') else -1), bound(1 if x.dtype[0] != 'f' else 0.75)
    g.add(op, [x, low, high] if high else [x, low] if low else [x])


@generator('Cast')
def cast(g, op):
    x = g.pick(sorted(g.types(op) & {'float32', 'float64', 'float16', 'int64', 'int32', 'int8', 'uint8', 'int16', 'uint16', 'uint32', 'uint64', 'bool'}))
    to = g.dtype(op)
    check_cast(x, to)
    g.add(op, [x], to_dtype=to, accuracy='arithmetic' if to.startswith('float') else 'discrete')


def check_cast(x, to):
    """Values that do not fit are not defined by ONNX."""
    if x.dtype.startswith('float') and not to.startswith('float'):
        if x.error is not None and to != 'bool' or not np.isfinite(x.array).all():
            raise Reject('not defined')
        if to != 'bool' and x.array.size and (np.abs(x.array.astype(np.float64)).max() > 120 or to.startswith('u') and x.array.min() <= -1):
            raise Reject('not defined')
    if to == 'float16' and x.array.size and np.abs(x.array.astype(np.float64)).max() > 6e4:
        raise Reject('not defined')


@generator('CastLike', since=15)
def cast_like(g, op):
    x, like = g.pick(['float32', 'float64', 'int64', 'int32', 'uint8', 'bool']), g.pick(['float32', 'float16', 'int64', 'int8', 'bool'], high_rank=2)
    check_cast(x, like.dtype)
    if like.error is not None:
        raise Reject('only the type of the second operand counts')
    g.add(op, [x, like], accuracy='arithmetic' if like.dtype.startswith('float') else 'discrete')


@generator('BitCast', since=26)
def bit_cast(g, op):
    same = [['float32', 'int32', 'uint32'], ['float64', 'int64', 'uint64'], ['float16', 'int16', 'uint16'], ['int8', 'uint8']]
    kinds = g.rng.choice(same)
    to = g.choose(*kinds)
    g.add(op, [g.pick(kinds[:1] if to.startswith('float') else kinds, exact=True)], to_dtype=to, accuracy='discrete')


def partner(g, shape, dtype, low=None, high=None, exact=False):
    """An operand that broadcasts with `shape`: dimensions left out in front, or of size 1."""
    shape = list(shape)
    if g.chance(0.5):
        shape = shape[g.rng.randint(0, len(shape)):]
    shape = [1 if g.chance(0.15) else n for n in shape]
    return g.pick(dtype, shape=shape, low=low, high=high, exact=exact)


def binary(accuracy, *names, since=7, low=None, high=None):
    def make(g, op):
        x = operand(g, op, exact=accuracy == 'discrete', special=accuracy == 'discrete')
        y = partner(g, x.shape, x.dtype, None if low is None else max(low, 0) if x.dtype.startswith('u') else low, high, accuracy == 'discrete')
        g.add(op, [x, y] if op in ('Div', 'PRelu') or g.chance(0.7) else [y, x], accuracy=accuracy)
    generator(*names, since=since)(make)


binary('arithmetic', 'Add', 'Sub', 'Mul')
binary('arithmetic', 'Div', low=1, high=6)
binary('discrete', 'And', 'Or', 'Xor', 'Equal', 'Greater', 'Less')
binary('discrete', 'GreaterOrEqual', 'LessOrEqual', since=12)
binary('discrete', 'BitwiseAnd', 'BitwiseOr', 'BitwiseXor', since=18)


@generator('PRelu')
def prelu(g, op):
    x = operand(g, op)
    shape = [1 if g.chance(0.3) else n for n in x.shape[g.rng.randint(0, len(x.shape)):]]
    g.add(op, [x, g.pick(x.dtype, shape=shape)], accuracy='arithmetic')


@generator('Pow')
def power(g, op):
    dtype = g.dtype(op)
    if dtype.startswith('float'):
        x = g.pick(dtype, low=0.1, high=3)
        other = g.choose('int64', 'int32', 'float32') if g.opset >= 12 else dtype
        y = partner(g, x.shape, other, 0 if other.startswith('int') else -2, 3)
        if g.chance(0.4):
            y = g.constant(np.array(g.choose(2, 3, 0.5, -1) if other.startswith('float') else 2, other))
    else:
        x = g.pick(dtype, low=-5, high=5)
        y = partner(g, x.shape, g.choose(dtype, 'int32', 'int64') if g.opset >= 12 else dtype, 0, 4)
    g.add(op, [x, y], accuracy='smooth')


@generator('Mod', since=10)
def modulo(g, op):
    dtype = g.dtype(op)
    is_float = dtype.startswith('float')
    x = g.pick(dtype, exact=True)
    y = partner(g, x.shape, dtype, 1, 7, exact=True)
    if not dtype.startswith('u') and g.chance(0.5):
        y, = g.add('Neg', [y])
    g.add(op, [x, y], fmod=1 if is_float else g.choose(None, 0, 1))


@generator('BitShift', since=11)
def bit_shift(g, op):
    x = g.pick(g.dtype(op))
    g.add(op, [x, partner(g, x.shape, x.dtype, 0, 7)], direction=g.choose('LEFT', 'RIGHT'))


@generator('Where', since=9)
def where(g, op):
    x = operand(g, op, index=1, special=True)
    y, condition = partner(g, x.shape, x.dtype), partner(g, x.shape, 'bool')
    g.add(op, [condition, x, y] if g.chance(0.5) else [condition, y, x], accuracy='exact')


def variadic(accuracy, *names):
    def make(g, op):
        x = operand(g, op)
        floats = x.dtype.startswith('float')
        g.add(op, [x] + [partner(g, x.shape, x.dtype) for _ in range(g.rng.randint(0, 3))], accuracy=accuracy if floats else 'exact')
    generator(*names)(make)


variadic('exact', 'Max', 'Min')
variadic('sum', 'Sum', 'Mean')
