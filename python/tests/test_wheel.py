"""The wheel, and the package in an installed tree."""

import importlib.util
import os
import shutil
import subprocess
import sys
import zipfile

import onnx
import pytest
from conftest import PACKAGE, SOURCE
from models import affine

PROGRAM = """
import sys, numpy, tt
assert tt.__file__.startswith(sys.argv[1]), tt.__file__
x = numpy.ones((2, 3), numpy.float32)
print(tt.compile(sys.argv[2]).run([x, x])["y"].sum())
"""


def check(run_python, folder, tmp_path):
    onnx.save(affine(), str(tmp_path / "m.onnx"))
    assert run_python(PROGRAM, str(folder), str(tmp_path / "m.onnx"), PYTHONPATH=str(folder)) == "18.0\n"


def test_wheel(tmp_path, run_python):
    for module in ("build", "setuptools", "wheel"):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed (python3-{module})")
    # setuptools writes beside its sources; the copy has what setup.py reads.
    source = tmp_path / "source"
    shutil.copytree(SOURCE / "python", source / "python", ignore=shutil.ignore_patterns("build", "*.egg-info", "tests"))
    shutil.copy(SOURCE / "CMakeLists.txt", source)
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, source / "python"],
        env={**os.environ, "TT_BUILD_DIR": str(PACKAGE.parent)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.startswith("tt-") and "-cp311-cp311-linux" in wheel.name or sys.version_info[:2] != (3, 11)
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if name.startswith("tt/")}
        archive.extractall(tmp_path / "site")
    sources = {f"tt/{path.name}" for path in (SOURCE / "python/tt").glob("*.*") if path.suffix != ".pyc"}
    assert {name for name in names if not name.endswith(".so")} == sources
    assert len(names) == len(sources) + 1
    check(run_python, tmp_path / "site", tmp_path)


def test_installed_tree(tmp_path, run_python):
    subprocess.run(
        ["cmake", "--install", PACKAGE.parent, "--prefix", tmp_path / "usr", "--component", "python"],
        check=True, capture_output=True,
    )  # fmt: skip
    check(run_python, tmp_path / "usr/lib/python3/dist-packages", tmp_path)
