/* Runs odd-types.mlir through its header; compiled as C99 and as C++11. */
#include "odd-types.h"

#include <stdio.h>

int main(void) {
  const float x[MODEL_2_ODD_TYPES_IN__PUT_ELEMENTS(1, 2)] = {1, 2, 3, 4, 5, 6};
  const uint8_t c[] = {1, 0, 1, 0, 1, 0};
  const uint8_t bytes[MODEL_2_ODD_TYPES_SESSION_2_DIM_0] = {7, 8, 255};
  uint8_t copy[MODEL_2_ODD_TYPES_Y_2_ELEMENTS];
  double scalar[MODEL_2_ODD_TYPES_SCALAR_ELEMENTS];
  const char *const names[] = MODEL_2_ODD_TYPES_IN__PUT_DIM_NAMES;
  tt_tensor y = {NULL, NULL, 0, 0, 0};
  tt_session *session;
  if (model_2_odd_types_session_create(NULL, &session) ||
      model_2_odd_types_run(session, 1, 2, 2, x, c, bytes, &y, copy, scalar)) {
    printf("%s\n", tt_session_error(session));
    return 1;
  }
  printf("y [%d, %d, %d]:", (int)y.dims[0], (int)y.dims[1], (int)y.dims[2]);
  for (int i = 0; i < 6; ++i)
    printf(" %g", ((const float *)y.data)[i]);
  printf("\nY: %d %d %d\nscalar: %g\nfirst size: %s\n", copy[0], copy[1], copy[2], scalar[0], names[0]);
  /* The sizes of one input at a time, so that they can contradict each other. */
  if (model_2_odd_types_run(session, 1, 2, 3, x, c, bytes, &y, copy, scalar))
    printf("%s\n", tt_session_error(session));
  tt_session_free(session);
  return 0;
}
