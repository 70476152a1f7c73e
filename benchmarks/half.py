#!/usr/bin/python3
"""Times `tt-compile --fast-math=bf16|f16` against f32 on a ResNet-50-sized and a BERT-base-sized model, and prints the error of both.

    taskset -c 1 benchmarks/half.py [--build build] [--models resnet50,bert] [--modes bf16,f16] [--runs 15] [--folder DIR] [--json FILE]

The models are those of benchmarks/models, seeded; inputs are seeded too. All builds of a model are loaded into this process and run in turn with
one thread, so that a change of the clock meets all of them; times are processor time of the thread. Prints medians, the ratio of medians, and the largest and the relative (L2) distance of
the outputs from the f32 build's; --json appends raw samples. DIR keeps models and libraries for the next time.
"""
import argparse
import ctypes
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
FLOAT, INT64 = 1, 7  # ONNX's numbers of element types


class Tensor(ctypes.Structure):
    """tt_tensor of include/tt/Runtime/ABI.h."""
    _fields_ = [("data", ctypes.c_void_p), ("dims", ctypes.POINTER(ctypes.c_int64)), ("rank", ctypes.c_uint32),
                ("dtype", ctypes.c_uint32), ("bytes", ctypes.c_size_t)]

    def __init__(self, array):
        self.array, self.storage = array, (ctypes.c_int64 * array.ndim)(*array.shape)
        super().__init__(array.ctypes.data, ctypes.cast(self.storage, ctypes.POINTER(ctypes.c_int64)), array.ndim,
                         INT64 if array.dtype == np.int64 else FLOAT, array.nbytes)


class Options(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), ("threads", ctypes.c_uint32), ("allocate", ctypes.c_void_p),
                ("deallocate", ctypes.c_void_p), ("user", ctypes.c_void_p), ("isa", ctypes.c_char_p)]


class Model:
    def __init__(self, path, x, shape):
        self.library = ctypes.CDLL(path)
        self.library.tt_model.restype = ctypes.c_void_p
        self.library.tt_session_error.restype = ctypes.c_char_p
        self.session, options = ctypes.c_void_p(), Options(ctypes.sizeof(Options), 1)
        if self.library.tt_session_create(ctypes.c_void_p(self.library.tt_model()), ctypes.byref(options), ctypes.byref(self.session)):
            raise SystemExit(f"{path}: {self.library.tt_session_error(None).decode()}")
        self.y = np.zeros(shape, np.float32)
        self.input, self.output = Tensor(x), Tensor(self.y)

    def run(self):
        start = time.thread_time()
        if self.library.tt_session_run(self.session, 0, ctypes.byref(self.input), 1, ctypes.byref(self.output), 1):
            raise SystemExit(self.library.tt_session_error(self.session).decode())
        return time.thread_time() - start


def cases(random):
    return {"resnet50": ("resnet50.py", random.standard_normal((1, 3, 224, 224), np.float32), (1, 1000)),
            "bert": ("bert_base.py", random.integers(0, 30522, (1, 128)), (1, 128, 768))}


def measure(name, case, modes, args, folder):
    script, x, shape = case
    onnx = os.path.join(folder, name + ".onnx")
    if not os.path.exists(onnx):
        subprocess.run(["/usr/bin/python3", str(HERE / "models" / script), onnx], check=True)
    builds = {}
    for mode in ["f32"] + modes:
        library = os.path.join(folder, f"{name}-{mode}.so")
        if args.recompile or not os.path.exists(library):
            option = [] if mode == "f32" else ["--fast-math=" + mode]
            done = subprocess.run([os.path.join(args.build, "bin/tt-compile"), onnx, "-o", library] + option, capture_output=True, text=True)
            if done.returncode:
                raise SystemExit(done.stderr)
        builds[mode] = Model(library, x, shape)
    for model in builds.values():
        model.run()
    samples = {mode: [] for mode in builds}
    for _ in range(args.runs):
        for mode, model in builds.items():
            samples[mode].append(model.run())
    median = {mode: statistics.median(values) for mode, values in samples.items()}
    want = builds["f32"].y.astype("d")
    print(f"{name:10} f32  {1e3 * median['f32']:8.2f} ms")
    for mode in modes:
        error = builds[mode].y - want
        largest, relative = np.abs(error).max(), np.linalg.norm(error) / np.linalg.norm(want)
        print(f"{name:10} {mode:4} {1e3 * median[mode]:8.2f} ms, {median['f32'] / median[mode]:.2f} times f32, largest error {largest:.3g}, "
              f"relative error {relative:.3g}", flush=True)
        if args.json:
            record = {"model": name, "mode": mode, "seconds": samples[mode], "f32_seconds": samples["f32"],
                      "largest_error": float(largest), "relative_error": float(relative)}
            with open(args.json, "a") as out:
                out.write(json.dumps(record) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=str(HERE.parent / "build"))
    parser.add_argument("--models", default="resnet50,bert")
    parser.add_argument("--modes", default="bf16,f16")
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--folder")
    parser.add_argument("--recompile", action="store_true", help="also where DIR has the library already")
    parser.add_argument("--json")
    args = parser.parse_args()
    if args.folder:
        os.makedirs(args.folder, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        available = cases(np.random.default_rng(3))
        for name in args.models.split(","):
            measure(name, available[name], args.modes.split(","), args, args.folder or temporary)


if __name__ == "__main__":
    main()
