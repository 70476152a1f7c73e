"""tt as an ONNX backend (`onnx.backend.base`): `tt.backend.prepare(model).run(inputs)`. Needs the package `onnx`."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any, Optional

import numpy as np
import numpy.typing as npt
import onnx
from onnx.backend.base import Backend, BackendRep, namedtupledict

from ._compile import compile, compile_file
from ._errors import InputError, UnsupportedModelError
from ._model import Model

_NUMPY_TO_ONNX = {
    np.dtype(name): getattr(onnx.TensorProto, element)
    for name, element in {
        "float32": "FLOAT",
        "float64": "DOUBLE",
        "float16": "FLOAT16",
        "bool": "BOOL",
        "int8": "INT8",
        "int16": "INT16",
        "int32": "INT32",
        "int64": "INT64",
        "uint8": "UINT8",
        "uint16": "UINT16",
        "uint32": "UINT32",
        "uint64": "UINT64",
    }.items()
}


class TTBackendRep(BackendRep):  # type: ignore[misc] # onnx is not typed
    """A compiled model. `run` takes the inputs in order, or one array, or a dict, and returns a tuple with names."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._outputs = namedtupledict("Outputs", [info.name for info in model.outputs])

    def run(self, inputs: Any, **kwargs: Any) -> tuple[npt.NDArray[Any], ...]:
        if isinstance(inputs, np.ndarray):
            inputs = [inputs]
        return self._outputs(*self.model.run(inputs).values())  # type: ignore[no-any-return]


class TTBackend(Backend):  # type: ignore[misc]
    """The class that ONNX's test runner drives. `prepare` takes the options of `tt.compile`."""

    @classmethod
    def supports_device(cls, device: str) -> bool:
        return device.split(":")[0] == "CPU"

    @classmethod
    def is_compatible(cls, model: onnx.ModelProto, device: str = "CPU", **kwargs: Any) -> bool:
        """Whether the importer takes the model. What later stages refuse is an error of `prepare`."""
        if not cls.supports_device(device):
            return False
        with tempfile.TemporaryDirectory(prefix="tt-") as folder:
            try:
                compile_file(model, os.path.join(folder, "model.mlirbc"), until="imported", compile_threads=1)
            except UnsupportedModelError:
                return False
        return True

    @classmethod
    def prepare(cls, model: onnx.ModelProto, device: str = "CPU", **kwargs: Any) -> TTBackendRep:
        if not cls.supports_device(device):
            raise ValueError(f"device must be CPU, but is '{device}'")
        return TTBackendRep(compile(model, **kwargs))

    @classmethod
    def run_model(
        cls, model: onnx.ModelProto, inputs: Any, device: str = "CPU", **kwargs: Any
    ) -> tuple[npt.NDArray[Any], ...]:
        return cls.prepare(model, device, **kwargs).run(inputs)

    @classmethod
    def run_node(
        cls,
        node: onnx.NodeProto,
        inputs: Sequence[npt.ArrayLike],
        device: str = "CPU",
        outputs_info: Optional[Sequence[tuple[Any, tuple[int, ...]]]] = None,
        **kwargs: Any,
    ) -> tuple[npt.NDArray[Any], ...]:
        """Runs one node on `inputs`, one for each input that the node names. `opset_version` is that of the default
        domain (the newest of the installed onnx); the types of the outputs are inferred, `outputs_info` is not needed.
        """
        opset = kwargs.pop("opset_version", onnx.defs.onnx_opset_version())
        names = list(dict.fromkeys(name for name in node.input if name))
        if len(names) != len(inputs):
            raise InputError(f"the node has {len(names)} inputs, but {len(inputs)} arrays were given")
        arrays: Mapping[str, npt.NDArray[Any]] = dict(zip(names, map(np.asarray, inputs)))
        for name, array in arrays.items():
            if array.dtype not in _NUMPY_TO_ONNX:
                raise InputError(f"input '{name}' has NumPy's {array.dtype}, which tt does not have")
        graph = onnx.helper.make_graph(
            [node],
            node.op_type,
            [
                onnx.helper.make_tensor_value_info(name, _NUMPY_TO_ONNX[array.dtype], array.shape)
                for name, array in arrays.items()
            ],
            [onnx.ValueInfoProto(name=name) for name in node.output if name],
        )
        model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid(node.domain, opset)])
        return cls.run_model(model, arrays, device, **kwargs)


is_compatible = TTBackend.is_compatible
prepare = TTBackend.prepare
run_model = TTBackend.run_model
run_node = TTBackend.run_node
supports_device = TTBackend.supports_device
