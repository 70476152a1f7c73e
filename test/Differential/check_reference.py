#!/usr/bin/python3
# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""check_reference.py FOLDER: the references against ONNX's own node tests.

Of each test below FOLDER with one node that reference/ implements, the results are compared with the test's. Prints the tests that differ and the number
of those that agree. Exit status 1 where one differs.
"""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import numpy as np
import onnx
from onnx import helper, mapping, numpy_helper

import reference
from reference.call import OPERATORS

# Forms that are not generated, so that the references leave them out.
LEFT_OUT = ('training_dropout', 'batchnorm_epsilon_training', 'batchnorm_example_training', 'maxpool_with_argmax', 'tf_crop_and_resize', '_pads_negative_axes',
            'layout', 'batchwise', 'bfloat16', 'BFLOAT16', 'STRING', 'dropout_default_mask_ratio', 'convtranspose_output_shape')


def attribute(a):
    value = helper.get_attribute_value(a)
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, onnx.TensorProto):
        return numpy_helper.to_array(value)
    if isinstance(value, list) and value and isinstance(value[0], bytes):
        return [v.decode() for v in value]
    return value


def read(path):
    tensor = onnx.TensorProto()
    with open(path, 'rb') as f:
        tensor.ParseFromString(f.read())
    return numpy_helper.to_array(tensor)


def check(folder):
    """None where the test is not for us, '' where it agrees, else how it differs."""
    model = onnx.load(os.path.join(folder, 'model.onnx'))
    if len(model.graph.node) != 1 or model.graph.initializer:
        return None
    node, data = model.graph.node[0], os.path.join(folder, 'test_data_set_0')
    if node.op_type not in OPERATORS or node.domain:
        return None
    try:
        arrays = [read(os.path.join(data, f'input_{i}.pb')) for i in range(len(model.graph.input))]
        wanted = [read(os.path.join(data, f'output_{i}.pb')) for i in range(len(model.graph.output))]
    except Exception:  # sequences and optional values cannot be read as tensors
        return None
    if any(a.dtype == object for a in arrays + wanted):
        return None
    values = dict(zip([v.name for v in model.graph.input], arrays))
    attributes = {a.name: attribute(a) for a in node.attribute}
    for name in ('to', 'dtype'):
        if name in attributes:
            attributes['to_dtype'] = mapping.TENSOR_TYPE_TO_NP_TYPE[attributes[name]]
    results = reference.evaluate(node.op_type, [values.get(n) for n in node.input], attributes, model.opset_import[0].version, len(node.output))
    results = [r for r, n in zip(results, node.output) if n]
    for got, want in zip(results, wanted):
        if got.shape != want.shape or got.dtype != want.dtype:
            return f'{got.dtype}{list(got.shape)}, expected {want.dtype}{list(want.shape)}'
        if not np.allclose(got.astype(np.float64), want.astype(np.float64), 1e-3, 1e-6, equal_nan=True):
            return f'{np.sum(~np.isclose(got.astype(float), want.astype(float), 1e-3, 1e-6, equal_nan=True))} of {got.size} elements differ'
    return ''


def main():
    agree, differ = 0, 0
    for name in sorted(os.listdir(sys.argv[1])):
        folder = os.path.join(sys.argv[1], name)
        if any(part in name for part in LEFT_OUT) or not os.path.exists(os.path.join(folder, 'model.onnx')):
            continue
        try:
            result = check(folder)
        except Exception as error:
            result = f'{type(error).__name__}: {error}'
        if result is not None:
            agree += result == ''
            if result:
                differ += 1
                print(f'{name}: {result}')
    print(f'{agree} agree, {differ} differ')
    return 1 if differ else 0


if __name__ == '__main__':
    sys.exit(main())
