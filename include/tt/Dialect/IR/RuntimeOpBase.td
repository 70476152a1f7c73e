#ifndef TT_DIALECT_IR_RUNTIMEOPBASE_TD
#define TT_DIALECT_IR_RUNTIMEOPBASE_TD

include "tt/Dialect/IR/TTOpBase.td"
include "mlir/Dialect/LLVMIR/LLVMOpBase.td"

// Argument 0 of every compiled function (include/tt/Runtime/Internal.h).
def TT_Context : Type<LLVM_AnyPointer.predicate, "run context (!llvm.ptr)", "::mlir::LLVM::LLVMPointerType">,
                 BuildableType<"$_builder.getType<::mlir::LLVM::LLVMPointerType>()">;

#endif
