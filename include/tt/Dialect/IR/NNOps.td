#ifndef TT_DIALECT_IR_NNOPS_TD
#define TT_DIALECT_IR_NNOPS_TD

include "tt/Dialect/IR/TTOpBase.td"

def TT_MatMulOp : TT_GraphOp<"matmul"> {
  let summary = "Matrix product with NumPy semantics";
  let description = [{
    Contracts the last dimension of `lhs` with the second to last of `rhs` (the only one where it has rank 1); leading
    dimensions broadcast. Floats are accumulated in f32 or wider, integers in the result's type.
    Constraints: (C1) equal element types, (C2) equal contracted sizes, (C3) leading dimensions broadcast.
    ```mlir
    %y = tt.matmul %a, %b : tensor<1x?x64xf32>, tensor<64x128xf32> -> tensor<1x?x128xf32>
    ```
  }];
  let arguments = (ins TT_NumberTensor:$lhs, TT_NumberTensor:$rhs);
  let results = (outs TT_NumberTensor:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs) `->` type($result)";
}

def TT_ConvOp : TT_GraphOp<"conv"> {
  let summary = "2-D convolution";
  let description = [{
    `filter` is OxIxKHxKW (I = input channels / `groups`) in both layouts; `layout` says where the channels of input and result
    are. `pads` is [top, left, bottom, right]. `bias` has O elements. 1-D convolutions are imported with a unit height.
    Constraints: (C1) channels divide by `groups` and agree with the filter, (C2) `strides` and `dilations` are positive,
    (C3) `bias` has O elements.
    ```mlir
    %y = tt.conv %x, %w bias(%b : tensor<8xf32>) {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<1x3x32x32xf32>, tensor<8x3x3x3xf32> -> tensor<1x8x32x32xf32>
    ```
  }];
  let arguments = (ins TT_FloatTensor:$input, TT_FloatTensor:$filter, Optional<TT_FloatTensor>:$bias,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$dilations, I64Attr:$groups, TT_LayoutAttr:$layout);
  let results = (outs TT_FloatTensor:$result);
  let assemblyFormat = "$input `,` $filter (`bias` `(` $bias^ `:` type($bias) `)`)? attr-dict `:` type($input) `,` type($filter) `->` type($result)";
  let hasVerifier = 1;
}

def TT_Int8Tensor : RankedTensorOf<[I8, UI8]>;

def TT_MatMulIntegerOp : TT_GraphOp<"matmul_integer", [AttrSizedOperandSegments]> {
  let summary = "Matrix product of 8-bit integers accumulated in i32";
  let description = [{
    `(lhs - lhs_zero) (rhs - rhs_zero)` with the shapes of `tt.matmul`; every factor is widened to i32 and sums wrap around. A missing zero point
    is 0. Constraints: (C1) equal contracted sizes, (C2) leading dimensions broadcast, (C3) `lhs_zero` has rank 0 or, where `lhs` has at most
    two dimensions, is Mx1 (one per row), `rhs_zero` has rank 0 or is N (one per column), both with the element type of their matrix.
    ```mlir
    %y = tt.matmul_integer %a, %b lhs_zero(%z : tensor<ui8>) : tensor<?x64xui8>, tensor<64x128xi8> -> tensor<?x128xi32>
    ```
  }];
  let arguments = (ins TT_Int8Tensor:$lhs, TT_Int8Tensor:$rhs, Optional<TT_Int8Tensor>:$lhs_zero, Optional<TT_Int8Tensor>:$rhs_zero);
  let results = (outs RankedTensorOf<[I32]>:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs (`lhs_zero` `(` $lhs_zero^ `:` type($lhs_zero) `)`)? (`rhs_zero` `(` $rhs_zero^ `:` type($rhs_zero) `)`)?
    attr-dict `:` type($lhs) `,` type($rhs) `->` type($result)
  }];
  let hasVerifier = 1;
}

def TT_ConvIntegerOp : TT_GraphOp<"conv_integer", [AttrSizedOperandSegments]> {
  let summary = "2-D convolution of 8-bit integers accumulated in i32";
  let description = [{
    As `tt.conv`, of `input - input_zero` and `filter - filter_zero`, so that the padding is `input_zero`. `input_zero` has rank 0, `filter_zero` rank
    0 or one element per output channel, both the element type of their tensor; a missing one is 0. Sums wrap around. Constraints: (C1) channels
    divide by `groups` and agree with the filter, (C2) `strides` and `dilations` are positive, (C3) the zero points are as said.
    ```mlir
    %y = tt.conv_integer %x, %w input_zero(%z : tensor<ui8>) {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<1x3x32x32xui8>, tensor<8x3x3x3xi8> -> tensor<1x8x32x32xi32>
    ```
  }];
  let arguments = (ins TT_Int8Tensor:$input, TT_Int8Tensor:$filter, Optional<TT_Int8Tensor>:$input_zero, Optional<TT_Int8Tensor>:$filter_zero,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$dilations, I64Attr:$groups, TT_LayoutAttr:$layout);
  let results = (outs RankedTensorOf<[I32]>:$result);
  let assemblyFormat = [{
    $input `,` $filter (`input_zero` `(` $input_zero^ `:` type($input_zero) `)`)? (`filter_zero` `(` $filter_zero^ `:` type($filter_zero) `)`)?
    attr-dict `:` type($input) `,` type($filter) `->` type($result)
  }];
  let hasVerifier = 1;
}

def TT_PoolOp : TT_GraphOp<"pool"> {
  let summary = "2-D pooling";
  let description = [{
    Maximum or average over windows of `kernel` at `strides` and `dilations`. `pads` is [top, left, bottom, right]; outside
    positions do not take part in a maximum, and count in an average's divisor only where `count_include_pad`. Windows past the
    padded end exist only where `ceil_mode`. 1-D pooling is imported with a unit height.
    ```mlir
    %y = tt.pool %x {kind = #tt<pool_kind max>, kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, ceil_mode = false, count_include_pad = false, layout = #tt<layout nchw>} : tensor<1x8x32x32xf32> -> tensor<1x8x16x16xf32>
    ```
  }];
  let arguments = (ins TT_NumberTensor:$input, TT_PoolKindAttr:$kind, DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$dilations, BoolAttr:$ceil_mode, BoolAttr:$count_include_pad, TT_LayoutAttr:$layout);
  let results = (outs TT_NumberTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

def TT_BatchNormOp : TT_GraphOp<"batch_norm"> {
  let summary = "Batch normalization with given statistics";
  let description = [{
    `(x - mean) / sqrt(variance + epsilon) * scale + bias`, the four vectors running along dimension `axis` (the channels).
    ```mlir
    %y = tt.batch_norm %x, %scale, %bias, %mean, %variance {axis = 1 : i64, epsilon = 1.0e-5 : f32} : tensor<1x8x4x4xf32>, tensor<8xf32> -> tensor<1x8x4x4xf32>
    ```
  }];
  let arguments = (ins TT_FloatTensor:$input, TT_FloatTensor:$scale, TT_FloatTensor:$bias, TT_FloatTensor:$mean, TT_FloatTensor:$variance,
                       I64Attr:$axis, F32Attr:$epsilon);
  let results = (outs TT_FloatTensor:$result);
  let assemblyFormat = "$input `,` $scale `,` $bias `,` $mean `,` $variance attr-dict `:` type($input) `,` custom<SameTypes>(type($scale), type($bias), type($mean), type($variance)) `->` type($result)";
}

def TT_LrnOp : TT_GraphOp<"lrn"> {
  let summary = "Local response normalization across channels";
  let description = [{
    `x / (bias + alpha / size * sum(x^2 over size neighbouring channels))^beta`, channels along dimension `axis`.
    ```mlir
    %y = tt.lrn %x {size = 5 : i64, alpha = 1.0e-4 : f32, beta = 0.75 : f32, bias = 1.0 : f32, axis = 1 : i64} : tensor<1x8x4x4xf32> -> tensor<1x8x4x4xf32>
    ```
  }];
  let arguments = (ins TT_FloatTensor:$input, I64Attr:$size, F32Attr:$alpha, F32Attr:$beta, F32Attr:$bias, I64Attr:$axis);
  let results = (outs TT_FloatTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def TT_ResizeOp : TT_GraphOp<"resize", [AttrSizedOperandSegments]> {
  let summary = "Resample a tensor";
  let description = [{
    ONNX Resize: exactly one of `sizes` (target sizes) and `scales` (factors, one per dimension) is given. `roi` is used by
    coordinate mode tf_crop_and_resize only.
    ```mlir
    %y = tt.resize %x scales(%s : tensor<4xf32>) {mode = #tt<resize_mode nearest>, coord = #tt<coord_mode asymmetric>, nearest = #tt<nearest_mode floor>, cubic_a = -0.75 : f32, exclude_outside = false, extrapolation = 0.0 : f32} : tensor<1x8x4x4xf32> -> tensor<1x8x8x8xf32>
    ```
  }];
  let arguments = (ins TT_NumberTensor:$input, Optional<TT_FloatTensor>:$roi, Optional<RankedTensorOf<[F32]>>:$scales, Optional<TT_ShapeTensor>:$sizes,
                       TT_ResizeModeAttr:$mode, TT_CoordModeAttr:$coord, TT_NearestModeAttr:$nearest, F32Attr:$cubic_a, BoolAttr:$exclude_outside, F32Attr:$extrapolation);
  let results = (outs TT_NumberTensor:$result);
  let assemblyFormat = [{
    $input (`roi` `(` $roi^ `:` type($roi) `)`)? (`scales` `(` $scales^ `:` type($scales) `)`)? (`sizes` `(` $sizes^ `:` type($sizes) `)`)?
    attr-dict `:` type($input) `->` type($result)
  }];
  let hasVerifier = 1;
}

def TT_AttentionOp : TT_GraphOp<"attention"> {
  let summary = "Scaled dot-product attention";
  let description = [{
    `softmax(scale * query key^T + mask) value` per batch and head. `query` is BxHxSxD, `key` BxGxTxD, `value` BxGxTxE with H a
    multiple of G (grouped queries: head h reads group h / (H / G)); `mask` broadcasts to BxHxSxT. Where `causal`, row s sees columns <= s + (T - S).
    ```mlir
    %y = tt.attention %q, %k, %v mask(%m : tensor<1x1x?x?xf32>) {scale = 0.125 : f32, causal = false} : tensor<1x4x?x64xf32>, tensor<1x4x?x64xf32>, tensor<1x4x?x64xf32> -> tensor<1x4x?x64xf32>
    ```
  }];
  let arguments = (ins TT_FloatTensor:$query, TT_FloatTensor:$key, TT_FloatTensor:$value, Optional<TT_FloatTensor>:$mask, F32Attr:$scale, BoolAttr:$causal);
  let results = (outs TT_FloatTensor:$result);
  let assemblyFormat = "$query `,` $key `,` $value (`mask` `(` $mask^ `:` type($mask) `)`)? attr-dict `:` type($query) `,` type($key) `,` type($value) `->` type($result)";
  let hasVerifier = 1;
}

#endif
