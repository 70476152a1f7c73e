#ifndef TT_DIALECT_IR_REDUCTIONOPS_TD
#define TT_DIALECT_IR_REDUCTIONOPS_TD

include "tt/Dialect/IR/TTOpBase.td"

def TT_ReduceOp : TT_GraphOp<"reduce"> {
  let summary = "Combine elements along dimensions";
  let description = [{
    `kind` over `axes` (sorted, distinct, in [0, rank)); reduced dimensions stay with size 1 where `keep_dims`, else vanish.
    Sums of floats are accumulated in f32 or wider. Constraints: (C1) `axes` sorted, distinct, in range.
    ```mlir
    %y = tt.reduce %x {kind = #tt<reduce_kind mean>, axes = array<i64: 1>, keep_dims = true} : tensor<2x8xf32> -> tensor<2x1xf32>
    ```
  }];
  let arguments = (ins TT_Tensor:$input, TT_ReduceKindAttr:$kind, DenseI64ArrayAttr:$axes, BoolAttr:$keep_dims);
  let results = (outs TT_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
}

def TT_ArgReduceOp : TT_GraphOp<"arg_reduce"> {
  let summary = "Position of the largest or smallest element";
  let description = [{
    The first such position along `axis`, or the last where `select_last`.
    ```mlir
    %i = tt.arg_reduce %x {kind = #tt<arg_kind max>, axis = 1 : i64, keep_dims = true, select_last = false} : tensor<2x8xf32> -> tensor<2x1xi64>
    ```
  }];
  let arguments = (ins TT_NumberTensor:$input, TT_ArgKindAttr:$kind, I64Attr:$axis, BoolAttr:$keep_dims, BoolAttr:$select_last);
  let results = (outs RankedTensorOf<[I64]>:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def TT_CumSumOp : TT_GraphOp<"cumsum"> {
  let summary = "Running sum along one dimension";
  let description = [{
    `exclusive` leaves out the element itself, `reverse` sums from the end.
    ```mlir
    %y = tt.cumsum %x {axis = 1 : i64, exclusive = false, reverse = false} : tensor<2x8xf32> -> tensor<2x8xf32>
    ```
  }];
  let arguments = (ins TT_NumberTensor:$input, I64Attr:$axis, BoolAttr:$exclusive, BoolAttr:$reverse);
  let results = (outs TT_NumberTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def TT_TopKOp : TT_GraphOp<"topk"> {
  let summary = "The k largest or smallest elements along one dimension";
  let description = [{
    Values and positions in order (largest first, or smallest first where not `largest`); equal values in order of position. `k` has one element.
    ```mlir
    %v, %i = tt.topk %x, %k {axis = 1 : i64, largest = true} : tensor<2x8xf32>, tensor<1xi64> -> tensor<2x?xf32>, tensor<2x?xi64>
    ```
  }];
  let arguments = (ins TT_NumberTensor:$input, TT_ShapeTensor:$k, I64Attr:$axis, BoolAttr:$largest);
  let results = (outs TT_NumberTensor:$values, RankedTensorOf<[I64]>:$indices);
  let assemblyFormat = "$input `,` $k attr-dict `:` type($input) `,` type($k) `->` type($values) `,` type($indices)";
}

class TT_SoftmaxLike<string mnemonic, string text, string formula> : TT_GraphOp<mnemonic> {
  let summary = text;
  let description = "Along `axis`: `" # formula # "`. Constraints: (C1) `axis` lies in [0, rank). Example:\n\n```mlir\n%y = tt."
    # mnemonic # " %x {axis = 1 : i64} : tensor<2x?xf32> -> tensor<2x?xf32>\n```\n";
  let arguments = (ins TT_FloatTensor:$input, I64Attr:$axis);
  let results = (outs TT_FloatTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}
def TT_SoftmaxOp : TT_SoftmaxLike<"softmax", "Normalized exponentials", "e^(x - max) / sum(e^(x - max))">;
def TT_LogSoftmaxOp : TT_SoftmaxLike<"log_softmax", "Logarithm of the softmax", "x - max - ln(sum(e^(x - max)))">;

def TT_NormOp : TT_GraphOp<"norm"> {
  let summary = "Layer or RMS normalization over the last dimensions";
  let description = [{
    Over the dimensions from `axis` to the last: kind layer gives `(x - mean) / sqrt(var + epsilon) * scale + bias`, kind rms gives
    `x / sqrt(mean(x^2) + epsilon) * scale + bias`. `scale` and `bias` broadcast to the normalized dimensions. Statistics are f32 or wider.
    ```mlir
    %y = tt.norm %x, %scale bias(%bias : tensor<64xf32>) {kind = #tt<norm_kind layer>, axis = 2 : i64, epsilon = 1.0e-5 : f32} : tensor<1x?x64xf32>, tensor<64xf32> -> tensor<1x?x64xf32>
    ```
  }];
  let arguments = (ins TT_FloatTensor:$input, TT_FloatTensor:$scale, Optional<TT_FloatTensor>:$bias, TT_NormKindAttr:$kind,
                       I64Attr:$axis, F32Attr:$epsilon);
  let results = (outs TT_FloatTensor:$result);
  let assemblyFormat = "$input `,` $scale (`bias` `(` $bias^ `:` type($bias) `)`)? attr-dict `:` type($input) `,` type($scale) `->` type($result)";
}

#endif
