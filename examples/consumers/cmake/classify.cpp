//===- classify.cpp - a C++ program with two compiled models inside -------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//
// classify IMAGES.npy LABELS.npy: classifies 28x28 images with both models and prints their accuracy. The headers are
// made by tt_add_model, see CMakeLists.txt.
//===----------------------------------------------------------------------===//

#include "fashion_cnn.h"
#include "mlp.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

constexpr std::size_t kPixels = MLP_IMAGE_DIM_2 * MLP_IMAGE_DIM_3, kClasses = MLP_LOGITS_DIM_1;

/// The bytes of a .npy file of uint8.
std::vector<unsigned char> readBytes(const char *path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<unsigned char> bytes(std::istreambuf_iterator<char>(file), {});
  if (bytes.size() < 10 || bytes[1] != 'N' || bytes[6] != 1)
    throw std::runtime_error(std::string(path) + " cannot be opened, or is no .npy file of version 1");
  bytes.erase(bytes.begin(), bytes.begin() + 10 + bytes[8] + 256 * bytes[9]);
  return bytes;
}

using Session = std::unique_ptr<tt_session, void (*)(tt_session *)>;

/// A session of one model; `create` and `run` are functions of its header.
template <typename Create, typename Run>
double measure(Create create, Run run, const std::vector<float> &pixels, const std::vector<unsigned char> &labels) {
  tt_session *made;
  if (create(nullptr, &made) != TT_OK)
    throw std::runtime_error(tt_session_error(nullptr));
  Session session(made, tt_session_free);
  std::vector<float> logits(labels.size() * kClasses);
  if (run(session.get(), static_cast<std::int64_t>(labels.size()), pixels.data(), logits.data()) != TT_OK)
    throw std::runtime_error(tt_session_error(session.get()));
  std::size_t right = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    auto row = logits.begin() + static_cast<std::ptrdiff_t>(i * kClasses);
    right += std::max_element(row, row + kClasses) - row == labels[i];
  }
  return 100.0 * static_cast<double>(right) / static_cast<double>(labels.size());
}

} // namespace

int main(int argc, char **argv) try {
  if (argc != 3)
    throw std::runtime_error("usage: classify IMAGES.npy LABELS.npy");
  std::vector<unsigned char> images = readBytes(argv[1]), labels = readBytes(argv[2]);
  if (labels.empty() || images.size() != labels.size() * kPixels)
    throw std::runtime_error("one label is needed for each image of 28x28 bytes");
  std::vector<float> pixels(images.size());
  std::transform(images.begin(), images.end(), pixels.begin(), [](unsigned char byte) { return byte / 255.0f; });
  std::printf("mlp: accuracy %.1f %% of %zu images\n", measure(mlp_session_create, mlp_run, pixels, labels),
              labels.size());
  std::printf("cnn: accuracy %.1f %% of %zu images\n",
              measure(fashion_cnn_session_create, fashion_cnn_run, pixels, labels), labels.size());
  return 0;
} catch (const std::exception &error) {
  std::fprintf(stderr, "classify: %s\n", error.what());
  return 1;
}
