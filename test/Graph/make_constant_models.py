#!/usr/bin/python3
# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Copies ONNX test folders with the inputs made initializers, so that the whole model can be computed at compile time.

    make_constant_models.py TARGET FOLDER...

Writes TARGET/NAME/model.onnx and the reference outputs of its first data set. Folders whose inputs are no tensors are left out.
"""
import glob
import os
import shutil
import sys

import onnx


def copy_folder(folder, target):
    model = onnx.load(os.path.join(folder, 'model.onnx'))
    inputs = [value for value in model.graph.input if value.name not in {t.name for t in model.graph.initializer}]
    data = os.path.join(folder, 'test_data_set_0')
    for index, value in enumerate(inputs):
        path = os.path.join(data, f'input_{index}.pb')
        if not value.type.HasField('tensor_type') or not os.path.exists(path):
            return
        with open(path, 'rb') as file:
            tensor = onnx.TensorProto.FromString(file.read())
        tensor.name = value.name
        model.graph.initializer.append(tensor)
    del model.graph.input[:]
    os.makedirs(os.path.join(target, 'test_data_set_0'))
    onnx.save(model, os.path.join(target, 'model.onnx'))
    for path in glob.glob(os.path.join(data, 'output_*.pb')):
        shutil.copy(path, os.path.join(target, 'test_data_set_0'))


def main():
    for folder in sys.argv[2:]:
        folder = folder.rstrip('/')
        copy_folder(folder, os.path.join(sys.argv[1], os.path.basename(folder)))


if __name__ == '__main__':
    main()
