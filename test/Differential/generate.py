# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random graphs: random_case(seed) is always the same for one seed."""
import random

import numpy as np

from generators import GENERATORS
from graph import Case, Graph, Reject

OPSETS = 20  # 7 to 26


def weights(names):
    """Operators of few opsets more often in these, so that all come equally often."""
    return [OPSETS / (min(GENERATORS[n][2], 26) - max(GENERATORS[n][1], 7) + 1) for n in names]


def random_case(seed, only=None):
    g = Graph(seed)
    usable = sorted(n for n, (_, since, until) in GENERATORS.items() if since <= g.opset <= until and (not only or n in only))
    if not usable:
        return None
    wanted = g.rng.randint(1, 12)
    for _ in range(8 * wanted):
        op = g.rng.choices(usable, weights(usable))[0]
        mark = g.mark()
        try:
            GENERATORS[op][0](g, op)
        except Reject:
            g.rollback(mark)
        if len(g.nodes) >= wanted:
            break
    return finish(g) if g.nodes else None


def finish(g):
    """The case of a graph: results that nobody reads are outputs, now and then others too."""
    read = {n for node in g.nodes for n in node.inputs}
    made = [n for node in g.nodes for n in node.outputs if n]
    outputs = [n for n in made if n not in read or g.chance(0.15)]
    values = {v.name: v for v in g.values}
    used = [n for n in values if n in read]
    cpu = g.choose('native', 'native', 'x86-64', 'x86-64-v3')
    return Case(g.opset, g.nodes, {n: v.array for n, v in values.items()}, {n: v.error for n, v in values.items()},
                [n for n in used if values[n].source == 'input'], [n for n in used if values[n].source == 'constant'], outputs,
                {n: d for n, d in g.dims.items()}, cpu, g.choose(1, 1, 2))
