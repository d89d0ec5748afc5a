// IltPlan: what a device batch fixes before its first launch: field grid, groups of kernels, tables of
// the changes between pixels, orders and field points, and the place of every array in one workspace.
//
//   orders of the mask      P = Ty M Tx'          T: cosines, then sines, of each order at the pixels
//   image of field points   I = Wy F Wx'          W: the band's exact interpolation, with diffusion
//
// and their transposes for the adjoint.
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/cuda/pixel_bodies.h"
#include "kernels/cuda/socs_body.h"
#include "kernels/engine/ilt_batch.h"

namespace reticle::cuda {

// The same for every size of batch, so that a clip's result does not depend on its neighbours.
struct IltPlan {
  int rows = 0, cols = 0;
  int half_x = 0, half_y = 0;
  int conditions = 0;
  int kernels = 0;     // of all conditions
  DftAxis x, y;        // of the field grid
  int shares = 0;      // blocks that share a clip's pixels
  float pixel_nm = 1.0f;
  float flare = 0.0f;
  std::vector<SocsGroup> groups;
  std::vector<int> first_group;  // [condition + 1]

  int pixels() const { return rows * cols; }
  int points() const { return x.length * y.length; }
  int order_rows() const { return 2 * half_y + 1; }
  int order_cols() const { return 2 * half_x + 1; }
  int orders() const { return order_rows() * order_cols(); }
  SocsPlan socs() const;  // without pointers
};

// Throws Error(unsupported), naming the numbers, for what the device's bodies cannot take and
// Error(invalid_argument) for a stack whose arrays do not have their stated size.
IltPlan plan_ilt(const IltProblem& problem);

// Row-major, a matrix and its transpose side by side.
struct IltTables {
  std::vector<float> order_x, order_xt;  // Tx [order_cols][cols]
  std::vector<float> order_y, order_yt;  // Ty [order_rows][rows]
  std::vector<float> image_x, image_xt;  // Wx [cols][x.length]
  std::vector<float> image_y, image_yt;  // Wy [rows][y.length]
  std::vector<Complex<float>> roots_x, roots_y;
  std::vector<Complex<float>> kernels;  // [kernel][order]
};
IltTables ilt_tables(const IltProblem& problem, const IltPlan& plan);

// Device arrays of a batch; the comments give what one clip has of each.
struct IltArrays {
  IltTerms* terms;
  float *order_x, *order_xt, *order_y, *order_yt, *image_x, *image_xt, *image_y, *image_yt;
  Complex<float>*roots_x, *roots_y, *kernels;
  SocsGroup* groups;
  int* first_group;
  char* socs_scratch;  // of the blocks of a launch, where shared memory is too small

  float *parameters, *gradient, *moment1, *moment2, *target, *free, *weight, *mask;  // [pixel]
  float* images;              // [condition][pixel]
  float* half_changed;        // one of two products done
  float* real_orders;         // [order]
  Complex<float>* orders;     // [order], of the mask
  float* group_points;        // [group][point]
  Complex<float>* group_orders;  // [group][order]; shares memory with group_points
  float* field;               // [condition][point]: intensity, then its gradient
  double* share_sums;         // [share][k_pixel_sums]
  double* clip_sums;          // [k_pixel_sums]
  float* factors;             // of Combine, 2
};

// Gives every array its place from `base` on and returns the bytes of all. base may be nullptr.
std::size_t place(const IltPlan& plan, int clips, int scratch_blocks, char* base, IltArrays& arrays);

// Blocks that run on a scratch in device memory because shared memory does not hold a field; 0: it does.
int scratch_blocks(const IltPlan& plan, std::size_t shared_limit);

// Bytes of one vector of the batch's pixels, as optimisers add them.
inline std::size_t vector_bytes(const IltPlan& plan, int clips) {
  return sizeof(float) * static_cast<std::size_t>(plan.pixels()) * static_cast<std::size_t>(clips);
}

// How many of `wanted` clips fit into free_bytes, with the vectors of L-BFGS. Throws
// Error(out_of_memory) with the bytes wanted and free if not even one does.
int clips_that_fit(const IltPlan& plan, int wanted, std::size_t shared_limit, std::size_t free_bytes);

}  // namespace reticle::cuda
