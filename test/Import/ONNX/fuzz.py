#!/usr/bin/python3
# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""fuzz.py COUNT MODEL...: imports damaged copies of models.

Every second copy is cut at a random place, or has a few bytes changed, or a piece of it doubled or removed. The others are
well-formed files with a few changes of meaning: other operators, inputs, attributes, sizes, types, opsets. tt-translate must end
with status 0 or 1, within 20 seconds, and say at least one line, and nothing but errors and warnings, where it is 1. Prints the damaged file where it does not. The seed
is fixed, so every run does the same.
"""
import os
import random
import subprocess
import sys
import tempfile

import onnx

INTS = [-(1 << 63), -(1 << 31), -3, -2, -1, 0, 1, 2, 3, 4, 7, 1 << 20, 1 << 40, (1 << 63) - 1]


def change_attribute(attr, rng):
    kind = rng.randrange(4)
    if kind == 0:
        attr.i = rng.choice(INTS)
    elif kind == 1 and attr.ints:
        attr.ints[rng.randrange(len(attr.ints))] = rng.choice(INTS)
    elif kind == 2:
        attr.ints.append(rng.choice(INTS))
    else:
        attr.type = rng.randrange(0, 9)


def change_dims(dims, rng):
    if dims and rng.randrange(2):
        del dims[rng.randrange(len(dims))]
    elif dims:
        dims[rng.randrange(len(dims))] = rng.choice(INTS)


def change_meaning(data, operators, rng):
    model = onnx.ModelProto()
    model.ParseFromString(data)
    graph = model.graph
    for _ in range(rng.choice([1, 1, 2, 4])):
        kind = rng.randrange(8)
        node = rng.choice(graph.node) if graph.node else onnx.NodeProto()
        if kind == 0:
            node.op_type = rng.choice(operators)
        elif kind == 1 and node.input:
            node.input[rng.randrange(len(node.input))] = rng.choice(['', *(v.name for v in graph.input), *(n for m in graph.node for n in m.output)])
        elif kind == 2 and node.input:
            del node.input[rng.randrange(len(node.input))]
        elif kind == 3 and node.attribute:
            change_attribute(rng.choice(node.attribute), rng)
        elif kind == 4 and node.attribute:
            del node.attribute[rng.randrange(len(node.attribute))]
        elif kind == 5 and graph.input:
            tensor = rng.choice(graph.input).type.tensor_type
            change = rng.randrange(3)
            if change == 0:
                tensor.elem_type = rng.randrange(0, 25)
            elif change == 1 and tensor.shape.dim:
                tensor.shape.dim[rng.randrange(len(tensor.shape.dim))].dim_value = rng.choice(INTS)
            elif tensor.shape.dim:
                tensor.shape.dim[rng.randrange(len(tensor.shape.dim))].dim_param = 'n'
        elif kind == 6 and graph.initializer:
            change_dims(rng.choice(graph.initializer).dims, rng)
        elif model.opset_import:
            model.opset_import[0].version = rng.randrange(1, 27)
    return model.SerializeToString()


def damage(data, rng):
    data = bytearray(data)
    kind = rng.randrange(4)
    place = rng.randrange(len(data))
    if kind == 0:
        return data[:place]
    if kind == 1:
        for _ in range(rng.choice([1, 1, 2, 8])):
            data[rng.randrange(len(data))] = rng.choice([0, 1, 0x7f, 0x80, 0xff, rng.randrange(256)])
        return data
    length = rng.randrange(1, 40)
    piece = data[place:place + length]
    return data[:place] + piece + data[place:] if kind == 2 else data[:place] + data[place + length:]


def main():
    count, models = int(sys.argv[1]), sys.argv[2:]
    operators = sorted({schema.name for schema in onnx.defs.get_all_schemas()} | {'Gelu', 'GroupNormalization', 'Mish', 'RMSNormalization'})
    rng, bad, statuses = random.Random(1), 0, {}
    with tempfile.TemporaryDirectory() as folder:
        for i in range(count):
            with open(models[i % len(models)], 'rb') as f:
                data = f.read()
            data = change_meaning(data, operators, rng) if i % 2 else damage(data, rng)
            path = os.path.join(folder, 'damaged.onnx')
            with open(path, 'wb') as f:
                f.write(data)
            try:
                run = subprocess.run(['tt-translate', '--import-onnx', path], capture_output=True, timeout=20)
                status = run.returncode
                # Anything else on standard error comes from a sanitizer.
                lines = run.stderr.decode(errors='replace').splitlines()
                wrong = not lines or not all(line.startswith('tt-translate: ') for line in lines)
            except subprocess.TimeoutExpired:
                status, wrong = 'timeout', False
            statuses[status] = statuses.get(status, 0) + 1
            if status not in (0, 1) or (status == 1 and wrong):
                bad += 1
                kept = os.path.join(tempfile.gettempdir(), f'tt-fuzz-{i}.onnx')
                with open(kept, 'wb') as f:
                    f.write(data)
                print(f'{models[i % len(models)]}, copy {i}: status {status}; kept as {kept}')
    print('statuses', statuses)
    sys.exit(bad > 0)


if __name__ == '__main__':
    main()
