// RUN: tt-opt %s --pass-pipeline='builtin.module(func.func(tt-quantize{weights=per-tensor activations=symmetric}))' | FileCheck %s --check-prefix=PLAIN
// RUN: tt-opt %s --pass-pipeline='builtin.module(func.func(tt-quantize{exclude=sec*,other_out}))' 2>%t.log | FileCheck %s --check-prefix=NAMES
// RUN: FileCheck %s --check-prefix=REMARK < %t.log
// RUN: tt-opt %s --pass-pipeline='builtin.module(func.func(tt-quantize{exclude=type:matmul}))' | FileCheck %s --check-prefix=TYPE
// RUN: tt-opt %s --pass-pipeline='builtin.module(func.func(tt-quantize{ops=conv}))' | FileCheck %s --check-prefix=TYPE
// RUN: not tt-opt %s --pass-pipeline='builtin.module(func.func(tt-quantize{exclude=third}))' 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not tt-opt %s --pass-pipeline='builtin.module(func.func(tt-quantize{weights=rows}))' 2>&1 | FileCheck %s --check-prefix=WEIGHTS

// Symmetric: 4.0 / 127 around 0, and one scale for both columns, 2.54 / 127.
// PLAIN: quant.qcast %{{.+}} to tensor<1x2x!quant.uniform<i8:f32, 0.0314960628747{{[0-9]+}}>>
// PLAIN: quant.scast %{{.+}} to tensor<2x2x!quant.uniform<i8<-127:127>:f32, 0.019999999552965164>>

// A node by a glob, a value by its name: both products stay.
// NAMES-NOT: quant.
// REMARK: remark: {{.*}}"second_out"{{.*}}: stays in float: it is excluded
// REMARK: remark: {{.*}}"other_out"{{.*}}: stays in float: it is excluded
// TYPE-NOT: quant.
// UNKNOWN: error: 'func.func' op has nothing that 'third' excludes; it needs a node's or value's name, or type: and the name of an op
// WEIGHTS: error: 'func.func' op needs weights of per-channel or per-tensor, but found 'rows'
func.func @main(%x: tensor<1x2xf32> {tt.range = array<f64: -1.0, 4.0>}) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  %w = arith.constant dense<[[1.27, 0.0], [0.0, 2.54]]> : tensor<2x2xf32>
  %y = tt.matmul %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("second"("second_out"))
  %z = tt.matmul %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32> loc("other"("other_out"))
  return %y, %z : tensor<1x2xf32>, tensor<1x2xf32>
}
