"""tt.backend, the ONNX backend class."""

import numpy as np
import pytest
import tt
import tt.backend
from models import affine, make
from onnx import TensorProto, helper

X = np.arange(6, dtype=np.float32).reshape(2, 3)


def test_prepare_and_run():
    prepared = tt.backend.prepare(affine(), "CPU", threads=1)
    y, s = prepared.run([X, X])
    np.testing.assert_array_equal(y, 3 * X)
    outputs = prepared.run({"b": X, "x": X})
    np.testing.assert_array_equal(outputs["s"], s)
    np.testing.assert_array_equal(outputs.y, y)
    np.testing.assert_array_equal(tt.backend.run_model(affine(), (X, X)).y, y)


def test_one_array_is_one_input():
    model = make(
        [helper.make_node("Neg", ["x"], ["0"])], [("x", TensorProto.FLOAT, [2, 3])], [("0", TensorProto.FLOAT, [2, 3])]
    )
    np.testing.assert_array_equal(tt.backend.run_model(model, X)["0"], -X)


def test_run_node():
    node = helper.make_node("Gemm", ["a", "b", "", ""][:3], ["y"], transB=1)
    (result,) = tt.backend.run_node(node, [X, X])
    np.testing.assert_array_equal(result, X @ X.T)
    node = helper.make_node("Split", ["x"], ["p", "q"], axis=0)
    p, q = tt.backend.run_node(node, [X], opset_version=11)
    np.testing.assert_array_equal(p, X[:1])
    np.testing.assert_array_equal(q, X[1:])
    (square,) = tt.backend.run_node(helper.make_node("Mul", ["x", "x"], ["y"]), [X])
    np.testing.assert_array_equal(square, X * X)
    with pytest.raises(tt.InputError, match="the node has 1 inputs, but 2 arrays were given"):
        tt.backend.run_node(helper.make_node("Neg", ["x"], ["y"]), [X, X])
    with pytest.raises(tt.InputError, match="input 'x' has NumPy's complex64, which tt does not have"):
        tt.backend.run_node(helper.make_node("Neg", ["x"], ["y"]), [X.astype(np.complex64)])
    with pytest.raises(tt.UnsupportedModelError, match="NoSuchOp"):
        tt.backend.run_node(helper.make_node("NoSuchOp", ["x"], ["y"]), [X])


def test_devices_and_compatibility(no_files_left):
    assert tt.backend.supports_device("CPU")
    assert not tt.backend.supports_device("CUDA")
    assert tt.backend.is_compatible(affine())
    assert not tt.backend.is_compatible(affine(), "CUDA:1")
    unknown = make([helper.make_node("NoSuchOp", ["x"], ["y"])], [("x", 1, [1])], [("y", 1, [1])])
    assert not tt.backend.is_compatible(unknown)
    with pytest.raises(ValueError, match="device must be CPU, but is 'CUDA'"):
        tt.backend.prepare(affine(), "CUDA")
