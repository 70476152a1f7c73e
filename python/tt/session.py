"""`InferenceSession`, for programs written for ONNX Runtime: `import tt as onnxruntime`."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Optional, Union

import numpy.typing as npt

from ._compile import compile
from ._errors import RunError
from ._model import Model, PathLike, TensorInfo, load

_PROVIDERS = ["CPUExecutionProvider"]


def get_available_providers() -> list[str]:
    """Only the CPU."""
    return list(_PROVIDERS)


class SessionOptions:
    """Options of a session. All but `intra_op_num_threads` are accepted and have no effect: tt optimizes ahead of time,
    runs one operator after the other, and prints nothing."""

    __slots__ = (
        "enable_cpu_mem_arena",
        "enable_mem_pattern",
        "execution_mode",
        "graph_optimization_level",
        "inter_op_num_threads",
        "intra_op_num_threads",
        "log_severity_level",
    )

    def __init__(self) -> None:
        self.intra_op_num_threads = 0
        """Threads of a run; 0: one for each CPU."""
        self.inter_op_num_threads = 0
        self.enable_cpu_mem_arena = True
        self.enable_mem_pattern = True
        self.execution_mode: Any = None
        self.graph_optimization_level: Any = None
        self.log_severity_level = 2


class NodeArg:
    """An input or output of a session."""

    def __init__(self, info: TensorInfo) -> None:
        self._info = info

    @property
    def name(self) -> str:
        return self._info.name

    @property
    def shape(self) -> list[Union[int, str, None]]:
        return list(self._info.shape)

    @property
    def type(self) -> str:
        """E.g. "tensor(float)"."""
        return f"tensor({self._info.type})"

    def __repr__(self) -> str:
        return f"NodeArg(name='{self.name}', type='{self.type}', shape={self.shape})"


def _open(source: Union[PathLike, bytes], threads: int) -> Model:
    if isinstance(source, bytes):
        if not source.startswith(b"\x7fELF"):
            return compile(source, threads=threads)
        with tempfile.TemporaryDirectory(prefix="tt-") as folder:
            path = os.path.join(folder, "model.so")
            with open(path, "wb") as file:
                file.write(source)
            return load(path, threads=threads)
    path = os.fspath(source)
    with open(path, "rb") as file:
        compiled = file.read(4) == b"\x7fELF"
    return load(path, threads=threads) if compiled else compile(path, threads=threads)


class InferenceSession:
    """A model, ready to run, with the interface of ONNX Runtime's class of this name.

    `path_or_bytes` is an ONNX model, which is compiled here, or a shared library that tt made of one.
    """

    def __init__(
        self,
        path_or_bytes: Union[PathLike, bytes],
        sess_options: Optional[SessionOptions] = None,
        providers: Optional[Sequence[Union[str, tuple[str, Mapping[str, Any]]]]] = None,
        provider_options: Optional[Sequence[Mapping[str, Any]]] = None,
    ) -> None:
        names = [provider if isinstance(provider, str) else provider[0] for provider in providers or _PROVIDERS]
        if not set(names) & set(_PROVIDERS):
            raise ValueError(f"tt has CPUExecutionProvider only, but providers are {', '.join(names)}")
        for name in names:
            if name not in _PROVIDERS:
                warnings.warn(f"tt has no {name}; the model runs on the CPU", stacklevel=2)
        self._model = _open(path_or_bytes, (sess_options or SessionOptions()).intra_op_num_threads)

    @property
    def model(self) -> Model:
        """The `tt.Model` behind this session."""
        return self._model

    def get_inputs(self) -> list[NodeArg]:
        return list(map(NodeArg, self._model.inputs))

    def get_outputs(self) -> list[NodeArg]:
        return list(map(NodeArg, self._model.outputs))

    def get_providers(self) -> list[str]:
        return list(_PROVIDERS)

    def run(
        self,
        output_names: Optional[Sequence[str]],
        input_feed: Mapping[str, npt.ArrayLike],
        run_options: None = None,
    ) -> list[npt.NDArray[Any]]:
        """The outputs named, or all of them in order. Threads may call this at a time."""
        if run_options is not None:
            raise TypeError("run_options are not supported; leave them out")
        known = [info.name for info in self._model.outputs]
        for name in output_names or ():
            if name not in known:
                raise RunError(f"the model has no output '{name}'; it has {', '.join(known)}")
        outputs = self._model.run(input_feed)
        return [outputs[name] for name in output_names or known]
