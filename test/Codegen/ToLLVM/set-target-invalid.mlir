// What a module says of its target is checked like the options: LLVM would end the process on it.
// RUN: tt-opt %s --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(tt-set-target)'

// expected-error @+1 {{unknown cpu 'i386' for x86_64-unknown-linux-gnu; try native}}
module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "i386", features = "", lanes = 4, registers = 16>} {
}

// -----

// expected-error @+1 {{target features '-64bit' need 64bit, which they switch off}}
module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64", features = "-64bit", lanes = 4, registers = 16>} {
}

// -----

// expected-error @+1 {{target 'riscv64-linux-gnu' needs the architecture x86_64 or aarch64, but has 'riscv64'}}
module attributes {tt.levels = [#tt.target<triple = "riscv64-linux-gnu", cpu = "generic", features = "", lanes = 4, registers = 16>]} {
}

// -----

// expected-error @+1 {{the module needs the attribute tt.target or tt.levels; run tt-set-target}}
module attributes {tt.target = 3 : i32} {
}
