"""Compiled models: their description and their runs."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Optional, Union

import numpy as np
import numpy.typing as npt

from . import _tt
from ._errors import InputError, LoadError, RunError

PathLike = Union[str, "os.PathLike[str]"]
Inputs = Union[Mapping[str, npt.ArrayLike], Sequence[npt.ArrayLike]]


class TensorInfo(NamedTuple):
    """An input or output of a model."""

    name: str
    dtype: np.dtype[Any]
    """The NumPy type; uint16 for bfloat16."""
    shape: tuple[Union[int, str, None], ...]
    """Sizes; the name of a size that each run chooses, or None where it has no name."""
    type: str
    """The element type as ONNX calls it: float, int64, bool, bfloat16 ..."""

    def __str__(self) -> str:
        sizes = ", ".join("?" if size is None else str(size) for size in self.shape)
        return f"{self.name} {self.type} [{sizes}]"


class Entry(NamedTuple):
    """An entry point of a model."""

    name: str
    inputs: tuple[TensorInfo, ...]
    outputs: tuple[TensorInfo, ...]


def _to_array(info: TensorInfo, value: npt.ArrayLike) -> npt.NDArray[Any]:
    try:
        array = np.asarray(value)
    except (TypeError, ValueError) as error:
        raise InputError(f"input '{info.name}' is not an array: {error}") from error
    flags = array.flags
    if not (flags.c_contiguous and flags.aligned):
        array = np.require(array, requirements=["C", "A"])
    return array


def _missing(info: TensorInfo) -> InputError:
    return InputError(f"input '{info.name}' is missing; it is {str(info)[len(info.name) + 1:]}")


def _match(entry: Entry, inputs: Inputs) -> list[npt.NDArray[Any]]:
    """The inputs as arrays, in the order of the entry point."""
    infos = entry.inputs
    if isinstance(inputs, Mapping):
        for info in infos:
            if info.name not in inputs:
                raise _missing(info)
        if len(inputs) > len(infos):
            names = [info.name for info in infos]
            unknown = next(name for name in inputs if name not in names)
            raise InputError(f"the model has no input '{unknown}'; it has {', '.join(names) or 'none'}")
        return [_to_array(info, inputs[info.name]) for info in infos]
    if isinstance(inputs, (str, bytes)) or not isinstance(inputs, Sequence):
        raise TypeError(f"inputs must be a dict by name or a list in order, but are {type(inputs).__name__}")
    if len(inputs) < len(infos):
        raise _missing(infos[len(inputs)])
    if len(inputs) > len(infos):
        raise InputError(f"the model has {len(infos)} inputs, but {len(inputs)} tensors were given")
    return [_to_array(info, value) for info, value in zip(infos, inputs)]


class Model:
    """A compiled model, made by `tt.compile` or `tt.load`.

    Any number of threads may run it at a time. Runs that overlap have sessions of their own, each with its own
    `threads` threads and its own memory.
    """

    def __init__(self, native: _tt.NativeModel) -> None:
        """For `tt.compile` and `tt.load` only."""
        self._native = native
        self._entries = tuple(
            Entry(name, tuple(map(TensorInfo._make, inputs)), tuple(map(TensorInfo._make, outputs)))
            for name, inputs, outputs in native.entries
        )

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entry points; the first is the one that runs unless another is named."""
        return self._entries

    @property
    def inputs(self) -> tuple[TensorInfo, ...]:
        """The inputs of the first entry point."""
        return self._entries[0].inputs

    @property
    def outputs(self) -> tuple[TensorInfo, ...]:
        """The outputs of the first entry point."""
        return self._entries[0].outputs

    @property
    def name(self) -> str:
        return self._native.name

    @property
    def producer(self) -> str:
        """The compiler and its version."""
        return self._native.producer

    @property
    def target(self) -> str:
        """The triple and the CPU that the code was made for."""
        return self._native.target

    @property
    def isa(self) -> str:
        """The level or CPU whose code runs, one of `isas`."""
        return self._native.isa

    @property
    def isas(self) -> tuple[str, ...]:
        """The levels or CPUs that there is code for, the most capable first."""
        return self._native.isas

    def _find_entry(self, name: Optional[str]) -> int:
        if name is None:
            return 0
        names = [entry.name for entry in self._entries]
        if name not in names:
            raise RunError(f"the model has no entry point '{name}'; it has {', '.join(names)}")
        return names.index(name)

    def run(self, inputs: Inputs = (), *, entry: Optional[str] = None) -> dict[str, npt.NDArray[Any]]:
        """Runs an entry point and returns its outputs by name.

        `inputs` are arrays by name, or in order. They must have the element type of the input. Arrays that are aligned
        and C-contiguous are read in place, of others a copy is made. The outputs are new arrays.
        """
        index = self._find_entry(entry)
        status, text, outputs = self._native.run(index, _match(self._entries[index], inputs))
        if status == _tt.OK:
            return {info.name: array for info, array in zip(self._entries[index].outputs, outputs)}
        raise InputError(text) if status == _tt.INVALID_ARGUMENT else RunError(text)

    def save(self, path: PathLike) -> None:
        """Writes the shared library to `path`, whole or not at all; `tt.load` and C programs can load it."""
        error = self._native.save(os.fspath(path))
        if error:
            raise OSError(error)

    def __repr__(self) -> str:
        def text(infos: tuple[TensorInfo, ...]) -> str:
            return ", ".join(map(str, infos))

        return f"<tt.Model '{self.name}': {text(self.inputs)} -> {text(self.outputs)}>"


def load(path: PathLike, *, threads: int = 0, isa: Optional[str] = None) -> Model:
    """Loads a shared library that tt compiled.

    `threads` is for its runs; 0 means one for each CPU. `isa` chooses among the code for several CPUs in one library;
    without it, what the environment variable TT_ISA names, or the best for this CPU.
    """
    if threads < 0:
        raise ValueError(f"threads must be 0 or more, but is {threads}")
    native, error = _tt.load(os.fspath(path), threads, isa or "")
    if native is None:
        raise LoadError(error)
    return Model(native)
