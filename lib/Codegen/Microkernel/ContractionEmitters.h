//===- ContractionEmitters.h - one emitter per kernel op --------*- C++ -*-===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//
//
// Each function emits the loop nest of one op on buffers at the op's place and leaves the op itself to its caller. It
// checks everything first: on failure it has emitted an error and no op.
//
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_CODEGEN_MICROKERNEL_CONTRACTIONEMITTERS_H
#define TT_LIB_CODEGEN_MICROKERNEL_CONTRACTIONEMITTERS_H

#include "TileBuilder.h"

#include "tt/Dialect/IR/WinogradOps.h"

namespace tt {

/// What the emitters know about the place an op stands in.
struct EmitterContext {
  mlir::Value run;                           ///< the run's context (an `!llvm.ptr`), null where there are no threads
  MultiplyAdd instruction;                   ///< of the target
  int64_t lanes;                             ///< f32 elements of a vector, for ops without a config
  bool dotBF16 = false;                      ///< the target multiplies pairs of bf16 (AVX512-BF16)
  bool fmaF16 = false;                       ///< the target multiplies and adds f16 (AVX512-FP16)
  PairProduct pairs = PairProduct::Widening; ///< how it multiplies pairs of i16
  QuadProduct quads = QuadProduct::Pairs;    ///< and bytes in runs of four
};

mlir::LogicalResult emitGemm(mlir::OpBuilder &builder, GemmOp op, const EmitterContext &context);
mlir::LogicalResult emitConvDirect(mlir::OpBuilder &builder, ConvDirectOp op, const EmitterContext &context);
mlir::LogicalResult emitConvDepthwise(mlir::OpBuilder &builder, ConvDepthwiseOp op, const EmitterContext &context);
mlir::LogicalResult emitConvWinograd(mlir::OpBuilder &builder, ConvWinogradOp op, const EmitterContext &context);
mlir::LogicalResult emitPack(mlir::OpBuilder &builder, PackOp op, const EmitterContext &context);

/// What the emitters of products and convolutions need of their op alike: buffers, float elements, a config whose
/// lanes divide a panel, an elementwise epilogue on a float accumulator, and a target that can multiply pairs where the
/// panels hold pairs.
mlir::LogicalResult checkContraction(EpilogueOpInterface op, std::optional<LoweringConfigAttr> config,
                                     const EmitterContext &context);

} // namespace tt

#endif // TT_LIB_CODEGEN_MICROKERNEL_CONTRACTIONEMITTERS_H
