"""tt.Model: description, runs, memory, files."""

import gc

import numpy as np
import onnx
import pytest
import tt
from models import affine, elementwise, make
from onnx import TensorProto, helper


@pytest.fixture(scope="module")
def model():
    return tt.compile(affine(), threads=1)


def arrays(batch=2):
    x = np.arange(batch * 3, dtype=np.float32).reshape(batch, 3)
    return x, np.ones_like(x)


def test_description(model):
    assert [info.name for info in model.inputs] == ["x", "b"]
    assert model.inputs[0].dtype == np.float32
    assert model.inputs[0].shape == ("batch", 3)
    assert model.inputs[0].type == "float"
    assert [info.name for info in model.outputs] == ["y", "s"]
    assert model.outputs[1].shape == ("batch",)
    assert [entry.name for entry in model.entries] == ["main"]
    assert model.entries[0].inputs == model.inputs
    assert model.name == "test"
    assert model.producer.startswith("tt ")
    assert "linux" in model.target
    assert repr(model) == (
        "<tt.Model 'test': x float [batch, 3], b float [batch, 3] -> y float [batch, 3], s float [batch]>"
    )


def test_dynamic_sizes(model):
    for batch in (2, 5, 0, 1):
        x, b = arrays(batch)
        outputs = model.run({"x": x, "b": b})
        assert list(outputs) == ["y", "s"]
        np.testing.assert_array_equal(outputs["y"], 2 * x + 1)
        np.testing.assert_array_equal(outputs["s"], (2 * x + 1).sum(axis=1))


def test_inputs_in_order(model):
    x, b = arrays()
    np.testing.assert_array_equal(model.run([x, b])["y"], 2 * x + 1)
    np.testing.assert_array_equal(model.run((x, b), entry="main")["y"], 2 * x + 1)


def test_inputs_may_have_any_layout(model):
    x, b = arrays(4)
    reversed_rows = x[::-1]
    np.testing.assert_array_equal(model.run([reversed_rows, b])["y"], 2 * reversed_rows + 1)
    columns = np.asfortranarray(x)
    assert not columns.flags.c_contiguous
    np.testing.assert_array_equal(model.run([columns, b])["y"], 2 * x + 1)
    misaligned = np.zeros(x.nbytes + 1, np.uint8)[1:].view(np.float32).reshape(x.shape)
    misaligned[:] = x
    assert not misaligned.flags.aligned
    np.testing.assert_array_equal(model.run([misaligned, b])["y"], 2 * x + 1)
    read_only = x.copy()
    read_only.flags.writeable = False
    np.testing.assert_array_equal(model.run([read_only, b])["y"], 2 * x + 1)


def test_inputs_are_read_in_place():
    from tt._model import _to_array

    x, _ = arrays()
    info = tt.TensorInfo("x", x.dtype, x.shape, "float")
    assert _to_array(info, x) is x
    assert np.shares_memory(_to_array(info, x[1:]), x)
    assert not np.shares_memory(_to_array(info, x[:, ::2]), x)
    assert _to_array(info, np.float32(3)).shape == ()


def test_outputs_outlive_everything():
    model = tt.compile(affine(), threads=1)
    x, b = arrays()
    first = model.run([x, b])
    second = model.run([x + 1, b])
    assert not np.shares_memory(first["y"], second["y"])
    del model
    gc.collect()
    np.testing.assert_array_equal(first["y"], 2 * x + 1)
    np.testing.assert_array_equal(second["y"], 2 * x + 3)
    first["y"][:] = 7  # writable
    assert first["y"].ctypes.data % 64 == 0


@pytest.mark.parametrize("size", [0, 1, 5])
def test_scalars_and_static_shapes(size):
    shape = [size] if size else []
    model = tt.compile(elementwise("Add", TensorProto.FLOAT, shape))
    a = np.full(shape, 1.5, np.float32)
    result = model.run([a, a])["y"]
    assert result.shape == a.shape
    np.testing.assert_array_equal(result, a + a)


def test_empty_output():
    model = tt.compile(elementwise("Add", TensorProto.FLOAT, (0, 3)))
    a = np.zeros((0, 3), np.float32)
    assert model.run([a, a])["y"].shape == (0, 3)


@pytest.mark.parametrize(
    "dtype", ["float32", "float64", "float16", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
)
def test_element_types(dtype):
    element = onnx.mapping.NP_TYPE_TO_TENSOR_TYPE[np.dtype(dtype)]
    model = tt.compile(elementwise("Add", element))
    assert model.inputs[0].dtype == np.dtype(dtype)
    a = np.arange(6).reshape(2, 3).astype(dtype)
    result = model.run([a, a])["y"]
    assert result.dtype == np.dtype(dtype)
    np.testing.assert_array_equal(result, a + a)


def test_bool():
    model = tt.compile(elementwise("And", TensorProto.BOOL))
    a, b = np.array([[0, 1, 1], [0, 0, 1]], bool), np.array([[0, 1, 0], [1, 0, 1]], bool)
    result = model.run([a, b])["y"]
    assert result.dtype == np.bool_
    np.testing.assert_array_equal(result, a & b)


def test_bfloat16_helpers():
    # 1 + 2^-8 lies half way between 1 and 1 + 2^-7: to even; 1 + 3 * 2^-8 between two whose upper one is even.
    # 3.39e38 is next to the largest bfloat16 (0x7f7f); 3.4e38 is more than half a step above it.
    cases = {
        1: 0x3F80, 1 + 2**-8: 0x3F80, 1 + 3 * 2**-8: 0x3F82, -2.5: 0xC020, 3.39e38: 0x7F7F, 3.4e38: 0x7F80,
        np.inf: 0x7F80, np.nan: 0x7FC0, -0.0: 0x8000,
    }  # fmt: skip
    bits = tt.to_bfloat16(list(cases))
    assert bits.dtype == np.uint16
    assert bits.tolist() == list(cases.values())
    np.testing.assert_array_equal(tt.from_bfloat16(np.array([0x3F80, 0xC020, 0x7F80], np.uint16)), [1, -2.5, np.inf])
    # Every bfloat16 survives, NaNs as NaNs.
    every = np.arange(65536, dtype=np.uint16)
    back = tt.to_bfloat16(tt.from_bfloat16(every))
    numbers = ~np.isnan(tt.from_bfloat16(every))
    np.testing.assert_array_equal(back[numbers], every[numbers])
    assert np.isnan(tt.from_bfloat16(back[~numbers])).all()
    with pytest.raises(TypeError, match="must be uint16, but are float32"):
        tt.from_bfloat16(np.zeros(2, np.float32))


def test_bfloat16_model():
    model = tt.compile(elementwise("Add", TensorProto.BFLOAT16))
    assert model.inputs[0].dtype == np.uint16
    assert model.inputs[0].type == "bfloat16"
    a = np.array([[1, 2, 3], [0.5, -1, 256]], np.float32)  # sums of these are exact in bfloat16
    result = model.run([tt.to_bfloat16(a), tt.to_bfloat16(a)])["y"]
    np.testing.assert_array_equal(tt.from_bfloat16(result), a + a)


def test_save_and_load(tmp_path, no_files_left):
    model = tt.compile(affine(), threads=1)  # its file is gone
    path = tmp_path / "saved.so"
    model.save(path)
    loaded = tt.load(path, threads=2)
    x, b = arrays()
    np.testing.assert_array_equal(loaded.run([x, b])["y"], model.run([x, b])["y"])
    loaded.save(path)  # over itself
    assert tt.load(str(path)).inputs == model.inputs
    with pytest.raises(OSError, match="cannot write '.*no/where.so': No such file or directory"):
        model.save(tmp_path / "no" / "where.so")


def test_a_replaced_file_is_loaded_anew(tmp_path):
    path = tmp_path / "m.so"
    x, b = arrays()
    first = tt.compile(affine(2), path, threads=1)
    second = tt.compile(affine(3), path, threads=1)
    third = tt.load(path, threads=1)
    np.testing.assert_array_equal(first.run([x, b])["y"], 2 * x + 1)
    np.testing.assert_array_equal(second.run([x, b])["y"], 3 * x + 1)
    np.testing.assert_array_equal(third.run([x, b])["y"], 3 * x + 1)
    del first, third
    gc.collect()
    fourth = tt.compile(affine(4), path, threads=1)
    np.testing.assert_array_equal(second.run([x, b])["y"], 3 * x + 1)
    np.testing.assert_array_equal(fourth.run([x, b])["y"], 4 * x + 1)


def test_input_errors(model):
    x, b = arrays()

    def error(inputs, kind=tt.InputError):
        with pytest.raises(kind) as caught:
            model.run(inputs)
        return str(caught.value)

    assert error({"x": x}) == "input 'b' is missing; it is float [batch, 3]"
    assert error([x]) == "input 'b' is missing; it is float [batch, 3]"
    assert error([]) == "input 'x' is missing; it is float [batch, 3]"
    assert error({"x": x, "b": b, "c": b}) == "the model has no input 'c'; it has x, b"
    assert error([x, b, b]) == "the model has 2 inputs, but 3 tensors were given"
    assert error([x.astype(np.float64), b]) == "input 'x' needs element type float, but has double"
    assert error([x, b.astype(">f4")]) == "input 'b' needs element type float, but has NumPy's >f4"
    assert error([x, [["p"]]]) == "input 'b' needs element type float, but has NumPy's <U1"
    assert error([x[:, :2], b]) == "input 'x' needs shape ?x3, but has 2x2"
    assert error([x[0], b]) == "input 'x' needs rank 2 (?x3), but has rank 1 (3)"
    assert "input 'b' has batch = 1, but input 'x' has batch = 2" in error([x, b[:1]])
    assert error([x, [[1], [1, 2]]]).startswith("input 'b' is not an array: ")
    assert "must be a dict by name or a list in order, but are ndarray" in error(x, TypeError)
    with pytest.raises(tt.RunError, match="^the model has no entry point 'f'; it has main$"):
        model.run([x, b], entry="f")
    np.testing.assert_array_equal(model.run([x, b])["y"], 2 * x + 1)  # still well
    assert issubclass(tt.InputError, ValueError)


def test_run_errors_name_the_node():
    model = tt.compile(
        make(
            [helper.make_node("Gather", ["x", "i"], ["y"], name="pick")],
            [("x", TensorProto.FLOAT, [4]), ("i", TensorProto.INT64, [2])],
            [("y", TensorProto.FLOAT, [2])],
        )
    )
    x = np.arange(4, dtype=np.float32)
    np.testing.assert_array_equal(model.run([x, np.array([3, 0])])["y"], [3, 0])
    with pytest.raises(tt.RunError, match="pick") as caught:
        model.run([x, np.array([3, 4])])
    assert not isinstance(caught.value, tt.InputError)
    np.testing.assert_array_equal(model.run([x, np.array([1, -1])])["y"], [1, 3])


def test_load_errors(tmp_path):
    with pytest.raises(tt.LoadError, match="^cannot load '.*none.so': No such file or directory$"):
        tt.load(tmp_path / "none.so")
    text = tmp_path / "text.so"
    text.write_text("hello")
    with pytest.raises(tt.LoadError, match="^cannot load '.*text.so': .*file too short"):
        tt.load(text)

    with pytest.raises(tt.LoadError, match="is not a model that tt compiled"):
        tt.load("/lib/x86_64-linux-gnu/libz.so.1")
    with pytest.raises(ValueError, match="threads must be 0 or more, but is -1"):
        tt.load(text, threads=-1)
    model = tmp_path / "model.so"
    tt.compile(affine()).save(model)
    with pytest.raises(tt.LoadError, match="^100000 threads were asked for; at most"):
        tt.load(model, threads=100000)
