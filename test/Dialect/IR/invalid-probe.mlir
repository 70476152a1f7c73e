// RUN: tt-opt %s --split-input-file --verify-diagnostics

// One case per constraint of ProbeOps.td.

// probe_info (C1).
// expected-error @below {{'tt.probe_info' op needs one kind per node, but has 2 nodes and 1 kinds}}
tt.probe_info @p "a" {nodes = ["a", "b"], kinds = ["conv"], kernel = "k", granularity = "kernel"}

// -----

// probe_info (C2).
// expected-error @below {{'tt.probe_info' op needs granularity "kernel", "op" or "prefix", but found "node"}}
tt.probe_info @p "a" {nodes = [], kinds = [], kernel = "k", granularity = "node"}

// -----

// probe_info (C3).
tt.probe_info @leaf "a" {nodes = [], kinds = [], kernel = "k", granularity = "kernel"}
// expected-error @below {{'tt.probe_info' op needs a container, but @leaf is a leaf}}
tt.probe_info @p "b" {nodes = [], kinds = [], kernel = "k", granularity = "kernel", parent = @leaf}

// -----

// probe (C1).
tt.probe_info @p "a" {nodes = [], kinds = [], kernel = "k", granularity = "kernel", container}
func.func @f(%ctx: !llvm.ptr, %n: index) {
  // expected-error @below {{'tt.probe' op needs a leaf, but @p is a container}}
  tt.probe %ctx, @p work(%n, %n, %n)
  return
}

// -----

// A symbol that is no probe.
func.func @f(%ctx: !llvm.ptr, %n: index) {
  // expected-error @below {{'tt.probe' op needs a tt.probe_info, but @f is none}}
  tt.probe %ctx, @f work(%n, %n, %n)
  return
}

// -----

// probe_enter (C1).
tt.probe_info @p "a" {nodes = [], kinds = [], kernel = "k", granularity = "kernel"}
func.func @f(%ctx: !llvm.ptr) {
  // expected-error @below {{'tt.probe_enter' op needs a container, but @p is a leaf}}
  tt.probe_enter %ctx, @p
  return
}

// -----

// probe_leave (C1).
tt.probe_info @p "a" {nodes = [], kinds = [], kernel = "k", granularity = "kernel"}
func.func @f(%ctx: !llvm.ptr) {
  // expected-error @below {{'tt.probe_leave' op needs a container, but @p is a leaf}}
  tt.probe_leave %ctx, @p
  return
}

// -----

// probe_buffer.
tt.probe_info @p "a" {nodes = [], kinds = [], kernel = "k", granularity = "kernel"}
func.func @f(%ctx: !llvm.ptr, %n: index) {
  // expected-error @below {{'tt.probe_buffer' op needs a tt.probe_info, but @q is none}}
  tt.probe_buffer %ctx, "a" at(%n, %n) used(@p, @q)
  return
}

// -----

// A probe belongs to a module.
func.func @f() {
  // expected-error @below {{'tt.probe_info' op expects parent op 'builtin.module'}}
  tt.probe_info @p "a" {nodes = [], kinds = [], kernel = "k", granularity = "kernel"}
  return
}

// -----

func.func @observe_without_name(%x: tensor<4xf32>) {
  // expected-error @below {{needs a name for the observer, but found an empty one}}
  tt.observe %x, "" : tensor<4xf32>
  return
}

// -----

func.func @observe_integers(%x: tensor<4xi8>) {
  // expected-error @below {{must be ranked tensor of 32-bit float values or}}
  tt.observe %x, "x" : tensor<4xi8>
  return
}
