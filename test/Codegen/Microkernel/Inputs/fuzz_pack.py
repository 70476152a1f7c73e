# tt.pack of floats, and of bytes in runs of four, on odd sizes against NumPy; results are equal to the bit. Usage: fuzz_pack.py 16|8|4|neon CASES SEED
import random
import sys

import numpy as np
from kernel_harness import Case, check_cases, guarded, pack, pack_runs, strided, type_of


def make(rng, npr, number):
    b, k, n = rng.randint(1, 3), rng.choice([0, 1, 3, 4, 7, 16, 33]), rng.choice([1, 3, 15, 16, 17, 32, 50, 64, 100, 150])
    element, dtype = rng.choice([("f32", np.float32), ("i8", np.int8)])
    transposed = rng.random() < 0.5
    shape = (b, n, k) if transposed else (b, k, n)
    kind = rng.choice(["plain", "padded", "spread"])
    x, _ = strided(shape[:2] + (shape[2] * (2 if kind == "spread" else 1),), dtype, (0, 1, 2) if kind == "padded" else (0, 0, 0))
    if kind == "spread":
        x = x[:, :, ::2]
    x[...] = npr.uniform(-1, 1, x.shape) if element == "f32" else npr.integers(-128, 128, x.shape)
    matrix = np.ascontiguousarray(x.transpose(0, 2, 1) if transposed else x)
    expected = pack(matrix) if element == "f32" else pack_runs(matrix, 4)
    init = guarded(expected.shape, dtype)
    dynamic = {d for d in "bkn" if rng.random() < 0.4}
    dims = lambda letters: {i for i, d in enumerate(letters) if d in dynamic}
    x_type = type_of(x, element, dims("bnk" if transposed else "bkn"),
                     {"plain": None, "padded": "static", "spread": "dynamic"}[kind])
    init_type = type_of(init, element, dims("bnk") if element == "f32" else {i for i in (0, 1, 2) if "bnk"[i] in dynamic})
    text = f"""func.func @pack_{number}(%ctx: !llvm.ptr, %a: {x_type}, %c: {init_type}) attributes {{llvm.emit_c_interface}} {{
  tt.pack ins(%a : {x_type}) outs(%c : {init_type}){' {transposed}' if transposed else ''}
  return
}}"""
    return Case(text, [x, init], init, init, expected, 0, f"{element} {b}x{k}x{n} {kind} {'transposed ' * transposed}dynamic {sorted(dynamic)}")


target, (cases, seed) = sys.argv[1], map(int, sys.argv[2:4])
rng, npr = random.Random(seed), np.random.default_rng(seed)
done = check_cases([make(rng, npr, i) for i in range(cases)], target, "tt-emit-contractions")
print(f"{done} cases passed")
