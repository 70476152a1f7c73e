//===- Module.cpp - the extension module tt._tt ---------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// Only what cannot be written in Python: see python/tt for the interface that users have.
//===----------------------------------------------------------------------===//

#include "NativeModel.h"

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

namespace py = pybind11;
using namespace tt::python;

namespace {

/// The element type of a NumPy type in this machine's byte order; TT_UNDEFINED where models have none.
uint32_t getDtype(const py::dtype &dtype) {
  if (dtype.byteorder() == '>')
    return TT_UNDEFINED;
  constexpr uint32_t ints[] = {TT_INT8, TT_INT16, TT_UNDEFINED, TT_INT32},
                     unsignedInts[] = {TT_UINT8, TT_UINT16, TT_UNDEFINED, TT_UINT32};
  py::ssize_t bytes = dtype.itemsize();
  switch (dtype.kind()) {
  case 'b':
    return TT_BOOL;
  case 'i':
    return bytes <= 4 ? ints[bytes - 1] : TT_INT64;
  case 'u':
    return bytes <= 4 ? unsignedInts[bytes - 1] : TT_UINT64;
  case 'f':
    return bytes == 2 ? TT_FLOAT16 : bytes == 4 ? TT_FLOAT : bytes == 8 ? TT_DOUBLE : TT_UNDEFINED;
  default:
    return TT_UNDEFINED;
  }
}

/// The NumPy type of an element type; bfloat16 has none and is uint16, the bits.
py::dtype getNumpyType(uint32_t dtype) {
  static const char *const names[] = {nullptr, "f4", "u1", "i1", "u2", "i2",    "i4",    "i8", nullptr,
                                      "?",     "f2", "f8", "u4", "u8", nullptr, nullptr, "u2"};
  return py::dtype(names[dtype]);
}

py::tuple describe(const tt_value_info *infos, uint32_t count) {
  py::tuple result(count);
  for (uint32_t i = 0; i < count; ++i) {
    const tt_value_info &info = infos[i];
    py::tuple shape(info.rank);
    for (uint32_t d = 0; d < info.rank; ++d) {
      const char *name = info.dim_names ? info.dim_names[d] : nullptr;
      if (info.dims[d] >= 0)
        shape[d] = py::int_(info.dims[d]);
      else if (name && *name)
        shape[d] = py::str(name);
      else
        shape[d] = py::none();
    }
    result[i] = py::make_tuple(info.name, getNumpyType(info.dtype), shape, dtypeName(info.dtype));
  }
  return result;
}

/// (name, inputs, outputs) of each entry point.
py::tuple describeEntries(const NativeModel &model) {
  const tt_model_info &info = model.info();
  py::tuple result(info.num_entries);
  for (uint32_t e = 0; e < info.num_entries; ++e) {
    const tt_entry_info &entry = info.entries[e];
    result[e] = py::make_tuple(entry.name, describe(entry.inputs, entry.num_inputs),
                               describe(entry.outputs, entry.num_outputs));
  }
  return result;
}

/// The names of all code in the artefact.
py::tuple listIsas(const NativeModel &model) {
  const tt_model_info &info = model.info();
  py::tuple result(info.num_isas);
  for (uint32_t i = 0; i < info.num_isas; ++i)
    result[i] = py::str(info.isas[i].name);
  return result;
}

/// The array takes over the memory.
py::array toArray(OwnedTensor &tensor) {
  void *data = tensor.data.get();
  py::capsule owner(data, [](void *pointer) { free(pointer); });
  (void)tensor.data.release();
  return py::array(getNumpyType(tensor.dtype), tensor.dims, data, owner);
}

/// (status, error text, outputs). `arrays` are the inputs in order: aligned and C-contiguous.
py::tuple runModel(NativeModel &model, uint32_t entry, const py::list &arrays) {
  if (entry >= model.info().num_entries)
    throw py::index_error("the model has no entry point " + std::to_string(entry));
  const tt_entry_info &info = model.info().entries[entry];
  std::vector<tt_tensor> inputs;
  std::vector<py::array> alive; // the list may be changed by another thread
  static_assert(sizeof(py::ssize_t) == sizeof(int64_t));
  for (size_t i = 0; i < arrays.size(); ++i) {
    py::array array = py::reinterpret_borrow<py::object>(arrays[i]).cast<py::array>();
    constexpr int needed = int(py::array::c_style) | int(py::detail::npy_api::NPY_ARRAY_ALIGNED_);
    if ((array.flags() & needed) != needed)
      throw py::value_error("input " + std::to_string(i) + " must be aligned and C-contiguous");
    uint32_t dtype = getDtype(array.dtype());
    if (i < info.num_inputs) {
      const tt_value_info &input = info.inputs[i];
      if (dtype == TT_UINT16 && input.dtype == TT_BFLOAT16)
        dtype = TT_BFLOAT16;
      if (dtype == TT_UNDEFINED)
        return py::make_tuple(int(TT_INVALID_ARGUMENT),
                              std::string("input '") + input.name + "' needs element type " + dtypeName(input.dtype) +
                                  ", but has NumPy's " + std::string(py::str(array.dtype())),
                              py::tuple());
    }
    inputs.push_back({const_cast<void *>(array.data()), reinterpret_cast<const int64_t *>(array.shape()),
                      static_cast<uint32_t>(array.ndim()), dtype, static_cast<size_t>(array.nbytes())});
    alive.push_back(std::move(array));
  }
  RunResult result;
  {
    py::gil_scoped_release release;
    result = model.run(entry, inputs);
  }
  py::tuple outputs(result.outputs.size());
  for (size_t i = 0; i < result.outputs.size(); ++i)
    outputs[i] = toArray(result.outputs[i]);
  return py::make_tuple(int(result.status), py::str(result.error), outputs);
}

/// (status, log) of a compilation.
py::tuple compileModel(const std::string &input, const std::optional<py::bytes> &bytes, const std::string &output,
                       const std::string &header, const std::string &name, const std::string &cpu,
                       const std::string &target, const std::string &sysroot,
                       const std::vector<std::pair<std::string, int64_t>> &dims, const std::string &until,
                       const std::string &dumpStages, const std::string &fastMath, const std::string &ranges,
                       const std::string &quantizeMethod, const std::vector<std::string> &quantizeExclude,
                       unsigned threads, bool verifyEach) {
  CompileRequest request = {input,          std::nullopt,    output, header,     name,      cpu,
                            target,         sysroot,         until,  dumpStages, fastMath,  ranges,
                            quantizeMethod, quantizeExclude, dims,   threads,    verifyEach};
  if (bytes)
    request.bytes = std::string_view(*bytes);
  std::string log;
  CompileStatus status;
  {
    py::gil_scoped_release release;
    status = compile(request, log);
  }
  // Names in models need not be UTF-8.
  PyObject *text = PyUnicode_DecodeUTF8(log.data(), log.size(), "replace");
  if (!text)
    throw py::error_already_set();
  return py::make_tuple(status, py::reinterpret_steal<py::str>(text));
}

/// (model, "") or (None, error text).
py::tuple loadModel(const std::string &path, unsigned threads, const std::string &isa) {
  std::string error;
  std::unique_ptr<NativeModel> model;
  {
    py::gil_scoped_release release;
    model = NativeModel::load(path, threads, isa, error);
  }
  return py::make_tuple(std::move(model), error);
}

} // namespace

PYBIND11_MODULE(_tt, module) {
  py::enum_<CompileStatus>(module, "CompileStatus", py::module_local())
      .value("SUCCESS", CompileStatus::Success)
      .value("USER_ERROR", CompileStatus::UserError)
      .value("REFUSED", CompileStatus::Refused)
      .value("INTERNAL_ERROR", CompileStatus::InternalError);

  module.attr("VERSION") = TT_VERSION;
  module.attr("OK") = int(TT_OK);
  module.attr("INVALID_ARGUMENT") = int(TT_INVALID_ARGUMENT);

  module.def("compile", &compileModel, py::kw_only(), py::arg("input"), py::arg("bytes"), py::arg("output"),
             py::arg("header"), py::arg("name"), py::arg("cpu"), py::arg("target"), py::arg("sysroot"), py::arg("dims"),
             py::arg("until"), py::arg("dump_stages"), py::arg("fast_math"), py::arg("ranges"),
             py::arg("quantize_method"), py::arg("quantize_exclude"), py::arg("threads"), py::arg("verify_each"));
  module.def("load", &loadModel, py::arg("path"), py::arg("threads"), py::arg("isa"));

  py::class_<NativeModel>(module, "NativeModel", py::module_local())
      .def_property_readonly("entries", &describeEntries)
      .def_property_readonly("name", [](const NativeModel &model) { return model.info().model_name; })
      .def_property_readonly("producer", [](const NativeModel &model) { return model.info().producer; })
      .def_property_readonly("target", [](const NativeModel &model) { return model.info().target; })
      .def_property_readonly("weights_bytes", [](const NativeModel &model) { return model.info().weights_bytes; })
      .def_property_readonly("isa", &NativeModel::isa)
      .def_property_readonly("isas", &listIsas)
      .def_property_readonly("num_idle_sessions", &NativeModel::numIdleSessions)
      .def("run", &runModel, py::arg("entry"), py::arg("inputs"))
      .def("save", &NativeModel::save, py::arg("path"), py::call_guard<py::gil_scoped_release>());
}
