"""Compiles functions on buffers with tt-opt, mlir-translate and clang, and calls them on NumPy arrays.

Every array is copied to memory that ends at a page without access, so that a read or write behind a buffer is a crash.
Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import ctypes
import mmap
import os
import re
import subprocess
import sys
import tempfile

import numpy as np

import foreign

X86 = "x86_64-unknown-linux-gnu"
# Lanes of x86-64, or neon -> (triple, LLVM's CPU, lanes, registers)
TARGETS = {
    4: (X86, "x86-64", 4, 16),
    8: (X86, "x86-64-v3", 8, 16),
    16: (X86, "x86-64-v4", 16, 32),
    "neon": (foreign.TRIPLE, foreign.CPU, 4, foreign.REGISTERS),
}
PAGE = mmap.PAGESIZE
_libc = ctypes.CDLL(None, use_errno=True)
_libc.mmap.restype = ctypes.c_void_p
_libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
_libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
_libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]

EMIT = "func.func(tt-emit-loops,tt-approximate-math,canonicalize,cse)"
LOWER = ("llvm-request-c-wrappers),arith-expand{include-bf16=true include-f8e8m0=false},convert-vector-to-scf{full-unroll=true},"
         "convert-scf-to-cf,expand-strided-metadata,lower-affine,convert-math-to-llvm,convert-math-to-libm,"
         "convert-vector-to-llvm,finalize-memref-to-llvm,convert-arith-to-llvm,convert-index-to-llvm,convert-func-to-llvm,"
         "convert-cf-to-llvm,convert-ub-to-llvm,reconcile-unrealized-casts,canonicalize,cse")


# Chunks from the last to the first, so that a chunk that needs an earlier one shows.
THREADS = """
#include <stdint.h>
int64_t chunks_run;
void tt_rt_parallel_for(void *ctx, void (*body)(void *, void *, int64_t, int64_t), void *args, int64_t count) {
  chunks_run += count;
  for (int64_t i = count; i-- > 0;)
    body(ctx, args, i, 0);
}
"""


def lanes_here():
    """The lane counts whose code this machine can run."""
    with open("/proc/cpuinfo") as file:
        flags = next(line for line in file if line.startswith("flags")).split()
    return [4] + [8] * ("avx2" in flags) + [16] * ("avx512bw" in flags)


def run(command, text=None):
    result = subprocess.run(command, input=text, capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"{' '.join(command)}\n{result.stderr[-4000:]}")
    return result.stdout


class Library:
    """`functions` is the text of func.func ops with memref arguments and no results. With `parallel` they take an !llvm.ptr first.
    `target` is one of TARGETS."""

    def __init__(self, functions, target, emit=EMIT, keep=None, parallel=False):
        triple, cpu, lanes, registers = TARGETS[target]
        module = (f'module attributes {{tt.target = #tt.target<triple = "{triple}", cpu = "{cpu}", '
                  f'features = "", lanes = {lanes}, registers = {registers}>}} {{\n{functions}\n}}\n')
        self.parallel = parallel
        pipeline = f"builtin.module({emit}{',tt-outline-parallel' * parallel},func.func({LOWER})"
        lowered = run(["tt-opt", "-", "--pass-pipeline=" + pipeline], module)
        # mlir-translate does not know tt.
        lowered = re.sub(r"tt\.target = #tt\.target<[^>]*>(, )?", "", lowered)
        lowered = re.sub(r"(, )?tt\.parallel_body", "", lowered)
        ir = run(["mlir-translate", "--mlir-to-llvmir"], lowered)
        self.folder = tempfile.TemporaryDirectory()
        path = os.path.join(keep or self.folder.name, f"kernels-{target}")
        with open(path + ".ll", "w") as file:
            file.write(ir)
        self.foreign = None
        if triple != X86:
            self.foreign = foreign.Foreign(path + ".ll", re.findall(r"func\.func @(\w+)", functions), self.folder.name)
            return
        with open(path + "-threads.c", "w") as file:
            file.write(THREADS)
        run(["clang", "-O1", "-march=" + cpu, "-ffp-contract=off", "-Wno-override-module", "-shared", "-fPIC", path + ".ll", path + "-threads.c",
             "-o", path + ".so", "-lm"])
        self.library = ctypes.CDLL(path + ".so")

    def call(self, name, *arrays):
        """Calls `name`; changes of the arrays' contents are copied back. Strides are those of the arrays."""
        if self.foreign:
            pairs = [foreign.contiguous(array) for array in arrays]
            self.foreign.call([(name, pairs)], null_first=self.parallel)
            for array, (view, _) in zip(arrays, pairs):
                array[...] = view
            return
        descriptors, guards = [], []
        for array in arrays:
            guards.append(Guarded(array))
            descriptors.append(guards[-1].descriptor())
        getattr(self.library, "_mlir_ciface_" + name)(*[None] * self.parallel, *[ctypes.byref(d) for d in descriptors])
        for array, guard in zip(arrays, guards):
            array[...] = guard.view
            guard.free()


class Guarded:
    """A copy of an array (same strides) whose last element is the last before a forbidden page."""

    def __init__(self, array):
        assert all(s >= 0 for s in array.strides)
        span = array.itemsize + sum((n - 1) * s for n, s in zip(array.shape, array.strides)) if array.size else 0
        self.bytes = (span + PAGE - 1) // PAGE * PAGE + PAGE
        self.base = _libc.mmap(None, self.bytes, mmap.PROT_READ | mmap.PROT_WRITE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0)
        _libc.mprotect(self.base + self.bytes - PAGE, PAGE, 0)
        self.start = self.base + self.bytes - PAGE - span
        memory = (ctypes.c_byte * max(span, 1)).from_address(self.start if span else self.base)
        self.view = np.ndarray(array.shape, array.dtype, memory, 0, array.strides)
        self.view[...] = array
        self.array = array

    def descriptor(self):
        rank = self.array.ndim

        class Descriptor(ctypes.Structure):
            _fields_ = [("allocated", ctypes.c_void_p), ("aligned", ctypes.c_void_p), ("offset", ctypes.c_int64),
                        ("sizes", ctypes.c_int64 * rank), ("strides", ctypes.c_int64 * rank)]

        strides = [s // self.array.itemsize for s in self.array.strides]
        return Descriptor(self.start, self.start, 0, (ctypes.c_int64 * rank)(*self.array.shape),
                          (ctypes.c_int64 * rank)(*strides))

    def free(self):
        _libc.munmap(self.base, self.bytes)
