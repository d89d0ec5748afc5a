// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/pixel_rows.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "kernels/cpu/aligned.h"

namespace reticle::cpu {
namespace {

std::vector<Width> widths() {
  return widest() == Width::sixteen ? std::vector{Width::eight, Width::sixteen} : std::vector{Width::eight};
}

// Random strips, from nearly empty to nearly full, against the pixels within each step's reach one by one.
TEST(PixelRows, StripsSpreadByEveryStepOfADisc) {
  constexpr int k_count = 20, k_reach = 5;
  const std::vector<DiscStep> steps{{1, 1}, {3, 1}, {3, 2}, {5, 0}};
  std::mt19937_64 random(6);
  for (const Width width : widths())
    for (const Spread spread : {Spread::dilate, Spread::erode})
      for (const int sparse : {1, 3, 6, 9}) {
        const int words = strip_words(width), pixels = 64 * (words + 2);
        AlignedVector<std::uint64_t> rows(static_cast<std::size_t>((k_count + 2 * k_reach) * 2 * words));
        for (std::uint64_t& word : rows) {
          word = random();
          for (int i = 1; i < sparse; ++i) word &= random();
          if (spread == Spread::erode) word = ~word;
        }
        std::vector<std::uint64_t> out(static_cast<std::size_t>(k_count * words));
        spread_strip(width, spread,
                     {.rows = rows.data(), .count = k_count, .reach = k_reach, .steps = steps.data(),
                      .step_count = static_cast<int>(steps.size()), .out = out.data(), .out_pitch = words, .out_words = words});

        // Pixel x of the word on the left and all to its right; a row is one of those given.
        const auto given = [&](int row, int x) {
          const std::uint64_t* from = rows.data() + row * 2 * words;
          const int word = x / 64 - 1;
          return (from[word < 0 ? words : word == words ? words + 1 : word] >> (x % 64) & 1) != 0;
        };
        const bool joins = spread == Spread::dilate;
        int wrong = 0;
        for (int y = 0; y < k_count; ++y)
          for (int x = 64; x < pixels - 64; ++x) {
            bool any = false;
            // Columns: within 1 row up to 4 away, within 3 up to 3, within 5 the own one.
            for (int dy = -5; dy <= 5; ++dy)
              for (int dx = -4; dx <= 4; ++dx) {
                const int height = std::abs(dx) > 3 ? 1 : std::abs(dx) > 0 ? 3 : 5;
                if (std::abs(dy) <= height) any |= given(y + k_reach + dy, x + dx) == joins;
              }
            const bool made = (out[static_cast<std::size_t>(y * words + x / 64 - 1)] >> (x % 64) & 1) != 0;
            wrong += made != (any == joins);
          }
        EXPECT_EQ(wrong, 0) << words << " words, " << sparse;
      }
}

TEST(PixelRows, WeightedSumsAreThoseOfTheirTerms) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> uniform(-1.0f, 1.0f);
  for (const int cols : {1, 7, 16, 100, 257}) {
    std::vector<std::vector<float>> rows(5, std::vector<float>(static_cast<std::size_t>(cols)));
    std::vector<float> weights(rows.size()), first;
    std::vector<const float*> from;
    for (float& weight : weights) weight = uniform(random);
    for (auto& row : rows) {
      for (float& value : row) value = uniform(random);
      from.push_back(row.data());
    }
    for (const Width width : widths()) {
      std::vector<float> sums(static_cast<std::size_t>(cols));
      weighted_sum(width, weights.data(), 5, from.data(), cols, sums.data());
      for (std::size_t x = 0; x < sums.size(); ++x) {
        double sum = 0.0;
        for (std::size_t k = 0; k < rows.size(); ++k) sum += static_cast<double>(weights[k]) * static_cast<double>(rows[k][x]);
        EXPECT_NEAR(sums[x], sum, 1e-6) << x << " of " << cols;  // five roundings of sums up to 5
      }
      if (first.empty()) first = sums;
      EXPECT_EQ(sums, first);  // whatever the width
    }
  }
}

}  // namespace
}  // namespace reticle::cpu
