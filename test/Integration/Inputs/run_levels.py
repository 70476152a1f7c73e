"""Compiles models for three levels once each, then runs every level: as a library at one and two threads, and as an executable.

Usage: run_levels.py FOLDER...   with model.onnx and test_data_set_0 of one input and one output each; works in the current folder.
"""
import os
import subprocess
import sys

import numpy
import onnx
from onnx import numpy_helper

LEVELS = ["x86-64-v3", "x86-64-v4", "avx512vnni"]


def read(path):
    return numpy_helper.to_array(onnx.load_tensor(path))


for folder in sys.argv[1:]:
    model, data, name = os.path.join(folder, "model.onnx"), os.path.join(folder, "test_data_set_0"), os.path.basename(folder)
    given, expected = os.path.join(data, "input_0.pb"), os.path.join(data, "output_0.pb")
    numpy.save("input.npy", read(given))
    for output in (name + ".so", name):
        subprocess.run(["tt-compile", model, "-o", output, "--cpu=" + ",".join(LEVELS)], check=True)
    for level in LEVELS:
        said = subprocess.run(["tt-run", name + ".so", given, "--expect", expected, "--isa=" + level, "--threads=1,2", "--atol=1e-4", "--verbose"],
                              check=True, capture_output=True, text=True)
        assert "isa: " + level in said.stderr, said.stderr
        subprocess.run(["./" + name, "input.npy", "--isa", level, "--out", "out"], check=True, capture_output=True)
        numpy.testing.assert_allclose(numpy.load("out/output_0.npy"), read(expected), rtol=1e-3, atol=1e-4)
        print(name, level, "agrees")
