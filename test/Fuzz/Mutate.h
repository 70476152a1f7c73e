//===- Mutate.h - changes of a model's meaning ----------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_TEST_FUZZ_MUTATE_H
#define TT_TEST_FUZZ_MUTATE_H

#include <cstddef>
#include <cstdint>

namespace tt::fuzz {

/// Makes one to four changes to the model in `data` (`size` bytes of `maxSize`): another operator, input, attribute,
/// size, type, opset or piece of tensor data, a node or value twice or not at all. The new size, or 0 where `data` is
/// no model or the result would be too large. The same `seed` makes the same changes.
size_t changeMeaning(uint8_t *data, size_t size, size_t maxSize, unsigned seed);

} // namespace tt::fuzz

#endif // TT_TEST_FUZZ_MUTATE_H
