// RUN: tt-opt %s --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(tt-verify-bufferized)'

func.func @good(%ctx: !llvm.ptr) attributes {tt.entry} {
  %x = tt.input %ctx {index = 0 : i64} : memref<4xf32>
  %y = tt.output %ctx {index = 0 : i64} : memref<4xf32>
  memref.copy %x, %y {tt.output_copy} : memref<4xf32> to memref<4xf32>
  return
}

// -----

func.func private @tensor(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{has a tensor ('tensor<4xf32>'), but tt-bufferize should have left none}}
  return %x : tensor<4xf32>
}

// -----

// expected-error @+1 {{needs the type (!llvm.ptr) -> (), but is '(memref<4xf32>) -> ()'}}
func.func @entry(%x: memref<4xf32>) {
  return
}

// -----

func.func @alloc(%ctx: !llvm.ptr) {
  // expected-error @+1 {{is left, but tt-plan-arena should have given it a place}}
  %a = memref.alloc() : memref<4xf32>
  return
}

// -----

func.func @copy(%ctx: !llvm.ptr) {
  %x = tt.input %ctx {index = 0 : i64} : memref<4xf32>
  %y = tt.output %ctx {index = 0 : i64} : memref<4xf32>
  // expected-error @+1 {{copies into an output of type 'memref<4xf32>', but its producer should write there (tt-bind-outputs)}}
  memref.copy %x, %y : memref<4xf32> to memref<4xf32>
  return
}
