"""The annotations: mypy accepts the package, and users' programs as far as they are right."""

import importlib.util
import os
import subprocess
import sys

import pytest
from conftest import PACKAGE, SOURCE

pytestmark = pytest.mark.skipif(importlib.util.find_spec("mypy") is None, reason="mypy is not installed (mypy)")

PROGRAM = """
import numpy as np
import tt

model = tt.compile("m.onnx", threads=2)
reveal_type(model.inputs[0].shape)
result = model.run({"x": np.zeros(3, np.float32)})
reveal_type(result["y"])
tt.compile("m.onnx", thread=2)
model.run(3)
"""


@pytest.fixture(scope="module")
def mypy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mypy")
    (folder / "user.py").write_text(PROGRAM)

    def run(*arguments):
        options = ["--cache-dir", "cache", "--config-file", SOURCE / "python/pyproject.toml"]
        return subprocess.run(
            [sys.executable, "-m", "mypy", *options, *arguments],
            cwd=folder, env={**os.environ, "MYPYPATH": str(PACKAGE)}, capture_output=True, text=True,
        ).stdout  # fmt: skip

    return run


def test_package(mypy):
    out = mypy()
    assert out.startswith("Success: "), out


def test_user(mypy):
    out = mypy("-m", "user")
    assert 'Revealed type is "builtins.tuple[Union[builtins.int, builtins.str, None], ...]"' in out
    assert "numpy.ndarray[Any, numpy.dtype[Any]]" in out
    assert 'Unexpected keyword argument "thread" for "compile"' in out
    assert 'Argument 1 to "run" of "Model" has incompatible type "int"' in out
    assert "Found 2 errors" in out
