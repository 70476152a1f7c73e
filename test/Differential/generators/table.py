# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The table of generators."""
GENERATORS = {}  # operator -> (function of (graph, operator) that adds nodes, first opset, last opset)


def generator(*names, since=7, until=26):
    def enter(function):
        for name in names:
            GENERATORS[name] = function, since, until
        return function
    return enter


def axis(g, rank):
    """An axis of a tensor of this rank, counted from the front or the back."""
    return g.rng.randrange(-rank, rank)
