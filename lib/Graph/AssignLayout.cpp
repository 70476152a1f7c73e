//===- AssignLayout.cpp - NHWC where it pays ------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// Three steps: propose an order of dimensions for each tensor, decide by a minimum cut which ops work in it, rewrite.
//===----------------------------------------------------------------------===//

#include "tt/Graph/Passes.h"

#include "LayoutRules.h"
#include "Matchers.h"
#include "MinCut.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

#include <array>

namespace tt {
#define GEN_PASS_DEF_ASSIGNLAYOUTPASS
#include "tt/Graph/Passes.h.inc"
} // namespace tt

using namespace mlir;
using namespace tt::graph;

/// NCHW to NHWC.
static Perm getImagePerm() { return {0, 2, 3, 1}; }

/// A convolution or pool in layout nchw: it will work on NHWC tensors whatever the rest does.
static bool isImageOp(Operation *op) {
  if (auto conv = dyn_cast<tt::ConvOp>(op))
    return conv.getLayout() == tt::Layout::NCHW;
  if (auto conv = dyn_cast<tt::ConvIntegerOp>(op))
    return conv.getLayout() == tt::Layout::NCHW;
  if (auto pool = dyn_cast<tt::PoolOp>(op))
    return pool.getLayout() == tt::Layout::NCHW;
  return false;
}

/// A constant whose elements are there to be read.
static bool isConstant(Value value) { return static_cast<bool>(tt::getConstantAttr(value)); }

/// An estimate of the bytes of a tensor: an unknown first size counts as 1 (a batch), any other as 64.
static int64_t estimateBytes(RankedTensorType type) {
  int64_t bytes = tt::getElementBytes(type.getElementType());
  for (auto [i, size] : llvm::enumerate(type.getShape()))
    bytes *= ShapedType::isDynamic(size) ? (i == 0 ? 1 : 64) : size;
  return bytes;
}

//===-- Proposing ---------------------------------------------------------===//

namespace {

/// For each tensor the one order of dimensions in which it may be stored besides its own, and for each op that can work
/// so, how it does.
class Proposals {
public:
  explicit Proposals(Block &block);

  DenseMap<Value, Perm> perms;
  llvm::MapVector<Operation *, PermutedForm> forms;
  /// Ops whose order comes from a convolution or pool, not from a transpose.
  DenseSet<Operation *> imageForms;

private:
  bool isPossible(Value value, ArrayRef<int64_t> perm) const;
  void propose(Value value, ArrayRef<int64_t> perm);
  void consider(Operation *op, std::optional<PermutedForm> form);
  void propagate();

  Block &block;
  SmallVector<Value> worklist;
  bool fromImages = true;
};

} // namespace

bool Proposals::isPossible(Value value, ArrayRef<int64_t> perm) const {
  auto found = perms.find(value);
  return found == perms.end() || areEquivalent(getTensorType(value).getShape(), found->second, perm);
}

void Proposals::propose(Value value, ArrayRef<int64_t> perm) {
  if (!isConstant(value) && perms.try_emplace(value, perm).second)
    worklist.push_back(value);
}

void Proposals::consider(Operation *op, std::optional<PermutedForm> form) {
  if (!form || op->getBlock() != &block || forms.contains(op))
    return;
  for (auto [operand, operandForm] : llvm::zip_equal(op->getOperands(), form->operands))
    if (operandForm.kind == OperandForm::Permute && !isPossible(operand, operandForm.perm))
      return;
  for (auto [result, perm] : llvm::zip_equal(op->getResults(), form->results))
    if (!isPossible(result, perm))
      return;
  for (auto [operand, operandForm] : llvm::zip_equal(op->getOperands(), form->operands))
    if (operandForm.kind == OperandForm::Permute)
      propose(operand, operandForm.perm);
  for (auto [result, perm] : llvm::zip_equal(op->getResults(), form->results))
    propose(result, perm);
  forms.insert({op, std::move(*form)});
  if (fromImages)
    imageForms.insert(op);
}

void Proposals::propagate() {
  while (!worklist.empty()) {
    Value value = worklist.pop_back_val();
    Perm perm = perms[value];
    for (OpOperand &use : value.getUses())
      consider(use.getOwner(), getFormForOperand(use.getOwner(), use.getOperandNumber(), perm));
    if (auto result = dyn_cast<OpResult>(value))
      consider(result.getOwner(), getFormForResult(result.getOwner(), result.getResultNumber(), perm));
  }
}

Proposals::Proposals(Block &block) : block(block) {
  for (Operation &op : block)
    if (isImageOp(&op)) {
      propose(op.getOperand(0), getImagePerm());
      propose(op.getResult(0), getImagePerm());
    }
  propagate();
  // Then the transposes of the model: each side may be stored as the other side is.
  fromImages = false;
  for (Operation &op : block) {
    auto transpose = dyn_cast<tt::TransposeOp>(op);
    if (!transpose || isConstant(transpose.getInput()))
      continue;
    Value input = transpose.getInput(), result = transpose.getResult();
    auto inputPerm = perms.find(input), resultPerm = perms.find(result);
    Perm resultAsInput = getInverse(transpose.getPerm()), inputAsResult(transpose.getPerm());
    if (inputPerm != perms.end())
      resultAsInput = compose(resultAsInput, inputPerm->second);
    if (resultPerm != perms.end())
      inputAsResult = compose(inputAsResult, resultPerm->second);
    // One side is enough: orders for both, each free beside the other's own order, would hide that one of them
    // suffices.
    if (resultPerm == perms.end() && !isIdentity(resultAsInput))
      propose(result, resultAsInput);
    else if (inputPerm == perms.end() && !isIdentity(inputAsResult))
      propose(input, inputAsResult);
    propagate();
  }
}

//===-- Deciding ----------------------------------------------------------===//

namespace {

/// The ops and transposes that work on, or make, tensors in the proposed order.
class Decision {
public:
  Decision(Block &block, const Proposals &proposals) : proposals(proposals) {
    for (Operation &op : block)
      addNode(&op);
    for (Operation &op : block)
      addCosts(&op);
    for (BlockArgument argument : block.getArguments())
      addValue(argument);
    std::vector<bool> labels = cut.solve();
    for (auto [op, node] : nodes)
      if (labels[node])
        permuted.insert(op);
  }

  bool isPermuted(Operation *op) const { return permuted.contains(op); }

private:
  // Label 0: the tensor's own order. Label 1: the proposed order.
  static constexpr int kOwn = MinCut::kZero, kProposed = MinCut::kOne;
  // A transpose costs its bytes and some for being there at all. Between equal sums, ops stay with their convolution,
  // and away from the order that only a transpose proposes: a part per op, too small to outweigh a byte.
  static constexpr int64_t kByte = 1 << 12, kTranspose = 64 * kByte;

  int64_t getCost(Value value, ArrayRef<int64_t> shape, ArrayRef<int64_t> perm) const {
    return movesOnlyUnits(shape, perm) ? 0 : estimateBytes(getTensorType(value)) * kByte + kTranspose;
  }

  void addNode(Operation *op) {
    bool isTranspose = isa<tt::TransposeOp>(op) && proposals.perms.contains(op->getResult(0));
    if (!isTranspose && !proposals.forms.contains(op))
      return;
    nodes[op] = cut.addNode();
    bool prefersProposed = proposals.imageForms.contains(op);
    cut.addUnary(nodes[op], prefersProposed, !prefersProposed);
  }

  /// The label of the op that makes `value`, as a node.
  int getProducer(Value value) const {
    Operation *op = value.getDefiningOp();
    if (!op)
      return kOwn;
    if (isImageOp(op))
      return kProposed;
    auto node = nodes.find(op);
    return node == nodes.end() ? kOwn : node->second;
  }

  /// The label with which `use` reads its value; nothing where it takes any order.
  std::optional<int> getConsumer(OpOperand &use) const {
    Operation *op = use.getOwner();
    if (isa<tt::TransposeOp, tt::ShapeOp>(op))
      return std::nullopt;
    if (isImageOp(op))
      return use.getOperandNumber() == 0 ? kProposed : kOwn;
    auto form = proposals.forms.find(op);
    if (form == proposals.forms.end() || form->second.operands[use.getOperandNumber()].kind != OperandForm::Permute)
      return kOwn;
    return nodes.lookup(op);
  }

  /// One transpose serves all users that want the order in which `value` is not made.
  void addValue(Value value) {
    auto perm = proposals.perms.find(value);
    if (perm == proposals.perms.end())
      return;
    int64_t cost = getCost(value, getTensorType(value).getShape(), perm->second);
    llvm::SmallSetVector<int, 4> consumers;
    for (OpOperand &use : value.getUses())
      if (std::optional<int> consumer = getConsumer(use))
        consumers.insert(*consumer);
    int producer = getProducer(value);
    if (cost == 0 || consumers.empty())
      return;
    int toProposed = cut.addNode(), toOwn = cut.addNode();
    cut.addEdge(producer, toProposed, cost);
    cut.addEdge(toOwn, producer, cost);
    for (int consumer : consumers) {
      cut.addEdge(toProposed, consumer, MinCut::kInfinite);
      cut.addEdge(consumer, toOwn, MinCut::kInfinite);
    }
  }

  /// A transpose of the model is made between any two orders; it is free where that moves nothing.
  void addTranspose(tt::TransposeOp op) {
    RankedTensorType type = getTensorType(op.getInput());
    Perm identity = getIdentity(type.getRank());
    auto getOrders = [&](Value value) {
      auto perm = proposals.perms.find(value);
      return std::array<Perm, 2>{identity, perm == proposals.perms.end() ? identity : perm->second};
    };
    std::array<Perm, 2> inputOrders = getOrders(op.getInput()), resultOrders = getOrders(op.getResult());
    int64_t costs[2][2];
    for (int a : {0, 1})
      for (int b : {0, 1}) {
        Perm perm = compose(compose(getInverse(inputOrders[a]), op.getPerm()), resultOrders[b]);
        costs[a][b] = getCost(op.getInput(), permute(type.getShape(), inputOrders[a]), perm);
      }
    int input = getProducer(op.getInput()), result = getProducer(op.getResult());
    if (cut.addPair(input, result, costs))
      return;
    // Free between unlike orders only, which a cut cannot say: decide the result's order here.
    int fixed = costs[1][0] == 0 ? 0 : 1;
    cut.addUnary(result, fixed == 0 ? 0 : MinCut::kInfinite, fixed == 1 ? 0 : MinCut::kInfinite);
    cut.addUnary(input, costs[0][fixed], costs[1][fixed]);
  }

  void addCosts(Operation *op) {
    for (Value result : op->getResults())
      addValue(result);
    if (auto transpose = dyn_cast<tt::TransposeOp>(op))
      addTranspose(transpose);
    auto form = proposals.forms.find(op);
    if (form == proposals.forms.end())
      return;
    for (auto [operand, operandForm] : llvm::zip_equal(op->getOperands(), form->second.operands)) {
      if (operandForm.kind != OperandForm::Broadcast || isConstant(operand))
        continue;
      SmallVector<int64_t> shape(operandForm.perm.size() - getTensorType(operand).getRank(), 1);
      llvm::append_range(shape, getTensorType(operand).getShape());
      cut.addUnary(nodes.lookup(op), 0, getCost(operand, shape, operandForm.perm));
    }
  }

  const Proposals &proposals;
  MinCut cut;
  llvm::MapVector<Operation *, int> nodes;
  DenseSet<Operation *> permuted;
};

} // namespace

//===-- Rewriting ---------------------------------------------------------===//

namespace {

class LayoutRewriter {
public:
  LayoutRewriter(MLIRContext *context, const Proposals &proposals, const Decision &decision)
      : rewriter(context), proposals(proposals), decision(decision) {}

  void run(Block &block) {
    SmallVector<Operation *> ops;
    for (Operation &op : block)
      ops.push_back(&op);
    for (Operation *op : ops)
      rewrite(op);
    for (Operation *op : llvm::reverse(ops))
      if (isa<tt::TransposeOp, tt::ShapeOp>(op) && op->use_empty())
        rewriter.eraseOp(op);
    releaseConstants(replacedConstants);
    absorbTransposesIntoWeights(rewriter, block);
  }

private:
  /// A tensor, stored in another order: transpose(original, perm).
  struct Stored {
    Value value;
    Perm perm;
  };

  Stored getStored(Value value) const {
    auto found = stored.find(value);
    return found == stored.end() ? Stored{value, getIdentity(getTensorType(value).getRank())} : found->second;
  }

  /// Transposes a stored tensor, once for each order; a reshape where only unit dimensions move.
  Value transpose(Value value, const Perm &perm) {
    if (isIdentity(perm))
      return value;
    auto &known = transposed[value];
    auto found = llvm::find_if(known, [&](const Stored &other) { return other.perm == perm; });
    if (found != known.end())
      return found->value;
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPointAfterValue(value);
    Location loc = value.getLoc();
    RankedTensorType type = getTensorType(value), newType = permute(type, perm);
    std::optional<SmallVector<int64_t>> shape;
    if (movesOnlyUnits(type.getShape(), perm))
      shape = getUnitReshape(type.getShape(), newType.getShape());
    Value result;
    if (shape)
      result = tt::ReshapeOp::create(rewriter, loc, newType, value, tt::createShapeConstant(rewriter, loc, *shape),
                                     rewriter.getBoolAttr(false));
    else
      result = tt::TransposeOp::create(rewriter, loc, newType, value, rewriter.getDenseI64ArrayAttr(perm));
    transposed[value].push_back({result, perm});
    return result;
  }

  /// `original` in the order `perm`.
  Value get(Value original, const Perm &perm) {
    if (!isConstant(original)) {
      Stored from = getStored(original);
      return transpose(from.value, compose(getInverse(from.perm), perm));
    }
    if (isIdentity(perm) && static_cast<int64_t>(perm.size()) == getTensorType(original).getRank())
      return original;
    auto &known = transposed[original];
    auto found = llvm::find_if(known, [&](const Stored &other) { return other.perm == perm; });
    if (found != known.end())
      return found->value;
    Value result = permuteConstant(rewriter, original, perm);
    transposed[original].push_back({result, perm});
    replacedConstants.push_back(original);
    return result;
  }

  Value getOwn(Value original) {
    auto type = dyn_cast<RankedTensorType>(original.getType());
    return type && stored.contains(original) ? get(original, getIdentity(type.getRank())) : original;
  }

  /// `original` with leading unit dimensions up to the rank of `perm`, in that order.
  Value getBroadcast(Value original, const Perm &perm) {
    if (isConstant(original))
      return get(original, perm);
    Value own = getOwn(original);
    RankedTensorType type = getTensorType(own);
    SmallVector<int64_t> shape(perm.size() - type.getRank(), 1);
    llvm::append_range(shape, type.getShape());
    // At most one size is unknown (getBroadcastForm).
    SmallVector<int64_t> target =
        llvm::map_to_vector(shape, [](int64_t size) { return ShapedType::isDynamic(size) ? -1 : size; });
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPointAfterValue(own);
    Value expanded =
        tt::ReshapeOp::create(rewriter, own.getLoc(), type.clone(shape), own,
                              tt::createShapeConstant(rewriter, own.getLoc(), target), rewriter.getBoolAttr(false));
    return transpose(expanded, perm);
  }

  void rewrite(Operation *op) {
    if (auto transposeOp = dyn_cast<tt::TransposeOp>(op))
      return rewriteTranspose(transposeOp);
    if (auto shape = dyn_cast<tt::ShapeOp>(op))
      return rewriteShape(shape);
    if (isImageOp(op))
      return rewriteImageOp(op);
    if (!proposals.forms.contains(op) || !decision.isPermuted(op)) {
      op->walk([&](Operation *inner) { // an op with regions reads values inside of them
        for (OpOperand &operand : inner->getOpOperands())
          operand.set(getOwn(operand.get()));
      });
      return;
    }
    const PermutedForm &form = proposals.forms.find(op)->second;
    SmallVector<Value> operands;
    for (auto [operand, operandForm] : llvm::zip_equal(op->getOperands(), form.operands)) {
      if (operandForm.kind == OperandForm::Keep)
        operands.push_back(getOwn(operand));
      else if (operandForm.kind == OperandForm::Permute)
        operands.push_back(get(operand, operandForm.perm));
      else
        operands.push_back(getBroadcast(operand, operandForm.perm));
    }
    for (Value operand : op->getOperands())
      if (isConstant(operand))
        replacedConstants.push_back(operand);
    applyForm(rewriter, op, form, operands);
    for (auto [result, perm] : llvm::zip_equal(op->getResults(), form.results))
      stored[result] = {result, perm};
  }

  void rewriteImageOp(Operation *op) {
    Perm perm = getImagePerm();
    Value input = get(op->getOperand(0), perm);
    rewriter.modifyOpInPlace(op, [&] {
      op->setOperand(0, input);
      for (OpOperand &operand : op->getOpOperands().drop_front())
        operand.set(getOwn(operand.get()));
      auto layout = tt::LayoutAttr::get(op->getContext(), tt::Layout::NHWC);
      if (auto conv = dyn_cast<tt::ConvOp>(op))
        conv.setLayoutAttr(layout);
      else if (auto conv = dyn_cast<tt::ConvIntegerOp>(op))
        conv.setLayoutAttr(layout);
      else
        cast<tt::PoolOp>(op).setLayoutAttr(layout);
      op->getResult(0).setType(permute(getTensorType(op->getResult(0)), perm));
    });
    stored[op->getResult(0)] = {op->getResult(0), perm};
  }

  void rewriteTranspose(tt::TransposeOp op) {
    Perm perm = getIdentity(op.getPerm().size());
    if (decision.isPermuted(op))
      perm = proposals.perms.lookup(op.getResult());
    if (isConstant(op.getInput())) {
      stored[op.getResult()] = {get(op.getInput(), compose(op.getPerm(), perm)), perm};
      return;
    }
    Stored input = getStored(op.getInput());
    Perm moved = compose(compose(getInverse(input.perm), op.getPerm()), perm);
    stored[op.getResult()] = {transpose(input.value, moved), perm};
  }

  /// The sizes of a stored tensor, picked in the original order.
  void rewriteShape(tt::ShapeOp op) {
    Stored input = getStored(op.getInput());
    if (isIdentity(input.perm)) {
      op.getInputMutable().assign(input.value);
      return;
    }
    Perm places = getInverse(input.perm);
    auto start = static_cast<int64_t>(op.getStart()), end = static_cast<int64_t>(op.getEnd());
    ArrayRef<int64_t> picked = ArrayRef<int64_t>(places).slice(start, end - start);
    rewriter.setInsertionPoint(op);
    Location loc = op.getLoc();
    if (picked.size() == 1) {
      rewriter.modifyOpInPlace(op, [&] {
        op.getInputMutable().assign(input.value);
        op.setStart(picked[0]);
        op.setEnd(picked[0] + 1);
      });
      return;
    }
    int64_t rank = places.size();
    Value sizes = tt::ShapeOp::create(rewriter, loc, RankedTensorType::get({rank}, rewriter.getI64Type()), input.value,
                                      rewriter.getI64IntegerAttr(0), rewriter.getI64IntegerAttr(rank));
    Value indices = tt::createShapeConstant(rewriter, loc, picked);
    rewriter.replaceAllUsesWith(
        op.getResult(),
        tt::GatherOp::create(rewriter, loc, op.getType(), sizes, indices, rewriter.getI64IntegerAttr(0)).getResult());
  }

  IRRewriter rewriter;
  const Proposals &proposals;
  const Decision &decision;
  DenseMap<Value, Stored> stored;
  DenseMap<Value, SmallVector<Stored, 1>> transposed;
  SmallVector<Value> replacedConstants;
};

struct AssignLayoutPass : tt::impl::AssignLayoutPassBase<AssignLayoutPass> {
  using AssignLayoutPassBase::AssignLayoutPassBase;

  void runOnOperation() override {
    for (Block &block : getOperation().getBody()) {
      Proposals proposals(block);
      Decision decision(block, proposals);
      LayoutRewriter(&getContext(), proposals, decision).run(block);
    }
    int64_t count = 0, bytes = 0;
    getOperation().walk([&](tt::TransposeOp op) {
      ++count;
      bytes += estimateBytes(getTensorType(op.getInput()));
      remark::analysis(op.getLoc(), remark::RemarkOpts::name("transpose-left").category("tt-layout"))
          << remark::add("moves about {0} bytes", estimateBytes(getTensorType(op.getInput())));
    });
    remark::analysis(getOperation().getLoc(), remark::RemarkOpts::name("transposes").category("tt-layout"))
        << remark::add("{0} transposes are left, of about {1} bytes", count, bytes);
  }
};
} // namespace
