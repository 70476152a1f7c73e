#!/usr/bin/python3
# Counts the instructions in the inner loops of the contraction kernels for AArch64, whose speed cannot be measured on x86.
# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#   benchmarks/kernels/count.py --build build targets conv depthwise
#
# A kernel goes the way it goes in a compiled model: tt-choose-config, tt-emit-contractions, tt-approximate-math, LLVM without its
# vectorizers. The inner loop is the innermost one with the most multiply-adds; of a depthwise convolution that is the loop over
# vectors of channels, which holds the stores too. llvm-mca's model of the CPU says how busy the multiply-add units would be, if every
# access hit the first-level cache.
import argparse
import os
import re
import tempfile

import numpy as np
from bench import Kernel, lower, run
from shapes import SETS

TRIPLE, LANES, REGISTERS = "aarch64-unknown-linux-gnu", 4, 32
MULTIPLY = re.compile(r"fml[as]$")
LOAD = re.compile(r"ld(r|p|ur|n?p|1r?|[234]r?)[a-z]*$")
PIPES = {"neoverse-n1": 2, "neoverse-v1": 4, "neoverse-v2": 4}  # 128-bit multiply-add units (Arm's optimization guides)


def inner_loop(assembly):
    """The instructions of the innermost loop with the most multiply-adds: [(mnemonic, operands)]."""
    lines = [line.split("//")[0].strip() for line in assembly.splitlines()]
    place = {line[:-1]: i for i, line in enumerate(lines) if re.match(r"\.?\w+:$", line)}
    best = []
    for end, line in enumerate(lines):
        branch = re.match(r"(?:b|b\.\w+|cbn?z\s+\w+,|tbn?z\s+.*,)\s+(\.L\w+)$", line)
        begin = place.get(branch.group(1), end) if branch else end
        body = [text for text in lines[begin:end + 1] if text and text[0] != "." and not text.endswith(":")]
        inside = any(re.search(r"\b(cb|tb|b\.|b\s)", text) and text != line for text in body)  # another loop or a branch
        body = [tuple(text.split(None, 1)) for text in body]
        count = sum(bool(MULTIPLY.match(op[0])) for op in body)
        if not inside and count > sum(bool(MULTIPLY.match(op[0])) for op in best):
            best = body
    return best


def busy(loop, cpu, directory):
    """Share of the multiply-add units' peak that llvm-mca sees in the loop; None where their number is not known."""
    if cpu not in PIPES:
        return None
    path = os.path.join(directory, "loop.s")
    with open(path, "w") as file:
        file.write("\n".join("\t".join(op) for op in loop if not op[0].startswith("b")) + "\n")
    report = run(["llvm-mca-22", f"-mtriple={TRIPLE}", f"-mcpu={cpu}", "-iterations=200", path])
    cycles = int(re.search(r"Total Cycles:\s+(\d+)", report).group(1)) / 200
    return sum(bool(MULTIPLY.match(op[0])) for op in loop) / PIPES[cpu] / cycles


def main():
    parser = argparse.ArgumentParser(description="Count the instructions in the contraction kernels' inner loops.")
    parser.add_argument("sets", nargs="+", choices=[*SETS, "all"])
    parser.add_argument("--build", default="build", help="build folder with bin/tt-opt")
    parser.add_argument("--cpu", default="neoverse-n1")
    parser.add_argument("--config", help='e.g. \'rows = 8, vectors = 3, order = "nm"\' instead of the chosen one')
    parser.add_argument("--keep", help="folder for the assembly")
    parser.add_argument("--filter", default="", help="only kernels whose name contains this")
    options = parser.parse_args()
    shapes = [s for name in (SETS if "all" in options.sets else options.sets) for s in SETS[name]]
    print(f"{'kernel':40} {'tile':12} {'instr':>6} {'fmla':>5} {'loads':>5} {'stack':>5} {'fmla %':>6} {'per flop':>8} {'mca %':>6}")
    for shape in shapes:
        if options.filter not in shape.name:
            continue
        with tempfile.TemporaryDirectory() as directory:
            ir, config = lower(Kernel(shape, np.random.default_rng(0)), options.build, directory, (TRIPLE, options.cpu, LANES, REGISTERS),
                               options.config)
            assembly = run(["clang-22", f"--target={TRIPLE}", f"-mcpu={options.cpu}", "-O2", "-fno-vectorize", "-fno-slp-vectorize",
                            "-fno-unroll-loops", "-ffp-contract=off", "-Wno-override-module", "-fPIC", "-S", "-o", "-", ir])
            if options.keep:
                with open(os.path.join(options.keep, re.sub(r"\W+", "-", shape.name) + ".s"), "w") as file:
                    file.write(assembly)
            loop = inner_loop(assembly)
            share = busy(loop, options.cpu, directory)
        count = lambda test: sum(bool(test(op)) for op in loop)
        multiplies = count(lambda op: MULTIPLY.match(op[0]))
        loads = count(lambda op: LOAD.match(op[0]))
        stack = count(lambda op: "[sp" in op[-1])
        tile = re.search(r'rows = (\d+), vectors = (\d+).*order = "?(\w+)', config)
        print(f"{shape.name:40} {' x '.join(tile.groups()[:2]) + ' ' + tile.group(3):12} {len(loop):6} {multiplies:5} {loads:5} {stack:5} "
              f"{100 * multiplies / len(loop):6.1f} {len(loop) / (2 * LANES * multiplies):8.3f} "
              f"{'' if share is None else f'{100 * share:6.1f}'}", flush=True)


if __name__ == "__main__":
    main()
