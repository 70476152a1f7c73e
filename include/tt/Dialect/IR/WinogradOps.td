#ifndef TT_DIALECT_IR_WINOGRADOPS_TD
#define TT_DIALECT_IR_WINOGRADOPS_TD

include "tt/Dialect/IR/KernelOpBase.td"
include "tt/Dialect/IR/RuntimeOpBase.td"

// A family of its own, with a header of its own: only few files need these ops.

def TT_ConvWinogradOp : TT_EpilogueKernelOp<"conv_winograd"> {
  let summary = "3x3 convolution by Winograd's minimal filtering, NHWC, with a fused epilogue";
  let description = [{
    What `tt.conv_direct` computes with a 3x3 kernel, stride 1, dilation 1 and one group, by the algorithm F(m x m, 3 x 3), m = `tile` (2 or 4): tiles of
    m x m outputs come from (m + 2) x (m + 2) inputs as A^T ((G g G^T) * (B^T d B)) A, with fewer multiplications (A. Lavin, S. Gray: Fast Algorithms for
    Convolutional Neural Networks, CVPR 2016; the matrices are theirs). `input` is already padded. `filter` holds the transformed filters G g G^T in panels:
    [(m + 2)^2, ceil(O / 16), C, 16], zeros behind the last channel. All sizes but the number of images are static. The epilogue's iteration space is (n, oh, ow, o). Constraints as
    for `tt.gemm`; (W1) OH = H - 2, OW = W - 2.

    The numbers differ from the direct form's: the largest error is about 4e-6 (m = 2) or 1e-4 (m = 4) of the output's root mean square.

    ```mlir
    %r = tt.conv_winograd ins(%x, %w : tensor<1x34x34x16xf32>, tensor<16x2x16x16xf32>) outs(%i : tensor<1x32x32x32xf32>)
         {tile = 2 : i64, extra_maps = []} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    } -> tensor<1x32x32x32xf32>
    ```
  }];
  let arguments = (ins TT_Shaped:$input, TT_Shaped:$filter, TT_Shaped:$init, Variadic<TT_Shaped>:$extras, AffineMapArrayAttr:$extra_maps,
                       I64Attr:$tile, OptionalAttr<TT_LoweringConfigAttr>:$config);
  let assemblyFormat = [{
    `ins` `(` $input `,` $filter `:` type($input) `,` type($filter) `)` `outs` `(` $init `:` type($init) `)`
    (`extras` `(` $extras^ `:` type($extras) `)`)? attr-dict `epilogue` $epilogue (`->` type($result)^)?
  }];
}

def TT_ScratchOp : TT_Op<"scratch", [MemoryEffects<[MemAlloc, MemWrite]>]> {
  let summary = "Memory of the session's threads that lasts until the next kernel";
  let description = [{
    The leading dimension is the thread (of which the session has as many), the others are static: one part for each thread, 64-byte aligned where it is a
    multiple of 64 bytes. All kernels of a session share the memory: it holds nothing from one to the next. Outside parallel loops only.
    ```mlir
    %s = tt.scratch %ctx : memref<?x4096xf32>
    ```
  }];
  let arguments = (ins TT_Context:$ctx);
  let results = (outs AnyMemRef:$result);
  let assemblyFormat = "$ctx attr-dict `:` type($result)";
  let hasVerifier = 1;
}

#endif
