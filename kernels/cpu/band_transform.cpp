// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/band_transform.h"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>

#include "kernels/cpu/phases.h"

namespace reticle::cpu {

namespace {

constexpr int k_wide = 2;        // lane groups in a tile

// Sums over n numbers, a multiple of k_lanes, for Count orders of a table, two apart: u.c, v.c, w.s, z.s. Independent
// chains keep the adders busy.
template <class T>
struct FourSums {
  T uc, vc, ws, zs;
};
template <int Count, class T>
std::array<FourSums<T>, 2> four_dots(const T* u, const T* v, const T* w, const T* z, const T* c, const T* s, int pitch,
                                     int n) {
  Lanes<T> sums[8]{};
  for (int i = 0; i < n; i += k_lanes) {
    const Lanes<T> a = load_lanes<Lanes<T>>(u + i), b = load_lanes<Lanes<T>>(v + i);
    const Lanes<T> d = load_lanes<Lanes<T>>(w + i), e = load_lanes<Lanes<T>>(z + i);
    for (int k = 0; k < Count; ++k) {
      const Lanes<T> cosine = load_lanes<Lanes<T>>(c + 2 * k * pitch + i), sine = load_lanes<Lanes<T>>(s + 2 * k * pitch + i);
      sums[4 * k] += a * cosine;
      sums[4 * k + 1] += b * cosine;
      sums[4 * k + 2] += d * sine;
      sums[4 * k + 3] += e * sine;
    }
  }
  const Lanes<T> r = sums_of_lanes<T>(sums);
  return {{{r[0], r[1], r[2], r[3]}, {r[4], r[5], r[6], r[7]}}};
}

int twice_offset_of(Samples samples) { return samples == Samples::at_centres ? 1 : 0; }

}  // namespace

template <class T>
BandTransform<T>::QuadAxis::QuadAxis(int size_, int half_, Samples where, int padding)
    : size(size_), half(half_), twice_offset(twice_offset_of(where)) {
  std::vector<bool> listed(static_cast<std::size_t>(size), false);
  const auto take = [&](int sample) {
    if (sample < 0 || listed[static_cast<std::size_t>(sample)]) return -1;
    listed[static_cast<std::size_t>(sample)] = true;
    return sample;
  };
  const auto mirror = [&](int sample) { return (2 * size - sample - twice_offset) % size; };
  for (int j = 0; j < size; ++j) {
    if (listed[static_cast<std::size_t>(j)]) continue;
    const int other = size % 2 == 0 ? (size + size / 2 - j - twice_offset) % size : -1;
    std::array<int, 4> quad{take(j), take(mirror(j)), take(other), -1};
    if (quad[2] >= 0) quad[3] = take(mirror(other));
    samples.push_back(quad);
  }
  pitch = (quads() + padding - 1) / padding * padding;
  const Phases phases(size);  // exact for any size
  for (int order = 0; order <= half; ++order) {
    for (const auto& quad : samples) {
      const long steps = static_cast<long>(order) * (2 * quad[0] + twice_offset);
      cosine.push_back(static_cast<T>(phases.cos(steps)));
      sine.push_back(static_cast<T>(phases.sin(steps)));
    }
    const auto filled = static_cast<std::size_t>(order + 1) * static_cast<std::size_t>(pitch);
    cosine.resize(filled);
    sine.resize(filled);
  }
  regular_begin = 0;
  while (regular_begin < quads() && !is_regular(regular_begin)) ++regular_begin;
  regular_end = regular_begin;
  while (regular_end < quads() && is_regular(regular_end)) ++regular_end;
}

template <class T>
BandTransform<T>::BandTransform(int rows, int cols, int half_x, int half_y, Samples samples, Width width)
    : width_(width), x_(cols, half_x, samples, k_tile_cols), y_(rows, half_y, samples, 1), tiles_((cols + k_tile_cols - 1) / k_tile_cols) {
  columns_ = columns();
  factors_.resize(4 * static_cast<std::size_t>(half_x + 1));
  line_.assign(static_cast<std::size_t>(8 * x_.pitch + 2 * tiles_ * k_tile_cols), T{});
}

template <class T>
void BandTransform<T>::gather_row(const Columns& columns, int n, int part, T* row) const {
  for (int tile = 0; tile < tiles_; ++tile)
    std::memcpy(row + tile * k_tile_cols, columns.data() + place_of(tile, n) + part * k_wide, k_tile_cols * sizeof(T));
}

template <class T>
void BandTransform<T>::scatter_row(int n, int part, const T* row, Columns& columns) const {
  for (int tile = 0; tile < tiles_; ++tile)
    std::memcpy(columns.data() + place_of(tile, n) + part * k_wide, row + tile * k_tile_cols, k_tile_cols * sizeof(T));
}

template <class T>
std::array<typename BandTransform<T>::Folded, 2> BandTransform<T>::folded() {
  T* at = line_.data();
  const auto next = [&] { return std::exchange(at, at + x_.pitch); };
  return {{{next(), next(), next(), next()}, {next(), next(), next(), next()}}};
}

template <class T>
void BandTransform<T>::fold_row(const T* row, T* even_cos, T* even_sin, T* odd_cos, T* odd_sin) const {
  const auto fold = [&](const auto& v, const auto& to) {
    const auto sum = v[0] + v[1], other_sum = v[2] + v[3];
    const auto difference = v[0] - v[1], other_difference = v[2] - v[3];
    to(sum + other_sum, even_cos);
    to(difference - other_difference, even_sin);
    to(sum - other_sum, odd_cos);
    to(difference + other_difference, odd_sin);
  };
  const int back = x_.size - x_.twice_offset - (k_lanes - 1), middle = x_.size / 2;
  int q = 0;
  while (q < x_.quads()) {
    if (q >= x_.regular_begin && q + k_lanes <= x_.regular_end) {
      const Lanes<T> v[4] = {load_lanes<Lanes<T>>(row + q), reversed<T>(load_lanes<Lanes<T>>(row + back - q)),
                             reversed<T>(load_lanes<Lanes<T>>(row + back - middle - q)), load_lanes<Lanes<T>>(row + middle + q)};
      fold(v, [q](const Lanes<T>& value, T* to) { store_lanes(value, to + q); });
      q += k_lanes;
    } else {
      const auto& quad = x_.samples[static_cast<std::size_t>(q)];
      T v[4];
      for (std::size_t i = 0; i < 4; ++i) v[i] = quad[i] < 0 ? T(0) : row[quad[i]];
      fold(v, [q](T value, T* to) { to[q] = value; });
      ++q;
    }
  }
}

template <class T>
void BandTransform<T>::unfold_row(const T* even_cos, const T* even_sin, const T* odd_cos, const T* odd_sin, T* row) const {
  const auto unfold = [](const auto& ec, const auto& es, const auto& oc, const auto& os, auto* v) {
    const auto cos_sum = ec + oc, sin_sum = es + os, other_cos = ec - oc, other_sin = os - es;
    v[0] = cos_sum + sin_sum;
    v[1] = cos_sum - sin_sum;
    v[2] = other_cos + other_sin;
    v[3] = other_cos - other_sin;
  };
  const int back = x_.size - x_.twice_offset - (k_lanes - 1), middle = x_.size / 2;
  int q = 0;
  while (q < x_.quads()) {
    if (q >= x_.regular_begin && q + k_lanes <= x_.regular_end) {
      Lanes<T> v[4];
      unfold(load_lanes<Lanes<T>>(even_cos + q), load_lanes<Lanes<T>>(even_sin + q), load_lanes<Lanes<T>>(odd_cos + q),
             load_lanes<Lanes<T>>(odd_sin + q), v);
      store_lanes(v[0], row + q);
      store_lanes(reversed<T>(v[1]), row + back - q);
      store_lanes(reversed<T>(v[2]), row + back - middle - q);
      store_lanes(v[3], row + middle + q);
      q += k_lanes;
    } else {
      T v[4];
      unfold(even_cos[q], even_sin[q], odd_cos[q], odd_sin[q], v);
      const auto& quad = x_.samples[static_cast<std::size_t>(q)];
      for (std::size_t i = 0; i < 4; ++i)
        if (quad[i] >= 0) row[quad[i]] = v[i];
      ++q;
    }
  }
}

template <class T>
void BandTransform<T>::add(const Piece& piece, const Pixels& pixels, Columns& columns) const {
  const T* from = reinterpret_cast<const T*>(pixels.data());
  T* tile = reinterpret_cast<T*>(columns.data() + place_of(piece.tile, 0));
  if constexpr (std::is_same_v<T, float>)
    if (width_ == Width::sixteen) return wide::add_quads(tables_of_rows(), piece.first_quad, piece.quads, from, tile);
  add_quads<Lanes<T>>(tables_of_rows(), piece.first_quad, piece.quads, from, tile);
}

template <class T>
void BandTransform<T>::read_piece(const Piece& piece, ImageView<const T> image, Lanes<T>* pixels) const {
  for (int i = 0; i < piece.rows(); ++i) {
    const int y = row(piece, i);
    for (int w = 0, x = piece.col(); w < k_wide; ++w, x += k_lanes)
      pixels[i * k_wide + w] = y < 0 ? Lanes<T>{} : load_lanes<Lanes<T>>(image.row(y) + x, x_.size - x);
  }
}

template <class T>
void BandTransform<T>::clear_padding(const Piece& piece, Lanes<T>* pixels) const {
  const int cols = std::min(k_tile_cols, x_.size - piece.col());
  for (int i = 0; i < piece.rows(); ++i) {
    T* values = reinterpret_cast<T*>(pixels + i * k_wide);
    std::fill(values + (row(piece, i) < 0 ? 0 : cols), values + k_tile_cols, T(0));
  }
}

template <class T>
typename BandTransform<T>::ByPieces BandTransform<T>::by_pieces(ImageView<const T> image) const {
  ByPieces pieces = by_pieces();
  for_pieces([&](const Piece& piece) { read_piece(piece, image, pieces.data() + piece.place); });
  return pieces;
}

template <class T>
void BandTransform<T>::to_image(const ByPieces& pieces, ImageView<T> image) const {
  for_pieces([&](const Piece& piece) {
    for (int i = 0; i < piece.rows(); ++i) {
      const int y = row(piece, i);
      if (y < 0) continue;
      for (int w = 0, x = piece.col(); w < k_wide && x < x_.size; ++w, x += k_lanes)
        store_lanes(pieces[piece.place + static_cast<std::size_t>(i * k_wide + w)], image.row(y) + x, x_.size - x);
    }
  });
}

template <class T>
void BandTransform<T>::analyze(ImageView<const T> image, Spectrum<T>& spectrum) {
  std::fill(columns_.begin(), columns_.end(), Lanes<T>{});
  Pixels pixels{};
  for_pieces([&](const Piece& piece) {
    read_piece(piece, image, pixels.data());
    add(piece, pixels, columns_);
  });
  collect(columns_, spectrum);
}

template <class T>
void BandTransform<T>::collect(const Columns& columns, Spectrum<T>& spectrum) {
  const int pitch = x_.pitch, used = (x_.quads() + k_lanes - 1) / k_lanes * k_lanes;
  const T scale = static_cast<T>(1.0 / (static_cast<double>(x_.size) * y_.size));
  T *re = padded_row(0), *im = padded_row(1);
  const auto fold = folded();
  std::fill(line_.data(), re, T(0));
  for (int n = 0; n <= y_.half; ++n) {
    gather_row(columns, n, 0, re);
    gather_row(columns, n, 1, im);
    fold_row(re, fold[0].cos_re, fold[0].sin_re, fold[1].cos_re, fold[1].sin_re);
    fold_row(im, fold[0].cos_im, fold[0].sin_im, fold[1].cos_im, fold[1].sin_im);
    const auto take = [&](int m, const FourSums<T>& sums) {
      const auto [even_re, even_im, odd_re, odd_im] = sums;
      const std::complex<T> plus{scale * (even_re + odd_re), scale * (even_im - odd_im)};
      const std::complex<T> minus{scale * (even_re - odd_re), scale * (even_im + odd_im)};
      spectrum.at(m, n) = plus;
      spectrum.at(-m, n) = minus;
      spectrum.at(-m, -n) = std::conj(plus);
      spectrum.at(m, -n) = std::conj(minus);
    };
    for (int parity = 0; parity <= std::min(1, x_.half); ++parity) {
      const auto& [cos_re, cos_im, sin_im, sin_re] = fold[static_cast<std::size_t>(parity)];
      for (int m = parity; m <= x_.half; m += 4) {
        const T* c = x_.cosine.data() + static_cast<std::ptrdiff_t>(m) * pitch;
        const T* s = x_.sine.data() + static_cast<std::ptrdiff_t>(m) * pitch;
        if (m + 2 <= x_.half) {
          const auto sums = four_dots<2, T>(cos_re, cos_im, sin_im, sin_re, c, s, pitch, used);
          take(m, sums[0]);
          take(m + 2, sums[1]);
        } else {
          take(m, four_dots<1, T>(cos_re, cos_im, sin_im, sin_re, c, s, pitch, used)[0]);
        }
      }
    }
  }
}

template <class T>
void BandTransform<T>::prepare(const Spectrum<T>& spectrum, Columns& columns) {
  const int pitch = x_.pitch;
  T *re = padded_row(0), *im = padded_row(1);
  const auto fold = folded();
  for (int n = 0; n <= y_.half; ++n) {
    // The real part of the sum over n and -n together: Hermitian part, counted twice for n > 0.
    const auto hermitian = [&](int m) {
      const std::complex<T> sum = spectrum.at(m, n) + std::conj(spectrum.at(-m, -n));
      return n == 0 ? sum * T(0.5) : sum;
    };
    // Of orders m and -m: the factors of cos and of sin in the real and the imaginary part.
    for (int m = 0; m <= x_.half; ++m) {
      const std::complex<T> plus = hermitian(m), minus = m == 0 ? std::complex<T>(0) : hermitian(-m);
      const std::complex<T> sum = plus + minus, difference = m == 0 ? std::complex<T>(0) : plus - minus;
      const T factors[4] = {sum.real(), sum.imag(), -difference.imag(), difference.real()};
      std::copy_n(factors, 4, factors_.data() + 4 * m);
    }
    for (int parity = 0; parity < 2; ++parity) {
      const Folded& to = fold[static_cast<std::size_t>(parity)];
      for (int q = 0; q < pitch; q += k_tile_cols) {
        T* const sums[4] = {to.cos_re + q, to.cos_im + q, to.sin_re + q, to.sin_im + q};
        sum_along_x(reinterpret_cast<const T(*)[4]>(factors_.data()) + parity, (x_.half - parity) / 2 + 1,
                    x_.cosine.data() + parity * pitch + q, x_.sine.data() + parity * pitch + q, sums);
      }
    }
    unfold_row(fold[0].cos_re, fold[0].sin_re, fold[1].cos_re, fold[1].sin_re, re);
    unfold_row(fold[0].cos_im, fold[0].sin_im, fold[1].cos_im, fold[1].sin_im, im);
    scatter_row(n, 0, re, columns);
    scatter_row(n, 1, im, columns);
  }
}

template <class T>
void BandTransform<T>::sum_along_x(const T (*factors)[4], int orders, const T* cosine, const T* sine, T* const* to) const {
  if constexpr (std::is_same_v<T, float>)
    if (width_ == Width::sixteen) return wide::sum_along_x(factors, orders, cosine, sine, x_.pitch, to);
  cpu::sum_along_x<Lanes<T>>(factors, orders, cosine, sine, x_.pitch, to);
}

template <class T>
void BandTransform<T>::expand(const Piece& piece, const Columns& columns, Pixels& pixels) const {
  const T* tile = reinterpret_cast<const T*>(columns.data() + place_of(piece.tile, 0));
  T* to = reinterpret_cast<T*>(pixels.data());
  if constexpr (std::is_same_v<T, float>)
    if (width_ == Width::sixteen) return wide::expand_quads(tables_of_rows(), piece.first_quad, piece.quads, tile, to);
  expand_quads<Lanes<T>>(tables_of_rows(), piece.first_quad, piece.quads, tile, to);
}

template <class T>
void BandTransform<T>::synthesize(const Spectrum<T>& spectrum, ImageView<T> image) {
  prepare(spectrum, columns_);
  Pixels pixels;
  for_pieces([&](const Piece& piece) {
    expand(piece, columns_, pixels);
    for (int i = 0; i < piece.rows(); ++i) {
      const int y = row(piece, i);
      if (y < 0) continue;
      for (int w = 0, x = piece.col(); w < k_wide && x < x_.size; ++w, x += k_lanes)
        store_lanes(pixels[static_cast<std::size_t>(i * k_wide + w)], image.row(y) + x, x_.size - x);
    }
  });
}

template class BandTransform<float>;
template class BandTransform<double>;

}  // namespace reticle::cpu
