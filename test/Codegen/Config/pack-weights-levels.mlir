// RUN: tt-opt %s --pass-pipeline='builtin.module(tt-pack-weights)' | FileCheck %s

// Two levels of one model pack one constant alike: they share the panels. 16 steps of 2 columns.
// CHECK:      module @a {
// CHECK:        arith.constant dense_resource<[[PANELS:.+]]> : tensor<1x1x16x16xf32>
// CHECK-NOT:    arith.constant
// CHECK:        tt.gemm ins({{.*}} : tensor<1x4x16xf32>, tensor<1x1x16x16xf32>) {{.*}}packed
// CHECK:      module @b {
// CHECK:        arith.constant dense_resource<[[PANELS]]> : tensor<1x1x16x16xf32>
// CHECK-NOT:    arith.constant
// CHECK:        tt.gemm ins({{.*}} : tensor<1x4x16xf32>, tensor<1x1x16x16xf32>) {{.*}}packed
module {
  module @a {
    func.func @main(%a: tensor<1x4x16xf32>, %c: tensor<1x4x2xf32>) -> tensor<1x4x2xf32> {
      %b = arith.constant dense_resource<source> : tensor<1x16x2xf32>
      %r = tt.gemm ins(%a, %b : tensor<1x4x16xf32>, tensor<1x16x2xf32>) outs(%c : tensor<1x4x2xf32>) {extra_maps = []} epilogue {
      ^bb0(%acc: f32):
        tt.yield %acc : f32
      } -> tensor<1x4x2xf32>
      return %r : tensor<1x4x2xf32>
    }
  }
  module @b {
    func.func @main(%a: tensor<1x4x16xf32>, %c: tensor<1x4x2xf32>) -> tensor<1x4x2xf32> {
      %b = arith.constant dense_resource<source> : tensor<1x16x2xf32>
      %r = tt.gemm ins(%a, %b : tensor<1x4x16xf32>, tensor<1x16x2xf32>) outs(%c : tensor<1x4x2xf32>) {extra_maps = []} epilogue {
      ^bb0(%acc: f32):
        tt.yield %acc : f32
      } -> tensor<1x4x2xf32>
      return %r : tensor<1x4x2xf32>
    }
  }
}

{-#
  dialect_resources: {
    builtin: {
      source: "0x040000000000803F0000004000004040000080400000A0400000C0400000E0400000004100001041000020410000304100004041000050410000604100007041000080410000884100009041000098410000A0410000A8410000B0410000B8410000C0410000C8410000D0410000D8410000E0410000E8410000F0410000F84100000042"
    }
  }
#-}
