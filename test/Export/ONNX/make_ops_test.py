"""Makes an ONNX test folder of a module of graph ops: the exported model, seeded inputs, and what NumPy makes of the module.

    make_ops_test.py MODULE.mlir FOLDER
"""
import pathlib
import subprocess
import sys

import numpy as np
import onnx
from onnx import numpy_helper

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Import" / "ONNX"))
from evaluate import evaluate  # noqa: E402
from mlir_text import parse_module  # noqa: E402


def main():
    source, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    data = folder / "test_data_set_0"
    data.mkdir(parents=True)
    subprocess.run(["tt-translate", "--export-onnx", source, "-o", folder / "model.onnx"], check=True)
    model = onnx.load(str(folder / "model.onnx"))
    onnx.checker.check_model(model, full_check=True)
    generic = subprocess.run(["tt-opt", "--mlir-print-op-generic", source], check=True, capture_output=True, text=True).stdout
    random = np.random.default_rng(3)
    inputs = []
    for info in model.graph.input:
        shape = [dim.dim_value or 2 for dim in info.type.tensor_type.shape.dim]
        dtype = onnx.mapping.TENSOR_TYPE_TO_NP_TYPE[info.type.tensor_type.elem_type]
        inputs.append((random.standard_normal(shape) if dtype.kind == "f" else random.integers(-100, 100, shape)).astype(dtype))
    for kind, arrays in (("input", inputs), ("output", evaluate(parse_module(generic), inputs))):
        for i, array in enumerate(arrays):
            (data / f"{kind}_{i}.pb").write_bytes(numpy_helper.from_array(np.asarray(array)).SerializeToString())


if __name__ == "__main__":
    main()
