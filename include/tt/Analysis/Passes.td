#ifndef TT_ANALYSIS_PASSES_TD
#define TT_ANALYSIS_PASSES_TD

include "mlir/Pass/PassBase.td"

def CountFlopsPass : Pass<"tt-count-flops", "::mlir::ModuleOp"> {
  let summary = "Print FLOPs, parameters and bytes of each layer";
  let description = [{
    Counts what one run of each function costs, by the convention of docs/profiling.md (a multiply-add is two operations), and
    changes nothing: a table of the layers in the order they run, totals, and totals by kind of op. A layer is a graph op
    (stages `imported` and `optimized`; anything else is refused); ops that take no operation, move no byte and have no parameter are left out. Numbers that
    depend on dynamic sizes are polynomials of their names (`128*batch`), or `unknown` where a size has no name or depends on
    data. What stands in branches and loops is listed, but is in no total: how often it runs depends on data. Before:

    ```mlir
    func.func @f(%x: tensor<1x4xf32>) -> tensor<1x8xf32> {
      %w = arith.constant dense<1.0> : tensor<4x8xf32>
      %y = tt.matmul %x, %w : tensor<1x4xf32>, tensor<4x8xf32> -> tensor<1x8xf32>
      return %y : tensor<1x8xf32>
    }
    ```
    After, the same module, and this text: 2 * 8 * 4 = 64 operations; 4 + 32 elements of 4 bytes are read, 8 written.
    ```
    @f
    layer         op         flops  parameters  read  written
    f.mlir:3:12   tt.matmul  64     32          144   32
    total                    64     32          144   32
    ```
  }];
  let options = [
    Option<"file", "file", "std::string", /*default=*/"\"-\"", "File to write; - is the standard output.">,
    Option<"json", "json", "bool", /*default=*/"false", "JSON instead of a table.">
  ];
}

#endif
