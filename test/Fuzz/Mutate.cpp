//===- Mutate.cpp - changes of a model's meaning --------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Mutate.h"

#include "onnx/onnx_pb.h"

#include <iterator>
#include <random>
#include <string>

namespace {

/// Names of all operators with a row in the importer's table, and some without.
constexpr const char *kOperators[] = {
#define TT_ONNX_OPERATOR(DOMAIN, NAME, FIRST, LAST, HANDLER, CHECK) NAME,
#include "../../lib/Import/ONNX/Operators/Operators.def"
    "If", "Loop", "Scan", "SequenceAt", "StringNormalizer", "CenterCropPad", "AffineGrid"};

constexpr int64_t kInts[] = {INT64_MIN, INT32_MIN, -3, -2, -1, 0,  1,       2,         3,
                             4,         5,         7,  8,  16, 33, 1 << 20, 1LL << 40, INT64_MAX};

class Mutator {
public:
  explicit Mutator(unsigned seed) : random(seed) {}
  void change(onnx::ModelProto &model);

private:
  size_t below(size_t count) { return random() % count; }
  int64_t anyInt() { return kInts[below(std::size(kInts))]; }
  template <typename Repeated> auto *pick(Repeated *all) {
    return all->empty() ? nullptr : all->Mutable(static_cast<int>(below(all->size())));
  }

  std::string anyValue(const onnx::GraphProto &graph);
  void changeGraph(onnx::GraphProto &graph);
  void changeNode(onnx::NodeProto &node, onnx::GraphProto &graph);
  void changeAttribute(onnx::AttributeProto &attribute);
  void changeTensor(onnx::TensorProto &tensor);
  void changeType(onnx::TypeProto &type);
  void changeInts(google::protobuf::RepeatedField<int64_t> &ints);

  std::minstd_rand random;
};

/// The name of some value of the graph, or none.
std::string Mutator::anyValue(const onnx::GraphProto &graph) {
  switch (below(4)) {
  case 0:
    return graph.input().empty() ? "" : graph.input(static_cast<int>(below(graph.input_size()))).name();
  case 1:
    return graph.initializer().empty() ? ""
                                       : graph.initializer(static_cast<int>(below(graph.initializer_size()))).name();
  case 2:
    return "";
  default:
    if (graph.node().empty())
      return "";
    const onnx::NodeProto &node = graph.node(static_cast<int>(below(graph.node_size())));
    return node.output().empty() ? "" : node.output(static_cast<int>(below(node.output_size())));
  }
}

void Mutator::changeInts(google::protobuf::RepeatedField<int64_t> &ints) {
  switch (below(ints.empty() ? 1 : 3)) {
  case 0:
    ints.Add(anyInt());
    break;
  case 1:
    ints.Set(static_cast<int>(below(ints.size())), anyInt());
    break;
  default:
    ints.RemoveLast();
  }
}

void Mutator::changeTensor(onnx::TensorProto &tensor) {
  switch (below(6)) {
  case 0:
    tensor.set_data_type(static_cast<int>(below(25)));
    break;
  case 1:
    changeInts(*tensor.mutable_dims());
    break;
  case 2:
    if (std::string *bytes = tensor.mutable_raw_data(); !bytes->empty())
      (*bytes)[below(bytes->size())] = static_cast<char>(below(256));
    break;
  case 3:
    tensor.mutable_raw_data()->resize(below(2 * tensor.raw_data().size() + 2));
    break;
  case 4:
    changeInts(*tensor.mutable_int64_data());
    break;
  default:
    tensor.set_data_location(onnx::TensorProto::EXTERNAL);
    onnx::StringStringEntryProto *entry = tensor.add_external_data();
    entry->set_key(below(2) ? "location" : "offset");
    entry->set_value(below(2) ? "../secret" : "17");
  }
}

void Mutator::changeAttribute(onnx::AttributeProto &attribute) {
  switch (below(8)) {
  case 0:
    attribute.set_i(anyInt());
    break;
  case 1:
  case 2:
    changeInts(*attribute.mutable_ints());
    break;
  case 3:
    attribute.set_f(static_cast<float>(anyInt()));
    break;
  case 4:
    attribute.set_type(static_cast<onnx::AttributeProto::AttributeType>(below(15)));
    break;
  case 5:
    attribute.set_s(below(2) ? "SAME_UPPER" : "x");
    break;
  case 6:
    if (attribute.has_t())
      changeTensor(*attribute.mutable_t());
    break;
  default:
    if (attribute.has_g())
      changeGraph(*attribute.mutable_g());
  }
}

void Mutator::changeNode(onnx::NodeProto &node, onnx::GraphProto &graph) {
  switch (below(9)) {
  case 0:
    node.set_op_type(kOperators[below(std::size(kOperators))]);
    break;
  case 1:
  case 2:
    if (std::string *name = pick(node.mutable_input()))
      *name = anyValue(graph);
    break;
  case 3:
    if (!node.input().empty())
      node.mutable_input()->RemoveLast();
    break;
  case 4:
    node.add_input(anyValue(graph));
    break;
  case 5:
    if (onnx::AttributeProto *attribute = pick(node.mutable_attribute()))
      changeAttribute(*attribute);
    break;
  case 6:
    if (!node.attribute().empty())
      node.mutable_attribute()->DeleteSubrange(static_cast<int>(below(node.attribute_size())), 1);
    break;
  case 7: {
    onnx::AttributeProto *attribute = node.add_attribute();
    constexpr const char *names[] = {"axis", "axes", "pads", "strides", "perm", "to", "group", "keepdims", "mode", "k"};
    attribute->set_name(names[below(std::size(names))]);
    attribute->set_type(below(2) ? onnx::AttributeProto::INT : onnx::AttributeProto::INTS);
    attribute->set_i(anyInt());
    attribute->add_ints(anyInt());
    break;
  }
  default:
    if (std::string *name = pick(node.mutable_output()))
      *name = anyValue(graph);
  }
}

void Mutator::changeType(onnx::TypeProto &type) {
  onnx::TypeProto_Tensor &tensor = *type.mutable_tensor_type();
  switch (below(5)) {
  case 0:
    tensor.set_elem_type(static_cast<int>(below(25)));
    break;
  case 1:
    tensor.mutable_shape()->add_dim()->set_dim_value(anyInt());
    break;
  case 2:
    if (onnx::TensorShapeProto_Dimension *dim = pick(tensor.mutable_shape()->mutable_dim()))
      dim->set_dim_param("n");
    break;
  case 3:
    if (onnx::TensorShapeProto_Dimension *dim = pick(tensor.mutable_shape()->mutable_dim()))
      dim->set_dim_value(anyInt());
    break;
  default:
    if (!tensor.shape().dim().empty())
      tensor.mutable_shape()->mutable_dim()->RemoveLast();
  }
}

void Mutator::changeGraph(onnx::GraphProto &graph) {
  switch (below(10)) {
  case 0:
    if (onnx::ValueInfoProto *input = pick(graph.mutable_input()))
      changeType(*input->mutable_type());
    break;
  case 1:
    if (onnx::TensorProto *tensor = pick(graph.mutable_initializer()))
      changeTensor(*tensor);
    break;
  case 2:
    if (onnx::NodeProto *node = pick(graph.mutable_node()))
      *graph.add_node() = onnx::NodeProto(*node);
    break;
  case 3:
    if (onnx::ValueInfoProto *output = pick(graph.mutable_output()))
      output->set_name(anyValue(graph));
    break;
  default:
    if (onnx::NodeProto *node = pick(graph.mutable_node()))
      changeNode(*node, graph);
  }
}

void Mutator::change(onnx::ModelProto &model) {
  for (size_t i = 0, n = 1 + below(4); i < n; ++i) {
    if (below(12) == 0) {
      if (onnx::OperatorSetIdProto *opset = pick(model.mutable_opset_import()))
        opset->set_version(static_cast<int64_t>(below(28)));
    } else {
      changeGraph(*model.mutable_graph());
    }
  }
}

} // namespace

size_t tt::fuzz::changeMeaning(uint8_t *data, size_t size, size_t maxSize, unsigned seed) {
  onnx::ModelProto model;
  if (!model.ParseFromArray(data, static_cast<int>(size)) || !model.has_graph())
    return 0;
  Mutator(seed).change(model);
  size_t bytes = model.ByteSizeLong();
  if (bytes == 0 || bytes > maxSize || !model.SerializeToArray(data, static_cast<int>(maxSize)))
    return 0;
  return bytes;
}
