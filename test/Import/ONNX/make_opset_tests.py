#!/usr/bin/python3
# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes ONNX test folders for what the node tests of onnx 1.12 lack: make_opset_tests.py FOLDER.

Old forms of operators, and those that came after opset 17. The expected results are NumPy formulas written from the
operators' specification. Each test is FOLDER/NAME with model.onnx and test_data_set_0.
"""
import math
import os
import sys

import numpy as np
from onnx import TensorProto

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'Integration', 'Inputs'))
from node_cases import Cases

RNG = np.random.default_rng(0)
TESTS = Cases()


def floats(*shape):
    return RNG.uniform(-2, 2, shape).astype(np.float32)


test = TESTS.add
i64 = lambda *v: np.array(v, np.int64)
erf = np.vectorize(math.erf, otypes=[np.float32])
sigmoid = lambda v: 1 / (1 + np.exp(-v))
softmax = lambda v, axis: np.exp(v - v.max(axis, keepdims=True)) / np.exp(v - v.max(axis, keepdims=True)).sum(axis, keepdims=True)

x, x4 = floats(2, 3, 4), floats(2, 4, 5, 6)

# Reductions: axes are an attribute up to opset 12 or 17, then an input.
test('reduce_mean_13', 13, 'ReduceMean', [x], [x.mean((0, 2), keepdims=True)], axes=[0, -1])
test('reduce_mean_18', 18, 'ReduceMean', [x, i64(-1, 0)], [x.mean((0, 2))], [1], keepdims=0)
test('reduce_max_18_all', 18, 'ReduceMax', [x], [x.max(keepdims=True)])
test('reduce_min_18_empty', 18, 'ReduceMin', [x, i64()], [x.min(keepdims=True)], [1])
test('reduce_sum_13_noop', 13, 'ReduceSum', [x, i64()], [x], [1], noop_with_empty_axes=1)
test('reduce_l1_18_noop', 18, 'ReduceL1', [x], [np.abs(x)], noop_with_empty_axes=1)
test('reduce_l2_18', 18, 'ReduceL2', [x, i64(1)], [np.sqrt((x * x).sum(1))], [1], keepdims=0)
test('reduce_log_sum_exp_18', 18, 'ReduceLogSumExp', [1000 + x, i64(1)], [np.log(np.exp(x.astype(np.float64)).sum(1)).astype(np.float32) + 1000], [1], keepdims=0)
test('reduce_sum_11', 11, 'ReduceSum', [x], [x.sum(1)], axes=[1], keepdims=0, dynamic=True)

# Softmax and its relatives work on rows of a matrix up to opset 12.
rows = x.reshape(2, 12)
test('softmax_11', 11, 'Softmax', [x], [softmax(rows, 1).reshape(x.shape)])
test('softmax_11_dynamic', 11, 'Softmax', [x], [softmax(rows, 1).reshape(x.shape)], dynamic=True)
test('softmax_11_axis_0', 11, 'Softmax', [x], [softmax(x.reshape(-1), 0).reshape(x.shape)], axis=0)
test('softmax_13', 13, 'Softmax', [x], [softmax(x, 2)])
test('log_softmax_7_axis_2', 7, 'LogSoftmax', [x], [np.log(softmax(x, 2))], axis=2)
test('hardmax_11', 11, 'Hardmax', [x], [(rows == rows.max(1, keepdims=True)).astype(np.float32).reshape(x.shape)])

# Attributes that became inputs.
test('clip_6', 7, 'Clip', [x], [np.clip(x, -0.5, 1)], min=-0.5, max=1.0)
test('clip_6_one', 7, 'Clip', [x], [np.maximum(x, -0.5)], min=-0.5)
test('clip_11_missing', 11, 'Clip', [x, None, np.float32(1)], [np.minimum(x, 1)], [2])
test('clip_13_none', 13, 'Clip', [x], [x])
test('pad_2', 7, 'Pad', [x], [np.pad(x, [(0, 0), (1, 0), (0, 2)], constant_values=1.5)], pads=[0, 1, 0, 0, 0, 2], value=1.5)
test('pad_18_axes', 18, 'Pad', [x, i64(1, 2), np.float32(3), i64(-1)], [np.pad(x, [(0, 0), (0, 0), (1, 2)], constant_values=3)], [1, 3])
test('pad_18_axes_runtime', 18, 'Pad', [x, i64(1, 0, 2, 1), None, i64(2, 0)], [np.pad(x, [(0, 1), (0, 0), (1, 2)])], [3])
test('pad_19_wrap', 19, 'Pad', [x, i64(0, 0, 1, 0, 0, 1)], [np.pad(x, [(0, 0), (0, 0), (1, 1)], mode='wrap')], [1], mode='wrap')
test('slice_1', 7, 'Slice', [x], [x[:, 1:3, -2:]], axes=[1, 2], starts=[1, -2], ends=[3, 1000])
test('slice_10_int32', 10, 'Slice', [x, np.int32([1]), np.int32([3]), np.int32([-1])], [x[:, :, 1:3]], [3])
test('slice_13_runtime', 13, 'Slice', [x, i64(1), i64(2)], [x[1:2]])
test('slice_13_back', 13, 'Slice', [x, i64(-1), i64(-1000), i64(1), i64(-2)], [x[:, ::-2]], [1, 2, 3, 4])
test('split_11', 11, 'Split', [x], [x[..., :1], x[..., 1:]], axis=-1, split=[1, 3])
test('split_11_equal', 11, 'Split', [x], [x[..., :2], x[..., 2:]], axis=2)
test('split_13_runtime', 13, 'Split', [x, i64(1, 3)], [x[..., :1], x[..., 1:]], axis=2)
test('split_13_dynamic', 13, 'Split', [x], [x[..., :2], x[..., 2:]], axis=2, dynamic=True)
test('split_18_uneven', 18, 'Split', [x4], [x4[:, :, :2], x4[:, :, 2:4], x4[:, :, 4:]], axis=2, num_outputs=3)
test('squeeze_11', 11, 'Squeeze', [x.reshape(1, 2, 1, 12)], [x.reshape(2, 1, 12)], axes=[0])
test('squeeze_13', 13, 'Squeeze', [x.reshape(1, 2, 1, 12), i64(-2)], [x.reshape(1, 2, 12)], [1])
test('squeeze_13_all', 13, 'Squeeze', [x.reshape(1, 2, 1, 12)], [x.reshape(2, 12)])
test('squeeze_dynamic', 11, 'Squeeze', [x.reshape(2, 1, 12)], [x.reshape(2, 12)], axes=[1], dynamic=True)
test('unsqueeze_11', 11, 'Unsqueeze', [x], [x.reshape(1, 2, 3, 1, 4)], axes=[0, 3], dynamic=True)
test('unsqueeze_13', 13, 'Unsqueeze', [x, i64(-1, 0)], [x.reshape(1, 2, 3, 4, 1)], [1])
test('reshape_14_allowzero', 14, 'Reshape', [np.zeros((0, 3), np.float32), i64(3, 0)], [np.zeros((3, 0), np.float32)], [1], allowzero=1)
test('reshape_13_zero', 13, 'Reshape', [x, i64(0, -1)], [rows], [1])
test('topk_1', 7, 'TopK', [x], [-np.sort(-x, 2)[..., :2], np.argsort(-x, 2, kind='stable')[..., :2]], k=2)
test('topk_10', 10, 'TopK', [x, i64(2)], [-np.sort(-x, 1)[:, :2], np.argsort(-x, 1, kind='stable')[:, :2]], [1], axis=1)
test('dropout_7_mask', 7, 'Dropout', [x], [x, np.ones_like(x)], ratio=0.3)
test('dropout_10_mask', 10, 'Dropout', [x], [x, np.ones(x.shape, bool)], ratio=0.3)
test('dropout_13', 13, 'Dropout', [x, np.float32(0.3), np.bool_(False)], [x], [1, 2])
test('one_hot_11', 11, 'OneHot', [i64(0, -1, 5), np.int64(3), np.float32([2, 7])], [np.float32([[7, 2, 2], [2, 2, 7], [2, 2, 2]])], [1])

# Resampling.
twice = lambda v: v.repeat(2, 2).repeat(3, 3)
test('upsample_7', 7, 'Upsample', [x4], [twice(x4)], scales=[1.0, 1.0, 2.0, 3.0])
test('upsample_9', 9, 'Upsample', [x4, np.float32([1, 1, 2, 3])], [twice(x4)], [1])
test('resize_10', 10, 'Resize', [x4, np.float32([1, 1, 2, 3])], [twice(x4)], [1])
test('resize_11_empty', 11, 'Resize', [x4, np.float32([]), np.float32([]), i64(2, 4, 10, 18)], [twice(x4)], [1, 2, 3],
     coordinate_transformation_mode='asymmetric', nearest_mode='floor')
test('resize_18_axes', 18, 'Resize', [x4, None, np.float32([3, 2])], [twice(x4)], [2], axes=[3, 2],
     coordinate_transformation_mode='asymmetric', nearest_mode='floor')
test('resize_18_sizes_axes', 18, 'Resize', [x4, None, None, i64(18, 10)], [twice(x4)], [3], axes=[-1, 2],
     coordinate_transformation_mode='asymmetric', nearest_mode='floor')
# 5x6 into 20x12: the smaller factor is 2 (10x12), the larger one 4 (20x24).
test('resize_18_not_larger', 18, 'Resize', [x4, None, None, i64(20, 12)], [x4.repeat(2, 2).repeat(2, 3)], [3], axes=[2, 3],
     keep_aspect_ratio_policy='not_larger', coordinate_transformation_mode='asymmetric', nearest_mode='floor')
test('resize_18_not_smaller', 18, 'Resize', [x4, None, None, i64(20, 12)], [x4.repeat(4, 2).repeat(4, 3)], [3], axes=[2, 3],
     keep_aspect_ratio_policy='not_smaller', coordinate_transformation_mode='asymmetric', nearest_mode='floor')

# Normalizations.
c = [floats(4) for _ in range(3)] + [floats(4) + 3]
along = lambda v: v.reshape(-1, 1, 1)
batch = (x4 - along(c[2])) / np.sqrt(along(c[3]) + np.float32(1e-5)) * along(c[0]) + along(c[1])
test('batch_norm_7', 7, 'BatchNormalization', [x4, *c], [batch], [1, 2, 3, 4])
test('batch_norm_9', 9, 'BatchNormalization', [x4, *c], [batch], [1, 2, 3, 4], momentum=0.5)
test('batch_norm_15', 15, 'BatchNormalization', [x4, *c], [batch], [1, 2, 3, 4])


def moments(v, axes, epsilon=1e-5):
    mean, var = v.mean(axes, keepdims=True), v.var(axes, keepdims=True)
    return (v - mean) / np.sqrt(var + epsilon)


grouped = moments(x4.reshape(2, 2, -1), 2)
per_group = grouped * c[0][:2].reshape(1, 2, 1) + c[1][:2].reshape(1, 2, 1)
test('group_norm_18', 18, 'GroupNormalization', [x4, c[0][:2], c[1][:2]], [per_group.reshape(x4.shape)], num_groups=2)
test('group_norm_21', 21, 'GroupNormalization', [x4, c[0], c[1]], [grouped.reshape(x4.shape) * along(c[0]) + along(c[1])], num_groups=2)
test('group_norm_21_dynamic', 21, 'GroupNormalization', [x4, c[0], c[1]], [grouped.reshape(x4.shape) * along(c[0]) + along(c[1])], num_groups=2, dynamic=True)
s = floats(4)
test('layer_norm_17', 17, 'LayerNormalization', [x, s], [moments(x, 2) * s])
test('rms_norm_23', 23, 'RMSNormalization', [x, s], [x / np.sqrt((x * x).mean(2, keepdims=True) + np.float32(1e-5)) * s])
test('lp_norm_1', 7, 'LpNormalization', [x], [x / np.abs(x).sum(1, keepdims=True)], axis=1, p=1)
test('lp_norm_2', 7, 'LpNormalization', [x], [x / np.sqrt((x * x).sum(2, keepdims=True))])

# Activations.
test('gelu_20', 20, 'Gelu', [x], [0.5 * x * (1 + erf(x / math.sqrt(2)))])
test('gelu_20_tanh', 20, 'Gelu', [x], [0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))], approximate='tanh')
test('mish_18', 18, 'Mish', [x], [x * np.tanh(np.log1p(np.exp(x)))])
test('hard_swish_14', 14, 'HardSwish', [3 * x], [3 * x * np.clip(x / 2 + 0.5, 0, 1)])
test('swish_24', 24, 'Swish', [x], [x * sigmoid(x)])
test('swish_24_alpha', 24, 'Swish', [x], [x * sigmoid(1.5 * x)], alpha=1.5)
test('thresholded_relu_22', 22, 'ThresholdedRelu', [x], [np.where(x > 0.5, x, 0).astype(np.float32)], alpha=0.5)

# Bits and comparisons.
u = RNG.integers(0, 256, (2, 3), np.uint8)
test('bitwise_and_18', 18, 'BitwiseAnd', [u, np.uint8([[7], [9]])], [u & np.uint8([[7], [9]])])
test('bitwise_or_18', 18, 'BitwiseOr', [u, np.uint8(3)], [u | 3])
test('bitwise_xor_18', 18, 'BitwiseXor', [u, np.uint8(3)], [u ^ 3])
test('bitwise_not_18', 18, 'BitwiseNot', [u], [~u])
test('greater_7', 7, 'Greater', [x, floats(4) * 0], [x > 0])

# Products.
a, b = floats(2, 3, 4), floats(4, 5)
test('gemm_7', 7, 'Gemm', [a[0].T, b.T, floats(1, 1) * 0 + 2], [0.5 * a[0] @ b + 3 * np.float32(2)], alpha=0.5, beta=3.0, transA=1, transB=1)
test('gemm_11_no_c', 11, 'Gemm', [a[0], b], [a[0] @ b])
test('einsum_implicit', 12, 'Einsum', [a, b], [np.einsum('bij,jk', a, b)], equation='bij, jk')
test('einsum_three', 12, 'Einsum', [a, b, floats(5)], [np.float32(0)], equation='bij,jk,k->bi')
TESTS['einsum_three'][2][:] = [np.einsum('bij,jk,k->bi', *TESTS['einsum_three'][1])]
test('einsum_ellipsis', 12, 'Einsum', [floats(1, 2, 3, 4), floats(5, 1, 4, 3)], [np.float32(0)], equation='...ij,...jk->...ik')
TESTS['einsum_ellipsis'][2][:] = [np.matmul(*TESTS['einsum_ellipsis'][1])]
test('einsum_attention', 12, 'Einsum', [floats(2, 3, 4, 5), floats(2, 6, 4, 5)], [np.float32(0)], equation='bqhd,bkhd->bhqk', dynamic=True)
TESTS['einsum_attention'][2][:] = [np.einsum('bqhd,bkhd->bhqk', *TESTS['einsum_attention'][1])]
test('einsum_trace', 12, 'Einsum', [floats(3, 3)], [np.float32(0)], equation='ii->')
TESTS['einsum_trace'][2][:] = [np.einsum('ii->', *TESTS['einsum_trace'][1])]

# Windows.
signal, taps = floats(1, 2, 9), floats(3, 2, 3)
conv1 = np.stack([np.einsum('ncw,ocw->no', signal[:, :, i:i + 3], taps) for i in range(7)], 2)
test('conv_1d', 11, 'Conv', [signal, taps], [conv1], [1])
same = np.pad(signal, [(0, 0), (0, 0), (1, 1)])
test('conv_1d_same_dynamic', 11, 'Conv', [signal, taps], [np.stack([np.einsum('ncw,ocw->no', same[:, :, i:i + 3], taps) for i in range(9)], 2)],
     [1], auto_pad='SAME_UPPER', dynamic=True)
test('max_pool_1d', 12, 'MaxPool', [signal], [signal[:, :, :8].reshape(1, 2, 4, 2).max(3)], kernel_shape=[2], strides=[2], dynamic=True)
test('global_lp_pool', 7, 'GlobalLpPool', [x4], [(np.abs(x4) ** 3).sum((2, 3), keepdims=True) ** np.float32(1 / 3)], p=3)

test('lp_pool_18', 18, 'LpPool', [signal], [np.sqrt((signal[:, :, :8].reshape(1, 2, 4, 2) ** 2).sum(3))], kernel_shape=[2], strides=[2])


def attend(q, k, v, mask, scale):
    """q is BxHxSxD, k and v BxGxTxD; the mask is added."""
    k, v = (a.repeat(q.shape[1] // a.shape[1], 1) for a in (k, v))
    return softmax(q @ k.swapaxes(2, 3) * np.float32(scale) + mask, 3) @ v


heads = lambda a, n: a.reshape(a.shape[0], a.shape[1], n, -1).swapaxes(1, 2)
q, k, v = floats(2, 4, 3, 8), floats(2, 2, 5, 8), floats(2, 2, 5, 8)
scale = 1 / math.sqrt(8)
triangle = np.where(np.arange(5) <= np.arange(3)[:, None], 0, -np.inf).astype(np.float32)
test('attention_23', 23, 'Attention', [q, k, v], [attend(q, k, v, 0, scale)])
test('attention_23_causal', 23, 'Attention', [q, k, v], [attend(q, k, v, triangle, scale)], is_causal=1)
test('attention_23_causal_dynamic', 23, 'Attention', [q, k, v], [attend(q, k, v, triangle, 0.5)], is_causal=1, scale=0.5, dynamic=(0, 2))
seen = RNG.uniform(size=(3, 5)) < 0.7
seen[:, 0] = True
test('attention_23_mask', 23, 'Attention', [q, k, v, seen], [attend(q, k, v, np.where(seen, 0, -np.inf).astype(np.float32), scale)])
flat = lambda a: a.swapaxes(1, 2).reshape(a.shape[0], a.shape[2], -1)
test('attention_23_flat', 23, 'Attention', [flat(q), flat(k), flat(v)], [flat(attend(q, k, v, 0, scale))], q_num_heads=4, kv_num_heads=2)
old_k, old_v = floats(2, 2, 2, 8), floats(2, 2, 2, 8)
new_k, new_v = np.concatenate([old_k, k[:, :, :3]], 2), np.concatenate([old_v, v[:, :, :3]], 2)
behind = np.where(np.arange(5) <= np.arange(3)[:, None] + 2, 0, -np.inf).astype(np.float32)
test('attention_23_past', 23, 'Attention', [q, k[:, :, :3].copy(), v[:, :, :3].copy(), None, old_k, old_v],
     [attend(q, new_k, new_v, behind, scale), new_k, new_v], is_causal=1)


def rotate(a, cos, sin, interleaved):
    """a is BxHxSxD, cos and sin BxSx(D/2)."""
    cos, sin = cos[:, None], sin[:, None]
    first, second = (a[..., 0::2], a[..., 1::2]) if interleaved else np.split(a, 2, 3)
    y1, y2 = cos * first - sin * second, sin * first + cos * second
    return np.stack([y1, y2], 4).reshape(a.shape) if interleaved else np.concatenate([y1, y2], 3)


cos, sin, where = floats(9, 4), floats(9, 4), RNG.integers(0, 9, (2, 3))
test('rotary_23', 23, 'RotaryEmbedding', [q, cos, sin, where], [rotate(q, cos[where], sin[where], False)])
test('rotary_23_interleaved', 23, 'RotaryEmbedding', [q, cos[where], sin[where]], [rotate(q, cos[where], sin[where], True)], interleaved=1)
test('rotary_23_flat', 23, 'RotaryEmbedding', [flat(q), cos, sin, where], [flat(rotate(q, cos[where], sin[where], False))], num_heads=4)
test('rotary_23_part', 23, 'RotaryEmbedding', [q, cos[:, :2].copy(), sin[:, :2].copy(), where],
     [np.concatenate([rotate(q[..., :4], cos[where][..., :2], sin[where][..., :2], False), q[..., 4:]], 3)], rotary_embedding_dim=4)

# Axes that are known at run time only.
test('squeeze_13_runtime', 13, 'Squeeze', [x.reshape(2, 1, 3, 4, 1), i64(-1, 1)], [x])
test('unsqueeze_13_runtime', 13, 'Unsqueeze', [x, i64(4, -4)], [x.reshape(2, 1, 3, 4, 1)])
test('unsqueeze_13_runtime_scalar', 13, 'Unsqueeze', [np.float32(3), i64(0)], [np.float32([3])])
test('cumsum_14_runtime', 14, 'CumSum', [x, np.int32(-2)], [np.cumsum(x, 1)])

# Others.
test('eye_like', 9, 'EyeLike', [np.zeros((3, 4), np.int32)], [np.eye(3, 4, 1, dtype=np.float32)], dtype=TensorProto.FLOAT, k=1, dynamic=True)
test('scatter_elements_18', 18, 'ScatterElements', [np.zeros(3, np.float32), i64(1, 1, 2), np.float32([5, 3, -1])], [np.float32([0, 5, 0])], reduction='max')
test('scatter_nd_18', 18, 'ScatterND', [np.zeros((3, 2), np.float32), i64(1, 1).reshape(2, 1), np.float32([[5, 3], [-1, 4]])], [np.float32([[0, 0], [-1, 0], [0, 0]])], reduction='min')
test('cast_19', 19, 'Cast', [x], [x.astype(np.int64)], to=TensorProto.INT64, saturate=1)
test('mod_float', 13, 'Mod', [x, floats(4)], [np.float32(0)], fmod=1)
TESTS['mod_float'][2][:] = [np.fmod(*TESTS['mod_float'][1])]
test('flatten_dynamic', 13, 'Flatten', [x4], [x4.reshape(8, 30)], axis=2, dynamic=True)
test('space_to_depth_dynamic', 13, 'SpaceToDepth', [floats(1, 2, 4, 6)], [np.float32(0)], blocksize=2, dynamic=True)
TESTS['space_to_depth_dynamic'][2][:] = [
    TESTS['space_to_depth_dynamic'][1][0].reshape(1, 2, 2, 2, 3, 2).transpose(0, 3, 5, 1, 2, 4).reshape(1, 8, 2, 3)]
test('shape_15', 15, 'Shape', [x4], [i64(5)], start=-2, end=-1)

TESTS.main()
