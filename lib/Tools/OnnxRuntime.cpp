//===- OnnxRuntime.cpp - ONNX Runtime as a peer of benchmarks -------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/OnnxRuntime.h"

#include "OnnxRuntimeScript.inc"
#include "tt/Tools/BenchEnvironment.h"

#include "onnx/onnx_pb.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace llvm;

static Error fail(const Twine &text) { return createStringError(inconvertibleErrorCode(), text); }

//===- The child process -----------------------------------------------------------------------------------------===//

/// The folder that benchmarks/peers/install fills.
static Expected<std::string> peersFolder() {
  if (const char *peers = getenv("TT_PEERS"); peers && *peers)
    return std::string(peers);
  Expected<std::string> cache = tt::cacheFolder();
  if (!cache)
    return cache.takeError();
  return *cache + "/peers";
}

Expected<std::unique_ptr<tt::OnnxRuntime>> tt::OnnxRuntime::start() {
  Expected<std::string> peers = peersFolder();
  if (!peers)
    return peers.takeError();
  std::string modules = *peers + "/node_modules";
  if (!sys::fs::is_directory(modules + "/onnxruntime-node"))
    return fail("ONNX Runtime is not installed: '" + modules +
                "/onnxruntime-node' does not exist; benchmarks/peers/install installs it (with npm), or TT_PEERS names "
                "the folder where it is");
  ErrorOr<std::string> node = sys::findProgramByName("node");
  if (!node)
    return fail("ONNX Runtime needs Node.js, but there is no 'node' in PATH; on Debian: apt-get install nodejs npm");

  std::unique_ptr<OnnxRuntime> runtime(new OnnxRuntime);
  int toChild[2], fromChild[2];
  if (pipe2(toChild, O_CLOEXEC) != 0)
    return fail(Twine("cannot make a pipe: ") + strerror(errno));
  if (pipe2(fromChild, O_CLOEXEC) != 0) {
    std::string reason = strerror(errno);
    close(toChild[0]);
    close(toChild[1]);
    return fail("cannot make a pipe: " + reason);
  }
  runtime->commands = fdopen(toChild[1], "w");
  runtime->answers = fdopen(fromChild[0], "r");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, toChild[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, fromChild[1], STDOUT_FILENO);
  std::vector<std::string> environment;
  for (char **variable = environ; *variable; ++variable)
    if (!StringRef(*variable).starts_with("NODE_PATH="))
      environment.push_back(*variable);
  environment.push_back("NODE_PATH=" + modules);
  std::vector<char *> variables;
  for (std::string &variable : environment)
    variables.push_back(variable.data());
  variables.push_back(nullptr);
  std::string program = *node, option = "-e", script = kOnnxRuntimeScript;
  char *arguments[] = {program.data(), option.data(), script.data(), nullptr};
  int error = posix_spawn(&runtime->child, program.c_str(), &actions, nullptr, arguments, variables.data());
  posix_spawn_file_actions_destroy(&actions);
  close(toChild[0]);
  close(fromChild[1]);
  if (error) {
    runtime->child = -1;
    return fail("cannot start '" + program + "': " + strerror(error));
  }
  // A child that has ended must be an error of ask(), not our end.
  signal(SIGPIPE, SIG_IGN);
  SmallString<128> folder;
  if (std::error_code ec = sys::fs::createUniqueDirectory("tt-bench", folder))
    return fail("cannot make a temporary folder: " + ec.message());
  runtime->folder = folder.str().str();
  return std::move(runtime);
}

tt::OnnxRuntime::~OnnxRuntime() {
  if (commands)
    fclose(commands); // the end of its stdin ends the child
  if (answers)
    fclose(answers);
  if (child > 0)
    waitpid(child, nullptr, 0);
  if (!folder.empty())
    sys::fs::remove_directories(folder);
}

Expected<json::Object> tt::OnnxRuntime::ask(json::Object command) {
  std::string text;
  raw_string_ostream(text) << json::Value(std::move(command)) << "\n";
  bool sent = fwrite(text.data(), 1, text.size(), commands) == text.size() && fflush(commands) == 0;
  char *line = nullptr;
  size_t capacity = 0;
  ssize_t length = sent ? getline(&line, &capacity, answers) : -1;
  scope_exit release([&] { free(line); });
  if (length < 0)
    return fail("ONNX Runtime's process has ended without an answer");
  Expected<json::Value> answer = json::parse(StringRef(line, static_cast<size_t>(length)));
  if (!answer)
    return answer.takeError();
  json::Object *object = answer->getAsObject();
  if (!object)
    return fail("ONNX Runtime's process has answered nonsense");
  if (std::optional<StringRef> error = object->getString("error"))
    return fail("ONNX Runtime: " + *error);
  return std::move(*object);
}

//===- One model -------------------------------------------------------------------------------------------------===//

namespace tt {
class OnnxRuntimeRunner : public BenchRunner {
public:
  OnnxRuntimeRunner(OnnxRuntime &runtime, int64_t session, std::string version)
      : runtime(runtime), session(session), version(std::move(version)) {}
  Error time(unsigned runs, std::vector<double> &nanoseconds) override;
  Expected<std::vector<Tensor>> outputs() override;
  std::string engine() const override { return "ONNX Runtime " + version; }

private:
  OnnxRuntime &runtime;
  int64_t session;
  std::string version;
};
} // namespace tt

Error tt::OnnxRuntimeRunner::time(unsigned runs, std::vector<double> &nanoseconds) {
  Expected<json::Object> answer = runtime.ask(json::Object{{"command", "time"}, {"session", session}, {"runs", runs}});
  if (!answer)
    return answer.takeError();
  json::Array *samples = answer->getArray("nanoseconds");
  if (!samples || samples->size() != runs)
    return fail("ONNX Runtime's process has not answered with " + Twine(runs) + " times");
  for (const json::Value &sample : *samples)
    nanoseconds.push_back(sample.getAsNumber().value_or(0));
  return Error::success();
}

/// A tensor of an answer, its bytes from its file.
static Expected<tt::Tensor> readOutput(const json::Object &output) {
  std::optional<StringRef> name = output.getString("name"), path = output.getString("file");
  std::optional<int64_t> type = output.getInteger("type");
  const json::Array *sizes = output.getArray("dims");
  if (!name || !path || !type || !sizes)
    return fail("ONNX Runtime's process has not described an output");
  SmallVector<int64_t> dims;
  for (const json::Value &size : *sizes)
    dims.push_back(size.getAsInteger().value_or(0));
  tt::Tensor tensor(name->str(), static_cast<uint32_t>(*type), dims);
  ErrorOr<std::unique_ptr<MemoryBuffer>> file = MemoryBuffer::getFile(*path);
  if (!file)
    return fail("cannot read '" + *path + "': " + file.getError().message());
  if ((*file)->getBufferSize() != tensor.bytes().size())
    return fail("output '" + *name + "' of ONNX Runtime has " + Twine((*file)->getBufferSize()) + " bytes, but " +
                tensor.typeText() + " has " + Twine(tensor.bytes().size()));
  memcpy(tensor.bytes().data(), (*file)->getBufferStart(), tensor.bytes().size());
  return tensor;
}

Expected<std::vector<tt::Tensor>> tt::OnnxRuntimeRunner::outputs() {
  Expected<json::Object> answer =
      runtime.ask(json::Object{{"command", "outputs"}, {"session", session}, {"folder", runtime.folder}});
  if (!answer)
    return answer.takeError();
  std::vector<Tensor> tensors;
  if (json::Array *outputs = answer->getArray("outputs"))
    for (const json::Value &output : *outputs) {
      Expected<Tensor> tensor = readOutput(output.getAsObject() ? *output.getAsObject() : json::Object());
      if (!tensor)
        return tensor.takeError();
      tensors.push_back(std::move(*tensor));
    }
  return tensors;
}

Expected<std::unique_ptr<tt::BenchRunner>> tt::OnnxRuntime::open(StringRef model, unsigned threads,
                                                                 ArrayRef<Tensor> inputs) {
  Expected<json::Object> opened = ask(json::Object{{"command", "open"}, {"model", model}, {"threads", threads}});
  if (!opened)
    return opened.takeError();
  int64_t session = opened->getInteger("session").value_or(0);
  json::Array list;
  for (auto [i, input] : enumerate(inputs)) {
    std::string path = folder + "/input_" + std::to_string(i) + ".raw";
    std::error_code ec;
    raw_fd_ostream os(path, ec);
    if (!ec) {
      os.write(input.bytes().data(), input.bytes().size());
      os.close();
      ec = os.error();
      os.clear_error();
    }
    if (ec)
      return fail("cannot write '" + path + "': " + ec.message());
    list.push_back(json::Object{
        {"name", input.name}, {"type", input.dtype}, {"dims", json::Array(input.dims)}, {"file", std::move(path)}});
  }
  Expected<json::Object> given =
      ask(json::Object{{"command", "inputs"}, {"session", session}, {"inputs", std::move(list)}});
  if (!given)
    return given.takeError();
  return std::make_unique<OnnxRuntimeRunner>(*this, session, opened->getString("version").value_or("").str());
}

Expected<std::unique_ptr<tt::BenchRunner>> tt::OnnxRuntime::openIdentity(unsigned threads) {
  onnx::ModelProto model;
  model.set_ir_version(8);
  model.add_opset_import()->set_version(16);
  onnx::GraphProto &graph = *model.mutable_graph();
  graph.set_name("identity");
  onnx::NodeProto &node = *graph.add_node();
  node.set_op_type("Identity");
  node.add_input("x");
  node.add_output("y");
  auto declare = [](onnx::ValueInfoProto &value, const char *name) {
    value.set_name(name);
    onnx::TypeProto::Tensor &type = *value.mutable_type()->mutable_tensor_type();
    type.set_elem_type(onnx::TensorProto::FLOAT);
    type.mutable_shape()->add_dim()->set_dim_value(1);
  };
  declare(*graph.add_input(), "x");
  declare(*graph.add_output(), "y");
  std::string path = folder + "/identity.onnx", bytes = model.SerializeAsString();
  std::error_code ec;
  raw_fd_ostream os(path, ec);
  if (ec)
    return fail("cannot write '" + path + "': " + ec.message());
  os << bytes;
  os.close();
  std::vector<Tensor> inputs;
  inputs.emplace_back("x", TT_FLOAT, ArrayRef<int64_t>{1});
  memset(inputs[0].bytes().data(), 0, inputs[0].bytes().size());
  return open(path, threads, inputs);
}
