#!/usr/bin/python3
# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes ONNX test folders for quantized, recurrent and contributed operators: make_operator_tests.py FOLDER.

The expected results are NumPy formulas written from the specifications of ONNX and of ONNX Runtime's contributed operators. Each
test is FOLDER/NAME with model.onnx and test_data_set_0.
"""
import math

import numpy as np
from onnx import TensorProto, numpy_helper

from node_cases import MICROSOFT as MS, Cases

RNG = np.random.default_rng(7)
TESTS = Cases()


def floats(*shape, low=-2.0, high=2.0):
    return RNG.uniform(low, high, shape).astype(np.float32)


def bytes_(dtype, *shape):
    limits = np.iinfo(dtype)
    return RNG.integers(limits.min, limits.max + 1, shape).astype(dtype)


def test(name, op, inputs, outputs, constants=(), dynamic=False, domain='', opset=17, **attributes):
    TESTS.add(name, opset, op, inputs, outputs, constants, dynamic, domain, **attributes)


# Affine integers -------------------------------------------------------------------------------------------------------

def quantize(x, scale, zero):
    limits = np.iinfo(np.asarray(zero).dtype)
    return np.clip(np.rint(x / scale).astype(np.float64) + zero, limits.min, limits.max).astype(np.asarray(zero).dtype)


def dequantize(q, scale, zero):
    return ((q.astype(np.int32) - np.asarray(zero).astype(np.int32)).astype(np.float32) * scale).astype(np.float32)


def requantize(total, multiplier, zero):
    return quantize((total.astype(np.float32) * np.float32(multiplier)).astype(np.float32), np.float32(1), zero)


f32 = np.float32
u8, i8 = np.uint8, np.int8
scale, zero = f32(0.05), u8(100)
x = floats(2, 5, 3, low=-10, high=10)
x[0, 0] = [0.125, 0.375, -0.125]  # halves of the step 0.25
test('quantize_half_even', 'QuantizeLinear', [x, f32(0.25), i8(3)], [quantize(x, f32(0.25), i8(3))], [1, 2])
test('quantize_u8', 'QuantizeLinear', [x, scale, zero], [quantize(x, scale, zero)], dynamic=True)
scales = floats(5, low=0.01, high=0.1)
zeros = bytes_(i8, 5)
test('quantize_axis', 'QuantizeLinear', [x, scales, zeros], [quantize(x, scales[:, None], zeros[:, None])], [1, 2], axis=1)
test('quantize_i16', 'QuantizeLinear', [x, f32(0.001), np.int16(-5)], [quantize(x, f32(0.001), np.int16(-5))], [1, 2], opset=21)
blocks = np.repeat(np.float32([[0.1], [0.2]]), 1, 1)
y = floats(4, 3, low=-10, high=10)
test('quantize_blocks', 'QuantizeLinear', [y, floats(2, 3, low=0.05, high=0.1), bytes_(u8, 2, 3)], [np.zeros((4, 3), u8)], [1, 2], opset=21, axis=0, block_size=2)
model_inputs = TESTS['quantize_blocks']
_s, _z = (numpy_helper.to_array(t) for t in model_inputs[0].graph.initializer)
model_inputs[2][:] = [quantize(y, np.repeat(_s, 2, 0), np.repeat(_z, 2, 0))]
q = bytes_(i8, 2, 5, 3)
test('dequantize_axis', 'DequantizeLinear', [q, scales, zeros], [dequantize(q, scales[:, None], zeros[:, None])], axis=-2, dynamic=True)
q32 = RNG.integers(-10000, 10000, (3, 4)).astype(np.int32)
test('dequantize_i32', 'DequantizeLinear', [q32, f32(0.5)], [q32.astype(np.float32) * f32(0.5)], [1])


def dynamic_quantize(v):
    low, high = min(v.min(), f32(0)), max(v.max(), f32(0))
    s = (high - low) / f32(255) if high > low else f32(1)
    z = u8(np.clip(np.rint((f32(0) - low) / s), 0, 255))
    return quantize(v, s, z), f32(s), z


test('dynamic_quantize', 'DynamicQuantizeLinear', [x], dynamic_quantize(x), dynamic=True)
test('dynamic_quantize_zeros', 'DynamicQuantizeLinear', [np.zeros((2, 2), f32)], dynamic_quantize(np.zeros((2, 2), f32)))

a, b = bytes_(u8, 3, 7), bytes_(i8, 7, 5)
za, zb = u8(130), i8(-3)
product = lambda p, q_, zp=0, zq=0: (p.astype(np.int32) - np.int32(zp)) @ (q_.astype(np.int32) - np.int32(zq))
test('matmul_integer', 'MatMulInteger', [a, b, za, zb], [product(a, b, za, zb)], [1, 2, 3])
test('matmul_integer_columns', 'MatMulInteger', [a, b, za, bytes_(i8, 5)], [np.zeros((3, 5), np.int32)], [1, 2, 3])
TESTS['matmul_integer_columns'][2][:] = [(a.astype(np.int32) - 130) @ (b.astype(np.int32) - numpy_helper.to_array(TESTS['matmul_integer_columns'][0].graph.initializer[2]).astype(np.int32))]
rows = bytes_(u8, 3)
test('matmul_integer_rows', 'MatMulInteger', [a, b, rows], [(a.astype(np.int32) - rows[:, None].astype(np.int32)) @ b.astype(np.int32)], dynamic=True)
batch = bytes_(u8, 2, 3, 7)
test('matmul_integer_batch', 'MatMulInteger', [batch, b, za], [product(batch, b, za)], dynamic=True)
sa, sb, sy, zy = f32(0.02), f32(0.01), f32(0.3), u8(120)
multiplier = lambda *values: f32(np.float64(values[0]) * np.float64(values[1]) / np.float64(values[2]))
test('qlinear_matmul', 'QLinearMatMul', [a, sa, za, b, sb, zb, sy, zy], [requantize(product(a, b, za, zb), multiplier(sa, sb, sy), zy)], [1, 2, 4, 5, 6, 7])
bias = floats(5)
test('matmul_integer_to_float', 'MatMulIntegerToFloat', [a, b, sa, sb, za, zb, bias], [product(a, b, za, zb).astype(f32) * (sa * sb) + bias], domain=MS)
real = floats(3, 7)
qa, sqa, zqa = dynamic_quantize(real)
test('dynamic_quantize_matmul', 'DynamicQuantizeMatMul', [real, b, sb, zb, bias], [product(qa, b, zqa, zb).astype(f32) * (sqa * sb) + bias], [1, 2, 3, 4], domain=MS)
c32 = RNG.integers(-500, 500, 5).astype(np.int32)
test('qgemm', 'QGemm', [a, sa, za, np.ascontiguousarray(b.T), sb, zb, c32, sy, zy], [requantize(product(a, b, za, zb) + c32, multiplier(sa, sb, sy), zy)], [1, 2, 3, 4, 5, 6, 7, 8], domain=MS, transB=1)
test('qgemm_float', 'QGemm', [a, sa, za, b, sb, zb], [product(a, b, za, zb).astype(f32) * f32(np.float64(sa) * np.float64(sb))], [1, 2, 3, 4, 5], domain=MS)


def conv_integer(v, w, zv, zw, stride=1, pad=0, groups=1):
    v = np.pad(v.astype(np.int32) - np.int32(zv), [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    w = w.astype(np.int32) - np.asarray(zw).astype(np.int32).reshape(-1, 1, 1, 1)
    n, channels, h, width = v.shape
    outputs, depth, kh, kw = w.shape
    oh, ow = (h - kh) // stride + 1, (width - kw) // stride + 1
    result = np.zeros((n, outputs, oh, ow), np.int32)
    for o in range(outputs):
        first = o // (outputs // groups) * depth
        for i in range(oh):
            for j in range(ow):
                part = v[:, first:first + depth, i * stride:i * stride + kh, j * stride:j * stride + kw]
                result[:, o, i, j] = (part * w[o]).sum((1, 2, 3))
    return result


image, filters = bytes_(u8, 1, 4, 6, 5), bytes_(i8, 6, 4, 3, 3)
zw = bytes_(i8, 6)
test('conv_integer', 'ConvInteger', [image, filters, za], [conv_integer(image, filters, za, 0, pad=1)], [1, 2], pads=[1, 1, 1, 1])
grouped = bytes_(i8, 6, 2, 3, 3)
test('conv_integer_groups', 'ConvInteger', [image, grouped, za, i8(2)], [conv_integer(image, grouped, za, i8(2), groups=2, stride=2)], [2, 3], group=2, strides=[2, 2])
ws, wb = floats(6, low=0.001, high=0.01), RNG.integers(-2000, 2000, 6).astype(np.int32)
total = conv_integer(image, filters, za, zw, stride=2, pad=1) + wb.reshape(1, -1, 1, 1)
per_channel = (np.float64(sa) * ws.astype(np.float64) / np.float64(sy)).astype(f32).reshape(1, -1, 1, 1)
test('qlinear_conv', 'QLinearConv', [image, sa, za, filters, ws, zw, sy, zy, wb],
     [quantize(total.astype(f32) * per_channel, f32(1), zy)], [1, 2, 3, 4, 5, 6, 7, 8], pads=[1, 1, 1, 1], strides=[2, 2])
depthwise = bytes_(i8, 4, 1, 3, 3)
test('qlinear_conv_depthwise', 'QLinearConv', [image, sa, za, depthwise, f32(0.002), i8(0), sy, zy],
     [requantize(conv_integer(image, depthwise, za, 0, pad=1, groups=4), multiplier(sa, f32(0.002), sy), zy)], [1, 2, 3, 4, 5, 6, 7], pads=[1, 1, 1, 1], group=4)

p, r = bytes_(u8, 2, 3, 4), bytes_(u8, 3, 1)
zp, zr, sp, sr = u8(127), u8(10), f32(0.03), f32(0.04)
difference = lambda v, z: v.astype(np.int32) - np.int32(z)
ratio = lambda s, t: f32(np.float64(s) / np.float64(t))
test('qlinear_add', 'QLinearAdd', [p, sp, zp, r, sr, zr, sy, zy],
     [quantize(difference(p, zp).astype(f32) * ratio(sp, sy) + difference(r, zr).astype(f32) * ratio(sr, sy), f32(1), zy)], [1, 2, 4, 5, 6, 7], domain=MS)
test('qlinear_mul', 'QLinearMul', [p, sp, zp, r, sr, zr, sy, zy],
     [requantize(difference(p, zp) * difference(r, zr), multiplier(sp, sr, sy), zy)], [1, 2, 4, 5, 6, 7], domain=MS)
sigmoid = lambda v: (1 / (1 + np.exp(-v.astype(np.float64)))).astype(f32)
st, zt = f32(1 / 256), u8(0)
test('qlinear_sigmoid', 'QLinearSigmoid', [p, sp, zp, st, zt], [quantize(sigmoid(dequantize(p, sp, zp)), st, zt)], [1, 2, 3, 4], domain=MS)
real_p = dequantize(p, sp, zp)
test('qlinear_leaky_relu', 'QLinearLeakyRelu', [p, sp, zp, sy, zy], [quantize(np.where(real_p < 0, f32(0.1) * real_p, real_p), sy, zy)], [1, 2, 3, 4], domain=MS, alpha=0.1)
count = image.shape[2] * image.shape[3]
mean = f32(np.float64(sa) / (np.float64(sy) * count))
test('qlinear_global_average_pool', 'QLinearGlobalAveragePool', [image, sa, za, sy, zy],
     [quantize(difference(image, za).sum((2, 3), keepdims=True).astype(f32) * mean, f32(1), zy)], [1, 2, 3, 4], domain=MS)
pooled = dequantize(image, sa, za)[:, :, :4, :4].reshape(1, 4, 2, 2, 2, 2).mean((3, 5), dtype=f32)
test('qlinear_average_pool', 'QLinearAveragePool', [image[:, :, :4, :4], sa, za, f32(0.07), zy], [quantize(pooled, f32(0.07), zy)], [1, 2, 3, 4], domain=MS, kernel_shape=[2, 2], strides=[2, 2])
test('qlinear_concat', 'QLinearConcat', [sy, zy, p, sp, zp, p, sr, zr],
     [np.concatenate([quantize(dequantize(p, sp, zp), sy, zy), quantize(dequantize(p, sr, zr), sy, zy)], 1)], [0, 1, 3, 4, 6, 7], domain=MS, axis=1)

# Recurrence ------------------------------------------------------------------------------------------------------------

FUNCTIONS = {'Sigmoid': lambda v: 1 / (1 + np.exp(-v)), 'Tanh': np.tanh, 'Relu': lambda v: np.maximum(v, 0),
             'HardSigmoid': lambda v: np.clip(0.2 * v + 0.5, 0, 1), 'Softsign': lambda v: v / (1 + abs(v))}


def recur(kind, v, w, rec, bias=None, lengths=None, h0=None, c0=None, peep=None, reverse=False, clip=None, linear=0, functions=None):
    """One direction in f64: rows TxBxH, last h, last c."""
    steps, batch_, _ = v.shape
    hidden = rec.shape[1]
    gates = w.shape[0] // hidden
    wb, rb = (np.zeros((2, gates * hidden)) if bias is None else bias.reshape(2, -1)).astype(np.float64)
    f = [FUNCTIONS[n] for n in functions or {'LSTM': ['Sigmoid', 'Tanh', 'Tanh'], 'GRU': ['Sigmoid', 'Tanh'], 'RNN': ['Tanh']}[kind]]
    limit = (lambda t: np.clip(t, -clip, clip)) if clip else (lambda t: t)
    rows_ = np.zeros((steps, batch_, hidden))
    h_all, c_all = np.zeros((batch_, hidden)), np.zeros((batch_, hidden))
    for n in range(batch_):
        h = np.zeros(hidden) if h0 is None else h0[n].astype(np.float64)
        c = np.zeros(hidden) if c0 is None else c0[n].astype(np.float64)
        p_i, p_o, p_f = np.zeros((3, hidden)) if peep is None else peep.reshape(3, -1)
        last = steps if lengths is None else lengths[n]
        for t in (reversed(range(last)) if reverse else range(last)):
            u = w @ v[t, n] + wb
            s = rec @ h + rb
            part = lambda z, k: z[k * hidden:(k + 1) * hidden]
            if kind == 'RNN':
                h = f[0](limit(u + s))
            elif kind == 'GRU':
                z, gate = f[0](limit(part(u, 0) + part(s, 0))), f[0](limit(part(u, 1) + part(s, 1)))
                inner = gate * part(s, 2) if linear else part(rec, 2) @ (gate * h) + part(rb, 2)
                h = (1 - z) * f[1](limit(part(u, 2) + inner)) + z * h
            else:
                g = u + s
                i = f[0](limit(part(g, 0) + p_i * c))
                fo = f[0](limit(part(g, 2) + p_f * c))
                c = fo * c + i * f[1](limit(part(g, 3)))
                o = f[0](limit(part(g, 1) + p_o * c))
                h = o * f[2](c)
            rows_[t, n] = h
        h_all[n], c_all[n] = h, c
    return rows_, h_all, c_all


def recurrent(name, kind, steps=5, batch_=2, inputs=3, hidden=4, direction='forward', bias=False, lengths=None, initial=False,
              peep=False, layout=0, functions=None, constants=True, dynamic=False, **attributes):
    count_ = 2 if direction == 'bidirectional' else 1
    gates = {'LSTM': 4, 'GRU': 3, 'RNN': 1}[kind]
    v = floats(steps, batch_, inputs)
    w, rec = floats(count_, gates * hidden, inputs, low=-0.6, high=0.6), floats(count_, gates * hidden, hidden, low=-0.6, high=0.6)
    bs = floats(count_, 2 * gates * hidden, low=-0.5, high=0.5) if bias else None
    h0 = floats(count_, batch_, hidden) if initial else None
    c0 = floats(count_, batch_, hidden) if initial and kind == 'LSTM' else None
    pp = floats(count_, 3 * hidden) if peep else None
    lens = None if lengths is None else np.int32(lengths)
    per = {'LSTM': 3, 'GRU': 2, 'RNN': 1}[kind]
    made = [recur(kind, v.astype(np.float64), w[d].astype(np.float64), rec[d].astype(np.float64), None if bs is None else bs[d], lens,
                  None if h0 is None else h0[d], None if c0 is None else c0[d], None if pp is None else pp[d],
                  d == 1 or direction == 'reverse', attributes.get('clip'), attributes.get('linear_before_reset', 0),
                  functions and functions[d * per:(d + 1) * per]) for d in range(count_)]
    rows_ = np.stack([m[0] for m in made], 1)
    states = [np.stack([m[k] for m in made], 0) for k in ((1, 2) if kind == 'LSTM' else (1,))]
    if layout:
        v, h0, c0 = (None if z is None else np.ascontiguousarray(z.transpose(1, 0, 2)) for z in (v, h0, c0))
        rows_, states = rows_.transpose(2, 0, 1, 3), [z.transpose(1, 0, 2) for z in states]
        attributes['layout'] = 1
    if functions:
        attributes['activations'] = functions
    args = [v, w, rec, bs, lens, h0] + ([c0, pp] if kind == 'LSTM' else [])
    while args[-1] is None:
        args.pop()
    fixed = [i for i in (1, 2, 3, 7) if i < len(args) and args[i] is not None] if constants else []
    test(name, kind, args, [np.ascontiguousarray(z).astype(f32) for z in [rows_] + states], fixed, dynamic=dynamic, hidden_size=hidden, direction=direction, **attributes)


for kind_ in ('LSTM', 'GRU', 'RNN'):
    low = kind_.lower()
    recurrent(low, kind_)
    recurrent(low + '_runtime_weights', kind_, constants=False)
    recurrent(low + '_all', kind_, direction='bidirectional', bias=True, initial=True, lengths=[5, 3])
    recurrent(low + '_reverse', kind_, direction='reverse', bias=True, dynamic=True)
    recurrent(low + '_reverse_lengths', kind_, direction='reverse', lengths=[2, 4])
    recurrent(low + '_one_step', kind_, steps=1, bias=True, initial=True)
    recurrent(low + '_batch_first', kind_, layout=1, bias=True, initial=True)
    recurrent(low + '_clip', kind_, clip=0.3, bias=True)
    recurrent(low + '_wide', kind_, steps=7, batch_=3, inputs=20, hidden=33, bias=True, dynamic=True)
recurrent('lstm_peepholes', 'LSTM', peep=True, initial=True, direction='bidirectional')
recurrent('lstm_functions', 'LSTM', functions=['HardSigmoid', 'Softsign', 'Relu'])
recurrent('gru_linear', 'GRU', bias=True, linear_before_reset=1, initial=True)
recurrent('gru_functions', 'GRU', functions=['HardSigmoid', 'Softsign'], direction='forward')
recurrent('rnn_functions', 'RNN', functions=['Relu', 'Softsign'], direction='bidirectional', bias=True)

# Values that decide sizes ----------------------------------------------------------------------------------------------

m = np.float32([[0, 1, 2], [3, 0, 0]])
test('nonzero', 'NonZero', [m], [np.stack(np.nonzero(m)).astype(np.int64)], dynamic=True)
test('nonzero_none', 'NonZero', [np.zeros((2, 3), bool)], [np.zeros((2, 0), np.int64)])
test('compress', 'Compress', [m, np.array([True, False, True])], [m[:, [0, 2]]], axis=1)
v_, first, inverse, counts = np.unique(np.float32([2, 1, 1, 3, 4, 3]), True, True, True)
test('unique', 'Unique', [np.float32([2, 1, 1, 3, 4, 3])], [v_, first, inverse, counts])

# Fused operators -------------------------------------------------------------------------------------------------------

erf = np.vectorize(math.erf, otypes=[np.float64])
gelu = lambda v: (0.5 * v * (1 + erf(v / math.sqrt(2)))).astype(f32)
fast = lambda v: (0.5 * v * (1 + np.tanh(math.sqrt(2 / math.pi) * (v + 0.044715 * v ** 3)))).astype(f32)
s3, k3, g3, b3 = floats(2, 3, 8), floats(2, 3, 8), floats(8), floats(8)
test('bias_gelu', 'BiasGelu', [s3, b3], [gelu(s3 + b3)], domain=MS)
test('fast_gelu', 'FastGelu', [s3, b3], [fast(s3 + b3)], domain=MS)
test('microsoft_gelu', 'Gelu', [s3], [gelu(s3)], domain=MS)
test('quick_gelu', 'QuickGelu', [s3], [s3 * sigmoid(f32(1.702) * s3)], domain=MS, alpha=1.702)
def layer(v, e=1e-12):
    return (v - v.mean(-1, keepdims=True)) / np.sqrt(v.var(-1, keepdims=True) + e)
def rms(v, e):
    return v / np.sqrt((v * v).mean(-1, keepdims=True) + e)
test('skip_layer_norm', 'SkipLayerNormalization', [s3, k3, g3, b3, b3], [layer(s3 + k3 + b3, 1e-5) * g3 + b3, None, None, s3 + k3 + b3], domain=MS, epsilon=1e-5)
test('skip_simplified_layer_norm', 'SkipSimplifiedLayerNormalization', [s3, k3, g3], [rms(s3 + k3, 1e-5) * g3], domain=MS, epsilon=1e-5)
test('simplified_layer_norm', 'SimplifiedLayerNormalization', [s3, g3], [rms(s3, 1e-5) * g3], axis=-1, epsilon=1e-5)
w3 = floats(2, 5, 8)
test('fused_matmul', 'FusedMatMul', [s3, w3], [0.5 * np.matmul(s3, w3.transpose(0, 2, 1))], domain=MS, transB=1, alpha=0.5)
packed, nscales = bytes_(u8, 6, 2, 8), floats(6, 2)
nibbles = np.stack([packed & 15, packed >> 4], -1).reshape(6, 2, 16).astype(f32)
weights = ((nibbles - 8) * nscales[:, :, None]).reshape(6, 32)[:, :30]
activations = floats(3, 30)
test('matmul_nbits', 'MatMulNBits', [activations, packed, nscales.reshape(-1)], [activations @ weights.T], [1, 2], domain=MS, N=6, K=30, bits=4, block_size=16)
test('matmul_nbits_float_zeros', 'MatMulNBits', [activations, packed, nscales.reshape(-1), nscales.reshape(-1) + 7],
     [activations @ ((nibbles - nscales[:, :, None] - 7) * nscales[:, :, None]).reshape(6, 32)[:, :30].T], [1, 2, 3], domain=MS, N=6, K=30, bits=4, block_size=16)
rows8, row_scales, row_zeros = bytes_(u8, 9, 20), floats(9, 2), bytes_(u8, 9, 1)
wanted = RNG.integers(0, 9, (2, 3))
low_high = lambda v: np.stack([v & 15, v >> 4], -1).reshape(len(v), -1).astype(f32)
spread = lambda v: v.repeat(32, 1)[:, :40]
blocks4 = (low_high(rows8) - spread(low_high(row_zeros))) * spread(row_scales)
test('gather_block_quantized', 'GatherBlockQuantized', [rows8, wanted, row_scales, row_zeros], [blocks4[wanted]], [0, 2, 3], domain=MS, block_size=32, bits=4)
test('gather_block_quantized_no_zeros', 'GatherBlockQuantized', [rows8, wanted, row_scales], [((low_high(rows8) - 8) * spread(row_scales))[wanted]], [0, 2], domain=MS, block_size=32, bits=4)
byte_scales = floats(9, 2)
test('gather_block_quantized_bytes', 'GatherBlockQuantized', [rows8, wanted, byte_scales], [((rows8.astype(f32) - 128) * byte_scales.repeat(16, 1)[:, :20])[wanted]], [0, 2], domain=MS, block_size=16, bits=8)
softmaxed = lambda v: np.exp(v - v.max(-1, keepdims=True)) / np.exp(v - v.max(-1, keepdims=True)).sum(-1, keepdims=True)
TESTS.add('qlinear_softmax', 17, 'QLinearSoftmax', [p, sp, zp, st, zt], [quantize(softmaxed(dequantize(p, sp, zp)), st, zt)], [1, 2, 3, 4], domain=MS, axis=-1)
ids, kinds = RNG.integers(0, 7, (2, 3)).astype(np.int32), RNG.integers(0, 2, (2, 3)).astype(np.int32)
word, place, kind_table, seen = floats(7, 8), floats(5, 8), floats(2, 8), np.int32([[1, 1, 0], [1, 1, 1]])
embedded = word[ids] + place[:3] + kind_table[kinds]
test('embed_layer_norm', 'EmbedLayerNormalization', [ids, kinds, word, place, kind_table, g3, b3, seen], [layer(embedded) * g3 + b3, seen.sum(1).astype(np.int32), embedded], [2, 3, 4, 5, 6], domain=MS)
test('embed_layer_norm_plain', 'EmbedLayerNormalization', [ids, None, word, place, None, g3, b3], [layer(word[ids] + place[:3]) * g3 + b3, np.zeros(2, np.int32)], [2, 3, 5, 6], domain=MS)
chosen = RNG.integers(0, 5, (2, 3)).astype(np.int32)
test('embed_layer_norm_positions', 'EmbedLayerNormalization', [ids, None, word, place, None, g3, b3, None, chosen], [layer(word[ids] + place[chosen]) * g3 + b3, np.zeros(2, np.int32)], [2, 3, 5, 6], domain=MS)
bits = floats(2, 3)
test('bitcast', 'BitCast', [bits], [bits.view(np.int32)], opset=26, to=TensorProto.INT32)

TESTS.main()
