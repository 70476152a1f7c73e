// RUN: not tt-opt %s --split-input-file --pass-pipeline='builtin.module(tt-instrument-profile{granularity=node})' 2>&1 | FileCheck %s --check-prefix=OPTION
// RUN: not tt-opt %s --split-input-file --pass-pipeline='builtin.module(tt-instrument-profile{granularity=prefix:})' 2>&1 | FileCheck %s --check-prefix=PREFIX
// RUN: not tt-opt %s --split-input-file --pass-pipeline='builtin.module(tt-instrument-profile)' 2>&1 | FileCheck %s --check-prefix=TWICE

// OPTION: error: needs a granularity kernel, op or prefix:NAME[,NAME...], but found 'node'
// PREFIX: error: needs a granularity kernel, op or prefix:NAME[,NAME...], but found 'prefix:'
module {}

// -----

// TWICE: error: has probes already (tt.profile)
module attributes {tt.profile = "kernel"} {}
