// RUN: tt-reduce %s -reduction-tree='traversal-mode=0 test=%S/Inputs/has-sigmoid.sh' | FileCheck %s --implicit-check-not=func.func

// Only the function with the op that the script looks for is left.
// CHECK: func.func @bad
// CHECK: tt.sigmoid
func.func @good(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = tt.relu %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
func.func @bad(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = tt.sigmoid %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
func.func @also_good(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
