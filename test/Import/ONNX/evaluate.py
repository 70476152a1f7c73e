#!/usr/bin/python3
# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Evaluates imported modules with NumPy and compares them with the reference outputs of ONNX test folders.

    evaluate.py --translate build/bin/tt-translate [--passes "--tt-stage-optimized"] [--rtol 1e-3] [--atol 1e-7] FOLDER...

A FOLDER holds model.onnx and test_data_set_K/{input_I,output_I}.pb. Each model is imported by tt-translate (generic form,
all constants), run through tt-opt with the options of --passes where these are given, evaluated op by op by the rules below, which were written from the descriptions of the ops and know nothing
of tt's code, and compared. One line per folder: PASS, FAIL with the reason, or SKIP with the importer's error. The last
line counts them. Exit status 1 where a folder failed.
"""
import argparse, glob, os, subprocess, sys

import numpy as np
import onnx
from onnx import numpy_helper

from graph_ops import OPS
from mlir_text import parse_module


def evaluate(module, inputs):
    """Runs the function of a parsed module on a list of arrays."""
    values = dict(zip(module.arguments, inputs))
    for op in module.ops:
        if op.name == 'func.return':
            return [values[name] for name in op.operands]
        if op.name == 'arith.constant':
            values[op.results[0]] = op.attributes['value'].array(module.resources)
            continue
        operands = [values[name] for name in op.operands]
        results = OPS[op.name](op, *operands)
        if not isinstance(results, tuple):
            results = (results,)
        for name, result, declared in zip(op.results, results, op.result_types):
            result = np.asarray(result)
            if result.dtype != declared.dtype:
                raise ValueError(f'{op.name} gives {result.dtype}, but its type is {declared}')
            if len(declared.shape) != result.ndim or any(d not in (None, n) for d, n in zip(declared.shape, result.shape)):
                raise ValueError(f'{op.name} gives shape {result.shape}, but its type is {declared}')
            values[name] = result
    raise ValueError('no return')


def read_tensor(path):
    tensor = onnx.TensorProto()
    with open(path, 'rb') as f:
        tensor.ParseFromString(f.read())
    return numpy_helper.to_array(tensor)


def compare(actual, expected, rtol, atol):
    """A reason why the arrays differ, or None."""
    if actual.shape != expected.shape:
        return f'shape {actual.shape}, expected {expected.shape}'
    if actual.dtype != expected.dtype:
        return f'type {actual.dtype}, expected {expected.dtype}'
    if actual.dtype.kind in 'biu':
        return None if np.array_equal(actual, expected) else f'{np.sum(actual != expected)} elements differ'
    if np.allclose(actual, expected, rtol=rtol, atol=atol, equal_nan=True):
        return None
    worst = np.nanmax(np.abs(actual.astype(np.float64) - expected.astype(np.float64)))
    return f'largest difference {worst}'


def run_folder(folder, options):
    model = os.path.join(folder, 'model.onnx')
    imported = subprocess.run([options.translate, '--import-onnx', '--print-generic', '--elide-larger-than=4294967295', model],
                              capture_output=True, text=True)
    if imported.returncode == 1:
        return 'SKIP', imported.stderr.strip().split('\n')[0]
    if imported.returncode != 0:
        return 'FAIL', f'tt-translate ended with {imported.returncode}'
    if options.passes:
        changed = subprocess.run([options.opt, '-', '--mlir-print-op-generic', *options.passes.split()],
                                 input=imported.stdout, capture_output=True, text=True)
        if changed.returncode != 0:
            return 'FAIL', f'tt-opt ended with {changed.returncode}: {changed.stderr.strip()}'
        imported = changed
    if 'xbf16>' in imported.stdout or '<bf16>' in imported.stdout:
        return 'SKIP', 'NumPy has no bfloat16'
    if '"tt.if"' in imported.stdout or '"tt.loop"' in imported.stdout:
        return 'SKIP', 'branches and loops are tested by running them'
    try:
        module = parse_module(imported.stdout)
        for data in sorted(glob.glob(os.path.join(folder, 'test_data_set_*'))):
            read = lambda kind: [read_tensor(os.path.join(data, f'{kind}_{i}.pb'))
                                 for i in range(len(glob.glob(os.path.join(data, f'{kind}_*.pb'))))]
            with np.errstate(all='ignore'):
                outputs = evaluate(module, read('input')[:len(module.arguments)])
            expected = read('output')
            if len(outputs) != len(expected):
                return 'FAIL', f'{len(outputs)} outputs, expected {len(expected)}'
            for index, (a, e) in enumerate(zip(outputs, expected)):
                if reason := compare(a, e, options.rtol, options.atol):
                    return 'FAIL', f'{os.path.basename(data)}: output {index}: {reason}'
    except Exception as error:  # pylint: disable=broad-except
        if options.traceback:
            raise
        return 'FAIL', f'{type(error).__name__}: {error}'
    return 'PASS', ''


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--translate', default='tt-translate')
    parser.add_argument('--opt', default='tt-opt')
    parser.add_argument('--passes', default='', help='options of tt-opt that change the module first')
    parser.add_argument('--rtol', type=float, default=1e-3)
    parser.add_argument('--atol', type=float, default=1e-7)
    parser.add_argument('--quiet', action='store_true', help='print failures and the count only')
    parser.add_argument('--traceback', action='store_true')
    parser.add_argument('folders', nargs='+')
    options = parser.parse_args()
    counts = {'PASS': 0, 'FAIL': 0, 'SKIP': 0}
    for folder in options.folders:
        status, reason = run_folder(folder.rstrip('/'), options)
        counts[status] += 1
        if status == 'FAIL' or not options.quiet:
            print(status, os.path.basename(folder.rstrip('/')), reason)
    print(f"{counts['PASS']} passed, {counts['FAIL']} failed, {counts['SKIP']} skipped")
    sys.exit(counts['FAIL'] > 0)


if __name__ == '__main__':
    main()
