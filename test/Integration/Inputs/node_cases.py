# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Test folders of one node each: what the generators beside this file (and in test/Import/ONNX) share."""
import os
import sys

import numpy as np
from onnx import TensorProto, helper, numpy_helper

MICROSOFT = 'com.microsoft'
TYPES = {np.dtype(t): n for t, n in [('f4', TensorProto.FLOAT), ('f8', TensorProto.DOUBLE), ('i8', TensorProto.INT64),
                                     ('i4', TensorProto.INT32), ('u1', TensorProto.UINT8), ('i1', TensorProto.INT8),
                                     ('i2', TensorProto.INT16), ('u2', TensorProto.UINT16), ('f2', TensorProto.FLOAT16),
                                     ('?', TensorProto.BOOL), ('u4', TensorProto.UINT32), ('u8', TensorProto.UINT64)]}


class Cases:
    """Collects cases by name and writes each as FOLDER/NAME with model.onnx and test_data_set_0."""

    def __init__(self):
        self.cases = {}

    def add(self, name, opset, op, inputs, outputs, constants=(), dynamic=False, domain='', **attributes):
        """One node. `inputs` are arrays, or None for a missing one, also in `outputs`; inputs at the places `constants` become initializers.
        Where `dynamic`, the sizes of the other inputs, and of the outputs, are left open; a tuple says which dimensions of them."""
        inputs = [None if x is None else np.asarray(x) for x in inputs]
        outputs = [None if y is None else np.asarray(y) for y in outputs]
        names = [f'i{i}' if x is not None else '' for i, x in enumerate(inputs)]
        results = [f'o{i}' if y is not None else '' for i, y in enumerate(outputs)]
        node = helper.make_node(op, names, results, name, domain=domain, **attributes)
        free = [i for i, x in enumerate(inputs) if x is not None and i not in constants]
        is_open = lambda d: d in dynamic if isinstance(dynamic, tuple) else dynamic
        info = lambda n, a: helper.make_tensor_value_info(n, TYPES[a.dtype], [f'{n}_{d}' if is_open(d) else s for d, s in enumerate(a.shape)])
        self.add_graph(name, opset, [node], [info(names[i], inputs[i]) for i in free],
                       [info(results[i], y) for i, y in enumerate(outputs) if y is not None],
                       [numpy_helper.from_array(inputs[i], names[i]) for i in constants],
                       [inputs[i] for i in free], [y for y in outputs if y is not None])

    def add_graph(self, name, opset, nodes, inputs, outputs, initializers, input_values, output_values):
        """A graph of several nodes; `inputs` and `outputs` are ValueInfoProtos, their values arrays."""
        assert name not in self.cases, name
        graph = helper.make_graph(nodes, name, inputs, outputs, initializers)
        opsets = [helper.make_opsetid('', opset), helper.make_opsetid(MICROSOFT, 1)]
        self.cases[name] = (helper.make_model(graph, opset_imports=opsets, ir_version=8), input_values, output_values)

    def __getitem__(self, name):
        return self.cases[name]

    def main(self):
        """Writes all cases to the folder that is the program's argument; prints how many there are."""
        folder = sys.argv[1]
        for name, (model, inputs, outputs) in self.cases.items():
            data = os.path.join(folder, name, 'test_data_set_0')
            os.makedirs(data, exist_ok=True)
            with open(os.path.join(folder, name, 'model.onnx'), 'wb') as f:
                f.write(model.SerializeToString())
            for kind, arrays in (('input', inputs), ('output', outputs)):
                for i, array in enumerate(arrays):
                    with open(os.path.join(data, f'{kind}_{i}.pb'), 'wb') as f:
                        f.write(numpy_helper.from_array(np.asarray(array)).SerializeToString())
        print(len(self.cases), 'tests')
