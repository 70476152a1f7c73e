# tt.gemm on odd sizes against NumPy. Usage: fuzz_gemm.py 16|8|4|neon CASES SEED
# Tolerance: f32 sums of K products of numbers below 2, so an error of K * 2^-23 * 4 at most; 1e-4 for K <= 130.
import random
import sys

import numpy as np
from kernel_harness import TARGETS, Case, check_cases, guarded, pack, strided, type_of

# Epilogue extras: name -> (map, function of the sizes that gives the shape)
EXTRAS = {
    "column": ("(b, m, n) -> (n)", lambda b, m, n: (n,), lambda x: x),
    "row": ("(b, m, n) -> (m)", lambda b, m, n: (m,), lambda x: x[:, None]),
    "full": ("(b, m, n) -> (b, m, n)", lambda b, m, n: (b, m, n), lambda x: x),
    "turned": ("(b, m, n) -> (n, m)", lambda b, m, n: (n, m), lambda x: x.T),
    "one": ("(b, m, n) -> (0)", lambda b, m, n: (1,), lambda x: x[0]),
    "batch": ("(b, m, n) -> (b, 0, n)", lambda b, m, n: (b, 1, n), lambda x: x),
}


def make(rng, npr, number, lanes):
    size = lambda: rng.choice([1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33, 47, 48, 49, 64, rng.randint(1, 130)])
    b, m, n = rng.choice([1, 1, 2, 3]), size(), size()
    k = rng.choice([0, 1, 2, size(), size(), size()])
    b_lhs, b_rhs = rng.choice([1, b]), rng.choice([1, b])
    # lhs: plain, padded rows, or columns two elements apart
    kind = rng.choice(["plain", "padded", "padded-dynamic", "spread"])
    slack = {"plain": (0, 0, 0), "spread": (0, 0, k)}.get(kind, (rng.randint(0, 1), rng.randint(0, 2), rng.randint(1, 9)))
    lhs, _ = strided((b_lhs, m, 2 * k if kind == "spread" else k), np.float32, slack if kind != "spread" else (0, 0, 0))
    if kind == "spread":
        lhs = lhs[:, :, ::2]
    lhs[...] = npr.uniform(-1, 1, lhs.shape)
    rhs = npr.uniform(-1, 1, (b_rhs, k, n)).astype(np.float32)
    packed = pack(rhs)
    out_type = rng.choice(["f32", "f32", "f32", "f64", "i1"])
    dtype = {"f32": np.float32, "f64": np.float64, "i1": np.bool_}[out_type]
    padded = rng.random() < 0.3
    init, backing = strided((b, m, n), dtype, (0, 1, 3) if padded else (0, 0, 0))
    dynamic = {d for d in "bmnk" if rng.random() < 0.3}
    dims = lambda letters: {i for i, d in enumerate(letters) if d in dynamic}
    lhs_type = type_of(lhs, "f32", dims("bmk"), {"plain": None, "padded": "static"}.get(kind, "dynamic"))
    rhs_type = type_of(packed, "f32", dims("bnk"))
    init_type = type_of(init, out_type, dims("bmn"), "static" if padded else None)

    expected = np.matmul(lhs.astype(np.float64), rhs.astype(np.float64))
    expected = np.broadcast_to(expected, (b, m, n))
    arrays, extras, body, value = [lhs, packed, init], [], [], "%acc"
    for index, name in enumerate(rng.sample(sorted(EXTRAS), rng.randint(0, 3))):
        map_text, shape, view = EXTRAS[name]
        extra = guarded(shape(b, m, n), np.float32)
        extra[...] = npr.uniform(-1, 1, extra.shape)
        letters = map_text.split("-> (")[1][:-1].replace(" ", "").replace(",", "")
        extras.append((f"%e{index}", type_of(extra, "f32", dims(letters)), map_text))
        arrays.append(extra)
        body.append(f"%s{index} = arith.addf {value}, %x{index} : f32")
        value = f"%s{index}"
        expected = expected + view(extra.astype(np.float64))
    if out_type == "i1":
        # Far enough from the border that rounding does not decide.
        body.append(f"%r = arith.cmpf ogt, {value}, %border : f32")
        value, border = "%r", 1000.0 if rng.random() < 0.5 else -1000.0
        body.insert(0, f"%border = arith.constant {border} : f32")
        expected = expected > border
    elif rng.random() < 0.5:
        body.append(f"%zero = arith.constant 0.0 : f32\n%r = arith.maximumf {value}, %zero : f32")
        value = "%r"
        expected = np.maximum(expected, 0)
    if out_type == "f64":
        body.append(f"%w = arith.extf {value} : f32 to f64")
        value = "%w"
    # Without a config tt-choose-config decides; else any tile must be right.
    config = ""
    if rng.random() < 0.6:
        rows, vectors, chunk = rng.randint(1, 9), rng.randint(1, 4), rng.choice([0, 1, 2, 3])
        order = rng.choice(["nm", "mn"])
        config = (f', config = #tt.lowering_config<rows = {rows}, vectors = {vectors}, lanes = {lanes}, '
                  f'order = "{order}", chunk = {chunk}>')
    maps = ", ".join(f"affine_map<{e[2]}>" for e in extras)
    extra_text = f" extras({', '.join(e[0] for e in extras)} : {', '.join(e[1] for e in extras)})" if extras else ""
    arguments = ", ".join(f"{e[0]}: {e[1]}" for e in extras)
    block = ", ".join(["%acc: f32"] + [f"%x{i}: f32" for i in range(len(extras))])
    text = f"""func.func @gemm_{number}(%ctx: !llvm.ptr, %a: {lhs_type}, %b: {rhs_type}, %c: {init_type}{', ' + arguments if extras else ''})
    attributes {{llvm.emit_c_interface}} {{
  tt.gemm ins(%a, %b : {lhs_type}, {rhs_type}) outs(%c : {init_type}){extra_text}
      {{packed, extra_maps = [{maps}]{config}}} epilogue {{
  ^bb0({block}):
    {chr(10).join(body)}
    tt.yield {value} : {out_type}
  }}
  return
}}"""
    note = f"{b}x{m}x{n}x{k}, lhs {b_lhs} {kind}, rhs {b_rhs}, dynamic {''.join(sorted(dynamic))}{config}"
    return Case(text, arrays, init, backing, expected, 1e-4, note)


target, (cases, seed) = sys.argv[1], map(int, sys.argv[2:4])
lanes = TARGETS[target][2]
rng, npr = random.Random(seed), np.random.default_rng(seed)
done = check_cases([make(rng, npr, i, lanes) for i in range(cases)], target, "tt-choose-config,tt-emit-contractions")
print(f"{done} cases passed")
