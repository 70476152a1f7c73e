#ifndef TT_CODEGEN_CONFIG_PASSES_TD
#define TT_CODEGEN_CONFIG_PASSES_TD

include "mlir/Pass/PassBase.td"

def ChooseWinogradPass : Pass<"tt-choose-winograd", "::mlir::ModuleOp"> {
  let summary = "Compute 3x3 convolutions by Winograd's algorithm where that is faster";
  let description = [{
    Replaces a `tt.conv_direct` with a constant, unpacked f32 filter, a 3x3 kernel, stride 1, dilation 1, one group and static sizes (but the number of images) by
    `tt.conv_winograd`, where the cost model (lib/Codegen/Config/TileCost.cpp) says that it is faster, and transforms the filter. Everything else
    stays. A remark states the choice and its error. Without the option `algorithm`, the module's attribute `tt.winograd` counts, else `f2`:

    | algorithm | |
    |---|---|
    | off | the direct form only |
    | f2 | F(2x2,3x3): the largest error is about 4e-6 of the output's root mean square, that of the direct form about 1e-6 |
    | f4 | F(4x4,3x3) too, with fewer multiplications: about 1e-4 |
    | force-f2, force-f4 | wherever it is possible, for tests |

    Before (weights elided):
    ```mlir
    %r = tt.conv_direct ins(%x, %w : tensor<1x58x58x64xf32>, tensor<64x64x3x3xf32>) outs(%i : tensor<1x56x56x64xf32>)
         {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, extra_maps = []} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    } -> tensor<1x56x56x64xf32>
    ```
    After:
    ```mlir
    %r = tt.conv_winograd ins(%x, %u : tensor<1x58x58x64xf32>, tensor<16x4x64x16xf32>) outs(%i : tensor<1x56x56x64xf32>)
         {tile = 2 : i64, extra_maps = []} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    } -> tensor<1x56x56x64xf32>
    ```
  }];
  let options = [Option<"algorithm", "algorithm", "std::string", "", "off, f2, f4, force-f2 or force-f4">];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def ChooseConfigPass : Pass<"tt-choose-config", "::mlir::func::FuncOp"> {
  let summary = "Choose the register tile and the parallel split of each kernel op";
  let description = [{
    Writes a `#tt.lowering_config` on each `tt.gemm`, `tt.conv_direct`, `tt.conv_winograd` and `tt.conv_depthwise` that has none. A `tt.conv_direct` whose input is a
    `tensor.pad` with zeros gets `tt.borders = array<i64: rows above, columns left, rows below, columns right>`, so that its code can skip the taps that meet them.
    Nothing else changes. The choice depends on the op's static sizes and on the module's `tt.target` (an error where it is missing); the tiles
    considered and what they cost are in one place, lib/Codegen/Config/TileCost.cpp. Before:
    ```mlir
    module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "", lanes = 16, registers = 32>} {
      func.func @gemm(%a: tensor<1x512x512xf32>, %b: tensor<1x32x512x16xf32>, %c: tensor<1x512x512xf32>) -> tensor<1x512x512xf32> {
        %r = tt.gemm ins(%a, %b : tensor<1x512x512xf32>, tensor<1x32x512x16xf32>) outs(%c : tensor<1x512x512xf32>) {packed, extra_maps = []} epilogue {
        ^bb0(%acc: f32):
          tt.yield %acc : f32
        } -> tensor<1x512x512xf32>
        return %r : tensor<1x512x512xf32>
      }
    }
    ```
    After: the op carries `config = #tt.lowering_config<rows = 8, vectors = 3, lanes = 16, order = "mn", chunk = 2>`.
  }];
}

def PackWeightsPass : Pass<"tt-pack-weights", "::mlir::ModuleOp"> {
  let summary = "Pack constant right-hand sides and filters into panels of 16 columns";
  let description = [{
    For each unpacked `tt.gemm` whose right-hand side is a constant (BxKxN, or BxNxK where `rhs_transposed`) and each unpacked
    `tt.conv_direct` whose filter is a constant (OxIxKHxKW): makes the packed constant, [B, ceil(N / 16), K, 16] or
    [groups, ceil(O / groups / 16), KH*KW*I, 16] with zeros behind the last column, and marks the op `packed`. Constants that are
    reshaped on the way are seen through. Equal constants are packed once; the source is released as soon as its last user is
    rewritten, so that at most one layer's weights exist twice, also where the module holds one module for each of several CPUs. Where both sides
    have elements of 16 bits (floats of `tt-lower-precision`, i16 of quantized models), neighbours along K go in pairs: [.., ceil(K / 2), 16, 2], with a zero behind an odd K. Everything else stays. Before:
    ```mlir
    func.func @gemm(%a: tensor<1x4x2xf32>, %c: tensor<1x4x1xf32>) -> tensor<1x4x1xf32> {
      %b = arith.constant dense<[[[1.0], [2.0]]]> : tensor<1x2x1xf32>
      %r = tt.gemm ins(%a, %b : tensor<1x4x2xf32>, tensor<1x2x1xf32>) outs(%c : tensor<1x4x1xf32>) {extra_maps = []} epilogue {
      ^bb0(%acc: f32):
        tt.yield %acc : f32
      } -> tensor<1x4x1xf32>
      return %r : tensor<1x4x1xf32>
    }
    ```
    After: the right-hand side is a `tensor<1x1x2x16xf32>` whose two rows start with 1.0 and 2.0 and end in 15 zeros.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def TieEmbeddingsPass : Pass<"tt-tie-embeddings", "::mlir::func::FuncOp"> {
  let summary = "Read embedding tables from the panels of a product with the same weights";
  let description = [{
    Language models often use one matrix twice: rows of it embed tokens, and its transpose is the right-hand side of the last product. Where a
    constant table, [.., V, H], of which only single rows are read (`tensor.extract_slice`), holds what the packed right-hand side of a `tt.gemm` of N = V and K = H holds
    (`tt-pack-weights`, panels [1, ceil(V / 16), H, 16] of single steps), rows are read as columns of the panels and the table goes: the model's largest
    weights are stored once, also where an exporter wrote them twice. All elements are compared, bit by bit. Everything else stays. Before:
    ```mlir
    func.func @row(%v: index, %panels: tensor<1x2x4x16xf32>) -> tensor<1x4xf32> {
      %table = arith.constant dense<1.0> : tensor<20x4xf32>
      %row = tensor.extract_slice %table[%v, 0] [1, 4] [1, 1] : tensor<20x4xf32> to tensor<1x4xf32>
      return %row : tensor<1x4xf32>
    }
    ```
    After, where a `tt.gemm` reads constant panels of the same numbers: `tensor.extract_slice %panels[0, %v / 16, 0, %v mod 16] [1, 1, 4, 1]`, in the shape of the row.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::tensor::TensorDialect"];
}

def VerifyTiledPass : Pass<"tt-verify-tiled", "::mlir::func::FuncOp"> {
  let summary = "Check that every kernel op has a config and a packed right-hand side";
  let description = [{
    The contract of the stage `tiled`: an error at each `tt.gemm`, `tt.conv_direct` or `tt.conv_depthwise` without a
    `#tt.lowering_config`, and at each `tt.gemm` or `tt.conv_direct` that is not `packed`.
  }];
}

#endif
