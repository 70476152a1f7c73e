# tt.conv_direct and tt.conv_depthwise on odd sizes against NumPy. Usage: fuzz_conv.py 16|8|4|neon CASES SEED
# Tolerance: f32 sums of at most 7 * 7 * 65 products of numbers below 1, an error of 2^-23 per addition: below 4e-4.
import random
import sys

import numpy as np
from kernel_harness import TARGETS, Case, check_cases, extra_texts, guarded, pack, random_config, random_epilogue, strided, type_of, windows


def make(rng, npr, number, lanes):
    depthwise = rng.random() < 0.4
    images = rng.choice([1, 1, 2])
    kernel = (rng.choice([1, 2, 3, 5, 7]), rng.choice([1, 2, 3, 5, 7]))
    if depthwise and rng.random() < 0.2:
        kernel = (8, 9)  # more taps than are unrolled
    strides = (rng.choice([1, 1, 2, 3]), rng.choice([1, 1, 2, 3]))
    dilations = (rng.choice([1, 1, 2]), rng.choice([1, 1, 2]))
    out = (rng.randint(1, 9), rng.choice([1, 2, 3, 4, 7, 8, 9, 13, 14, 17]))
    extra = (rng.randint(0, strides[0] - 1), rng.randint(0, strides[1] - 1))  # rows and columns no window reaches
    size = [(out[d] - 1) * strides[d] + dilations[d] * (kernel[d] - 1) + 1 + extra[d] for d in range(2)]
    if depthwise:
        groups, channels, filters = 1, rng.choice([1, 3, 8, 15, 16, 17, 24, 33, 40]), 1
        out_channels = channels
    else:
        groups = rng.choice([1, 1, 1, 2, 3])
        channels = groups * rng.choice([1, 2, 3, 8, 16, 17, 65])
        out_channels = groups * rng.choice([1, 3, 15, 16, 17, 32, 33, 40, 64])
    padded = rng.random() < 0.3
    x, _ = strided((images, *size, channels), np.float32, (0, 1, 2, 0) if padded else (0, 0, 0, 0))
    x[...] = npr.uniform(-1, 1, x.shape)
    # Zeros around the image, or only at some sides of it.
    borders = [0, 0, 0, 0] if depthwise else [rng.choice([0, 0, 1, 2, 3]) for _ in range(4)]
    for side, (dim, sign) in zip(borders, [(1, 1), (2, 1), (1, -1), (2, -1)]):
        zeros = slice(0, side) if sign == 1 else slice(max(0, x.shape[dim] - side), None)
        x[(slice(None),) * dim + (zeros,)] = 0
    border_text = f", tt.borders = array<i64: {', '.join(map(str, borders))}>" if any(borders) else ""
    init, backing = strided((images, *out, out_channels), np.float32, (0, 0, 0, 0))
    view = windows(x.astype(np.float64), kernel, strides, dilations, out)
    if depthwise:
        weights = guarded((*kernel, channels), np.float32)
        weights[...] = npr.uniform(-1, 1, weights.shape)
        expected = np.einsum("nhwklc,klc->nhwc", view, weights.astype(np.float64))
    else:
        # [groups, K in the order kh, kw, i, O / groups]
        per_group = channels // groups
        matrix = npr.uniform(-1, 1, (groups, kernel[0] * kernel[1] * per_group, out_channels // groups)).astype(np.float32)
        weights = pack(matrix)
        expected = np.concatenate([
            np.matmul(view[..., g * per_group : (g + 1) * per_group].reshape(images, *out, -1), matrix[g].astype(np.float64))
            for g in range(groups)], axis=-1)
    dynamic = {d for d in "nhw" if rng.random() < 0.3} | ({"c"} if depthwise and rng.random() < 0.3 else set())
    dims = lambda letters: {i for i, d in enumerate(letters) if d in dynamic}
    x_type = type_of(x, "f32", dims("nhwc"), rng.choice(["static", "dynamic"]) if padded else None)
    w_type = type_of(weights, "f32", dims("__c") if depthwise else set())
    init_type = type_of(init, "f32", dims("nhwc"))

    more, extras, body, value, expected = random_epilogue(rng, npr, init, out_channels, expected, dims("nhwc"), "c" in dynamic)
    arrays, config = [x, weights, init, *more], random_config(rng, lanes, 0.6)
    maps, extra_text, arguments, block = extra_texts(extras)
    array = lambda pair: f"array<i64: {pair[0]}, {pair[1]}>"
    own = "" if depthwise else f"packed, kernel = {array(kernel)}, groups = {groups} : i64, "
    op = "tt.conv_depthwise" if depthwise else "tt.conv_direct"
    text = f"""func.func @conv_{number}(%ctx: !llvm.ptr, %a: {x_type}, %b: {w_type}, %c: {init_type}{arguments})
    attributes {{llvm.emit_c_interface}} {{
  {op} ins(%a, %b : {x_type}, {w_type}) outs(%c : {init_type}){extra_text}
      {{{own}strides = {array(strides)}, dilations = {array(dilations)}, extra_maps = [{maps}]{border_text}{config}}} epilogue {{
  ^bb0({block}):
    {chr(10).join(body)}
    tt.yield {value} : f32
  }}
  return
}}"""
    note = (f"{op} {x.shape} -> {init.shape}, kernel {kernel}, strides {strides}, dilations {dilations}, groups {groups}, "
            f"dynamic {''.join(sorted(dynamic))}{border_text}{config}")
    return Case(text, arrays, init, backing, expected, 4e-4, note)


target, (cases, seed) = sys.argv[1], map(int, sys.argv[2:4])
lanes = TARGETS[target][2]
rng, npr = random.Random(seed), np.random.default_rng(seed)
done = check_cases([make(rng, npr, i, lanes) for i in range(cases)], target, "tt-choose-config,tt-emit-contractions")
print(f"{done} cases passed")
