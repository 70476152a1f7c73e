#ifndef TT_CODEGEN_TOLINALG_PASSES_TD
#define TT_CODEGEN_TOLINALG_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertToLinalgPass : Pass<"tt-convert-to-linalg", "::mlir::func::FuncOp"> {
  let summary = "Lower graph ops to linalg, tensor and kernel ops";
  let description = [{
    Rewrites every graph op of the function, in one walk from the first op to the last: contractions, softmax and norm become kernel
    ops (`tt.gemm`, `tt.conv_direct`, `tt.conv_depthwise`, `tt.softmax_rows`, `tt.norm_rows`) with an epilogue that is the identity or adds the
    bias, everything else `linalg`, `tensor` and `scf` on tensors. Needs the opset-independent graph ops of the stage `optimized`;
    `tt.attention` must have been decomposed. An op that cannot be lowered is an error.

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
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::bufferization::BufferizationDialect",
                           "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
                           "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect"];
}

def FuseElementwisePass : Pass<"tt-fuse-elementwise", "::mlir::func::FuncOp"> {
  let summary = "Fuse elementwise ops with each other";
  let description = [{
    Merges an all-parallel `linalg.generic` into the `linalg.generic` that reads its result, where no element is computed twice at a
    noticeable cost: the result has one reader, or the body is a single cheap op. Bodies that read tensors at computed positions
    (`tensor.extract`) are left alone. A `tensor.expand_shape` between two elementwise ops, or between a kernel op and an elementwise
    op, moves behind the second. Before:
    ```mlir
    func.func @main(%x: tensor<8xf32>) -> tensor<8xf32> {
      %init = tensor.empty() : tensor<8xf32>
      %e = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
           ins(%x : tensor<8xf32>) outs(%init : tensor<8xf32>) {
      ^bb0(%p: f32, %o: f32):
        %0 = math.exp %p : f32
        linalg.yield %0 : f32
      } -> tensor<8xf32>
      %y = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
           ins(%e : tensor<8xf32>) outs(%init : tensor<8xf32>) {
      ^bb0(%p: f32, %o: f32):
        %0 = arith.negf %p : f32
        linalg.yield %0 : f32
      } -> tensor<8xf32>
      return %y : tensor<8xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<8xf32>) -> tensor<8xf32> {
      %init = tensor.empty() : tensor<8xf32>
      %y = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
           ins(%x : tensor<8xf32>) outs(%init : tensor<8xf32>) {
      ^bb0(%p: f32, %o: f32):
        %0 = math.exp %p : f32
        %1 = arith.negf %0 : f32
        linalg.yield %1 : f32
      } -> tensor<8xf32>
      return %y : tensor<8xf32>
    }
    ```
  }];
  let options = [Option<"maxOperands", "max-operands", "int64_t", /*default=*/"8",
                        "Do not make an op that reads more than this many tensors.">];
  let dependentDialects = ["::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def FuseEpiloguesPass : Pass<"tt-fuse-epilogues", "::mlir::func::FuncOp"> {
  let summary = "Move elementwise consumers into the epilogues of kernel ops";
  let description = [{
    An all-parallel `linalg.generic` that is the only reader of a kernel op's result, directly or through `tensor.collapse_shape` and
    `tensor.expand_shape`, becomes part of the kernel op's epilogue: the accumulator is never stored. Its other operands become
    `extras` (a residual in the kernel's own iteration space, a bias along some of its dimensions); the destination takes
    the consumer's element type. A result with several readers, and a consumer that reads a permuted or repeated result, stay as they are. Before:
    ```mlir
    func.func @main(%a: tensor<1x4x8xf32>, %b: tensor<1x8x16xf32>) -> tensor<1x4x16xf32> {
      %zero = arith.constant 0.0 : f32
      %init = tensor.empty() : tensor<1x4x16xf32>
      %r = tt.gemm ins(%a, %b : tensor<1x4x8xf32>, tensor<1x8x16xf32>) outs(%init : tensor<1x4x16xf32>) {extra_maps = []} epilogue {
      ^bb0(%acc: f32):
        tt.yield %acc : f32
      } -> tensor<1x4x16xf32>
      %y = linalg.generic {indexing_maps = [affine_map<(b, m, n) -> (b, m, n)>, affine_map<(b, m, n) -> (b, m, n)>],
                           iterator_types = ["parallel", "parallel", "parallel"]}
           ins(%r : tensor<1x4x16xf32>) outs(%init : tensor<1x4x16xf32>) {
      ^bb0(%p: f32, %o: f32):
        %0 = arith.maximumf %p, %zero : f32
        linalg.yield %0 : f32
      } -> tensor<1x4x16xf32>
      return %y : tensor<1x4x16xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%a: tensor<1x4x8xf32>, %b: tensor<1x8x16xf32>) -> tensor<1x4x16xf32> {
      %zero = arith.constant 0.0 : f32
      %init = tensor.empty() : tensor<1x4x16xf32>
      %r = tt.gemm ins(%a, %b : tensor<1x4x8xf32>, tensor<1x8x16xf32>) outs(%init : tensor<1x4x16xf32>) {extra_maps = []} epilogue {
      ^bb0(%acc: f32):
        %0 = arith.maximumf %acc, %zero : f32
        tt.yield %0 : f32
      } -> tensor<1x4x16xf32>
      return %r : tensor<1x4x16xf32>
    }
    ```
  }];
  let statistics = [Statistic<"numFused", "num-fused", "Number of elementwise ops moved into epilogues">];
  let dependentDialects = ["::mlir::tensor::TensorDialect"];
}

def LowerPrecisionPass : Pass<"tt-lower-precision", "::mlir::func::FuncOp"> {
  let summary = "Round both sides of f32 products to 16 bits";
  let description = [{
    Runs only where it is asked for: by the option `type`, or by the module's `tt.fast_math` (`tt-compile --fast-math`). Each `tt.gemm` and
    `tt.conv_direct` of f32 with constant weights gets both sides in bf16 or f16; sums stay f32, for f16 every 64 steps at least. Values are rounded to the
    nearest, ties to even: weights now, activations where they are made (before paddings and reshapes), so that the rounding becomes a part of the producer's
    epilogue. Where all other readers of such a value are elementwise, they read the rounded one, and the value is stored once, in 16 bits.

    The `tt.target` needs AVX512-BF16 or AVX512-FP16: an error names a CPU that has it. A remark says how many ops were changed and bounds the error;
    remarks say which ops stay f32 and why: right-hand sides computed at run time, odd numbers of input channels, depthwise convolutions, weights
    beyond the range of f16. Before:
    ```mlir
    module attributes {tt.fast_math = "bf16", tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "cooperlake", features = "", lanes = 16, registers = 32>} {
      func.func @main(%a: tensor<1x4x2xf32>) -> tensor<1x4x1xf32> {
        %b = arith.constant dense<[[[1.0], [2.0]]]> : tensor<1x2x1xf32>
        %init = tensor.empty() : tensor<1x4x1xf32>
        %r = tt.gemm ins(%a, %b : tensor<1x4x2xf32>, tensor<1x2x1xf32>) outs(%init : tensor<1x4x1xf32>) {extra_maps = []} epilogue {
        ^bb0(%acc: f32):
          tt.yield %acc : f32
        } -> tensor<1x4x1xf32>
        return %r : tensor<1x4x1xf32>
      }
    }
    ```
    After: `%a` goes through a `linalg.generic` with an `arith.truncf`, and the product is
    `tt.gemm ins(%x, %c : tensor<1x4x2xbf16>, tensor<1x2x1xbf16>)` with the same f32 accumulator.
  }];
  let options = [Option<"type", "type", "std::string", /*default=*/"\"\"", "bf16 or f16; by default what the module's tt.fast_math says.">];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect"];
}

def VerifyLinalgPass : Pass<"tt-verify-linalg", "::mlir::func::FuncOp"> {
  let summary = "Check the contract of the stage linalg";
  let description = [{
    Fails on every graph op that is left, on unsigned element types, and on an entry argument or result without `tt.dtype`. Changes nothing.
  }];
}

#endif
