// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/distance.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace reticle {

namespace {

// min over j of f(j) + (i - j)^2, by the lower envelope of parabolas. Values are whole numbers.
class Envelope {
 public:
  explicit Envelope(int n)
      : f_(static_cast<std::size_t>(n)), vertex_(f_.size()), from_(f_.size() + 1) {}

  double& operator[](int i) { return f_[static_cast<std::size_t>(i)]; }

  template <class Put>
  void lower(int n, Put put) {
    int count = 0;
    for (int q = 0; q < n; ++q) {
      if (at(q) >= k_no_distance) continue;
      double meet = -1e18;
      while (count > 0) {
        const int v = vertex_[static_cast<std::size_t>(count - 1)];
        meet = (at(q) + double(q) * q - at(v) - double(v) * v) / (2.0 * (q - v));
        if (meet > from_[static_cast<std::size_t>(count - 1)]) break;
        --count;
        meet = -1e18;
      }
      vertex_[static_cast<std::size_t>(count)] = q;
      from_[static_cast<std::size_t>(count++)] = meet;
    }
    for (int i = 0, k = 0; i < n; ++i) {
      if (count == 0) {
        put(i, k_no_distance);
        continue;
      }
      while (k + 1 < count && from_[static_cast<std::size_t>(k + 1)] < i) ++k;
      const int v = vertex_[static_cast<std::size_t>(k)];
      put(i, static_cast<float>(at(v) + double(i - v) * (i - v)));
    }
  }

 private:
  double at(int i) const { return f_[static_cast<std::size_t>(i)]; }
  std::vector<double> f_;
  std::vector<int> vertex_;
  std::vector<double> from_;
};

}  // namespace

Image<float> squared_distance(const BitImage& image) {
  const int rows = image.rows(), cols = image.cols();
  Image<float> out(rows, cols);
  // Along columns the nearest set pixel is found by two passes.
  constexpr float k_none = -1.0f;
  std::vector<float> last(static_cast<std::size_t>(cols), k_none);  // row of the nearest one so far
  std::vector<std::uint8_t> set(static_cast<std::size_t>(image.words()) * BitImage::k_word);
  const auto pass = [&](int y, auto keep) {
    for (int x = 0; x < cols; ++x) set[static_cast<std::size_t>(x)] = image(y, x);
    const float here = static_cast<float>(y);
    for (int x = 0; x < cols; ++x) {
      float& row = last[static_cast<std::size_t>(x)];
      row = set[static_cast<std::size_t>(x)] != 0 ? here : row;
      const float away = here - row, squared = row == k_none ? k_no_distance : away * away;
      out(y, x) = keep(squared, out(y, x));
    }
  };
  for (int y = 0; y < rows; ++y) pass(y, [](float squared, float) { return squared; });
  std::fill(last.begin(), last.end(), k_none);
  for (int y = rows - 1; y >= 0; --y) pass(y, [](float squared, float before) { return squared < before ? squared : before; });
  Envelope envelope(cols);
  for (int y = 0; y < rows; ++y) {
    for (int x = 0; x < cols; ++x) envelope[x] = out(y, x);
    envelope.lower(cols, [&](int x, float value) { out(y, x) = value; });
  }
  return out;
}

}  // namespace reticle
