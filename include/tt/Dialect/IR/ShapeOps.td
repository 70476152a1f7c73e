#ifndef TT_DIALECT_IR_SHAPEOPS_TD
#define TT_DIALECT_IR_SHAPEOPS_TD

include "tt/Dialect/IR/TTOpBase.td"

// Ops that move, cut, repeat or select elements. Shape operands are i64 tensors of rank 1 with one element per dimension;
// where they are constant the result type is static.

def TT_ReshapeOp : TT_GraphOp<"reshape"> {
  let summary = "Give a tensor another shape";
  let description = [{
    The elements in row-major order under the new sizes `shape`. A size of -1 is inferred from the others; a size of 0 copies
    the operand's dimension at that place unless `allow_zero`. Constraints: (C1) at most one -1, (C2) equal element counts
    where both are known.
    ```mlir
    %y = tt.reshape %x, %shape : tensor<2x3x?xf32>, tensor<2xi64> -> tensor<6x?xf32>
    ```
  }];
  let arguments = (ins TT_Tensor:$input, TT_ShapeTensor:$shape, DefaultValuedAttr<BoolAttr, "false">:$allow_zero);
  let results = (outs TT_Tensor:$result);
  let assemblyFormat = "$input `,` $shape attr-dict `:` type($input) `,` type($shape) `->` type($result)";
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def TT_TransposeOp : TT_GraphOp<"transpose"> {
  let summary = "Permute dimensions";
  let description = [{
    Dimension i of the result is dimension `perm[i]` of the operand. Constraints: (C1) `perm` is a permutation of 0..rank-1.
    ```mlir
    %y = tt.transpose %x {perm = array<i64: 0, 2, 3, 1>} : tensor<1x3x?x?xf32> -> tensor<1x?x?x3xf32>
    ```
  }];
  let arguments = (ins TT_Tensor:$input, DenseI64ArrayAttr:$perm);
  let results = (outs TT_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def TT_ConcatOp : TT_GraphOp<"concat"> {
  let summary = "Join tensors along one dimension";
  let description = [{
    Constraints: (C1) `axis` lies in [0, rank), (C2) equal element types and ranks, (C3) equal sizes except along `axis`.
    ```mlir
    %y = tt.concat %a, %b {axis = 1 : i64} : tensor<2x3xf32>, tensor<2x?xf32> -> tensor<2x?xf32>
    ```
  }];
  let arguments = (ins Variadic<TT_Tensor>:$inputs, I64Attr:$axis);
  let results = (outs TT_Tensor:$result);
  let assemblyFormat = "$inputs attr-dict `:` type($inputs) `->` type($result)";
  let hasFolder = 1;
}

def TT_SliceOp : TT_GraphOp<"slice"> {
  let summary = "Cut a regular part out of a tensor";
  let description = [{
    For each k, dimension `axes[k]` is cut to the positions `starts[k], starts[k] + steps[k], ...` before `ends[k]`, with
    ONNX semantics: negative positions count from the end, positions are clamped to the dimension. `steps` may be negative.
    Constraints: (C1) `axes` are distinct and in [0, rank), (C2) `steps` are not 0, (C3) `starts`, `ends`, `axes`, `steps`
    have one length.
    ```mlir
    %y = tt.slice %x, %starts, %ends {axes = array<i64: 1>, steps = array<i64: 1>} : tensor<2x8xf32>, tensor<1xi64>, tensor<1xi64> -> tensor<2x?xf32>
    ```
  }];
  let arguments = (ins TT_Tensor:$input, TT_ShapeTensor:$starts, TT_ShapeTensor:$ends, DenseI64ArrayAttr:$axes, DenseI64ArrayAttr:$steps);
  let results = (outs TT_Tensor:$result);
  let assemblyFormat = "$input `,` $starts `,` $ends attr-dict `:` type($input) `,` type($starts) `,` type($ends) `->` type($result)";
  let hasFolder = 1;
}

def TT_PadOp : TT_GraphOp<"pad"> {
  let summary = "Put a border around a tensor";
  let description = [{
    `pads` holds all begins, then all ends, one per dimension (negative values cut). `value` (rank 0) is used by
    mode constant and is 0 when absent. Constraints: (C1) `pads` has 2 * rank elements, (C2) `value` has the operand's element type.
    ```mlir
    %y = tt.pad %x, %pads {mode = #tt<pad_mode reflect>} : tensor<2x8xf32>, tensor<4xi64> -> tensor<2x10xf32>
    ```
  }];
  let arguments = (ins TT_Tensor:$input, TT_ShapeTensor:$pads, Optional<TT_Tensor>:$value, TT_PadModeAttr:$mode);
  let results = (outs TT_Tensor:$result);
  let assemblyFormat = "$input `,` $pads (`value` `(` $value^ `:` type($value) `)`)? attr-dict `:` type($input) `,` type($pads) `->` type($result)";
  let hasFolder = 1;
}

def TT_ExpandOp : TT_GraphOp<"expand"> {
  let summary = "Broadcast a tensor to a shape";
  let description = [{
    NumPy broadcasting of the operand with `shape` (two-way, as ONNX Expand does: a size of 1 in `shape` keeps the operand's).
    ```mlir
    %y = tt.expand %x, %shape : tensor<3x1xf32>, tensor<3xi64> -> tensor<2x3x6xf32>
    ```
  }];
  let arguments = (ins TT_Tensor:$input, TT_ShapeTensor:$shape);
  let results = (outs TT_Tensor:$result);
  let assemblyFormat = "$input `,` $shape attr-dict `:` type($input) `,` type($shape) `->` type($result)";
  let hasFolder = 1;
}

def TT_TileOp : TT_GraphOp<"tile"> {
  let summary = "Repeat a tensor";
  let description = [{
    Dimension i of the result holds `repeats[i]` copies of dimension i of the operand.
    ```mlir
    %y = tt.tile %x, %repeats : tensor<2x3xf32>, tensor<2xi64> -> tensor<4x3xf32>
    ```
  }];
  let arguments = (ins TT_Tensor:$input, TT_ShapeTensor:$repeats);
  let results = (outs TT_Tensor:$result);
  let assemblyFormat = "$input `,` $repeats attr-dict `:` type($input) `,` type($repeats) `->` type($result)";
  let hasFolder = 1;
}

def TT_ShapeOp : TT_GraphOp<"shape"> {
  let summary = "The sizes of a tensor, as a tensor";
  let description = [{
    Sizes of the dimensions [`start`, `end`). Constraints: (C1) 0 <= start <= end <= rank.
    ```mlir
    %s = tt.shape %x {start = 0 : i64, end = 2 : i64} : tensor<2x?xf32> -> tensor<2xi64>
    ```
  }];
  let arguments = (ins TT_Tensor:$input, I64Attr:$start, I64Attr:$end);
  let results = (outs TT_ShapeTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
}

def TT_RangeOp : TT_GraphOp<"range"> {
  let summary = "Arithmetic sequence";
  let description = [{
    `start, start + delta, ...` before `limit`: max(ceil((limit - start) / delta), 0) elements. Constraints: (C1) the three
    operands have rank 0 and one element type.
    ```mlir
    %r = tt.range %start, %limit, %delta : tensor<i64>, tensor<i64>, tensor<i64> -> tensor<?xi64>
    ```
  }];
  let arguments = (ins TT_NumberTensor:$start, TT_NumberTensor:$limit, TT_NumberTensor:$delta);
  let results = (outs TT_NumberTensor:$result);
  let assemblyFormat = "$start `,` $limit `,` $delta attr-dict `:` type($start) `,` type($limit) `,` type($delta) `->` type($result)";
  let hasFolder = 1;
}

def TT_GatherOp : TT_GraphOp<"gather"> {
  let summary = "Select slices by index";
  let description = [{
    `result[i..., j..., k...] = input[i..., indices[j...], k...]` where `indices` takes the place of dimension `axis`. Negative
    indices count from the end; an index out of range is an error at run time. Constraints: (C1) `axis` lies in [0, rank).
    ```mlir
    %y = tt.gather %x, %i {axis = 0 : i64} : tensor<100x16xf32>, tensor<2x?xi64> -> tensor<2x?x16xf32>
    ```
  }];
  let arguments = (ins TT_Tensor:$input, TT_IndexTensor:$indices, I64Attr:$axis);
  let results = (outs TT_Tensor:$result);
  let assemblyFormat = "$input `,` $indices attr-dict `:` type($input) `,` type($indices) `->` type($result)";
  let hasFolder = 1;
}

def TT_GatherElementsOp : TT_GraphOp<"gather_elements"> {
  let summary = "Select elements by index along one dimension";
  let description = [{
    The result has the shape of `indices`; its element at p is the input's at p with coordinate `axis` replaced by `indices[p]`.
    Constraints: (C1) `axis` lies in [0, rank), (C2) equal ranks.
    ```mlir
    %y = tt.gather_elements %x, %i {axis = 1 : i64} : tensor<2x8xf32>, tensor<2x3xi64> -> tensor<2x3xf32>
    ```
  }];
  let arguments = (ins TT_Tensor:$input, TT_IndexTensor:$indices, I64Attr:$axis);
  let results = (outs TT_Tensor:$result);
  let assemblyFormat = "$input `,` $indices attr-dict `:` type($input) `,` type($indices) `->` type($result)";
}

def TT_GatherNDOp : TT_GraphOp<"gather_nd"> {
  let summary = "Select slices by index tuples";
  let description = [{
    ONNX GatherND: the last dimension of `indices` holds coordinates of the input's dimensions after the first `batch_dims`.
    ```mlir
    %y = tt.gather_nd %x, %i {batch_dims = 0 : i64} : tensor<4x5x6xf32>, tensor<3x2xi64> -> tensor<3x6xf32>
    ```
  }];
  let arguments = (ins TT_Tensor:$input, TT_IndexTensor:$indices, I64Attr:$batch_dims);
  let results = (outs TT_Tensor:$result);
  let assemblyFormat = "$input `,` $indices attr-dict `:` type($input) `,` type($indices) `->` type($result)";
}

def TT_ScatterElementsOp : TT_GraphOp<"scatter_elements"> {
  let summary = "Write elements by index along one dimension";
  let description = [{
    A copy of `input` in which, for each position p of `indices`, the element at p with coordinate `axis` replaced by
    `indices[p]` is combined with `updates[p]` by `kind`, in row-major order of p.
    ```mlir
    %y = tt.scatter_elements %x, %i, %u {axis = 1 : i64, kind = #tt<scatter_kind none>} : tensor<2x8xf32>, tensor<2x3xi64>, tensor<2x3xf32> -> tensor<2x8xf32>
    ```
  }];
  let arguments = (ins TT_Tensor:$input, TT_IndexTensor:$indices, TT_Tensor:$updates, I64Attr:$axis, TT_ScatterKindAttr:$kind);
  let results = (outs TT_Tensor:$result);
  let assemblyFormat = "$input `,` $indices `,` $updates attr-dict `:` type($input) `,` type($indices) `,` type($updates) `->` type($result)";
}

def TT_ScatterNDOp : TT_GraphOp<"scatter_nd"> {
  let summary = "Write slices by index tuples";
  let description = [{
    ONNX ScatterND: the last dimension of `indices` holds leading coordinates of `input`, `updates` the slices.
    ```mlir
    %y = tt.scatter_nd %x, %i, %u {kind = #tt<scatter_kind none>} : tensor<8x4xf32>, tensor<3x1xi64>, tensor<3x4xf32> -> tensor<8x4xf32>
    ```
  }];
  let arguments = (ins TT_Tensor:$input, TT_IndexTensor:$indices, TT_Tensor:$updates, TT_ScatterKindAttr:$kind);
  let results = (outs TT_Tensor:$result);
  let assemblyFormat = "$input `,` $indices `,` $updates attr-dict `:` type($input) `,` type($indices) `,` type($updates) `->` type($result)";
}

def TT_TriluOp : TT_GraphOp<"trilu"> {
  let summary = "Keep a triangle of the last two dimensions";
  let description = [{
    Elements with column - row >= k (`upper`) or <= k (not `upper`) are kept, the others become 0. `k` has rank 0.
    ```mlir
    %y = tt.trilu %x, %k {upper = true} : tensor<4x4xf32>, tensor<i64> -> tensor<4x4xf32>
    ```
  }];
  let arguments = (ins TT_Tensor:$input, RankedTensorOf<[I64]>:$k, BoolAttr:$upper);
  let results = (outs TT_Tensor:$result);
  let assemblyFormat = "$input `,` $k attr-dict `:` type($input) `,` type($k) `->` type($result)";
}

def TT_OneHotOp : TT_GraphOp<"one_hot"> {
  let summary = "Indices to one-hot vectors";
  let description = [{
    A new dimension of size `depth` (rank 0 or 1 element) at `axis`: `values[1]` where the coordinate equals the index (modulo negative
    indices), `values[0]` elsewhere, also for indices out of range.
    ```mlir
    %y = tt.one_hot %i, %depth, %values {axis = 1 : i64} : tensor<4xi64>, tensor<i64>, tensor<2xf32> -> tensor<4x?xf32>
    ```
  }];
  let arguments = (ins TT_NumberTensor:$indices, TT_NumberTensor:$depth, TT_Tensor:$values, I64Attr:$axis);
  let results = (outs TT_Tensor:$result);
  let assemblyFormat = "$indices `,` $depth `,` $values attr-dict `:` type($indices) `,` type($depth) `,` type($values) `->` type($result)";
}

def TT_ReverseSequenceOp : TT_GraphOp<"reverse_sequence"> {
  let summary = "Reverse the first elements of each sequence";
  let description = [{
    For each batch b, the first `lengths[b]` elements along `time_axis` are reversed. Constraints: (C1) the two axes are 0 and 1.
    ```mlir
    %y = tt.reverse_sequence %x, %n {batch_axis = 0 : i64, time_axis = 1 : i64} : tensor<4x8xf32>, tensor<4xi64> -> tensor<4x8xf32>
    ```
  }];
  let arguments = (ins TT_Tensor:$input, RankedTensorOf<[I64]>:$lengths, I64Attr:$batch_axis, I64Attr:$time_axis);
  let results = (outs TT_Tensor:$result);
  let assemblyFormat = "$input `,` $lengths attr-dict `:` type($input) `,` type($lengths) `->` type($result)";
}

#endif
