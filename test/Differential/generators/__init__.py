# Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What makes random nodes, one file per family of operators."""
from . import elementwise, image, indexing, linear, movement, normalization, quantization, recurrent, reduction
from .table import GENERATORS
