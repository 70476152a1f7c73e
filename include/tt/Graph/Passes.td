#ifndef TT_GRAPH_PASSES_TD
#define TT_GRAPH_PASSES_TD

include "mlir/Pass/PassBase.td"

#endif
