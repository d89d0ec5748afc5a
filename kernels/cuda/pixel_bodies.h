// SPDX-License-Identifier: Apache-2.0
// The bodies that go over pixels, orders and parts: one item, one number; sums in a fixed order.
#pragma once

#include <cstddef>

#include "kernels/cuda/block.h"
#include "kernels/engine/ilt_batch.h"
#include "kernels/pixel/adam.h"
#include "kernels/pixel/band_terms.h"
#include "kernels/pixel/regularity.h"
#include "kernels/pixel/sigmoid.h"
#include "kernels/pixel/window_terms.h"

namespace reticle::cuda {

using pixel::Complex;

// Runs function(item) for the block's share of `count` items.
inline constexpr int k_items = 4 * k_threads;
inline long blocks_over(long count) { return (count + k_items - 1) / k_items; }  // such shares

template <class Block, class Function>
RETICLE_HD void share(Block& block, int index, long count, Function function) {
  const long first = static_cast<long>(index) * k_items;
  const long left = count - first;
  block.each(left < k_items ? static_cast<int>(left) : k_items, [&](int i) { function(first + i); });
}

// What steps of an iteration read from the device: the terms, and where its losses go.
struct StepTerms {
  IltTerms terms;
  int evaluation;  // of those kept
  int moves;       // whether the parameters go the step below first
  pixel::AdamFactors adam;
};

// What Adam's step goes by and changes.
struct Moved {
  const float* gradient;
  float* parameters;
  float* moment1;
  float* moment2;
  RETICLE_HD float step(const pixel::AdamFactors& factors, long i) const {
    float p = parameters[i];
    pixel::adam(factors, gradient[i], p, moment1[i], moment2[i]);
    parameters[i] = p;
    return p;
  }
};

// The step of the iteration before, where one waits for this, and the mask of where it leads.
struct MaskOfParameters {
  static constexpr int k_threads = cuda::k_threads;
  static constexpr std::size_t k_shared = 0;
  const StepTerms* terms;
  Moved moved;
  const float* unresolved;  // or nullptr
  float* mask;
  long count;
  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char*) const {
    const float slope = terms->terms.mask_slope;
    const bool moves = terms->moves != 0;
    const pixel::AdamFactors factors = terms->adam;
    share(block, index, count, [&](long i) {
      const float m = pixel::sigmoid(slope * (moves ? moved.step(factors, i) : moved.parameters[i]));
      mask[i] = unresolved == nullptr ? m : m + unresolved[i];
    });
  }
};

// Real sums [clip][2 half_y + 1][2 half_x + 1] to orders of the same shape.
struct OrdersFromReal {
  static constexpr int k_threads = cuda::k_threads;
  static constexpr std::size_t k_shared = 0;
  const float* real;
  Complex<float>* orders;
  int half_x, half_y;
  long clips;
  float scale;
  Complex<float> offset;  // of order 0
  RETICLE_HD int size() const { return (2 * half_x + 1) * (2 * half_y + 1); }
  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char*) const {
    share(block, index, clips * size(), [&](long i) {
      const int order = static_cast<int>(i % size()), cols = 2 * half_x + 1;
      const Complex<float> drawn = pixel::order_from_real(real + (i - order), half_x, half_y,
                                                          order % cols - half_x, order / cols - half_y, scale);
      orders[i] = order == size() / 2 ? drawn + offset : drawn;
    });
  }
};

// Sums the groups of each condition: parts [clip][group][size] to sums [clip][condition][size].
struct SumGroups {
  static constexpr int k_threads = cuda::k_threads;
  static constexpr std::size_t k_shared = 0;
  const float* parts;
  const int* first_group;  // [condition + 1]
  float* sums;
  int size, groups, conditions;
  long clips;
  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char*) const {
    share(block, index, clips * conditions * size, [&](long i) {
      const long image = i / size, clip = image / conditions;
      const int point = static_cast<int>(i % size), condition = static_cast<int>(image % conditions);
      float sum = 0.0f;
      for (int g = first_group[condition]; g < first_group[condition + 1]; ++g)
        sum += parts[(clip * groups + g) * size + point];
      sums[i] = sum;
    });
  }
};

// The orders of images [image][order] and what the resist leaves of each.
struct OrderFilter {
  const float* factors;
  float* orders;
  int size;
  long images;
  RETICLE_HD long items() const { return images * size; }
};

// Image orders as the resist sees them: filtered, and flare follows the mask's mean.
struct FilterImage {
  static constexpr int k_threads = cuda::k_threads;
  static constexpr std::size_t k_shared = 0;
  OrderFilter filter;
  const Complex<float>* masks;  // [clip][order]
  int mask_orders, conditions;
  float flare, flare_offset;
  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char*) const {
    share(block, index, filter.items(), [&](long i) {
      const long image = i / filter.size, place = i - image * filter.size;
      float order = filter.orders[i] * filter.factors[place];
      if (place == 0)
        order += flare * masks[image / conditions * mask_orders + mask_orders / 2].re + flare_offset;
      filter.orders[i] = order;
    });
  }
};

// Its transpose: keeps the gradient by the mean of each image, which the flare goes by.
struct FilterGradient {
  static constexpr int k_threads = cuda::k_threads;
  static constexpr std::size_t k_shared = 0;
  OrderFilter filter;
  float* image_sums;
  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char*) const {
    share(block, index, filter.items(), [&](long i) {
      const long image = i / filter.size, place = i - image * filter.size;
      if (place == 0) image_sums[image] = filter.orders[i];
      filter.orders[i] *= filter.factors[place];
    });
  }
};

// Along one axis of order tables [image][order y][order x], cosines 0..half, then sines 1..half, each times
// its factor: the derivative's, cos' = -k sin and sin' = k cos; its transpose is the negative.
struct DerivativeOrders {
  static constexpr int k_threads = cuda::k_threads;
  static constexpr std::size_t k_shared = 0;
  const float* factors;  // [order y][order x]
  const float* from;
  float* to;
  int rows, cols;
  long images;
  int along_x;  // else along y
  float wave;   // k of order 1, per nm
  int add;      // to what is there: the transpose
  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char*) const {
    const int size = rows * cols;
    share(block, index, images * size, [&](long i) {
      const int place = static_cast<int>(i % size), row = place / cols, col = place % cols;
      const int axis = along_x ? col : row, half = ((along_x ? cols : rows) - 1) / 2;
      const bool sine = axis > half;
      const int order = sine ? axis - half : axis;
      const int partner = sine ? order : order + half;
      float value = 0.0f;
      if (order > 0) {
        const long at = i - place + (along_x ? static_cast<long>(row) * cols + partner
                                             : static_cast<long>(partner) * cols + col);
        value = (sine ? -wave : wave) * static_cast<float>(order) * factors[place] * from[at];
      }
      to[i] = add ? to[i] - value : value;
    });
  }
};

// The size of the gradient onto the images; its direction stays.
struct AddSlope {
  static constexpr int k_threads = cuda::k_threads;
  static constexpr std::size_t k_shared = 0;
  float *images, *x, *y;
  long count;
  float slope_nm;
  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char*) const {
    share(block, index, count, [&](long i) {
      const float size = sqrtf(x[i] * x[i] + y[i] * y[i] + 1e-9f * 1e-9f);
      images[i] += slope_nm * size;
      x[i] /= size;
      y[i] /= size;
    });
  }
};

// The gradient by the derivatives, in the direction's place.
struct WeightSlope {
  static constexpr int k_threads = cuda::k_threads;
  static constexpr std::size_t k_shared = 0;
  const float* d_images;
  float *x, *y;
  long count;
  float slope_nm;
  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char*) const {
    share(block, index, count, [&](long i) {
      x[i] *= slope_nm * d_images[i];
      y[i] *= slope_nm * d_images[i];
    });
  }
};

// Sums the adjoint's groups of all conditions and turns orders into the weights of the real tables; the
// mean's holds the flare of all images too.
struct RealFromGroups {
  static constexpr int k_threads = cuda::k_threads;
  static constexpr std::size_t k_shared = 0;
  const Complex<float>* parts;  // [clip][group][order]
  float* real;                  // [clip][2 half_y + 1][2 half_x + 1]
  int half_x, half_y, groups;
  long clips;
  float scale;
  const float* image_sums;  // [clip][condition]
  int conditions;
  float flare;
  RETICLE_HD int size() const { return (2 * half_x + 1) * (2 * half_y + 1); }
  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char*) const {
    share(block, index, clips * size(), [&](long i) {
      const long clip = i / size();
      const int place = static_cast<int>(i % size()), cols = 2 * half_x + 1;
      const auto order = [&](int m, int n) {
        const long at = (n + half_y) * cols + m + half_x;
        Complex<float> sum{0.0f, 0.0f};
        for (int g = 0; g < groups; ++g) sum = sum + parts[(clip * groups + g) * size() + at];
        return sum;
      };
      float value = pixel::real_from_orders(order, half_x, half_y, place / cols, place % cols, scale);
      if (place == 0)
        for (int c = 0; c < conditions; ++c) value += scale * flare * image_sums[clip * conditions + c];
      real[i] = value;
    });
  }
};

// Sums over a block's pixels of one clip; blocks are [clip][share].
struct PixelSums {
  double fidelity, band, regularity;
};
inline constexpr int k_pixel_sums = sizeof(PixelSums) / sizeof(double);

// Pixels of a clip are shared out among `shares` blocks, at most k_threads of them.
struct ClipPixels {
  int pixels;
  int shares;
  RETICLE_HD int clip(int index) const { return index / shares; }
  // Of the clip's first pixel in [clip][pixel].
  RETICLE_HD std::ptrdiff_t first(int index) const {
    return static_cast<std::ptrdiff_t>(clip(index)) * pixels;
  }
  // function(thread, pixel) in a fixed order for each thread.
  template <class Block, class Function>
  RETICLE_HD void each(Block& block, int index, Function function) const {
    const int step = shares * k_threads;
    block.template threads<k_threads>([&](int thread) {
      for (int i = index % shares * k_threads + thread; i < pixels; i += step) function(thread, i);
    });
  }
};

// Loss terms of each pixel; images become dL/dI in place. Counts: of window_terms().
template <class Counts>
struct WindowLoss {
  static constexpr int k_threads = cuda::k_threads;
  static constexpr std::size_t k_shared = 2 * k_threads * sizeof(double);
  const StepTerms* terms;
  ClipPixels pixels;
  int conditions;
  float area;           // of a pixel, in nm2
  float* images;        // [clip][condition][pixel]
  const float* target;  // [clip][pixel]
  const float* weight;  // or nullptr
  PixelSums* sums;      // [clip][share]

  struct ThreadSums {
    double fidelity, band;
  };

  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char* shared) const {
    double* memory = reinterpret_cast<double*>(shared);
    typename Block::template PerThread<ThreadSums, k_threads> own;
    block.template threads<k_threads>([&](int thread) { own[thread] = {0.0, 0.0}; });
    const std::ptrdiff_t first = pixels.first(index);
    const pixel::ProcessWindow<float> window = terms->terms.window;
    pixels.each(block, index, [&](int thread, int i) {
      float intensity[pixel::k_max_conditions], d_intensity[pixel::k_max_conditions] = {};
      float* image = images + first * conditions + i;
      const int count = Counts::k_conditions > 0 ? Counts::k_conditions : conditions;
      RETICLE_UNROLL
      for (int c = 0; c < count; ++c)
        intensity[c] = image[static_cast<std::ptrdiff_t>(c) * pixels.pixels];
      const auto term = pixel::window_terms<float, Counts>(window, intensity, target[first + i], d_intensity);
      const float w = area * (weight == nullptr ? 1.0f : weight[first + i]);
      ThreadSums& sum = own[thread];
      sum.fidelity += w * term.fidelity;
      sum.band += w * term.band;
      RETICLE_UNROLL
      for (int c = 0; c < count; ++c)
        image[static_cast<std::ptrdiff_t>(c) * pixels.pixels] = w * d_intensity[c];
    });
    block.template threads<k_threads>([&](int thread) {
      memory[thread] = own[thread].fidelity;
      memory[k_threads + thread] = own[thread].band;
    });
    tree_sum<2>(block, memory);
    block.each(1, [&](int) {
      sums[index].fidelity = memory[0];
      sums[index].band = memory[k_threads];
    });
  }
};

// dL/dM of the images, plus regularity, to dL/dp in place.
struct ParameterGradient {
  static constexpr int k_threads = cuda::k_threads;
  static constexpr std::size_t k_shared = k_threads * sizeof(double);
  const StepTerms* terms;
  ClipPixels pixels;
  int rows, cols;
  float pixel_nm;
  const float* mask;
  const float* unresolved;  // or nullptr
  const float* free;        // or nullptr
  float* gradient;
  PixelSums* sums;

  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char* shared) const {
    double* memory = reinterpret_cast<double*>(shared);
    typename Block::template PerThread<double, k_threads> regularity;
    block.template threads<k_threads>([&](int thread) { regularity[thread] = 0.0; });
    const std::ptrdiff_t first = pixels.first(index);
    const IltTerms& of_step = terms->terms;
    const float area = pixel_nm * pixel_nm, slope = of_step.mask_slope;
    const pixel::RegularityWeights weights{of_step.total_variation * pixel_nm, of_step.curvature * area,
                                           of_step.discreteness * area};
    const bool regular = weights.length != 0.0f || weights.bend != 0.0f || weights.grey != 0.0f;
    pixels.each(block, index, [&](int thread, int i) {
      const float m = unresolved == nullptr ? mask[first + i] : mask[first + i] - unresolved[first + i];
      float d = gradient[first + i];
      if (regular) {
        const auto term = pixel::regularity_at(mask + first, rows, cols, i / cols, i % cols, weights);
        regularity[thread] += term.value;
        d += term.derivative;
      }
      d *= m * (1.0f - m) * slope;
      gradient[first + i] = free == nullptr ? d : d * free[first + i];
    });
    block.template threads<k_threads>([&](int thread) { memory[thread] = regularity[thread]; });
    tree_sum<1>(block, memory);
    block.each(1, [&](int) { sums[index].regularity = memory[0]; });
  }
};

// The sums over a clip's shares, at most k_threads, in a fixed order: of Count numbers that lie side by side.
template <int Count, class Block>
RETICLE_HD void sum_of_shares(Block& block, const double* parts, int shares, double* memory) {
  block.template threads<k_threads>([&](int thread) {
    for (int v = 0; v < Count; ++v) memory[v * k_threads + thread] = thread < shares ? parts[thread * Count + v] : 0.0;
  });
  tree_sum<Count>(block, memory);
}

// Kept as the losses of the evaluation at hand; a block a clip.
struct KeepLosses {
  static constexpr int k_threads = cuda::k_threads;
  static constexpr std::size_t k_shared = k_pixel_sums * k_threads * sizeof(double);
  const StepTerms* terms;
  const double* parts;  // [clip][share][k_pixel_sums]
  double* losses;       // [evaluation][clip][k_pixel_sums]
  int shares, clips;
  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char* shared) const {
    double* memory = reinterpret_cast<double*>(shared);
    sum_of_shares<k_pixel_sums>(block, parts + static_cast<std::ptrdiff_t>(index) * shares * k_pixel_sums, shares, memory);
    double* kept = losses + (static_cast<std::ptrdiff_t>(terms->evaluation) * clips + index) * k_pixel_sums;
    block.each(k_pixel_sums, [&](int v) { kept[v] = memory[v * k_threads]; });
  }
};

// [clip][share] to [clip]; a block a clip.
struct SumShares {
  static constexpr int k_threads = cuda::k_threads;
  static constexpr std::size_t k_shared = k_threads * sizeof(double);
  const double* parts;
  double* sums;
  int shares;
  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char* shared) const {
    double* memory = reinterpret_cast<double*>(shared);
    sum_of_shares<1>(block, parts + static_cast<std::ptrdiff_t>(index) * shares, shares, memory);
    block.each(1, [&](int) { sums[index] = memory[0]; });
  }
};

// The terms of the loss travel as an argument: launches copy those, so the caller's may change.
struct SetTerms {
  static constexpr int k_threads = cuda::k_threads;
  static constexpr std::size_t k_shared = 0;
  StepTerms value;
  StepTerms* terms;
  template <class Block>
  RETICLE_HD void operator()(Block& block, int, char*) const {
    block.each(1, [&](int) { *terms = value; });
  }
};

struct AdamUpdate {
  static constexpr int k_threads = cuda::k_threads;
  static constexpr std::size_t k_shared = 0;
  pixel::AdamFactors factors;
  Moved moved;
  long count;
  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char*) const {
    share(block, index, count, [&](long i) { moved.step(factors, i); });
  }
};

// target = a[clip] x + b[clip] y
struct Combine {
  static constexpr int k_threads = cuda::k_threads;
  static constexpr std::size_t k_shared = 0;
  const float* factors;  // [clip] a, then [clip] b
  float* target;
  const float* x;
  const float* y;
  long pixels, clips;
  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char*) const {
    share(block, index, pixels * clips, [&](long i) {
      const long clip = i / pixels;
      target[i] = factors[clip] * x[i] + factors[clips + clip] * y[i];
    });
  }
};

struct Fill {
  static constexpr int k_threads = cuda::k_threads;
  static constexpr std::size_t k_shared = 0;
  float* to;
  float value;
  long size;
  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char*) const {
    share(block, index, size, [&](long i) { to[i] = value; });
  }
};

// to = factor from
struct Scaled {
  static constexpr int k_threads = cuda::k_threads;
  static constexpr std::size_t k_shared = 0;
  const float* from;
  float* to;
  float factor;
  long pixels;
  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char*) const {
    share(block, index, pixels, [&](long i) { to[i] = factor * from[i]; });
  }
};

struct Dot {
  static constexpr int k_threads = cuda::k_threads;
  static constexpr std::size_t k_shared = k_threads * sizeof(double);
  ClipPixels pixels;
  const float* x;
  const float* y;
  double* sums;  // [clip][share]
  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char* shared) const {
    double* memory = reinterpret_cast<double*>(shared);
    typename Block::template PerThread<double, k_threads> sum;
    const std::ptrdiff_t first = pixels.first(index);
    block.template threads<k_threads>([&](int thread) { sum[thread] = 0.0; });
    pixels.each(block, index, [&](int thread, int i) {
      sum[thread] += static_cast<double>(x[first + i]) * y[first + i];
    });
    block.template threads<k_threads>([&](int thread) { memory[thread] = sum[thread]; });
    tree_sum<1>(block, memory);
    block.each(1, [&](int) { sums[index] = memory[0]; });
  }
};

}  // namespace reticle::cuda
