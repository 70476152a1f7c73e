#ifndef TT_GRAPH_PASSES_TD
#define TT_GRAPH_PASSES_TD

include "mlir/Pass/PassBase.td"

def AssignLayoutPass : Pass<"tt-assign-layout", "::mlir::func::FuncOp"> {
  let summary = "Store images as NHWC and move, cancel and share transposes";
  let description = [{
    Every `tt.conv` and `tt.pool` of layout nchw becomes nhwc. Around them, each op that can work on permuted tensors
    (elementwise ops with broadcasting, concat, slice, pad, reduce, resize, softmax, norms over trailing dimensions,
    reshapes that split or join neighbouring dimensions, and so on) either stays in its own order or takes the order of its
    convolutions; the choice for the whole function is the one that moves the fewest bytes (a minimum cut, in which an
    unknown first size counts as 1 and any other unknown size as 64). The transposes of the model take part: they are
    joined with those that the pass makes, and vanish where they undo each other. Constants are transposed at compile time; a
    transpose that moves unit dimensions only becomes a `tt.reshape`; `tt.shape` of a permuted tensor reads its sizes without a
    transpose; a transpose before an image is flattened and multiplied by constant weights goes into the rows of the weights.
    The function's arguments and results keep their order. Exact. What is left is told in analysis remarks of
    category tt-layout. Before:

    ```mlir
    func.func @f(%x: tensor<1x2x4x4xf32>, %w: tensor<3x2x1x1xf32>, %b: tensor<3xf32>) -> tensor<1x3x1x1xf32> {
      %c = tt.conv %x, %w bias(%b : tensor<3xf32>) {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<1x2x4x4xf32>, tensor<3x2x1x1xf32> -> tensor<1x3x4x4xf32>
      %r = tt.relu %c : tensor<1x3x4x4xf32>
      %y = tt.reduce %r {kind = #tt<reduce_kind mean>, axes = array<i64: 2, 3>, keep_dims = true} : tensor<1x3x4x4xf32> -> tensor<1x3x1x1xf32>
      return %y : tensor<1x3x1x1xf32>
    }
    ```
    After:
    ```mlir
    func.func @f(%x: tensor<1x2x4x4xf32>, %w: tensor<3x2x1x1xf32>, %b: tensor<3xf32>) -> tensor<1x3x1x1xf32> {
      %t = tt.transpose %x {perm = array<i64: 0, 2, 3, 1>} : tensor<1x2x4x4xf32> -> tensor<1x4x4x2xf32>
      %c = tt.conv %t, %w bias(%b : tensor<3xf32>) {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nhwc>} : tensor<1x4x4x2xf32>, tensor<3x2x1x1xf32> -> tensor<1x4x4x3xf32>
      %r = tt.relu %c : tensor<1x4x4x3xf32>
      %m = tt.reduce %r {kind = #tt<reduce_kind mean>, axes = array<i64: 1, 2>, keep_dims = true} : tensor<1x4x4x3xf32> -> tensor<1x1x1x3xf32>
      %shape = arith.constant dense<[1, 3, 1, 1]> : tensor<4xi64>
      %y = tt.reshape %m, %shape : tensor<1x1x1x3xf32>, tensor<4xi64> -> tensor<1x3x1x1xf32>
      return %y : tensor<1x3x1x1xf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::tt::TTDialect"];
}

def DecomposeAttentionPass : Pass<"tt-decompose-attention", "::mlir::func::FuncOp"> {
  let summary = "Write attention as two matrix products around a softmax";
  let description = [{
    For code generation without a kernel for `tt.attention`. The scale is applied to the scores, where it fuses into the first
    product; heads that share a group of keys are stacked as rows of one product, so that keys and values are not
    repeated. The number of heads must be known, else the pass fails. Before:

    ```mlir
    func.func @f(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32> {
      %y = tt.attention %q, %k, %v {scale = 0.25 : f32, causal = false} : tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32> -> tensor<1x4x8x16xf32>
      return %y : tensor<1x4x8x16xf32>
    }
    ```
    After:
    ```mlir
    func.func @f(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>) -> tensor<1x4x8x16xf32> {
      %t = tt.transpose %k {perm = array<i64: 0, 1, 3, 2>} : tensor<1x4x8x16xf32> -> tensor<1x4x16x8xf32>
      %s = tt.matmul %q, %t : tensor<1x4x8x16xf32>, tensor<1x4x16x8xf32> -> tensor<1x4x8x8xf32>
      %scale = arith.constant dense<0.25> : tensor<f32>
      %m = tt.mul %s, %scale : tensor<1x4x8x8xf32>, tensor<f32> -> tensor<1x4x8x8xf32>
      %p = tt.softmax %m {axis = 3 : i64} : tensor<1x4x8x8xf32> -> tensor<1x4x8x8xf32>
      %y = tt.matmul %p, %v : tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32> -> tensor<1x4x8x16xf32>
      return %y : tensor<1x4x8x16xf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::tt::TTDialect"];
}

def FoldConstantsPass : Pass<"tt-fold-constants", "::mlir::func::FuncOp"> {
  let summary = "Compute graph ops whose operands are all constant";
  let description = [{
    Elementwise ops, reductions, running sums and ops that move elements, of any size: large weights are computed once, in the
    element type of the op (sums in f64), and the old ones are released when nothing uses them. A result must have a static
    type and be at most `max-bytes` or the largest operand large; ops with values out of range (a division of integers
    by 0, a bad index) stay, and fail at run time. Before:
    ```mlir
    func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {
      %a = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
      %b = arith.constant dense<[0.5, 0.25]> : tensor<2xf32>
      %c = tt.mul %a, %b : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
      %y = tt.add %x, %c : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
      return %y : tensor<2xf32>
    }
    ```
    After (1 * 0.5 and 2 * 0.25):
    ```mlir
    func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {
      %c = arith.constant dense<0.5> : tensor<2xf32>
      %y = tt.add %x, %c : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
      return %y : tensor<2xf32>
    }
    ```
  }];
  let options = [Option<"maxBytes", "max-bytes", "int64_t", /*default=*/"1048576",
                        "Largest result, in bytes, that may be larger than every operand.">,
                 Option<"keepQuantized", "keep-quantized", "bool", /*default=*/"false",
                        "Leave tt.dequantize of 8-bit constants: weights of a quantized model.">];
  let statistics = [Statistic<"numFolded", "num-folded", "Number of ops computed">];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def FuseBatchNormPass : Pass<"tt-fuse-batch-norm", "::mlir::func::FuncOp"> {
  let summary = "Move batch norms, channel constants and zero borders into convolutions";
  let description = [{
    Everything that is affine per channel with constants and is the only use of a `tt.conv` goes into its filter and bias:
    `tt.batch_norm`, `tt.add`, `tt.sub`, `tt.mul` and `tt.div` by a constant that varies along the channels alone. Factors and
    sums are computed in f64 from the stored weights and rounded once to the element type, so a result may differ from the
    unfused one by rounding. A `tt.pad` with zeros of height and width before a convolution becomes part of its pads
    (exact). A `tt.batch_norm` elsewhere becomes a product and a sum with constants. Old weights are released as soon as
    nothing uses them. A batch norm whose statistics are not constants stays, and a remark says so. Before:

    ```mlir
    func.func @f(%x: tensor<1x1x4x4xf32>) -> tensor<1x2x4x4xf32> {
      %w = arith.constant dense<[[[[1.0]]], [[[2.0]]]]> : tensor<2x1x1x1xf32>
      %scale = arith.constant dense<[4.0, 1.0]> : tensor<2xf32>
      %bias = arith.constant dense<[0.0, 3.0]> : tensor<2xf32>
      %mean = arith.constant dense<[1.0, 1.0]> : tensor<2xf32>
      %variance = arith.constant dense<[4.0, 1.0]> : tensor<2xf32>
      %c = tt.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32> -> tensor<1x2x4x4xf32>
      %y = tt.batch_norm %c, %scale, %bias, %mean, %variance {axis = 1 : i64, epsilon = 0.0 : f32} : tensor<1x2x4x4xf32>, tensor<2xf32> -> tensor<1x2x4x4xf32>
      return %y : tensor<1x2x4x4xf32>
    }
    ```
    After (factors 4 / sqrt(4) = 2 and 1, offsets 0 - 1 * 2 = -2 and 3 - 1 * 1 = 2):
    ```mlir
    func.func @f(%x: tensor<1x1x4x4xf32>) -> tensor<1x2x4x4xf32> {
      %w = arith.constant dense<[[[[2.0]]], [[[2.0]]]]> : tensor<2x1x1x1xf32>
      %b = arith.constant dense<[-2.0, 2.0]> : tensor<2xf32>
      %y = tt.conv %x, %w bias(%b : tensor<2xf32>) {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32> -> tensor<1x2x4x4xf32>
      return %y : tensor<1x2x4x4xf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::tt::TTDialect"];
}

def InferShapesPass : Pass<"tt-infer-shapes", "::mlir::func::FuncOp"> {
  let summary = "Make the types of graph ops as static as they can be";
  let description = [{
    Walks a function in order, infers each graph op's result types again and keeps what is new. Sizes of dynamic dimensions
    are symbols, followed through shape computations (`tt.shape`, `tt.gather`, `tt.concat`, arithmetic): small integer tensors
    whose elements turn out to be constant are replaced by constants, and shape operands of `tt.reshape`, `tt.expand` and `tt.slice` by
    constants with 0, -1, 1 or the largest integer where these say the same. Two dimensions of arguments with one name in
    `tt.dims` count as equal. The function's result types follow, and unnamed dynamic dimensions of results get the name of the
    input dimension they are equal to. A type that contradicts its operands is an error. Before:
    ```mlir
    func.func @heads(%x: tensor<?x?x768xf32>) -> tensor<?x?x?x?xf32> {
      %n = tt.shape %x {start = 0 : i64, end = 2 : i64} : tensor<?x?x768xf32> -> tensor<2xi64>
      %h = arith.constant dense<[12, 64]> : tensor<2xi64>
      %s = tt.concat %n, %h {axis = 0 : i64} : tensor<2xi64>, tensor<2xi64> -> tensor<4xi64>
      %y = tt.reshape %x, %s : tensor<?x?x768xf32>, tensor<4xi64> -> tensor<?x?x?x?xf32>
      return %y : tensor<?x?x?x?xf32>
    }
    ```
    After (and `canonicalize`):
    ```mlir
    func.func @heads(%x: tensor<?x?x768xf32>) -> tensor<?x?x12x64xf32> {
      %s = arith.constant dense<[0, 0, 12, 64]> : tensor<4xi64>
      %y = tt.reshape %x, %s : tensor<?x?x768xf32>, tensor<4xi64> -> tensor<?x?x12x64xf32>
      return %y : tensor<?x?x12x64xf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def RaiseActivationPass : Pass<"tt-raise-activation", "::mlir::func::FuncOp"> {
  let summary = "Recognize GELU, SiLU, sigmoid and softplus in their parts";
  let description = [{
    Rewrites, with the factors of products in any order and quotients by constants read as products:

    - `0.5 x (1 + erf(x / sqrt 2))` to `tt.gelu` of kind erf,
    - `0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))` to `tt.gelu` of kind tanh, also with `x (1 + 0.044715 x^2)`,
    - `x * sigmoid(x)` and `x / (1 + e^-x)` to `tt.silu`, `1 / (1 + e^-x)` to `tt.sigmoid`,
    - `ln(1 + e^x)` to `tt.softplus` (which does not overflow for large x, unlike its parts).

    Constants may differ from the exact value by 16 units in the last place, because exporters round in different places.
    The result is the same function with another order of roundings. Hard swish stays as it is: its parts fuse anyway. Before:

    ```mlir
    func.func @f(%x: tensor<2x8xf32>) -> tensor<2x8xf32> {
      %root = arith.constant dense<1.41421354> : tensor<f32>
      %one = arith.constant dense<1.0> : tensor<f32>
      %half = arith.constant dense<0.5> : tensor<f32>
      %a = tt.div %x, %root : tensor<2x8xf32>, tensor<f32> -> tensor<2x8xf32>
      %b = tt.erf %a : tensor<2x8xf32>
      %c = tt.add %b, %one : tensor<2x8xf32>, tensor<f32> -> tensor<2x8xf32>
      %d = tt.mul %x, %c : tensor<2x8xf32>, tensor<2x8xf32> -> tensor<2x8xf32>
      %y = tt.mul %d, %half : tensor<2x8xf32>, tensor<f32> -> tensor<2x8xf32>
      return %y : tensor<2x8xf32>
    }
    ```
    After:
    ```mlir
    func.func @f(%x: tensor<2x8xf32>) -> tensor<2x8xf32> {
      %y = tt.gelu %x {kind = #tt<gelu_kind erf>} : tensor<2x8xf32>
      return %y : tensor<2x8xf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::tt::TTDialect"];
}

def RaiseAttentionPass : Pass<"tt-raise-attention", "::mlir::func::FuncOp"> {
  let summary = "Recognize attention in its matrix products";
  let description = [{
    Rewrites `softmax(scale * (q k^T) + mask) v` to `tt.attention`. The softmax runs over the last dimension and has no other
    use; the scale (products with and quotients by constants) may stand at the scores, at q and at k; the mask may be
    missing. Tensors of rank 2 and 3 get dimensions of size 1 for heads and batch. A `tt.where` that hides scores by a
    constant becomes a sum with a mask where that changes nothing: for -infinity and numbers up to -1e30 (|score| < 2^75 in
    f32), and for numbers up to -1e9 where the condition is a constant that leaves something visible in each row
    (|score| < |number| / 4, so that hidden exponentials are 0 in both forms). Batch and head sizes of q, k and v must be
    equal for certain, and the mask must not make the scores larger (tt::ShapeAnalysis). What looks like attention and is
    kept has a remark. Repeated keys of grouped queries stay repeated.

    Before:

    ```mlir
    func.func @f(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>, %mask: tensor<8x8xf32>) -> tensor<1x4x8x16xf32> {
      %four = arith.constant dense<4.0> : tensor<f32>
      %t = tt.transpose %k {perm = array<i64: 0, 1, 3, 2>} : tensor<1x4x8x16xf32> -> tensor<1x4x16x8xf32>
      %s = tt.matmul %q, %t : tensor<1x4x8x16xf32>, tensor<1x4x16x8xf32> -> tensor<1x4x8x8xf32>
      %d = tt.div %s, %four : tensor<1x4x8x8xf32>, tensor<f32> -> tensor<1x4x8x8xf32>
      %m = tt.add %d, %mask : tensor<1x4x8x8xf32>, tensor<8x8xf32> -> tensor<1x4x8x8xf32>
      %p = tt.softmax %m {axis = 3 : i64} : tensor<1x4x8x8xf32> -> tensor<1x4x8x8xf32>
      %y = tt.matmul %p, %v : tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32> -> tensor<1x4x8x16xf32>
      return %y : tensor<1x4x8x16xf32>
    }
    ```
    After:
    ```mlir
    func.func @f(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x8x16xf32>, %v: tensor<1x4x8x16xf32>, %mask: tensor<8x8xf32>) -> tensor<1x4x8x16xf32> {
      %y = tt.attention %q, %k, %v mask(%mask : tensor<8x8xf32>) {scale = 0.25 : f32, causal = false} : tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32> -> tensor<1x4x8x16xf32>
      return %y : tensor<1x4x8x16xf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::tt::TTDialect"];
}

def RaiseNormPass : Pass<"tt-raise-norm", "::mlir::func::FuncOp"> {
  let summary = "Recognize layer norm and RMS norm in their parts";
  let description = [{
    Rewrites `(x - mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon)` to `tt.norm` of kind layer and `x / sqrt(mean(x^2) + epsilon)`
    to kind rms, where the means run over the last dimensions and keep them. The square may be `tt.pow` or a product, the
    quotient a product with a reciprocal. A following product and a following sum with values that vary along the
    normalized dimensions alone become scale and bias of the norm. The result is the same function with another order of
    roundings. Quotients of this form along other dimensions stay, and a remark says so. Before:

    ```mlir
    func.func @f(%x: tensor<2x8xf32>, %scale: tensor<8xf32>) -> tensor<2x8xf32> {
      %epsilon = arith.constant dense<1.0e-5> : tensor<f32>
      %square = tt.mul %x, %x : tensor<2x8xf32>, tensor<2x8xf32> -> tensor<2x8xf32>
      %mean = tt.reduce %square {kind = #tt<reduce_kind mean>, axes = array<i64: 1>, keep_dims = true} : tensor<2x8xf32> -> tensor<2x1xf32>
      %sum = tt.add %mean, %epsilon : tensor<2x1xf32>, tensor<f32> -> tensor<2x1xf32>
      %root = tt.sqrt %sum : tensor<2x1xf32>
      %n = tt.div %x, %root : tensor<2x8xf32>, tensor<2x1xf32> -> tensor<2x8xf32>
      %y = tt.mul %n, %scale : tensor<2x8xf32>, tensor<8xf32> -> tensor<2x8xf32>
      return %y : tensor<2x8xf32>
    }
    ```
    After:
    ```mlir
    func.func @f(%x: tensor<2x8xf32>, %scale: tensor<8xf32>) -> tensor<2x8xf32> {
      %y = tt.norm %x, %scale {kind = #tt<norm_kind rms>, axis = 1 : i64, epsilon = 1.0e-5 : f32} : tensor<2x8xf32>, tensor<8xf32> -> tensor<2x8xf32>
      return %y : tensor<2x8xf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::tt::TTDialect"];
}

def RaiseSoftmaxPass : Pass<"tt-raise-softmax", "::mlir::func::FuncOp"> {
  let summary = "Recognize softmax and log softmax in their parts";
  let description = [{
    Rewrites `e^y / sum(e^y)` to `tt.softmax` and `y - ln(sum(e^y))` to `tt.log_softmax`, where `y` is `x - max(x)` or any
    other tensor (then the result does not overflow where the parts would) and sum and maximum run over one dimension and
    keep it. Sums over several dimensions stay, and a remark says so. Before:

    ```mlir
    func.func @f(%x: tensor<2x8xf32>) -> tensor<2x8xf32> {
      %max = tt.reduce %x {kind = #tt<reduce_kind max>, axes = array<i64: 1>, keep_dims = true} : tensor<2x8xf32> -> tensor<2x1xf32>
      %d = tt.sub %x, %max : tensor<2x8xf32>, tensor<2x1xf32> -> tensor<2x8xf32>
      %e = tt.exp %d : tensor<2x8xf32>
      %sum = tt.reduce %e {kind = #tt<reduce_kind sum>, axes = array<i64: 1>, keep_dims = true} : tensor<2x8xf32> -> tensor<2x1xf32>
      %y = tt.div %e, %sum : tensor<2x8xf32>, tensor<2x1xf32> -> tensor<2x8xf32>
      return %y : tensor<2x8xf32>
    }
    ```
    After:
    ```mlir
    func.func @f(%x: tensor<2x8xf32>) -> tensor<2x8xf32> {
      %y = tt.softmax %x {axis = 1 : i64} : tensor<2x8xf32> -> tensor<2x8xf32>
      return %y : tensor<2x8xf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::tt::TTDialect"];
}

def SimplifySizesPass : Pass<"tt-simplify-sizes", "::mlir::func::FuncOp"> {
  let summary = "Read computed sizes from the inputs";
  let description = [{
    Exported models ask each layer's tensor for its sizes. Each i64 scalar or short vector that is for certain equal to
    consecutive sizes of an argument (tt::ShapeAnalysis), and not constant, is replaced by a `tt.shape` of that argument. So
    equal computations in different layers (masks, positions) become equal ops, which cse merges, and no size waits for the
    result of a layer. Exact. Before:

    ```mlir
    func.func @f(%x: tensor<?x8xf32>) -> tensor<i64> {
      %r = tt.relu %x : tensor<?x8xf32>
      %s = tt.shape %r {start = 0 : i64, end = 2 : i64} : tensor<?x8xf32> -> tensor<2xi64>
      %zero = arith.constant dense<0> : tensor<i64>
      %n = tt.gather %s, %zero {axis = 0 : i64} : tensor<2xi64>, tensor<i64> -> tensor<i64>
      return %n : tensor<i64>
    }
    ```
    After:
    ```mlir
    func.func @f(%x: tensor<?x8xf32>) -> tensor<i64> {
      %s = tt.shape %x {start = 0 : i64, end = 1 : i64} : tensor<?x8xf32> -> tensor<1xi64>
      %shape = arith.constant dense<> : tensor<0xi64>
      %n = tt.reshape %s, %shape : tensor<1xi64>, tensor<0xi64> -> tensor<i64>
      return %n : tensor<i64>
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::tt::TTDialect"];
}

def MarkKindsPass : Pass<"tt-mark-kinds", "::mlir::func::FuncOp"> {
  let summary = "Write the kind of each graph op into its location";
  let description = [{
    The location L of a `tt` op becomes `fused<"kind">[L]`, so that code made of the op still tells what its nodes were (docs/profiling.md). The last pass of the stage `optimized`; a location
    with a mark keeps it. Before:
    ```mlir
    func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = tt.relu %x : tensor<4xf32> loc("Relu_1")
      return %y : tensor<4xf32>
    }
    ```
    After:
    ```mlir
    func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
      %y = tt.relu %x : tensor<4xf32> loc(fused<"relu">["Relu_1"])
      return %y : tensor<4xf32>
    }
    ```
  }];
}

def LowerInt8Pass : Pass<"tt-lower-int8", "::mlir::func::FuncOp"> {
  let summary = "Compute on integers between quantized values";
  let description = [{
    Where all operands of an op come from `quant.dcast` (or are constant), the op works on their integers. The numbers are those of the design's
    section 3, alike on every CPU: sums of products exact in i32, a constant bias as i32 in steps of `sx * sw`, then one f32 multiplication by
    `sx * sw / sy`, rint (half to even), the zero point and saturation.

    - `tt.conv` (any groups), `tt.matmul` become `tt.conv_integer`, `tt.matmul_integer`, with the addition of a constant per column that follows;
      weights of u8 become i8. A user that does not quantize gets the sum times `sx * sw` as f32.
    - `tt.add`, `tt.sub`: `fl(fl(float(qa - za) sa/sy) + fl(float(qb - zb) sb/sy))`; `tt.mul`: the product times `sa sb/sy`; one operand may be constant.
    - average `tt.pool` and mean `tt.reduce`: the mean of `q - z`, whose sum is exact, times `sx/sy`.
    - a `quant.qcast` of a `quant.dcast` of other parameters: `float(q - z) sx/sy`.

    All but contractions need every user to be a `quant.qcast` with one scale. What stays in float is told in a remark with its reason; its
    casts stay for tt-lower-quant-casts. Run tt-move-quant-casts before. Before:

    ```mlir
    func.func @f(%q: tensor<1x2x!quant.uniform<i8:f32, 0.5:1>>) -> tensor<1x2x!quant.uniform<i8:f32, 0.25:-3>> {
      %x = quant.dcast %q : tensor<1x2x!quant.uniform<i8:f32, 0.5:1>> to tensor<1x2xf32>
      %y = tt.add %x, %x : tensor<1x2xf32>, tensor<1x2xf32> -> tensor<1x2xf32>
      %r = quant.qcast %y : tensor<1x2xf32> to tensor<1x2x!quant.uniform<i8:f32, 0.25:-3>>
      return %r : tensor<1x2x!quant.uniform<i8:f32, 0.25:-3>>
    }
    ```
    After:
    ```mlir
    func.func @f(%q: tensor<1x2x!quant.uniform<i8:f32, 0.5:1>>) -> tensor<1x2x!quant.uniform<i8:f32, 0.25:-3>> {
      %i = quant.scast %q : tensor<1x2x!quant.uniform<i8:f32, 0.5:1>> to tensor<1x2xi8>
      %z = arith.constant dense<1> : tensor<i8>
      %m = arith.constant dense<2.0> : tensor<f32>
      %a = tt.dequantize %i, %m, %z : tensor<1x2xi8>, tensor<f32>, tensor<i8> -> tensor<1x2xf32>
      %b = tt.dequantize %i, %m, %z : tensor<1x2xi8>, tensor<f32>, tensor<i8> -> tensor<1x2xf32>
      %s = tt.add %a, %b : tensor<1x2xf32>, tensor<1x2xf32> -> tensor<1x2xf32>
      %one = arith.constant dense<1.0> : tensor<f32>
      %zy = arith.constant dense<-3> : tensor<i8>
      %n = tt.quantize %s, %one, %zy : tensor<1x2xf32>, tensor<f32>, tensor<i8> -> tensor<1x2xi8>
      %r = quant.scast %n : tensor<1x2xi8> to tensor<1x2x!quant.uniform<i8:f32, 0.25:-3>>
      return %r : tensor<1x2x!quant.uniform<i8:f32, 0.25:-3>>
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::quant::QuantDialect", "::tt::TTDialect"];
}

def MoveQuantCastsPass : Pass<"tt-move-quant-casts", "::mlir::func::FuncOp"> {
  let summary = "Move quantization through ops that do not compute, and cancel pairs";
  let description = [{
    Reshape, transpose, slice, concat, expand, tile, gather, pad, max pool, largest and smallest element, nearest resize, relu and clip
    give the same integers before and after quantizing. A `quant.dcast` before such an op moves behind it (all operands must have one type; a border or bound must be
    a number of that type), a `quant.qcast` behind it moves before it (where it is the only use). Borders and bounds become integers; a bound at the end of
    the type's range vanishes. Weights with one scale per channel move through transposes. `quant.qcast` of
    `quant.dcast` of the same type vanishes. Exact, NaN at a clip that excludes 0 aside. Before:

    ```mlir
    func.func @f(%q: tensor<1x2x!quant.uniform<i8:f32, 0.5:-128>>, %x: tensor<1x2xf32>) -> (tensor<2x1xf32>, tensor<1x2x!quant.uniform<i8:f32, 0.5:-128>>) {
      %d = quant.dcast %q : tensor<1x2x!quant.uniform<i8:f32, 0.5:-128>> to tensor<1x2xf32>
      %t = tt.transpose %d {perm = array<i64: 1, 0>} : tensor<1x2xf32> -> tensor<2x1xf32>
      %r = tt.relu %x : tensor<1x2xf32>
      %y = quant.qcast %r : tensor<1x2xf32> to tensor<1x2x!quant.uniform<i8:f32, 0.5:-128>>
      return %t, %y : tensor<2x1xf32>, tensor<1x2x!quant.uniform<i8:f32, 0.5:-128>>
    }
    ```
    After:
    ```mlir
    func.func @f(%q: tensor<1x2x!quant.uniform<i8:f32, 0.5:-128>>, %x: tensor<1x2xf32>) -> (tensor<2x1xf32>, tensor<1x2x!quant.uniform<i8:f32, 0.5:-128>>) {
      %i = quant.scast %q : tensor<1x2x!quant.uniform<i8:f32, 0.5:-128>> to tensor<1x2xi8>
      %t = tt.transpose %i {perm = array<i64: 1, 0>} : tensor<1x2xi8> -> tensor<2x1xi8>
      %s = quant.scast %t : tensor<2x1xi8> to tensor<2x1x!quant.uniform<i8:f32, 0.5:-128>>
      %d = quant.dcast %s : tensor<2x1x!quant.uniform<i8:f32, 0.5:-128>> to tensor<2x1xf32>
      %y = quant.qcast %x : tensor<1x2xf32> to tensor<1x2x!quant.uniform<i8:f32, 0.5:-128>>
      return %d, %y : tensor<2x1xf32>, tensor<1x2x!quant.uniform<i8:f32, 0.5:-128>>
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::quant::QuantDialect", "::tt::TTDialect"];
}

def RaiseQuantPass : Pass<"tt-raise-quant", "::mlir::func::FuncOp"> {
  let summary = "Write quantization with constant parameters with types of the quant dialect";
  let description = [{
    `tt.quantize` and `tt.dequantize` of f32 and 8-bit integers whose scale and zero point are constant, one for the tensor or one for each position of a
    dimension, become `quant.qcast` and `quant.dcast`, with `quant.scast` to and from the integers that other ops use (and
    `tt.bitcast` where these are ui8). Exact. Others stay, and a remark says why. No canonicalization may run while these casts live: upstream folds
    `dcast(qcast(x))` to x. Before:

    ```mlir
    func.func @f(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
      %s = arith.constant dense<0.5> : tensor<f32>
      %z = arith.constant dense<1> : tensor<i8>
      %q = tt.quantize %x, %s, %z : tensor<1x2xf32>, tensor<f32>, tensor<i8> -> tensor<1x2xi8>
      %y = tt.dequantize %q, %s, %z : tensor<1x2xi8>, tensor<f32>, tensor<i8> -> tensor<1x2xf32>
      return %y : tensor<1x2xf32>
    }
    ```
    After:
    ```mlir
    func.func @f(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
      %q = quant.qcast %x : tensor<1x2xf32> to tensor<1x2x!quant.uniform<i8:f32, 0.5:1>>
      %i = quant.scast %q : tensor<1x2x!quant.uniform<i8:f32, 0.5:1>> to tensor<1x2xi8>
      %p = quant.scast %i : tensor<1x2xi8> to tensor<1x2x!quant.uniform<i8:f32, 0.5:1>>
      %y = quant.dcast %p : tensor<1x2x!quant.uniform<i8:f32, 0.5:1>> to tensor<1x2xf32>
      return %y : tensor<1x2xf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::quant::QuantDialect", "::tt::TTDialect"];
}

def StoreUnsignedPass : Pass<"tt-store-unsigned", "::mlir::func::FuncOp"> {
  let summary = "Store quantized activations as unsigned bytes";
  let description = [{
    The kernels of integer products read unsigned bytes on the left (`vpdpbusd`, `usdot`), so that signed ones would be shifted first. A
    `quant.qcast` to i8 with one scale and the whole range becomes one to u8, its zero point 128 higher, where all users are `quant.dcast` (or see
    the integers as the same type again). The rounding and the range of numbers stay. Weights, and integers that other ops
    read, stay as they are. Exact. Before:

    ```mlir
    func.func @f(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
      %q = quant.qcast %x : tensor<1x2xf32> to tensor<1x2x!quant.uniform<i8:f32, 0.5:-28>>
      %y = quant.dcast %q : tensor<1x2x!quant.uniform<i8:f32, 0.5:-28>> to tensor<1x2xf32>
      return %y : tensor<1x2xf32>
    }
    ```
    After:
    ```mlir
    func.func @f(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
      %q = quant.qcast %x : tensor<1x2xf32> to tensor<1x2x!quant.uniform<u8:f32, 0.5:100>>
      %y = quant.dcast %q : tensor<1x2x!quant.uniform<u8:f32, 0.5:100>> to tensor<1x2xf32>
      return %y : tensor<1x2xf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::quant::QuantDialect"];
}

#endif
