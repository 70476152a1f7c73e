"""tt compiles neural networks from ONNX to native CPU code: `tt.compile("m.onnx").run({"x": x})`."""

from ._bfloat16 import from_bfloat16, to_bfloat16
from ._compile import CompileWarning, compile, compile_file
from ._errors import CompileError, Error, InputError, InternalError, LoadError, RunError, UnsupportedModelError
from ._model import Entry, Model, TensorInfo, load
from ._tt import VERSION
from .session import InferenceSession, NodeArg, SessionOptions, get_available_providers

__version__ = VERSION

__all__ = [
    "CompileError",
    "CompileWarning",
    "Entry",
    "Error",
    "InferenceSession",
    "InputError",
    "InternalError",
    "LoadError",
    "Model",
    "NodeArg",
    "RunError",
    "SessionOptions",
    "TensorInfo",
    "UnsupportedModelError",
    "compile",
    "compile_file",
    "from_bfloat16",
    "get_available_providers",
    "load",
    "to_bfloat16",
]
