"""Measures the errors of tt-approximate-math over dense grids against double precision, and its special values.

Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import math
import sys

import numpy as np

import jit

F = np.float32
INF, NAN = F(np.inf), F(np.nan)


def signed(low, high, count=400001):
    """Arguments of both signs, dense in size and evenly spread."""
    size = np.geomspace(low, high, count)
    return np.concatenate([size, -size, np.linspace(-high, high, count), [0.0, -0.0]]).astype(F)


def positive(low, high, count=600001):
    return np.concatenate([np.geomspace(low, high, count), np.linspace(0.5, 2, count)]).astype(F)


erf = np.vectorize(math.erf)
# name: (reference, arguments, largest error in ulp, largest absolute error, special values). Errors are those of the pass's manual.
FUNCTIONS = {
    "exp": (np.exp, np.linspace(-87.3, 88.7, 1000001), 1.2, None, {-np.inf: 0, np.inf: np.inf, -1e30: 0, 1e30: np.inf, 89: np.inf, -88: 0, 0: 1}),
    "exp2": (np.exp2, np.linspace(-126, 127.99, 1000001), 1.2, None, {-np.inf: 0, np.inf: np.inf, 128: np.inf, -130: 0, 3: 8}),
    "expm1": (np.expm1, np.concatenate([signed(1e-30, 20), np.linspace(20, 88.7, 100001)]), 3, None, {-np.inf: -1, np.inf: np.inf, -50: -1, 100: np.inf, 0: 0}),
    "log": (np.log, positive(1e-44, 3e38), 1, None, {0: -np.inf, -0.0: -np.inf, np.inf: np.inf, -1: np.nan, -np.inf: np.nan, 1: 0}),
    "log2": (np.log2, positive(1e-44, 3e38), 3, None, {0: -np.inf, np.inf: np.inf, -1: np.nan, 1: 0}),
    "log10": (np.log10, positive(1e-44, 3e38), 3, None, {0: -np.inf, np.inf: np.inf, -1: np.nan, 1: 0}),
    "log1p": (np.log1p, np.concatenate([signed(1e-30, 0.999), positive(1e-3, 3e38)]), 3, None, {-1: -np.inf, np.inf: np.inf, -2: np.nan, 0: 0}),
    "tanh": (np.tanh, signed(1e-30, 20), 6, 4e-7, {np.inf: 1, -np.inf: -1, 100: 1, -100: -1, 0: 0}),
    "erf": (erf, signed(1e-30, 6, 100001), 6, 4e-7, {np.inf: 1, -np.inf: -1, 100: 1, -100: -1, 0: 0}),
    "sin": (np.sin, signed(1e-10, 1e5), None, 1e-7, {np.inf: np.nan, 0: 0}),
    "cos": (np.cos, signed(1e-10, 1e5), None, 1e-7, {np.inf: np.nan, 0: 1}),
    "rsqrt": (lambda x: 1 / np.sqrt(x), positive(1e-37, 3e38), 1.5, None, {np.inf: 0, 0: np.inf, -1: np.nan}),
    # Without an approximation: libm.
    "atan": (np.arctan, signed(1e-10, 1e5, 10001), 1.5, None, {np.inf: F(np.pi / 2)}),
}
HALF = ["exp", "tanh", "atan"]  # computed in f32
DOUBLE = {"exp": np.exp, "erf": erf, "tanh": np.tanh}


def function(name, op, element):
    return f"""
  func.func @test_{name}(%x: memref<?x{element}>, %y: memref<?x{element}>) {{
    linalg.generic {{indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}}
        ins(%x : memref<?x{element}>) outs(%y : memref<?x{element}>) {{
    ^bb0(%a: {element}, %b: {element}):
      %c = math.{op} %a : {element}
      linalg.yield %c : {element}
    }}
    return
  }}"""


def main():
    texts = [function(name, name, "f32") for name in FUNCTIONS]
    texts += [function(name + "_half", name, "f16") for name in HALF] + [function(name + "_double", name, "f64") for name in DOUBLE]
    for lanes in sys.argv[1:] or jit.lanes_here():  # "neon": under qemu-aarch64
        library = jit.Library("\n".join(texts), lanes)
        for name, (reference, x, ulps, absolute, special) in FUNCTIONS.items():
            x = x.astype(F)
            y = np.empty_like(x)
            library.call("test_" + name, x, y)
            wanted = reference(x.astype(np.float64))
            error = np.abs(y - wanted)
            in_ulps = (error / np.spacing(np.maximum(np.abs(wanted), 1.2e-38).astype(F))).max()
            print(f"{lanes} lanes {name}: {in_ulps:.2f} ulp, absolute {error.max():.2e}")
            if ulps is not None and not in_ulps <= ulps or absolute is not None and not error.max() <= absolute:
                sys.exit(f"{name}: more than the stated error")
            # One vector and a scalar tail, or a mask: every place computes the same.
            points = np.array(list(special) + [np.nan], F)
            for repeat in [1, 3]:
                many = np.repeat(points, repeat)
                got = np.empty_like(many)
                library.call("test_" + name, many, got)
                expected = np.repeat(np.array(list(special.values()) + [np.nan], F), repeat)
                if not np.array_equal(got, expected, equal_nan=True):
                    sys.exit(f"{name}: {got} at {many}, not {expected}")
            if len(x) > 64:
                head = np.empty_like(x[:37])
                library.call("test_" + name, x[:37], head)
                if lanes == 16 and not np.array_equal(head, y[:37], equal_nan=True):
                    sys.exit(f"{name}: tails differ from full vectors")
        for name in HALF:
            x = np.linspace(-8, 8, 4001).astype(np.float16)
            y = np.empty_like(x)
            library.call("test_" + name + "_half", x, y)
            if not np.allclose(y, FUNCTIONS[name][0](x.astype(np.float64)), rtol=6e-4, atol=1e-7):
                sys.exit(f"{name} on f16 is wrong")
        for name, reference in DOUBLE.items():
            x = np.linspace(-20, 20, 4001)
            y = np.empty_like(x)
            library.call("test_" + name + "_double", x, y)
            if not np.allclose(y, reference(x), rtol=1e-15, atol=0):
                sys.exit(f"{name} on f64 is wrong")
    print("all errors are as stated")


main()
