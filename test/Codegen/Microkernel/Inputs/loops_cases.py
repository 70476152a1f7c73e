"""Runs tt-emit-loops on many linalg ops and compares with NumPy.

Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import ctypes
import itertools
import os
import re
import sys

import numpy as np

import jit

rng = np.random.default_rng(7)
TYPES = {"f32": np.float32, "f64": np.float64, "f16": np.float16, "i64": np.int64, "i32": np.int32, "i8": np.int8, "i1": np.bool_}
cases = []  # name, text, function that calls and checks


def memref(shape, element, dynamic=False, strided=False):
    sizes = "x".join("?" if dynamic else str(s) for s in shape)
    layout = f", strided<[{', '.join('?' * len(shape))}], offset: ?>" if strided and len(shape) else ""
    return f"memref<{sizes}{'x' if len(shape) else ''}{element}{layout}>"


def data(shape, element):
    if element == "i1":
        return np.asarray(rng.integers(0, 2, shape), bool)
    if element.startswith("f"):
        return np.asarray(rng.normal(size=shape), TYPES[element])
    return np.asarray(rng.integers(-50, 50, shape), TYPES[element])


def strided_copy(array):
    """An array of the same contents whose strides are those of a part of a larger one."""
    if array.ndim == 0:
        return array.copy()
    big = np.zeros([2 * n + 1 for n in array.shape], array.dtype)
    part = big[tuple(slice(0, 2 * n, 2) for n in array.shape)]
    part[...] = array
    return part


def generic(name, maps, iterators, ins, outs, body, expect, tolerance=0.0, dynamic=False, strided=False, given=None):
    """`ins`, `outs`: (shape, element). `body`: text on %a, %b, ... then %o, %p. `expect`: arrays of ins, outs -> arrays."""
    types = [memref(s, e, dynamic, strided) for s, e in ins + outs]
    names = ["%" + c for c in "abcdefgh"[:len(ins)]] + ["%" + c for c in "opqr"[:len(outs)]]
    arguments = ", ".join(f"%m{i}: {t}" for i, t in enumerate(types))
    blocks = ", ".join(f"{n}: {e}" for n, (_, e) in zip(names, ins + outs))
    in_text = f"ins({', '.join(f'%m{i}' for i in range(len(ins)))} : {', '.join(types[:len(ins)])})" if ins else ""
    out_text = f"outs({', '.join(f'%m{i + len(ins)}' for i in range(len(outs)))} : {', '.join(types[len(ins):])})"
    text = f"""
  func.func @{name}({arguments}) {{
    linalg.generic {{indexing_maps = [{', '.join(f'affine_map<{m}>' for m in maps)}],
                    iterator_types = [{', '.join(f'"{i}"' for i in iterators)}]}} {in_text} {out_text} {{
    ^bb0({blocks}):
      {body}
    }}
    return
  }}"""

    def check(library):
        arrays = given() if given else [data(s, e) for s, e in ins + outs]
        wanted = expect(*[a.copy() for a in arrays])
        if strided:
            arrays = [strided_copy(a) for a in arrays]
        library.call(name, *arrays)
        compare(name, arrays[len(ins):], wanted, tolerance)

    cases.append((name, text, check))


def plain(name, text, make, expect, tolerance=0.0):
    """A function given as text; `make` gives the arrays, `expect` those that must come out of the last ones."""

    def check(library):
        arrays = make()
        wanted = expect(*[a.copy() for a in arrays])
        library.call(name, *arrays)
        compare(name, arrays[-len(wanted):], wanted, tolerance)

    cases.append((name, text, check))


def softmax(x):
    with np.errstate(invalid="ignore"):
        e = np.exp(x.astype(np.float64) - x.astype(np.float64).max(-1, keepdims=True))
        return e / e.sum(-1, keepdims=True)


def compare(name, arrays, wanted, tolerance):
    for array, want in zip(arrays, wanted):
        want = np.asarray(want)
        if not np.allclose(array.astype(np.float64), want.astype(np.float64), rtol=tolerance, atol=tolerance, equal_nan=True):
            bad = np.argwhere(~np.isclose(array.astype(np.float64), want.astype(np.float64), rtol=tolerance, atol=tolerance, equal_nan=True))
            sys.exit(f"{name}: wrong at {bad[:4].tolist()} ({len(bad)} places): {array[tuple(bad[0])]} for {want[tuple(bad[0])]}")


P, R = "parallel", "reduction"
ADD = "%s = arith.addf %a, %b : f32\n linalg.yield %s : f32"

# Elementwise: merged loops, broadcasts, permutations, odd sizes, static, dynamic and strided.
for (m, n), (dynamic, strided) in itertools.product([(1, 1), (4, 16), (7, 67), (33, 2)], [(0, 0), (1, 0), (1, 1)]):
    tag = f"{m}x{n}{'_dyn' * dynamic}{'_str' * strided}"
    options = dict(dynamic=bool(dynamic), strided=bool(strided))
    I2, ROW, COL, T = "(i, j) -> (i, j)", "(i, j) -> (j)", "(i, j) -> (i)", "(i, j) -> (j, i)"
    f = "f32"
    generic(f"add_{tag}", [I2, I2, I2], [P, P], [((m, n), f)] * 2, [((m, n), f)], ADD, lambda a, b, o: [a + b], **options)
    generic(f"row_{tag}", [I2, ROW, I2], [P, P], [((m, n), f), ((n,), f)], [((m, n), f)], ADD, lambda a, b, o: [a + b], **options)
    generic(f"col_{tag}", [I2, COL, I2], [P, P], [((m, n), f), ((m,), f)], [((m, n), f)], ADD, lambda a, b, o: [a + b[:, None]], **options)
    generic(f"trans_{tag}", [T, I2, I2], [P, P], [((n, m), f), ((m, n), f)], [((m, n), f)], ADD, lambda a, b, o: [a.T + b], **options)
    generic(f"copyt_{tag}", [T, I2], [P, P], [((n, m), f)], [((m, n), f)], "linalg.yield %a : f32", lambda a, o: [a.T], **options)
    generic(f"inplace_{tag}", [COL, I2], [P, P], [((m,), f)], [((m, n), f)],
            "%s = arith.subf %o, %a : f32\n linalg.yield %s : f32", lambda a, o: [o - a[:, None]], **options)
    generic(f"rows_{tag}", [I2, COL], [P, R], [((m, n), f)], [((m,), f)],
            "%s = arith.addf %o, %a : f32\n linalg.yield %s : f32", lambda a, o: [o + a.sum(1)], 1e-5, **options)
    generic(f"cols_{tag}", [I2, ROW], [R, P], [((m, n), f)], [((n,), f)],
            "%s = arith.addf %o, %a : f32\n linalg.yield %s : f32", lambda a, o: [o + a.sum(0)], 1e-5, **options)
    generic(f"all_{tag}", [I2, "(i, j) -> ()"], [R, R], [((m, n), f)], [((), f)],
            "%s = arith.maximumf %o, %a : f32\n linalg.yield %s : f32", lambda a, o: [np.maximum(o, a.max())], **options)
    generic(f"max_{tag}", [I2, COL], [P, R], [((m, n), f)], [((m,), f)],
            "%s = arith.maximumf %a, %o : f32\n linalg.yield %s : f32", lambda a, o: [np.maximum(o, a.max(1))], **options)
    generic(f"sumsq_{tag}", [I2, COL], [P, R], [((m, n), f)], [((m,), f)],
            "%q = arith.mulf %a, %a : f32\n %s = arith.addf %o, %q : f32\n linalg.yield %s : f32",
            lambda a, o: [o + (a * a).sum(1)], 1e-5, **options)
    generic(f"less_{tag}", [I2, ROW, I2], [P, P], [((m, n), f), ((n,), f)], [((m, n), "i1")],
            "%s = arith.cmpf olt, %a, %b : f32\n linalg.yield %s : i1", lambda a, b, o: [a < b], **options)
    generic(f"where_{tag}", [ROW, I2, COL, I2], [P, P], [((n,), "i1"), ((m, n), f), ((m,), f)], [((m, n), f)],
            "%s = arith.select %a, %b, %c : f32\n linalg.yield %s : f32", lambda a, b, c, o: [np.where(a, b, c[:, None])], **options)
    generic(f"and_{tag}", [I2, I2, I2], [P, P], [((m, n), "i1")] * 2, [((m, n), "i1")],
            "%s = arith.andi %a, %b : i1\n linalg.yield %s : i1", lambda a, b, o: [a & b], **options)
    generic(f"any_{tag}", [I2, COL], [P, R], [((m, n), "i1")], [((m,), "i1")],
            "%s = arith.ori %o, %a : i1\n linalg.yield %s : i1", lambda a, o: [o | a.any(1)], **options)
    generic(f"index_{tag}", [I2], [P, P], [], [((m, n), "i64")],
            "%i = linalg.index 0 : index\n %j = linalg.index 1 : index\n %c = arith.constant 100 : index\n"
            "%x = arith.muli %i, %c : index\n %y = arith.addi %x, %j : index\n %z = arith.index_cast %y : index to i64\n linalg.yield %z : i64",
            lambda o, m=m, n=n: [np.arange(m)[:, None] * 100 + np.arange(n)], **options)
    generic(f"argmax_{tag}", [I2, COL, COL], [P, R], [((m, n), f)], [((m,), f), ((m,), "i64")],
            "%i = linalg.index 1 : index\n %x = arith.index_cast %i : index to i64\n %g = arith.cmpf ogt, %a, %o : f32\n"
            "%v = arith.select %g, %a, %o : f32\n %k = arith.select %g, %x, %p : i64\n linalg.yield %v, %k : f32, i64",
            lambda a, o, p: [a.max(1), a.argmax(1)],
            given=lambda m=m, n=n: [data((m, n), "f32"), np.full((m,), -np.inf, np.float32), np.zeros((m,), np.int64)], **options)

# Tiles that are transposed in registers, and their borders; also with another operand and a broadcast beside them.
for (m, n), element, dynamic in itertools.product([(35, 50), (64, 16), (16, 33)], ["f32", "f64", "i8", "i1"], [False, True]):
    generic(f"tiles_{m}x{n}_{element}{'_dyn' * dynamic}", ["(i, j) -> (j, i)", "(i, j) -> (i, j)"], [P, P], [((n, m), element)], [((m, n), element)],
            f"linalg.yield %a : {element}", lambda a, o: [a.T], dynamic=dynamic)
generic("tiles_sum", ["(b, i, j) -> (b, j, i)", "(b, i, j) -> (b, i, j)", "(b, i, j) -> (i)", "(b, i, j) -> (b, i, j)"], [P, P, P],
        [((2, 37, 21), "f32"), ((2, 21, 37), "f32"), ((21,), "f32")], [((2, 21, 37), "f32")],
        "%s = arith.addf %a, %b : f32\n %t = arith.mulf %s, %c : f32\n linalg.yield %t : f32",
        lambda a, b, c, o: [(a.transpose(0, 2, 1) + b) * c[:, None]])

# Short inner dimensions side by side: images with few channels, in both directions, scaled and shifted per channel.
for c, element, dynamic in itertools.product([2, 3, 4, 7], ["f32", "i8"], [False, True]):
    tag = f"{c}_{element}{'_dyn' * dynamic}"
    planes, pixels = (2, c, 5, 23), (2, 5, 23, c)
    maps = ["(n, y, x, c) -> (n, c, y, x)", "(n, y, x, c) -> (n, y, x, c)"]
    for name, order in [("to_pixels", maps), ("to_planes", maps[::-1])]:
        generic(f"{name}_{tag}", order, [P] * 4, [(planes if name == "to_pixels" else pixels, element)], [(pixels if name == "to_pixels" else planes, element)],
                f"linalg.yield %a : {element}", lambda a, o, name=name: [a.transpose((0, 2, 3, 1) if name == "to_pixels" else (0, 3, 1, 2))])
    generic(f"normalize_{tag}", [maps[1], "(n, y, x, c) -> (c)", maps[0]], [P] * 4, [(pixels, "i8"), ((c,), "f32")], [(planes, "f32")],
            "%f = arith.uitofp %a : i8 to f32\n %s = arith.mulf %f, %b : f32\n linalg.yield %s : f32",
            lambda a, b, o: [(a.view(np.uint8) * b).transpose(0, 3, 1, 2)])

# Lanes a few elements apart.
for stride, element in itertools.product([2, 3, 4, 5], ["f32", "i64", "i1"]):
    generic(f"every_{stride}_{element}", [f"(i, j) -> (i, j * {stride})", "(i, j) -> (j)", "(i, j) -> (i, j)"], [P, P],
            [((3, 36 * stride + 1), element), ((37,), element)], [((3, 37), element)], f"linalg.yield %a : {element}",
            lambda a, b, o, stride=stride: [a[:, ::stride]])
for element in ["f32", "f64"]:
    def spoiled(element=element):
        x = data((4, 10, 50), element)
        x[0, 0, 3], x[1, 2, 49], x[2, 2, 5], x[3, 1], x[3, 2, 7] = np.nan, np.nan, np.inf, -np.inf, -np.inf
        return [x, data((4, 10, 50), element)]

    plain(f"softmax_special_{element}", f"""
  func.func @softmax_special_{element}(%x: memref<4x10x50x{element}>, %y: memref<4x10x50x{element}>) {{
    tt.softmax_rows ins(%x : memref<4x10x50x{element}>) outs(%y : memref<4x10x50x{element}>)
    return
  }}""", spoiled, lambda x, y: [softmax(x)], 2e-6)

# Element types.
for element in ["f64", "f16", "i64", "i32", "i8"]:
    I2, ROW = "(i, j) -> (i, j)", "(i, j) -> (j)"
    op = "arith.mulf" if element.startswith("f") else "arith.muli"
    generic(f"mul_{element}", [I2, ROW, I2], [P, P], [((5, 83), element), ((83,), element)], [((5, 83), element)],
            f"%s = {op} %a, %b : {element}\n linalg.yield %s : {element}", lambda a, b, o: [a * b])
generic("divide_i32", ["(i) -> (i)"] * 3, [P], [((37,), "i32")] * 2, [((37,), "i32")],
        "%s = arith.divsi %a, %b : i32\n linalg.yield %s : i32", lambda a, b, o: [np.trunc(a / b)],
        given=lambda: [data((37,), "i32"), rng.integers(1, 9, 37).astype(np.int32), data((37,), "i32")])
generic("cast_i8_f32", ["(i) -> (i)"] * 2, [P], [((77,), "i8")], [((77,), "f32")],
        "%s = arith.sitofp %a : i8 to f32\n linalg.yield %s : f32", lambda a, o: [a])
generic("cast_i1_f32", ["(i) -> (i)"] * 2, [P], [((77,), "i1")], [((77,), "f32")],
        "%s = arith.uitofp %a : i1 to f32\n linalg.yield %s : f32", lambda a, o: [a])
generic("cast_f32_i64", ["(i) -> (i)"] * 2, [P], [((77,), "f32")], [((77,), "i64")],
        "%s = arith.fptosi %a : f32 to i64\n linalg.yield %s : i64", lambda a, o: [np.trunc(a)])

# Permutations of higher rank, one-sized dimensions, several outputs.
for shape, order in [((2, 3, 4, 5), (0, 2, 3, 1)), ((1, 19, 17, 3), (0, 3, 1, 2)), ((2, 33, 40), (0, 2, 1)), ((40, 3, 33), (2, 1, 0)), ((6, 7, 16), (1, 0, 2))]:
    letters = "ijkl"[:len(shape)]
    to = [shape[d] for d in order]
    source = ["" for _ in shape]
    for position, d in enumerate(order):
        source[d] = letters[position]
    generic("permute_" + "_".join(map(str, shape + order)), [f"({', '.join(letters)}) -> ({', '.join(source)})", f"({', '.join(letters)}) -> ({', '.join(letters)})"],
            [P] * len(shape), [(shape, "f32")], [(to, "f32")], "linalg.yield %a : f32", lambda a, o, order=order: [a.transpose(order)])
generic("two_results", ["(i, j) -> (i, j)"] * 3, [P, P], [((9, 21), "f32")], [((9, 21), "f32")] * 2,
        "%s = arith.negf %a : f32\n %t = arith.addf %a, %a : f32\n linalg.yield %s, %t : f32, f32", lambda a, o, p: [-a, a + a])
generic("diagonal", ["(i) -> (i, i)", "(i) -> (i)"], [P], [((23, 23), "f32")], [((23,), "f32")], "linalg.yield %a : f32",
        lambda a, o: [np.diag(a)])
generic("nearest", ["(i, j) -> (i floordiv 2, j)", "(i, j) -> (i, j)"], [P, P], [((3, 20), "f32")], [((6, 20), "f32")],
        "linalg.yield %a : f32", lambda a, o: [a.repeat(2, 0)])
generic("nearest_inner", ["(i, j) -> (i, j floordiv 2)", "(i, j) -> (i, j)"], [P, P], [((3, 20), "f32")], [((3, 40), "f32")],
        "linalg.yield %a : f32", lambda a, o: [a.repeat(2, 1)])
generic("running_sum", ["(i, j) -> (i, j)", "(i, j) -> (i, 0)"], [P, R], [((5, 9), "f32")], [((5, 1), "f32")],
        "%s = arith.addf %o, %a : f32\n linalg.yield %s : f32", lambda a, o: [o + a.sum(1, keepdims=True)], 1e-5)


def pool(a, w, o, kh, stride, combine):
    result = o.copy()
    n, oh, ow, c = o.shape
    for y, x in itertools.product(range(oh), range(ow)):
        window = a[:, y * stride:y * stride + kh, x * stride:x * stride + kh]
        result[:, y, x] = combine(result[:, y, x], window.reshape(n, kh * kh, c))
    return [result]


for c, stride in [(3, 1), (16, 2), (70, 2)]:
    h = 5 * stride + 3 - stride
    maps = [f"(n, y, x, c, u, v) -> (n, y * {stride} + u, x * {stride} + v, c)", "(n, y, x, c, u, v) -> (u, v)", "(n, y, x, c, u, v) -> (n, y, x, c)"]
    for op, combine in [("maximumf", lambda o, w: np.maximum(o, w.max(1))), ("addf", lambda o, w: o + w.sum(1))]:
        for dynamic in [False, True]:
            generic(f"pool_{op}_{c}_{stride}{'_dyn' * dynamic}", maps, [P, P, P, P, R, R], [((2, h, h, c), "f32"), ((3, 3), "f32")], [((2, 5, 5, c), "f32")],
                    f"%s = arith.{op} %o, %a : f32\n linalg.yield %s : f32",
                    lambda a, w, o, stride=stride, combine=combine: pool(a, w, o, 3, stride, combine), 1e-5, dynamic=dynamic)

# Bodies that load from another buffer: rows of a table, elements of a table.
plain("gather_rows", """
  func.func @gather_rows(%table: memref<50x37xf32>, %ids: memref<11xi64>, %out: memref<11x37xf32>) {
    linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
        ins(%ids : memref<11xi64>) outs(%out : memref<11x37xf32>) {
    ^bb0(%id: i64, %o: f32):
      %i = arith.index_cast %id : i64 to index
      %j = linalg.index 1 : index
      %v = memref.load %table[%i, %j] : memref<50x37xf32>
      linalg.yield %v : f32
    }
    return
  }""", lambda: [data((50, 37), "f32"), rng.integers(0, 50, 11), data((11, 37), "f32")], lambda t, i, o: [t[i]])
plain("gather_elements", """
  func.func @gather_elements(%table: memref<50xi1>, %ids: memref<?xi64>, %out: memref<?xi1>) {
    linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
        ins(%ids : memref<?xi64>) outs(%out : memref<?xi1>) {
    ^bb0(%id: i64, %o: i1):
      %i = arith.index_cast %id : i64 to index
      %v = memref.load %table[%i] : memref<50xi1>
      linalg.yield %v : i1
    }
    return
  }""", lambda: [data((50,), "i1"), rng.integers(0, 50, 45), data((45,), "i1")], lambda t, i, o: [t[i]])
plain("branch_in_body", """
  func.func @branch_in_body(%x: memref<29xf32>, %out: memref<29xf32>) {
    linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
        ins(%x : memref<29xf32>) outs(%out : memref<29xf32>) {
    ^bb0(%a: f32, %o: f32):
      %c3 = arith.constant 3 : index
      %i = linalg.index 0 : index
      %zero = arith.constant 0.0 : f32
      %c = arith.cmpf olt, %a, %zero : f32
      %r = scf.if %c -> (f32) {
        %s = arith.remui %i, %c3 : index
        %l = memref.load %x[%s] : memref<29xf32>
        scf.yield %l : f32
      } else {
        scf.yield %a : f32
      }
      linalg.yield %r : f32
    }
    return
  }""", lambda: [data((29,), "f32"), data((29,), "f32")], lambda x, o: [np.where(x < 0, x[np.arange(29) % 3], x)])

# Named ops and copies.
plain("fill", """
  func.func @fill(%out: memref<?x7xf32>) {
    %c = arith.constant 2.5 : f32
    linalg.fill ins(%c : f32) outs(%out : memref<?x7xf32>)
    return
  }""", lambda: [data((11, 7), "f32")], lambda o: [np.full_like(o, 2.5)])
plain("fill_bool", """
  func.func @fill_bool(%out: memref<41xi1>) {
    %c = arith.constant true
    linalg.fill ins(%c : i1) outs(%out : memref<41xi1>)
    return
  }""", lambda: [data((41,), "i1")], lambda o: [np.ones_like(o)])
plain("named", """
  func.func @named(%x: memref<5x9xf32>, %y: memref<9x5xf32>, %z: memref<9x4x5xf32>) {
    linalg.transpose ins(%x : memref<5x9xf32>) outs(%y : memref<9x5xf32>) permutation = [1, 0]
    linalg.broadcast ins(%y : memref<9x5xf32>) outs(%z : memref<9x4x5xf32>) dimensions = [1]
    return
  }""", lambda: [data((5, 9), "f32"), data((9, 5), "f32"), data((9, 4, 5), "f32")],
      lambda x, y, z: [x.T, np.broadcast_to(x.T[:, None], (9, 4, 5))])
plain("copy_into_part", """
  func.func @copy_into_part(%x: memref<2x?x?x6xf32>, %y: memref<2x10x12x6xf32>) {
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %h = memref.dim %x, %c1 : memref<2x?x?x6xf32>
    %w = memref.dim %x, %c2 : memref<2x?x?x6xf32>
    %part = memref.subview %y[0, 1, 2, 0] [2, %h, %w, 6] [1, 1, 1, 1] : memref<2x10x12x6xf32> to memref<2x?x?x6xf32, strided<[720, 72, 6, 1], offset: 84>>
    memref.copy %x, %part : memref<2x?x?x6xf32> to memref<2x?x?x6xf32, strided<[720, 72, 6, 1], offset: 84>>
    return
  }""", lambda: [data((2, 8, 9, 6), "f32"), data((2, 10, 12, 6), "f32")],
      lambda x, y: [np.concatenate([y[:, :1], np.concatenate([y[:, 1:9, :2], x, y[:, 1:9, 11:]], 2), y[:, 9:]], 1)])
plain("copy_bool", """
  func.func @copy_bool(%x: memref<3x19xi1>, %y: memref<3x19xi1>) {
    memref.copy %x, %y : memref<3x19xi1> to memref<3x19xi1>
    return
  }""", lambda: [data((3, 19), "i1"), data((3, 19), "i1")], lambda x, y: [x])


for n, dynamic, element, strided in itertools.product([1, 2, 3, 8, 16, 50, 64, 133, 700], [0, 1], ["f32", "f16", "f64"], [0, 1]):
    if (element != "f32" or strided) and n not in (3, 50, 133):
        continue
    tag = f"{n}_{element}{'_dyn' * dynamic}{'_str' * strided}"
    full = (4, 10, n)
    t = memref(full, element, dynamic)
    s = f"memref<{'?x?x?' if dynamic else f'4x10x{n}'}x{element}, strided<[?, ?, 1], offset: ?>>" if strided else t
    c = memref((n,), element, dynamic)

    def wide(array):
        n = array.shape[-1]
        big = np.zeros((4, 10, n + 3), array.dtype)
        big[:, :, :n] = array
        return big[:, :, :n]

    make = (lambda full=full, element=element: [3 * data(full, element), data(full, element)])
    made = (lambda make=make: [wide(a) for a in make()]) if strided else make
    tolerance = {"f32": 2e-6, "f16": 2e-3, "f64": 1e-14}[element]
    for log in ["", " {log}"]:
        name = f"softmax{'_log' * bool(log)}_{tag}"
        plain(name, f"""
  func.func @{name}(%x: {s}, %y: {s}) {{
    tt.softmax_rows ins(%x : {s}) outs(%y : {s}){log}
    return
  }}""", made, (lambda x, y: [np.log(softmax(x))]) if log else (lambda x, y: [softmax(x)]), tolerance * (4 if log else 1))
    for kind, bias in [("layer", True), ("rms", False)]:
        name = f"norm_{kind}_{tag}"
        b = f" bias(%b : {c})" if bias else ""

        def norm(x, g, b, y, kind=kind):
            x = x.astype(np.float64)
            if kind == "layer":
                x = x - x.mean(-1, keepdims=True)
            result = x / np.sqrt((x * x).mean(-1, keepdims=True) + np.float64(np.float32(1e-5))) * g
            return [result + (b if kind == "layer" else 0)]

        plain(name, f"""
  func.func @{name}(%x: {s}, %g: {c}, %b: {c}, %y: {s}) {{
    tt.norm_rows ins(%x, %g : {s}, {c}){b} outs(%y : {s}) {{kind = #tt<norm_kind {kind}>, epsilon = 1.0e-5 : f32}}
    return
  }}""", (lambda made=made, element=element, n=n: (lambda x, y: [x, data((n,), element), data((n,), element), y])(*made())), norm,
              {"f32": 4e-6, "f16": 8e-3, "f64": 1e-13}[element])

# Large ones, in chunks. The same cases run without threads in the first pass.
numbers_of_small_cases = len(cases)
for shape, dynamic in itertools.product([(70001,), (3, 30001), (700, 131), (40, 50, 60)], [False, True]):
    letters = "ijk"[:len(shape)]
    tag = "x".join(map(str, shape)) + "_dyn" * dynamic
    identity = f"({', '.join(letters)}) -> ({', '.join(letters)})"
    last = f"({', '.join(letters)}) -> ({letters[-1]})"
    first = f"({', '.join(letters)}) -> ({', '.join(letters[:-1])})"
    turned = f"({', '.join(letters)}) -> ({', '.join(letters[::-1])})"
    ones = [P] * len(shape)
    generic(f"big_add_{tag}", [identity, last, identity], ones, [(shape, "f32"), (shape[-1:], "f32")], [(shape, "f32")], ADD,
            lambda a, b, o: [a + b], dynamic=dynamic)
    generic(f"big_turn_{tag}", [turned, identity], ones, [(shape[::-1], "f32")], [(shape, "f32")], "linalg.yield %a : f32",
            lambda a, o: [a.T], dynamic=dynamic)
    generic(f"big_not_{tag}", [identity] * 2, ones, [(shape, "i1")], [(shape, "i1")],
            "%t = arith.constant true\n %s = arith.xori %a, %t : i1\n linalg.yield %s : i1", lambda a, o: [~a], dynamic=dynamic)
    if len(shape) > 1:
        generic(f"big_rows_{tag}", [identity, first], ones[:-1] + [R], [(shape, "f32")], [(shape[:-1], "f32")],
                "%s = arith.maximumf %o, %a : f32\n linalg.yield %s : f32", lambda a, o: [np.maximum(o, a.max(-1))], dynamic=dynamic)
        t = memref(shape, "f32", dynamic)
        plain(f"big_softmax_{tag}", f"""
  func.func @big_softmax_{tag}(%x: {t}, %y: {t}) {{
    tt.softmax_rows ins(%x : {t}) outs(%y : {t})
    return
  }}""", lambda shape=shape: [data(shape, "f32"), data(shape, "f32")], lambda x, y: [softmax(x)], 2e-6)

if __name__ == "__main__":
    neon = sys.argv[1:2] == ["neon"]  # under qemu-aarch64, instead of what this machine can run
    only = "".join(sys.argv[1 + neon : 2 + neon])
    chosen = [case for case in cases if only in case[0]]
    every = ["neon"] if neon else jit.lanes_here()
    for lanes in every if os.environ.get("TT_CHECK_FULL") else [every[0]] + every[1:][-1:]:
        library = jit.Library("\n".join(text for _, text, _ in chosen), lanes)
        for name, _, check in chosen:
            check(library)
        print(f"{lanes} lanes: {len(chosen)} functions agree with NumPy")
    large = [case for case in cases[numbers_of_small_cases:] if only in case[0]]
    if large and not neon:
        texts = [re.sub(r"(func.func @\w+\()", r"\1%ctx: !llvm.ptr, ", text) for _, text, _ in large]
        library = jit.Library("\n".join(texts), every[-1], parallel=True)
        chunks = ctypes.c_int64.in_dll(library.library, "chunks_run")
        for name, _, check in large:
            chunks.value = 0
            check(library)
            if chunks.value < 2:
                sys.exit(f"{name}: runs as {chunks.value} chunks")
        print(f"{len(large)} large functions agree in chunks")
