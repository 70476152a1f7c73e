#ifndef TT_CODEGEN_MICROKERNEL_PASSES_TD
#define TT_CODEGEN_MICROKERNEL_PASSES_TD

include "mlir/Pass/PassBase.td"

def ApproximateMathPass : Pass<"tt-approximate-math", "::mlir::func::FuncOp"> {
  let summary = "Replace math functions on f32 by short polynomials";
  let description = [{
    Every f32 `math` op in the table, on vectors and on scalars alike, becomes straight-line `arith` code; f16 and bf16 ops are
    computed in f32; vectors of all other functions, and of f64, are split into scalar `math` ops, which the conversion to
    LLVM turns into calls of libm. Ops that are instructions (`math.sqrt`, `math.floor`, `math.fma`, ...) stay. The module must
    carry `tt.target`: targets of 8 lanes and more use fused multiply-adds. Largest errors, over dense grids against f64:

    | function | error | special values |
    |---|---|---|
    | exp, exp2 | 1.2 ulp | results below 2^-126 are 0; exp(-inf) = 0, exp(large) = inf |
    | expm1 | 3 ulp | expm1(-inf) = -1 |
    | log | 1 ulp | log(0) = -inf, log(negative) = NaN, denormal arguments are exact |
    | log2, log10, log1p | 3 ulp | as log |
    | tanh, erf | 6 ulp, absolute 4e-7 | exactly 1 and -1 far out |
    | sin, cos | absolute 1e-7 + 1.2e-16 abs(x) | NaN for infinities |
    | rsqrt | 1.5 ulp | |

    NaN gives NaN everywhere. On x86 `arith.maximumf` and `arith.minimumf` with a constant become a comparison and a selection, which is
    one instruction there. Before:
    ```mlir
    module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "", lanes = 16, registers = 32>} {
      func.func @f(%x: vector<16xf32>, %y: vector<2xf64>) -> (vector<16xf32>, vector<2xf64>) {
        %0 = math.exp %x : vector<16xf32>
        %1 = math.exp %y : vector<2xf64>
        return %0, %1 : vector<16xf32>, vector<2xf64>
      }
    }
    ```
    After: nine `math.fma`, integer arithmetic on the exponent and two `arith.select` for the first; two `math.exp` on f64 for
    the second.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::mlir::vector::VectorDialect"];
}

def EmitContractionsPass : Pass<"tt-emit-contractions", "::mlir::func::FuncOp"> {
  let summary = "Emit the loop nests of matrix products, convolutions and packing";
  let description = [{
    Replaces each `tt.gemm`, `tt.conv_direct`, `tt.conv_depthwise` and `tt.pack` on buffers by loops over register tiles:
    accumulators stay in registers from the reduction through the op's epilogue to the one store. Every kernel op carries its
    `#tt.lowering_config` (tt-choose-config) and a packed right-hand side; the module carries `tt.target`. Anything else is an
    error. Panels of pairs, [.., ceil(K / 2), 16, 2], are multiplied two steps at a time: bf16 by `vdpbf16ps` into f32 accumulators (AVX512-BF16), f16 by
    fused multiply-adds of f16 (AVX512-FP16), whose sums of at most 64 products each are added to f32 accumulators, i16 by `vpdpwssd` (AVX512-VNNI, AVX-VNNI) or `pmaddwd` into i32
    accumulators, or one element after the other where there is neither. Chunks of tiles become a `tt.parallel_for` where the function's first argument is the run's context. Before:
    ```mlir
    module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "", lanes = 16, registers = 32>} {
      func.func @gemm(%a: memref<1x8x64xf32>, %b: memref<1x2x64x16xf32>, %c: memref<1x8x32xf32>) {
        tt.gemm ins(%a, %b : memref<1x8x64xf32>, memref<1x2x64x16xf32>) outs(%c : memref<1x8x32xf32>)
            {packed, extra_maps = [], config = #tt.lowering_config<rows = 8, vectors = 2, lanes = 16, order = "nm">} epilogue {
        ^bb0(%acc: f32):
          tt.yield %acc : f32
        }
        return
      }
    }
    ```
    After: an `scf.for` over 64 steps with 16 accumulators `vector<16xf32>`, then 16 `vector.store`.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect", "::mlir::LLVM::LLVMDialect"];
}

def EmitLoopsPass : Pass<"tt-emit-loops", "::mlir::func::FuncOp"> {
  let summary = "Emit loops of vectors for linalg ops, copies and row kernels on buffers";
  let description = [{
    Replaces every `linalg` op, `memref.copy`, `tt.softmax_rows` and `tt.norm_rows` on buffers by `scf.for` loops with vector
    bodies; large ones by chunks in a `tt.parallel_for` where the function's first argument is the run's context. The chunks
    depend on shapes only. The module must carry `tt.target`. Loops that walk all operands evenly are merged; vectors run along
    the loop that a small cost model picks; a rest is masked where the target can, else scalar. Reductions keep accumulators
    in registers and fold them in a fixed order. An op on tensors, or one without a form as `linalg.generic`, is an error. Before:
    ```mlir
    module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "", lanes = 16, registers = 32>} {
      func.func @negate(%x: memref<4x16xf32>, %y: memref<4x16xf32>) {
        linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
            ins(%x : memref<4x16xf32>) outs(%y : memref<4x16xf32>) {
        ^bb0(%a: f32, %b: f32):
          %c = arith.negf %a : f32
          linalg.yield %c : f32
        }
        return
      }
    }
    ```
    After: four `vector.load`, `arith.negf` and `vector.store` of `vector<16xf32>` on flat views of the buffers.
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
}

def ExpandHalfPass : Pass<"tt-expand-half", "::mlir::func::FuncOp"> {
  let summary = "Convert 16-bit floats by integer arithmetic where the target has no instruction";
  let description = [{
    `arith.extf` from f16 and `arith.truncf` to f16 or bf16, on vectors and scalars, and conversions between these types and integers: LLVM would call the compiler's run-time library, which
    artefacts do not link. Maxima, minima and comparisons of such elements are made in f32. Conversions that are instructions stay: f16 with F16C or on AArch64, to bf16 with AVX512-BF16. From f64 the way is
    over an f32 rounded to odd, which gives the same as rounding once. All round to the nearest,
    ties to even, and keep denormals, infinities and NaN (the AVX512-BF16 instruction takes f32 denormals for zero). Before:
    ```mlir
    module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "", lanes = 16, registers = 32>} {
      func.func @f(%x: vector<16xf32>) -> vector<16xbf16> {
        %0 = arith.truncf %x : vector<16xf32> to vector<16xbf16>
        return %0 : vector<16xbf16>
      }
    }
    ```
    After: additions of 0x7fff and of the lowest kept bit, an `arith.select` for NaN, an `arith.shrui` by 16 bits and an `arith.bitcast`.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect"];
}

#endif
