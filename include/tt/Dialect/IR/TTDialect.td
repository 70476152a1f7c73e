#ifndef TT_DIALECT_IR_TTDIALECT_TD
#define TT_DIALECT_IR_TTDIALECT_TD

include "mlir/IR/OpBase.td"

def TT_Dialect : Dialect {
  let name = "tt";
  let cppNamespace = "::tt";
  let summary = "Neural networks, from the ONNX graph down to buffers";
  let description = [{
    The dialect has three levels, one file of ops for each family:

    1. **Graph ops** (`ElementwiseOps.td`, `ShapeOps.td`, `ReductionOps.td`, `NNOps.td`, `ControlOps.td`): pure, value-semantic ops on ranked
       tensors with static or dynamic sizes. The ONNX importer makes them, graph passes rewrite them.
    2. **Kernel ops** (`KernelOps.td`): destination-style ops on tensors or buffers that `linalg` cannot express or for which
       tt has its own code generation. A region holds the epilogue that is applied to each result element in registers.
    3. **Runtime ops** (`RuntimeOps.td`): ops on buffers that reach the C runtime: inputs, outputs, arena, weights, threads,
       checks.

    Constants are `arith.constant` (large ones with a `dense_resource` attribute that points into the mapped model file).
    Every graph op keeps the ONNX node name as its location. Entry points are public functions whose arguments and results
    carry `tt.name` (the ONNX value name) and `tt.dims` (an array of strings, one per dimension, empty where the dimension
    has no name).
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::LLVM::LLVMDialect"];
  let extraClassDeclaration = [{
    void registerElementwiseOps();
    void registerShapeOps();
    void registerReductionOps();
    void registerNNOps();
    void registerControlOps();
    void registerKernelOps();
    void registerRuntimeOps();
  }];
}

class TT_Op<string mnemonic, list<Trait> traits = []> : Op<TT_Dialect, mnemonic, traits>;

#endif
