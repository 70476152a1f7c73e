#ifndef TT_DIALECT_IR_CONTROLOPS_TD
#define TT_DIALECT_IR_CONTROLOPS_TD

include "tt/Dialect/IR/TTOpBase.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

// Regions are isolated: what they read of the values around them is an operand (`captures`), so that passes on a block see every
// use in that block. Constants are not captured, the regions have their own.

def TT_IfOp : TT_GraphOp<"if", [IsolatedFromAbove, SingleBlock]> {
  let summary = "The results of one of two branches";
  let description = [{
    Both regions have one block whose arguments are `captures`, and yield the results. Constraints: (C1) the blocks' arguments have the captures'
    types, (C2) the branches yield equally many tensors of equal element types and ranks.
    ```mlir
    %y = tt.if %c captures(%x : tensor<4xf32>) : tensor<i1> then {
    ^bb0(%a: tensor<4xf32>):
      tt.yield %a : tensor<4xf32>
    } else {
    ^bb0(%a: tensor<4xf32>):
      %n = tt.neg %a : tensor<4xf32>
      tt.yield %n : tensor<4xf32>
    } -> tensor<4xf32>
    ```
  }];
  let arguments = (ins 0DTensorOf<[I1]>:$condition, Variadic<TT_Tensor>:$captures);
  let regions = (region SizedRegion<1>:$then_region, SizedRegion<1>:$else_region);
  let results = (outs Variadic<TT_Tensor>:$results);
  let assemblyFormat = [{
    $condition (`captures` `(` $captures^ `:` type($captures) `)`)? attr-dict-with-keyword `:` type($condition)
    `then` $then_region `else` $else_region (`->` type($results)^)?
  }];
  let hasRegionVerifier = 1;
}

def TT_LoopOp : TT_GraphOp<"loop", [IsolatedFromAbove, SingleBlock, AttrSizedOperandSegments]> {
  let summary = "Repeat a body";
  let description = [{
    The body's block has the arguments iteration (a tensor<i64>, from 0), carried values (at first `inits`), `captures`. It yields, where `condition` is given, first
    whether there is a next iteration, then the next carried values, then rows. There are at most `trip` iterations; none where `condition` is
    false. Results are the last carried values, then for each row the tensor of all rows along a new first dimension. A carried value keeps its shape.
    Constraints: (C1) the block's arguments have the types said above, (C2) a carried value is yielded with its element type and rank, (C3) `trip` or
    `condition` is given, and `trip` where there are rows.
    ```mlir
    %sum, %all = tt.loop trip(%n : tensor<i64>) init(%x : tensor<4xf32>) captures(%d : tensor<4xf32>) {
    ^bb0(%i: tensor<i64>, %s: tensor<4xf32>, %b: tensor<4xf32>):
      %t = tt.add %s, %b : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
      tt.yield %t, %t : tensor<4xf32>, tensor<4xf32>
    } -> tensor<4xf32>, tensor<?x4xf32>
    ```
  }];
  let arguments = (ins Optional<0DTensorOf<[I64]>>:$trip, Optional<0DTensorOf<[I1]>>:$condition, Variadic<TT_Tensor>:$inits,
                       Variadic<TT_Tensor>:$captures);
  let regions = (region SizedRegion<1>:$body);
  let results = (outs Variadic<TT_Tensor>:$results);
  let assemblyFormat = [{
    (`trip` `(` $trip^ `:` type($trip) `)`)? (`while` `(` $condition^ `:` type($condition) `)`)?
    (`init` `(` $inits^ `:` type($inits) `)`)? (`captures` `(` $captures^ `:` type($captures) `)`)? attr-dict-with-keyword
    $body (`->` type($results)^)?
  }];
  let hasRegionVerifier = 1;
}

def TT_RequireOp : TT_GraphOp<"require"> {
  let summary = "A value under a condition that the run checks";
  let description = [{
    The operand itself; a run in which `condition` is false fails with `message`. Made where a model can be compiled under an assumption only.
    ```mlir
    %y = tt.require %x, %c, "needs a sequence of one frame" : tensor<?x4xf32>, tensor<i1> -> tensor<?x4xf32>
    ```
  }];
  let arguments = (ins TT_Tensor:$input, 0DTensorOf<[I1]>:$condition, StrAttr:$message);
  let results = (outs TT_Tensor:$result);
  let assemblyFormat = "$input `,` $condition `,` $message attr-dict `:` type($input) `,` type($condition) `->` type($result)";
}

#endif
