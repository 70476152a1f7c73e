#ifndef TT_CODEGEN_MICROKERNEL_PASSES_TD
#define TT_CODEGEN_MICROKERNEL_PASSES_TD

include "mlir/Pass/PassBase.td"

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

#endif
