# Compiles generated kernels on buffers (tt-opt, then LLVM) into one shared library and calls them on NumPy arrays.
# Arrays end right before a page that may not be touched, so that every read or write behind a buffer is a crash, and
# outputs are surrounded by a pattern that must survive.
import ctypes
import mmap
import os
import re
import subprocess
import sys
import tempfile

import numpy as np

import foreign

LOWER = (
    "canonicalize,cse,convert-vector-to-scf{full-unroll=true target-rank=1},convert-scf-to-cf,"
    "expand-strided-metadata,lower-affine,convert-vector-to-llvm,finalize-memref-to-llvm,convert-ub-to-llvm,"
    "convert-math-to-llvm,convert-math-to-libm,convert-arith-to-llvm,convert-index-to-llvm,convert-func-to-llvm,"
    "convert-cf-to-llvm,reconcile-unrealized-casts"
)
X86 = "x86_64-unknown-linux-gnu"
# Name on the command line -> (triple, LLVM's CPU, lanes, registers)
TARGETS = {
    "16": (X86, "x86-64-v4", 16, 32),
    "8": (X86, "x86-64-v3", 8, 16),
    "4": (X86, "x86-64", 4, 16),
    "vnni": (X86, "icelake-server", 16, 32),
    "avxvnni": (X86, "alderlake", 8, 16),
    "neon": (foreign.TRIPLE, foreign.CPU, 4, foreign.REGISTERS),
    "neon-plain": (foreign.TRIPLE, "cortex-a72", 4, foreign.REGISTERS),
    "i8mm": (foreign.TRIPLE, "neoverse-v1", 4, foreign.REGISTERS),
}

libc = ctypes.CDLL(None, use_errno=True)
libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]


def guarded(shape, dtype):
    """An array whose last byte is the last byte before a protected page."""
    dtype = np.dtype(dtype)
    size = int(np.prod(shape)) * dtype.itemsize
    pages = (size + mmap.PAGESIZE - 1) // mmap.PAGESIZE + 2
    area = mmap.mmap(-1, pages * mmap.PAGESIZE)
    start = ctypes.addressof(ctypes.c_char.from_buffer(area))
    if libc.mprotect(start + (pages - 1) * mmap.PAGESIZE, mmap.PAGESIZE, 0) != 0:
        raise OSError(ctypes.get_errno(), "mprotect")
    begin = (pages - 1) * mmap.PAGESIZE - size
    array = np.frombuffer(area, dtype=np.uint8)[begin : begin + size].view(dtype).reshape(shape)
    array[...] = np.array(-77, dtype) if dtype.kind != "b" else False
    return array


def strided(shape, dtype, slack):
    """An array with `slack[d]` unused elements behind each dimension d; returns it and its backing array."""
    whole = guarded([n + s for n, s in zip(shape, slack)], dtype)
    return whole[tuple(slice(0, n) for n in shape)], whole


def type_of(array, element, dynamic=(), layout=None):
    """The memref type of an array; `dynamic` lists dimensions printed as `?`. Layout: None (identity), "static", "dynamic"."""
    sizes = ["?" if d in dynamic else str(n) for d, n in enumerate(array.shape)]
    text = "x".join(sizes + [element])
    if layout is None:
        return f"memref<{text}>"
    strides = [s // array.itemsize for s in array.strides]
    if layout == "dynamic":
        strides = ["?"] * (len(strides) - 1) + [strides[-1] if strides[-1] == 1 else "?"]
        return f"memref<{text}, strided<[{', '.join(map(str, strides))}], offset: ?>>"
    return f"memref<{text}, strided<[{', '.join(map(str, strides))}]>>"


def random_epilogue(rng, npr, init, channels, expected, dynamic=frozenset(), dynamic_channels=False):
    """A bias, a residual and a ReLU, each or not, behind a convolution into `init`, NxHxWxC. `dynamic` lists dimensions of the residual
    without a size in its type. Returns the further arrays, (name, type, map) of each, the lines of the body, its value and the result."""
    arrays, extras, body, value = [], [], [], "%acc"
    if rng.random() < 0.6:
        bias = guarded((channels,), np.float32)
        bias[...] = npr.uniform(-1, 1, bias.shape)
        extras.append(("%e0", type_of(bias, "f32", {0} if dynamic_channels else ()), "(n, h, w, c) -> (c)"))
        arrays.append(bias)
        body.append(f"%s0 = arith.addf {value}, %x0 : f32")
        value, expected = "%s0", expected + bias
    if rng.random() < 0.4:
        i = len(extras)
        residual = guarded(init.shape, np.float32)
        residual[...] = npr.uniform(-1, 1, residual.shape)
        extras.append((f"%e{i}", type_of(residual, "f32", dynamic), "(n, h, w, c) -> (n, h, w, c)"))
        arrays.append(residual)
        body.append(f"%s{i} = arith.addf {value}, %x{i} : f32")
        value, expected = f"%s{i}", expected + residual
    if rng.random() < 0.5:
        body.append(f"%zero = arith.constant 0.0 : f32\n%r = arith.maximumf {value}, %zero : f32")
        value, expected = "%r", np.maximum(expected, 0)
    return arrays, extras, body, value, expected


def random_config(rng, lanes, probability):
    """The attribute of a register tile as text behind others, or nothing: tt-choose-config chooses."""
    if rng.random() >= probability:
        return ""
    rows, vectors, chunk, order = rng.randint(1, 9), rng.randint(1, 4), rng.choice([0, 1, 2, 3]), rng.choice(["nm", "mn"])
    return f', config = #tt.lowering_config<rows = {rows}, vectors = {vectors}, lanes = {lanes}, order = "{order}", chunk = {chunk}>'


def extra_texts(extras):
    """The epilogue's parts in a kernel op: maps, the clause `extras`, further arguments of the function, arguments of the block."""
    maps = ", ".join(f"affine_map<{e[2]}>" for e in extras)
    clause = f" extras({', '.join(e[0] for e in extras)} : {', '.join(e[1] for e in extras)})" if extras else ""
    block = ", ".join(["%acc: f32"] + [f"%x{i}: f32" for i in range(len(extras))])
    return maps, clause, "".join(f", {e[0]}: {e[1]}" for e in extras), block


def descriptor(array):
    class Descriptor(ctypes.Structure):
        _fields_ = [("allocated", ctypes.c_void_p), ("aligned", ctypes.c_void_p), ("offset", ctypes.c_int64),
                    ("sizes", ctypes.c_int64 * array.ndim), ("strides", ctypes.c_int64 * array.ndim)]

    strides = [s // array.itemsize for s in array.strides]
    return Descriptor(array.ctypes.data, array.ctypes.data, 0, tuple(array.shape), tuple(strides))


def pack_runs(matrix, unit):
    """[B, K, N] -> [B, ceil(N / 16), ceil(K / unit), 16, unit] with zeros behind column N and step K."""
    b, k, n = matrix.shape
    steps, panels = (k + unit - 1) // unit, (n + 15) // 16
    wide = np.zeros((b, unit * steps, panels * 16), matrix.dtype)
    wide[:, :k, :n] = matrix
    out = guarded((b, panels, steps, 16, unit), matrix.dtype)
    out[...] = wide.reshape(b, steps, unit, panels, 16).transpose(0, 3, 1, 4, 2)
    return out


def pack(matrix):
    """[B, K, N] -> [B, ceil(N / 16), K, 16] with zeros behind column N."""
    b, k, n = matrix.shape
    panels = (n + 15) // 16
    wide = np.zeros((b, k, panels * 16), matrix.dtype)
    wide[:, :, :n] = matrix
    out = guarded((b, panels, k, 16), matrix.dtype)
    out[...] = wide.reshape(b, k, panels, 16).transpose(0, 2, 1, 3)
    return out


def windows(x, kernel, strides, dilations, out):
    """[N, H, W, C] -> [N, OH, OW, KH, KW, C] of the elements under each tap."""
    n, _, _, c = x.shape
    view = np.empty((n, *out, *kernel, c), x.dtype)
    for kh in range(kernel[0]):
        for kw in range(kernel[1]):
            h, w = kh * dilations[0], kw * dilations[1]
            view[:, :, :, kh, kw] = x[:, h : h + (out[0] - 1) * strides[0] + 1 : strides[0],
                                      w : w + (out[1] - 1) * strides[1] + 1 : strides[1]]
    return view


class Case:
    def __init__(self, text, arrays, output, backing, expected, tolerance, note):
        self.text, self.arrays, self.output, self.backing = text, arrays, output, backing
        self.expected, self.tolerance, self.note = expected, tolerance, note


def run(command, stdin=None):
    done = subprocess.run(command, input=stdin, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)[:200]}\n{done.stderr[:4000]}")
    return done.stdout


def serialize(text):
    """Runs the chunks of every tt.parallel_for one after the other, last chunk first (any order must do), with the scratch memory of one thread."""
    lines, out = text.split("\n"), []
    for number, line in enumerate(lines):
        if match := re.match(r"\s*tt\.parallel_for %\S+, (%\S+) \{", line):
            out.append(f"%tt_zero{number} = arith.constant 0 : index\n%tt_one{number} = arith.constant 1 : index")
            out.append(f"scf.for %tt_i = %tt_zero{number} to {match.group(1)} step %tt_one{number} {{")
        elif match := re.match(r"\s*\^bb0\((%\w+): index, (%\w+): index\):", line):
            count = re.search(r"parallel_for %\S+, (%\S+) \{", lines[number - 1]).group(1)
            out.append(f"%tt_j = arith.subi {count}, %tt_i : index\n{match.group(1)} = arith.subi %tt_j, %tt_one{number - 1} : index")
            out.append(f"{match.group(2)} = arith.constant 0 : index")
        elif match := re.match(r"(\s*%\S+) = tt\.scratch %\S+ : (.*)", line):
            out.append(f"%tt_threads = arith.constant 1 : index\n{match.group(1)} = memref.alloca(%tt_threads) : {match.group(2)}")
        else:
            out.append(line)
    return "\n".join(out)


def name_of(case):
    return re.search(r"func\.func @(\w+)", case.text).group(1)


def compile_cases(cases, target, directory, passes):
    """The functions of `cases` for one of TARGETS: a loaded library, or a Foreign."""
    triple, cpu, lanes, registers = TARGETS[target]
    functions = "\n".join(case.text for case in cases)
    module = (f'module attributes {{tt.target = #tt.target<triple = "{triple}", cpu = "{cpu}", '
              f'features = "", lanes = {lanes}, registers = {registers}>}} {{\n{functions}\n}}\n')
    source = os.path.join(directory, "kernels.mlir")
    with open(source, "w") as file:
        file.write(module)
    emitted = run(["tt-opt", source, f"--pass-pipeline=builtin.module(func.func({passes}))"])
    lowered = run(["tt-opt", "-", f"--pass-pipeline=builtin.module({LOWER})"], serialize(emitted))
    lowered = re.sub(r"tt\.target = #tt\.target<[^>]*>,? ?", "", lowered)
    ir = os.path.join(directory, "kernels.ll")
    with open(ir, "w") as file:
        file.write(run(["mlir-translate", "--mlir-to-llvmir"], lowered))
    if triple != X86:
        return foreign.Foreign(ir, map(name_of, cases), directory, cpu)
    library = os.path.join(directory, "kernels.so")
    clang = os.environ.get("TT_TEST_CC", "clang-22")
    run([clang, "-O1", f"-march={cpu}", "-Wno-override-module", "-fPIC", "-shared", "-o", library, ir, "-lm"])
    return ctypes.CDLL(library)


def call_all(library, cases):
    """Calls the kernel of each case, with results in the cases' own arrays."""
    if not isinstance(library, foreign.Foreign):
        for case in cases:
            arguments = [ctypes.byref(descriptor(array)) for array in case.arrays]
            getattr(library, f"_mlir_ciface_{name_of(case)}")(None, *arguments)
        return
    pair = lambda case, array: (array, case.backing) if array is case.output else foreign.contiguous(array)
    library.call([(name_of(case), [pair(case, array) for array in case.arrays]) for case in cases], null_first=True)


def check_cases(cases, target, passes):
    """Compiles, runs and compares; returns the number of cases."""
    with tempfile.TemporaryDirectory() as directory:
        library = compile_cases(cases, target, directory, passes)
        before = [case.backing.copy() for case in cases]
        for case in cases:
            print(f"target {target}: {name_of(case)}: {case.note}", flush=True)
        call_all(library, cases)
        for case, old in zip(cases, before):
            # Everything outside the output is as it was.
            after = case.backing.copy()
            window = after[tuple(slice(0, n) for n in case.output.shape)]
            window[...] = old[tuple(slice(0, n) for n in case.output.shape)]
            np.testing.assert_array_equal(after, old, err_msg=f"{name_of(case)}: wrote outside its output")
            np.testing.assert_allclose(np.asarray(case.output, np.float64), np.asarray(case.expected, np.float64),
                                       rtol=case.tolerance, atol=case.tolerance, err_msg=f"{name_of(case)}: {case.note}")
    return len(cases)
