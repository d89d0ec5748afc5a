// SPDX-License-Identifier: Apache-2.0
// Whole parts of half a turn.
#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

namespace reticle::cpu {

// sin and cos of pi numerator / size, reduced in integers.
class Phases {
 public:
  explicit Phases(int size) {
    for (int i = 0; i < 2 * size; ++i) {
      const double phase = std::numbers::pi * i / size;
      sine_.push_back(std::sin(phase)), cosine_.push_back(std::cos(phase));
    }
  }
  double sin(long numerator) const { return sine_[static_cast<std::size_t>(numerator) % sine_.size()]; }
  double cos(long numerator) const { return cosine_[static_cast<std::size_t>(numerator) % cosine_.size()]; }

 private:
  std::vector<double> sine_, cosine_;
};

}  // namespace reticle::cpu
