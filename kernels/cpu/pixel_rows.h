// SPDX-License-Identifier: Apache-2.0
// Binary images by words of 64 pixels, and weighted sums of rows, over as many at once as asked for.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/cpu/wide.h"

namespace reticle::cpu {

// Words that are taken together.
constexpr int strip_words(Width width) { return width == Width::sixteen ? 8 : 4; }

// Joins what lies within so many rows, unless it has, then moves so many pixels to either side. To one side alone, too,
// every distance up to the sum of consecutive moves is a sum of some of them.
struct DiscStep {
  int height, shift;
};

// Columns of words of an image, and where they go.
struct DiscStrip {
  // From the first made less `reach` on, each of strip_words() words, the one to their left and the one to their right; the rest
  // of as many words is not looked at. As aligned as they are long.
  const std::uint64_t* rows;
  int count, reach;  // rows made
  const DiscStep* steps;
  int step_count;
  std::uint64_t* out;
  std::ptrdiff_t out_pitch;
  int out_words;  // of a row
};

enum class Spread { dilate, erode };

// Dilates or erodes a strip of strip_words(width) columns of words by a disc (disc_loops.h).
void spread_strip(Width width, Spread spread, const DiscStrip& strip);

// to[x] = sum over k of weights[k] from[k][x], in the order of k.
void weighted_sum(Width width, const float* weights, int count, const float* const* from, int cols, float* to);

}  // namespace reticle::cpu
