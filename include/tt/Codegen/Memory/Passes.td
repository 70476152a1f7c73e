#ifndef TT_CODEGEN_MEMORY_PASSES_TD
#define TT_CODEGEN_MEMORY_PASSES_TD

include "mlir/Pass/PassBase.td"

def RecordSignaturesPass : Pass<"tt-record-signatures", "::mlir::ModuleOp"> {
  let summary = "Record names and types of the inputs and outputs of each entry point";
  let description = [{
    Entry points are the public `func.func`s with a body. Writes `tt.inputs` and `tt.outputs` on each: arrays of
    `{name, dims, type}` from `tt.name`, `tt.dims` and the tensor types. Run while the types still say which integers are
    unsigned; a function that has the attributes is left alone. A value without a name is called `inputN` or `outputN`. Before:
    ```mlir
    func.func @main(%x: tensor<?x4xf32> {tt.name = "x", tt.dims = ["batch", ""]}) -> (tensor<?x4xf32> {tt.name = "y", tt.dims = ["batch", ""]}) {
      return %x : tensor<?x4xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: tensor<?x4xf32> {tt.name = "x", tt.dims = ["batch", ""]}) -> (tensor<?x4xf32> {tt.name = "y", tt.dims = ["batch", ""]})
        attributes {tt.inputs = [{dims = ["batch", ""], name = "x", type = tensor<?x4xf32>} ],
                    tt.outputs = [{dims = ["batch", ""], name = "y", type = tensor<?x4xf32>} ]} {
      return %x : tensor<?x4xf32>
    }
    ```
  }];
}

def PlaceInsertionsPass : Pass<"tt-place-insertions", "::mlir::func::FuncOp"> {
  let summary = "Bring insertions next to what they insert, so that it can be made in place";
  let description = [{
    A chain of `tensor.insert_slice` of provably disjoint slices (a concatenation) is sorted by where its sources are made, and each
    insertion moves behind its source. An insertion of a `tensor.expand_shape` becomes one of the unexpanded value into the collapsed destination where the slice covers
    the collapsed dimensions. Then `eliminate-empty-tensors` finds the destination before the source is computed. Others stay. Before:
    ```mlir
    func.func @concat(%x: tensor<4x8xf32>, %d: tensor<1x2x2x16xf32>) -> tensor<1x2x2x16xf32> {
      %e = tensor.empty() : tensor<4x8xf32>
      %y = linalg.exp ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
      %z = tensor.expand_shape %y [[0, 1, 2], [3]] output_shape [1, 2, 2, 8] : tensor<4x8xf32> into tensor<1x2x2x8xf32>
      %r = tensor.insert_slice %z into %d[0, 0, 0, 8] [1, 2, 2, 8] [1, 1, 1, 1] : tensor<1x2x2x8xf32> into tensor<1x2x2x16xf32>
      return %r : tensor<1x2x2x16xf32>
    }
    ```
    After:
    ```mlir
    func.func @concat(%x: tensor<4x8xf32>, %d: tensor<1x2x2x16xf32>) -> tensor<1x2x2x16xf32> {
      %e = tensor.empty() : tensor<4x8xf32>
      %c = tensor.collapse_shape %d [[0, 1, 2], [3]] : tensor<1x2x2x16xf32> into tensor<4x16xf32>
      %y = linalg.exp ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
      %i = tensor.insert_slice %y into %c[0, 8] [4, 8] [1, 1] : tensor<4x8xf32> into tensor<4x16xf32>
      %r = tensor.expand_shape %i [[0, 1, 2], [3]] output_shape [1, 2, 2, 16] : tensor<4x16xf32> into tensor<1x2x2x16xf32>
      return %r : tensor<1x2x2x16xf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect", "::mlir::tensor::TensorDialect"];
}

def ExpandPadsPass : Pass<"tt-expand-pads", "::mlir::func::FuncOp"> {
  let summary = "Turn constant padding into border fills and an insertion";
  let description = [{
    `tensor.pad` with one padding value becomes a fill of each border strip and a `tensor.insert_slice` of the source. The strips stand before the
    op that makes the source where sizes allow, so that `eliminate-empty-tensors` lets that op write straight into the interior.
    A negative static padding is an error. Before:
    ```mlir
    func.func @pad(%x: tensor<4x4xf32>) -> tensor<5x4xf32> {
      %c0 = arith.constant 0.0 : f32
      %p = tensor.pad %x low[1, 0] high[0, 0] {
      ^bb0(%i: index, %j: index):
        tensor.yield %c0 : f32
      } : tensor<4x4xf32> to tensor<5x4xf32>
      return %p : tensor<5x4xf32>
    }
    ```
    After:
    ```mlir
    func.func @pad(%x: tensor<4x4xf32>) -> tensor<5x4xf32> {
      %c0 = arith.constant 0.0 : f32
      %e = tensor.empty() : tensor<5x4xf32>
      %s = tensor.extract_slice %e[0, 0] [1, 4] [1, 1] : tensor<5x4xf32> to tensor<1x4xf32>
      %f = linalg.fill ins(%c0 : f32) outs(%s : tensor<1x4xf32>) -> tensor<1x4xf32>
      %b = tensor.insert_slice %f into %e[0, 0] [1, 4] [1, 1] : tensor<1x4xf32> into tensor<5x4xf32>
      %p = tensor.insert_slice %x into %b[1, 0] [4, 4] [1, 1] : tensor<4x4xf32> into tensor<5x4xf32>
      return %p : tensor<5x4xf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def BufferizePass : Pass<"tt-bufferize", "::mlir::ModuleOp"> {
  let summary = "Turn tensors into buffers";
  let description = [{
    One-shot bufferization of the whole module. Arguments of functions are never written; buffers at function boundaries are dense and row-major;
    nothing is freed (`tt-plan-arena` gives every allocation its place). Run `eliminate-empty-tensors` before. Before:
    ```mlir
    func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
      %e = tensor.empty() : tensor<4xf32>
      %r = linalg.exp ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
      return %r : tensor<4xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%x: memref<4xf32>) -> memref<4xf32> {
      %e = memref.alloc() {alignment = 64 : i64} : memref<4xf32>
      linalg.exp ins(%x : memref<4xf32>) outs(%e : memref<4xf32>)
      return %e : memref<4xf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect", "::mlir::memref::MemRefDialect"];
}

def BindOutputsPass : Pass<"tt-bind-outputs", "::mlir::ModuleOp"> {
  let summary = "Give entry points the run's context instead of arguments and results";
  let description = [{
    Each entry point `(buffers) -> buffers` becomes `(%ctx: !llvm.ptr)`: arguments become `tt.input`, and the allocation behind each returned buffer
    becomes `tt.output`, also through reshapes. Where that is not possible (an input, a constant, a buffer returned twice, a slice, sizes unknown at the
    allocation) the value is copied into its output, and the copy is marked `tt.output_copy`. Before:
    ```mlir
    func.func @main(%x: memref<4xf32>) -> memref<4xf32> {
      %e = memref.alloc() {alignment = 64 : i64} : memref<4xf32>
      linalg.exp ins(%x : memref<4xf32>) outs(%e : memref<4xf32>)
      return %e : memref<4xf32>
    }
    ```
    After:
    ```mlir
    func.func @main(%ctx: !llvm.ptr) attributes {tt.entry} {
      %x = tt.input %ctx {index = 0 : i64} : memref<4xf32>
      %e = tt.output %ctx {index = 0 : i64} : memref<4xf32>
      linalg.exp ins(%x : memref<4xf32>) outs(%e : memref<4xf32>)
      return
    }
    ```
  }];
  let dependentDialects = ["::tt::TTDialect", "::mlir::LLVM::LLVMDialect", "::mlir::memref::MemRefDialect"];
}

def PlaceWeightsPass : Pass<"tt-place-weights", "::mlir::ModuleOp"> {
  let summary = "Move large constants to the weights section";
  let description = [{
    Each `memref.get_global` of a constant of at least `min-bytes` bytes becomes `tt.weights` with its offset in the section; the module's attribute `tt.weights` lists the
    constants in order, each at the next multiple of 64 bytes. Equal bytes are stored once. Smaller constants stay globals, but for `i1` ones whose
    bytes are a resource: LLVM cannot express these. Before:
    ```mlir
    memref.global "private" constant @w : memref<64xf32> = dense_resource<w>
    func.func @main(%ctx: !llvm.ptr) {
      %0 = memref.get_global @w : memref<64xf32>
      return
    }
    ```
    After:
    ```mlir
    module attributes {tt.weights = [dense_resource<w> : tensor<64xf32>]} {
      func.func @main(%ctx: !llvm.ptr) {
        %0 = tt.weights {offset = 0 : i64} : memref<64xf32>
        return
      }
    }
    ```
  }];
  let options = [Option<"minBytes", "min-bytes", "int64_t", /*default=*/"256", "Constants below this many bytes stay globals.">];
  let dependentDialects = ["::tt::TTDialect", "::mlir::memref::MemRefDialect"];
}

def ShareWeightsPass : Pass<"tt-share-weights", "::mlir::ModuleOp"> {
  let summary = "Give the levels of a module one table of weights";
  let description = [{
    For a module that holds one module for each CPU (tt-clone-levels): their `tt.weights` tables become one on the outer module, equal bytes once, and every `tt.weights` op gets
    its new offset. Levels that pack a constant alike share it; one that packs it in its own way has its own copy. Other modules stay as they are. Before:
    ```mlir
    module {
      module @a attributes {tt.weights = [dense<1.0> : tensor<20xf32>]} {
        func.func @main(%ctx: !llvm.ptr) {
          %0 = tt.weights {offset = 0 : i64} : memref<20xf32>
          return
        }
      }
      module @b attributes {tt.weights = [dense<2.0> : tensor<20xf32>, dense<1.0> : tensor<20xf32>]} {
        func.func @main(%ctx: !llvm.ptr) {
          %0 = tt.weights {offset = 128 : i64} : memref<20xf32>
          return
        }
      }
    }
    ```
    After:
    ```mlir
    module attributes {tt.weights = [dense<1.0> : tensor<20xf32>, dense<2.0> : tensor<20xf32>]} {
      module @a {
        func.func @main(%ctx: !llvm.ptr) {
          %0 = tt.weights {offset = 0 : i64} : memref<20xf32>
          return
        }
      }
      module @b {
        func.func @main(%ctx: !llvm.ptr) {
          %0 = tt.weights {offset = 0 : i64} : memref<20xf32>
          return
        }
      }
    }
    ```
  }];
}

def PlanArenaPass : Pass<"tt-plan-arena", "::mlir::func::FuncOp"> {
  let summary = "Give every buffer of an entry point its place in the arena";
  let description = [{
    Works on entry points (`tt.entry`). Allocations become views of one `tt.arena`; two buffers share bytes only when one is dead before the other is
    first used. Static sizes: placed by size, largest first, at the lowest free offset. Sizes computable from input sizes: slots behind the static part, offsets
    computed at the start of the function. All offsets are multiples of 64. A size that depends on data becomes `tt.run_alloc`. Before:
    ```mlir
    func.func @main(%ctx: !llvm.ptr) attributes {tt.entry} {
      %x = tt.input %ctx {index = 0 : i64} : memref<4xf32>
      %y = tt.output %ctx {index = 0 : i64} : memref<4xf32>
      %a = memref.alloc() {alignment = 64 : i64} : memref<4xf32>
      linalg.exp ins(%x : memref<4xf32>) outs(%a : memref<4xf32>)
      linalg.exp ins(%a : memref<4xf32>) outs(%y : memref<4xf32>)
      return
    }
    ```
    After:
    ```mlir
    func.func @main(%ctx: !llvm.ptr) attributes {tt.entry} {
      %x = tt.input %ctx {index = 0 : i64} : memref<4xf32>
      %c64 = arith.constant 64 : index
      %c0 = arith.constant 0 : index
      %arena = tt.arena %ctx, %c64 : memref<?xi8>
      %y = tt.output %ctx {index = 0 : i64} : memref<4xf32>
      %a = memref.view %arena[%c0][] : memref<?xi8> to memref<4xf32>
      linalg.exp ins(%x : memref<4xf32>) outs(%a : memref<4xf32>)
      linalg.exp ins(%a : memref<4xf32>) outs(%y : memref<4xf32>)
      return
    }
    ```
  }];
  let dependentDialects = ["::tt::TTDialect", "::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect"];
}

def OutlineKernelsPass : Pass<"tt-outline-kernels", "::mlir::ModuleOp"> {
  let summary = "Move each compute op of an entry point into a function of its own";
  let description = [{
    Each `linalg` op, kernel op, `memref.copy` and loop at the top of an entry point moves into a private function marked `tt.kernel` that takes the context, the buffers
    and the scalars it uses; scalar constants move along. Equal functions are shared. Before:
    ```mlir
    func.func @main(%ctx: !llvm.ptr) attributes {tt.entry} {
      %x = tt.input %ctx {index = 0 : i64} : memref<4xf32>
      %y = tt.output %ctx {index = 0 : i64} : memref<4xf32>
      linalg.exp ins(%x : memref<4xf32>) outs(%y : memref<4xf32>)
      return
    }
    ```
    After:
    ```mlir
    func.func @main(%ctx: !llvm.ptr) attributes {tt.entry} {
      %x = tt.input %ctx {index = 0 : i64} : memref<4xf32>
      %y = tt.output %ctx {index = 0 : i64} : memref<4xf32>
      call @k_exp_4(%ctx, %x, %y) : (!llvm.ptr, memref<4xf32>, memref<4xf32>) -> ()
      return
    }
    func.func private @k_exp_4(%ctx: !llvm.ptr, %x: memref<4xf32>, %y: memref<4xf32>) attributes {tt.kernel} {
      linalg.exp ins(%x : memref<4xf32>) outs(%y : memref<4xf32>)
      return
    }
    ```
  }];
  let dependentDialects = ["::mlir::func::FuncDialect", "::mlir::memref::MemRefDialect"];
}

def VerifyBufferizedPass : Pass<"tt-verify-bufferized", "::mlir::ModuleOp"> {
  let summary = "Check the contract of the stage `bufferized`";
  let description = [{
    Fails on a tensor, a `memref.alloc`, an entry point that does not take exactly the context, and a copy into an output that `tt-bind-outputs` did not mark.
    The error names the op and the pass that should have removed it. Changes nothing.
  }];
}

def InstrumentProfilePass : Pass<"tt-instrument-profile", "::mlir::ModuleOp"> {
  let summary = "Put probes behind the statements of entry points that take time";
  let description = [{
    For modules at the end of the stage `bufferized`. Every call of a kernel, copy, allocation and fetch of an output at the top of an entry point gets a `tt.probe` behind it, with what it
    computes and moves; a loop or branch of the model (its location says `loop` or `if`) is a container with probes inside, in a function of its own. `tt.probe_buffer` records the places of buffers. The granularity `op` gives the kernels of one
    graph op (of one first name in their locations) one probe, `prefix:NAME,...` those whose first name starts with NAME. Changes no other code. docs/profiling.md says what a profile is. A module with probes is an error. Before:
    ```mlir
    func.func @main(%ctx: !llvm.ptr) attributes {tt.entry} {
      %x = tt.input %ctx {index = 0 : i64} : memref<4xf32>
      %y = tt.output %ctx {index = 0 : i64} : memref<4xf32>
      call @k_exp_4(%ctx, %x, %y) : (!llvm.ptr, memref<4xf32>, memref<4xf32>) -> ()
      return
    }
    func.func private @k_exp_4(%ctx: !llvm.ptr, %x: memref<4xf32>, %y: memref<4xf32>) attributes {tt.kernel} {
      linalg.exp ins(%x : memref<4xf32>) outs(%y : memref<4xf32>)
      return
    }
    ```
    After:
    ```mlir
    module attributes {tt.profile = "kernel"} {
      tt.probe_info @probe_0 "(output 0)" {granularity = "kernel", kernel = "tt.output", kinds = [], nodes = []}
      tt.probe_info @probe_1 "(k_exp_4)" {granularity = "kernel", kernel = "k_exp_4", kinds = [], nodes = []}
      func.func @main(%ctx: !llvm.ptr) attributes {tt.entry} {
        tt.profile_begin %ctx
        %x = tt.input %ctx {index = 0 : i64} : memref<4xf32>
        %y = tt.output %ctx {index = 0 : i64} : memref<4xf32>
        %c0 = arith.constant 0 : index
        tt.probe %ctx, @probe_0 work(%c0, %c0, %c0)
        call @k_exp_4(%ctx, %x, %y) : (!llvm.ptr, memref<4xf32>, memref<4xf32>) -> ()
        %c4 = arith.constant 4 : index
        %c16 = arith.constant 16 : index
        tt.probe %ctx, @probe_1 work(%c4, %c16, %c16)
        tt.profile_end %ctx
        return
      }
      func.func private @k_exp_4(%ctx: !llvm.ptr, %x: memref<4xf32>, %y: memref<4xf32>) attributes {tt.kernel} {
        linalg.exp ins(%x : memref<4xf32>) outs(%y : memref<4xf32>)
        return
      }
    }
    ```
  }];
  let options = [Option<"granularity", "granularity", "std::string", /*default=*/"\"kernel\"",
                        "What has a probe of its own: kernel, op or prefix:NAME[,NAME...]">];
  let statistics = [Statistic<"numProbes", "num-probes", "Number of probes">];
  let dependentDialects = ["::tt::TTDialect", "::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect"];
}

#endif
