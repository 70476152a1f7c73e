#!/usr/bin/python3
# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""check_node_tests.py LOG FOLDER --passed N: reads what `tt-run --onnx-test FOLDER/*` printed.

Each folder has a line, none says failed, at least N say passed, and every other one names a node, or an input that no node reads, and a reason.
"""
import argparse
import os
import re
import sys

REFUSED = re.compile(r"skipped \S+: .*(onnx node '[^']+': [A-Za-z0-9]+ \(opset \d+\)|input '[^']+', which no node reads)[:,]? \S+ \S+")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('log')
    parser.add_argument('folder')
    parser.add_argument('--passed', type=int, required=True)
    args = parser.parse_args()
    with open(args.log) as f:
        *lines, last = f.read().splitlines()
    passed = [line for line in lines if line.startswith('passed ')]
    refused = [line for line in lines if REFUSED.match(line)]
    bad = [line for line in lines if line not in passed and line not in refused]
    folders = [name for name in os.listdir(args.folder) if os.path.exists(os.path.join(args.folder, name, 'model.onnx'))]
    print(*bad, last, sep='\n')
    sys.exit(bool(bad) or len(lines) != len(folders) or len(passed) < args.passed or last != f'{len(passed)} passed, 0 failed, {len(refused)} skipped')


if __name__ == '__main__':
    main()
