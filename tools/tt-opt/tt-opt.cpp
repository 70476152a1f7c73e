//===- tt-opt.cpp - run any pass or pipeline on .mlir ----------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Pipelines/Registration.h"

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  tt::registerDialects(registry);
  tt::registerPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "tt pass driver\n", registry));
}
