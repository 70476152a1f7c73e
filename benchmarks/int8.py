#!/usr/bin/python3
"""Times integer products and convolutions inside compiled models, requantization included, against the measured peak of vpdpbusd.

    taskset -c 1 benchmarks/int8.py [--build build] [--samples 15] [--only TEXT] [--json FILE]

Each model is one QLinearMatMul or QLinearConv of unsigned bytes by signed ones with constant weights. Its result is checked against NumPy first, to the
last bit. Products of 16 rows and more are compared with the core's peak, those of one row with a read of as many bytes as the weights have (both in the
same run, alternating, benchmarks/kernels/measure.c; processor time of the thread). "cold" reads 64 MB between two calls. Convolutions are NHWC.
"""
import argparse
import ctypes
import json
import os
import pathlib
import subprocess
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from compiled import Options, Tensor

HERE = pathlib.Path(__file__).resolve().parent
F = np.float32
X_ZERO, Y_ZERO = 7, 120


class Bytes(Tensor):
    """A tt_tensor of unsigned bytes."""

    def __init__(self, array):
        super().__init__(array)
        self.dtype = TensorProto.UINT8


def requantize(sums, multiplier):
    """DESIGN.md: one f32 multiplication, round half to even, clamp in f32."""
    steps = np.rint(sums.astype(F) * multiplier)
    return (np.clip(steps, F(-Y_ZERO), F(255 - Y_ZERO)).astype(np.int64) + Y_ZERO).astype(np.uint8)


def scales(columns, random):
    return F(0.02), random.uniform(0.001, 0.002, columns).astype(F), F(0.7)


def product(m, k, n, random):
    x, w = random.integers(0, 256, (m, k)).astype(np.uint8), random.integers(-127, 128, (k, n)).astype(np.int8)
    xs, ws, ys = scales(n, random)
    sums = (x.astype(np.float64) - X_ZERO) @ w.astype(np.float64)
    node = helper.make_node("QLinearMatMul", ["x", "xs", "xz", "w", "ws", "wz", "ys", "yz"], ["y"])
    return f"gemm {m}x{k}x{n}", [node], w, (xs, ws, ys), x, requantize(sums, ws * xs / ys), 2 * m * k * n


def conv(size, channels, filters, side, stride, random):
    w = random.integers(-127, 128, (filters, channels, side, side)).astype(np.int8)
    x = random.integers(0, 256, (1, size, size, channels)).astype(np.uint8)
    border = side // 2
    padded = np.pad(x[0].astype(np.float64) - X_ZERO, ((border, border), (border, border), (0, 0)))
    out = (size + 2 * border - side) // stride + 1
    sums = sum(padded[i : i + (out - 1) * stride + 1 : stride, j : j + (out - 1) * stride + 1 : stride] @ w[:, :, i, j].T.astype(np.float64)
               for i in range(side) for j in range(side))
    xs, ws, ys = scales(filters, random)
    nodes = [helper.make_node("Transpose", ["x"], ["t"], perm=[0, 3, 1, 2]),
             helper.make_node("QLinearConv", ["t", "xs", "xz", "w", "ws", "wz", "ys", "yz"], ["u"], kernel_shape=[side, side],
                              pads=[border] * 4, strides=[stride] * 2),
             helper.make_node("Transpose", ["u"], ["y"], perm=[0, 2, 3, 1])]
    return (f"conv {side}x{side}/{stride} {size}x{size} {channels}->{filters}", nodes, w, (xs, ws, ys), x,
            requantize(sums, ws * xs / ys)[None], 2 * out * out * side * side * channels * filters)


def depthwise(size, channels, side, stride, random):
    w = random.integers(-127, 128, (channels, 1, side, side)).astype(np.int8)
    x = random.integers(0, 256, (1, size, size, channels)).astype(np.uint8)
    border = side // 2
    padded = np.pad(x[0].astype(np.float64) - X_ZERO, ((border, border), (border, border), (0, 0)))
    out = (size + 2 * border - side) // stride + 1
    sums = sum(padded[i : i + (out - 1) * stride + 1 : stride, j : j + (out - 1) * stride + 1 : stride] * w[:, 0, i, j].astype(np.float64)
               for i in range(side) for j in range(side))
    xs, ws, ys = scales(channels, random)
    nodes = [helper.make_node("Transpose", ["x"], ["t"], perm=[0, 3, 1, 2]),
             helper.make_node("QLinearConv", ["t", "xs", "xz", "w", "ws", "wz", "ys", "yz"], ["u"], kernel_shape=[side, side],
                              pads=[border] * 4, strides=[stride] * 2, group=channels),
             helper.make_node("Transpose", ["u"], ["y"], perm=[0, 2, 3, 1])]
    return (f"depthwise {side}x{side}/{stride} {size}x{size}x{channels}", nodes, w, (xs, ws, ys), x, requantize(sums, ws * xs / ys)[None],
            2 * out * out * side * side * channels)


def compile_model(case, build, folder):
    name, nodes, w, (xs, ws, ys), x, want, _ = case
    constants = {"w": w, "xs": xs, "ws": ws, "ys": ys, "xz": np.uint8(X_ZERO), "yz": np.uint8(Y_ZERO), "wz": np.zeros(ws.shape, np.int8)}
    graph = helper.make_graph(nodes, "kernel", [helper.make_tensor_value_info("x", TensorProto.UINT8, x.shape)],
                              [helper.make_tensor_value_info("y", TensorProto.UINT8, want.shape)],
                              [numpy_helper.from_array(np.asarray(v), k) for k, v in constants.items()])
    path = os.path.join(folder, "".join(c if c.isalnum() else "_" for c in name))
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 16)], ir_version=8), path + ".onnx")
    subprocess.run([os.path.join(build, "bin/tt-compile"), path + ".onnx", "-o", path + ".so"], check=True)
    return path + ".so"


def measure(case, path, timer, samples, cold):
    name, _, w, _, x, want, work = case
    library = ctypes.CDLL(path)
    library.tt_model.restype = ctypes.c_void_p
    session, options = ctypes.c_void_p(), Options(ctypes.sizeof(Options), 1)
    if library.tt_session_create(ctypes.c_void_p(library.tt_model()), ctypes.byref(options), ctypes.byref(session)):
        raise SystemExit(f"{name}: the session was refused")
    y = np.zeros(want.shape, np.uint8)
    inputs, outputs = Bytes(x), Bytes(y)
    arguments = [session.value, 0, ctypes.addressof(inputs), 1, ctypes.addressof(outputs), 1]
    if library.tt_session_run(*[ctypes.c_void_p(a) for a in arguments]):
        raise SystemExit(f"{name}: the run failed")
    np.testing.assert_array_equal(y, want, err_msg=name)
    seconds, peak = (ctypes.c_double * samples)(), (ctypes.c_double * samples)()
    row = x.shape[0] == 1 and x.ndim == 2
    repeats = 1 if cold else max(1, int(1e9 / work) if not row else int(1e8 / work))
    timer.tt_measure_bytes(library.tt_session_run, (ctypes.c_void_p * 6)(*arguments), ctypes.c_int64(6), ctypes.c_int64(repeats), ctypes.c_int64(samples),
                           ctypes.c_int64(64 << 20 if cold else 0), ctypes.c_int64(w.nbytes if row else 0), seconds, peak)
    total = w.nbytes if row else work
    share = sorted(100 * total / s / p for s, p in zip(seconds, peak))
    print(f"{name + (' cold' if cold else ''):40} {1e6 * sorted(seconds)[samples // 2]:9.1f} us {share[samples // 2]:6.1f} % of {'a read' if row else 'peak'} "
          f"({share[samples // 4]:.1f} .. {share[3 * samples // 4]:.1f})", flush=True)
    return {"kernel": name, "cold": cold, "work": total, "seconds": list(seconds), "peak": list(peak), "median_percent": share[samples // 2]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=str(HERE.parent / "build"))
    parser.add_argument("--samples", type=int, default=15)
    parser.add_argument("--only", default="", help="cases whose name has this text")
    parser.add_argument("--keep", help="compile to this folder, or use what is compiled there")
    parser.add_argument("--compile-only", action="store_true", help="with --keep: measure nothing")
    parser.add_argument("--json")
    args = parser.parse_args()
    random = np.random.default_rng(7)
    # Warm products with and without tails, the same from memory, one row; layers of ResNet-50; depthwise layers of MobileNetV2.
    cases = [(product(*shape, random), False) for shape in ((256, 256, 256), (512, 512, 512), (64, 768, 768), (128, 768, 3072), (127, 770, 3077), (131, 771, 1000))]
    cases += [(cases[3][0], True), (product(16, 768, 3072, random), True), (product(1, 4096, 4096, random), True)]
    cases += [(conv(*shape, random), False) for shape in ((224, 3, 64, 7, 2), (56, 64, 64, 1, 1), (56, 64, 64, 3, 1), (56, 64, 256, 1, 1), (28, 128, 128, 3, 1),
                                                          (28, 128, 512, 1, 1), (14, 256, 256, 3, 1), (14, 1024, 256, 1, 1), (7, 512, 512, 3, 1), (7, 512, 2048, 1, 1))]
    cases += [(depthwise(*shape, random), False) for shape in ((112, 32, 3, 1), (112, 96, 3, 2), (56, 144, 3, 1), (14, 576, 3, 1), (7, 960, 3, 1))]
    cases = [case for case in cases if args.only in case[0][0]]
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.keep or scratch
        os.makedirs(folder, exist_ok=True)
        paths = [compile_model(case, args.build, folder) for case, _ in cases]
        if args.compile_only:
            return
        subprocess.run(["clang-22", "-O2", "-march=native", "-shared", "-fPIC", str(HERE / "kernels/measure.c"), "-o", scratch + "/measure.so"], check=True)
        timer = ctypes.CDLL(scratch + "/measure.so")
        for (case, cold), path in zip(cases, paths):
            record = measure(case, path, timer, args.samples, cold)
            if args.json:
                with open(args.json, "a") as out:
                    out.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
