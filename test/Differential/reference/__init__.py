# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""NumPy implementations of ONNX operators, written from the specification; one file per family.

An implementation is a function of a Call. It gets its float operands as f64 (f16 and f32 operands are widened, which is exact) and returns
arrays of any float type; evaluate() rounds them to the element type of the result. Integers keep their type.
"""
from . import dynamic, elementwise, image, indexing, linear, movement, normalization, quantization, recurrent, reduction
from .call import Call, OPERATORS


def evaluate(op, inputs, attributes, opset, num_outputs=1):
    """The results of one node: arrays (0-d ones too), None for an output that was not asked for."""
    call = Call(op, inputs, attributes, opset, num_outputs)
    with np_errors_ignored():
        results = OPERATORS[op](call)
    if not isinstance(results, tuple):
        results = (results,)
    return [call.finish(result) for result in results[:num_outputs]]


def np_errors_ignored():
    import numpy as np
    return np.errstate(all='ignore')
