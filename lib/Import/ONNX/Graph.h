//===- Graph.h - order and completeness of a list of nodes -----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_IMPORT_ONNX_GRAPH_H
#define TT_IMPORT_ONNX_GRAPH_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringSet.h"

#include "onnx/onnx_pb.h"

#include <string>
#include <vector>

namespace tt::onnx_import {

/// The name of a node for messages and locations: its own, or `OpType_output` where it has none.
std::string getNodeName(const onnx::NodeProto &node);

/// The names that a nested graph uses but does not define.
std::vector<std::string> getCapturedNames(const onnx::GraphProto &graph);

/// The nodes that `outputs` depend on, each after those whose results it uses; nodes keep their order where that allows
/// it. `known` holds the names of values that no node defines (inputs, initializers).
///
/// `error` is called for every name defined twice, every input that nothing defines, every cycle (once), and every
/// output that nothing defines. The result is empty after an error.
std::vector<const onnx::NodeProto *> sortNodes(llvm::ArrayRef<const onnx::NodeProto *> nodes,
                                               const llvm::StringSet<> &known, llvm::ArrayRef<std::string> outputs,
                                               llvm::function_ref<void(const llvm::Twine &)> error);

} // namespace tt::onnx_import

#endif // TT_IMPORT_ONNX_GRAPH_H
