// SPDX-License-Identifier: Apache-2.0
// ImagingPlan: what a device batch fixes before its first launch: field grid, groups of kernels, and the
// tables of the changes between pixels, orders and field points.
//
//   orders of the mask      P = Ty M Tx'            T: cosines, then sines, of each order at the pixels
//   orders of an image      Q = Ay F Ax'            A: the same at the field points, normalised
//   image                   I = Ty' (filter Q) Tx   with twice the orders; the filter is the resist's
//
// and their transposes for the adjoint. All are real: order 0..h of cosines, then 1..h of sines.
#pragma once

#include <vector>

#include "kernels/cuda/tail_bodies.h"
#include "kernels/cuda/socs_body.h"
#include "kernels/engine/imaging_problem.h"

namespace reticle::cuda {

// The same for every size of batch, so that a clip's result does not depend on its neighbours.
struct ImagingPlan {
  int rows = 0, cols = 0;
  int half_x = 0, half_y = 0;  // of masks; images have twice as many orders
  int conditions = 0;
  int kernels = 0;  // of all conditions
  DftAxis x, y;     // of the field grid
  int shares = 0;   // blocks that share a clip's pixels
  float pixel_nm = 1.0f;
  float flare = 0.0f;  // of the mask's mean, with the density term
  Tails tails;
  float flare_offset = 0.0f;
  Complex<float> mask_offset{0.0f, 0.0f};
  float slope_nm = 0.0f;  // of the resist
  std::vector<SocsGroup> groups;
  std::vector<int> first_group;  // [condition + 1]

  int pixels() const { return rows * cols; }
  int points() const { return x.length * y.length; }
  int order_rows() const { return 2 * half_y + 1; }
  int order_cols() const { return 2 * half_x + 1; }
  int orders() const { return order_rows() * order_cols(); }
  int image_order_rows() const { return 4 * half_y + 1; }
  int image_order_cols() const { return 4 * half_x + 1; }
  int image_orders() const { return image_order_rows() * image_order_cols(); }
  SocsPlan socs() const;  // without pointers
};

// Throws Error(unsupported), naming the numbers, for what the device's bodies cannot take and
// Error(invalid_argument) for a stack whose arrays do not have their stated size.
ImagingPlan plan_imaging(const ImagingProblem& problem);

// Row-major, a matrix [order][size] and its transpose side by side.
struct TablePair {
  std::vector<float> plain, transposed;
};
struct ImagingTables {
  TablePair mask_x, mask_y;    // T of the mask's orders, size: pixels
  TablePair image_x, image_y;  // T of the images' orders
  TablePair field_x, field_y;  // A, size: field points, as the transform leaves them
  std::vector<float> filter;   // [image order y][image order x]
  std::vector<float> slope_filter;  // likewise, of the image whose slope counts; empty without a slope term
  std::vector<Complex<float>> roots_x, roots_y;
  std::vector<Complex<float>> kernels;  // [kernel][order]
};
ImagingTables imaging_tables(const ImagingProblem& problem, const ImagingPlan& plan);

// Tables of the last few problems: the levels of a recipe come again with each batch.
class TableCache {
 public:
  const ImagingTables& of(const ImagingProblem& problem, const ImagingPlan& plan);  // until the next call

 private:
  struct Entry {
    ImagingProblem problem;
    ImagingTables tables;
  };
  std::vector<Entry> entries_;  // the latest last
};

}  // namespace reticle::cuda
