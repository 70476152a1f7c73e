"""Kernels for AArch64, called in a process of their own: under qemu-aarch64 or on such a machine.

Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import os
import platform
import subprocess
import sys

import numpy as np

TRIPLE, CPU, REGISTERS = "aarch64-unknown-linux-gnu", "cortex-a76", 32
SYSROOT = "/usr/aarch64-linux-gnu"


def _run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"exit status {done.returncode}: {' '.join(command)[:400]}\n{done.stderr[-2000:]}")


class Foreign:
    """A program of the functions `names` (their _mlir_ciface_ forms) of the LLVM IR in the file `ir`."""

    def __init__(self, ir, names, folder, cpu=CPU):
        self.names, self.folder = list(names), folder
        table = os.path.join(folder, "table.c")
        with open(table, "w") as file:
            for name in self.names:
                file.write(f"void _mlir_ciface_{name}(void);\n")
            entries = ", ".join("_mlir_ciface_" + name for name in self.names)
            file.write(f"void (*const kernels[])(void) = {{{entries}}};\n")
            texts = ", ".join(f'"{name}"' for name in self.names)
            file.write(f"const char *const names[] = {{{texts}}};\n")
        self.program = os.path.join(folder, "foreign")
        clang = [os.environ.get("TT_TEST_CC", "clang-22"), "-O1", "-ffp-contract=off", "-Wno-override-module"]
        main = os.path.join(os.path.dirname(os.path.abspath(__file__)), "foreign_main.c")
        if platform.machine() == "aarch64":
            self.runner = []
            _run([*clang, f"-mcpu={cpu}", ir, main, table, "-o", self.program, "-lm"])
            return
        # Spelt out, for clang finds a cross sysroot only together with GCC's cross libraries.
        self.runner = ["qemu-aarch64", "-L", SYSROOT]
        objects = []
        for source in (ir, main, table):
            objects.append(os.path.join(folder, os.path.basename(source) + ".o"))
            _run([*clang, f"--target={TRIPLE}", f"-mcpu={cpu}", "-mno-outline-atomics", "-nostdlibinc", "-isystem", SYSROOT + "/include",
                  "-fPIC", "-c", source, "-o", objects[-1]])
        lib = SYSROOT + "/lib"
        _run(["ld.lld", "-pie", "-dynamic-linker", "/lib/ld-linux-aarch64.so.1", f"{lib}/Scrt1.o", f"{lib}/crti.o", *objects,
              "-L" + lib, "-lm", "-lc", f"{lib}/crtn.o", "-o", self.program])

    def call(self, calls, null_first):
        """`calls`: pairs of a name and (view, backing) arrays. A backing array is contiguous, starts where its view does, and gets the results."""
        sent, received = (os.path.join(self.folder, name) for name in ("calls", "results"))
        with open(sent, "wb") as file:
            number = lambda *values: file.write(np.array(values, np.int64).tobytes())
            for name, arrays in calls:
                number(self.names.index(name), int(null_first), len(arrays))
                for view, backing in arrays:
                    number(view.ndim, *view.shape, *(s // view.itemsize for s in view.strides), backing.nbytes)
                    file.write(backing.tobytes() + bytes(-backing.nbytes % 8))
        _run([*self.runner, self.program, sent, received])
        data, at = open(received, "rb").read(), 0
        for _, arrays in calls:
            for _, backing in arrays:
                backing[...] = np.frombuffer(data, backing.dtype, backing.size, at).reshape(backing.shape)
                at += (backing.nbytes + 7) // 8 * 8


def contiguous(array):
    """(view, backing) of a copy of `array` with its strides; the backing ends with the last element."""
    span = 1 + sum((n - 1) * s // array.itemsize for n, s in zip(array.shape, array.strides)) if array.size else 0
    backing = np.zeros(span, array.dtype)
    view = np.lib.stride_tricks.as_strided(backing, array.shape, array.strides) if array.size else np.zeros(array.shape, array.dtype)
    view[...] = array
    return view, backing
