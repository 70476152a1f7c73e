// RUN: tt-opt %s --pass-pipeline='builtin.module(func.func(tt-place-insertions,canonicalize))' | FileCheck %s

// The second slice is made first, so it is inserted first; both stand right behind their sources.
// CHECK-LABEL: func.func @concat_in_order_of_production
// CHECK:       %[[E:.+]] = tensor.empty() : tensor<2x16xf32>
// CHECK:       %[[B:.+]] = linalg.exp
// CHECK-NEXT:  %[[I:.+]] = tensor.insert_slice %[[B]] into %[[E]][0, 8] [2, 8]
// CHECK:       %[[A:.+]] = linalg.log
// CHECK-NEXT:  %[[R:.+]] = tensor.insert_slice %[[A]] into %[[I]][0, 0] [2, 8]
// CHECK:       return %[[R]]
func.func @concat_in_order_of_production(%x: tensor<2x8xf32>) -> tensor<2x16xf32> {
  %e0 = tensor.empty() : tensor<2x8xf32>
  %b = linalg.exp ins(%x : tensor<2x8xf32>) outs(%e0 : tensor<2x8xf32>) -> tensor<2x8xf32>
  %e1 = tensor.empty() : tensor<2x8xf32>
  %a = linalg.log ins(%x : tensor<2x8xf32>) outs(%e1 : tensor<2x8xf32>) -> tensor<2x8xf32>
  %e = tensor.empty() : tensor<2x16xf32>
  %i = tensor.insert_slice %a into %e[0, 0] [2, 8] [1, 1] : tensor<2x8xf32> into tensor<2x16xf32>
  %r = tensor.insert_slice %b into %i[0, 8] [2, 8] [1, 1] : tensor<2x8xf32> into tensor<2x16xf32>
  return %r : tensor<2x16xf32>
}

// Channels 8..15 of a 2x2 image are columns 8..15 of its 4 rows.
// CHECK-LABEL: func.func @channels_of_rows
// CHECK-SAME:    , %[[D:[a-z0-9]+]]: tensor<1x2x2x16xf32>)
// CHECK:       %[[C:.+]] = tensor.collapse_shape %[[D]] {{\[\[}}0, 1, 2], [3]]
// CHECK:       %[[Y:.+]] = linalg.exp
// CHECK:       %[[I:.+]] = tensor.insert_slice %[[Y]] into %[[C]][0, 8] [4, 8] [1, 1]
// CHECK:       tensor.expand_shape %[[I]]
func.func @channels_of_rows(%x: tensor<4x8xf32>, %d: tensor<1x2x2x16xf32>) -> tensor<1x2x2x16xf32> {
  %e = tensor.empty() : tensor<4x8xf32>
  %y = linalg.exp ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
  %z = tensor.expand_shape %y [[0, 1, 2], [3]] output_shape [1, 2, 2, 8] : tensor<4x8xf32> into tensor<1x2x2x8xf32>
  %r = tensor.insert_slice %z into %d[0, 0, 0, 8] [1, 2, 2, 8] [1, 1, 1, 1] : tensor<1x2x2x8xf32> into tensor<1x2x2x16xf32>
  return %r : tensor<1x2x2x16xf32>
}

// Rows 1..2 of 4 of one image: the outer dimension of a group may be a part (rows 1..2 of 2 columns are elements 2..5).
// CHECK-LABEL: func.func @part_of_the_outer_dimension
// CHECK:       tensor.insert_slice %{{.+}} into %{{.+}}[2, 0] [4, 8] [1, 1] : tensor<4x8xf32> into tensor<8x8xf32>
func.func @part_of_the_outer_dimension(%y: tensor<4x8xf32>, %d: tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32> {
  %z = tensor.expand_shape %y [[0, 1, 2], [3]] output_shape [1, 2, 2, 8] : tensor<4x8xf32> into tensor<1x2x2x8xf32>
  %r = tensor.insert_slice %z into %d[0, 1, 0, 0] [1, 2, 2, 8] [1, 1, 1, 1] : tensor<1x2x2x8xf32> into tensor<1x4x2x8xf32>
  return %r : tensor<1x4x2x8xf32>
}

// An interior is no slice of the collapsed image; overlapping insertions keep their order.
// CHECK-LABEL: func.func @others_stay
// CHECK:       tensor.expand_shape
// CHECK:       tensor.insert_slice %{{.+}} into %{{.+}}[0, 1, 1, 0] [1, 2, 2, 8]
// CHECK:       tensor.insert_slice %{{.+}} into %{{.+}}[0, 0] [2, 8]
// CHECK:       tensor.insert_slice %{{.+}} into %{{.+}}[0, 4] [2, 8]
func.func @others_stay(%x: tensor<4x8xf32>, %d: tensor<1x4x4x8xf32>, %a: tensor<2x8xf32>, %e: tensor<2x16xf32>) -> (tensor<1x4x4x8xf32>, tensor<2x16xf32>) {
  %z = tensor.expand_shape %x [[0, 1, 2], [3]] output_shape [1, 2, 2, 8] : tensor<4x8xf32> into tensor<1x2x2x8xf32>
  %r = tensor.insert_slice %z into %d[0, 1, 1, 0] [1, 2, 2, 8] [1, 1, 1, 1] : tensor<1x2x2x8xf32> into tensor<1x4x4x8xf32>
  %e0 = tensor.empty() : tensor<2x8xf32>
  %b = linalg.exp ins(%a : tensor<2x8xf32>) outs(%e0 : tensor<2x8xf32>) -> tensor<2x8xf32>
  %i = tensor.insert_slice %b into %e[0, 0] [2, 8] [1, 1] : tensor<2x8xf32> into tensor<2x16xf32>
  %s = tensor.insert_slice %a into %i[0, 4] [2, 8] [1, 1] : tensor<2x8xf32> into tensor<2x16xf32>
  return %r, %s : tensor<1x4x4x8xf32>, tensor<2x16xf32>
}

// A value that is inserted twice: the second insertion needs the first, which needs the value.
// CHECK-LABEL: func.func @same_source_twice
// CHECK:       %[[Y:.+]] = linalg.exp
// CHECK-NEXT:  %[[I:.+]] = tensor.insert_slice %[[Y]] into %{{.+}}[0, 0] [2, 8]
// CHECK-NEXT:  tensor.insert_slice %[[Y]] into %[[I]][0, 8] [2, 8]
func.func @same_source_twice(%x: tensor<2x8xf32>) -> tensor<2x16xf32> {
  %e0 = tensor.empty() : tensor<2x8xf32>
  %y = linalg.exp ins(%x : tensor<2x8xf32>) outs(%e0 : tensor<2x8xf32>) -> tensor<2x8xf32>
  %e = tensor.empty() : tensor<2x16xf32>
  %i = tensor.insert_slice %y into %e[0, 0] [2, 8] [1, 1] : tensor<2x8xf32> into tensor<2x16xf32>
  %r = tensor.insert_slice %y into %i[0, 8] [2, 8] [1, 1] : tensor<2x8xf32> into tensor<2x16xf32>
  return %r : tensor<2x16xf32>
}
