"""tt.compile: sources, options, errors, what it leaves behind."""

import os
import warnings

import numpy as np
import onnx
import pytest
import tt
from conftest import SOURCE
from models import affine, make
from onnx import TensorProto, helper

X = np.arange(6, dtype=np.float32).reshape(2, 3)


def check(model):
    np.testing.assert_array_equal(model.run({"x": X, "b": X})["y"], 2 * X + X)


def test_sources(tmp_path, no_files_left):
    proto = affine()
    path = tmp_path / "m.onnx"
    onnx.save(proto, str(path))
    for source in (proto, proto.SerializeToString(), bytearray(proto.SerializeToString()), path, str(path)):
        check(tt.compile(source))
    tt.compile_file(path, tmp_path / "m.mlir", until="imported")
    check(tt.compile(tmp_path / "m.mlir"))
    with pytest.raises(TypeError, match="must be a path, bytes or an onnx.ModelProto, but is int"):
        tt.compile(3)


def test_options(tmp_path):
    model = tt.compile(affine(), cpu="x86-64-v3", threads=1, dims={"batch": 2}, compile_threads=1, verify_each=True)
    assert model.inputs[0].shape == (2, 3)
    assert model.isas == ("x86-64-v3",)
    check(model)
    tt.compile(affine(), dump_stages=tmp_path / "stages")
    assert (tmp_path / "stages" / "00-imported.mlir").exists()


def test_fast_math(tmp_path):
    assert "fast math can be bf16 or f16, but found 'fp8'" in error(tt.CompileError, affine(), fast_math="fp8")
    tt.compile_file(affine(), tmp_path / "m.mlir", until="imported", fast_math="f16")
    assert 'tt.fast_math = "f16"' in (tmp_path / "m.mlir").read_text()


def test_several_isas(tmp_path, monkeypatch):
    path = tmp_path / "m.so"
    model = tt.compile(affine(), path, cpu="x86-64-v2,x86-64-v3", isa="x86-64-v2")
    check(model)
    assert model.isas == ("x86-64-v3", "x86-64-v2")
    assert model.isa == "x86-64-v2"
    for isa in model.isas:
        loaded = tt.load(path, isa=isa)
        check(loaded)
        assert loaded.isa == isa
    monkeypatch.setenv("TT_ISA", "x86-64-v2")
    assert tt.load(path).isa == "x86-64-v2"
    assert tt.load(path, isa="x86-64-v3").isa == "x86-64-v3"
    with pytest.raises(tt.LoadError, match="neoverse-n1"):
        tt.load(path, isa="neoverse-n1")


def test_output(tmp_path):
    path = tmp_path / "m.so"
    check(tt.compile(affine(), path))
    check(tt.load(path))
    assert os.listdir(tmp_path) == ["m.so"]
    with pytest.raises(ValueError, match="output must end in .so, but is 'm.o'; compile_file makes other files"):
        tt.compile(affine(), "m.o")
    tt.compile_file(affine(), tmp_path / "m.ll")
    assert "define" in (tmp_path / "m.ll").read_text()
    assert tt.compile(affine(), name="twice").name == "twice"


def test_other_files(tmp_path):
    tt.compile_file(affine(), tmp_path / "m.a", name="twice", header=tmp_path / "h.h")
    assert (tmp_path / "m.a").read_bytes().startswith(b"!<arch>")
    assert "twice" in (tmp_path / "h.h").read_text()
    tt.compile_file(affine(), tmp_path / "arm.s", target="aarch64-linux-gnu")
    assert "\tsub\tsp, sp, #" in (tmp_path / "arm.s").read_text()  # no instruction of x86


def test_external_data(tmp_path):
    proto = affine()
    proto.graph.initializer.append(onnx.numpy_helper.from_array(np.full((64, 3), 5, np.float32), "w"))
    proto.graph.node[1].input[1] = "w"
    path = tmp_path / "m.onnx"
    onnx.save(proto, str(path), save_as_external_data=True, location="weights.bin", size_threshold=16)
    model = tt.compile(path)
    x = np.ones((64, 3), np.float32)
    np.testing.assert_array_equal(model.run([x, x])["y"], 2 * x + 5)


def test_bytes_may_die_after_compile():
    data = affine().SerializeToString()
    model = tt.compile(data)
    del data
    check(model)


def error(kind, *arguments, **options):
    with pytest.raises(kind) as caught:
        tt.compile(*arguments, **options)
    assert type(caught.value) is kind
    return str(caught.value)


def test_errors(tmp_path, no_files_left):
    path = tmp_path / "m.onnx"
    assert error(tt.CompileError, path) == f"cannot open '{path}': No such file or directory"
    path.write_bytes(b"")
    assert error(tt.UnsupportedModelError, path) == f"'{path}' is empty, needs an ONNX model"
    assert error(tt.UnsupportedModelError, b"") == "'model' is empty, needs an ONNX model"
    assert "unknown cpu 'nonsense'" in error(tt.CompileError, affine(), cpu="nonsense")
    assert error(tt.UnsupportedModelError, affine(), dims={"q": 2}) == "'model': no input has a dimension named 'q'"
    text = error(ValueError, affine(), dims={"batch": -2})
    assert text == "dims needs values of at least 0, but found -2 for 'batch'"
    assert "cannot write" in error(tt.CompileError, affine(), output=tmp_path / "no" / "m.so")


def test_every_unsupported_node_is_named():
    proto = make(
        [
            helper.make_node("NoSuchOp", ["x"], ["a"], name="first"),
            helper.make_node("StringNormalizer", ["a"], ["y"], name="second"),
        ],
        [("x", TensorProto.FLOAT, [1])],
        [("y", TensorProto.FLOAT, [1])],
    )
    lines = error(tt.UnsupportedModelError, proto).splitlines()
    assert len(lines) == 2
    assert "first" in lines[0] and "NoSuchOp" in lines[0]
    assert "second" in lines[1]


def test_warnings():
    proto = make(
        [
            helper.make_node("Constant", [], ["c"], value_float=1.0),
            helper.make_node("Constant", [], ["c"], value_float=2.0),
            helper.make_node("Add", ["x", "c"], ["y"]),
        ],
        [("x", TensorProto.FLOAT, [1])],
        [("y", TensorProto.FLOAT, [1])],
    )
    with pytest.warns(tt.CompileWarning, match="constant 'c' is defined more than once"):
        model = tt.compile(proto)
    assert model.run([np.ones(1, np.float32)])["y"] == 3
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tt.compile(affine())


def test_logs_are_split():
    from tt._compile import _split_log

    assert _split_log("warning: w\nnote: n\nerror: e\n  more\nerror: f\ninternal error: i\n") == (
        ["e\n  more", "f", "internal error: i"],
        ["w\nnote: n"],
    )


def test_damaged_models_are_errors(no_files_left):
    """No truncation and no flipped byte ends the interpreter."""
    data = affine().SerializeToString()
    damaged = [data[:length] for length in range(0, len(data), 7)]
    for position in range(0, len(data), 5):
        flipped = bytearray(data)
        flipped[position] ^= 0x55
        damaged.append(bytes(flipped))
    refused = 0
    for each in damaged:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tt.compile_file(each, "/dev/null/m.so", compile_threads=1)
        except tt.CompileError as caught:
            assert str(caught)
            assert not isinstance(caught, tt.InternalError), str(caught)
            refused += 1
    assert refused == len(damaged)  # those that are models cannot be written there


def test_hostile_paths(tmp_path):
    with pytest.raises((tt.CompileError, ValueError)):
        tt.compile("a\0b.onnx")
    name = tmp_path / "mödel 'x'.onnx"
    onnx.save(affine(), str(name))
    check(tt.compile(name, tmp_path / "mödel 'x'.so"))


def test_signals_are_left_alone(run_python):
    """The compiler is a guest: no signal gets a handler."""
    program = """
import tt, sys
own = 3 << 31  # signals 32 and 33, which the C library handles itself once there is a second thread
def caught(): return [int(line.split()[1], 16) & ~own for line in open("/proc/self/status") if line.startswith(("SigCgt", "SigIgn", "SigBlk"))]
before = caught()
tt.compile(sys.argv[1])
try: tt.compile(b"damaged")
except tt.CompileError: pass
assert before == caught(), (before, caught())
print("same")
"""
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
        file.write(affine().SerializeToString())
        file.flush()
        assert run_python(program, file.name) == "same\n"


def test_errors_of_llvm_do_not_end_the_process(no_files_left):
    with pytest.raises(tt.CompileError, match="LLVM found a problem in the code: .*invalid instruction mnemonic"):
        tt.compile(SOURCE / "test/Codegen/ToLLVM/llvm-errors.mlir")


def test_ranges(tmp_path):
    with pytest.raises(ValueError, match="need ranges"):
        tt.compile(affine(), quantize_method="mse")
    assert "cannot read" in error(tt.CompileError, affine(), ranges=tmp_path / "none.json")
