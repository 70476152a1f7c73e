"""Histograms and ranges by docs/quantization.md, written with NumPy from that page alone, to hold tt's against."""
import json
import math

import numpy as np

STEPS = 128  # candidates of entropy and mse


def histogram(x):
    """exponent, number of the first bin, counts."""
    x = x.astype(np.float64)
    low, high = x.min(), x.max()
    largest = max(-low, high)
    e = -149 if largest == 0 else max(-149, math.floor(math.log2(largest)) - 23)
    while math.floor(high * 2.0**-e) - math.floor(low * 2.0**-e) >= 2048:
        e += 1
    bins = np.floor(x * 2.0**-e).astype(np.int64)
    first = bins.min()
    return int(e), int(first), np.bincount(bins - first)


def statistics(x, place=0):
    e, first, counts = histogram(x)
    return {"place": place, "count": x.size, "nan": 0, "infinite": 0, "min": float(x.min()), "max": float(x.max()), "sum": [float(x.sum(dtype=np.float64))],
            "sum_squares": [float((x.astype(np.float64)**2).sum())], "histogram": {"exponent": e, "first": first, "counts": counts.tolist()}}


def write_ranges(path, values):
    with open(path, "w") as f:
        json.dump({"format": "tt-ranges", "version": 1, "model": "m", "sha256": "", "samples": 1,
                   "values": {name: statistics(x, i) for i, (name, x) in enumerate(values.items())}}, f)


def middles(value):
    h = value["histogram"]
    width = 2.0**h["exponent"]
    return np.clip((h["first"] + np.arange(len(h["counts"])) + 0.5) * width, value["min"], value["max"])


def min_max(value):
    return min(0.0, value["min"]), max(0.0, value["max"])


def percentile(value, percent):
    """Linear in each bin, as np.interp on the cumulated counts."""
    h = value["histogram"]
    counts = np.array(h["counts"], np.float64)
    edges = (h["first"] + np.arange(len(counts) + 1)) * 2.0**h["exponent"]
    cumulated = np.concatenate([[0], np.cumsum(counts)])
    low, high = min_max(value)
    tail = (1 - percent / 100) / 2
    limits = []
    for share in (tail, 1 - tail):
        wanted = share * value["count"]
        # The first bin that is not empty at whose end at least `wanted` values lie below.
        bin_ = int(np.flatnonzero((cumulated[1:] >= wanted) & (counts > 0))[0])
        limits.append(edges[bin_] + (wanted - cumulated[bin_]) / counts[bin_] * (edges[bin_ + 1] - edges[bin_]))
    return min(max(limits[0], low), 0.0), min(max(limits[1], 0.0), high)


def candidates(value):
    """The whole range, then narrower and narrower ones, each once."""
    low, high = min_max(value)
    largest, seen = max(-low, high), []
    for k in range(STEPS, 0, -1):
        limit = largest * k / STEPS
        candidate = (max(low, -limit), min(high, limit))
        if candidate not in seen:
            seen.append(candidate)
    return seen


def mean_square_error(value, limits):
    counts, x = np.array(value["histogram"]["counts"], np.float64), middles(value)
    low, high = limits
    scale = np.float64(np.float32((high - low) / 255)) or 1.0
    zero = min(max(np.rint(-low / scale), 0), 255)
    error = (np.clip(np.rint(x / scale) + zero, 0, 255) - zero) * scale - x
    return (counts * error * error).sum() / counts.sum()


def divergence(value, limits):
    counts, x = np.array(value["histogram"]["counts"], np.float64), middles(value)
    low, high = limits
    inside = np.flatnonzero((x >= low) & (x <= high))
    if len(inside) == 0:
        return math.inf
    first, last = inside[0], inside[-1]
    p = counts[first:last + 1].copy()
    p[0] += counts[:first].sum()
    p[-1] += counts[last + 1:].sum()
    step = (high - low) / 255
    levels = np.zeros(len(p)) if step == 0 else np.floor((x[first:last + 1] - low) / step + 0.5)
    q = np.zeros(len(p))
    for level in np.unique(levels):
        here = (levels == level) & (counts[first:last + 1] > 0)
        if here.any():
            q[here] = counts[first:last + 1][here].sum() / here.sum()
    p /= p.sum()
    q = np.maximum(q / q.sum() if q.sum() else q, 1e-10)
    return float((p[p > 0] * np.log(p[p > 0] / q[p > 0])).sum())


def choose(value, method):
    if method == "min-max":
        return min_max(value)
    if method.startswith("percentile"):
        return percentile(value, float(method.partition(":")[2] or 99.9))
    loss = {"mse": mean_square_error, "entropy": divergence}[method]
    return min(candidates(value), key=lambda limits: loss(value, limits))  # the first of equal ones


def loss(value, method, limits):
    return {"mse": mean_square_error, "entropy": divergence}[method](value, limits)
