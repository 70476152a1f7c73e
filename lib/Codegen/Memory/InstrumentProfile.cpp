//===- InstrumentProfile.cpp - tt-instrument-profile ------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/Memory/Passes.h"

#include "KernelWork.h"
#include "Utils.h"
#include "tt/Dialect/IR/Constants.h"
#include "tt/Dialect/IR/Places.h"
#include "tt/Dialect/IR/ProbeOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/ADT/StringMap.h"

namespace tt {
#define GEN_PASS_DEF_INSTRUMENTPROFILEPASS
#include "tt/Codegen/Memory/Passes.h.inc"
} // namespace tt

using namespace mlir;

namespace {

enum { NAMES_IN_LABEL = 3 };

/// How statements share probes.
struct Granularity {
  StringRef name = "kernel"; // "kernel", "op", "prefix"
  SmallVector<StringRef> prefixes;

  /// Statements of one non-empty key have one probe.
  std::string getKey(ArrayRef<tt::NodeName> nodes) const {
    if (nodes.empty() || name == "kernel")
      return {};
    if (name == "op")
      return nodes[0].name;
    for (StringRef prefix : prefixes)
      if (StringRef(nodes[0].name).starts_with(prefix))
        return prefix.str();
    return {};
  }
};

/// A statement that takes time, in the order of the program.
struct Statement {
  Operation *op;
  func::FuncOp callee; // null unless it is a call
  tt::ProbeInfoOp probe;
};

/// Probes that statements with one key share.
struct Group {
  tt::ProbeInfoOp probe;
  SmallVector<tt::NodeName> nodes;
};

/// Puts probes into one module.
class Instrumenter {
public:
  Instrumenter(ModuleOp module, const Granularity &shared)
      : module(module), shared(shared), symbols(module), infos(module.getBody(), module.getBody()->begin()) {}

  void instrument(func::FuncOp entry) {
    Block &body = entry.front();
    groups.clear(); // nodes of different entry points may have one name
    Value context = body.getArgument(0);
    OpBuilder b = OpBuilder::atBlockBegin(&body);
    tt::ProfileBeginOp::create(b, entry.getLoc(), context);
    SmallVector<Statement> statements = instrument(body, entry, context, nullptr);
    b.setInsertionPoint(body.getTerminator());
    tt::ProfileEndOp::create(b, entry.getLoc(), context);
    recordBuffers(b, body, context, statements);
  }

  int64_t getNumProbes() const { return numProbes; }

private:
  /// The callee of a call of a kernel; null for other ops.
  func::FuncOp getKernel(Operation *op) {
    auto call = dyn_cast<func::CallOp>(op);
    auto callee = call ? symbols.lookup<func::FuncOp>(call.getCallee()) : func::FuncOp();
    return callee && callee->hasAttr("tt.kernel") ? callee : func::FuncOp();
  }

  bool takesTime(Operation *op) {
    return isa<linalg::LinalgOp, memref::CopyOp, LoopLikeOpInterface, scf::IfOp, tt::OutputOp, tt::ArenaOp,
               tt::RunAllocOp>(op) ||
           (isa<DestinationStyleOpInterface>(op) && isa_and_nonnull<tt::TTDialect>(op->getDialect())) || getKernel(op);
  }

  /// Whether `op` is a loop or branch of the model, with statements of its own inside.
  bool isContainer(Operation *op) {
    if (!isa<scf::ForOp, scf::WhileOp, scf::IfOp>(op))
      return false;
    SmallVector<tt::NodeName> nodes = tt::getNodeNames(op->getLoc());
    if (nodes.empty() || (nodes[0].kind != "loop" && nodes[0].kind != "if"))
      return false;
    return op->walk([&](Operation *nested) { return WalkResult(failure(nested != op && takesTime(nested))); })
        .wasInterrupted();
  }

  /// Statements of one non-empty key have one probe.
  std::string getKey(Operation *op) {
    func::FuncOp callee = getKernel(op);
    bool hasOwn = namesValue(op) || (callee ? hasContainer(callee) : isContainer(op));
    return hasOwn ? std::string() : shared.getKey(tt::getNodeNames(op->getLoc()));
  }

  /// Whether the location of `op` has the name of a value, not of a node.
  static bool namesValue(Operation *op) { return isa<tt::OutputOp, tt::ArenaOp>(op); }

  /// Puts probes behind the statements of `block`; `parent` is the container that it is in.
  SmallVector<Statement> instrument(Block &block, func::FuncOp func, Value context, tt::ProbeInfoOp parent) {
    SmallVector<Statement> statements;
    tt::Work work; // of the statements since the last probe
    SmallVector<Operation *> ops;
    for (Operation &op : block)
      if (takesTime(&op))
        ops.push_back(&op);
    for (auto [i, op] : llvm::enumerate(ops)) {
      func::FuncOp callee = getKernel(op);
      if (callee ? hasContainer(callee) : isContainer(op)) {
        statements.push_back({op, callee, instrumentContainer(op, callee, func, context, parent)});
        continue;
      }
      Statement statement{op, callee, getProbe(op, callee, func, parent)};
      statements.push_back(statement);
      OpBuilder b(op->getContext());
      b.setInsertionPointAfter(op);
      work.add(tt::countWork(b, op, callee));
      // Neighbours with one probe need it once.
      std::string key = getKey(op);
      if (!key.empty() && i + 1 < ops.size() && getKey(ops[i + 1]) == key)
        continue;
      Location loc = op->getLoc();
      Value flops = work.flops.build(b, loc), read = work.read.build(b, loc), written = work.written.build(b, loc);
      tt::ProbeOp::create(b, loc, context, statement.probe.getSymName(), flops, read, written);
      work = {};
    }
    return statements;
  }

  bool hasContainer(func::FuncOp kernel) {
    return llvm::any_of(kernel.front(), [&](Operation &op) { return isContainer(&op); });
  }

  tt::ProbeInfoOp instrumentContainer(Operation *op, func::FuncOp callee, func::FuncOp func, Value context,
                                      tt::ProbeInfoOp parent) {
    if (callee) { // a kernel is one op: the loop
      callee = makeOwn(cast<func::CallOp>(op), callee);
      for (Operation &inner : llvm::make_early_inc_range(callee.front()))
        if (isContainer(&inner))
          return instrumentContainer(&inner, nullptr, callee, callee.getArgument(0), parent);
    }
    SmallVector<tt::NodeName> nodes = tt::getNodeNames(op->getLoc());
    StringRef kernel = func->hasAttr("tt.kernel") && !parent ? func.getName() : op->getName().getStringRef();
    tt::ProbeInfoOp probe = createProbe(getLabel(nodes), nodes, kernel, parent, /*isContainer=*/true, "kernel");
    OpBuilder b(op);
    tt::ProbeEnterOp::create(b, op->getLoc(), context, probe.getSymName());
    for (Region &region : op->getRegions())
      for (Block &block : region)
        instrument(block, func, context, probe);
    b.setInsertionPointAfter(op);
    tt::ProbeLeaveOp::create(b, op->getLoc(), context, probe.getSymName());
    return probe;
  }

  /// A callee that only `call` has: what is inside gets probes of this place in the program.
  func::FuncOp makeOwn(func::CallOp call, func::FuncOp callee) {
    if (llvm::hasSingleElement(*callee.getSymbolUses(module)))
      return callee;
    auto copy = cast<func::FuncOp>(callee->clone());
    symbols.insert(copy, std::next(Block::iterator(callee)));
    call.setCallee(copy.getName());
    return copy;
  }

  static std::string getLabel(ArrayRef<tt::NodeName> nodes) {
    std::string label;
    for (const tt::NodeName &node : nodes.take_front(NAMES_IN_LABEL))
      label += (label.empty() ? "" : "+") + node.name;
    return nodes.size() > NAMES_IN_LABEL ? label + "+..." : label;
  }

  /// A label for a statement that belongs to no node.
  std::string getOwnLabel(Operation *op, StringRef kernel, func::FuncOp func) {
    if (auto output = dyn_cast<tt::OutputOp>(op)) {
      auto outputs = func->getAttrOfType<ArrayAttr>("tt.outputs");
      auto about = outputs && output.getIndex() < outputs.size() ? dyn_cast<DictionaryAttr>(outputs[output.getIndex()])
                                                                 : DictionaryAttr();
      auto name = about ? about.getAs<StringAttr>("name") : StringAttr();
      return "(output " + (name ? name.str() : std::to_string(output.getIndex())) + ")";
    }
    if (isa<tt::ArenaOp>(op))
      return "(arena)";
    if (isa<tt::RunAllocOp>(op))
      return "(allocation)";
    return ("(" + kernel + ")").str();
  }

  tt::ProbeInfoOp getProbe(Operation *op, func::FuncOp callee, func::FuncOp func, tt::ProbeInfoOp parent) {
    StringRef kernel = callee ? callee.getName() : op->getName().getStringRef();
    SmallVector<tt::NodeName> nodes;
    if (!namesValue(op))
      nodes = tt::getNodeNames(op->getLoc());
    std::string key = getKey(op);
    if (key.empty()) {
      std::string label = nodes.empty() ? getOwnLabel(op, kernel, func) : getLabel(nodes);
      return createProbe(label, nodes, kernel, parent, false, "kernel");
    }
    if (parent)
      key += ("\n" + parent.getSymName()).str();
    Group &group = groups[key];
    for (const tt::NodeName &node : nodes)
      if (llvm::none_of(group.nodes, [&](const tt::NodeName &known) { return known.name == node.name; }))
        group.nodes.push_back(node);
    if (!group.probe)
      group.probe = createProbe("", {}, kernel, parent, false, shared.name);
    setNodes(group.probe, group.nodes);
    group.probe.setLabel(shared.name == "op" ? getLabel(group.nodes) : StringRef(key).split('\n').first.str());
    return group.probe;
  }

  void setNodes(tt::ProbeInfoOp probe, ArrayRef<tt::NodeName> nodes) {
    Builder b(module.getContext());
    SmallVector<StringRef> names, kinds;
    for (const tt::NodeName &node : nodes) {
      names.push_back(node.name);
      kinds.push_back(node.kind);
    }
    probe.setNodesAttr(b.getStrArrayAttr(names));
    probe.setKindsAttr(b.getStrArrayAttr(kinds));
  }

  tt::ProbeInfoOp createProbe(StringRef label, ArrayRef<tt::NodeName> nodes, StringRef kernel, tt::ProbeInfoOp parent,
                              bool isContainer, StringRef kind) {
    OpBuilder &b = infos;
    ArrayAttr none = b.getArrayAttr({});
    auto probe = tt::ProbeInfoOp::create(
        b, b.getUnknownLoc(), "probe_" + std::to_string(numProbes++), label, none, none, kernel, kind,
        parent ? FlatSymbolRefAttr::get(parent.getSymNameAttr()) : FlatSymbolRefAttr(), isContainer);
    symbols.insert(probe);
    setNodes(probe, nodes);
    return probe;
  }

  /// Records the place of each buffer in the arena, behind the measured part of the run.
  void recordBuffers(OpBuilder &b, Block &body, Value context, ArrayRef<Statement> statements) {
    if (statements.empty())
      return;
    for (auto view : llvm::to_vector(body.getOps<memref::ViewOp>())) {
      if (!view.getSource().getDefiningOp<tt::ArenaOp>())
        continue;
      size_t first = statements.size(), last = 0;
      for (Operation *user : getUsers(view, body)) {
        // What takes no time is measured with the next statement.
        size_t index = llvm::find_if(statements, [&](const Statement &s) { return !s.op->isBeforeInBlock(user); }) -
                       statements.begin();
        index = std::min(index, statements.size() - 1);
        first = std::min(first, index);
        last = std::max(last, index);
      }
      if (first == statements.size())
        continue;
      Location loc = view.getLoc();
      MemRefType type = view.getType();
      int64_t fixed = tt::getElementBytes(type.getElementType());
      for (int64_t size : type.getShape())
        fixed *= ShapedType::isDynamic(size) ? 1 : size;
      tt::WorkSum bytes;
      bytes.add(fixed, llvm::to_vector(view.getSizes()));
      SmallVector<tt::NodeName> nodes = tt::getNodeNames(loc);
      Value size = bytes.build(b, loc);
      auto getSymbol = [&](size_t index) { return tt::ProbeInfoOp(statements[index].probe).getSymName(); };
      tt::ProbeBufferOp::create(b, loc, context, nodes.empty() ? "(buffer)" : nodes[0].name, view.getByteShift(), size,
                                getSymbol(first), getSymbol(last));
    }
  }

  /// The ops of `body` that use `buffer` or a view of it, or that contain one that does.
  static SmallVector<Operation *> getUsers(Value buffer, Block &body) {
    SmallVector<Operation *> users;
    SmallVector<Value> pending{buffer};
    for (size_t i = 0; i < pending.size(); ++i)
      for (Operation *user : pending[i].getUsers()) {
        auto view = dyn_cast<ViewLikeOpInterface>(user);
        if (view && user->getBlock() == &body)
          llvm::append_range(pending, user->getResults());
        else if (Operation *ancestor = body.findAncestorOpInBlock(*user))
          users.push_back(ancestor);
      }
    return users;
  }

  ModuleOp module;
  Granularity shared;
  SymbolTable symbols;
  OpBuilder infos; // where the next tt.probe_info goes
  llvm::StringMap<Group> groups;
  int64_t numProbes = 0;
};

struct InstrumentProfilePass : tt::impl::InstrumentProfilePassBase<InstrumentProfilePass> {
  using InstrumentProfilePassBase::InstrumentProfilePassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (module->hasAttr("tt.profile")) {
      module.emitError("has probes already (tt.profile)");
      return signalPassFailure();
    }
    Granularity shared;
    StringRef option = granularity;
    if (option.consume_front("prefix:") && !option.empty()) {
      shared.name = "prefix";
      option.split(shared.prefixes, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
    } else if (option == "kernel" || option == "op") {
      shared.name = option;
    } else {
      module.emitError("needs a granularity kernel, op or prefix:NAME[,NAME...], but found '") << granularity << "'";
      return signalPassFailure();
    }
    Instrumenter instrumenter(module, shared);
    SmallVector<func::FuncOp> entries;
    for (auto func : module.getOps<func::FuncOp>())
      if (func->hasAttr("tt.entry"))
        entries.push_back(func);
    for (func::FuncOp entry : entries)
      instrumenter.instrument(entry);
    module->setAttr("tt.profile", StringAttr::get(&getContext(), granularity));
    numProbes += instrumenter.getNumProbes();
  }
};

} // namespace
