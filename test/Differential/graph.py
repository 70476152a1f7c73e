# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A graph that grows node by node, with the reference value of everything in it.

Each value carries a bound of its error: 0 (None) where the result must be exact, else an array. Bounds come from perturbing operands by theirs
and evaluating the reference again, plus the rounding of the operator itself; a node whose bound gets large against its values, or whose result
is not continuous where its operands are not exact (Floor of a computed value), is rejected and another one is tried.
"""
import random

import numpy as np
import onnx
from onnx import TensorProto, helper, mapping, numpy_helper

import reference

EPSILON = {'float16': 2.0 ** -11, 'float32': 2.0 ** -24, 'float64': 2.0 ** -53}
MAX_ELEMENTS = 4096
NEWEST_SCHEMA = onnx.defs.onnx_opset_version()
# How often a type is taken where several are allowed.
TYPE_WEIGHTS = {'float32': 12, 'int64': 4, 'int32': 3, 'float64': 2, 'float16': 2, 'bool': 2, 'uint8': 2, 'int8': 2, 'int16': 1, 'uint16': 1,
                'uint32': 1, 'uint64': 1}
INTEGERS = [name for name in TYPE_WEIGHTS if 'int' in name]


class Reject(Exception):
    """This node cannot be made here; the reason."""


class Value:
    def __init__(self, name, array, source, error=None):
        self.name, self.array, self.source, self.error = name, array, source, error

    @property
    def dtype(self):
        return self.array.dtype.name

    @property
    def shape(self):
        return self.array.shape


class Node:
    def __init__(self, op, inputs, outputs, attributes):
        self.op, self.inputs, self.outputs, self.attributes = op, inputs, outputs, attributes


def onnx_type(dtype):
    return mapping.NP_TYPE_TO_TENSOR_TYPE[np.dtype(dtype)]


class Graph:
    def __init__(self, seed, opset=None):
        self.rng, self.np = random.Random(seed), np.random.default_rng(seed)
        self.seed, self.opset = seed, opset or self.rng.randint(7, 26)
        self.values, self.nodes, self.dims = [], [], {}
        self.static = self.rng.random() < 0.4  # all sizes of inputs are known when the model is compiled

    # Chance --------------------------------------------------------------------------------------------------------------

    def chance(self, probability):
        return self.rng.random() < probability

    def choose(self, *choices):
        return self.rng.choice(choices)

    def dtype(self, op, index=0, only=None, without=()):
        """An element type that operand `index` of `op` may have at this opset, or one of `only`."""
        allowed = set(only or self.types(op, index)) & set(TYPE_WEIGHTS) - set(without)
        if not allowed:
            raise Reject('no type')
        names = sorted(allowed)
        return self.rng.choices(names, [TYPE_WEIGHTS[n] for n in names])[0]

    def types(self, op, index=0):
        if not onnx.defs.has(op):  # newer than Debian's ONNX
            return set(INTEGERS) if op.startswith('Bitwise') else {'float32', 'float64', 'float16'}
        schema = onnx.defs.get_schema(op, min(self.opset, NEWEST_SCHEMA))
        formal = schema.inputs[min(index, len(schema.inputs) - 1)]
        names = {'float': 'float32', 'double': 'float64'}
        return {names.get(t[7:-1], t[7:-1]) for t in formal.types if t.startswith('tensor(')}

    def size(self, low=0, high=6):
        """A size; now and then 0 (where `low` is) or 1, or one that vectors of the machine do not divide."""
        if low == 0 and self.chance(0.03):
            return 0
        if self.chance(0.12):
            return max(low, 1)
        if self.chance(0.05):
            return self.choose(17, 33)
        return self.rng.randint(max(low, 1), high)

    def shape(self, rank=None, low_rank=0, high_rank=4, low=0, high=6):
        rank = self.rng.randint(low_rank, high_rank) if rank is None else rank
        while True:
            shape = tuple(self.size(low, high) for _ in range(rank))
            if np.prod(shape) <= MAX_ELEMENTS:
                return shape

    def array(self, dtype, shape, low=None, high=None):
        """Random elements; floats in [-2, 2), small integers, now and then halves, zeros or large values."""
        dtype = np.dtype(dtype)
        if dtype == bool:
            return np.asarray(self.np.random(shape) < 0.5)
        if dtype.kind == 'f':
            low, high = (-2.0, 2.0) if low is None else (low, high)
            x = self.np.uniform(low, high, shape)
            if self.chance(0.15):
                x = np.clip(np.rint(x * 2) / 2, low, high)
            return np.asarray(x).astype(dtype)
        if low is None:
            limits = np.iinfo(dtype)
            low, high = (limits.min, limits.max) if self.chance(0.1) else (-9, 9)
        low, high = max(int(low), np.iinfo(dtype).min), min(int(high), np.iinfo(dtype).max)
        return np.asarray(self.np.integers(low, high, shape, dtype=dtype, endpoint=True))

    # Values --------------------------------------------------------------------------------------------------------------

    def add_value(self, array, source, error=None):
        value = Value(f'v{len(self.values)}', np.asarray(array), source, error)
        self.values.append(value)
        return value

    def fresh(self, array, constant=None):
        """A new value: an input of the graph, sometimes a constant."""
        if constant is None:
            constant = self.chance(0.25)
        value = self.add_value(array, 'constant' if constant else 'input')
        if not constant:
            self.dims[value.name] = self.input_dims(value.shape)
        return value

    def input_dims(self, shape):
        """Sizes of an input as the model declares them. A size of 1 is always stated: tt repeats only what the model says to be 1."""
        dims = []
        for i, size in enumerate(shape):
            if self.static or size == 1 or self.chance(0.4):
                dims.append(size)
            elif self.chance(0.5):
                dims.append(f'n{size}')  # equal sizes share their name
            else:
                dims.append(f'd{len(self.values)}_{i}')
        return dims

    def constant(self, array):
        return self.fresh(np.asarray(array), constant=True)

    def integers(self, *values, dtype=np.int64):
        return self.constant(np.array(values, dtype))

    def pick(self, dtypes, rank=None, shape=None, low_rank=0, high_rank=4, low=None, high=None, exact=False, where=None, reuse=0.6, size=0, constant=None,
             known=()):
        """A value of one of `dtypes` with `rank` or `shape` or a rank in a range, one of the graph's or a new one. `low` and `high` bound its
        elements; `exact` ones have no error; `where` is asked of the array; `size` is the least size of a dimension. The model states
        the sizes at the axes `known`."""
        dtypes = [dtypes] if isinstance(dtypes, str) else list(dtypes)

        def fits(value):
            x = value.array
            if value.dtype not in dtypes or (exact and value.error is not None) or (known and value.source == 'node'):
                return False
            if shape is not None and x.shape != tuple(shape):
                return False
            if rank is not None and x.ndim != rank or not low_rank <= x.ndim <= high_rank and rank is None and shape is None:
                return False
            if any(n < size for n in x.shape) or low is not None and x.size and not (np.min(x) >= low and np.max(x) <= high):
                return False
            return where is None or where(x)
        if self.chance(reuse) and constant is None:
            found = [value for value in self.values if fits(value)]
            if found:
                return self.state(self.rng.choice(found[-6:]), known)  # late ones: chains rather than stars
        for _ in range(20):
            made = self.array(self.dtype(None, only=dtypes), self.shape(rank, low_rank, high_rank, size) if shape is None else shape, low, high)
            if where is None or where(made):
                return self.state(self.fresh(made, constant), known)
        raise Reject('no value')

    def state(self, value, axes):
        for i in axes if value.source == 'input' else ():
            self.dims[value.name][i] = value.shape[i]
        return value

    def sizes(self, numbers, runtime=True):
        """An int64 vector of sizes: a constant, an input, or computed from the shapes of values as exporters do."""
        numbers = [int(n) for n in numbers]
        kind = self.rng.random()
        if not runtime or self.static or kind < 0.6 or not numbers:
            return self.integers(*numbers)
        if kind < 0.75:
            value = self.add_value(np.array(numbers, np.int64), 'input')
            self.dims[value.name] = [len(numbers)]
            return value
        parts = []
        for n in numbers:
            places = [(v, i) for v in self.values for i, s in enumerate(v.shape) if s == n and v.source != 'constant']
            if not places:
                parts.append(self.integers(n))
                continue
            value, i = self.rng.choice(places)
            whole, = self.add('Shape', [value])
            index = self.integers(i) if self.chance(0.5) else self.constant(np.array(i, np.int64))
            part, = self.add('Gather', [whole, index], axis=0)
            if not part.shape:
                part, = self.add('Unsqueeze', [part], axes=[0]) if self.opset < 13 else self.add('Unsqueeze', [part, self.integers(0)])
            parts.append(part)
        if len(parts) == 1 and self.chance(0.5):
            return parts[0]
        return self.add('Concat', parts, axis=0)[0]

    # Nodes ---------------------------------------------------------------------------------------------------------------

    def add(self, op, inputs, count=1, accuracy='exact', **attributes):
        """Adds a node and returns its `count` results. `accuracy` says how its results round: 'exact' (nothing is computed), 'discrete' (exact
        operands only), 'arithmetic' (correctly rounded), 'smooth' (polynomials, norms), 'interpolation' (the same, weighted sums of the first operand),
        'sum' (many terms in any order), 'sum_signed' (the same with weights of both signs)."""
        attributes = {k: v for k, v in attributes.items() if v is not None and not (isinstance(v, list) and not v)}
        arrays = [None if v is None else v.array for v in inputs]
        if accuracy == 'discrete' and any(v is not None and v.error is not None for v in inputs):
            raise Reject('operands are not exact')
        results = reference.evaluate(op, arrays, attributes, self.opset, count)
        if any(r is not None and r.size > MAX_ELEMENTS for r in results):
            raise Reject('too large')
        errors = [self.bound(op, inputs, attributes, accuracy, results, k) for k in range(len(results))]
        values = [None if r is None else self.add_value(r, 'node', e) for r, e in zip(results, errors)]
        self.nodes.append(Node(op, [v.name if v else '' for v in inputs], [v.name if v else '' for v in values], attributes))
        return values

    def bound(self, op, inputs, attributes, accuracy, results, k):
        y = results[k]
        if y is None or y.dtype.kind != 'f' or (accuracy in ('exact', 'discrete') and not any(v is not None and v.error is not None for v in inputs)):
            if y is not None and y.dtype.kind != 'f' and any(v is not None and v.error is not None for v in inputs) and op not in ('Shape', 'Size'):
                raise Reject('operands are not exact')
            return None
        epsilon = max([EPSILON[y.dtype.name]] + [EPSILON[v.dtype] for v in inputs if v is not None and v.dtype in EPSILON])
        exact64 = y.astype(np.float64)
        finite = np.isfinite(exact64)
        if not finite.all() and accuracy in ('sum', 'sum_signed'):
            raise Reject('not finite')
        error = np.zeros(y.shape)
        for _ in range(3):
            moved, by_name = [], {}  # a value that is two operands is wrong in the same way in both
            for v in inputs:
                if v is None or v.array.dtype.kind != 'f':
                    moved.append(None if v is None else v.array)
                    continue
                if v.name in by_name:
                    moved.append(by_name[v.name])
                    continue
                x = v.array.astype(np.float64)
                width = np.zeros(x.shape) if v.error is None else v.error
                if accuracy in ('smooth', 'interpolation'):
                    width = width + 2 * EPSILON[v.dtype] * np.abs(np.where(np.isfinite(x), x, 0))
                by_name[v.name] = x + width * self.np.choice([-1.0, 1.0], x.shape)
                moved.append(by_name[v.name])
            other = reference.evaluate(op, moved, attributes, self.opset, len(results))[k].astype(np.float64)
            if other.shape != y.shape or not np.array_equal(np.isfinite(other), finite):
                raise Reject('not continuous')
            with np.errstate(invalid='ignore'):
                error = np.maximum(error, 3 * np.abs(np.where(finite, other - exact64, 0)))
        size = np.abs(np.where(finite, exact64, 0))
        largest = size.max(initial=0)
        if accuracy == 'arithmetic' or accuracy in ('exact', 'discrete'):
            error = error + 2 * epsilon * size
        elif accuracy == 'interpolation':
            x = inputs[0].array.astype(np.float64)
            error = error + 64 * epsilon * np.abs(np.where(np.isfinite(x), x, 0)).max(initial=0)
        elif accuracy == 'smooth':
            error = error + 16 * epsilon * size + 16 * epsilon * min(max(largest, 1e-3), 1)
        else:
            absolute = [None if v is None else np.abs(v.array) if v.array.dtype.kind == 'f' else v.array for v in inputs]
            total = reference.evaluate(op, absolute, attributes, self.opset, len(results))[k].astype(np.float64)
            total = np.full(y.shape, np.abs(total).max(initial=0)) if accuracy == 'sum_signed' else np.abs(total)
            error = error + (8 if y.dtype == np.float16 else 64) * epsilon * np.maximum(total, 1e-6)
        limit = 2e-2 if epsilon > 1e-4 else 2e-3
        if error.max(initial=0) > limit * largest + 1e-30 and error.max(initial=0) > 64 * epsilon:
            raise Reject('error grows')
        if y.dtype == np.float16 and largest > 3e4 or largest > 1e30:
            raise Reject('close to overflow')
        return error

    def rollback(self, mark):
        """Forgets what was added since (values, nodes) had these lengths."""
        values, nodes = mark
        for value in self.values[values:]:
            self.dims.pop(value.name, None)
        del self.values[values:]
        del self.nodes[nodes:]

    def mark(self):
        return len(self.values), len(self.nodes)


# Models ------------------------------------------------------------------------------------------------------------------


class Case:
    """A graph as a test: what is needed to build its model, and reference values of everything."""

    def __init__(self, opset, nodes, arrays, errors, inputs, constants, outputs, dims, cpu='native', threads=1):
        self.opset, self.nodes, self.arrays, self.errors = opset, nodes, arrays, errors
        self.inputs, self.constants, self.outputs, self.dims, self.cpu, self.threads = inputs, constants, outputs, dims, cpu, threads

    def model(self):
        """The ModelProto. Constants are initializers, small ones every second time Constant nodes."""
        nodes, initializers = [], []
        for i, name in enumerate(self.constants):
            tensor = numpy_helper.from_array(self.arrays[name], name)
            if i % 2 and self.arrays[name].size < 64:
                nodes.append(helper.make_node('Constant', [], [name], value=tensor))
            else:
                initializers.append(tensor)
        for i, node in enumerate(self.nodes):
            attributes = {}
            for key, value in node.attributes.items():
                if key == 'to_dtype':
                    key, value = ('dtype' if node.op == 'EyeLike' else 'to'), onnx_type(value)
                elif isinstance(value, np.ndarray):
                    value = numpy_helper.from_array(value)
                attributes[key] = value
            nodes.append(helper.make_node(node.op, node.inputs, node.outputs, f'{node.op}_{i}', **attributes))
        info = lambda name, dims: helper.make_tensor_value_info(name, onnx_type(self.arrays[name].dtype), dims)
        graph = helper.make_graph(nodes, 'differential', [info(name, self.dims[name]) for name in self.inputs],
                                  [info(name, [None] * self.arrays[name].ndim) for name in self.outputs], initializers)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid('', self.opset)], ir_version=8)

    def text(self):
        """For people: one line per input, constant and node."""
        shown = lambda n: f'{self.arrays[n].dtype}{list(self.dims.get(n, self.arrays[n].shape))}'
        lines = [f'opset {self.opset}, cpu {self.cpu}, threads {self.threads}']
        lines += [f'input {n}: {shown(n)}, run with {list(self.arrays[n].shape)}' for n in self.inputs]
        lines += [f'constant {n}: {shown(n)}' + (f' = {self.arrays[n].tolist()}' if self.arrays[n].size <= 8 else '') for n in self.constants]
        for node in self.nodes:
            attributes = ''.join(f', {k}={v}' for k, v in node.attributes.items())
            results = ', '.join(f'{n}: {shown(n)}' if n else '_' for n in node.outputs)
            lines.append(f"{results} = {node.op}({', '.join(n or '_' for n in node.inputs)}{attributes})")
        return '\n'.join(lines + [f"outputs {', '.join(self.outputs)}"]) + '\n'


def compare(case, name, got):
    """Why `got` is not the reference value of `name`; None where it is."""
    want, error = case.arrays[name], case.errors.get(name)
    if got.dtype != want.dtype:
        return f"output '{name}' has type {got.dtype}, expected {want.dtype}"
    if got.shape != want.shape:
        return f"output '{name}' has shape {list(got.shape)}, expected {list(want.shape)}"
    if want.dtype.kind != 'f':
        bad = got != want
    else:
        g, w = got.astype(np.float64), want.astype(np.float64)
        with np.errstate(invalid='ignore'):
            allowed = 4 * (0 if error is None else error) + 1e-38
            bad = ~((g == w) | (np.isnan(g) & np.isnan(w)) | (np.abs(g - w) <= allowed))
    if not bad.any():
        return None
    place = tuple(int(i) for i in np.argwhere(bad)[0])
    bound = '' if error is None else f' (allowed: {4 * error[place]:.3g})'
    return f"output '{name}' differs at {bad.sum()} of {bad.size} elements, first at {list(place)}: got {got[place]!r}, expected {want[place]!r}{bound}"
