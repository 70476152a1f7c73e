// RUN: not tt-opt %s --tt-choose-winograd 2>&1 | FileCheck %s
// CHECK: needs off, f2, f4, force-f2 or force-f4 as algorithm of 3x3 convolutions, but found 'f3'
module attributes {tt.winograd = "f3"} {
}
