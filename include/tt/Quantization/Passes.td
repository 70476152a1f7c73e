#ifndef TT_QUANTIZATION_PASSES_TD
#define TT_QUANTIZATION_PASSES_TD

include "mlir/Pass/PassBase.td"

def ImportRangesPass : Pass<"tt-import-ranges", "::mlir::ModuleOp"> {
  let summary = "Choose ranges of values from a calibration";
  let description = [{
    Reads the ranges file that `tt-calibrate` wrote for this model (docs/quantization.md) and writes the range of each value in it, chosen by `method`, as attribute `tt.range` on
    the op or argument of the value, for `tt-quantize`. Values are found by the names that `tt-insert-observers` gives them, so the passes before must be
    the same. A file with a value that the module has not is refused. Before:
    ```mlir
    // with a ranges file that has seen "x" from -1 to 4.1
    func.func @main(%x: tensor<1x2xf32> {tt.name = "x"}) -> tensor<1x2xf32>
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<1x2xf32> {tt.name = "x", tt.range = array<f64: -1.0, 4.1>}) -> tensor<1x2xf32>
    ```
  }];
  let options = [Option<"file", "file", "std::string", /*default=*/"", "The ranges file.">,
                 Option<"method", "method", "std::string", /*default=*/"\"mse\"", "min-max, percentile (99.9), percentile:P, entropy or mse.">];
  let dependentDialects = ["::tt::TTDialect"];
}

def InsertObserversPass : Pass<"tt-insert-observers", "::mlir::ModuleOp"> {
  let summary = "Show the values of a graph to the host's observer";
  let description = [{
    Puts a `tt.observe` behind the definition of each f32 tensor of an entry point that quantization could round: inputs and results of rank 1 or more outside of regions, but no
    constants, and no values that only the next op of one kernel reads (the convolution before an activation, the product before its bias). They are named as
    in ranges files: by input or output of the ONNX node, with `#2`, `#3` behind a name that other values have before it. Sets `tt.observed` on the module, for the linker. Before:
    ```mlir
    func.func @main(%x: tensor<1x4xf32> {tt.name = "x"}) -> tensor<1x4xf32> {
      %y = tt.exp %x : tensor<1x4xf32>
      return %y : tensor<1x4xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<1x4xf32> {tt.name = "x"}) -> tensor<1x4xf32> {
      tt.observe %x, "x" : tensor<1x4xf32>
      %y = tt.exp %x : tensor<1x4xf32>
      tt.observe %y, "exp" : tensor<1x4xf32>
      return %y : tensor<1x4xf32>
    }
    ```
  }];
  let dependentDialects = ["::tt::TTDialect"];
}

def LowerQuantCastsPass : Pass<"tt-lower-quant-casts", "::mlir::func::FuncOp"> {
  let summary = "Write casts of quantized types as graph ops on integers";
  let description = [{
    Rewrites what is left of `quant.qcast`, `quant.dcast` and `quant.scast`: values of `!quant.uniform` types become tensors of their storage integers (i8, ui8, i16, ui16), casts
    `tt.quantize` and `tt.dequantize` with constant parameters. Any other op that touches a quantized type is refused, and so is a `quant.qcast` to a part of its storage type's
    range, a type of other widths, or with scales that are not f32. Before:
    ```mlir
    func.func @main(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
      %q = quant.qcast %x : tensor<1x4xf32> to tensor<1x4x!quant.uniform<i8:f32, 5.000000e-01:3>>
      %d = quant.dcast %q : tensor<1x4x!quant.uniform<i8:f32, 5.000000e-01:3>> to tensor<1x4xf32>
      return %d : tensor<1x4xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
      %scale = arith.constant dense<5.000000e-01> : tensor<f32>
      %zero = arith.constant dense<3> : tensor<i8>
      %q = tt.quantize %x, %scale, %zero : tensor<1x4xf32>, tensor<f32>, tensor<i8> -> tensor<1x4xi8>
      %d = tt.dequantize %q, %scale, %zero : tensor<1x4xi8>, tensor<f32>, tensor<i8> -> tensor<1x4xf32>
      return %d : tensor<1x4xf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::tt::TTDialect"];
}

def QuantizeBiasPass : Pass<"tt-quantize-bias", "::mlir::func::FuncOp"> {
  let summary = "Write biases of quantized convolutions as 32-bit integers";
  let description = [{
    The constant bias of a `tt.conv` whose input and filter come from `tt.dequantize` with constant scales becomes an i32 constant behind a `tt.dequantize` with the product of
    the scales, as runtimes expect it in the files that `tt-translate --export-onnx` writes. Rounded to nearest, saturated. Other convolutions stay. Before:
    ```mlir
    func.func @main(%q: tensor<1x1x1x1xi8>, %f: tensor<2x1x1x1xi8>) -> tensor<1x1x1x2xf32> {
      %s = arith.constant dense<0.5> : tensor<f32>
      %t = arith.constant dense<[[[[0.5]]], [[[0.25]]]]> : tensor<2x1x1x1xf32>
      %z = arith.constant dense<0> : tensor<i8>
      %y = arith.constant dense<0> : tensor<2x1x1x1xi8>
      %b = arith.constant dense<[1.0, 1.0]> : tensor<2xf32>
      %x = tt.dequantize %q, %s, %z : tensor<1x1x1x1xi8>, tensor<f32>, tensor<i8> -> tensor<1x1x1x1xf32>
      %w = tt.dequantize %f, %t, %y : tensor<2x1x1x1xi8>, tensor<2x1x1x1xf32>, tensor<2x1x1x1xi8> -> tensor<2x1x1x1xf32>
      %c = tt.conv %x, %w bias(%b : tensor<2xf32>) {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nhwc>} : tensor<1x1x1x1xf32>, tensor<2x1x1x1xf32> -> tensor<1x1x1x2xf32>
      return %c : tensor<1x1x1x2xf32>
    }
    ```
    After:
    ```mlir
    %i = arith.constant dense<[4, 8]> : tensor<2xi32>
    %p = arith.constant dense<[0.25, 0.125]> : tensor<2xf32>
    %n = arith.constant dense<0> : tensor<2xi32>
    %d = tt.dequantize %i, %p, %n : tensor<2xi32>, tensor<2xf32>, tensor<2xi32> -> tensor<2xf32>
    %c = tt.conv %x, %w bias(%d : tensor<2xf32>) {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nhwc>} : tensor<1x1x1x1xf32>, tensor<2x1x1x1xf32> -> tensor<1x1x1x2xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::tt::TTDialect"];
}

def QuantizePass : Pass<"tt-quantize", "::mlir::func::FuncOp"> {
  let summary = "Round values and weights to 8 bits where ops can compute on integers";
  let description = [{
    Needs ranges of values in `tt.range` (`tt-import-ranges`). Convolutions and matrix products with constant weights are taken where their operand has a range; `tt.add`, `tt.mul`,
    `tt.concat`, average pooling, means and activations that saturate where all operands come from ops that are taken and such an op reads the result, so that no value is rounded
    for them alone; ops that move elements likewise, with the parameters of what they move. Each operand gets a pair of `quant.qcast` and `quant.dcast` to i8 in [-128, 127], each
    weight becomes a constant of i8 in [-127, 127] behind `quant.scast` and `quant.dcast`, with one scale per output channel. The bias stays f32; a
    channel whose bias would not fit an i32 at the scale of its products gets a larger scale. What one kernel computes (product, bias, relu or clip) is not rounded inside. Where a value
    comes from an op that is taken, all its readers read the rounded one. Remarks name the contractions that stay in float and why. Refused: a pattern of `exclude` that matches nothing.
    Before:
    ```mlir
    func.func @main(%x: tensor<1x2xf32> {tt.range = array<f64: -1.0, 4.1>}) -> tensor<1x2xf32> {
      %w = arith.constant dense<[[1.27, 0.0], [0.0, 2.54]]> : tensor<2x2xf32>
      %y = tt.matmul %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
      return %y : tensor<1x2xf32>
    }
    ```
    After (scales are f32 numbers):
    ```mlir
    func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
      %q = quant.qcast %x : tensor<1x2xf32> to tensor<1x2x!quant.uniform<i8:f32, 2.000000e-02:-78>>
      %d = quant.dcast %q : tensor<1x2x!quant.uniform<i8:f32, 2.000000e-02:-78>> to tensor<1x2xf32>
      %w8 = arith.constant dense<[[127, 0], [0, 127]]> : tensor<2x2xi8>
      %wq = quant.scast %w8 : tensor<2x2xi8> to tensor<2x2x!quant.uniform<i8<-127:127>:f32:1, {1.000000e-02, 2.000000e-02}>>
      %wf = quant.dcast %wq : tensor<2x2x!quant.uniform<i8<-127:127>:f32:1, {1.000000e-02, 2.000000e-02}>> to tensor<2x2xf32>
      %y = tt.matmul %d, %wf : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
      return %y : tensor<1x2xf32>
    }
    ```
  }];
  let options = [
    ListOption<"exclude", "exclude", "std::string",
               "Ops that stay in float: globs of the names of nodes or of values, or `type:` and a glob of ops without `tt.`.">,
    ListOption<"ops", "ops", "std::string", "Kinds of ops that may be taken (default: all that the pass knows).">,
    Option<"weights", "weights", "std::string", /*default=*/"\"per-channel\"", "Scales of weights: per-channel or per-tensor.">,
    Option<"activations", "activations", "std::string", /*default=*/"\"asymmetric\"",
           "Zero points of values: asymmetric, or symmetric (always 0).">];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::quant::QuantDialect", "::tt::TTDialect"];
}

#endif
