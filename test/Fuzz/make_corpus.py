#!/usr/bin/python3
# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""make_corpus.py OUT FOLDER...: copies the models below the folders (.onnx files up to 64 KB) to OUT, for tt-fuzz-import.

Files are named by their contents, so that equal models are there once. Larger ones would only make the fuzzer slow.
"""
import hashlib
import os
import sys

LIMIT = 64 << 10


def main():
    out, count = sys.argv[1], 0
    os.makedirs(out, exist_ok=True)
    for top in sys.argv[2:]:
        for folder, _, names in sorted(os.walk(top)):
            for name in sorted(names):
                path = os.path.join(folder, name)
                if not name.endswith('.onnx') or not 0 < os.path.getsize(path) <= LIMIT:
                    continue
                with open(path, 'rb') as f:
                    data = f.read()
                with open(os.path.join(out, hashlib.sha1(data).hexdigest()), 'wb') as f:
                    f.write(data)
                count += 1
    print(count, 'models')
    if count == 0:
        sys.exit('no model below ' + ', '.join(sys.argv[2:]))


if __name__ == '__main__':
    main()
