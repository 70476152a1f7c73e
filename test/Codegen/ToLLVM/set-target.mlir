// RUN: tt-opt %s --pass-pipeline='builtin.module(tt-set-target{cpu=x86-64-v4 triple=x86_64-linux-gnu})' | FileCheck %s --check-prefix=V4
// RUN: tt-opt %s --pass-pipeline='builtin.module(tt-set-target{cpu=x86-64-v3 triple=x86_64-linux-gnu})' | FileCheck %s --check-prefix=V3
// RUN: tt-opt %s --pass-pipeline='builtin.module(tt-set-target{cpu=x86-64-v2 triple=x86_64-linux-gnu})' | FileCheck %s --check-prefix=V2
// RUN: tt-opt %s --pass-pipeline='builtin.module(tt-set-target{cpu=neoverse-v1 triple=aarch64-linux-gnu})' | FileCheck %s --check-prefix=ARM
// RUN: tt-opt %s --pass-pipeline='builtin.module(tt-set-target{cpu=x86-64-v3 triple=x86_64-linux-gnu},tt-set-target)' | FileCheck %s --check-prefix=V3
// RUN: tt-opt %s --pass-pipeline='builtin.module(tt-set-target{cpu=x86-64-v3,avxvnni,skylake-avx512,avx512vnni,x86-64-v4 triple=x86_64-linux-gnu})' | FileCheck %s --check-prefix=LEVELS --implicit-check-not=tt.target=
// RUN: tt-opt %s --pass-pipeline='builtin.module(tt-set-target{cpu=generic,i8mm,dotprod triple=aarch64-linux-gnu})' | FileCheck %s --check-prefix=ARM-LEVELS
// RUN: not tt-opt %s --pass-pipeline='builtin.module(tt-set-target{cpu=pentagon triple=x86_64-linux-gnu})' 2>&1 | FileCheck %s --check-prefix=CPU
// RUN: not tt-opt %s --pass-pipeline='builtin.module(tt-set-target{triple=riscv64-linux-gnu})' 2>&1 | FileCheck %s --check-prefix=ARCH

// AVX-512 has 32 registers of 16 floats, AVX2 16 of 8, SSE 16 of 4, NEON 32 of 4.
// V4: #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "", lanes = 16, registers = 32>
// V3: cpu = "x86-64-v3", features = "", lanes = 8, registers = 16>
// V2: cpu = "x86-64-v2", features = "", lanes = 4, registers = 16>
// LLVM would use SVE unasked, and the runtime does not look for it.
// ARM: #tt.target<triple = "aarch64-unknown-linux-gnu", cpu = "neoverse-v1", features = "-sve", lanes = 4, registers = 32>
// Wider registers first, then more features; skylake-avx512 and x86-64-v4 have equal ones and stay in their order.
// LEVELS: tt.levels = [#tt.target<{{[^>]*}}cpu = "x86-64-v4", features = "+avx512vnni"{{[^>]*}}>, #tt.target<{{[^>]*}}cpu = "skylake-avx512"{{[^>]*}}>, #tt.target<{{[^>]*}}cpu = "x86-64-v4", features = ""{{[^>]*}}>,
// LEVELS-SAME: #tt.target<{{[^>]*}}cpu = "x86-64-v3", features = "+avxvnni"{{[^>]*}}>, #tt.target<{{[^>]*}}cpu = "x86-64-v3", features = ""{{[^>]*}}>]
// ARM-LEVELS: tt.levels = [#tt.target<{{[^>]*}}features = "+dotprod,+i8mm"{{[^>]*}}>, #tt.target<{{[^>]*}}features = "+dotprod"{{[^>]*}}>, #tt.target<{{[^>]*}}features = ""{{[^>]*}}>]
// CPU: error: unknown cpu 'pentagon' for x86_64-unknown-linux-gnu; try native, x86-64, x86-64-v2, x86-64-v3, avxvnni, x86-64-v4, avx512vnni, avx512bf16 or a name that LLVM knows (--cpu=help lists them)
// ARCH: error: target 'riscv64-linux-gnu' needs the architecture x86_64 or aarch64, but has 'riscv64'
module {
}
