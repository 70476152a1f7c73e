#ifndef TT_CODEGEN_TOLLVM_PASSES_TD
#define TT_CODEGEN_TOLLVM_PASSES_TD

include "mlir/Pass/PassBase.td"

#endif
