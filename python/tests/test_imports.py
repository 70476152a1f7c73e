"""torch, onnx and tt live in one process in every order of import, and do their work there."""

import importlib.util
import itertools

import pytest

WORK = {
    "torch": """
import io, numpy, torch, warnings
warnings.simplefilter("ignore")
layer = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2)).eval()
x = torch.randn(3, 4)
expected = layer(x).detach().numpy()
file = io.BytesIO()
torch.onnx.export(layer, x, file, input_names=["x"], output_names=["y"])
exported = file.getvalue()
""",
    "onnx": """
import onnx.checker, onnx.helper, onnx.shape_inference
T = onnx.TensorProto.FLOAT
info = onnx.helper.make_tensor_value_info
graph = onnx.helper.make_graph(
    [onnx.helper.make_node("Add", ["a", "a"], ["b"])], "twice", [info("a", T, [2])], [info("b", T, [2])])
proto = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 13)])
onnx.checker.check_model(proto)
proto = onnx.shape_inference.infer_shapes(proto)
""",
    "tt": """
import numpy
if "exported" in globals():
    numpy.testing.assert_allclose(tt.compile(exported).run([x])["y"], expected, rtol=1e-5, atol=1e-6)
if "proto" in globals():
    assert tt.compile(proto).run([numpy.float32([1, 2])])["b"].tolist() == [2, 4]
try:
    tt.compile(b"damaged")
    raise SystemExit("no error")
except tt.UnsupportedModelError:
    pass
""",
}


def check(run_python, modules):
    imports = "".join(f"import {module}\n" for module in modules)
    # torch and onnx make models, tt compiles them; then each of them works once more.
    work = "".join(WORK[module] for module in ("torch", "onnx", "tt") if module in modules)
    assert run_python(imports + 2 * work + "print('done')").endswith("done\n")


@pytest.mark.parametrize("order", itertools.permutations(["onnx", "tt"]), ids="-".join)
def test_onnx_and_tt(run_python, order):
    check(run_python, order)


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="torch is not installed (python3-torch)")
@pytest.mark.parametrize("order", itertools.permutations(["torch", "onnx", "tt"]), ids="-".join)
def test_torch_onnx_and_tt(run_python, order):
    check(run_python, order)


def test_tt_needs_neither(run_python):
    program = """
import sys, tt
assert "onnx" not in sys.modules and "torch" not in sys.modules
print("alone")
"""
    assert run_python(program) == "alone\n"


def test_the_module_exports_only_its_entry():
    import subprocess

    import tt._tt

    symbols = subprocess.run(
        ["nm", "-D", "--defined-only", "--format=just-symbols", tt._tt.__file__],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert symbols == ["PyInit__tt"]
