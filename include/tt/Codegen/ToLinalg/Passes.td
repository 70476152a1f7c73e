#ifndef TT_CODEGEN_TOLINALG_PASSES_TD
#define TT_CODEGEN_TOLINALG_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertToLinalgPass : Pass<"tt-convert-to-linalg", "::mlir::func::FuncOp"> {
  let summary = "Lower graph ops to linalg, tensor and kernel ops";
  let description = [{
    Rewrites every graph op of the function, in one walk from the first op to the last: contractions, softmax and norm become kernel
    ops (`tt.gemm`, `tt.conv_direct`, `tt.conv_depthwise`, `tt.softmax_rows`, `tt.norm_rows`) with an epilogue that is the identity or adds the
    bias, everything else `linalg`, `tensor` and `scf` on tensors. Needs the opset-independent graph ops of the stage `optimized`;
    `tt.attention` and `tt.batch_norm` must have been decomposed. An op that cannot be lowered is an error.

    - Unsigned element types become signless; arguments and results get `tt.dtype`, the ONNX number of the original type.
    - Two sizes that must agree and are not provably equal are compared by a `tt.check` that names the node. Dynamic dimensions of
      arguments that share a name in `tt.dims` are compared once at the entry, and are one value from there on.
    - Shape computations (integer tensors of at most 32 elements and rank 0 or 1) are lowered to scalars, so that sizes are SSA values
      that depend on `tensor.dim` only.

    Before:
    ```mlir
    func.func @main(%x: tensor<4x8xf32>, %b: tensor<8xf32>) -> tensor<4x8xf32> {
      %y = tt.add %x, %b : tensor<4x8xf32>, tensor<8xf32> -> tensor<4x8xf32>
      return %y : tensor<4x8xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<4x8xf32> {tt.dtype = 1 : i64}, %b: tensor<8xf32> {tt.dtype = 1 : i64}) -> (tensor<4x8xf32> {tt.dtype = 1 : i64}) {
      %init = tensor.empty() : tensor<4x8xf32>
      %y = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>],
                           iterator_types = ["parallel", "parallel"]}
           ins(%x, %b : tensor<4x8xf32>, tensor<8xf32>) outs(%init : tensor<4x8xf32>) {
      ^bb0(%p: f32, %q: f32, %o: f32):
        %s = arith.addf %p, %q : f32
        linalg.yield %s : f32
      } -> tensor<4x8xf32>
      return %y : tensor<4x8xf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
                           "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect"];
}

def VerifyLinalgPass : Pass<"tt-verify-linalg", "::mlir::func::FuncOp"> {
  let summary = "Check the contract of the stage linalg";
  let description = [{
    Fails on every graph op that is left, on unsigned element types, and on an entry argument or result without `tt.dtype`. Changes nothing.
  }];
}

#endif
