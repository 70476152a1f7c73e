#ifndef TT_DIALECT_IR_KERNELOPS_TD
#define TT_DIALECT_IR_KERNELOPS_TD

include "tt/Dialect/IR/KernelOpBase.td"

def TT_YieldOp : TT_Op<"yield", [Pure, Terminator, ReturnLike]> {
  let summary = "The value of an epilogue or loop body";
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "attr-dict ($values^ `:` type($values))?";
  let builders = [OpBuilder<(ins), [{ (void)$_state; }]>];
}

def TT_GemmOp : TT_EpilogueKernelOp<"gemm"> {
  let summary = "Batched matrix product with a fused epilogue";
  let description = [{
    `init[b, m, n] = epilogue(sum over k of lhs[b, m, k] * rhs[b, k, n], extras...)`. `lhs` is BxMxK or 1xMxK. `rhs` is BxKxN or
    1xKxN (BxNxK or 1xNxK where `rhs_transposed`), or, where `packed`, panels of 16 columns with zeros behind column N (tt/Dialect/IR/Panels.h): [B or 1, ceil(N / 16), K, 16], or [.., ceil(K / 2), 16, 2] where `lhs` has
    elements of 16 bits (floats, or i16 whose products are added in i32).
    The innermost dimension of every buffer is contiguous. Constraints: (C1) sizes agree, (C2) element types agree, or `lhs` is f32 and `rhs` f16 or bf16 and widened,
    (C3) the epilogue has one block with the accumulator and one argument per extra, and yields the element type of `init`.

    ```mlir
    %r = tt.gemm ins(%a, %b : tensor<1x?x64xf32>, tensor<1x8x64x16xf32>) outs(%i : tensor<1x?x128xf32>) extras(%bias : tensor<128xf32>)
         {packed, extra_maps = [affine_map<(b, m, n) -> (n)>]} epilogue {
    ^bb0(%acc: f32, %x: f32):
      %s = arith.addf %acc, %x : f32
      tt.yield %s : f32
    } -> tensor<1x?x128xf32>
    ```
  }];
  let arguments = (ins TT_Shaped:$lhs, TT_Shaped:$rhs, TT_Shaped:$init, Variadic<TT_Shaped>:$extras, AffineMapArrayAttr:$extra_maps,
                       UnitAttr:$packed, UnitAttr:$rhs_transposed, OptionalAttr<TT_LoweringConfigAttr>:$config);
  let assemblyFormat = [{
    `ins` `(` $lhs `,` $rhs `:` type($lhs) `,` type($rhs) `)` `outs` `(` $init `:` type($init) `)`
    (`extras` `(` $extras^ `:` type($extras) `)`)? attr-dict `epilogue` $epilogue (`->` type($result)^)?
  }];
}

def TT_ConvDirectOp : TT_EpilogueKernelOp<"conv_direct"> {
  let summary = "Direct NHWC convolution with a fused epilogue";
  let description = [{
    `input` is NxHxWxC and already padded, `init` NxOHxOWxO. `filter` is OxIxKHxKW (I = C / groups), as in `tt.conv`, or, where `packed`, panels of 16 output
    channels, k running over (kh, kw, i) with i fastest: [groups, ceil(O / groups / 16), KH*KW*I, 16], or [.., KH*KW*I / 2, 16, 2] as for `tt.gemm` (I even), with zeros behind the last channel. The epilogue's iteration
    space is (n, oh, ow, o). `kernel` is [KH, KW]. Constraints as for `tt.gemm`; (C4) OH = (H - dilation * (KH - 1) - 1) / stride + 1, OW likewise.

    ```mlir
    %r = tt.conv_direct ins(%x, %w : tensor<1x34x34x16xf32>, tensor<1x2x144x16xf32>) outs(%i : tensor<1x32x32x32xf32>)
         {packed, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, extra_maps = []} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    } -> tensor<1x32x32x32xf32>
    ```
  }];
  let arguments = (ins TT_Shaped:$input, TT_Shaped:$filter, TT_Shaped:$init, Variadic<TT_Shaped>:$extras, AffineMapArrayAttr:$extra_maps,
                       DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations, I64Attr:$groups,
                       UnitAttr:$packed, OptionalAttr<TT_LoweringConfigAttr>:$config);
  let assemblyFormat = [{
    `ins` `(` $input `,` $filter `:` type($input) `,` type($filter) `)` `outs` `(` $init `:` type($init) `)`
    (`extras` `(` $extras^ `:` type($extras) `)`)? attr-dict `epilogue` $epilogue (`->` type($result)^)?
  }];
}

def TT_ConvDepthwiseOp : TT_EpilogueKernelOp<"conv_depthwise"> {
  let summary = "Depthwise NHWC convolution with a fused epilogue";
  let description = [{
    `init[n, oh, ow, c] = epilogue(sum over kh, kw of input[n, oh * sh + kh * dh, ow * sw + kw * dw, c] * filter[kh, kw, c])`. `input` is already
    padded, `filter` KHxKWxC (the channel multiplier is 1). The epilogue's iteration space is (n, oh, ow, c). Constraints as for `tt.conv_direct`.

    ```mlir
    %r = tt.conv_depthwise ins(%x, %w : tensor<1x34x34x32xf32>, tensor<3x3x32xf32>) outs(%i : tensor<1x32x32x32xf32>)
         {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, extra_maps = []} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    } -> tensor<1x32x32x32xf32>
    ```
  }];
  let arguments = (ins TT_Shaped:$input, TT_Shaped:$filter, TT_Shaped:$init, Variadic<TT_Shaped>:$extras, AffineMapArrayAttr:$extra_maps,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations, OptionalAttr<TT_LoweringConfigAttr>:$config);
  let assemblyFormat = [{
    `ins` `(` $input `,` $filter `:` type($input) `,` type($filter) `)` `outs` `(` $init `:` type($init) `)`
    (`extras` `(` $extras^ `:` type($extras) `)`)? attr-dict `epilogue` $epilogue (`->` type($result)^)?
  }];
}

def TT_PackOp : TT_KernelOp<"pack"> {
  let summary = "Pack a right-hand side into panels of 16 columns";
  let description = [{
    `init[b, n / 16, k, n % 16] = input[b, k, n]` (`input[b, n, k]` where `transposed`), zeros behind column N. Constants are packed at
    compile time (`tt-pack-weights`); this op packs the right-hand sides that only exist at run time.
    ```mlir
    %p = tt.pack ins(%b : tensor<4x?x64xf32>) outs(%i : tensor<4x4x?x16xf32>) -> tensor<4x4x?x16xf32>
    ```
  }];
  let arguments = (ins TT_Shaped:$input, TT_Shaped:$init, UnitAttr:$transposed);
  let assemblyFormat = "`ins` `(` $input `:` type($input) `)` `outs` `(` $init `:` type($init) `)` attr-dict (`->` type($result)^)?";
  let hasVerifier = 1;
}

def TT_SoftmaxRowsOp : TT_KernelOp<"softmax_rows"> {
  let summary = "Softmax along the innermost dimension";
  let description = [{
    Each row (last dimension, contiguous) of `input` normalized into `init`; `log` gives the logarithm.
    ```mlir
    %r = tt.softmax_rows ins(%x : tensor<4x?x?xf32>) outs(%i : tensor<4x?x?xf32>) -> tensor<4x?x?xf32>
    ```
  }];
  let arguments = (ins TT_Shaped:$input, TT_Shaped:$init, UnitAttr:$log);
  let assemblyFormat = "`ins` `(` $input `:` type($input) `)` `outs` `(` $init `:` type($init) `)` attr-dict (`->` type($result)^)?";
  let hasVerifier = 1;
}

def TT_NormRowsOp : TT_KernelOp<"norm_rows"> {
  let summary = "Layer or RMS normalization along the innermost dimension";
  let description = [{
    As `tt.norm` over the last dimension; `scale` and `bias` have one element per column. Element types may differ: it computes in f32.
    ```mlir
    %r = tt.norm_rows ins(%x, %s : tensor<1x?x64xf32>, tensor<64xf32>) outs(%i : tensor<1x?x64xf32>) {kind = #tt<norm_kind rms>, epsilon = 1.0e-5 : f32} -> tensor<1x?x64xf32>
    ```
  }];
  let arguments = (ins TT_Shaped:$input, TT_Shaped:$scale, Optional<TT_Shaped>:$bias, TT_Shaped:$init, TT_NormKindAttr:$kind, F32Attr:$epsilon);
  let assemblyFormat = [{
    `ins` `(` $input `,` $scale `:` type($input) `,` type($scale) `)` (`bias` `(` $bias^ `:` type($bias) `)`)? `outs` `(` $init `:` type($init) `)`
    attr-dict (`->` type($result)^)?
  }];
  let hasVerifier = 1;
}

#endif
