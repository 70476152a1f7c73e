#!/usr/bin/python3
# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Makes failing graphs small and keeps them.

    shrink.py SEED... --keep FOLDER

A graph is cut: results of nodes become inputs with their reference values, as long as tt fails in the same way, until no node can go. Then sizes become static,
constants inputs. What is left is written as an ONNX test folder (model.onnx, test_data_set_0) with case.txt for people. Once the bug is fixed, the
folder moves to cases/, which cases.test runs.
"""
import argparse
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import generate
from graph import Case


def attempt(case, timeout=60):
    """(kind, text) of a case, run in a child that may crash or hang."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        import signal
        os.close(reader)
        signal.alarm(int(timeout))
        from execute import execute
        kind, text = execute(case)
        os.write(writer, f'{kind}\n{text}'.encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, 'rb') as pipe:
        said = pipe.read().decode(errors='replace')
    _, status = os.waitpid(child, 0)
    if said:
        return tuple(said.split('\n', 1))
    return 'crashed', f'signal {os.WTERMSIG(status)}' if os.WIFSIGNALED(status) else f'exit status {os.WEXITSTATUS(status)}'


def reduced(case, nodes, outputs, **changes):
    """The case with some of its nodes: what others made is an input now."""
    made = {n for node in nodes for n in node.outputs}
    read = [n for node in nodes for n in node.inputs if n]
    dims = dict(case.dims)
    inputs = [n for n in case.inputs if n in read]
    for n in read:
        if n not in made and n not in case.constants and n not in inputs:
            inputs.append(n)
            dims.setdefault(n, list(case.arrays[n].shape))
    fields = dict(opset=case.opset, nodes=nodes, arrays=case.arrays, errors=case.errors, inputs=inputs, constants=[n for n in case.constants if n in read],
                  outputs=[n for n in outputs if n in made], dims=dims, cpu=case.cpu, threads=case.threads)
    fields.update(changes)
    return Case(**fields)


def shrink(case, timeout=60):
    """The smallest case found that fails like `case`, with how it fails."""
    from run import reason_of
    kind, text = attempt(case, timeout)
    if kind == 'passed':
        return case, kind, text

    def fails(candidate):
        if not candidate.nodes or not candidate.outputs:
            return False
        other_kind, other_text = attempt(candidate, timeout)
        return other_kind == kind and (kind == 'differs' or kind == 'crashed' or reason_of(other_text) == reason_of(text))
    # One node alone, with the sizes as they were or unknown.
    for node in case.nodes:
        candidate = reduced(case, [node], [n for n in node.outputs if n])
        dynamic = dict(candidate.dims, **{n: [f'{n}_{i}' if s != 1 else 1 for i, s in enumerate(case.arrays[n].shape)] for n in candidate.inputs if n not in case.inputs})
        for each in (candidate, reduced(candidate, [node], candidate.outputs, dims=dynamic)):
            if fails(each):
                case = each
                break
        else:
            continue
        break
    changed = True
    while changed:
        changed = False
        for output in case.outputs if len(case.outputs) > 1 else []:
            candidate = reduced(case, case.nodes, [output])
            if fails(candidate):
                case, changed = candidate, True
                break
        for node in list(case.nodes):
            rest = [n for n in case.nodes if n is not node]
            read = {n for other in rest for n in other.inputs}
            made = {n for other in rest for n in other.outputs}
            extra = [n for n in node.inputs if n in made and n not in case.outputs]  # what only this node read
            candidate = reduced(case, rest, [n for n in case.outputs if n in made] + [n for n in extra if n not in read])
            if fails(candidate):
                case, changed = candidate, True
    for changes in (dict(dims={n: list(case.arrays[n].shape) for n in case.inputs}), dict(cpu='native'), dict(threads=1)):
        candidate = reduced(case, case.nodes, case.outputs, **changes)
        if fails(candidate):
            case = candidate
    for constant in list(case.constants):
        dims = dict(case.dims, **{constant: list(case.arrays[constant].shape)})
        candidate = reduced(case, case.nodes, case.outputs, constants=[n for n in case.constants if n != constant], inputs=case.inputs + [constant], dims=dims)
        if fails(candidate):
            case = candidate
    return case, *attempt(case, timeout)


def keep(case, folder, text):
    from onnx import numpy_helper
    data = os.path.join(folder, 'test_data_set_0')
    os.makedirs(data, exist_ok=True)
    with open(os.path.join(folder, 'model.onnx'), 'wb') as f:
        f.write(case.model().SerializeToString())
    for kind, names in (('input', case.inputs), ('output', case.outputs)):
        for i, name in enumerate(names):
            with open(os.path.join(data, f'{kind}_{i}.pb'), 'wb') as f:
                f.write(numpy_helper.from_array(case.arrays[name]).SerializeToString())
    with open(os.path.join(folder, 'case.txt'), 'w') as f:
        f.write(text + '\n' + case.text())


def shrink_all(seeds, folder, timeout, only=None):
    for seed in seeds:
        case, kind, text = shrink(generate.random_case(seed, only), timeout)
        name = '_'.join(dict.fromkeys(node.op.lower() for node in case.nodes[-3:])) + f'_{seed}'
        keep(case, os.path.join(folder, name), f'{kind}: {text}')
        print(f'--- {os.path.join(folder, name)}\n{kind}: {text}\n{case.text()}', flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('seeds', type=int, nargs='+')
    parser.add_argument('--keep', required=True)
    parser.add_argument('--timeout', type=float, default=60)
    parser.add_argument('--only')
    args = parser.parse_args()
    shrink_all(args.seeds, args.keep, args.timeout, args.only and args.only.split(','))


if __name__ == '__main__':
    main()
