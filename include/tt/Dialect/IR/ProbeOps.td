#ifndef TT_DIALECT_IR_PROBEOPS_TD
#define TT_DIALECT_IR_PROBEOPS_TD

include "tt/Dialect/IR/RuntimeOpBase.td"
include "mlir/IR/SymbolInterfaces.td"

// Ops that measure a run (docs/profiling.md). tt-instrument-profile inserts them, tt-lower-probes turns them into calls of the runtime. All of them write memory, so that
// nothing moves across them.

class TT_ProbeUserOp<string mnemonic> : TT_Op<mnemonic, [MemoryEffects<[MemRead, MemWrite]>, DeclareOpInterfaceMethods<SymbolUserOpInterface>]>;

def TT_ProbeInfoOp : TT_Op<"probe_info", [Symbol, HasParent<"::mlir::ModuleOp">, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "What a probe stands for";
  let description = [{
    `nodes` are the ONNX nodes whose work the probe measures, the main one first, `kinds` the ops of the graph that they became (`"conv"`; empty where that is not known), `kernel` the
    function or op it is around, `granularity` one of `kernel`, `op` and `prefix`. A `container` stands for a loop or branch that has probes of its own inside; these name it as their `parent`. Constraints:
    (C1) as many kinds as nodes, (C2) `granularity` is one of the three, (C3) `parent` is a container.
    ```mlir
    module {
      tt.probe_info @probe_0 "conv1+relu1" {nodes = ["conv1", "relu1"], kinds = ["conv", "relu"], kernel = "k_conv_direct_1x8x8x16", granularity = "kernel"}
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrAttr:$label, StrArrayAttr:$nodes, StrArrayAttr:$kinds, StrAttr:$kernel, StrAttr:$granularity,
                       OptionalAttr<FlatSymbolRefAttr>:$parent, UnitAttr:$container);
  let assemblyFormat = "$sym_name $label attr-dict";
  let hasVerifier = 1;
}

def TT_ProfileBeginOp : TT_Op<"profile_begin", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "Start the clocks of a run";
  let description = [{
    The first op of an entry point. Time before it belongs to no probe.
    ```mlir
    tt.profile_begin %ctx
    ```
  }];
  let arguments = (ins TT_Context:$ctx);
  let assemblyFormat = "$ctx attr-dict";
}

def TT_ProfileEndOp : TT_Op<"profile_end", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "Stop the clocks of a run that has succeeded";
  let description = [{
    The last op of an entry point before its return.
    ```mlir
    tt.profile_end %ctx
    ```
  }];
  let arguments = (ins TT_Context:$ctx);
  let assemblyFormat = "$ctx attr-dict";
}

def TT_ProbeOp : TT_ProbeUserOp<"probe"> {
  let summary = "Charge the time since the last probe to a leaf";
  let description = [{
    Behind the statement that the probe stands for. Counts a pass and adds the time since the previous `tt.probe` of the run (since `tt.profile_begin` for the first one), so that
    leaves tile the run and one reading of the clock serves two of them. `work` is what the statement did in this pass: floating-point operations, bytes read, bytes written.
    Constraint: (C1) the probe is no container.
    ```mlir
    module {
      tt.probe_info @p "a" {nodes = ["a"], kinds = ["exp"], kernel = "k_exp_4", granularity = "kernel"}
      func.func @main(%ctx: !llvm.ptr, %n: index) {
        tt.probe %ctx, @p work(%n, %n, %n)
        return
      }
    }
    ```
  }];
  let arguments = (ins TT_Context:$ctx, FlatSymbolRefAttr:$probe, Index:$flops, Index:$bytesRead, Index:$bytesWritten);
  let assemblyFormat = "$ctx `,` $probe `work` `(` $flops `,` $bytesRead `,` $bytesWritten `)` attr-dict";
}

def TT_ProbeEnterOp : TT_ProbeUserOp<"probe_enter"> {
  let summary = "Enter a loop or branch that has probes inside";
  let description = [{
    Constraint: (C1) the probe is a container.
    ```mlir
    module {
      tt.probe_info @p "a" {nodes = ["a"], kinds = ["exp"], kernel = "k_exp_4", granularity = "kernel", container}
      func.func @main(%ctx: !llvm.ptr, %n: index) {
        tt.probe_enter %ctx, @p
        return
      }
    }
    ```
  }];
  let arguments = (ins TT_Context:$ctx, FlatSymbolRefAttr:$probe);
  let assemblyFormat = "$ctx `,` $probe attr-dict";
}

def TT_ProbeLeaveOp : TT_ProbeUserOp<"probe_leave"> {
  let summary = "Leave a loop or branch that has probes inside";
  let description = [{
    Counts a pass of the container and adds the time since its `tt.probe_enter`. Constraint: (C1) the probe is a container.
    ```mlir
    module {
      tt.probe_info @p "a" {nodes = ["a"], kinds = ["exp"], kernel = "k_exp_4", granularity = "kernel", container}
      func.func @main(%ctx: !llvm.ptr, %n: index) {
        tt.probe_leave %ctx, @p
        return
      }
    }
    ```
  }];
  let arguments = (ins TT_Context:$ctx, FlatSymbolRefAttr:$probe);
  let assemblyFormat = "$ctx `,` $probe attr-dict";
}

def TT_ProbeBufferOp : TT_ProbeUserOp<"probe_buffer"> {
  let summary = "Record where a buffer lies in the arena in this run";
  let description = [{
    `offset` and `bytes` are the place, `first` and `last` the probes of the statements between which it is in use.
    ```mlir
    module {
      tt.probe_info @p "a" {nodes = ["a"], kinds = ["exp"], kernel = "k_exp_4", granularity = "kernel"}
      func.func @main(%ctx: !llvm.ptr, %n: index) {
        tt.probe_buffer %ctx, "conv1" at(%n, %n) used(@p, @p)
        return
      }
    }
    ```
  }];
  let arguments = (ins TT_Context:$ctx, StrAttr:$label, Index:$offset, Index:$bytes, FlatSymbolRefAttr:$first, FlatSymbolRefAttr:$last);
  let assemblyFormat = "$ctx `,` $label `at` `(` $offset `,` $bytes `)` `used` `(` $first `,` $last `)` attr-dict";
}

def TT_ObserveOp : TT_Op<"observe", [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "Show a value to the host's observer";
  let description = [{
    On tensors from `tt-insert-observers` on, and on buffers. In a run of a session that has an observer (`tt_session_observe` of ABI.h) it is called with `name` and the elements;
    without one the op does nothing. Calibration and `tt-compare` use it (docs/quantization.md). Constraints: (C1) the element type is f32, (C2) `name` is not empty.
    ```mlir
    tt.observe %x, "relu_3" : tensor<1x8x8x16xf32>
    ```
  }];
  let arguments = (ins AnyTypeOf<[RankedTensorOf<[F32]>, MemRefRankOf<[F32], [0, 1, 2, 3, 4, 5, 6, 7, 8]>]>:$value, StrAttr:$name);
  let assemblyFormat = "$value `,` $name attr-dict `:` type($value)";
  let hasVerifier = 1;
}

#endif
