#include "kernels/cuda/ilt_plan.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "kernels/base/error.h"

namespace reticle::cuda {

namespace {

// A block transforms this many kernels, one after another: enough blocks for one clip to fill a good
// part of a device, few enough that their sums cost little to add.
constexpr int k_kernels_per_group = 4;
constexpr int k_pixels_per_thread = 8;
constexpr int k_scratch_blocks = 256;
constexpr int k_optimizer_vectors = 20;    // of L-BFGS with eight pairs
constexpr long k_largest_field = 1 << 21;  // of quotient()
constexpr std::size_t k_alignment = 256;

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

// Cosines of orders 0..half, then sines of 1..half, at the centres of `size` pixels.
std::vector<float> order_table(int half, int size) {
  std::vector<float> table;
  for (int row = 0; row <= 2 * half; ++row) {
    const int order = row <= half ? row : row - half;
    for (int j = 0; j < size; ++j) {
      const double phase = 2.0 * std::numbers::pi * order * (j + 0.5) / size;
      table.push_back(static_cast<float>(row <= half ? std::cos(phase) : std::sin(phase)));
    }
  }
  return table;
}

// [pixel][point]: the trigonometric polynomial through `points` values on a period, its orders up to
// 2 half damped by a Gaussian of sigma_nm, at the centres of the pixels.
std::vector<float> image_table(int half, int pixels, int points, double pixel_nm, double sigma_nm,
                               double factor) {
  std::vector<double> damping;
  for (int m = 0; m <= 2 * half; ++m) {
    const double s = std::numbers::pi * sigma_nm * m / (pixels * pixel_nm);
    damping.push_back(factor * std::exp(-2.0 * s * s) * (m == 0 ? 1.0 : 2.0) / points);
  }
  std::vector<float> table;
  for (int j = 0; j < pixels; ++j)
    for (int p = 0; p < points; ++p) {
      const double turn = (j + 0.5) / pixels - static_cast<double>(p) / points;
      double sum = 0.0;
      for (int m = 0; m <= 2 * half; ++m)
        sum += damping[static_cast<std::size_t>(m)] * std::cos(2.0 * std::numbers::pi * m * turn);
      table.push_back(static_cast<float>(sum));
    }
  return table;
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

SocsPlan IltPlan::socs() const {
  return {.half_x = half_x,
          .half_y = half_y,
          .x = x,
          .y = y,
          .groups = static_cast<int>(groups.size()),
          .conditions = conditions};
}

IltPlan plan_ilt(const IltProblem& problem) {
  const SocsStack& stack = problem.stack;
  IltPlan plan{.rows = problem.rows,
               .cols = problem.cols,
               .half_x = stack.half_x,
               .half_y = stack.half_y,
               .conditions = static_cast<int>(stack.conditions.size()),
               .x = field_axis(4 * stack.half_x + 1),
               .y = field_axis(4 * stack.half_y + 1),
               .pixel_nm = static_cast<float>(problem.pixel_nm),
               .flare = static_cast<float>(problem.flare)};
  if (problem.density != 0.0)
    throw Error(ErrorCode::unsupported,
                "the model's resist has a density term, which the CUDA engine does not take: use --engine cpu");
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

IltTables ilt_tables(const IltProblem& problem, const IltPlan& plan) {
  IltTables tables;
  const auto with_transpose = [](std::vector<float> matrix, int rows, int cols,
                                 std::vector<float>& plain, std::vector<float>& transpose) {
    transpose = transposed(matrix, rows, cols);
    plain = std::move(matrix);
  };
  with_transpose(order_table(plan.half_x, plan.cols), plan.order_cols(), plan.cols, tables.order_x,
                 tables.order_xt);
  with_transpose(order_table(plan.half_y, plan.rows), plan.order_rows(), plan.rows, tables.order_y,
                 tables.order_yt);
  with_transpose(image_table(plan.half_x, plan.cols, plan.x.length, problem.pixel_nm,
                             problem.diffusion_nm, 1.0),
                 plan.cols, plan.x.length, tables.image_x, tables.image_xt);
  with_transpose(image_table(plan.half_y, plan.rows, plan.y.length, problem.pixel_nm,
                             problem.diffusion_nm, 1.0 - problem.flare),
                 plan.rows, plan.y.length, tables.image_y, tables.image_yt);
  tables.roots_x = roots(plan.x.length);
  tables.roots_y = roots(plan.y.length);
  for (const SocsStack::Condition& condition : problem.stack.conditions)
    for (const std::complex<double>& h : condition.coefficients)
      tables.kernels.push_back({static_cast<float>(h.real()), static_cast<float>(h.imag())});
  return tables;
}

std::size_t place(const IltPlan& plan, int clips, int scratch_blocks, char* base,
                  IltArrays& arrays) {
  std::size_t used = 0;
  const auto give = [&]<class T>(T*& array, std::size_t count) {
    array = base == nullptr ? nullptr : reinterpret_cast<T*>(base + used);
    used += (count * sizeof(T) + k_alignment - 1) / k_alignment * k_alignment;
  };
  const auto count = [](auto... factors) { return (static_cast<std::size_t>(factors) * ...); };
  const int nx = plan.x.length, ny = plan.y.length;
  give(arrays.terms, 1);
  give(arrays.order_x, count(plan.order_cols(), plan.cols));
  give(arrays.order_xt, count(plan.order_cols(), plan.cols));
  give(arrays.order_y, count(plan.order_rows(), plan.rows));
  give(arrays.order_yt, count(plan.order_rows(), plan.rows));
  give(arrays.image_x, count(plan.cols, nx));
  give(arrays.image_xt, count(plan.cols, nx));
  give(arrays.image_y, count(plan.rows, ny));
  give(arrays.image_yt, count(plan.rows, ny));
  give(arrays.roots_x, count(nx));
  give(arrays.roots_y, count(ny));
  give(arrays.kernels, count(plan.kernels, plan.orders()));
  give(arrays.groups, plan.groups.size());
  give(arrays.first_group, plan.first_group.size());
  give(arrays.socs_scratch, count(scratch_blocks) * plan.socs().bytes());

  for (float** array : {&arrays.parameters, &arrays.gradient, &arrays.moment1, &arrays.moment2,
                        &arrays.target, &arrays.free, &arrays.weight, &arrays.mask})
    give(*array, count(clips, plan.pixels()));
  give(arrays.images, count(clips, plan.conditions, plan.pixels()));
  give(arrays.half_changed, std::max({count(clips, plan.rows, plan.order_cols()),
                                      count(clips, plan.order_rows(), plan.cols),
                                      count(clips, plan.conditions, ny, plan.cols)}));
  give(arrays.real_orders, count(clips, plan.orders()));
  give(arrays.orders, count(clips, plan.orders()));
  give(arrays.group_points, count(clips, plan.groups.size(), std::max(plan.points(), 2 * plan.orders())));
  arrays.group_orders = reinterpret_cast<Complex<float>*>(arrays.group_points);
  give(arrays.field, count(clips, plan.conditions, plan.points()));
  give(arrays.share_sums, count(clips, plan.shares, k_pixel_sums));
  give(arrays.clip_sums, count(clips, k_pixel_sums));
  give(arrays.factors, count(clips, 2));
  return used;
}

int scratch_blocks(const IltPlan& plan, std::size_t shared_limit) {
  return plan.socs().bytes() <= shared_limit ? 0 : k_scratch_blocks;
}

int clips_that_fit(const IltPlan& plan, int wanted, std::size_t shared_limit,
                   std::size_t free_bytes) {
  const int blocks = scratch_blocks(plan, shared_limit);
  const auto bytes = [&](int clips) {
    IltArrays arrays;
    return place(plan, clips, blocks, nullptr, arrays) +
           k_optimizer_vectors * vector_bytes(plan, clips);
  };
  // The driver and the other allocations of the process want a little too.
  const std::size_t usable = free_bytes - free_bytes / 16;
  if (bytes(1) > usable)
    throw Error(ErrorCode::out_of_memory,
                "one clip of " + std::to_string(plan.rows) + " x " + std::to_string(plan.cols) +
                    " pixels wants " + std::to_string(bytes(1)) + " bytes on the device, " +
                    std::to_string(free_bytes) + " are free");
  int fits = 1, too_many = std::max(wanted, 1) + 1;
  while (too_many - fits > 1) {
    const int middle = fits + (too_many - fits) / 2;
    (bytes(middle) <= usable ? fits : too_many) = middle;
  }
  return fits;
}

}  // namespace reticle::cuda
