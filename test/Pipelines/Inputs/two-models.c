/* Two models in one program: y = x * [1, 2, 3, ...], and the same under another name. */
#include "double.h"
#include "scale.h"

#include <stdio.h>
#include <string.h>

int main(void) {
  float x[128], y[128], z[DOUBLE_2_Y_ELEMENTS(2)];
  tt_session *first, *second;
  for (int i = 0; i < 128; ++i)
    x[i] = (float)i;
  if (scale_session_create(NULL, &first) || double_2_session_create(NULL, &second) || scale_run(first, 1, x + 64, y) ||
      double_2_run(second, 2, x, z)) {
    printf("%s\n", tt_session_error(NULL));
    return 1;
  }
  printf("%s %g %s %g by %s\n", tt_model_scale()->model_name, y[1], tt_model_double_2()->model_name, z[65],
         tt_session_isa(second));
  tt_session_free(first);
  tt_session_free(second);
  return 0;
}
