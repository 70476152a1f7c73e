#ifndef TT_DIALECT_IR_KERNELOPBASE_TD
#define TT_DIALECT_IR_KERNELOPBASE_TD

include "tt/Dialect/IR/TTOpBase.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"

// Destination-style ops on tensors or (after bufferization) buffers. On tensors each has one result, of the type of `init`; on
// buffers it has none and writes into `init`. What lib/Codegen/Microkernel can emit is stated per op.

def TT_Shaped : AnyTypeOf<[AnyRankedTensor, AnyStridedMemRef]>;

class TT_KernelOp<string mnemonic, list<Trait> traits = []> : TT_Op<mnemonic, !listconcat(traits, [
    DestinationStyleOpInterface, DeclareOpInterfaceMethods<MemoryEffectsOpInterface>])> {
  let results = (outs Variadic<AnyRankedTensor>:$result);
  code kernelDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getInitMutable(); }
  }];
  let extraClassDeclaration = kernelDeclaration;
  code effectsDefinition = [{
    void $cppClass::getEffects(::llvm::SmallVectorImpl<::mlir::SideEffects::EffectInstance<::mlir::MemoryEffects::Effect>> &effects) {
      ::tt::detail::getKernelEffects(getOperation(), effects);
    }
  }];
  let extraClassDefinition = effectsDefinition;
}

class TT_EpilogueKernelOp<string mnemonic, list<Trait> traits = []> : TT_KernelOp<mnemonic, !listconcat(traits, [
    SingleBlock, DeclareOpInterfaceMethods<TT_EpilogueOpInterface>])> {
  let regions = (region SizedRegion<1>:$epilogue);
  // getExtras, getExtrasMutable, getExtraMaps, setExtraMapsAttr, getEpilogue and getInit are ODS accessors.
  let hasVerifier = 1;
}

#endif
