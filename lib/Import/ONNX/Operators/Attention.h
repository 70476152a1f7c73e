//===- Attention.h - what the attention operators share --------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// Sizes: B batch, H heads of queries, G groups of heads that share keys and values, S queries, T keys, D width of a
// head, E width of a head of the values.
//===----------------------------------------------------------------------===//

#ifndef TT_IMPORT_ONNX_OPERATORS_ATTENTION_H
#define TT_IMPORT_ONNX_OPERATORS_ATTENTION_H

#include "Handlers.h"

#include <array>
#include <limits>

namespace tt::onnx_import {

/// BxSx(heads * D) as BxheadsxSxD.
mlir::Value splitHeads(NodeImporter &node, mlir::Value x, int64_t heads);
/// BxheadsxSxD as BxSx(heads * D).
mlir::Value joinHeads(NodeImporter &node, mlir::Value x);

/// 0 where `isSeen`, else `hidden`.
mlir::Value hide(NodeImporter &node, mlir::Value isSeen, mlir::Type type, double hidden);
/// The positions 0, 1, ... as an i64 tensor of as many elements as `size` (an i64 tensor with one element) says.
mlir::Value countTo(NodeImporter &node, mlir::Value size);
/// 1 / sqrt(D), or the attribute `scale` where it is given and not 0.
double getAttentionScale(NodeImporter &node, mlir::Value query);

struct AttentionArguments {
  mlir::Value query;      ///< BxHxSxD
  mlir::Value key;        ///< BxGxTxD
  mlir::Value value;      ///< BxGxTxE
  mlir::Value mask;       ///< added to the scores; null, or broadcasts to BxHxSxT
  mlir::Value sink;       ///< the score of one more column without a value; null, or broadcasts to BxHxSx1
  double scale = 1;       ///< of the product of query and key
  double softcap = 0;     ///< where not 0, scores become softcap * tanh(scores / softcap) before the mask
  mlir::Type softmaxType; ///< element type in which the softmax is computed; null: the query's
  mlir::Value isSeen;     ///< i1, null or broadcasts to BxHxSxT: where scores take part
  double hidden = -std::numeric_limits<double>::infinity(); ///< what is added to scores that do not
  bool isCausal = false;                                    ///< row s sees the columns up to s + (T - S)
  bool needsSteps = false;                                  ///< whether `AttentionValues::steps` are used
};

struct AttentionValues {
  mlir::Value result; ///< BxHxSxE
  /// BxHxSxT: the scaled product, after the softcap, after the mask, after the softmax; null where not asked for.
  std::array<mlir::Value, 4> steps;
};

/// One `tt.attention` where that says everything, else its parts.
AttentionValues makeAttention(NodeImporter &node, AttentionArguments arguments);

/// Pairs (x1, x2) of each head of `x`, BxHxSxD, become (cos x1 - sin x2, sin x1 + cos x2); `cos` and `sin` broadcast to
/// BxSx(rotated / 2). A pair is position i and i + rotated / 2, or the neighbours 2 i and 2 i + 1 where `interleaved`;
/// positions from `rotated` on stay.
mlir::Value rotatePairs(NodeImporter &node, mlir::Value x, mlir::Value cos, mlir::Value sin, int64_t rotated,
                        bool interleaved);

} // namespace tt::onnx_import

#endif // TT_IMPORT_ONNX_OPERATORS_ATTENTION_H
