// SPDX-License-Identifier: Apache-2.0
// Binary images dilated and eroded by a disc, V words of 64 pixels at a time (litho/geometry/disc_morphology.h).
//
// The disc is a nest, from the column through its middle outwards, each column reaching less far up and down. With V(h) what
// lies within h rows of a pixel and W(s) what lies within s columns, a disc of columns w1 > w2 > .. of heights h1 < h2 < .. is
//
//   W(wn)(V(hn) + W(w(n-1) - wn)(V(h(n-1)) + .. W(w1 - w2)(V(h1)))).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/cpu/pixel_rows.h"

namespace reticle::cpu {

typedef std::uint64_t Words __attribute__((vector_size(strip_words(Width::eight) * sizeof(std::uint64_t))));
typedef std::uint64_t WideWords __attribute__((vector_size(strip_words(Width::sixteen) * sizeof(std::uint64_t))));
template <class V>
inline constexpr int k_words_of = sizeof(V) / sizeof(std::uint64_t);

namespace disc_loops {

// Words of a row, and those beside them.
template <class V>
struct Row {
  V here, beside;
};

template <class V>
[[gnu::always_inline]] inline Row<V> at(const std::uint64_t* row) {
  const auto* words = static_cast<const V*>(__builtin_assume_aligned(row, sizeof(V)));
  return {words[0], words[1]};
}

// The words to the left of each, and those to the right.
[[gnu::always_inline]] inline Words left_of(const Row<Words>& row) {
  return __builtin_shufflevector(row.here, row.beside, 4, 0, 1, 2);
}
[[gnu::always_inline]] inline Words right_of(const Row<Words>& row) {
  return __builtin_shufflevector(row.here, row.beside, 1, 2, 3, 5);
}
[[gnu::always_inline]] inline WideWords left_of(const Row<WideWords>& row) {
  return __builtin_shufflevector(row.here, row.beside, 8, 0, 1, 2, 3, 4, 5, 6);
}
[[gnu::always_inline]] inline WideWords right_of(const Row<WideWords>& row) {
  return __builtin_shufflevector(row.here, row.beside, 1, 2, 3, 4, 5, 6, 7, 9);
}

[[gnu::always_inline]] inline bool is_zero(const Words& words) {
  const auto two = __builtin_shufflevector(words, words, 0, 1) | __builtin_shufflevector(words, words, 2, 3);
  return (two[0] | two[1]) == 0;
}
[[gnu::always_inline]] inline bool is_zero(const WideWords& words) {
  return is_zero(__builtin_shufflevector(words, words, 0, 1, 2, 3) | __builtin_shufflevector(words, words, 4, 5, 6, 7));
}

}  // namespace disc_loops

// Every pixel becomes what join(a, b) makes of those that the disc reaches. `neutral` words change nothing.
template <class V, class Join>
[[gnu::always_inline]] inline void spread_strip(const DiscStrip& strip, const std::uint64_t neutral, const Join& join) {
  using disc_loops::at, disc_loops::is_zero, disc_loops::left_of, disc_loops::right_of;
  using Row = disc_loops::Row<V>;
  constexpr std::ptrdiff_t k_pitch = 2 * k_words_of<V>;
  constexpr int k_pixels = 64;
  const std::size_t written = static_cast<std::size_t>(strip.out_words) * sizeof(std::uint64_t);
  const auto is_neutral = [&](const Row& row) { return is_zero((left_of(row) ^ neutral) | (right_of(row) ^ neutral)); };
  const std::uint64_t* row = strip.rows;
  int neutral_rows = 0;  // the last ones looked at
  for (int y = 0; y < 2 * strip.reach; ++y, row += k_pitch) neutral_rows = is_neutral(at<V>(row)) ? neutral_rows + 1 : 0;
  for (int y = 0; y < strip.count; ++y, row += k_pitch) {
    const std::uint64_t* own = strip.rows + (y + strip.reach) * k_pitch;
    neutral_rows = is_neutral(at<V>(row)) ? neutral_rows + 1 : 0;
    Row within = at<V>(own);
    V here = within.here;
    if (neutral_rows <= 2 * strip.reach && !is_zero(~(here ^ neutral))) {
      // Pixels of the words on either side need go only towards the middle. What comes in from further out does not get there.
      V left = left_of(within), right = right_of(within);
      int height = 0;
      for (const DiscStep* step = strip.steps; step != strip.steps + strip.step_count; ++step) {
        if (height < step->height) {
          while (height < step->height) {
            ++height;
            const Row below = at<V>(own - height * k_pitch), above = at<V>(own + height * k_pitch);
            within = {join(join(within.here, below.here), above.here), join(join(within.beside, below.beside), above.beside)};
          }
          here = join(here, within.here), left = join(left, left_of(within)), right = join(right, right_of(within));
        }
        if (step->shift == 0) continue;
        const int shift = step->shift, back = k_pixels - shift;
        const V from_left = here << shift | left >> back, from_right = here >> shift | right << back;
        here = join(join(here, from_left), from_right);
        left = join(left, left << shift);
        right = join(right, right >> shift);
        if (neutral != 0 && is_zero(here)) break;  // and stays so
      }
    }
    std::memcpy(strip.out + y * strip.out_pitch, &here, written);
  }
}

template <class V>
[[gnu::always_inline]] inline void spread_strip(Spread spread, const DiscStrip& strip) {
  if (spread == Spread::dilate)
    spread_strip<V>(strip, 0, [](const V& a, const V& b) __attribute__((always_inline)) { return a | b; });
  else
    spread_strip<V>(strip, ~std::uint64_t{0}, [](const V& a, const V& b) __attribute__((always_inline)) { return a & b; });
}

}  // namespace reticle::cpu
