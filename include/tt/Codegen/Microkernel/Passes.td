#ifndef TT_CODEGEN_MICROKERNEL_PASSES_TD
#define TT_CODEGEN_MICROKERNEL_PASSES_TD

include "mlir/Pass/PassBase.td"

#endif
