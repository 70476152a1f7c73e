//===- EmitHeader.cpp - a C header for one model --------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/ToLLVM/EmitHeader.h"

#include "tt/Codegen/ToLLVM/Levels.h"
#include "tt/Support/Identifier.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using llvm::Error;
using llvm::raw_ostream;

namespace {

Error fail(const llvm::Twine &message) { return llvm::createStringError(llvm::inconvertibleErrorCode(), message); }

/// An element type in C: the type of a pointer, the constant of tt_dtype, and the name in comments.
struct ElementType {
  const char *c, *constant, *name;
};

std::optional<ElementType> getElementType(Type type) {
  if (type.isF32())
    return ElementType{"float", "TT_FLOAT", "float"};
  if (type.isF64())
    return ElementType{"double", "TT_DOUBLE", "double"};
  if (type.isF16())
    return ElementType{"uint16_t", "TT_FLOAT16", "float16 (its bits)"};
  if (type.isBF16())
    return ElementType{"uint16_t", "TT_BFLOAT16", "bfloat16 (its bits)"};
  bool isUnsigned = type.isUnsignedInteger();
  switch (type.isInteger() ? type.getIntOrFloatBitWidth() : 0) {
  case 1:
    return ElementType{"uint8_t", "TT_BOOL", "bool (0 or 1)"};
  case 8:
    return isUnsigned ? ElementType{"uint8_t", "TT_UINT8", "uint8"} : ElementType{"int8_t", "TT_INT8", "int8"};
  case 16:
    return isUnsigned ? ElementType{"uint16_t", "TT_UINT16", "uint16"} : ElementType{"int16_t", "TT_INT16", "int16"};
  case 32:
    return isUnsigned ? ElementType{"uint32_t", "TT_UINT32", "uint32"} : ElementType{"int32_t", "TT_INT32", "int32"};
  case 64:
    return isUnsigned ? ElementType{"uint64_t", "TT_UINT64", "uint64"} : ElementType{"int64_t", "TT_INT64", "int64"};
  default:
    return std::nullopt;
  }
}

/// `text` inside a comment: one line that does not end it.
std::string makeComment(StringRef text) {
  std::string result;
  for (char c : text) {
    if (c == '/' && !result.empty() && result.back() == '*')
      result += ' ';
    result += llvm::isPrint(c) && c != '\\' ? c : '?';
  }
  return result;
}

/// `text` as a string literal of C. Digits after an octal escape of three digits are not part of it.
std::string makeLiteral(StringRef text) {
  std::string result = "\"";
  for (unsigned char c : text) {
    if (llvm::isAlnum(c) || (llvm::isPrint(c) && !StringRef("\"\\?").contains(c)))
      result += c;
    else
      for (char digit : {'\\', char('0' + c / 64), char('0' + c / 8 % 8), char('0' + c % 8)})
        result += digit;
  }
  return result + "\"";
}

struct Dimension {
  int64_t size = -1;    ///< -1: dynamic
  std::string onnxName; ///< of a dynamic size; may be empty
  std::string id;       ///< name of the argument that gives a dynamic size; empty: nothing does
};

struct Value {
  std::string onnxName, id; ///< `id` is the argument
  std::string dimsId;       ///< the variable with its sizes
  std::string macro;        ///< the start of its macros' names
  ElementType type;
  SmallVector<Dimension> dims;

  bool isSized() const {
    return llvm::all_of(dims, [](const Dimension &d) { return d.size >= 0 || !d.id.empty(); });
  }
  bool isStatic() const {
    return llvm::all_of(dims, [](const Dimension &d) { return d.size >= 0; });
  }
  /// "float [batch, 3]"
  std::string describe() const {
    std::string text = std::string(type.name) + " [";
    for (const Dimension &d : dims) {
      text += &d == dims.begin() ? "" : ", ";
      text += d.size >= 0          ? std::to_string(d.size)
              : !d.id.empty()      ? d.id
              : d.onnxName.empty() ? "?"
                                   : makeComment(d.onnxName);
    }
    return text + "]";
  }
};

/// A dynamic size that is an argument: its name, and the input and dimension it is the size of.
struct SizeArgument {
  std::string id, input;
  size_t dimension;
};

struct Entry {
  std::string onnxName, function, macro; ///< the entry point's function, and the start of its macros' names
  uint32_t index;
  SmallVector<SizeArgument> sizes;
  SmallVector<Value> inputs, outputs;
};

/// The variables of an entry point's function, see writeFunction.
constexpr StringRef kLocals[] = {"session", "inputs", "outputs", "status"};

llvm::Expected<Value> readValue(LLVM::LLVMFuncOp func, DictionaryAttr attr, tt::IdentifierScope &scope) {
  auto name = attr.getAs<StringAttr>("name");
  auto dims = attr.getAs<ArrayAttr>("dims");
  auto type = attr.getAs<TypeAttr>("type");
  auto tensor = type ? dyn_cast<RankedTensorType>(type.getValue()) : nullptr;
  std::optional<ElementType> element = tensor ? getElementType(tensor.getElementType()) : std::nullopt;
  if (!name || !dims || !element || dims.size() != static_cast<size_t>(tensor.getRank()))
    return fail("the entry point '" + func.getName() + "' has an input or output that C cannot express");
  Value value{name.str(), scope.add(name, "value_"), "", "", *element, {}};
  value.dimsId = scope.add(value.id + "_dims", "");
  for (auto [size, dimName] : llvm::zip(tensor.getShape(), dims.getAsRange<StringAttr>())) {
    bool isDynamic = ShapedType::isDynamic(size);
    value.dims.push_back({isDynamic ? -1 : size, isDynamic ? dimName.str() : "", ""});
  }
  return value;
}

/// Names the arguments for the dynamic sizes: one for each name, and one for each size of an input without a name.
void nameSizes(Entry &entry, tt::IdentifierScope &scope) {
  llvm::StringMap<std::string> named;
  for (Value &input : entry.inputs)
    for (auto [i, d] : llvm::enumerate(input.dims)) {
      if (d.size >= 0)
        continue;
      if (auto known = named.find(d.onnxName); known != named.end()) {
        d.id = known->second;
        continue;
      }
      d.id = scope.add(d.onnxName.empty() ? input.id + "_dim_" + std::to_string(i) : d.onnxName, "size_");
      if (!d.onnxName.empty())
        named[d.onnxName] = d.id;
      entry.sizes.push_back({d.id, input.onnxName, i});
    }
  for (Value &output : entry.outputs)
    for (Dimension &d : output.dims)
      if (auto known = named.find(d.onnxName); d.size < 0 && known != named.end())
        d.id = known->second;
}

class HeaderWriter {
public:
  HeaderWriter(ModuleOp module, raw_ostream &os)
      : module(module), os(os), name(tt::getModelIdentifier(module)), macro(StringRef(name).upper()) {}

  Error write() {
    if (Error error = readEntries())
      return error;
    auto modelName = module->getAttrOfType<StringAttr>("tt.model_name");
    os << tt::kHeaderStart << makeComment(modelName ? modelName.getValue() : "model")
       << "', made by tt " TT_VERSION "; do not edit.\n"
          " * For C99 and C++11. To be linked with the artefact of the same compilation; docs/using-a-model.md shows "
          "how.\n"
          " */\n#ifndef TT_MODEL_"
       << name << "_H\n#define TT_MODEL_" << name << "_H\n\n"
       << "#include \"tt/Runtime/ABI.h\"\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n"
       << "/* The description of the model; never NULL. */\nTT_API const tt_model_info *tt_model_" << name
       << "(void);\n\n"
       << "/* tt_session_create for this model. */\nstatic inline tt_status " << name
       << "_session_create(const tt_session_options *options, tt_session **session) {\n"
       << "  return tt_session_create(tt_model_" << name << "(), options, session);\n}\n";
    for (const Entry &entry : entries) {
      writeConstants(entry);
      writeFunction(entry);
    }
    os << "\n#ifdef __cplusplus\n}\n#endif\n\n#endif /* TT_MODEL_" << name << "_H */\n";
    return Error::success();
  }

private:
  Error readEntries() {
    SmallVector<LLVM::LLVMFuncOp> funcs = tt::getEntries(module);
    tt::IdentifierScope entryScope;
    for (auto [index, func] : llvm::enumerate(funcs)) {
      Entry entry;
      entry.onnxName = func->getAttrOfType<StringAttr>("tt.entry_name").str();
      entry.index = index;
      // A model's only entry point needs no name.
      std::string part = funcs.size() == 1 ? "" : "_" + entryScope.add(entry.onnxName, "entry_");
      entry.function = name + "_run" + part;
      entry.macro = macro + StringRef(part).upper();
      auto inputs = func->getAttrOfType<ArrayAttr>("tt.inputs"), outputs = func->getAttrOfType<ArrayAttr>("tt.outputs");
      if (!inputs || !outputs)
        return fail("the entry point '" + entry.onnxName + "' needs the attributes tt.inputs and tt.outputs");
      tt::IdentifierScope scope;
      for (StringRef local : kLocals)
        scope.add(local, "");
      for (auto [attrs, values] : {std::pair(inputs, &entry.inputs), std::pair(outputs, &entry.outputs)})
        for (auto attr : attrs.getAsRange<DictionaryAttr>()) {
          llvm::Expected<Value> value = readValue(func, attr, scope);
          if (!value)
            return value.takeError();
          value->macro = entry.macro + "_" + StringRef(value->id).upper();
          values->push_back(std::move(*value));
        }
      nameSizes(entry, scope);
      entries.push_back(std::move(entry));
    }
    return Error::success();
  }

  void writeConstants(const Entry &entry) {
    os << "\n#define " << entry.macro << "_NUM_INPUTS " << entry.inputs.size() << "\n#define " << entry.macro
       << "_NUM_OUTPUTS " << entry.outputs.size() << "\n";
    for (const Value &input : entry.inputs)
      writeConstants(input, "input");
    for (const Value &output : entry.outputs)
      writeConstants(output, "output");
  }

  void writeConstants(const Value &value, StringRef role) {
    os << "\n/* The " << role << " '" << makeComment(value.onnxName) << "': " << value.describe()
       << (value.isStatic() ? "" : "; -1 is a dynamic size") << ". */\n";
    auto define = [&](const llvm::Twine &suffix) -> raw_ostream & {
      return os << "#define " << value.macro << "_" << suffix << " ";
    };
    define("NAME") << makeLiteral(value.onnxName) << "\n";
    define("DTYPE") << value.type.constant << "\n";
    define("RANK") << value.dims.size() << "\n";
    auto writeElements = [&](ArrayRef<StringRef> arguments) {
      define("ELEMENTS" + (arguments.empty() ? "" : "(" + llvm::join(arguments, ", ") + ")"));
      int64_t known = 1;
      for (const Dimension &d : value.dims)
        known *= d.size < 0 ? 1 : d.size;
      os << (arguments.empty() ? "" : "(") << "INT64_C(" << known << ")";
      for (const Dimension &d : value.dims)
        if (d.size < 0)
          os << " * (" << d.id << ")";
      os << (arguments.empty() ? "" : ")") << "\n";
    };
    if (value.isSized()) {
      SmallVector<StringRef> arguments;
      for (const Dimension &d : value.dims)
        if (d.size < 0 && !llvm::is_contained(arguments, d.id))
          arguments.push_back(d.id);
      writeElements(arguments);
    }
    if (value.dims.empty())
      return;
    for (auto [i, d] : llvm::enumerate(value.dims))
      define("DIM_" + llvm::Twine(i)) << (d.size < 0 ? "(-1)" : std::to_string(d.size)) << "\n";
    auto defineList = [&](StringRef suffix, auto print) {
      define(suffix) << "{" << llvm::join(llvm::map_range(value.dims, print), ", ") << "}\n";
    };
    defineList("DIMS", [](const Dimension &d) { return std::to_string(d.size); });
    defineList("DIM_NAMES", [](const Dimension &d) { return d.onnxName.empty() ? "NULL" : makeLiteral(d.onnxName); });
  }

  /// "{(void *)x, x_dims, 2, TT_FLOAT, 0}" for the tensors of one side. A scalar has no sizes, so it says its bytes.
  void writeTensors(StringRef variable, ArrayRef<Value> values) {
    os << "  tt_tensor " << variable << "[] = {";
    for (const Value &value : values) {
      os << (&value == values.begin() ? "" : ", ");
      if (!value.isSized())
        os << "*" << value.id;
      else
        os << "{(void *)" << value.id << ", " << (value.dims.empty() ? "NULL" : value.dimsId) << ", "
           << value.dims.size() << ", " << value.type.constant << ", "
           << (value.dims.empty() ? "sizeof *" + value.id : "0") << "}";
    }
    os << "};\n";
  }

  void writeFunction(const Entry &entry) {
    os << "\n/* Runs the entry point '" << makeComment(entry.onnxName) << "', see tt_session_run.\n";
    for (const SizeArgument &size : entry.sizes)
      os << " *   " << size.id << ": size of dimension " << size.dimension << " of '" << makeComment(size.input)
         << "'\n";
    for (const Value &input : entry.inputs)
      os << " *   " << input.id << ": input '" << makeComment(input.onnxName) << "', " << input.describe() << "\n";
    for (const Value &output : entry.outputs) {
      os << " *   " << output.id << ": output '" << makeComment(output.onnxName) << "', " << output.describe();
      if (!output.isSized())
        os << "; its sizes are known after the run, so it is a tt_tensor as for tt_session_run";
      os << "\n";
    }
    os << " * Arrays are dense and row-major. */\nstatic inline tt_status " << entry.function << "(tt_session *session";
    for (const SizeArgument &size : entry.sizes)
      os << ", int64_t " << size.id;
    for (const Value &input : entry.inputs)
      os << ", const " << input.type.c << " *" << input.id;
    for (const Value &output : entry.outputs)
      os << ", " << (output.isSized() ? output.type.c : "tt_tensor") << " *" << output.id;
    os << ") {\n";
    auto writeDims = [&](const Value &value) {
      if (value.dims.empty() || !value.isSized())
        return;
      auto print = [](const Dimension &d) { return d.size < 0 ? d.id : std::to_string(d.size); };
      os << "  const int64_t " << value.dimsId << "[] = {" << llvm::join(llvm::map_range(value.dims, print), ", ")
         << "};\n";
    };
    llvm::for_each(entry.inputs, writeDims);
    llvm::for_each(entry.outputs, writeDims);
    if (!entry.inputs.empty())
      writeTensors("inputs", entry.inputs);
    if (!entry.outputs.empty())
      writeTensors("outputs", entry.outputs);
    bool copies = llvm::any_of(entry.outputs, [](const Value &v) { return !v.isSized(); });
    os << (copies ? "  const tt_status status = " : "  return ") << "tt_session_run(session, " << entry.index << ", "
       << (entry.inputs.empty() ? "NULL" : "inputs") << ", " << entry.inputs.size() << ", "
       << (entry.outputs.empty() ? "NULL" : "outputs") << ", " << entry.outputs.size() << ");\n";
    if (copies) {
      // The structs are unchanged after a failed run.
      for (auto [i, output] : llvm::enumerate(entry.outputs))
        if (!output.isSized())
          os << "  *" << output.id << " = outputs[" << i << "];\n";
      os << "  return status;\n";
    }
    os << "}\n";
  }

  ModuleOp module;
  raw_ostream &os;
  std::string name, macro;
  std::vector<Entry> entries;
};

} // namespace

std::string tt::getModelIdentifier(ModuleOp module) {
  auto name = module->getAttrOfType<StringAttr>("tt.model_name");
  return makeIdentifier(name ? name.getValue() : "model", "model_");
}

Error tt::writeHeader(ModuleOp module, raw_ostream &os) { return HeaderWriter(module, os).write(); }
