#!/usr/bin/python3
# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""run_time_checks.py FOLDER: sizes, positions and shapes that only the run knows, and that do not fit.

Each case is a model with open sizes, and inputs for which ONNX defines no result. tt-run must end with status 1 and a text that names the node and what was
wrong. A crash or a result is an error. The last run of each case, where it has one, has inputs that fit: the checks must let them pass.
"""
import os
import subprocess
import sys

import numpy as np
from onnx import TensorProto, helper, numpy_helper

TYPES = {np.dtype(t): n for t, n in [('f4', TensorProto.FLOAT), ('i8', TensorProto.INT64), ('?', TensorProto.BOOL), ('i4', TensorProto.INT32)]}
CASES = []


def case(name, op, inputs, text, good=None, constants=None, rank=None, outputs=1, opset=18, **attributes):
    """One node 'op' over `inputs` with open sizes (vectors of shapes and positions have stated ones)."""
    CASES.append((name, op, inputs, text, good, constants or {}, outputs, opset, attributes))


f = lambda *shape: np.zeros(shape, np.float32)
i = lambda *values: np.array(values, np.int64)
equal = 'needs equal sizes (a size of 1 is repeated only where the model states it), but found '

for op in ('Add', 'Mul', 'Max', 'Pow', 'Sub'):
    case(op.lower(), op, [f(2, 3), f(2, 4)], equal + '4 and 3', good=[f(2, 3), f(2, 3)])
case('add_rank', 'Add', [f(2, 3), f(3, 3)], equal + '3 and 2')
case('less', 'Less', [f(4), f(5)], equal + '5 and 4', good=[f(4), f(4)])
case('where', 'Where', [np.zeros((2, 2), bool), f(2, 2), f(3, 2)], equal + '3 and 2', good=[np.zeros((2, 2), bool), f(2, 2), f(2, 2)])
case('matmul', 'MatMul', [f(2, 3), f(4, 5)], 'needs equal contracted sizes, but found 4 and 3', good=[f(2, 3), f(3, 5)])
case('matmul_batch', 'MatMul', [f(2, 2, 3), f(3, 3, 5)], 'needs equal batch sizes (a size of 1 is repeated only where the model states it), but found 2 and 3')
case('gemm', 'Gemm', [f(2, 3), f(4, 5)], 'needs equal contracted sizes, but found 4 and 3')
case('concat', 'Concat', [f(2, 3), f(4, 3)], 'needs equal sizes except along the concatenated dimension, but found ', good=[f(2, 3), f(2, 4)], axis=1)
case('reshape', 'Reshape', [f(2, 3), i(4, 2)], 'needs as many elements in the new shape as in the old, but found 6 and 8', good=[f(2, 3), i(3, 2)])
case('reshape_negative', 'Reshape', [f(2, 3), i(-2, -3)], 'needs sizes of 0 or more')
case('reshape_rest', 'Reshape', [f(2, 3), i(-1, 4)], 'needs as many elements in the new shape as in the old, but found 6 and 4', good=[f(2, 3), i(-1, 2)])
case('reshape_overflow', 'Reshape', [f(0, 3), i(1 << 62, 4)], 'needs a result of fewer than 2^56 elements')
case('expand', 'Expand', [f(2, 3), i(2, 4)], 'needs sizes that agree or are 1, but found 4 and 3', good=[f(2, 3), i(1, 3)])
case('expand_negative', 'Expand', [f(1), i(-5, 1)], 'needs sizes of 0 or more')
case('expand_overflow', 'Expand', [f(1), i(1 << 40, 1 << 40)], 'needs a result of fewer than 2^56 elements', constants={0: (1,)})
case('constant_of_shape', 'ConstantOfShape', [i(-5, 2)], 'needs sizes of 0 or more', good=[i(5, 2)])
case('constant_of_shape_overflow', 'ConstantOfShape', [i(1 << 62, 4)], 'needs a result of fewer than 2^56 elements')
case('tile', 'Tile', [f(2, 3), i(-1, 2)], 'needs sizes of 0 or more', good=[f(2, 3), i(0, 2)])
case('tile_overflow', 'Tile', [f(2, 3), i(1 << 61, 4)], 'needs a result of fewer than 2^56 elements')
case('pad', 'Pad', [f(2, 3), i(0, 0, -5, 0)], 'needs sizes of 0 or more', good=[f(2, 3), i(0, -1, 0, 1)])
case('gather', 'Gather', [f(2, 3), i(0, 2)], 'index out of range', good=[f(2, 3), i(-2, 1)], axis=0)
case('gather_below', 'Gather', [f(2, 3), i(-3)], 'index out of range', axis=0)
case('gather_elements', 'GatherElements', [f(2, 3), i(0, 5).reshape(1, 2)], 'index out of range', axis=1)
case('gather_nd', 'GatherND', [f(2, 3), i(0, 3)], 'index out of range', constants={1: (2,)})
case('scatter_elements', 'ScatterElements', [f(2, 3), i(7).reshape(1, 1), f(1, 1)], 'index out of range', axis=1)
case('scatter_nd', 'ScatterND', [f(2, 3), i(2).reshape(1, 1), f(1, 3)], 'index out of range', constants={1: (None, 1)})
case('split', 'Split', [f(6), i(2, 3)], 'needs lengths of parts that add up to the size of dimension 0', outputs=2, good=[f(6), i(2, 4)], axis=0)
case('split_negative', 'Split', [f(6), i(-2, 8)], 'needs lengths of parts that add up to the size of dimension 0', outputs=2, axis=0)
case('topk', 'TopK', [f(2, 3), i(4)], 'needs k from 0 to the size of the dimension, but found 4 and 3', outputs=2, good=[f(2, 3), i(3)])
case('topk_negative', 'TopK', [f(2, 3), i(-1)], 'needs k from 0 to the size of the dimension, but found -1 and 3', outputs=2)
case('range', 'Range', [np.float32(0), np.float32(np.inf), np.float32(1)], 'needs ', good=[np.float32(0), np.float32(3), np.float32(1)])
case('one_hot', 'OneHot', [i(0, 1), i(-3), f(2)], 'needs sizes of 0 or more', good=[i(0, 1), i(3), f(2)])
case('conv', 'Conv', [f(1, 2, 4, 4), f(3, 2, 3, 3)], 'needs as many channels as the filter reads, but found ', good=None, constants={1: (3, 3, 3, 3)})


def main():
    bad = 0
    for name, op, inputs, text, good, stated, outputs, opset, attributes in CASES:
        if name == 'conv':
            inputs = [inputs[0], f(3, 3, 3, 3)]
        folder = os.path.join(sys.argv[1], name)
        os.makedirs(folder, exist_ok=True)
        names = [f'i{k}' for k in range(len(inputs))]
        shape = lambda k, x: stated[k] if k in stated else list(x.shape) if x.dtype == np.int64 and x.ndim == 1 and op not in ('Gather',) else [None] * x.ndim
        infos = [helper.make_tensor_value_info(n, TYPES[x.dtype], shape(k, x)) for k, (n, x) in enumerate(zip(names, map(np.asarray, inputs)))]
        node = helper.make_node(op, names, [f'o{k}' for k in range(outputs)], 'the node', **attributes)
        results = [helper.make_tensor_value_info(f'o{k}', TensorProto.FLOAT, None) for k in range(outputs)]
        model = helper.make_model(helper.make_graph([node], 'g', infos, results), opset_imports=[helper.make_opsetid('', opset)], ir_version=8)
        path = os.path.join(folder, 'model.onnx')
        with open(path, 'wb') as file:
            file.write(model.SerializeToString())
        library = os.path.join(folder, 'model.so')
        compiled = subprocess.run(['tt-compile', path, '-o', library], capture_output=True, text=True)
        if compiled.returncode:
            print(f'{name}: does not compile: {compiled.stderr.strip()}')
            bad += 1
            continue
        for arrays, expected in ((inputs, text), (good, None)):
            if arrays is None:
                continue
            files = []
            for n, x in zip(names, arrays):
                files.append(os.path.join(folder, n + '.npy'))
                np.save(files[-1], x)
            run = subprocess.run(['tt-run', library, *files], capture_output=True, text=True)
            said = run.stderr.strip()
            if expected is None and run.returncode != 0:
                print(f'{name}: fails although the inputs fit: {run.returncode} {said}')
                bad += 1
            if expected is not None and (run.returncode != 1 or expected not in said or "onnx node 'the node'" not in said):
                print(f'{name}: expected "{expected}", but status {run.returncode} and: {said or run.stdout}')
                bad += 1
    print(f'{len(CASES)} cases, {bad} bad')


if __name__ == '__main__':
    main()
