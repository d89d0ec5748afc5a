// SPDX-License-Identifier: Apache-2.0
// Runs of set pixels in a row of a BitImage.
#pragma once

#include <bit>
#include <cstdint>

namespace reticle {

// Calls take(x0, x1) for every run [x0, x1) of set pixels in a row of words, from the left. The
// word after the row must be clear.
template <class Take>
void for_each_run(const std::uint64_t* row, int words, const Take& take) {
  int begin = -1;
  std::uint64_t before = 0;  // last pixel of the word before
  for (int i = 0; i <= words; ++i) {
    // A run begins or ends where a pixel differs from the one on its left.
    std::uint64_t changes = row[i] ^ (row[i] << 1 | before);
    before = row[i] >> 63;
    for (; changes != 0; changes &= changes - 1) {
      const int x = 64 * i + std::countr_zero(changes);
      if (begin < 0) {
        begin = x;
      } else {
        take(begin, x);
        begin = -1;
      }
    }
  }
}

}  // namespace reticle
