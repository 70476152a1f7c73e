#!/usr/bin/python3
# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes ONNX test folders for attention and rotary embeddings: make_attention_tests.py FOLDER.

Operators of ONNX (opsets 23 and 24) and of com.microsoft. The expected results are NumPy formulas in f64, written from ONNX's specification (as corrected
in 2026: the softcap comes before the mask, causality counts from the end of a static cache) and from ONNX Runtime's ContribOperators.md.
"""
import math

import numpy as np
from onnx import TensorProto

from node_cases import MICROSOFT as MS, Cases

RNG = np.random.default_rng(23)
CASES = Cases()
f32, f16, i64, i32 = np.float32, np.float16, np.int64, np.int32
NO = -np.inf


def floats(*shape, dtype=f32):
    return RNG.uniform(-1.5, 1.5, shape).astype(dtype)


def softmax(v):
    with np.errstate(invalid='ignore'):
        e = np.exp(v - v.max(-1, keepdims=True))
        return e / e.sum(-1, keepdims=True)


def hide(seen):
    return np.where(seen, 0.0, NO)


def attend(q, k, v, mask=0.0, scale=None, cap=0.0, sink=None):
    """q is BxHxSxD, k and v BxGxTx..; returns the result and the four stages of the scores, all f64."""
    q, k, v = (a.astype(np.float64) for a in (q, k, v))
    k, v = (a.repeat(q.shape[1] // a.shape[1], 1) for a in (k, v))
    product = q @ k.swapaxes(2, 3) * (1 / math.sqrt(q.shape[3]) if scale is None else scale)
    capped = np.tanh(product / cap) * cap if cap else product
    masked = capped + mask
    if sink is None:
        weights = softmax(masked)
    else:
        column = np.broadcast_to(sink, masked.shape[:3] + (1,))
        weights = softmax(np.concatenate([masked, column], 3))[..., :-1]
    return weights @ v, (product, capped, masked, weights)


split = lambda a, n: a.reshape(a.shape[0], a.shape[1], n, -1).swapaxes(1, 2)
join = lambda a: np.ascontiguousarray(a.swapaxes(1, 2)).reshape(a.shape[0], a.shape[2], -1)
triangle = lambda s, t, offset=0: hide(np.arange(t) <= np.arange(s)[:, None] + offset)

# ONNX's Attention ------------------------------------------------------------------------------------------------------


def attention(name, q, k, v, mask=None, past=None, lengths=None, causal=0, flat=False, mode=None, scale=None, cap=0.0, opset=23, dynamic=False,
              present=False, dtype=f32, constants=(), **attributes):
    """One case from operands of rank 4; `flat` joins their heads."""
    q, k, v = (a.astype(dtype) for a in (q, k, v))
    given = [join(a) if flat else a for a in (q, k, v)]
    if flat:
        attributes.update(q_num_heads=q.shape[1], kv_num_heads=k.shape[1])
    keys, values = (np.concatenate([p, a], 2) for p, a in zip(past, (k, v))) if past else (k, v)
    s, t = q.shape[2], keys.shape[2]
    bias = np.zeros((1, 1, s, t))
    if mask is not None:
        full = hide(mask) if mask.dtype == bool else mask.astype(np.float64)
        bias = bias + np.pad(full, [(0, 0)] * (full.ndim - 1) + [(0, t - full.shape[-1])], constant_values=NO)
    if lengths is not None:
        bias = bias + hide(np.arange(t) < lengths.reshape(-1, 1, 1, 1))
    if causal:
        offset = past[0].shape[2] if past else (lengths - s).reshape(-1, 1, 1, 1) if lengths is not None else 0
        bias = bias + hide(np.arange(t) <= np.arange(s)[:, None] + offset)
    y, stages = attend(q, keys, values, bias, scale, cap)
    outputs = [(join(y) if flat else y).astype(dtype)]
    present = present or past is not None
    outputs += [keys, values] if present else [None, None] if mode is not None else []
    if mode is not None:
        outputs.append(stages[mode].astype(dtype))
        attributes['qk_matmul_output_mode'] = mode
    inputs = [*given, mask, *(past or (None, None)), lengths]
    while inputs[-1] is None:
        inputs.pop()
    for key, value in (('is_causal', causal), ('scale', scale), ('softcap', cap)):
        if value:
            attributes[key] = value
    CASES.add(f'{"half" if dtype == f16 else "attention"}_{name}', opset, 'Attention', inputs, outputs, constants, dynamic, **attributes)


def operands(b=2, h=4, g=4, s=3, t=5, d=8, e=None):
    return floats(b, h, s, d), floats(b, g, t, d), floats(b, g, t, e or d)


for flat in (False, True):
    kind = '3d' if flat else '4d'
    pasts = lambda g, p, d, e: (floats(2, g, p, d), floats(2, g, p, e))
    attention(kind, *operands(), flat=flat)
    attention(kind + '_scaled', *operands(), flat=flat, scale=0.01)
    attention(kind + '_causal', *operands(), flat=flat, causal=1)
    attention(kind + '_causal_square', *operands(t=3), flat=flat, causal=1)
    attention(kind + '_causal_tall', *operands(s=6, t=4), flat=flat, causal=1)
    attention(kind + '_mask', *operands(), floats(3, 5), flat=flat)
    attention(kind + '_mask_3d', *operands(), floats(4, 3, 5), flat=flat)
    attention(kind + '_mask_4d', *operands(), floats(2, 4, 3, 5), flat=flat)
    attention(kind + '_mask_4d_one_batch', *operands(), floats(1, 1, 3, 5), flat=flat)
    attention(kind + '_mask_causal', *operands(), floats(2, 1, 3, 5), flat=flat, causal=1)
    attention(kind + '_mask_short', *operands(), floats(3, 4), flat=flat)
    attention(kind + '_widths', *operands(e=6), flat=flat)
    attention(kind + '_groups', *operands(h=6, g=2, e=10), flat=flat)
    attention(kind + '_groups_causal', *operands(h=6, g=3, t=3), flat=flat, causal=1)
    attention(kind + '_one_group_mask', *operands(g=1), floats(2, 4, 3, 5), flat=flat)
    attention(kind + '_softcap', *operands(), flat=flat, cap=2.0)
    attention(kind + '_softcap_groups_causal', *operands(h=6, g=2), flat=flat, cap=0.5, causal=1)
    attention(kind + '_past', *operands(t=3), floats(3, 10), past=pasts(4, 7, 8, 8), flat=flat)
    attention(kind + '_past_causal', *operands(t=3), past=pasts(4, 7, 8, 8), flat=flat, causal=1)
    attention(kind + '_past_more_keys_causal', *operands(), past=pasts(4, 4, 8, 8), flat=flat, causal=1)
    attention(kind + '_past_groups', *operands(h=6, g=2, t=3, e=10), past=pasts(2, 4, 8, 10), flat=flat, causal=1)
    attention(kind + '_present', *operands(), flat=flat, present=True)
    for mode in range(4):
        attention(f'{kind}_qk_{mode}', *operands(), floats(3, 5), flat=flat, mode=mode)
        attention(f'{kind}_qk_{mode}_past_softcap', *operands(h=4, g=2, t=3), floats(2, 1, 3, 7), past=pasts(2, 4, 8, 8), flat=flat, mode=mode, cap=1.5, causal=1)

seen = RNG.uniform(size=(3, 5)) < 0.6
seen[:, 0] = True
attention('mask_bool', *operands(), seen)
attention('mask_bool_4d', *operands(), np.stack([seen, ~seen | (np.arange(5) == 0)])[:, None])
attention('mask_bool_short_causal', *operands(), seen[:, :3], causal=1)
attention('mask_bool_softcap', *operands(), seen, cap=3.0)
attention('mask_constant', *operands(), floats(3, 5), constants=[3])
attention('softmax_f64', *operands(), softmax_precision=TensorProto.DOUBLE)
attention('plain', *operands(), dtype=f16)
attention('softmax_f32', *operands(), dtype=f16, softmax_precision=TensorProto.FLOAT)
attention('groups_causal', *operands(h=4, g=2), dtype=f16, causal=1)
attention('f64', *operands(), floats(3, 5).astype(np.float64), dtype=np.float64)
attention('dynamic', *operands(), dynamic=(0, 2))
attention('dynamic_causal_groups', *operands(h=4, g=2), floats(3, 5), dynamic=(0, 2), causal=1)
attention('dynamic_past_softcap', *operands(t=3), past=(floats(2, 4, 7, 8), floats(2, 4, 7, 8)), dynamic=(0, 2), causal=1, cap=2.0)
attention('dynamic_flat', *operands(h=4, g=2, t=3), dynamic=(0, 1), causal=1, flat=True)
lengths = np.array([4, 2], i64)
attention('24_lengths', *operands(), lengths=lengths, opset=24)
attention('24_lengths_3d', *operands(h=4, g=2), lengths=lengths, opset=24, flat=True)
attention('24_lengths_mask', *operands(), floats(2, 1, 3, 5), lengths=lengths, opset=24)
attention('24_lengths_bool', *operands(), seen, lengths=lengths, opset=24)
attention('24_lengths_causal', *operands(s=2, t=6), lengths=np.array([6, 3], i64), opset=24, causal=1)
attention('24_lengths_causal_softcap', *operands(h=4, g=2, s=1, t=6), lengths=lengths, opset=24, causal=1, cap=4.0)
attention('24_one_query', *operands(s=1, t=1), past=(floats(2, 4, 9, 8), floats(2, 4, 9, 8)), opset=24, causal=1)

# Rotary embedding ------------------------------------------------------------------------------------------------------


def rotate(a, cos, sin, interleaved):
    """a is BxHxSxD; cos and sin, BxSx(R / 2), turn its first R positions."""
    r = 2 * cos.shape[-1]
    cos, sin = cos[:, None].astype(np.float64), sin[:, None].astype(np.float64)
    part, rest = a[..., :r], a[..., r:]
    x, y = (part[..., 0::2], part[..., 1::2]) if interleaved else np.split(part, 2, 3)
    u, v = cos * x - sin * y, sin * x + cos * y
    turned = np.stack([u, v], 4).reshape(part.shape) if interleaved else np.concatenate([u, v], 3)
    return np.concatenate([turned, rest], 3).astype(a.dtype)


a = floats(2, 4, 3, 8)
cos, sin, places = floats(50, 4), floats(50, 4), RNG.integers(0, 50, (2, 3))
for interleaved in (0, 1):
    for part in (0, 4):
        half = (part or 8) // 2
        c, s = cos[:, :half].copy(), sin[:, :half].copy()
        kind = f'rotary_{"pairs" if interleaved else "halves"}{"_part" if part else ""}'
        attributes = dict(interleaved=interleaved, **({'rotary_embedding_dim': part} if part else {}))
        y = rotate(a, c[places], s[places], interleaved)
        CASES.add(kind, 23, 'RotaryEmbedding', [a, c, s, places], [y], **attributes)
        CASES.add(kind + '_no_positions', 23, 'RotaryEmbedding', [a, c[places], s[places]], [y], **attributes)
        CASES.add(kind + '_3d', 23, 'RotaryEmbedding', [join(a), c, s, places], [join(y)], num_heads=4, **attributes)
        if not part:
            CASES.add('microsoft_' + kind, 17, 'RotaryEmbedding', [join(a), places, c, s], [join(y)], domain=MS, interleaved=interleaved)
            CASES.add('microsoft_' + kind + '_4d', 17, 'RotaryEmbedding', [a, places, c, s], [y], domain=MS, interleaved=interleaved)
        else:
            CASES.add('microsoft_' + kind, 17, 'RotaryEmbedding', [join(a), places, c, s], [join(y)], domain=MS, num_heads=4, **attributes)
first = np.array([7], i64)
CASES.add('microsoft_rotary_offset', 17, 'RotaryEmbedding', [join(a), first, cos, sin],
          [join(rotate(a, cos[None, 7:10], sin[None, 7:10], 0))], domain=MS)

# com.microsoft: Attention, QAttention ----------------------------------------------------------------------------------


def projected(name, op='Attention', mask=None, past=0, causal=0, widths=(8, 8, 8), bias=None, b=2, s=3, c=6, n=2, filter_value=None, dynamic=False, **attributes):
    w, wb = floats(c, sum(widths)), floats(sum(widths))
    if op == 'QAttention':
        x, w = RNG.integers(0, 256, (b, s, c)).astype(np.uint8), RNG.integers(-128, 128, (c, sum(widths))).astype(np.int8)
        sx, sw, zx, zw = f32([0.02]), f32([0.01]), np.uint8([120]), np.int8([3])
        if attributes.pop('per_column', False):
            sw, zw = RNG.uniform(0.005, 0.02, sum(widths)).astype(f32), RNG.integers(-5, 6, sum(widths)).astype(np.int8)
        y = (x.astype(np.int64) - zx) @ (w.astype(np.int64) - zw) * np.float64(sx) * sw + wb
    else:
        x = floats(b, s, c)
        y = x.astype(np.float64) @ w + wb
    q, k, v = (split(part, n) for part in np.split(y, np.cumsum(widths)[:2], 2))
    old = floats(2, b, n, past, widths[0] // n) if past else None
    if past:
        k, v = (np.concatenate([o, new], 2) for o, new in zip(old, (k, v)))
    t = past + s
    total = np.zeros((1, 1, 1, 1)) if bias is None else bias.astype(np.float64)
    if mask is not None:
        columns = np.arange(t)
        if mask.ndim == 1:
            visible = columns < mask[:b].reshape(-1, 1, 1, 1)
            if len(mask) == 2 * b:
                visible &= columns >= mask[b:].reshape(-1, 1, 1, 1)
        elif mask.ndim == 4:
            visible = mask[:, :, past:past + s, :t] > 0
        else:
            visible = (mask > 0).reshape(b, 1, -1, t)
        total = total + np.where(visible, 0.0, -10000.0 if filter_value is None else filter_value)
    if causal:
        total = total + triangle(s, t, past)
        attributes['unidirectional'] = 1
    if filter_value is not None:
        attributes['mask_filter_value'] = filter_value
    if widths != (8, 8, 8):
        attributes['qkv_hidden_sizes'] = list(widths)
    result = join(attend(q, k, v, total, attributes.get('scale'))[0]).astype(f32)
    outputs = [result] + ([np.stack([k, v]).astype(f32)] if past else [])
    if op == 'QAttention':
        inputs, constants = [x, w, wb, sx, sw, mask, zx, zw, old], [1, 2, 3, 4, 6, 7]
    else:
        inputs, constants = [x, w, wb, mask, old, bias], [1, 2]
    while inputs[-1] is None:
        inputs.pop()
    CASES.add('microsoft_' + name, 17, op, inputs, outputs, constants, dynamic, MS, num_heads=n, **attributes)


keep = np.array([[1, 1, 0], [1, 1, 1]], i32)
for op in ('Attention', 'QAttention'):
    low = op.lower()
    projected(low, op)
    projected(low + '_lengths', op, mask=np.array([2, 3], i32))
    projected(low + '_ranges', op, mask=np.array([2, 3, 0, 1], i32))
    projected(low + '_mask', op, mask=keep)
    projected(low + '_causal', op, causal=1)
    projected(low + '_past', op, past=4, causal=1)
    projected(low + '_past_mask', op, past=2, mask=np.array([[0, 1, 1, 1, 1], [1, 1, 1, 1, 0]], i32))
projected('attention_mask_3d', mask=np.array(RNG.uniform(size=(2, 3, 3)) < 0.7, i32))
projected('attention_mask_4d', mask=np.tril(np.ones((2, 1, 8, 8), i32)), past=2)
projected('attention_widths', widths=(8, 8, 12))
projected('attention_bias', bias=floats(1, 2, 3, 3), filter_value=-1.0, mask=keep)
projected('attention_scale', scale=0.25, dynamic=(0, 1))
projected('attention_dynamic_past', past=4, causal=1, mask=np.ones((2, 7), i32), dynamic=(0, 1, 3))
projected('qattention_per_column', 'QAttention', per_column=True)

# com.microsoft: MultiHeadAttention -------------------------------------------------------------------------------------


def multi_head(name, packed=None, bias=False, padding=None, extra=None, past=0, causal=0, present=False, b=2, s=3, t=3, n=2, d=4, e=4, dynamic=False, **attributes):
    q, k, v = floats(b, s, n * d), floats(b, t, n * d), floats(b, t, n * e)
    shifts = floats(n * (2 * d + e)) if bias else None
    parts = np.split(shifts, [n * d, 2 * n * d]) if bias else (0, 0, 0)
    hq, hk, hv = (split(x.astype(np.float64) + p, n) for x, p in zip((q, k, v), parts))
    old = (floats(b, n, past, d), floats(b, n, past, e)) if past else (None, None)
    if past:
        hk, hv = (np.concatenate([o, new], 2) for o, new in zip(old, (hk, hv)))
    total = np.zeros((1, 1, s, t + past)) if extra is None else extra.astype(np.float64)
    if padding is not None:
        visible = np.arange(t + past) < padding.reshape(-1, 1, 1, 1) if padding.ndim == 1 else (padding > 0).reshape(b, 1, -1, t + past)
        total = total + np.where(visible, 0.0, -10000.0)
    if causal:
        total = total + triangle(s, t + past, past)
        attributes['unidirectional'] = 1
    y = join(attend(hq, hk, hv, total, attributes.get('scale'))[0]).astype(f32)
    heads = lambda x: x.reshape(b, x.shape[1], n, -1)
    if packed == 'qkv':
        inputs = [np.stack([heads(q), heads(k), heads(v)], 3), None, None]
    elif packed == 'kv':
        inputs = [q, np.stack([heads(k), heads(v)], 3), None]
    elif packed == 'split':
        inputs = [q, split(k, n).copy(), split(v, n).copy()]
    else:
        inputs = [q, k, v]
    inputs += [shifts, padding, extra, *old]
    while inputs[-1] is None:
        inputs.pop()
    outputs = [y] + ([hk.astype(f32), hv.astype(f32)] if past or present else [])
    CASES.add('microsoft_mha' + name, 17, 'MultiHeadAttention', inputs, outputs, [3] if bias else [], dynamic, MS, num_heads=n, **attributes)


multi_head('')
multi_head('_bias', bias=True, e=6)
multi_head('_cross', t=5)
multi_head('_dynamic', t=5, bias=True, padding=np.array([5, 3], i32), dynamic=(0, 1))
multi_head('_lengths', t=5, padding=np.array([5, 2], i32))
multi_head('_padding', t=5, padding=np.array(RNG.uniform(size=(2, 5)) < 0.6, i32))
multi_head('_padding_3d', t=5, padding=np.array(RNG.uniform(size=(2, 3, 5)) < 0.6, i32))
multi_head('_extra', extra=floats(1, 2, 3, 3))
multi_head('_extra_batch', extra=floats(2, 1, 3, 3))
multi_head('_present', present=True, bias=True)
multi_head('_past', past=4)
multi_head('_past_causal', past=4, causal=1)
multi_head('_past_everything', past=2, causal=1, bias=True, padding=np.array([[0, 1, 1, 1, 1], [1, 1, 1, 1, 1]], i32), extra=floats(2, 2, 3, 5), scale=0.7)
multi_head('_causal', causal=1)
multi_head('_packed', packed='qkv')
multi_head('_packed_keys', packed='kv', t=5)
multi_head('_split', packed='split', t=5)

# com.microsoft: GroupQueryAttention ------------------------------------------------------------------------------------


def grouped(name, b=2, s=3, h=4, g=2, d=8, past=None, buffer=0, window=-1, cap=0.0, rotary=0, interleaved=0, packed=False, sinks=None, smooth=0,
            bias=None, dynamic=False, **attributes):
    """`past` are the keys before the first query of each batch element; the past's tensors have `buffer` rows or as many as the longest."""
    q, k, v = floats(b, s, h * d), floats(b, s, g * d), floats(b, s, g * d)
    before = np.zeros(b, int) if past is None else np.array(past)
    last = (before + s - 1).astype(i32)
    total = np.array([last.max() + 1], i32)
    hq, hk, hv = split(q, h), split(k, g), split(v, g)
    c, sn = floats(64, rotary // 2), floats(64, rotary // 2)
    if rotary:
        places_ = before[:, None] + np.arange(s)
        hq, hk = (rotate(x, c[places_], sn[places_], interleaved) for x in (hq, hk))
        attributes.update(do_rotary=1, rotary_interleaved=interleaved)
    old = (None, None)
    keys, values = hk, hv
    if past is not None:
        rows = buffer or max(before)
        old = floats(b, g, rows, d), floats(b, g, rows, d)
        keys, values = np.zeros((2, b, g, max(rows, total[0]), d), f32)
        for i, n in enumerate(before):
            for cache, o, new in zip((keys, values), old, (hk, hv)):
                cache[i, :, :n], cache[i, :, n:n + s] = o[i, :, :n], new[i]
    t = keys.shape[2]
    row = before.reshape(-1, 1, 1, 1) + np.arange(s)[:, None]
    visible = np.arange(t) <= row
    if window > 0:
        visible = visible & (np.arange(t) > row - window)
        attributes['local_window_size'] = window
    if cap:
        attributes['softcap'] = cap
    if smooth:
        attributes['smooth_softmax'] = 1
    sink = sinks.reshape(1, -1, 1, 1) if sinks is not None else 0.0 if smooth else None
    extra = 0.0 if bias is None else np.pad(bias, [(0, 0)] * 3 + [(0, t - bias.shape[3])]).astype(np.float64)
    y = join(attend(hq, keys, values, hide(visible) + extra, attributes.get('scale'), cap, sink)[0]).astype(f32)
    inputs = ([np.concatenate([q, k, v], 2), None, None] if packed else [q, k, v]) + [*old, last, total]
    inputs += [c, sn] if rotary else [None, None]
    inputs += [None, bias, sinks]
    while inputs[-1] is None:
        inputs.pop()
    CASES.add('microsoft_gqa' + name, 17, 'GroupQueryAttention', inputs, [y, keys, values], [7, 8] if rotary else [], dynamic, MS, num_heads=h, kv_num_heads=g, **attributes)


grouped('')
grouped('_packed', packed=True)
grouped('_softcap', cap=1.0)
grouped('_window', s=6, window=2)
grouped('_window_past', past=[5, 5], s=1, window=3)
grouped('_scale', scale=0.2)
grouped('_past', past=[4, 4], s=1)
grouped('_past_lengths', past=[4, 2], s=1)
grouped('_past_several', past=[4, 4], s=3)
grouped('_buffer', past=[4, 3], s=1, buffer=12)
grouped('_rotary', rotary=8)
grouped('_rotary_wide', rotary=32, d=32, past=[6, 3], s=1, window=4, buffer=16)
grouped('_rotary_wide_prompt', rotary=16, d=32, interleaved=1, packed=True)
grouped('_rotary_part_past', rotary=4, past=[6, 3], s=1)
grouped('_rotary_pairs_packed', rotary=8, interleaved=1, packed=True)
grouped('_rotary_buffer', rotary=8, past=[6, 3], s=1, buffer=16, window=4, cap=2.0)
grouped('_smooth', smooth=1)
grouped('_sinks', sinks=floats(4), past=[4, 4], s=1)
grouped('_bias', bias=floats(1, 4, 3, 3))
grouped('_dynamic', past=[4, 2], s=1, rotary=8, dynamic=(0,))
grouped('_one_group', g=1, past=[2, 2], s=1)

CASES.main()
