//===- ShapeRules.h - size formulas shared by inference and folding -------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// Plain integer functions; sizes are known (never dynamic) here. Sources: the ONNX operator specifications, and ONNX
// Runtime where the specification is silent (said per function).
//===----------------------------------------------------------------------===//

#ifndef TT_DIALECT_IR_SHAPERULES_H
#define TT_DIALECT_IR_SHAPERULES_H

#include <cstdint>

namespace tt {

/// Exporters write 2^31 - 1 or 2^63 - 1 as the end of a slice that takes everything. Sizes of dimensions are at most
/// 2^31 - 1.
inline constexpr int64_t kToEnd = 2147483647;

/// What one dimension of a `tt.slice` takes: the positions first, first + step, ... (`count` of them).
struct SliceRange {
  int64_t first, count;
};

/// ONNX Slice along a dimension of `size` elements: negative positions count from the end, then both are clamped, to
/// [0, size] for a positive step and to [0, size - 1] and [-1, size - 1] for a negative one. `step` is not 0.
SliceRange getSliceRange(int64_t size, int64_t start, int64_t end, int64_t step);

/// Number of windows of a convolution or pooling along one dimension: windows of `kernel` positions `dilation` apart,
/// at multiples of `stride`, on `size` elements with `before` and `after` padded ones. Where `ceilMode`, a window may
/// end behind the padding, but must start inside the input or the padding before it (as ONNX Runtime and PyTorch do).
/// Returns 0 where no window fits.
int64_t getWindowCount(int64_t size, int64_t kernel, int64_t stride, int64_t dilation, int64_t before, int64_t after,
                       bool ceilMode);

/// Number of elements of a `tt.range`: max(ceil((limit - start) / delta), 0). `delta` is not 0.
int64_t getRangeCount(int64_t start, int64_t limit, int64_t delta);

} // namespace tt

#endif // TT_DIALECT_IR_SHAPERULES_H
