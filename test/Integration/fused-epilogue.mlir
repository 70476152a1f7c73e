// RUN: tt-compile %s --cpu=x86-64-v4 --until=linalg -o - | FileCheck %s --check-prefix=LINALG
// RUN: tt-compile %s --cpu=x86-64-v4 --until=vectorized -o - | FileCheck %s --check-prefix=VECTOR
// RUN: tt-compile %s --cpu=x86-64-v4 -o %t.s && FileCheck %s --check-prefix=ASM --input-file=%t.s

// A product, its bias and its activation are one loop nest: the raw accumulator is never stored, neither in the IR nor in the assembly.

// LINALG-LABEL: func.func @main
// LINALG:       tt.gemm
// LINALG:       ^bb0(%[[ACC:.+]]: f32, %[[BIAS:.+]]: f32
// LINALG:         arith.addf %[[ACC]], %[[BIAS]]
// LINALG:         arith.maximumf
// LINALG:         tt.yield
// LINALG-NOT:   linalg.generic
// LINALG:       return

// The only stores of the kernel follow the maximum with zero, one instruction as a comparison and a choice.
// VECTOR-LABEL: func.func private @k_gemm
// VECTOR:       scf.for
// VECTOR:       vector.fma
// VECTOR-NOT:   vector.store
// VECTOR-NOT:   vector.transfer_write
// VECTOR:       scf.yield
// VECTOR-NOT:   vector.store
// VECTOR-NOT:   vector.transfer_write
// VECTOR:       arith.cmpf
// VECTOR-NEXT:  arith.select
// VECTOR:       vector.{{store|transfer_write}}

// The K loop multiplies and adds in one instruction, on full registers, and holds no store.
// ASM:          vfmadd{{[0-9]+}}ps {{.*}}%zmm
// ASM-NOT:      vmovups %zmm{{[0-9]+}}, {{.*}}(%rsp
// ASM-NOT:      vcmpunordps
// ASM:          vmaxps
// ASM:          vmovups %zmm{{[0-9]+}}, {{.*}}(%r
func.func @main(%x: tensor<64x128xf32> {tt.name = "x", tt.dims = ["", ""]}, %b: tensor<256xf32> {tt.name = "b", tt.dims = [""]}) -> (tensor<64x256xf32> {tt.name = "y", tt.dims = ["", ""]}) {
  %w = arith.constant dense<0.5> : tensor<128x256xf32>
  %0 = tt.matmul %x, %w : tensor<64x128xf32>, tensor<128x256xf32> -> tensor<64x256xf32>
  %1 = tt.add %0, %b : tensor<64x256xf32>, tensor<256xf32> -> tensor<64x256xf32>
  %2 = tt.relu %1 : tensor<64x256xf32>
  return %2 : tensor<64x256xf32>
}
