# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles and runs one case with tt's Python package, in this process."""
import os
import tempfile
import warnings

from graph import compare

warnings.simplefilter('ignore')


def execute(case):
    """(kind, text): 'passed'; 'refused' by the importer; 'failed' to compile or run; 'differs' from the reference."""
    import tt
    model = case.model().SerializeToString()
    with tempfile.TemporaryDirectory(prefix='tt-differential-') as folder:
        path = os.path.join(folder, 'model.so')
        try:
            tt.compile_file(model, path, cpu=case.cpu, compile_threads=1)
            compiled = tt.load(path, threads=case.threads)
        except tt.UnsupportedModelError as error:
            return 'refused', str(error)
        except tt.Error as error:
            return 'failed', str(error)
        try:
            results = compiled.run({name: case.arrays[name] for name in case.inputs})
        except tt.Error as error:
            return 'failed', f'at run time: {error}'
    for name in case.outputs:
        difference = compare(case, name, results[name])
        if difference:
            return 'differs', difference
    return 'passed', ''
