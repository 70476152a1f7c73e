//===- RuntimePatterns.cpp - runtime ops to calls -------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "RuntimePatterns.h"

#include "RuntimeFunctions.h"
#include "tt/Dialect/IR/Constants.h"
#include "tt/Dialect/IR/ProbeOps.h"
#include "tt/Dialect/IR/WinogradOps.h"

#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/Pattern.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;

namespace {

Value constant(OpBuilder &b, Location loc, int64_t value) {
  return LLVM::ConstantOp::create(b, loc, b.getI64Type(), b.getI64IntegerAttr(value));
}

/// Array of `count` i64 on the stack, made once at the start of the function.
Value createDimsArray(ConversionPatternRewriter &rewriter, Location loc, int64_t count) {
  OpBuilder::InsertionGuard guard(rewriter);
  Block *block = rewriter.getInsertionBlock();
  rewriter.setInsertionPointToStart(&block->getParent()->front());
  return LLVM::AllocaOp::create(rewriter, loc, LLVM::LLVMPointerType::get(rewriter.getContext()), rewriter.getI64Type(),
                                constant(rewriter, loc, std::max<int64_t>(count, 1)));
}

Value getElementAddress(OpBuilder &b, Location loc, Value array, int64_t index) {
  return LLVM::GEPOp::create(b, loc, array.getType(), b.getI64Type(), array,
                             ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(index)});
}

/// Sizes of a dense buffer: constants where static, else the next of `dynamic`.
SmallVector<Value> getSizes(OpBuilder &b, Location loc, MemRefType type, ValueRange dynamic) {
  SmallVector<Value> sizes;
  for (int64_t size : type.getShape()) {
    if (ShapedType::isDynamic(size)) {
      sizes.push_back(dynamic.front());
      dynamic = dynamic.drop_front();
    } else {
      sizes.push_back(constant(b, loc, size));
    }
  }
  return sizes;
}

/// Descriptor of the dense row-major buffer of `type` at `memory`.
Value createDescriptor(OpBuilder &b, Location loc, const LLVMTypeConverter &converter, MemRefType type, Value memory,
                       ArrayRef<Value> sizes) {
  if (type.hasStaticShape())
    return MemRefDescriptor::fromStaticShape(b, loc, converter, type, memory);
  auto descriptor = MemRefDescriptor::poison(b, loc, converter.convertType(type));
  descriptor.setAllocatedPtr(b, loc, memory);
  descriptor.setAlignedPtr(b, loc, memory);
  descriptor.setConstantOffset(b, loc, 0);
  Value stride = constant(b, loc, 1);
  for (int64_t d = type.getRank() - 1; d >= 0; --d) {
    descriptor.setSize(b, loc, d, sizes[d]);
    descriptor.setStride(b, loc, d, stride);
    if (d)
      stride = LLVM::MulOp::create(b, loc, stride, sizes[d]);
  }
  return descriptor;
}

/// Address of a zero-terminated constant text.
Value createText(OpBuilder &b, Location loc, ModuleOp module, StringRef text) {
  std::string bytes(text);
  bytes.push_back('\0');
  std::string name;
  for (int64_t i = 0;; ++i) {
    name = "tt_message_" + std::to_string(i);
    auto global = module.lookupSymbol<LLVM::GlobalOp>(name);
    if (!global)
      break;
    if (cast<StringAttr>(global.getValueAttr()).getValue() == bytes)
      return LLVM::AddressOfOp::create(b, loc, global);
  }
  OpBuilder::InsertionGuard guard(b);
  OpBuilder top = OpBuilder::atBlockBegin(module.getBody());
  auto type = LLVM::LLVMArrayType::get(b.getI8Type(), bytes.size());
  auto global = LLVM::GlobalOp::create(top, loc, type, /*isConstant=*/true, LLVM::Linkage::Internal, name,
                                       b.getStringAttr(bytes));
  return LLVM::AddressOfOp::create(b, loc, global);
}

template <typename OpTy> struct RuntimePattern : ConvertOpToLLVMPattern<OpTy> {
  using ConvertOpToLLVMPattern<OpTy>::ConvertOpToLLVMPattern;

  /// The run's context, argument 0 of the function around `op`.
  static FailureOr<Value> getContext(Operation *op) {
    Value context = op->getBlock()->getParent()->front().getArgument(0);
    if (isa<LLVM::LLVMPointerType>(context.getType()))
      return context;
    return op->emitOpError("needs a function whose first argument is the run's context (!llvm.ptr)");
  }

  static Value call(ConversionPatternRewriter &rewriter, Operation *op, tt::RuntimeFunction function,
                    ValueRange arguments) {
    auto callee = tt::getRuntimeFunction(op->getParentOfType<ModuleOp>(), function);
    return LLVM::CallOp::create(rewriter, op->getLoc(), callee, arguments).getResult();
  }
};

struct ConvertInput : RuntimePattern<tt::InputOp> {
  using RuntimePattern::RuntimePattern;
  LogicalResult matchAndRewrite(tt::InputOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto type = cast<MemRefType>(op.getType());
    Value dims = createDimsArray(rewriter, loc, type.getRank());
    Value memory = call(rewriter, op, tt::RuntimeFunction::Input,
                        {adaptor.getCtx(), constant(rewriter, loc, op.getIndex()), dims});
    SmallVector<Value> dynamic;
    for (int64_t d = 0; d < type.getRank(); ++d)
      if (type.isDynamicDim(d))
        dynamic.push_back(
            LLVM::LoadOp::create(rewriter, loc, rewriter.getI64Type(), getElementAddress(rewriter, loc, dims, d)));
    rewriter.replaceOp(
        op, createDescriptor(rewriter, loc, *getTypeConverter(), type, memory, getSizes(rewriter, loc, type, dynamic)));
    return success();
  }
};

struct ConvertOutput : RuntimePattern<tt::OutputOp> {
  using RuntimePattern::RuntimePattern;
  LogicalResult matchAndRewrite(tt::OutputOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto type = cast<MemRefType>(op.getType());
    SmallVector<Value> sizes = getSizes(rewriter, loc, type, adaptor.getSizes());
    Value dims = createDimsArray(rewriter, loc, type.getRank());
    for (auto [d, size] : llvm::enumerate(sizes))
      LLVM::StoreOp::create(rewriter, loc, size, getElementAddress(rewriter, loc, dims, d));
    Value memory =
        call(rewriter, op, tt::RuntimeFunction::Output,
             {adaptor.getCtx(), constant(rewriter, loc, op.getIndex()), constant(rewriter, loc, type.getRank()), dims});
    rewriter.replaceOp(op, createDescriptor(rewriter, loc, *getTypeConverter(), type, memory, sizes));
    return success();
  }
};

struct ConvertArena : RuntimePattern<tt::ArenaOp> {
  using RuntimePattern::RuntimePattern;
  LogicalResult matchAndRewrite(tt::ArenaOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Value memory = call(rewriter, op, tt::RuntimeFunction::Arena, {adaptor.getCtx(), adaptor.getSize()});
    rewriter.replaceOp(op, createDescriptor(rewriter, op.getLoc(), *getTypeConverter(), cast<MemRefType>(op.getType()),
                                            memory, adaptor.getSize()));
    return success();
  }
};

struct ConvertRunAlloc : RuntimePattern<tt::RunAllocOp> {
  using RuntimePattern::RuntimePattern;
  LogicalResult matchAndRewrite(tt::RunAllocOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto type = cast<MemRefType>(op.getType());
    SmallVector<Value> sizes = getSizes(rewriter, loc, type, adaptor.getSizes());
    Value bytes = constant(rewriter, loc, tt::getElementBytes(type.getElementType()));
    for (Value size : sizes)
      bytes = LLVM::MulOp::create(rewriter, loc, bytes, size);
    Value memory = call(rewriter, op, tt::RuntimeFunction::Alloc, {adaptor.getCtx(), bytes});
    rewriter.replaceOp(op, createDescriptor(rewriter, loc, *getTypeConverter(), type, memory, sizes));
    return success();
  }
};

struct ConvertScratch : RuntimePattern<tt::ScratchOp> {
  using RuntimePattern::RuntimePattern;
  LogicalResult matchAndRewrite(tt::ScratchOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto type = cast<MemRefType>(op.getType());
    int64_t bytes = tt::getElementBytes(type.getElementType());
    for (int64_t size : type.getShape().drop_front())
      bytes *= size;
    Value threads = call(rewriter, op, tt::RuntimeFunction::Threads, adaptor.getCtx());
    Value memory = call(rewriter, op, tt::RuntimeFunction::Scratch, {adaptor.getCtx(), constant(rewriter, loc, bytes)});
    rewriter.replaceOp(
        op, createDescriptor(rewriter, loc, *getTypeConverter(), type, memory, getSizes(rewriter, loc, type, threads)));
    return success();
  }
};

struct ConvertWeights : RuntimePattern<tt::WeightsOp> {
  using RuntimePattern::RuntimePattern;
  LogicalResult matchAndRewrite(tt::WeightsOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Value memory = LLVM::AddressOfOp::create(rewriter, loc, tt::getWeightsSymbol(op->getParentOfType<ModuleOp>()));
    memory = LLVM::GEPOp::create(rewriter, loc, memory.getType(), rewriter.getI8Type(), memory,
                                 ArrayRef<LLVM::GEPArg>{constant(rewriter, loc, op.getOffset())});
    rewriter.replaceOp(
        op, createDescriptor(rewriter, loc, *getTypeConverter(), cast<MemRefType>(op.getType()), memory, {}));
    return success();
  }
};

/// The sizes that a check compares, where it does: the operands of its comparison, or of the first of two.
static SmallVector<Value> getCompared(Value condition) {
  if (auto either = condition.getDefiningOp<arith::OrIOp>())
    condition = either.getLhs();
  auto compare = condition.getDefiningOp<arith::CmpIOp>();
  if (!compare || !compare.getLhs().getType().isIndex())
    return {};
  return {compare.getLhs(), compare.getRhs()};
}

/// A check branches around the call that fails the run; the call returns inside parallel loops. Sizes that it compares
/// are told.
struct ConvertCheck : RuntimePattern<tt::CheckOp> {
  using RuntimePattern::RuntimePattern;
  LogicalResult matchAndRewrite(tt::CheckOp op, OpAdaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Block *before = op->getBlock();
    FailureOr<Value> context = getContext(op);
    if (failed(context))
      return failure();
    auto module = op->getParentOfType<ModuleOp>();
    Block *after = rewriter.splitBlock(before, rewriter.getInsertionPoint());
    Block *failed = rewriter.createBlock(before->getParent());
    Value message = createText(rewriter, loc, module, op.getMessage());
    SmallVector<Value> arguments{*context, message};
    for (Value size : getCompared(op.getCondition()))
      if (Value converted = rewriter.getRemappedValue(size))
        arguments.push_back(converted);
    if (arguments.size() != 4)
      arguments.truncate(2);
    call(rewriter, op, arguments.size() == 4 ? tt::RuntimeFunction::FailFound : tt::RuntimeFunction::Fail, arguments);
    LLVM::BrOp::create(rewriter, loc, ValueRange(), after);
    rewriter.setInsertionPointToEnd(before);
    LLVM::CondBrOp::create(rewriter, loc, adaptor.getCondition(), after, failed);
    rewriter.eraseOp(op);
    return success();
  }
};

/// Hands the observer the address, sizes and strides of a buffer.
struct ConvertObserve : RuntimePattern<tt::ObserveOp> {
  using RuntimePattern::RuntimePattern;
  LogicalResult matchAndRewrite(tt::ObserveOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    auto type = dyn_cast<MemRefType>(op.getValue().getType());
    if (!type)
      return op.emitOpError("needs a buffer, but found ") << op.getValue().getType();
    Location loc = op.getLoc();
    FailureOr<Value> context = getContext(op);
    if (failed(context))
      return failure();
    MemRefDescriptor buffer(adaptor.getValue());
    Value dims = createDimsArray(rewriter, loc, 2 * type.getRank());
    for (int64_t d = 0; d < type.getRank(); ++d) {
      LLVM::StoreOp::create(rewriter, loc, buffer.size(rewriter, loc, d), getElementAddress(rewriter, loc, dims, d));
      LLVM::StoreOp::create(rewriter, loc, buffer.stride(rewriter, loc, d),
                            getElementAddress(rewriter, loc, dims, type.getRank() + d));
    }
    Value name = createText(rewriter, loc, op->getParentOfType<ModuleOp>(), op.getName());
    Value data = buffer.bufferPtr(rewriter, loc, *getTypeConverter(), type);
    call(rewriter, op, tt::RuntimeFunction::Observe,
         {*context, name, data, constant(rewriter, loc, type.getRank()), dims});
    rewriter.eraseOp(op);
    return success();
  }
};

} // namespace

void tt::populateRuntimeToLLVMPatterns(const LLVMTypeConverter &converter, RewritePatternSet &patterns) {
  patterns.add<ConvertInput, ConvertOutput, ConvertArena, ConvertRunAlloc, ConvertScratch, ConvertWeights, ConvertCheck,
               ConvertObserve>(converter);
}
