#ifndef TT_DIALECT_IR_TTINTERFACES_TD
#define TT_DIALECT_IR_TTINTERFACES_TD

include "mlir/IR/OpBase.td"

def TT_EpilogueOpInterface : OpInterface<"EpilogueOpInterface"> {
  let cppNamespace = "::tt";
  let description = [{
    A kernel op whose single-block region is applied to every element of the result while it is still in registers. The
    block's first argument is the raw result element (the accumulator); the others are the elements of the `extras` operands,
    each read through its map from the op's output iteration space (one dimension per dimension of `init`) to the extra's
    indices. A map's results are dimensions or the constant 0. The block ends in `tt.yield`.
  }];
  let methods = [
    InterfaceMethod<"The operands read by the epilogue", "::mlir::OperandRange", "getExtras">,
    InterfaceMethod<"The same, mutable", "::mlir::MutableOperandRange", "getExtrasMutable">,
    InterfaceMethod<"One affine map per extra operand", "::mlir::ArrayAttr", "getExtraMaps">,
    InterfaceMethod<"Replaces the maps", "void", "setExtraMapsAttr", (ins "::mlir::ArrayAttr":$maps)>,
    InterfaceMethod<"The epilogue region", "::mlir::Region &", "getEpilogue">,
    InterfaceMethod<"The destination operand", "::mlir::Value", "getInit">
  ];
  let verify = [{ return ::tt::detail::verifyEpilogue($_op); }];
}

#endif
