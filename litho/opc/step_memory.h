// SPDX-License-Identifier: Apache-2.0
// What one step's conjugate gradients learn of their matrix, for the next step's.
#pragma once

#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

namespace reticle {

// Pairs of a direction and the matrix times it, and the inverse that they make of a rough one: the limited-memory form
// of Broyden, Fletcher, Goldfarb and Shanno [Nocedal & Wright 2006, algorithm 7.4].
class StepMemory {
 public:
  void add(std::vector<double> direction, std::vector<double> image, double curvature) {
    pairs_.push_back({std::move(direction), std::move(image), curvature});
  }

  template <class Rough>
  std::vector<double> inverse(std::vector<double> v, const Rough& rough) const {
    std::vector<double> shares;
    for (auto pair = pairs_.rbegin(); pair != pairs_.rend(); ++pair) {
      shares.push_back(product(pair->direction, v) / pair->curvature);
      add_to(v, -shares.back(), pair->image);
    }
    v = rough(std::move(v));
    if (!pairs_.empty()) {
      const Pair& last = pairs_.back();
      const double scale = last.curvature / product(last.image, rough(last.image));
      for (double& value : v) value *= scale;
    }
    for (const Pair& pair : pairs_) {
      add_to(v, shares.back() - product(pair.image, v) / pair.curvature, pair.direction);
      shares.pop_back();
    }
    return v;
  }

 private:
  struct Pair {
    std::vector<double> direction, image;
    double curvature;  // of the matrix along the direction
  };
  static double product(const std::vector<double>& a, const std::vector<double>& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
  }
  static void add_to(std::vector<double>& v, double share, const std::vector<double>& w) {
    for (std::size_t i = 0; i < v.size(); ++i) v[i] += share * w[i];
  }
  std::vector<Pair> pairs_;
};

}  // namespace reticle
