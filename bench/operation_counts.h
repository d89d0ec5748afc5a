// SPDX-License-Identifier: Apache-2.0
// What the stages of the engines cost on a grid: operations of the arithmetic and bytes that must cross
// device memory at least once, so that measured times stand beside their floors.
#pragma once

#include <cmath>

#include "kernels/engine/imaging_problem.h"

namespace reticle::bench {

struct Cost {
  double flops = 0.0, bytes = 0.0;
  Cost operator+(const Cost& other) const { return {flops + other.flops, bytes + other.bytes}; }
  Cost operator*(double times) const { return {flops * times, bytes * times}; }
};

// 5 N log2 N of every kernel's transform onto the smallest field grid, its product, and |E|^2.
inline double field_flops(const ImagingProblem& problem) {
  const double points = (4.0 * problem.stack.half_x + 1) * (4.0 * problem.stack.half_y + 1);
  double kernels = 0.0;
  for (const auto& condition : problem.stack.conditions) kernels += condition.count;
  return kernels * (5.0 * points * std::log2(points) + 6.0 * problem.stack.rows() * problem.stack.cols() + 4.0 * points);
}

// A product of the pixels with the cosines and sines of 2 half + 1 orders along y, folded to a quarter, and
// the one along x.
inline double change_flops(const ImagingProblem& problem, int half_x, int half_y) {
  const double rows = problem.rows, cols = problem.cols, order_rows = 2.0 * half_y + 1, order_cols = 2.0 * half_x + 1;
  return 2.0 * (rows * cols * order_rows / 4.0 + order_rows * cols * order_cols);
}

// Images of all conditions from a mask's orders; every image is written once.
inline Cost image_cost(const ImagingProblem& problem) {
  const double conditions = static_cast<double>(problem.stack.conditions.size());
  return {field_flops(problem) +
              conditions * change_flops(problem, 2 * problem.stack.half_x, 2 * problem.stack.half_y),
          4.0 * conditions * problem.rows * problem.cols};
}

// An iteration: parameters to images, losses, the adjoint (fields are transformed again, and back) and
// Adam's step. Of each pixel, parameters, target and moments are read, parameters and moments written; mask,
// gradient and images are written and read.
inline Cost iteration_cost(const ImagingProblem& problem) {
  const double conditions = static_cast<double>(problem.stack.conditions.size());
  const double pixels = static_cast<double>(problem.rows) * problem.cols;
  return {3.0 * field_flops(problem) +
              2.0 * conditions * change_flops(problem, 2 * problem.stack.half_x, 2 * problem.stack.half_y) +
              2.0 * change_flops(problem, problem.stack.half_x, problem.stack.half_y) + pixels * (60.0 + 40.0 * conditions),
          4.0 * pixels * (4.0 + 3.0 + 2.0 + 2.0 + 4.0 * conditions)};
}

}  // namespace reticle::bench
