# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""LSTM, GRU and RNN, step by step."""
import numpy as np

from .call import operator
from .elementwise import sigmoid, softplus

FUNCTIONS = {'Sigmoid': sigmoid, 'Tanh': np.tanh, 'Relu': lambda x: np.maximum(x, 0), 'HardSigmoid': lambda x: np.clip(0.2 * x + 0.5, 0, 1),
             'Softsign': lambda x: x / (1 + np.abs(x)), 'Softplus': softplus}
DEFAULTS = {'LSTM': ['Sigmoid', 'Tanh', 'Tanh'], 'GRU': ['Sigmoid', 'Tanh'], 'RNN': ['Tanh']}


def one_direction(call, x, direction, backward):
    """Rows T,B,H and the last states of one direction."""
    kind, hidden = call.op, call.attribute('hidden_size')
    take = lambda i: None if call[i] is None else call[i][direction]
    w, r, b = call[1][direction], call[2][direction], take(3)
    steps, batch, _ = x.shape
    lengths = np.full(batch, steps) if call[4] is None else call[4]
    h = np.zeros((batch, hidden)) if call[5] is None else take(5)
    c = np.zeros((batch, hidden)) if kind != 'LSTM' or call[6] is None else take(6)
    p = np.zeros((3, hidden)) if kind != 'LSTM' or call[7] is None else take(7).reshape(3, hidden)
    names, count = call.attribute('activations'), len(DEFAULTS[kind])
    f = [FUNCTIONS[name] for name in (names[direction * count:(direction + 1) * count] if names else DEFAULTS[kind])]
    limit = call.attribute('clip')
    bound = (lambda v: np.clip(v, -limit, limit)) if limit else (lambda v: v)
    gates = w.shape[0] // hidden
    wb, rb = (np.zeros(gates * hidden),) * 2 if b is None else np.split(b, 2)
    rows = np.zeros((steps, batch, hidden))
    for t in range(steps):
        # A sequence that is read backwards starts at its own end.
        at = np.where(t < lengths, lengths - 1 - t if backward else t, 0)
        u = x[at, np.arange(batch)] @ w.T + wb
        s = h @ r.T + rb
        part = lambda v, k: v[:, k * hidden:(k + 1) * hidden]
        new_c = c
        if kind == 'RNN':
            new_h = f[0](bound(u + s))
        elif kind == 'GRU':
            z, gate = f[0](bound(part(u, 0) + part(s, 0))), f[0](bound(part(u, 1) + part(s, 1)))
            if call.attribute('linear_before_reset', 0):
                inner = gate * part(s, 2)
            else:
                inner = (gate * h) @ r[2 * hidden:].T + rb[2 * hidden:]
            new_h = (1 - z) * f[1](bound(part(u, 2) + inner)) + z * h
        else:
            g = u + s
            i = f[0](bound(part(g, 0) + p[0] * c))
            forget = f[0](bound(part(g, 2) + p[2] * c))
            new_c = forget * c + i * f[1](bound(part(g, 3)))
            o = f[0](bound(part(g, 1) + p[1] * new_c))
            new_h = o * f[2](new_c)
        active = (t < lengths)[:, None]
        h, c = np.where(active, new_h, h), np.where(active, new_c, c)
        for n in range(batch):
            if t < lengths[n]:
                rows[at[n], n] = h[n]
    return rows, h, c


@operator('LSTM', 'GRU', 'RNN')
def recurrent(call):
    x, direction = call[0], call.attribute('direction', 'forward')
    made = [one_direction(call, x, d, backward) for d, backward in
            enumerate({'forward': [False], 'reverse': [True], 'bidirectional': [False, True]}[direction])]
    rows, h, c = (np.stack([m[k] for m in made], 1 if k == 0 else 0) for k in range(3))
    return (rows, h, c) if call.op == 'LSTM' else (rows, h)
