# tt.gemm, tt.conv_direct and tt.conv_depthwise of i16, and of unsigned by signed bytes, against NumPy's sums in int64, equal to the last bit.
# Usage: fuzz_integer.py vnni|avxvnni|16|8|4|neon|neon-plain|i8mm CASES SEED
# Numbers of 16 bits are what 8 bits minus a zero point give, [-255, 255]; some cases hold nothing but the two ends of their range.
import random
import sys

import numpy as np
from kernel_harness import TARGETS, Case, check_cases, guarded, pack, pack_runs, strided, type_of, windows


def fill(rng, npr, array):
    kind = rng.choice(["any", "any", "ends", "low", "high"])
    shape = array.shape
    low, high = {"i": (-255, 255), "B": (0, 255), "b": (-128, 127)}[array.dtype.char if array.itemsize == 1 else "i"]
    array[...] = {"any": lambda: npr.integers(low, high + 1, shape), "ends": lambda: npr.choice([low, high], shape),
                  "low": lambda: np.full(shape, low), "high": lambda: np.full(shape, high)}[kind]()
    return array


def draw_types(rng):
    """Element type and NumPy types of the left and the right factors, and the unit of their panels."""
    return rng.choice([("i16", np.int16, np.int16, 2), ("i8", np.uint8, np.int8, 4)])


def epilogue(rng, npr, expected, letters, channels, dynamic):
    """Random ops behind the sum: arrays, extras (name, type, map), body, value, its type, what is expected."""
    arrays, extras, body, value, out = [], [], [], "%acc", "i32"
    if rng.random() < 0.6:
        bias = guarded((channels,), np.int32)
        bias[...] = npr.integers(-100000, 100000, channels)
        arrays.append(bias)
        extras.append(("%e0", type_of(bias, "i32", {0} if letters[-1] in dynamic else set()),
                       f"({', '.join(letters)}) -> ({letters[-1]})"))
        body.append(f"%s0 = arith.addi {value}, %x0 : i32")
        value, expected = "%s0", expected + bias.astype(np.int64)
    kind = rng.choice(["i32", "f32", "ui8"])
    if kind != "i32":
        # 2^-6 is exact, and so are sums below 2^24 in f32: rounding decides only in roundeven, where NumPy's does the same.
        body += ["%scale = arith.constant 0.015625 : f32", f"%f = arith.sitofp {value} : i32 to f32",
                 "%m = arith.mulf %f, %scale : f32"]
        value, out = "%m", "f32"
        expected = expected.astype(np.float32) * np.float32(0.015625)
    if kind == "ui8":
        body += ["%low = arith.constant 0.0 : f32", "%high = arith.constant 255.0 : f32",
                 "%r = math.roundeven %m : f32", "%a1 = arith.maximumf %r, %low : f32",
                 "%a2 = arith.minimumf %a1, %high : f32", "%w = arith.fptosi %a2 : f32 to i32",
                 "%n = arith.trunci %w : i32 to i8"]
        value, out = "%n", "i8"
        expected = np.clip(np.rint(expected), 0, 255).astype(np.uint8)
    return arrays, extras, body, value, out, expected


def finish(rng, npr, number, lanes, op, attributes, x, weights, sums, letters, types, dynamic, note):
    arrays, extras, body, value, out, expected = epilogue(rng, npr, sums, letters, sums.shape[-1], dynamic)
    dtype = {"i32": np.int32, "f32": np.float32, "i8": np.uint8}[out]
    init, backing = strided(sums.shape, dtype, (0,) * (sums.ndim - 1) + (rng.choice([0, 3]),))
    layout = None if init.shape == backing.shape else "static"
    init_type = type_of(init, out, {i for i, d in enumerate(letters) if d in dynamic}, layout)
    config = ""
    if rng.random() < 0.6:
        config = (f', config = #tt.lowering_config<rows = {rng.randint(1, 9)}, vectors = {rng.randint(1, 4)}, '
                  f'lanes = {lanes}, order = "{rng.choice(["nm", "mn"])}", chunk = {rng.choice([0, 1, 2, 3])}>')
    maps = ", ".join(f"affine_map<{e[2]}>" for e in extras)
    extra_text = f" extras({', '.join(e[0] for e in extras)} : {', '.join(e[1] for e in extras)})" if extras else ""
    arguments = "".join(f", {e[0]}: {e[1]}" for e in extras)
    block = ", ".join(["%acc: i32"] + [f"%x{i}: i32" for i in range(len(extras))])
    newline = "\n    "
    text = f"""func.func @integer_{number}(%ctx: !llvm.ptr, %a: {types[0]}, %b: {types[1]}, %c: {init_type}{arguments})
    attributes {{llvm.emit_c_interface}} {{
  {op} ins(%a, %b : {types[0]}, {types[1]}) outs(%c : {init_type}){extra_text}
      {{{attributes}extra_maps = [{maps}]{config}}} epilogue {{
  ^bb0({block}):
    {newline.join(body)}
    tt.yield {value} : {out}
  }}
  return
}}"""
    return Case(text, [x, weights, init] + arrays, init, backing, expected, 0, note + config)


def make_gemm(rng, npr, number, lanes):
    size = lambda: rng.choice([1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33, 47, 48, 49, 64, rng.randint(1, 130)])
    b, m, n = rng.choice([1, 1, 2, 3]), size(), size()
    k = rng.choice([0, 1, 2, 3, size(), size(), size()])
    b_lhs, b_rhs = rng.choice([1, b]), rng.choice([1, b])
    padded = rng.random() < 0.3
    element, left, right, unit = draw_types(rng)
    lhs, _ = strided((b_lhs, m, k), left, (0, 1, rng.randint(1, 9)) if padded else (0, 0, 0))
    fill(rng, npr, lhs)
    rhs = fill(rng, npr, np.empty((b_rhs, k, n), right))
    runs = unit == 4 or rng.random() < 0.7
    packed = pack_runs(rhs, unit) if runs else pack(rhs)
    sums = np.broadcast_to(np.matmul(lhs.astype(np.int64), rhs.astype(np.int64)), (b, m, n))
    # Pairs need a static depth.
    dynamic = {d for d in ("bmn" if runs and unit == 2 else "bmnk") if rng.random() < 0.3}
    dims = lambda letters: {i for i, d in enumerate(letters) if d in dynamic}
    types = (type_of(lhs, element, dims("bmk"), "static" if padded else None),
             type_of(packed, element, dims("bnk__" if runs else "bnk_")))
    note = f"tt.gemm {element} {b}x{m}x{n}x{k}, lhs {b_lhs}, rhs {b_rhs}, runs {runs}, dynamic {''.join(sorted(dynamic))}"
    return finish(rng, npr, number, lanes, "tt.gemm", "packed, ", lhs, packed, sums, "bmn", types, dynamic, note)


def make_conv(rng, npr, number, lanes):
    depthwise = rng.random() < 0.4
    images = rng.choice([1, 1, 2])
    kernel = (rng.choice([1, 2, 3, 5]), rng.choice([1, 2, 3, 5]))
    strides = (rng.choice([1, 1, 2, 3]), rng.choice([1, 1, 2, 3]))
    dilations = (rng.choice([1, 1, 2]), rng.choice([1, 1, 2]))
    out = (rng.randint(1, 9), rng.choice([1, 2, 3, 4, 7, 8, 9, 13, 14, 17]))
    size = [(out[d] - 1) * strides[d] + dilations[d] * (kernel[d] - 1) + 1 + rng.randint(0, strides[d] - 1)
            for d in range(2)]
    groups = 1 if depthwise else rng.choice([1, 1, 1, 2, 3])
    element, left, right, unit = draw_types(rng)
    per_group = rng.choice([1, 3, 8, 15, 16, 17, 24, 33, 40]) if depthwise else rng.choice([1, 2, 3, 4, 8, 16, 17, 30])
    if unit == 4 and not depthwise:
        per_group = (per_group + 3) // 4 * 4
    channels = groups * per_group
    padded = rng.random() < 0.3
    x, _ = strided((images, *size, channels), left, (0, 1, 2, 0) if padded else (0, 0, 0, 0))
    fill(rng, npr, x)
    view = windows(x.astype(np.int64), kernel, strides, dilations, out)
    array = lambda pair: f"array<i64: {pair[0]}, {pair[1]}>"
    attributes = f"strides = {array(strides)}, dilations = {array(dilations)}, "
    if depthwise:
        weights = fill(rng, npr, guarded((*kernel, channels), right))
        sums = np.einsum("nhwklc,klc->nhwc", view, weights.astype(np.int64))
        op = "tt.conv_depthwise"
    else:
        out_channels = groups * rng.choice([1, 3, 15, 16, 17, 32, 33, 40, 64])
        # [groups, K in the order kh, kw, i, O / groups]
        matrix = fill(rng, npr, np.empty((groups, kernel[0] * kernel[1] * per_group, out_channels // groups), right))
        weights = pack_runs(matrix, unit) if per_group % unit == 0 else pack(matrix)
        sums = np.concatenate([
            np.matmul(view[..., g * per_group : (g + 1) * per_group].reshape(images, *out, -1), matrix[g].astype(np.int64))
            for g in range(groups)], axis=-1)
        attributes = f"packed, kernel = {array(kernel)}, groups = {groups} : i64, " + attributes
        op = "tt.conv_direct"
    dynamic = {d for d in "nhw" if rng.random() < 0.3} | ({"c"} if depthwise and rng.random() < 0.3 else set())
    dims = lambda letters: {i for i, d in enumerate(letters) if d in dynamic}
    types = (type_of(x, element, dims("nhwc"), rng.choice(["static", "dynamic"]) if padded else None),
             type_of(weights, element, dims("__c") if depthwise else set()))
    note = (f"{op} {element} {x.shape} -> {sums.shape}, kernel {kernel}, strides {strides}, dilations {dilations}, groups {groups}, "
            f"dynamic {''.join(sorted(dynamic))}")
    return finish(rng, npr, number, lanes, op, attributes, x, weights, sums, "nhwc", types, dynamic, note)


target, (cases, seed) = sys.argv[1], map(int, sys.argv[2:4])
lanes = TARGETS[target][2]
rng, npr = random.Random(seed), np.random.default_rng(seed)
make = lambda number: (make_gemm if rng.random() < 0.5 else make_conv)(rng, npr, number, lanes)
done = check_cases([make(i) for i in range(cases)], target, "tt-choose-config,tt-emit-contractions")
print(f"{done} cases passed")
