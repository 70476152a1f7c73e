"""Finds the package in a build folder: that of $TT_BUILD_DIR, else build, else build-dev."""

import os
import pathlib
import sys

import pytest

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def find_package():
    folders = [os.environ["TT_BUILD_DIR"]] if "TT_BUILD_DIR" in os.environ else ["build", "build-dev", "build-gcc"]
    for folder in folders:
        path = SOURCE / folder / "python"
        if any(path.glob("tt/_tt.*.so")):
            return path
    pytest.exit(
        f"the module is not built in {' or '.join(folders)}; build it with\n"
        "  cmake --preset release && cmake --build --preset release --target tt-python",
        returncode=1,
    )


PACKAGE = find_package()
sys.path.insert(0, str(PACKAGE))


@pytest.fixture
def no_files_left(tmp_path, monkeypatch):
    """A folder for temporary files, which must be empty at the end of the test."""
    import tempfile

    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


@pytest.fixture
def run_python():
    """Runs a program in a fresh interpreter that finds the package; returns what it printed."""
    import subprocess

    def run(program, *arguments, **environment):
        env = {**os.environ, "PYTHONPATH": str(PACKAGE), **environment}
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments], env=env, capture_output=True, text=True, timeout=540
        )
        assert done.returncode == 0, f"exit status {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    return run
