#ifndef TT_DIALECT_IR_RUNTIMEOPS_TD
#define TT_DIALECT_IR_RUNTIMEOPS_TD

include "tt/Dialect/IR/RuntimeOpBase.td"

// Ops on buffers that meet the C runtime (include/tt/Runtime). `%ctx` is the run's context, an `!llvm.ptr`: argument 0 of every
// compiled function. A failing op records the error in the context and unwinds the run (longjmp): nothing after it executes.

def TT_InputOp : TT_Op<"input", [MemoryEffects<[MemRead]>]> {
  let summary = "Buffer of an input, as the caller gave it";
  let description = [{
    The runtime has checked element type, rank and static sizes. Dense row-major.
    ```mlir
    %x = tt.input %ctx {index = 0 : i64} : memref<?x3x224x224xf32>
    ```
  }];
  let arguments = (ins TT_Context:$ctx, I64Attr:$index);
  let results = (outs AnyMemRef:$result);
  let assemblyFormat = "$ctx attr-dict `:` type($result)";
}

def TT_OutputOp : TT_Op<"output", [MemoryEffects<[MemWrite]>]> {
  let summary = "Buffer of an output of the given sizes";
  let description = [{
    The caller's buffer where it gave one (its shape must be equal), else one owned by the session. `sizes` are the dynamic dimensions. Dense row-major.
    ```mlir
    %y = tt.output %ctx(%n) {index = 0 : i64} : memref<?x10xf32>
    ```
  }];
  let arguments = (ins TT_Context:$ctx, Variadic<Index>:$sizes, I64Attr:$index);
  let results = (outs AnyMemRef:$result);
  let assemblyFormat = "$ctx (`(` $sizes^ `)`)? attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def TT_ArenaOp : TT_Op<"arena", [MemoryEffects<[MemWrite]>]> {
  let summary = "The session's arena, at least `size` bytes, 64-byte aligned";
  let description = [{
    ```mlir
    %a = tt.arena %ctx, %bytes : memref<?xi8>
    ```
  }];
  let arguments = (ins TT_Context:$ctx, Index:$size);
  let results = (outs AnyMemRef:$result);
  let assemblyFormat = "$ctx `,` $size attr-dict `:` type($result)";
}

def TT_RunAllocOp : TT_Op<"run_alloc", [MemoryEffects<[MemAlloc, MemWrite]>]> {
  let summary = "Buffer whose size is known only in the middle of a run";
  let description = [{
    Owned by the run, freed at its end. Used where a size depends on data, so that the arena plan cannot hold it.
    ```mlir
    %b = tt.run_alloc %ctx(%n) : memref<?xf32>
    ```
  }];
  let arguments = (ins TT_Context:$ctx, Variadic<Index>:$sizes);
  let results = (outs AnyMemRef:$result);
  let assemblyFormat = "$ctx (`(` $sizes^ `)`)? attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def TT_WeightsOp : TT_Op<"weights", [Pure]> {
  let summary = "A constant in the model's read-only weights section";
  let description = [{
    `offset` bytes (a multiple of 64) behind the start of the section; the bytes come from the module's `tt.weights` table.
    ```mlir
    %w = tt.weights {offset = 4096 : i64} : memref<1x8x64x16xf32>
    ```
  }];
  let arguments = (ins I64Attr:$offset);
  let results = (outs AnyMemRef:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def TT_CheckOp : TT_Op<"check", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "Fail the run unless a condition holds";
  let description = [{
    On tensors as on buffers. The message names the node and what was expected.
    ```mlir
    tt.check %ok, "onnx node 'Add_3': sizes do not broadcast"
    ```
  }];
  let arguments = (ins I1:$condition, StrAttr:$message);
  let assemblyFormat = "$condition `,` $message attr-dict";
}

def TT_ParallelForOp : TT_Op<"parallel_for", [SingleBlockImplicitTerminator<"YieldOp">, RecursiveMemoryEffects]> {
  let summary = "Run the body for each chunk, on the session's threads";
  let description = [{
    Chunks 0 .. count-1 in any order and on any thread; they must not write the same bytes. Results do not depend on the number of threads. The
    block's arguments are the chunk and the number of the executing thread (0 is the caller), which selects per-thread scratch.
    ```mlir
    tt.parallel_for %ctx, %n {
    ^bb0(%chunk: index, %thread: index):
      tt.yield
    }
    ```
  }];
  let arguments = (ins TT_Context:$ctx, Index:$count);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$ctx `,` $count attr-dict-with-keyword $body";
  let hasVerifier = 1;
}

#endif
