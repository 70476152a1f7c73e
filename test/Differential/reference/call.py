# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What an implementation sees of a node, and the table of implementations."""
import numpy as np

OPERATORS = {}


def operator(*names):
    """Enters a function into the table under the names of the operators it implements."""
    def enter(function):
        for name in names:
            OPERATORS[name] = function
        return function
    return enter


class Call:
    """One node: its name, operands (floats in f64, None for a missing one), attributes and the opset of the default domain."""

    def __init__(self, op, inputs, attributes, opset, num_outputs):
        self.op, self.opset, self.attributes, self.num_outputs = op, opset, attributes, num_outputs
        self.types = [None if x is None else x.dtype for x in inputs]
        self.inputs = [None if x is None else x.astype(np.float64) if x.dtype.kind == 'f' else x for x in inputs]
        first = next((t for t in self.types if t is not None), None)
        self.type = first  # what float results are rounded to, unless the implementation says otherwise

    def __getitem__(self, index):
        return self.inputs[index] if index < len(self.inputs) else None

    def attribute(self, name, default=None):
        return self.attributes.get(name, default)

    def ints(self, index):
        """An integer operand as a list."""
        return None if self[index] is None else [int(v) for v in np.asarray(self[index]).reshape(-1)]

    def finish(self, result):
        if result is None:
            return None
        result = np.asarray(result)
        if result.dtype.kind == 'f':
            result = result.astype(self.type if self.type.kind == 'f' else np.float32)
        return np.array(result, order='C', copy=True)
