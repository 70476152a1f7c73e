#!/usr/bin/python3
# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""check_errors.py FILE FOLDER: gives the models that FILE names to tt-translate and tt-compile and compares the errors; no artefact may be left.

Lines `MODEL: text` (all but those that start with # and empty ones) list the errors of a model of make_models.py in order.
"""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    file, folder = sys.argv[1:]
    expected = {}
    with open(file) as f:
        for line in f:
            if line.strip() and not line.startswith('#'):
                model, _, text = line.rstrip('\n').partition(': ')
                expected.setdefault(model, []).append(text)
    models = [model for model in expected if model != 'missing_file']
    subprocess.run([sys.executable, os.path.join(HERE, 'make_models.py'), folder, *models], check=True)
    bad = 0
    for model, texts in expected.items():
        onnx = os.path.join(folder, model + '.onnx')
        library = os.path.join(folder, model + '.so')
        for prefix, tool, *arguments in (['tt-translate: error: ', 'tt-translate', '--import-onnx', onnx],
                                         ['error: ', 'tt-compile', onnx, '-o', library]):
            run = subprocess.run([tool, *arguments], capture_output=True, text=True)
            lines = run.stderr.splitlines()
            found = [line.replace(folder + '/', '').removeprefix(prefix) for line in lines]
            left = [name for name in os.listdir(folder) if not name.endswith(('.onnx', '.bin')) and os.path.isfile(os.path.join(folder, name))]
            if run.returncode != 1 or found != texts or run.stdout or left or not all(line.startswith(prefix) for line in lines):
                bad += 1
                print(f'{tool} {model}: exit status {run.returncode}, files left: {left}, expected:', *texts, 'found:', *found, run.stdout, sep='\n  ')
    sys.exit(bad > 0)


if __name__ == '__main__':
    main()
