"""From ONNX models to compiled ones."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Optional, Union

from . import _tt
from ._errors import CompileError, InternalError, UnsupportedModelError
from ._model import Model, PathLike, load

if TYPE_CHECKING:
    import onnx

    Source = Union[PathLike, bytes, onnx.ModelProto]

_ERRORS = {
    _tt.CompileStatus.USER_ERROR: CompileError,
    _tt.CompileStatus.REFUSED: UnsupportedModelError,
    _tt.CompileStatus.INTERNAL_ERROR: InternalError,
}


class CompileWarning(UserWarning):
    """What the compiler warns of."""


def _split_log(log: str) -> tuple[list[str], list[str]]:
    """The errors and the warnings of a log, without these words; notes stay with what they belong to."""
    errors: list[str] = []
    warned: list[str] = []
    current = errors
    for line in log.splitlines():
        if line.startswith("warning: "):
            current = warned
            current.append(line[len("warning: ") :])
        elif line.startswith("error: "):
            current = errors
            current.append(line[len("error: ") :])
        elif line.startswith("internal error: ") or not current:
            current = errors
            current.append(line)
        else:
            current[-1] += "\n" + line
    return errors, warned


def _path(path: Optional[PathLike]) -> str:
    return "" if path is None else os.fspath(path)


def compile_file(
    model: Source,
    output: PathLike,
    *,
    header: Optional[PathLike] = None,
    name: Optional[str] = None,
    cpu: Optional[str] = None,
    target: Optional[str] = None,
    sysroot: Optional[PathLike] = None,
    dims: Optional[Mapping[str, int]] = None,
    fast_math: Optional[str] = None,
    ranges: Optional[PathLike] = None,
    quantize_method: Optional[str] = None,
    quantize_exclude: Sequence[str] = (),
    until: Optional[str] = None,
    dump_stages: Optional[PathLike] = None,
    compile_threads: int = 0,
    verify_each: bool = False,
) -> None:
    """Compiles `model` to the file `output`, as tt-compile does; the suffix says what it is (.so, .a, .o, .mlir ...).
    The options are those of tt-compile (`docs/using-a-model.md`).

    `model` is the path of an .onnx or .mlir file, the bytes of an ONNX model, or an `onnx.ModelProto`. External data of
    the latter two is looked for in the working directory.
    """
    source, data = "model", None
    if isinstance(model, (str, os.PathLike)):
        source = os.fspath(model)
    elif isinstance(model, (bytes, bytearray, memoryview)):
        data = bytes(model)
    elif hasattr(model, "SerializeToString"):
        data = model.SerializeToString()
    else:
        raise TypeError(f"the model must be a path, bytes or an onnx.ModelProto, but is {type(model).__name__}")
    for dim, size in (dims or {}).items():
        if size < 0:
            raise ValueError(f"dims needs values of at least 0, but found {size} for '{dim}'")
    if not ranges and (quantize_method or quantize_exclude):
        raise ValueError("quantize_method and quantize_exclude need ranges, a file of tt-calibrate")
    if compile_threads < 0:
        raise ValueError(f"compile_threads must be 0 or more, but is {compile_threads}")
    status, log = _tt.compile(
        input=source,
        bytes=data,
        output=os.fspath(output),
        header=_path(header),
        name=name or "",
        cpu=cpu or "",
        target=target or "",
        sysroot=_path(sysroot),
        dims=list((dims or {}).items()),
        until=until or "",
        dump_stages=_path(dump_stages),
        fast_math=fast_math or "",
        ranges=_path(ranges),
        quantize_method=quantize_method or "",
        quantize_exclude=list(quantize_exclude),
        threads=compile_threads,
        verify_each=verify_each,
    )
    errors, warned = _split_log(log)
    for text in warned:
        warnings.warn(text, CompileWarning, stacklevel=2)
    if status == _tt.CompileStatus.SUCCESS:
        return
    kind = _ERRORS[status]
    if kind is UnsupportedModelError and data is None and not os.path.isfile(source):
        kind = CompileError  # there is nothing to refuse
    raise kind("\n".join(errors))


def compile(
    model: Source,
    output: Optional[PathLike] = None,
    *,
    cpu: str = "native",
    threads: int = 0,
    isa: Optional[str] = None,
    name: Optional[str] = None,
    dims: Optional[Mapping[str, int]] = None,
    fast_math: Optional[str] = None,
    ranges: Optional[PathLike] = None,
    quantize_method: Optional[str] = None,
    quantize_exclude: Sequence[str] = (),
    dump_stages: Optional[PathLike] = None,
    compile_threads: int = 0,
    verify_each: bool = False,
) -> Model:
    """Compiles `model` and loads it: `tt.compile("m.onnx").run({"x": x})`.

    `output` is where the shared library (.so) goes; without it there is none left once the model is loaded. `cpu` is
    what `tt-compile --cpu` takes, e.g. several levels with commas; `isa` is as in `tt.load`. `threads` is for
    the runs (0: one for each CPU), `compile_threads` for the compiler. `dims` gives values to named sizes,
    `name` is that of the model. `fast_math` may be "bf16" or "f16" (`docs/precision.md`).
    `ranges`, a file of tt-calibrate, makes it compute on 8-bit integers (`docs/quantization.md`).
    """

    def build(path: PathLike) -> Model:
        compile_file(
            model,
            path,
            name=name,
            cpu=cpu,
            dims=dims,
            fast_math=fast_math,
            ranges=ranges,
            quantize_method=quantize_method,
            quantize_exclude=quantize_exclude,
            dump_stages=dump_stages,
            compile_threads=compile_threads,
            verify_each=verify_each,
        )
        return load(path, threads=threads, isa=isa)

    if output is not None:
        if os.path.splitext(os.fspath(output))[1] != ".so":
            raise ValueError(f"output must end in .so, but is '{os.fspath(output)}'; compile_file makes other files")
        return build(output)
    with tempfile.TemporaryDirectory(prefix="tt-") as folder:
        return build(os.path.join(folder, "model.so"))
