// SPDX-License-Identifier: Apache-2.0
/* Reticle as a C library: models, images, gradients, corrections and their metrics.
 *
 * Conventions. Lengths are nm on the wafer. Images are rows of pixels, [row = y][column = x], y up, row 0 at the
 * lower edge; intensities are fractions of the clear field. Polygons are in database units (dbu).
 *
 * Every function that can fail returns a reticle_status; reticle_error() then says, for the calling thread, what was
 * wrong, where, and what to do. Results are written only on RETICLE_OK.
 *
 * Handles are never dereferenced: one that was freed, or is NULL, is an error and not a crash, and an object that one
 * thread frees while another uses it lives until that call ends. Functions may be called from any thread. */
#ifndef RETICLE_H
#define RETICLE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define RETICLE_API __attribute__((visibility("default")))
#else
#define RETICLE_API
#endif

/* Changes when a program compiled against an older header no longer works. */
#define RETICLE_ABI_VERSION 1

RETICLE_API int reticle_abi_version(void);
RETICLE_API const char* reticle_version(void); /* "major.minor.patch" */

typedef enum reticle_status {
  RETICLE_OK = 0,
  RETICLE_INVALID_ARGUMENT = 1,
  RETICLE_BAD_INPUT = 2, /* a file or recipe is wrong */
  RETICLE_UNSUPPORTED = 3,
  RETICLE_OUT_OF_MEMORY = 4,
  RETICLE_DEVICE_FAILURE = 5,
  RETICLE_IO = 6,
  RETICLE_STOPPED = 7, /* by a progress function */
  RETICLE_INTERNAL = 8
} reticle_status;

/* Of the last call of this thread that failed; valid until the next one that does. Never NULL. */
RETICLE_API const char* reticle_error(void);

typedef struct reticle_model reticle_model;
typedef struct reticle_correction reticle_correction;

/* ---- Models ---- */

RETICLE_API reticle_status reticle_model_read(const char* path, reticle_model** model);
/* From the TOML text of a model recipe (reticle recipe model prints every key). */
RETICLE_API reticle_status reticle_model_build(const char* recipe_toml, reticle_model** model);
RETICLE_API reticle_status reticle_model_write(const reticle_model* model, const char* path);
RETICLE_API reticle_status reticle_model_free(reticle_model* model);
RETICLE_API reticle_status reticle_model_period_nm(const reticle_model* model, double* x, double* y);
RETICLE_API reticle_status reticle_model_threshold(const reticle_model* model, double* threshold);
RETICLE_API reticle_status reticle_model_conditions(const reticle_model* model, size_t* count);

/* ---- Images ---- */

typedef enum reticle_stage { RETICLE_AERIAL = 0, RETICLE_RESIST = 1 } reticle_stage;

/* Which image of a mask. */
typedef struct reticle_query {
  size_t condition;    /* of the model, from 0; the first is the nominal focus */
  double dose;         /* multiplies the mask's amplitude, so the intensity by its square */
  reticle_stage stage; /* the aerial image, or what the resist compares with its threshold */
} reticle_query;

/* Polygons one after another, of either orientation, closed implicitly. */
typedef struct reticle_polygons {
  const int32_t* corners; /* x, y of every corner, dbu */
  const size_t* ends;     /* of each polygon: number of corners up to and including its last */
  size_t count;           /* of polygons */
  double dbu_nm;
} reticle_polygons;

/* The image of mask pixels (amplitude transmissions, 0 opaque, 1 clear) that cover the model's period, at the centres
 * of image pixels that do. */
RETICLE_API reticle_status reticle_image(const reticle_model* model, const float* mask, size_t mask_rows,
                                         size_t mask_cols, const reticle_query* query, float* image, size_t rows,
                                         size_t cols);
RETICLE_API reticle_status reticle_image_double(const reticle_model* model, const double* mask, size_t mask_rows,
                                                size_t mask_cols, const reticle_query* query, double* image,
                                                size_t rows, size_t cols);
/* Of polygons of transmission 1 on 0, which must not overlap; (x0, y0) is the lower left corner of the period, nm. */
RETICLE_API reticle_status reticle_image_of_polygons(const reticle_model* model, const reticle_polygons* mask,
                                                     double x0_nm, double y0_nm, const reticle_query* query,
                                                     double* image, size_t rows, size_t cols);

/* For d_image = dL/d(image) of a function L of that image: d_mask = dL/d(mask pixel), and, unless NULL, d_dose. */
RETICLE_API reticle_status reticle_gradient(const reticle_model* model, const float* mask, size_t mask_rows,
                                            size_t mask_cols, const reticle_query* query, const float* d_image,
                                            size_t rows, size_t cols, float* d_mask, double* d_dose);
RETICLE_API reticle_status reticle_gradient_double(const reticle_model* model, const double* mask, size_t mask_rows,
                                                   size_t mask_cols, const reticle_query* query,
                                                   const double* d_image, size_t rows, size_t cols, double* d_mask,
                                                   double* d_dose);

/* ---- Corrections ---- */

/* Called after every iteration with the part done, 0 to 1; 0 stops. */
typedef int (*reticle_progress)(double part, void* user);

/* Corrects polygons over the process window by inverse lithography. window_nm: x0, y0, x1, y1 of what is corrected,
 * which is put into the middle of the model's period. recipe_toml: of correction; NULL: the defaults. */
RETICLE_API reticle_status reticle_correct(const reticle_model* model, const reticle_polygons* design,
                                           const double window_nm[4], const char* recipe_toml,
                                           reticle_progress progress, void* user, reticle_correction** correction);
RETICLE_API reticle_status reticle_correction_free(reticle_correction* correction);

typedef struct reticle_grid {
  size_t rows, cols;
  double pixel_nm, x0_nm, y0_nm; /* outer corner of pixel [0][0] */
} reticle_grid;
RETICLE_API reticle_status reticle_correction_grid(const reticle_correction* correction, reticle_grid* grid);
/* rows * cols bytes, 1 inside the drawn polarity. */
RETICLE_API reticle_status reticle_correction_mask(const reticle_correction* correction, uint8_t* mask);
/* The mask as polygons without holes. First with corners and ends NULL for their numbers, then with arrays of them:
 * 2 * corner_count numbers and polygon_count ends. */
RETICLE_API reticle_status reticle_correction_polygons(const reticle_correction* correction, double dbu_nm,
                                                       size_t* corner_count, size_t* polygon_count, int32_t* corners,
                                                       size_t* ends);

/* What a mask prints against its design. */
typedef struct reticle_metrics {
  double l2_nm2, pv_band_nm2; /* print against target; between the prints of the process band */
  int epe_violations;
  double epe_max_nm, epe_mean_abs_nm;
  int64_t shots;
  int components;
} reticle_metrics;
/* mask: pixels of the grid, inside the model's period; recipe_toml: whose corners and edge sites count, or NULL. */
RETICLE_API reticle_status reticle_verify(const reticle_model* model, const uint8_t* mask, const reticle_grid* grid,
                                          const reticle_polygons* design, const double window_nm[4],
                                          const char* recipe_toml, reticle_metrics* metrics);

#ifdef __cplusplus
}
#endif
#endif /* RETICLE_H */
