#ifndef TT_DIALECT_IR_TTOPBASE_TD
#define TT_DIALECT_IR_TTOPBASE_TD

include "tt/Dialect/IR/TTAttrs.td"
include "tt/Dialect/IR/TTInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"

// Element types of graph tensors.
def TT_Float : AnyTypeOf<[F64, F32, F16, BF16]>;
def TT_Int : AnyTypeOf<[I8, I16, I32, I64, UI8, UI16, UI32, UI64]>;
def TT_Element : AnyTypeOf<[TT_Float, TT_Int, I1]>;
def TT_Tensor : RankedTensorOf<[TT_Element]>;
def TT_FloatTensor : RankedTensorOf<[TT_Float]>;
def TT_NumberTensor : RankedTensorOf<[TT_Float, TT_Int]>;
def TT_IntTensor : RankedTensorOf<[TT_Int]>;
def TT_BoolTensor : RankedTensorOf<[I1]>;
def TT_IndexTensor : RankedTensorOf<[I64, I32]>;
def TT_ShapeTensor : RankedTensorOf<[I64]>; // rank 1: one element per dimension

// Every element of the result depends on one element of each operand, under NumPy broadcasting (tt::ElementwiseTrait).
def TT_Elementwise : NativeOpTrait<"ElementwiseTrait"> { let cppNamespace = "::tt"; }

// A pure graph op whose result types follow from its operands and attributes (`inferReturnTypes`, which takes the op's adaptor, in lib/Dialect/IR). A result
// type in the IR may know less than the inferred one, or more, but may not contradict it.
class TT_GraphOp<string mnemonic, list<Trait> traits = []>
    : TT_Op<mnemonic, !listconcat(traits, [Pure, InferTypeOpAdaptorWithIsCompatible])> {
  code compatibleDefinition = [{
    bool $cppClass::isCompatibleReturnTypes(::mlir::TypeRange l, ::mlir::TypeRange r) {
      return ::tt::detail::areCompatibleTypes(l, r);
    }
  }];
  let extraClassDefinition = compatibleDefinition;
}

#endif
