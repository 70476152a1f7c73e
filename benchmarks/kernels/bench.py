#!/usr/bin/python3
# Times the contraction kernels, alone and warm, on one thread, against the peak measured in the same process.
# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#   taskset -c 1 benchmarks/kernels/bench.py --build build targets fused
#
# One JSON line per kernel (--json FILE) with the raw samples, and a table. A kernel goes the way it goes in a compiled
# model: tt-choose-config, tt-emit-contractions, tt-approximate-math, LLVM. Results are checked against NumPy first.
import argparse
import ctypes
import json
import mmap
import os
import re
import subprocess
import sys
import tempfile

import numpy as np
from shapes import SETS, Conv, Gemm

LOWER = ("canonicalize,cse,convert-vector-to-scf{full-unroll=true target-rank=1},convert-scf-to-cf,expand-strided-metadata,"
         "lower-affine,convert-vector-to-llvm,finalize-memref-to-llvm,convert-ub-to-llvm,convert-math-to-llvm,"
         "convert-arith-to-llvm,convert-index-to-llvm,convert-func-to-llvm,convert-cf-to-llvm,reconcile-unrealized-casts,"
         "canonicalize,cse")
GELU = """
    %half = arith.constant 0.5 : f32
    %one = arith.constant 1.0 : f32
    %root = arith.constant 0.70710678118654752 : f32
    %g0 = arith.mulf %s, %root : f32
    %g1 = math.erf %g0 : f32
    %g2 = arith.addf %g1, %one : f32
    %g3 = arith.mulf %s, %half : f32
    %v = arith.mulf %g2, %g3 : f32"""
BODIES = {
    "none": ("", "%acc"),
    "relu": ("%s = arith.addf %acc, %x : f32\n    %z = arith.constant 0.0 : f32\n    %v = arith.maximumf %s, %z : f32", "%v"),
    "gelu": ("%s = arith.addf %acc, %x : f32" + GELU, "%v"),
    "residual": ("%s = arith.addf %acc, %x : f32" + GELU + "\n    %w = arith.addf %v, %y : f32", "%w"),
}


def machine():
    flags = next(line for line in open("/proc/cpuinfo") if line.startswith("flags")).split()
    return (16, 32) if "avx512f" in flags else (8, 16)


def aligned(shape):
    """Zeros on huge pages (as the arena of a session), 64-byte aligned."""
    size, huge = int(np.prod(shape)) * 4, 2 << 20
    area = mmap.mmap(-1, size + 2 * huge)
    area.madvise(mmap.MADV_HUGEPAGE)
    start = -ctypes.addressof(ctypes.c_char.from_buffer(area)) % huge
    return np.frombuffer(area, np.uint8)[start : start + size].view(np.float32).reshape(shape)


def memref(array):
    return f"memref<{'x'.join(map(str, array.shape))}xf32>"


def descriptor(array):
    words = [array.ctypes.data, array.ctypes.data, 0, *array.shape, *(s // 4 for s in array.strides)]
    return (ctypes.c_int64 * len(words))(*words)


def pack(matrix):
    b, k, n = matrix.shape
    panels = -(-n // 16)
    wide = np.zeros((b, k, panels * 16), np.float32)
    wide[:, :, :n] = matrix
    out = aligned((b, panels, k, 16))
    out[...] = wide.reshape(b, k, panels, 16).transpose(0, 2, 1, 3)
    return out


def apply_epilogue(kind, x, bias, other):
    if kind == "none":
        return x
    x = x + bias
    if kind == "relu":
        return np.maximum(x, 0)
    from math import erf
    x = 0.5 * x * (1 + np.vectorize(erf)(x * 0.5**0.5))
    return x + other if kind == "residual" else x


class Kernel:
    """The IR of one kernel, its buffers and what it should give."""

    def __init__(self, shape, rng):
        self.shape = shape
        columns = shape.n if isinstance(shape, Gemm) else shape.filters
        if isinstance(shape, Gemm):
            a, matrix = aligned((shape.batch, shape.m, shape.k)), rng.uniform(-1, 1, (shape.batch, shape.k, shape.n)) / shape.k**0.5
            a[...] = rng.uniform(-1, 1, a.shape)
            b, out = pack(matrix.astype(np.float32)), aligned((shape.batch, shape.m, shape.n))
            raw = np.matmul(a, matrix)
            op, attributes = "tt.gemm", "packed, "
        else:
            side = (shape.out - 1) * shape.stride + shape.kernel
            a, out = aligned((1, side, side, shape.channels)), aligned((1, shape.out, shape.out, shape.filters))
            a[...] = rng.uniform(-1, 1, a.shape)
            taps = [a[:, i : side - shape.kernel + i + 1 : shape.stride, j : side - shape.kernel + j + 1 : shape.stride]
                    for i in range(shape.kernel) for j in range(shape.kernel)]
            attributes = f"strides = array<i64: {shape.stride}, {shape.stride}>, dilations = array<i64: 1, 1>, "
            if shape.depthwise:
                op, b = "tt.conv_depthwise", aligned((shape.kernel, shape.kernel, shape.channels))
                b[...] = rng.uniform(-1, 1, b.shape)
                raw = sum(t * w for t, w in zip(taps, b.reshape(-1, shape.channels)))
            else:
                op = "tt.conv_direct"
                attributes += f"packed, kernel = array<i64: {shape.kernel}, {shape.kernel}>, groups = 1 : i64, "
                matrix = rng.uniform(-1, 1, (1, shape.kernel**2 * shape.channels, shape.filters)).astype(np.float32)
                matrix /= matrix.shape[1] ** 0.5
                b, raw = pack(matrix), np.matmul(np.concatenate(taps, -1), matrix[0])
        dims = "bmn" if isinstance(shape, Gemm) else "nhwc"
        self.arrays, extras, maps = [a, b, out], [], []
        bias, other = aligned((columns,)), aligned(out.shape)
        bias[...], other[...] = rng.uniform(-1, 1, bias.shape), rng.uniform(-1, 1, other.shape)
        domain = ", ".join(dims)
        if shape.epilogue != "none":
            extras.append(("%e", bias))
            maps.append(f"affine_map<({domain}) -> ({dims[-1]})>")
        if shape.epilogue == "residual":
            extras.append(("%f", other))
            maps.append(f"affine_map<({domain}) -> ({domain})>")
        self.arrays += [e[1] for e in extras]
        self.expected = apply_epilogue(shape.epilogue, raw, bias, other)
        body, value = BODIES[shape.epilogue]
        block = ", ".join(["%acc: f32", "%x: f32", "%y: f32"][: 1 + len(extras)])
        names = ["%a", "%b", "%c"] + [e[0] for e in extras]
        arguments = ", ".join(f"{n}: {memref(x)}" for n, x in zip(names, self.arrays))
        extra = f"extras({', '.join(e[0] for e in extras)} : {', '.join(memref(e[1]) for e in extras)})" if extras else ""
        self.text = f"""func.func @kernel({arguments}) attributes {{llvm.emit_c_interface}} {{
  {op} ins(%a, %b : {memref(a)}, {memref(b)}) outs(%c : {memref(out)}) {extra}
      {{{attributes}extra_maps = [{', '.join(maps)}]}} epilogue {{
  ^bb0({block}):
    {body}
    tt.yield {value} : f32
  }}
  return
}}"""


def run(command, stdin=None):
    done = subprocess.run(command, input=stdin, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)[:120]}: {done.stderr[:2000]}")
    return done.stdout


def lower(kernel, build, directory, target, config):
    """Writes LLVM IR of the kernel for `target`, (triple, CPU, lanes, registers); returns its file and the tile."""
    triple, cpu, lanes, registers = target
    text = kernel.text
    if config:
        text = text.replace("extra_maps =", f"config = #tt.lowering_config<{config}, lanes = {lanes}>, extra_maps =", 1)
    module = (f'module attributes {{tt.target = #tt.target<triple = "{triple}", cpu = "{cpu}", features = "", '
              f"lanes = {lanes}, registers = {registers}>}} {{\n{text}\n}}\n")
    opt = os.path.join(build, "bin", "tt-opt")
    configured = run([opt, "-", "--pass-pipeline=builtin.module(func.func(tt-choose-config))"], module)
    chosen = re.search(r"lowering_config<([^>]*)>", configured).group(1)
    lowered = run([opt, "-", "--pass-pipeline=builtin.module(func.func(tt-emit-contractions,tt-approximate-math),"
                   f"{LOWER})"], configured)
    lowered = re.sub(r"tt\.target = #tt\.target<[^>]*>,? ?", "", lowered)
    ir = os.path.join(directory, "kernel.ll")
    with open(ir, "w") as file:
        file.write(run(["/usr/lib/llvm-22/bin/mlir-translate", "--mlir-to-llvmir"], lowered))
    return ir, chosen


def compile_kernel(kernel, build, directory, config, keep):
    ir, chosen = lower(kernel, build, directory, ("x86_64-unknown-linux-gnu", "native", *machine()), config)
    library = os.path.join(directory, re.sub(r"\W+", "-", kernel.shape.name) + ".so")
    clang = ["clang-22", "-O3", "-march=native", "-Wno-override-module", "-fPIC"]
    run([*clang, "-shared", "-o", library, ir, "-lm"])
    if keep:
        run([*clang, "-S", "-o", os.path.join(keep, re.sub(r"\W+", "-", kernel.shape.name) + ".s"), ir])
    return ctypes.CDLL(library), chosen


def main():
    parser = argparse.ArgumentParser(description="Time contraction kernels against the measured f32 peak.")
    parser.add_argument("sets", nargs="+", choices=[*SETS, "all"])
    parser.add_argument("--build", default="build", help="build folder with bin/tt-opt")
    parser.add_argument("--samples", type=int, default=31)
    parser.add_argument("--config", help='e.g. \'rows = 6, vectors = 4, order = "nm"\' instead of the chosen one')
    parser.add_argument("--json", help="append one JSON line per kernel")
    parser.add_argument("--keep", help="folder for the assembly")
    parser.add_argument("--filter", default="", help="only kernels whose name contains this")
    options = parser.parse_args()
    shapes = [s for name in (SETS if "all" in options.sets else options.sets) for s in SETS[name]]
    with tempfile.TemporaryDirectory() as directory:
        measure = os.path.join(directory, "measure.so")
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "measure.c")
        run(["clang-22", "-O2", "-march=native", "-fPIC", "-shared", "-o", measure, source])
        timer = ctypes.CDLL(measure).tt_measure
        print(f"{'kernel':44} {'us':>9} {'GFLOP/s':>8} {'% peak':>7}  config")
        for shape in shapes:
            if options.filter not in shape.name:
                continue
            kernel = Kernel(shape, np.random.default_rng(0))
            library, config = compile_kernel(kernel, options.build, directory, options.config, options.keep)
            function = library._mlir_ciface_kernel
            descriptors = [descriptor(x) for x in kernel.arrays]
            function(*[ctypes.byref(d) for d in descriptors])
            np.testing.assert_allclose(kernel.arrays[2], kernel.expected, rtol=1e-3, atol=1e-4, err_msg=shape.name)
            arguments = (ctypes.c_void_p * 6)(*[ctypes.addressof(d) for d in descriptors])
            repeats = max(1, int(2e8 / shape.flop))
            seconds, peak = ((ctypes.c_double * options.samples)() for _ in range(2))
            timer(ctypes.cast(function, ctypes.c_void_p), arguments, ctypes.c_int64(len(descriptors)), ctypes.c_int64(repeats),
                  ctypes.c_int64(options.samples), seconds, peak)
            ratio = float(np.median([shape.flop / s / p for s, p in zip(seconds, peak)]))
            median = float(np.median(list(seconds)))
            print(f"{shape.name:44} {median * 1e6:9.1f} {shape.flop / median * 1e-9:8.1f} {ratio * 100:7.1f}  {config}", flush=True)
            if options.json:
                record = {"kernel": shape.name, "flop": shape.flop, "config": config, "median_seconds": median,
                          "median_ratio_to_peak": ratio, "seconds": list(seconds), "peak_flops": list(peak)}
                with open(options.json, "a") as file:
                    file.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
