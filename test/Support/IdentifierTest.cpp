//===- IdentifierTest.cpp - names of models and tensors in C --------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Support/Identifier.h"

#include "gtest/gtest.h"

namespace {

TEST(Identifier, KeepsWhatCAllows) {
  EXPECT_EQ(tt::makeIdentifier("squeezenet", "model_"), "squeezenet");
  EXPECT_EQ(tt::makeIdentifier("ResNet50_v1", "model_"), "ResNet50_v1");
}

TEST(Identifier, ReplacesWhatCDoesNotAllow) {
  EXPECT_EQ(tt::makeIdentifier("squeezenet-1.1", "model_"), "squeezenet_1_1");
  EXPECT_EQ(tt::makeIdentifier("/layer/Add:0", "value_"), "value__layer_Add_0");
  EXPECT_EQ(tt::makeIdentifier("\xc3\xa4", "value_"), "value___"); // one character of two bytes
}

TEST(Identifier, PrefixesWhatIsTaken) {
  EXPECT_EQ(tt::makeIdentifier("", "model_"), "model_");
  EXPECT_EQ(tt::makeIdentifier("3d", "model_"), "model_3d");
  EXPECT_EQ(tt::makeIdentifier("_x", "model_"), "model__x");
  EXPECT_EQ(tt::makeIdentifier("int", "value_"), "value_int");
  EXPECT_EQ(tt::makeIdentifier("tt_session", "model_"), "model_tt_session"); // else tt_session_create twice
  EXPECT_EQ(tt::makeIdentifier("TT", "model_"), "model_TT");
}

TEST(Identifier, ScopesNumberRepetitionsInAnyCase) {
  tt::IdentifierScope scope;
  EXPECT_EQ(scope.add("x", "value_"), "x");
  EXPECT_EQ(scope.add("X", "value_"), "X_2"); // both become macros in upper case
  EXPECT_EQ(scope.add("x", "value_"), "x_3");
  EXPECT_EQ(scope.add("x_2", "value_"), "x_2_2");
  EXPECT_EQ(scope.add("y", "value_"), "y");
}

} // namespace
