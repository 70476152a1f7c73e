import enum
from typing import Any, Optional

import numpy as np
import numpy.typing as npt

VERSION: str
OK: int
INVALID_ARGUMENT: int

_Value = tuple[str, np.dtype[Any], tuple[int | str | None, ...], str]

class CompileStatus(enum.Enum):
    SUCCESS = ...
    USER_ERROR = ...
    REFUSED = ...
    INTERNAL_ERROR = ...

class NativeModel:
    @property
    def entries(self) -> tuple[tuple[str, tuple[_Value, ...], tuple[_Value, ...]], ...]: ...
    @property
    def name(self) -> str: ...
    @property
    def producer(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def weights_bytes(self) -> int: ...
    @property
    def isa(self) -> str: ...
    @property
    def isas(self) -> tuple[str, ...]: ...
    @property
    def num_idle_sessions(self) -> int: ...
    def run(self, entry: int, inputs: list[npt.NDArray[Any]]) -> tuple[int, str, tuple[npt.NDArray[Any], ...]]: ...
    def save(self, path: str) -> str: ...

def compile(
    *,
    input: str,
    bytes: Optional[bytes],
    output: str,
    header: str,
    name: str,
    cpu: str,
    target: str,
    sysroot: str,
    dims: list[tuple[str, int]],
    until: str,
    dump_stages: str,
    fast_math: str,
    ranges: str,
    quantize_method: str,
    quantize_exclude: list[str],
    threads: int,
    verify_each: bool,
) -> tuple[CompileStatus, str]: ...
def load(path: str, threads: int, isa: str) -> tuple[Optional[NativeModel], str]: ...
