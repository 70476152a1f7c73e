"""tt.InferenceSession, the look-alike of ONNX Runtime's."""

import numpy as np
import onnx
import pytest
import tt
from models import affine

X = np.arange(6, dtype=np.float32).reshape(2, 3)
FEED = {"x": X, "b": np.ones_like(X)}


def sources(folder):
    path, library = folder / "m.onnx", folder / "m.so"
    onnx.save(affine(), str(path))
    tt.compile_file(path, library)
    return [path, str(path), path.read_bytes(), library, library.read_bytes()]


def test_sources_and_runs(tmp_path, no_files_left):
    for source in sources(tmp_path):
        session = tt.InferenceSession(source)
        assert [(each.name, each.type, each.shape) for each in session.get_inputs()] == [
            ("x", "tensor(float)", ["batch", 3]),
            ("b", "tensor(float)", ["batch", 3]),
        ]
        assert [each.name for each in session.get_outputs()] == ["y", "s"]
        y, s = session.run(None, FEED)
        np.testing.assert_array_equal(y, 2 * X + 1)
        np.testing.assert_array_equal(s, (2 * X + 1).sum(axis=1))
        only, again = session.run(["s", "s"], FEED)
        np.testing.assert_array_equal(only, s)
        np.testing.assert_array_equal(again, s)
        assert len(session.run([], FEED)) == 2


def test_options():
    options = tt.SessionOptions()
    options.intra_op_num_threads = 1
    options.graph_optimization_level = 99
    session = tt.InferenceSession(affine().SerializeToString(), options, providers=["CPUExecutionProvider"])
    assert len(session.run(None, FEED)) == 2
    with pytest.raises(AttributeError, match="enable_profilng"):
        options.enable_profilng = True


def test_providers():
    data = affine().SerializeToString()
    assert tt.get_available_providers() == ["CPUExecutionProvider"]
    with pytest.warns(UserWarning, match="tt has no CUDAExecutionProvider; the model runs on the CPU"):
        session = tt.InferenceSession(data, providers=[("CUDAExecutionProvider", {}), "CPUExecutionProvider"])
    assert session.get_providers() == ["CPUExecutionProvider"]
    with pytest.raises(ValueError, match="tt has CPUExecutionProvider only, but providers are CUDAExecutionProvider"):
        tt.InferenceSession(data, providers=["CUDAExecutionProvider"])


def test_errors(tmp_path):
    session = tt.InferenceSession(affine().SerializeToString())
    with pytest.raises(tt.InputError, match="^input 'b' is missing; it is float"):
        session.run(None, {"x": X})
    with pytest.raises(tt.RunError, match="^the model has no output 'z'; it has y, s$"):
        session.run(["z"], FEED)
    with pytest.raises(TypeError, match="run_options are not supported"):
        session.run(None, FEED, object())
    with pytest.raises(FileNotFoundError):
        tt.InferenceSession(tmp_path / "none.onnx")
    with pytest.raises(tt.UnsupportedModelError):
        tt.InferenceSession(b"not a model")
