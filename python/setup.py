"""Puts the extension module that CMake makes into the wheel; pyproject.toml says the rest.

The module comes from the build folder $TT_BUILD_DIR as it is, or else from ../build, which is configured (preset
`release`) and built first.
"""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

SOURCE = pathlib.Path(__file__).resolve().parents[1]


class CMakeModule(build_ext):
    def build_extension(self, ext):
        build = os.environ.get("TT_BUILD_DIR")
        if build is None:
            build = SOURCE / "build"
            subprocess.run(["cmake", "--preset", "release"], cwd=SOURCE, check=True)
            subprocess.run(["cmake", "--build", build, "--target", "tt-python"], check=True)
        target = pathlib.Path(self.get_ext_fullpath(ext.name))
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as prefix:
            install = ["cmake", "--install", build, "--component", "python", "--prefix", prefix, "--strip"]
            subprocess.run(install, check=True)
            (module,) = pathlib.Path(prefix).glob(f"**/{target.name}")
            shutil.copyfile(module, target)


version = re.search(r"project\(tt VERSION ([0-9.]+)", (SOURCE / "CMakeLists.txt").read_text())[1]
setup(version=version, ext_modules=[Extension("tt._tt", [])], cmdclass={"build_ext": CMakeModule})
