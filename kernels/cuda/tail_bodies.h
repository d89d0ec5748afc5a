// SPDX-License-Identifier: Apache-2.0
// The tails of conditions (kernels/engine/tail_orders.h) on real tables of orders, cosines before sines, and their
// transpose.
#pragma once

#include "kernels/cuda/pixel_bodies.h"

namespace reticle::cuda {

struct Tails {
  static constexpr int k_max_terms = 8;
  // Of each condition's terms; decay is 2 pi^2 s^2.
  float weight[pixel::k_max_conditions][k_max_terms] = {};
  float decay[pixel::k_max_conditions][k_max_terms] = {};
  int terms = 0;  // of the condition with most
  float step_x = 0.0f, step_y = 0.0f;  // frequency of order 1, per nm
  float power_step = 1.0f;             // of the mask's power by what is drawn
  float power_offset = 0.0f;           // at order 0, beside the step times it

  // A term is 0 below a millionth.
  RETICLE_HD float factor(int condition, int m, int n) const {
    const float fx = step_x * static_cast<float>(m), fy = step_y * static_cast<float>(n);
    const float squared = fx * fx + fy * fy;
    float sum = 0.0f;
    for (int t = 0; t < terms; ++t) {
      const float power = decay[condition][t] * squared;
      if (power <= 13.8155f) sum += weight[condition][t] * expf(-power);
    }
    return sum;
  }
};

// An order table's row or column: order and kind.
struct TablePlace {
  int order;
  bool sine;
  RETICLE_HD TablePlace(int at, int half) : order(at > half ? at - half : at), sine(at > half) {}
  RETICLE_HD int in(int half) const { return sine ? half + order : order; }
};

// Adds the tails of the masks to the orders of images.
struct AddTails {
  static constexpr int k_threads = cuda::k_threads;
  static constexpr std::size_t k_shared = 0;
  Tails tails;
  const Complex<float>* masks;  // [clip][order], offset and all
  float* images;                // [clip][condition][4 half_y + 1][4 half_x + 1]
  int half_x, half_y, conditions;
  long clips;
  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char*) const {
    const int cols = 4 * half_x + 1, size = cols * (4 * half_y + 1);
    const int mask_cols = 2 * half_x + 1, mask_size = mask_cols * (2 * half_y + 1);
    share(block, index, clips * conditions * size, [&](long i) {
      const long image = i / size, clip = image / conditions;
      const int place = static_cast<int>(i % size);
      const TablePlace x(place % cols, 2 * half_x), y(place / cols, 2 * half_y);
      if (x.order > half_x || y.order > half_y) return;
      const float factor = tails.factor(static_cast<int>(image % conditions), x.order, y.order);
      if (factor == 0.0f) return;
      const auto order = [&](int m, int n) {
        return masks[clip * mask_size + (n + half_y) * mask_cols + m + half_x];
      };
      const float drawn = pixel::real_from_orders(order, half_x, half_y, y.in(half_y), x.in(half_x), 1.0f);
      images[i] += factor * (tails.power_step * drawn + (place == 0 ? tails.power_offset : 0.0f));
    });
  }
};

// Adds what the gradient by the orders of images is, through the tails, by the weights of the masks' real tables.
struct AddTailGradient {
  static constexpr int k_threads = cuda::k_threads;
  static constexpr std::size_t k_shared = 0;
  Tails tails;
  const float* d_images;  // [clip][condition][4 half_y + 1][4 half_x + 1]
  float* real;            // [clip][2 half_y + 1][2 half_x + 1]
  int half_x, half_y, conditions;
  long clips;
  float scale;
  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char*) const {
    const int cols = 4 * half_x + 1, size = cols * (4 * half_y + 1);
    const int mask_cols = 2 * half_x + 1, mask_size = mask_cols * (2 * half_y + 1);
    share(block, index, clips * mask_size, [&](long i) {
      const long clip = i / mask_size;
      const int at = static_cast<int>(i % mask_size);
      const TablePlace x(at % mask_cols, half_x), y(at / mask_cols, half_y);
      const int place = y.in(2 * half_y) * cols + x.in(2 * half_x);
      const float twice = (x.order > 0 ? 2.0f : 1.0f) * (y.order > 0 ? 2.0f : 1.0f);
      for (int c = 0; c < conditions; ++c) {
        const float factor = tails.factor(c, x.order, y.order);
        if (factor != 0.0f)
          real[i] += scale * twice * tails.power_step * factor * d_images[(clip * conditions + c) * size + place];
      }
    });
  }
};

}  // namespace reticle::cuda
