#!/usr/bin/python3
# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes the models of the importer's tests: make_models.py FOLDER CASE...

Each case is a function below; its model goes to FOLDER/CASE.onnx.
"""
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

F, I = TensorProto.FLOAT, TensorProto.INT64
CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def value(name, shape, dtype=F):
    return helper.make_tensor_value_info(name, dtype, shape)


def node(op, inputs, outputs, name='', **attributes):
    return helper.make_node(op, inputs.split(), outputs.split(), name, **attributes)


def constant(name, array):
    return numpy_helper.from_array(np.asarray(array), name)


def make(nodes, inputs, outputs, initializers=(), opset=17, ir=8, functions=(), domains=()):
    graph = helper.make_graph(nodes, 'test', inputs, outputs, initializers)
    imports = [helper.make_opsetid('', opset)] + [helper.make_opsetid(d, 1) for d in domains]
    return helper.make_model(graph, opset_imports=imports, ir_version=ir, functions=list(functions), producer_name='make_models')


def relu(**options):
    return make([node('Relu', 'x', 'y', 'r')], [value('x', [2, 3])], [value('y', [2, 3])], **options)


def big_weights():
    """y = x + w with 4 kB of weights."""
    w = constant('w', np.arange(1024, dtype=np.float32).reshape(32, 32))
    return make([node('Add', 'x w', 'y', 'add')], [value('x', [32, 32])], [value('y', [32, 32])], [w])


# Files that are no models ----------------------------------------------------------------------------------------------

@case
def empty():
    return b''


@case
def text():
    return b'ir_version: 8\ngraph { node { op_type: "Relu" } }\n'


@case
def truncated():
    return big_weights().SerializeToString()[:-3000]


@case
def no_graph():
    model = relu()
    model.ClearField('graph')
    return model


@case
def not_a_model():
    return value('x', [1]).SerializeToString()


@case
def segments():
    model = big_weights()
    model.graph.initializer[0].segment.begin = 0
    return model


# Versions --------------------------------------------------------------------------------------------------------------

@case
def old_ir():
    return relu(ir=2)


@case
def new_ir():
    return relu(ir=99)


@case
def old_opset():
    return relu(opset=0)


@case
def new_opset():
    return relu(opset=99)


@case
def no_opset():
    model = relu()
    model.ClearField('opset_import')
    return model


# Graphs that are wrong -------------------------------------------------------------------------------------------------

@case
def cycle():
    return make([node('Add', 'x c', 'a', 'first'), node('Relu', 'a', 'b', 'second'), node('Neg', 'b', 'c', 'third')],
                [value('x', [2])], [value('c', [2])])


@case
def missing_value():
    return make([node('Add', 'x w', 'y', 'add')], [value('x', [2])], [value('y', [2])])


@case
def missing_output():
    return make([node('Relu', 'x', 'y', 'r')], [value('x', [2])], [value('z', [2])])


@case
def duplicate_output():
    return make([node('Relu', 'x', 'y', 'first'), node('Neg', 'x', 'y', 'second')], [value('x', [2])], [value('y', [2])])


@case
def duplicate_constant():
    return make([node('Constant', '', 'c', 'first', value_ints=[1]), node('Constant', '', 'c', 'second', value_ints=[2]),
                 node('Add', 'x c', 'y', 'add')], [value('x', [1], I)], [value('y', [1], I)])


@case
def no_outputs():
    return make([node('Relu', 'x', 'y', 'r')], [value('x', [2])], [])


@case
def negative_dimension():
    return make([node('Relu', 'x', 'y', 'r')], [value('x', [2, -3])], [value('y', [2, 3])])


@case
def negative_weights():
    model = big_weights()
    model.graph.initializer[0].dims[0] = -32
    return model


@case
def huge_weights():
    model = big_weights()
    model.graph.initializer[0].dims[:] = [1 << 40, 1 << 40]
    return model


@case
def raw_length():
    model = big_weights()
    model.graph.initializer[0].raw_data = model.graph.initializer[0].raw_data[:-4]
    return model


@case
def small_raw_length():
    model = make([node('Add', 'x w', 'y', 'add')], [value('x', [2])], [value('y', [2])], [constant('w', np.float32([1, 2]))])
    model.graph.initializer[0].raw_data = b'1234567'
    return model


@case
def float_count():
    w = helper.make_tensor('w', F, [2], [1, 2])
    w.float_data.append(3)
    return make([node('Add', 'x w', 'y', 'add')], [value('x', [2])], [value('y', [2])], [w])


@case
def no_shape():
    model = relu()
    model.graph.input[0].type.tensor_type.ClearField('shape')
    return model


@case
def string_input():
    return make([node('Identity', 'x', 'y', 'i')], [value('x', [2], TensorProto.STRING)], [value('y', [2], TensorProto.STRING)])


@case
def float8_input():
    return make([node('Cast', 'x', 'y', 'i', to=F)], [value('x', [2], 17)], [value('y', [2])])


@case
def sequence_input():
    x = helper.make_tensor_sequence_value_info('x', F, [2])
    return make([node('SequenceLength', 'x', 'y', 's')], [x], [value('y', [], I)])


@case
def sparse_initializer():
    model = relu()
    sparse = model.graph.sparse_initializer.add()
    sparse.values.name = 'w'
    return model


# External data ---------------------------------------------------------------------------------------------------------

def external(location, **entries):
    model = big_weights()
    tensor = model.graph.initializer[0]
    tensor.ClearField('raw_data')
    tensor.data_location = TensorProto.EXTERNAL
    for key, text in {'location': location, **entries}.items():
        entry = tensor.external_data.add()
        entry.key, entry.value = key, str(text)
    return model


@case
def external_good(folder):
    # The data starts at an odd offset: it is used where it lies, whatever its alignment.
    with open(os.path.join(folder, 'weights.bin'), 'wb') as f:
        f.write(b'?' * 3 + np.arange(1024, dtype=np.float32).tobytes())
    return external('weights.bin', offset=3, length=4096)


@case
def quantize_four_bits():
    # The zero point of 4 bits is the value of a node: it is widened to 8, but must not quantize to 8.
    zero = TensorProto(data_type=22, dims=[1], raw_data=b'\0')
    nodes = [node('Constant', '', 'z', 'zero', value=zero), node('QuantizeLinear', 'x x z', 'y', 'q')]
    return make(nodes, [value('x', [1])], [value('y', [1], TensorProto.INT8)], opset=21)


@case
def external_missing():
    return external('nowhere.bin')


@case
def external_absolute():
    return external('/etc/passwd')


@case
def external_escape():
    return external('sub/../../weights.bin')


@case
def external_link(folder):
    link = os.path.join(folder, 'link.bin')
    if not os.path.islink(link):
        os.symlink('/etc/passwd', link)
    return external('link.bin')


@case
def external_short(folder):
    with open(os.path.join(folder, 'short.bin'), 'wb') as f:
        f.write(b'1234')
    return external('short.bin')


@case
def external_length(folder):
    with open(os.path.join(folder, 'short.bin'), 'wb') as f:
        f.write(b'1234')
    return external('short.bin', length=4)


@case
def external_offset():
    return external('weights.bin', offset='12x')


@case
def external_nothing():
    model = external('x')
    model.graph.initializer[0].ClearField('external_data')
    return model


# Nodes that are wrong or not supported ---------------------------------------------------------------------------------

@case
def unknown_operator():
    return make([node('Frobnicate', 'x', 'y', 'f')], [value('x', [2])], [value('y', [2])])


@case
def attribute_type():
    conv = node('Conv', 'x w', 'y', 'conv', strides='two')
    return make([conv], [value('x', [1, 1, 4, 4]), value('w', [1, 1, 3, 3])], [value('y', [1, 1, 2, 2])])


@case
def bad_shapes():
    return make([node('MatMul', 'x w', 'y', 'product')], [value('x', [2, 3]), value('w', [4, 5])], [value('y', [2, 5])])


@case
def many_problems():
    """Every node has a problem of its own; all are reported at once."""
    return make([
        node('If', 'c', 'a', 'enc/if'),
        node('LSTM', 'x w r', 'b', 'enc/lstm', hidden_size=4, direction='sideways'),
        node('Resize', 'x  s', 'd', 'up', mode='linear', coordinate_transformation_mode='tf_half_pixel_for_nn'),
        node('Pad', 'x p', 'e', 'pad', mode='mirror'),
        node('SequenceLength', 'x', 'f', ''),
        node('RandomNormal', '', 'g', 'noise', shape=[2]),
        node('MurmurHash3', 'x', 'h', 'hash', domain='com.microsoft'),
        node('Relu', 'x', 'i', 'fine'),
    ], [value('x', [1, 2, 3, 4]), value('c', [], TensorProto.BOOL), value('w', [1, 16, 3]), value('r', [1, 16, 4]),
        value('s', [4]), value('p', [8], I)], [value(n, []) for n in 'abdefghi'], domains=['com.microsoft'])


@case
def import_problems():
    """Problems that show while ops are made: the nodes behind a bad one are left out, the others are still looked at."""
    return make([node('MatMul', 'x x', 'a', 'first'), node('Relu', 'a', 'b', 'behind'),
                 node('Transpose', 'x', 'c', 'second', perm=[0, 0])], [value('x', [2, 3])],
                [value('b', [2, 3]), value('c', [2, 3])])


@case
def recursive_function():
    f = helper.make_function('local', 'F', ['x'], ['y'], [node('F', 'x', 'y', 'again', domain='local')],
                             [helper.make_opsetid('local', 1)])
    return make([node('F', 'x', 'y', 'call', domain='local')], [value('x', [2])], [value('y', [2])], functions=[f],
                domains=['local'])


# Good models -----------------------------------------------------------------------------------------------------------

@case
def names():
    """Named and unnamed dimensions, names of nodes and values."""
    return make([node('Relu', 'x', 'hidden', 'layer/relu'), node('Add', 'hidden w', 'y')],
                [value('x', ['batch', None, 3])], [value('y', ['batch', 'seq', 3])], [constant('w', np.float32([1, 2, 3]))])


@case
def unsorted():
    return make([node('Relu', 'a', 'y', 'last'), node('Neg', 'x', 'a', 'first'), node('Frobnicate', 'x', 'z', 'unused')],
                [value('x', [2])], [value('y', [2])])


@case
def weights():
    return big_weights()


@case
def initializer_input():
    """Up to IR version 3 every initializer is an input too."""
    model = big_weights()
    model.ir_version = 3
    model.graph.input.append(value('w', [32, 32]))
    return model


@case
def typed_data():
    """One initializer per field that holds numbers; c is float_data that is long enough to stay in the file."""
    half = TensorProto(name='h', data_type=TensorProto.FLOAT16, dims=[2], int32_data=[0x3C00, 0xC000])
    tensors = [helper.make_tensor('b', TensorProto.BOOL, [2], [True, False]), half,
               helper.make_tensor('i', TensorProto.INT32, [2], [1, -2]), helper.make_tensor('l', I, [2], [3, -4]),
               helper.make_tensor('u', TensorProto.UINT8, [2], [5, 255]), helper.make_tensor('d', TensorProto.DOUBLE, [2], [0.5, -1]),
               helper.make_tensor('q', TensorProto.UINT64, [2], [7, 8]), helper.make_tensor('c', F, [200], np.arange(200)),
               TensorProto(name='z', data_type=F, dims=[0])]
    return make([], [], [value(t.name, list(t.dims), t.data_type) for t in tensors], tensors)


@case
def local_function():
    """F(x) = relu(alpha * x) with alpha an attribute of the call; called twice."""
    body = [node('Constant', '', 'a', 'alpha'), node('Mul', 'x a', 'm', 'times'), node('Relu', 'm', 'y', 'relu')]
    reference = body[0].attribute.add()
    reference.name, reference.ref_attr_name, reference.type = 'value_float', 'alpha', onnx.AttributeProto.FLOAT
    f = helper.make_function('local', 'F', ['x'], ['y'], body, [helper.make_opsetid('', 17)], attributes=['alpha'])
    return make([node('F', 'x', 'a', 'one', domain='local', alpha=2.0), node('F', 'a', 'y', 'two', domain='local', alpha=3.0)],
                [value('x', [2])], [value('y', [2])], functions=[f], domains=['local'])


@case
def schema_function():
    """SoftmaxCrossEntropyLoss has no handler: ONNX defines it by other operators, depending on its inputs."""
    return make([node('SoftmaxCrossEntropyLoss', 'x labels', 'y', 'loss')], [value('x', [3, 5]), value('labels', [3], I)],
                [value('y', [])])


def branches(condition, **options):
    """y = x + w in one branch, -x in the other; both use x and w from outside."""
    then = helper.make_graph([node('Add', 'hidden v', 'sum', 'add')], 'then', [], [value('sum', [2])], [constant('v', np.float32([1, 2]))])
    other = helper.make_graph([node('Neg', 'hidden', 'minus', 'neg')], 'else', [], [value('minus', [2])])
    return make([node('Relu', 'x', 'hidden', 'relu'), node('If', condition, 'y', 'choice', then_branch=then, else_branch=other)],
                [value('x', [2]), value('c', [], TensorProto.BOOL)], [value('y', [2])], **options)


@case
def if_true():
    return branches('t', initializers=[constant('t', np.bool_(True))])


@case
def if_computed():
    """The condition follows from shapes: is dimension 0 of x 1?"""
    model = branches('t', initializers=[constant('one', np.int64(1)), constant('zero', np.int64(0))])
    for n in (node('Equal', 'size one', 't', 'test'), node('Gather', 'shape zero', 'size', 'size'), node('Shape', 'x', 'shape', 'shape')):
        model.graph.node.insert(0, n)
    return model


@case
def if_runtime():
    return branches('c')


def main():
    folder, names_ = sys.argv[1], sys.argv[2:]
    os.makedirs(folder, exist_ok=True)
    for name in names_:
        build = CASES[name]
        model = build(folder) if build.__code__.co_argcount else build()
        with open(os.path.join(folder, name + '.onnx'), 'wb') as f:
            f.write(model if isinstance(model, bytes) else model.SerializeToString())


if __name__ == '__main__':
    main()
