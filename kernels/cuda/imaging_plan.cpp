// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/imaging_plan.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "kernels/base/error.h"
#include "kernels/cuda/block.h"
#include "kernels/pixel/process_window.h"

namespace reticle::cuda {

namespace {

// A block transforms this many kernels, one after another: enough blocks for one clip to fill a good
// part of a device, few enough that their sums cost little to add.
constexpr int k_kernels_per_group = 4;
constexpr int k_pixels_per_thread = 8;
constexpr long k_largest_field = 1 << 21;  // of quotient()

// The smallest length of at least `minimum` (and two: a transform has a last stage) with such a
// transform.
DftAxis field_axis(int minimum) {
  int length = std::max(minimum, 2);
  while (pixel::dft_axis(length).stages == 0) ++length;
  return pixel::dft_axis(length);
}

std::vector<float> transposed(const std::vector<float>& matrix, int rows, int cols) {
  std::vector<float> result(matrix.size());
  for (int i = 0; i < rows; ++i)
    for (int j = 0; j < cols; ++j)
      result[static_cast<std::size_t>(j) * rows + i] = matrix[static_cast<std::size_t>(i) * cols + j];
  return result;
}

TablePair paired(std::vector<float> plain, int rows, int cols) {
  std::vector<float> transpose = transposed(plain, rows, cols);
  return {std::move(plain), std::move(transpose)};
}

// Cosines of orders 0..half, then sines of 1..half, at `size` places `twice_offset` halves of a pitch from the corner,
// times factor(order). Turns are counted in halves of a place: long tables are as exact as short ones, and each of the
// circle's 2 size cosines is computed once.
template <class Factor>
TablePair wave_table(int half, int size, int twice_offset, Factor factor) {
  std::vector<double> cosines, sines;
  for (int i = 0; i < 2 * size; ++i) {
    const double phase = 2.0 * std::numbers::pi * (0.5 * i / size);
    cosines.push_back(std::cos(phase));
    sines.push_back(std::sin(phase));
  }
  std::vector<float> table;
  table.reserve(static_cast<std::size_t>(2 * half + 1) * static_cast<std::size_t>(size));
  for (int row = 0; row <= 2 * half; ++row) {
    const int order = row <= half ? row : row - half;
    const std::vector<double>& waves = row <= half ? cosines : sines;
    const double times = factor(order);
    const int step = 2 * order % (2 * size);
    for (int j = 0, at = order * twice_offset % (2 * size); j < size; ++j) {
      table.push_back(static_cast<float>(times * waves[static_cast<std::size_t>(at)]));
      at += step;
      if (at >= 2 * size) at -= 2 * size;
    }
  }
  return paired(std::move(table), 2 * half + 1, size);
}

// At pixel centres.
TablePair pixel_table(int half, int size) {
  return wave_table(half, size, 1, [](int) { return 1.0; });
}

// From values at field points, where the transform leaves them, to the cosines and sines that they are a sum of.
TablePair field_table(int half, const DftAxis& axis) {
  const int points = axis.length;
  const std::vector<float> natural =
      wave_table(half, points, 0, [&](int order) { return (order == 0 ? 1.0 : 2.0) / points; }).plain;
  std::vector<float> table;
  for (int row = 0; row <= 2 * half; ++row)
    for (int i = 0; i < points; ++i)
      table.push_back(natural[static_cast<std::size_t>(row * points + pixel::order_at(axis, i))]);
  return paired(std::move(table), 2 * half + 1, points);
}

// factor(G) of each order of an image, G(range) a Gaussian's.
template <class Factor>
std::vector<float> order_filter(const ImagingProblem& problem, const ImagingPlan& plan, Factor factor) {
  std::vector<float> filter;
  const auto frequency = [](int row, int half, int size, double pixel_nm) {
    return (row <= half ? row : row - half) / (size * pixel_nm);
  };
  for (int row = 0; row < plan.image_order_rows(); ++row)
    for (int col = 0; col < plan.image_order_cols(); ++col) {
      const double fy = frequency(row, 2 * plan.half_y, plan.rows, problem.pixel_nm);
      const double fx = frequency(col, 2 * plan.half_x, plan.cols, problem.pixel_nm);
      const auto gaussian = [&](double range_nm) {
        const double s = std::numbers::pi * range_nm;
        return std::exp(-2.0 * s * s * (fx * fx + fy * fy));
      };
      filter.push_back(static_cast<float>(factor(gaussian)));
    }
  return filter;
}

// What the resist and the flare leave of each order of an image.
std::vector<float> image_filter(const ImagingProblem& problem, const ImagingPlan& plan) {
  return order_filter(problem, plan, [&](const auto& gaussian) {
    return (1.0 - problem.flare) *
           (gaussian(problem.diffusion_nm) + problem.density * gaussian(problem.density_range_nm));
  });
}

// And of the image whose slope counts.
std::vector<float> slope_filter(const ImagingProblem& problem, const ImagingPlan& plan) {
  return order_filter(problem, plan, [&](const auto& gaussian) {
    return (1.0 - problem.flare) * gaussian(problem.diffusion_nm);
  });
}

std::vector<Complex<float>> roots(int length) {
  std::vector<Complex<float>> table;
  for (int k = 0; k < length; ++k) {
    const double phase = 2.0 * std::numbers::pi * k / length;
    table.push_back({static_cast<float>(std::cos(phase)), static_cast<float>(std::sin(phase))});
  }
  return table;
}

}  // namespace

SocsPlan ImagingPlan::socs() const {
  return {.half_x = half_x,
          .half_y = half_y,
          .x = x,
          .y = y,
          .groups = static_cast<int>(groups.size()),
          .conditions = conditions};
}

Tails tails_of(const ImagingProblem& problem) {
  Tails tails{.step_x = static_cast<float>(1.0 / (problem.cols * problem.pixel_nm)),
              .step_y = static_cast<float>(1.0 / (problem.rows * problem.pixel_nm))};
  for (std::size_t c = 0; c < problem.stack.conditions.size(); ++c) {
    const SocsStack::Condition& condition = problem.stack.conditions[c];
    tails.terms = std::max(tails.terms, static_cast<int>(condition.tail.size()));
    for (std::size_t t = 0; t < condition.tail.size(); ++t) {
      const double s = std::numbers::pi * condition.tail[t].range_nm;
      tails.weight[c][t] = static_cast<float>(condition.tail[t].weight);
      tails.decay[c][t] = static_cast<float>(2.0 * s * s);
    }
  }
  tails.power_step = static_cast<float>(problem.power_step);
  tails.power_offset = static_cast<float>(power_at_0(problem));
  return tails;
}

ImagingPlan plan_imaging(const ImagingProblem& problem) {
  const SocsStack& stack = problem.stack;
  ImagingPlan plan{.rows = problem.rows,
               .cols = problem.cols,
               .half_x = stack.half_x,
               .half_y = stack.half_y,
               .conditions = static_cast<int>(stack.conditions.size()),
               .x = field_axis(4 * stack.half_x + 1),
               .y = field_axis(4 * stack.half_y + 1),
               .pixel_nm = static_cast<float>(problem.pixel_nm),
               .flare = static_cast<float>(flare_factors(problem).step),
               .flare_offset = static_cast<float>(flare_factors(problem).offset),
               .mask_offset = {static_cast<float>(problem.mask_offset.real()),
                               static_cast<float>(problem.mask_offset.imag())},
               .slope_nm = static_cast<float>(problem.slope_nm)};
  for (const SocsStack::Condition& condition : stack.conditions)
    if (condition.tail.size() > static_cast<std::size_t>(Tails::k_max_terms))
      throw Error(ErrorCode::unsupported, "a tail of " + std::to_string(condition.tail.size()) + " terms; the CUDA engine takes " +
                                              std::to_string(Tails::k_max_terms) + ": use --engine cpu");
  for (const SocsStack::Condition& condition : stack.conditions)
    if (condition.mask_bias_nm != 0.0)
      throw Error(ErrorCode::unsupported, "corners with a mask_bias_nm are not imaged by the CUDA engine; use --engine cpu");
  if (plan.conditions > pixel::k_max_conditions)
    throw Error(ErrorCode::unsupported, std::to_string(plan.conditions) +
                                            " focus conditions; at most " +
                                            std::to_string(pixel::k_max_conditions));
  if (static_cast<long>(plan.x.length) * plan.y.length > k_largest_field)
    throw Error(ErrorCode::unsupported, "the model's field needs " + std::to_string(plan.x.length) +
                                            " x " + std::to_string(plan.y.length) +
                                            " points; the CUDA engine takes 2^21: use --engine cpu");
  if (static_cast<long>(plan.rows) * plan.cols > 1L << 30)
    throw Error(ErrorCode::unsupported, "a grid of " + std::to_string(plan.rows) + " x " +
                                            std::to_string(plan.cols) +
                                            " pixels; the CUDA engine takes 2^30");
  plan.tails = tails_of(problem);
  plan.first_group.push_back(0);
  for (int c = 0; c < plan.conditions; ++c) {
    const SocsStack::Condition& condition = stack.conditions[static_cast<std::size_t>(c)];
    if (condition.coefficients.size() !=
        static_cast<std::size_t>(plan.orders()) * static_cast<std::size_t>(condition.count))
      throw Error(ErrorCode::invalid_argument, "SOCS stack: wrong number of kernel coefficients");
    for (int k = 0; k < condition.count; k += k_kernels_per_group)
      plan.groups.push_back(
          {c, plan.kernels + k, std::min(k_kernels_per_group, condition.count - k)});
    plan.kernels += condition.count;
    plan.first_group.push_back(static_cast<int>(plan.groups.size()));
  }
  const int per_block = k_threads * k_pixels_per_thread;
  plan.shares = std::clamp((plan.pixels() + per_block - 1) / per_block, 1, k_threads);
  return plan;
}

namespace {

// Of all that tables are computed from.
bool same_tables(const ImagingProblem& a, const ImagingProblem& b) {
  const auto same_condition = [](const SocsStack::Condition& one, const SocsStack::Condition& other) {
    return one.count == other.count && one.coefficients == other.coefficients;
  };
  return a.rows == b.rows && a.cols == b.cols && a.pixel_nm == b.pixel_nm && a.flare == b.flare &&
         a.diffusion_nm == b.diffusion_nm && a.density == b.density && a.density_range_nm == b.density_range_nm &&
         a.slope_nm == b.slope_nm && a.stack.half_x == b.stack.half_x && a.stack.half_y == b.stack.half_y &&
         std::equal(a.stack.conditions.begin(), a.stack.conditions.end(), b.stack.conditions.begin(), b.stack.conditions.end(),
                    same_condition);
}

}  // namespace

const ImagingTables& TableCache::of(const ImagingProblem& problem, const ImagingPlan& plan) {
  constexpr std::size_t k_kept = 8;
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return same_tables(entry.problem, problem); });
  if (found != entries_.end()) {
    std::rotate(found, found + 1, entries_.end());
  } else {
    if (entries_.size() == k_kept) entries_.erase(entries_.begin());
    entries_.push_back({problem, imaging_tables(problem, plan)});
  }
  return entries_.back().tables;
}

ImagingTables imaging_tables(const ImagingProblem& problem, const ImagingPlan& plan) {
  ImagingTables tables;
  tables.mask_x = pixel_table(plan.half_x, plan.cols);
  tables.mask_y = pixel_table(plan.half_y, plan.rows);
  tables.image_x = pixel_table(2 * plan.half_x, plan.cols);
  tables.image_y = pixel_table(2 * plan.half_y, plan.rows);
  tables.field_x = field_table(2 * plan.half_x, plan.x);
  tables.field_y = field_table(2 * plan.half_y, plan.y);
  tables.filter = image_filter(problem, plan);
  if (problem.slope_nm != 0.0) tables.slope_filter = slope_filter(problem, plan);
  tables.roots_x = roots(plan.x.length);
  tables.roots_y = roots(plan.y.length);
  for (const SocsStack::Condition& condition : problem.stack.conditions)
    for (const std::complex<double>& h : condition.coefficients)
      tables.kernels.push_back({static_cast<float>(h.real()), static_cast<float>(h.imag())});
  return tables;
}

}  // namespace reticle::cuda
