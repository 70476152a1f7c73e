#ifndef TT_CODEGEN_TOLLVM_PASSES_TD
#define TT_CODEGEN_TOLLVM_PASSES_TD

include "mlir/Pass/PassBase.td"

def SetTargetPass : Pass<"tt-set-target", "::mlir::ModuleOp"> {
  let summary = "Write the CPU that code is generated for on the module";
  let description = [{
    Sets `tt.target`. A module that has the attribute keeps it, unless `cpu` or `triple` is given. Before:
    ```mlir
    module {}
    ```
    After, with `cpu=x86-64-v3 triple=x86_64-unknown-linux-gnu`:
    ```mlir
    module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "", lanes = 8, registers = 16>} {}
    ```
    With several, `cpu=x86-64-v3,x86-64-v4`, it sets `tt.levels` instead, the list of them, the most capable first: wider registers before narrower ones, then more features before fewer.
  }];
  let options = [
    Option<"cpu", "cpu", "std::string", /*default=*/"\"\"", "`native` (default), x86-64-v2, -v3, -v4 or a name LLVM knows; or several, with commas.">,
    Option<"triple", "triple", "std::string", /*default=*/"\"\"", "Target triple; this machine's by default.">
  ];
  let dependentDialects = ["::tt::TTDialect"];
}

def CloneLevelsPass : Pass<"tt-clone-levels", "::mlir::ModuleOp"> {
  let summary = "Give each CPU that the module is for a module of its own";
  let description = [{
    A module with `tt.levels` gets a module with `tt.target` for each of them, named after its level, with all functions and attributes of the module; the passes of the next stages run on
    these. The bytes of constants are shared. Modules for one CPU stay as they are. Before:
    ```mlir
    module attributes {tt.levels = [#tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "", lanes = 16, registers = 32>,
                                    #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "", lanes = 8, registers = 16>]} {
      func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
        return %x : tensor<4xf32>
      }
    }
    ```
    After:
    ```mlir
    module attributes {tt.levels = [#tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "", lanes = 16, registers = 32>,
                                    #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "", lanes = 8, registers = 16>]} {
      module @"x86-64-v4" attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "", lanes = 16, registers = 32>} {
        func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
          return %x : tensor<4xf32>
        }
      }
      module @"x86-64-v3" attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "", lanes = 8, registers = 16>} {
        func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
          return %x : tensor<4xf32>
        }
      }
    }
    ```
  }];
  let dependentDialects = ["::tt::TTDialect"];
}

def LowerReshapesPass : Pass<"tt-lower-reshapes", "::mlir::func::FuncOp"> {
  let summary = "Turn expansions into several unknown sizes into a reinterpretation of the buffer";
  let description = [{
    `memref.expand_shape` whose result has more than one dynamic size in a group: `expand-strided-metadata` assumes one at most. Others stay. Before:
    ```mlir
    func.func @f(%x: memref<?xf32>, %m: index, %n: index) -> memref<?x?xf32> {
      %y = memref.expand_shape %x [[0, 1]] output_shape [%m, %n] : memref<?xf32> into memref<?x?xf32>
      return %y : memref<?x?xf32>
    }
    ```
    After:
    ```mlir
    func.func @f(%x: memref<?xf32>, %m: index, %n: index) -> memref<?x?xf32> {
      %base, %offset, %size, %stride = memref.extract_strided_metadata %x : memref<?xf32> -> memref<f32>, index, index, index
      %r = memref.reinterpret_cast %base to offset: [0], sizes: [%m, %n], strides: [%n, 1] : memref<f32> to memref<?x?xf32>
      return %r : memref<?x?xf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect", "::mlir::memref::MemRefDialect"];
}

def OutlineParallelPass : Pass<"tt-outline-parallel", "::mlir::ModuleOp"> {
  let summary = "Move bodies of parallel loops into functions and call the runtime";
  let description = [{
    The body of each `tt.parallel_for` becomes a private function `(ctx, args, chunk, thread)`; what it uses from outside travels in a struct on the stack of
    the caller, whose address is `args`. Constants move along. Before:
    ```mlir
    func.func private @k(%ctx: !llvm.ptr, %n: index, %y: memref<?xf32>) {
      tt.parallel_for %ctx, %n {
      ^bb0(%chunk: index, %thread: index):
        %c = arith.constant 1.0 : f32
        memref.store %c, %y[%chunk] : memref<?xf32>
        tt.yield
      }
      return
    }
    ```
    After (shortened): a call of `@tt_rt_parallel_for(%ctx, @k_parallel, %args, %n)` in `@k`, and a function `@k_parallel`.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::func::FuncDialect"];
}

def ConvertToLLVMPass : Pass<"tt-convert-to-llvm", "::mlir::ModuleOp"> {
  let summary = "Convert functions, buffers, arithmetic and runtime ops to the LLVM dialect";
  let description = [{
    Runtime ops become calls of the runtime (include/tt/Runtime/Internal.h) or the address of the weights; `arith`, `math`, `index`, `cf`, `memref`, `vector` and `func` go the upstream way,
    math functions that LLVM lacks become calls of libm. Functions become internal, entry points get the prefix `tt_entry_`. What has no
    conversion is an error. Before:
    ```mlir
    func.func private @k(%ctx: !llvm.ptr, %ok: i1) {
      tt.check %ok, "onnx node 'a': sizes differ"
      return
    }
    ```
    After (shortened): a branch around a call of `@tt_rt_fail(%ctx, "onnx node 'a': sizes differ")`.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def MergeLevelsPass : Pass<"tt-merge-levels", "::mlir::ModuleOp"> {
  let summary = "Put the code for all CPUs into one module again";
  let description = [{
    Undoes tt-clone-levels in the LLVM dialect: functions and globals of each level get its name as a suffix, functions also the attributes that make LLVM compile them for
    its CPU, and `tt.level`. Declarations are shared. An attribute of the inner modules that the outer one lacks moves there; all must agree on it. Before:
    ```mlir
    module attributes {tt.levels = [#tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "", lanes = 8, registers = 16>]} {
      module @"x86-64-v3" attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "", lanes = 8, registers = 16>} {
        llvm.func internal @f() {
          llvm.return
        }
      }
    }
    ```
    After:
    ```mlir
    module attributes {tt.levels = [#tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "", lanes = 8, registers = 16>]} {
      llvm.func internal @f.x86_64_v3() attributes {passthrough = [["target-cpu", "x86-64-v3"], ["prefer-vector-width", "256"], ["min-legal-vector-width", "256"]], tt.level = "x86-64-v3"} {
        llvm.return
      }
    }
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def LowerProbesPass : Pass<"tt-lower-probes", "::mlir::ModuleOp"> {
  let summary = "Turn probes into calls of the runtime";
  let description = [{
    Makes a constant table (`tt_profile_info` of include/tt/Runtime/Internal.h) from the `tt.probe_info` and `tt.probe_buffer` ops and calls of `tt_rt_probe` and its like from the ops that name them.
    A module without probes stays as it is. Runs before `tt-convert-to-llvm`. Before:
    ```mlir
    module attributes {tt.profile = "kernel"} {
      tt.probe_info @probe_0 "a" {granularity = "kernel", kernel = "k_exp_4", kinds = ["exp"], nodes = ["a"]}
      func.func @main(%ctx: !llvm.ptr) attributes {tt.entry} {
        tt.profile_begin %ctx
        %c4 = arith.constant 4 : index
        tt.probe %ctx, @probe_0 work(%c4, %c4, %c4)
        tt.profile_end %ctx
        return
      }
    }
    ```
    After: a constant with one probe "a"; @main calls `tt_rt_profile_begin` with its address, `tt_rt_probe` with the number 0 and `tt_rt_profile_end`.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def EmitDescriptorPass : Pass<"tt-emit-descriptor", "::mlir::ModuleOp"> {
  let summary = "Describe the model's entry points to the runtime";
  let description = [{
    Makes the constant `tt_model_descriptor` (`tt_model_info` of include/tt/Runtime/ABI.h) from the attributes `tt.inputs`, `tt.outputs` of the entry points, `tt.model_name`, `tt.target` and `tt.weights` of
    the module. Works on the LLVM dialect. Before:
    ```mlir
    module attributes {tt.model_name = "twice", tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "", lanes = 8, registers = 16>} {
      llvm.func @main(%ctx: !llvm.ptr) attributes {tt.entry_name = "main", tt.inputs = [{dims = ["n"], name = "x", type = tensor<?xf32>} ], tt.outputs = [{dims = ["n"], name = "y", type = tensor<?xf32>} ]} {
        llvm.return
      }
    }
    ```
    After: besides, a hidden constant `@tt_model_descriptor` with one entry "main", its input "x" and its output "y" of element type 1 (float) and size -1 ("n").
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif
