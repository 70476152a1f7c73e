// RUN: tt-opt %s --tt-set-target='cpu=x86-64-v3 triple=x86_64-linux-gnu' | FileCheck %s --check-prefix=V3
// RUN: tt-opt %s --tt-set-target='cpu=x86-64-v4 triple=x86_64-linux-gnu' | FileCheck %s --check-prefix=V4
// RUN: tt-opt %s --tt-set-target='cpu=x86-64-v2 triple=x86_64-linux-gnu' | FileCheck %s --check-prefix=V2
// RUN: tt-opt %s --tt-set-target='cpu=x86-64-v4 triple=x86_64-linux-gnu' | tt-opt --tt-set-target | FileCheck %s --check-prefix=V4
// RUN: not tt-opt %s --tt-set-target='cpu=frob' 2>&1 | FileCheck %s --check-prefix=CPU
// RUN: not tt-opt %s --tt-set-target='triple=riscv64-linux-gnu' 2>&1 | FileCheck %s --check-prefix=ARCH

// AVX2 has 16 registers of 8 floats, AVX-512 32 of 16, what is older runs on 4. A target that is there stays.
// V2: #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v2", features = "", lanes = 4, registers = 16>
// V3: #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "", lanes = 8, registers = 16>
// V4: #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "", lanes = 16, registers = 32>
// CPU: error: unknown cpu 'frob' for {{.*}}; try native
// ARCH: error: target 'riscv64-linux-gnu' needs the architecture x86_64 or aarch64, but has 'riscv64'
module {}
