#!/usr/bin/python3
# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Differential test: random graphs through tt against NumPy.

    run.py --count 10000 --seed 0 --jobs 2

Graph i is made from seed + i alone. tt's Python package must be found (PYTHONPATH=build/python). Graphs are compiled and run in worker processes; one
that crashes or takes longer than --timeout is replaced. Failing graphs are made small and written to --keep (shrink.py). Prints how often each operator
of docs/operators.md was in a graph that passed, refusals and failures by reason. Exit status 1 for any failure, or for an operator below --least.
"""
import argparse
import collections
import json
import os
import re
import selectors
import subprocess
import sys
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import generate

# Operators of the default domain that are not generated, and why.
NOT_COVERED = dict.fromkeys(['Optional', 'OptionalGetElement', 'OptionalHasElement'], 'computes nothing; node tests of ONNX')
CHUNK = 250  # graphs of one worker process


def work(first, count, only):
    """A worker: one line of JSON before and one after each graph."""
    from execute import execute
    say = lambda **fields: print(json.dumps(fields), flush=True)
    for seed in range(first, first + count):
        say(start=seed)
        case = generate.random_case(seed, only)
        if case is None:
            say(seed=seed, kind='empty', text='', ops=[])
            continue
        say(made=seed, ops=[node.op for node in case.nodes])
        kind, text = execute(case)
        say(seed=seed, kind=kind, text=text, ops=[node.op for node in case.nodes])


class Worker:
    """A worker process that goes through a range of seeds."""

    def __init__(self, first, end, args):
        self.next, self.end, self.timeout, self.ops = first, end, args.timeout, []
        command = [sys.executable, os.path.abspath(__file__), '--work', str(first), '--count', str(end - first)] + (['--only', args.only] if args.only else [])
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        os.set_blocking(self.process.stdout.fileno(), False)
        self.buffer, self.since = b'', time.monotonic()

    def read(self):
        """Results that have come."""
        data = self.process.stdout.read()
        self.buffer += data or b''
        *lines, self.buffer = self.buffer.split(b'\n')
        for line in lines:
            fields = json.loads(line)
            self.since = time.monotonic()
            if 'made' in fields:
                self.ops = fields['ops']
            if 'kind' in fields:
                self.next = fields['seed'] + 1
                yield fields

    def finished(self):
        """None while it works; else '' or how it crashed."""
        if time.monotonic() - self.since > self.timeout:
            self.process.kill()
            self.process.wait()
            return f'no result after {self.timeout} s'
        if self.process.poll() is None:
            return None
        if self.next == self.end and self.process.returncode == 0:
            return ''
        said = self.process.stderr.read().decode(errors='replace').strip().splitlines()
        return f'exit status {self.process.returncode}: ' + (said[-1] if said else '')


def run_all(args, report):
    """Calls report(seed, kind, text, ops) for each graph."""
    ranges = [(first, min(first + CHUNK, args.seed + args.count)) for first in range(args.seed, args.seed + args.count, CHUNK)]
    if args.count < CHUNK * args.jobs:
        part = -(-args.count // args.jobs)
        ranges = [(first, min(first + part, args.seed + args.count)) for first in range(args.seed, args.seed + args.count, part)]
    workers = []
    while ranges or workers:
        while ranges and len(workers) < args.jobs:
            workers.append(Worker(*ranges.pop(0), args))
        selector = selectors.DefaultSelector()
        for worker in workers:
            selector.register(worker.process.stdout, selectors.EVENT_READ)
        selector.select(1.0)
        for worker in list(workers):
            done = worker.finished()
            for fields in worker.read():
                report(fields['seed'], fields['kind'], fields['text'], fields['ops'])
            if done is None:
                continue
            workers.remove(worker)
            if done and worker.next < worker.end:
                report(worker.next, 'crashed', done, worker.ops)
                worker.next += 1
            if worker.next < worker.end:
                ranges.insert(0, (worker.next, worker.end))


def listed_operators():
    """Operators of the default domain in docs/operators.md."""
    with open(os.path.join(HERE, '..', '..', 'docs', 'operators.md')) as f:
        table = f.read().split('## Refused')[0]
    return sorted({m[1] for m in re.finditer(r'^\| (\w+) \|  \|', table, re.M)})


def reason_of(text):
    """A refusal or failure without names and numbers, to count equal ones together."""
    return re.sub(r'\d+', 'N', re.sub(r"'[^']*'", "'...'", text.splitlines()[0] if text else ''))[:200]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--count', type=int, default=300)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--jobs', type=int, default=1)
    parser.add_argument('--timeout', type=float, default=120, help='seconds for one graph')
    parser.add_argument('--keep', help='folder for failing graphs (default: none are kept)')
    parser.add_argument('--least', type=int, default=0, help='times that each covered operator must have been tested')
    parser.add_argument('--only', help='operators to generate, with commas')
    parser.add_argument('--coverage', action='store_true', help='print all operators with their counts')
    parser.add_argument('--work', type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.work is not None:
        return work(args.work, args.count, args.only and args.only.split(','))

    kinds, coverage, reasons, bad = collections.Counter(), collections.Counter(), collections.Counter(), []

    def report(seed, kind, text, ops):
        kinds[kind] += 1
        if kind == 'passed':
            coverage.update(ops)
        elif kind != 'empty':
            bad.append((seed, kind, text))
            reasons[kind, reason_of(text)] += 1
            print(f'graph {seed} {kind}: {text}', flush=True)
    start = time.monotonic()
    run_all(args, report)

    for (kind, reason), count in reasons.most_common():
        print(f'{count} {kind}: {reason}')
    names = sorted(set(generate.GENERATORS) | set(coverage))
    if args.coverage:
        print('\n'.join(f'{name} {coverage[name]}' for name in names))
        missing = [name for name in listed_operators() if name not in generate.GENERATORS]
        print('\n'.join(f'{name} not covered: {NOT_COVERED.get(name, "no generator")}' for name in missing))
    least = min(((coverage[n], n) for n in names), default=(0, 'none'))
    print(f'{len(names)} operators, {sum(coverage.values())} nodes, fewest {least[1]} ({least[0]}), {time.monotonic() - start:.0f} s')
    few = [n for n in names if coverage[n] < args.least]
    if few:
        print('fewer than', args.least, 'times:', *few)
    if args.keep and bad:
        from shrink import shrink_all
        shrink_all([seed for seed, _, _ in bad], args.keep, args.timeout, args.only and args.only.split(','))
    print(f"{kinds['passed']} passed, {kinds['differs']} differ, {kinds['crashed']} crashed, {kinds['failed']} failed, {kinds['refused']} refused")
    return 1 if bad or few else 0


if __name__ == '__main__':
    sys.exit(main())
