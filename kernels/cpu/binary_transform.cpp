// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/binary_transform.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "kernels/cpu/phases.h"

namespace reticle::cpu {

namespace {

constexpr int k_block_rows = 64;  // summed in T before they are added in double

}  // namespace

template <class T>
BinaryTransform<T>::BinaryTransform(int rows, int cols, int half_x, int half_y)
    : rows_(rows), cols_(cols), half_x_(half_x), half_y_(half_y),
      groups_((2 * (half_x + 1) + k_lanes - 1) / k_lanes),
      ends_(static_cast<std::size_t>(cols + 1) * static_cast<std::size_t>(groups_), Lanes<T>{}),
      lines_(static_cast<std::size_t>(k_block_rows) * static_cast<std::size_t>(groups_), Lanes<T>{}) {
  const Phases along_x(cols), along_y(rows);
  for (int x = 0; x <= cols; ++x)
    for (int m = 0; m <= half_x; ++m) {
      const auto set = [&](int place, double value) {
        ends_[static_cast<std::size_t>(x * groups_ + place / k_lanes)][place % k_lanes] = static_cast<T>(value);
      };
      if (m == 0) {
        set(0, static_cast<double>(x) / cols);
        continue;
      }
      // exp(-i t) / (-2 i s) = (sin t + i cos t) / (2 s)
      const double twice_sine = 2.0 * along_x.sin(m) * cols;
      set(m, along_x.sin(2L * m * x) / twice_sine);
      set(half_x + 1 + m, along_x.cos(2L * m * x) / twice_sine);
    }
  for (int n = 0; n <= half_y; ++n)
    for (int y = 0; y < rows; ++y) {
      const long numerator = static_cast<long>(n) * (2 * y + 1);
      cosine_.push_back(static_cast<T>(along_y.cos(numerator)));
      sine_.push_back(static_cast<T>(along_y.sin(numerator)));
    }
  sums_.resize(static_cast<std::size_t>(half_y + 1) * 2 * static_cast<std::size_t>(groups_ * k_lanes));
}

template <class T>
void BinaryTransform<T>::sum_row(const std::uint8_t* pixels, Lanes<T>* sums) const {
  std::fill_n(sums, groups_, Lanes<T>{});
  std::uint8_t before = 0;
  const auto end_at = [&](int x) {
    const Lanes<T>* end = ends_.data() + static_cast<std::ptrdiff_t>(x) * groups_;
    if (before != 0)
      for (int g = 0; g < groups_; ++g) sums[g] += end[g];
    else
      for (int g = 0; g < groups_; ++g) sums[g] -= end[g];
    before ^= 1;
  };
  constexpr int k_word = 8;  // pixels looked at together
  int x = 0;
  for (; x + k_word <= cols_; x += k_word) {
    std::uint64_t word;
    std::memcpy(&word, pixels + x, sizeof word);
    for (std::uint64_t changed = word ^ (word << 8 | before); changed != 0; changed &= changed - 1)
      end_at(x + std::countr_zero(changed) / 8);
  }
  for (; x < cols_; ++x)
    if (pixels[x] != before) end_at(x);
  if (before != 0) end_at(cols_);
}

// The sums along y over the rows of a block from `first` on, which lines_ holds.
template <class T>
void BinaryTransform<T>::add_block(int first, int count) {
  double* to = sums_.data();
  for (int n = 0; n <= half_y_; ++n) {
    const T* c = cosine_.data() + static_cast<std::ptrdiff_t>(n) * rows_ + first;
    const T* s = sine_.data() + static_cast<std::ptrdiff_t>(n) * rows_ + first;
    for (int g = 0; g < groups_; ++g) {
      Lanes<T> with_cosine{}, with_sine{};
      const Lanes<T>* line = lines_.data() + g;
      for (int y = 0; y < count; ++y, line += groups_) {
        with_cosine += *line * c[y];
        with_sine += *line * s[y];
      }
      for (int lane = 0; lane < k_lanes; ++lane) {
        to[g * k_lanes + lane] += static_cast<double>(with_cosine[lane]);
        to[(groups_ + g) * k_lanes + lane] += static_cast<double>(with_sine[lane]);
      }
    }
    to += 2 * groups_ * k_lanes;
  }
}

template <class T>
void BinaryTransform<T>::analyze(ImageView<const std::uint8_t> image, Spectrum<T>& spectrum) {
  std::fill(sums_.begin(), sums_.end(), 0.0);
  for (int first = 0; first < rows_; first += k_block_rows) {
    const int count = std::min(k_block_rows, rows_ - first);
    for (int y = 0; y < count; ++y) {
      Lanes<T>* line = lines_.data() + static_cast<std::ptrdiff_t>(y) * groups_;
      const std::uint8_t* pixels = image.row(first + y);
      if (y > 0 && std::memcmp(pixels, image.row(first + y - 1), static_cast<std::size_t>(cols_)) == 0)
        std::copy_n(line - groups_, groups_, line);
      else
        sum_row(pixels, line);
    }
    add_block(first, count);
  }
  // Of R_m = re + i im: sum R exp(-+ i n v) = (sum R cos) -+ i (sum R sin).
  const double scale = 1.0 / rows_;
  for (int n = 0; n <= half_y_; ++n) {
    const double* with_cosine = sums_.data() + static_cast<std::ptrdiff_t>(n) * 2 * groups_ * k_lanes;
    const double* with_sine = with_cosine + groups_ * k_lanes;
    for (int m = 0; m <= half_x_; ++m) {
      const std::complex<double> c{with_cosine[m], with_cosine[half_x_ + 1 + m]};
      const std::complex<double> is{-with_sine[half_x_ + 1 + m], with_sine[m]};
      const std::complex<T> plus(scale * (c - is)), minus(scale * (c + is));
      spectrum.at(m, n) = plus;
      spectrum.at(m, -n) = minus;
      spectrum.at(-m, -n) = std::conj(plus);
      spectrum.at(-m, n) = std::conj(minus);
    }
  }
}

template class BinaryTransform<float>;
template class BinaryTransform<double>;

}  // namespace reticle::cpu
