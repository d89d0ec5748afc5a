// SPDX-License-Identifier: Apache-2.0
/* Builds a model, images two bars, corrects them and says how much better they print.
 * cc correct.c -lreticle && ./a.out */
#include <reticle.h>
#include <stdio.h>
#include <stdlib.h>

static void check(reticle_status status) {
  if (status == RETICLE_OK) return;
  fprintf(stderr, "reticle: %s\n", reticle_error());
  exit(1);
}

static int progress(double part, void* user) {
  *(int*)user += 1;
  (void)part;
  return 1; /* 0 stops */
}

int main(void) {
  const char* optics =
      "na = 0.93\nimmersion_index = 1.0\nperiod_nm = [1024.0, 1024.0]\nmax_error = 2e-3\nthreshold = 0.3\n"
      "[source]\nshape = \"annular\"\nsigma_in = 0.5\nsigma_out = 0.8\n"
      "[[conditions]]\nname = \"focus\"\nfocus_nm = 0.0\n";
  const char* recipe = "mask_pixel_nm = 4.0\n[[levels]]\ncoarseness = 4\niterations = 30\n";
  const int32_t corners[] = {352, 320, 432, 320, 432, 704, 352, 704, 560, 320, 640, 320, 640, 608, 560, 608};
  const size_t ends[] = {4, 8};
  const reticle_polygons bars = {corners, ends, 2, 1.0};
  const double window[4] = {0, 0, 1024, 1024};

  printf("reticle %s, ABI %d\n", reticle_version(), reticle_abi_version());
  reticle_model* model = NULL;
  check(reticle_model_build(optics, &model));

  const reticle_query query = {0, 1.0, RETICLE_RESIST};
  static double image[128 * 128];
  check(reticle_image_of_polygons(model, &bars, 0.0, 0.0, &query, image, 128, 128));
  printf("intensity in the middle of the first bar: %.4f\n", image[64 * 128 + 49]);

  int iterations = 0;
  reticle_correction* correction = NULL;
  check(reticle_correct(model, &bars, window, recipe, progress, &iterations, &correction));
  reticle_grid grid;
  check(reticle_correction_grid(correction, &grid));
  uint8_t* mask = malloc(grid.rows * grid.cols);
  check(reticle_correction_mask(correction, mask));
  reticle_metrics metrics;
  check(reticle_verify(model, mask, &grid, &bars, window, recipe, &metrics));
  printf("after %d iterations: %.0f nm2 differ, worst edge off by %.2f nm\n", iterations, metrics.l2_nm2,
         metrics.epe_max_nm);

  free(mask);
  check(reticle_correction_free(correction));
  check(reticle_model_free(model));
  return 0;
}
