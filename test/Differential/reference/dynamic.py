# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators whose result sizes depend on values."""
import numpy as np

from .call import operator


@operator('NonZero')
def non_zero(call):
    if call[0].ndim == 0:
        return np.zeros((1, 1 if call[0] else 0), np.int64) if call[0] else np.zeros((1, 0), np.int64)
    return np.stack(np.nonzero(call[0])).astype(np.int64)


@operator('Compress')
def compress(call):
    axis = call.attribute('axis')
    x = call[0].reshape(-1) if axis is None else call[0]
    axis = 0 if axis is None else axis
    return np.take(x, [i for i, keep in enumerate(call[1]) if keep and i < x.shape[axis]], axis)


@operator('Unique')
def unique(call):
    axis, x = call.attribute('axis'), call[0]
    values, first, inverse, counts = np.unique(x, True, True, True, axis=axis)
    inverse = inverse.reshape(-1)
    if not call.attribute('sorted', 1):  # in the order of first occurrence
        order = np.argsort(first, kind='stable')
        values = np.take(values, order, 0 if axis is None else axis)
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        first, counts, inverse = first[order], counts[order], rank[inverse]
    return values, first.astype(np.int64), inverse.astype(np.int64), counts.astype(np.int64)


def corners(box, center):
    a, b, c, d = (float(v) for v in box)
    if center:
        return b - d / 2, a - c / 2, b + d / 2, a + c / 2
    return min(a, c), min(b, d), max(a, c), max(b, d)


@operator('NonMaxSuppression')
def non_max_suppression(call):
    boxes, scores = call[0], call[1]
    most = 0 if call[2] is None else int(call[2].reshape(-1)[0])
    overlap = 0.0 if call[3] is None else float(call[3].reshape(-1)[0])
    least = None if call[4] is None else float(call[4].reshape(-1)[0])
    center, chosen = call.attribute('center_point_box', 0), []
    for n in range(scores.shape[0]):
        for c in range(scores.shape[1]):
            kept = []
            for i in np.argsort(-scores[n, c], kind='stable'):
                if len(kept) >= most or (least is not None and not scores[n, c, i] > least):
                    continue
                y0, x0, y1, x1 = corners(boxes[n, i], center)
                for j in kept:
                    v0, u0, v1, u1 = corners(boxes[n, j], center)
                    common = max(min(y1, v1) - max(y0, v0), 0) * max(min(x1, u1) - max(x0, u0), 0)
                    whole = (y1 - y0) * (x1 - x0) + (v1 - v0) * (u1 - u0) - common
                    if whole > 0 and common / whole > overlap:
                        break
                else:
                    kept.append(i)
                    chosen.append((n, c, i))
    return np.array(chosen, np.int64).reshape(-1, 3)
