# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""LSTM, GRU and RNN."""
import numpy as np

from .table import generator


@generator('LSTM', 'GRU', 'RNN')
def recurrent(g, op):
    steps, batch, width, hidden = g.size(1, 5), g.size(1, 3), g.size(1, 5), g.size(1, 6)
    direction = g.choose(None, 'forward', 'reverse', 'bidirectional')
    count, gates = 2 if direction == 'bidirectional' else 1, {'LSTM': 4, 'GRU': 3, 'RNN': 1}[op]
    fixed = g.choose(True, True, None)
    weight = lambda *shape: g.pick('float32', shape=shape, low=-0.7, high=0.7, constant=fixed, known=range(len(shape)))
    x = g.pick('float32', shape=(steps, batch, width))
    operands = [x, weight(count, gates * hidden, width), weight(count, gates * hidden, hidden)]
    operands.append(weight(count, 2 * gates * hidden) if g.chance(0.6) else None)
    operands.append(g.fresh(g.array('int32', (batch,), 1, steps)) if g.chance(0.4) else None)
    operands.append(g.pick('float32', shape=(count, batch, hidden)) if g.chance(0.5) else None)
    if op == 'LSTM':
        operands.append(g.pick('float32', shape=(count, batch, hidden)) if operands[-1] and g.chance(0.7) else None)
        operands.append(weight(count, 3 * hidden) if g.chance(0.3) else None)
    while operands[-1] is None:
        operands.pop()
    outputs = {'LSTM': 3, 'GRU': 2, 'RNN': 2}[op]
    functions = None
    if g.chance(0.3):
        names, gate = ['Sigmoid', 'Tanh', 'Relu', 'Softsign', 'HardSigmoid'], ['Sigmoid', 'HardSigmoid']
        # A gate beyond 1 lets the state grow from step to step until nothing of it is exact.
        own = {'LSTM': (gate, names, names), 'GRU': (gate, ['Sigmoid', 'Tanh', 'Softsign']), 'RNN': (names,)}[op]
        functions = [g.rng.choice(choices) for _ in range(count) for choices in own]
    g.add(op, operands, g.rng.randint(1, outputs), accuracy='smooth', hidden_size=hidden, direction=direction, activations=functions,
          clip=g.choose(None, None, 0.5), linear_before_reset=g.choose(None, 0, 1) if op == 'GRU' else None)
