#!/usr/bin/python3
"""Times contractions inside compiled models: ONNX in, tt-compile, tt_session_run, warm, one thread, against the measured peak.

    taskset -c 1 benchmarks/compiled.py [--build build] [--samples 31] [--json FILE]

Each model is one product or convolution with constant weights and its epilogue. Its result is checked against NumPy first. A sample of the model
alternates with a sample of the core's f32 multiply-add peak in the same process (benchmarks/kernels/measure.c; processor time of the
thread). The time is that of the whole call: input checks, layout changes and padding included. Prints medians; --json appends raw samples.
"""
import argparse
import ctypes
import json
import math
import os
import pathlib
import subprocess
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).resolve().parent


class Tensor(ctypes.Structure):
    """tt_tensor of include/tt/Runtime/ABI.h."""
    _fields_ = [("data", ctypes.c_void_p), ("dims", ctypes.POINTER(ctypes.c_int64)), ("rank", ctypes.c_uint32),
                ("dtype", ctypes.c_uint32), ("bytes", ctypes.c_size_t)]

    def __init__(self, array):
        self.dims_storage = (ctypes.c_int64 * array.ndim)(*array.shape)
        super().__init__(array.ctypes.data, ctypes.cast(self.dims_storage, ctypes.POINTER(ctypes.c_int64)), array.ndim, 1, array.nbytes)


class Options(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), ("threads", ctypes.c_uint32), ("allocate", ctypes.c_void_p),
                ("deallocate", ctypes.c_void_p), ("user", ctypes.c_void_p)]


def gelu_nodes(source):
    """The decomposition that exporters write."""
    half, one, root = (numpy_helper.from_array(np.float32(v), n) for v, n in ((0.5, "half"), (1, "one"), (math.sqrt(2), "root")))
    nodes = [helper.make_node("Div", [source, "root"], ["g0"]), helper.make_node("Erf", ["g0"], ["g1"]),
             helper.make_node("Add", ["g1", "one"], ["g2"]), helper.make_node("Mul", [source, "g2"], ["g3"]),
             helper.make_node("Mul", ["g3", "half"], ["y"])]
    return nodes, [half, one, root]


def epilogue(kind, source):
    if kind == "gelu":
        return gelu_nodes(source)
    return [helper.make_node("Relu" if kind == "relu" else "Identity", [source], ["y"])], []


def apply(kind, x):
    if kind == "gelu":
        return 0.5 * x * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))
    return np.maximum(x, 0) if kind == "relu" else x


def gemm(m, k, n, kind, random):
    w, b = random.uniform(-1, 1, (k, n)).astype("f") / np.float32(k ** 0.5), random.uniform(-1, 1, n).astype("f")
    x = random.uniform(-1, 1, (m, k)).astype("f")
    nodes = [helper.make_node("MatMul", ["x", "w"], ["p"], name="product"), helper.make_node("Add", ["p", "b"], ["s"], name="bias")]
    if kind == "none":
        nodes = [helper.make_node("MatMul", ["x", "w"], ["s"], name="product")]
    want = apply(kind, x.astype("d") @ w + (0 if kind == "none" else b))
    return f"gemm {m}x{k}x{n} {kind}", nodes, {"w": w, "b": b}, x, want, 2 * m * k * n, kind


def conv(size, channels, filters, kind, random, layout):
    """With layout NHWC the model's input and output are channels-last, as between the convolutions of a network: no layout change is left."""
    w = random.uniform(-1, 1, (filters, channels, 3, 3)).astype("f") / np.float32(3 * channels ** 0.5)
    b, x = random.uniform(-1, 1, filters).astype("f"), random.uniform(-1, 1, (1, channels, size, size)).astype("f")
    padded = np.pad(x[0], ((0, 0), (1, 1), (1, 1))).astype("d")
    raw = sum(np.einsum("oi,ihw->ohw", w[:, :, i, j], padded[:, i:i + size, j:j + size]) for i in range(3) for j in range(3))
    want = apply(kind, raw + b[:, None, None])[None]
    nodes = [helper.make_node("Conv", ["x", "w", "b"], ["s"], name="conv", kernel_shape=[3, 3], pads=[1, 1, 1, 1])]
    if layout == "NHWC":
        nodes[0].input[0] = "t"
        nodes[0].output[0] = "u"
        nodes = [helper.make_node("Transpose", ["x"], ["t"], perm=[0, 3, 1, 2]), *nodes, helper.make_node("Transpose", ["u"], ["s"], perm=[0, 2, 3, 1])]
        x, want = np.ascontiguousarray(x.transpose(0, 2, 3, 1)), want.transpose(0, 2, 3, 1)
    return (f"conv 3x3 {size}x{size} {channels}->{filters} {kind} {layout}", nodes, {"w": w, "b": b}, x, want,
            2 * size * size * 9 * channels * filters, kind)


def measure(case, build, folder, timer, samples):
    name, nodes, weights, x, want, flop, kind = case
    more, constants = epilogue(kind, "s")
    used = {i for n in nodes for i in n.input}
    initializers = [numpy_helper.from_array(v, k) for k, v in weights.items() if k in used] + constants
    graph = helper.make_graph(nodes + more, "kernel", [helper.make_tensor_value_info("x", TensorProto.FLOAT, x.shape)],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, want.shape)], initializers)
    path = os.path.join(folder, name.replace(" ", "_").replace("->", "_"))
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 16)], ir_version=8), path + ".onnx")
    subprocess.run([os.path.join(build, "bin/tt-compile"), path + ".onnx", "-o", path + ".so"], check=True)
    library = ctypes.CDLL(path + ".so")
    library.tt_model.restype = ctypes.c_void_p
    session, options = ctypes.c_void_p(), Options(ctypes.sizeof(Options), 1)
    if library.tt_session_create(ctypes.c_void_p(library.tt_model()), ctypes.byref(options), ctypes.byref(session)):
        raise SystemExit(f"{name}: the session was refused")
    y = np.zeros(want.shape, np.float32)
    inputs, outputs = Tensor(x), Tensor(y)
    arguments = [session.value, 0, ctypes.addressof(inputs), 1, ctypes.addressof(outputs), 1]
    if library.tt_session_run(*[ctypes.c_void_p(a) for a in arguments]):
        raise SystemExit(f"{name}: the run failed")
    np.testing.assert_allclose(y, want, rtol=1e-3, atol=1e-4)
    seconds, peak = (ctypes.c_double * samples)(), (ctypes.c_double * samples)()
    timer.tt_measure(library.tt_session_run, (ctypes.c_void_p * 6)(*arguments), ctypes.c_int64(6), ctypes.c_int64(max(1, int(4e8 / flop))),
                     ctypes.c_int64(samples), seconds, peak)
    share = sorted(100 * flop / s / p for s, p in zip(seconds, peak))
    print(f"{name:36} {1e6 * sorted(seconds)[samples // 2]:10.1f} us {share[samples // 2]:6.1f} % of peak "
          f"({share[samples // 4]:.1f} .. {share[3 * samples // 4]:.1f})", flush=True)
    return {"kernel": name, "flop": flop, "seconds": list(seconds), "peak_flops": list(peak), "median_percent_of_peak": share[samples // 2]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=str(HERE.parent / "build"))
    parser.add_argument("--samples", type=int, default=31)
    parser.add_argument("--json")
    args = parser.parse_args()
    random = np.random.default_rng(7)
    cases = [gemm(m, k, n, kind, random) for m, k, n in ((512, 512, 512), (128, 768, 3072)) for kind in ("none", "relu", "gelu")]
    cases += [conv(56, 64, 64, "relu", random, layout) for layout in ("NHWC", "NCHW")]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["clang-22", "-O2", "-march=native", "-shared", "-fPIC", str(HERE / "kernels/measure.c"), "-o", folder + "/measure.so"], check=True)
        timer = ctypes.CDLL(folder + "/measure.so")
        for case in cases:
            record = measure(case, args.build, folder, timer, args.samples)
            if args.json:
                with open(args.json, "a") as out:
                    out.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
