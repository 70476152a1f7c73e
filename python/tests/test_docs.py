"""The page docs/python.md: its blocks of Python run and print what it says."""

import re
import shutil

from conftest import SOURCE


def test_page(tmp_path, run_python):
    for name in ("cnn.onnx", "heldback_images.npy", "heldback_labels.npy"):
        shutil.copy(SOURCE / "examples/fashion-mnist" / name, tmp_path)
    page = (SOURCE / "docs/python.md").read_text()
    blocks = re.findall(r"^```(python|text)\n(.*?)^```$", page, re.M | re.S)
    assert sum(language == "python" for language, _ in blocks) >= 6
    program = f"import os; os.chdir({str(tmp_path)!r})\n"
    expected = ""
    for language, text in blocks:
        if language == "python":
            program += text
        else:
            expected += text
    assert run_python(program) == expected
    assert (tmp_path / "single.so").exists()
