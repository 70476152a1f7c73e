# tt.conv_winograd on odd sizes against NumPy's direct form. Usage: fuzz_winograd.py 16|8|4|neon CASES SEED
# Tolerance: the errors stated for the op, 4e-6 and 1e-4 of the output's root mean square, at most 12 here, four times.
import random
import sys

import numpy as np
from kernel_harness import TARGETS, Case, check_cases, extra_texts, pack, random_config, random_epilogue, strided, type_of

G = {2: np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]]),
     4: np.array([[6, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 24]]) / 24}


def make(rng, npr, number, lanes):
    tile = rng.choice([2, 4])
    images, height, width = rng.choice([1, 1, 2]), rng.randint(1, 11), rng.choice([1, 2, 3, 4, 5, 6, 7, 8, 9, 13])
    channels, filters = rng.choice([1, 3, 8, 15, 16, 17, 33]), rng.choice([1, 3, 15, 16, 17, 32, 33, 40, 64])
    padded = rng.random() < 0.3
    x, _ = strided((images, height + 2, width + 2, channels), np.float32, (0, 1, 2, 0) if padded else (0, 0, 0, 0))
    x[...] = npr.uniform(-1, 1, x.shape)
    # An output that is the inside of a larger buffer: what surrounds it must stay.
    slack = (0, 1, 2, 0) if rng.random() < 0.3 else (0, 0, 0, 0)
    init, backing = strided((images, height, width, filters), np.float32, slack)
    weights = npr.uniform(-1, 1, (filters, channels, 3, 3)).astype(np.float32).astype(np.float64)
    expected = np.zeros((images, height, width, filters))
    for kh in range(3):
        for kw in range(3):
            expected += x[:, kh : kh + height, kw : kw + width].astype(np.float64) @ weights[:, :, kh, kw].T
    transformed = np.einsum("ix,ocxy,jy->ijco", G[tile], weights, G[tile]).reshape((tile + 2) ** 2, channels, filters)
    filter_ = pack(transformed.astype(np.float32))

    dynamic = {0} if rng.random() < 0.3 else set()  # dimensions without a size in the types
    more, extras, body, value, expected = random_epilogue(rng, npr, init, filters, expected, dynamic)
    arrays, config = [x, filter_, init, *more], random_config(rng, lanes, 0.7)
    maps, extra_text, arguments, block = extra_texts(extras)
    x_type = type_of(x, "f32", dynamic, "static" if padded else None)
    w_type, init_type = type_of(filter_, "f32"), type_of(init, "f32", dynamic, "static" if any(slack) else None)
    text = f"""func.func @conv_{number}(%ctx: !llvm.ptr, %a: {x_type}, %b: {w_type}, %c: {init_type}{arguments})
    attributes {{llvm.emit_c_interface}} {{
  tt.conv_winograd ins(%a, %b : {x_type}, {w_type}) outs(%c : {init_type}){extra_text}
      {{tile = {tile} : i64, extra_maps = [{maps}]{config}}} epilogue {{
  ^bb0({block}):
    {chr(10).join(body)}
    tt.yield {value} : f32
  }}
  return
}}"""
    return Case(text, arrays, init, backing, expected, 2e-4 if tile == 2 else 5e-3,
                f"F({tile}x{tile}) {x.shape} -> {init.shape}{config}")


target, (cases, seed) = sys.argv[1], map(int, sys.argv[2:4])
rng, npr = random.Random(seed), np.random.default_rng(seed)
done = check_cases([make(rng, npr, i, TARGETS[target][2]) for i in range(cases)], target,
                   "tt-choose-config,tt-emit-contractions")
print(f"{done} cases passed")
