# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reads modules of tt's graph ops in MLIR's generic form: one function with one block."""
import re
import struct
from dataclasses import dataclass, field

import numpy as np

DTYPES = {'f64': np.float64, 'f32': np.float32, 'f16': np.float16, 'i1': np.bool_, 'i8': np.int8, 'i16': np.int16,
          'i32': np.int32, 'i64': np.int64, 'ui8': np.uint8, 'ui16': np.uint16, 'ui32': np.uint32, 'ui64': np.uint64}


@dataclass
class TensorType:
    shape: tuple  # None for a dynamic size
    element: str

    @property
    def dtype(self):
        if self.element not in DTYPES:
            raise NotImplementedError(f'element type {self.element}')
        return np.dtype(DTYPES[self.element])


@dataclass
class Elements:
    """A dense or dense_resource attribute, not decoded yet."""
    text: str
    type: TensorType
    is_resource: bool

    def array(self, resources):
        dtype = self.type.dtype
        if self.is_resource:
            data = bytes.fromhex(resources[self.text.strip('"')])[4:]  # behind the alignment
            return np.frombuffer(data, dtype).reshape(self.type.shape)
        text = self.text.strip()
        if not text:
            return np.zeros(self.type.shape, dtype)
        if text.startswith('"0x'):
            data = np.frombuffer(bytes.fromhex(text[3:-1]), dtype)
            return np.broadcast_to(data, self.type.shape) if data.size == 1 else data.reshape(self.type.shape)
        values = [self._number(word, dtype) for word in re.findall(r'[^\s,\[\]]+', text)]
        if len(values) == 1:
            return np.full(self.type.shape, values[0], dtype)
        return np.array(values, dtype).reshape(self.type.shape)

    @staticmethod
    def _number(word, dtype):
        if word in ('true', 'false'):
            return word == 'true'
        if dtype.kind != 'f':
            return int(word)
        if word.startswith('0x'):  # the bits
            return np.frombuffer(int(word, 16).to_bytes(dtype.itemsize, 'little'), dtype)[0]
        return float(word)


@dataclass
class Op:
    name: str
    results: list
    operands: list
    attributes: dict
    operand_types: list
    result_types: list

    def segment(self, index, operands):
        """Operand group `index` of an op with segment sizes: its only operand, or None."""
        sizes = self.attributes['operandSegmentSizes']
        start = sum(sizes[:index])
        return operands[start] if sizes[index] else None


@dataclass
class Module:
    arguments: list = field(default_factory=list)
    ops: list = field(default_factory=list)
    resources: dict = field(default_factory=dict)


class Parser:
    """Attributes and types, by recursive descent."""

    def __init__(self, text, position=0):
        self.text, self.position = text, position

    def skip(self):
        while self.position < len(self.text) and self.text[self.position] in ' \n\t':
            self.position += 1

    def peek(self, token):
        self.skip()
        return self.text.startswith(token, self.position)

    def accept(self, token):
        if self.peek(token):
            self.position += len(token)
            return True
        return False

    def expect(self, token):
        if not self.accept(token):
            raise ValueError(f'expected {token!r} before {self.text[self.position:self.position + 60]!r}')

    def match(self, pattern):
        self.skip()
        found = re.compile(pattern).match(self.text, self.position)
        if not found:
            raise ValueError(f'expected {pattern} before {self.text[self.position:self.position + 60]!r}')
        self.position = found.end()
        return found.group()

    def bracketed(self):
        """The text between < and its partner."""
        self.expect('<')
        start, depth, quoted = self.position, 1, False
        while depth:
            c = self.text[self.position]
            if c == '"':
                quoted = not quoted
            elif not quoted:
                depth += (c == '<') - (c == '>')
            self.position += 1
        return self.text[start:self.position - 1]

    def list(self, close, element):
        items = []
        while not self.accept(close):
            items.append(element())
            self.accept(',')
        return items

    def type(self):
        if self.accept('tensor'):
            *sizes, element = self.bracketed().split(',')[0].split('x')
            return TensorType(tuple(None if size == '?' else int(size) for size in sizes), element)
        return self.match(r'[a-z][a-z0-9]*')

    def attribute(self):
        if self.peek('"'):
            return self.match(r'"(\\.|[^"\\])*"')[1:-1]
        if self.accept('['):
            return self.list(']', self.attribute)
        if self.peek('{'):
            return self.dictionary('{', '}')
        if self.accept('array'):
            values = self.bracketed().partition(':')[2]
            return [int(value) if value.strip().lstrip('-').isdigit() else value.strip() for value in values.split(',') if value.strip()]
        for keyword in ('dense_resource', 'dense'):
            if self.accept(keyword):
                text = self.bracketed()
                self.expect(':')
                return Elements(text, self.type(), keyword == 'dense_resource')
        if self.accept('#tt'):
            return self.bracketed().split()[-1]
        if self.peek('('):  # a function type
            self.expect('(')
            inputs = self.list(')', self.type)
            self.expect('->')
            results = self.list(')', self.type) if self.accept('(') else [self.type()]
            return inputs, results
        if self.accept('true'):
            return True
        if self.accept('false'):
            return False
        if re.compile(r'\s*[-0-9]').match(self.text, self.position):
            word = self.match(r'-?(0x[0-9A-Fa-f]+|[0-9.]+([eE][-+]?[0-9]+)?)')
            self.expect(':')
            kind = self.type()
            if kind.startswith('i'):
                return int(word)
            return struct.unpack('<f', bytes.fromhex(word[2:])[::-1])[0] if word.startswith('0x') else float(word)
        return self.type()

    def dictionary(self, opening, closing):
        result = {}
        self.expect(opening)
        while not self.accept(closing):
            name = self.match(r'"[^"]*"|[A-Za-z_.][\w.$]*').strip('"')
            result[name] = self.attribute() if self.accept('=') else True
            self.accept(',')
        return result


def parse_module(text):
    module = Module()
    text, _, resources = text.partition('{-#')
    for name, value in re.findall(r'^\s*("[^"\n]*"|[\w$.]+): "0x([0-9A-Fa-f]*)"', resources, re.M):
        module.resources[name.strip('"')] = value
    parser = Parser(text, text.index('^bb0') if '^bb0' in text else text.index('}> ({', text.index('"func.func"')) + 5)
    if parser.accept('^bb0'):
        parser.expect('(')
        while not parser.accept(')'):
            module.arguments.append(parser.match(r'%\w+'))
            parser.expect(':')
            parser.type()
            parser.accept(',')
        parser.expect(':')
    while not parser.peek('}'):
        results = []
        while parser.peek('%'):
            name = parser.match(r'%\w+(:\d+)?')
            base, _, count = name.partition(':')
            results += [f'{base}#{i}' for i in range(int(count))] if count else [base]
            parser.accept(',')
        if results:
            parser.expect('=')
        name = parser.match(r'"[\w.]+"').strip('"')
        parser.expect('(')
        operands = parser.list(')', lambda: parser.match(r'%\w+(#\d+)?'))
        attributes = parser.dictionary('<{', '}>') if parser.peek('<{') else {}
        if parser.peek('{'):
            attributes.update(parser.dictionary('{', '}'))
        parser.expect(':')
        operand_types, result_types = parser.attribute()
        module.ops.append(Op(name, results, operands, attributes, operand_types, result_types))
        if name == 'func.return':
            return module
    return module
