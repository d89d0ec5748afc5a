// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/band_transform.h"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>

#include "kernels/base/error.h"
#include "kernels/cpu/phases.h"
#include "kernels/cpu/x_loops.h"

namespace reticle::cpu {

namespace {

constexpr int k_wide = 2;        // lane groups in a tile

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
typename BandTransform<T>::QuadAxis BandTransform<T>::QuadAxis::in_order(int size, int half) {
  QuadAxis axis(1, 0, Samples::at_corners, 1);
  axis.size = size;
  axis.half = half;
  axis.samples.clear();
  for (int j = 0; j < size; j += 4) {
    const auto sample = [&](int i) { return j + i < size ? j + i : -1; };
    axis.samples.push_back({sample(0), sample(1), sample(2), sample(3)});
  }
  return axis;
}

template <class T>
AlongY cheapest_along_y(int rows, int half_y) {
  return std::is_same_v<T, float> && GridRows::are_cheaper(rows, half_y) ? AlongY::grid : AlongY::sums;
}
template AlongY cheapest_along_y<float>(int, int);
template AlongY cheapest_along_y<double>(int, int);

template <class T>
BandTransform<T>::BandTransform(int rows, int cols, int half_x, int half_y, Samples samples, Width width)
    : BandTransform(rows, cols, half_x, half_y, samples, width, cheapest_along_y<T>(rows, half_y)) {}

template <class T>
BandTransform<T>::BandTransform(int rows, int cols, int half_x, int half_y, Samples samples, Width width, AlongY along_y)
    : width_(width),
      x_(cols, half_x, samples, k_tile_cols),
      y_(along_y == AlongY::grid ? QuadAxis::in_order(rows, half_y) : QuadAxis(rows, half_y, samples, 1)),
      tiles_((cols + k_tile_cols - 1) / k_tile_cols) {
  if (along_y == AlongY::grid) {
    if (!std::is_same_v<T, float>) throw Error(ErrorCode::invalid_argument, "rows by way of a grid are of single precision");
    grid_.emplace(rows, half_y, 0.5 * twice_offset_of(samples));
  }
  numbers_.resize(k_rows_at_once * static_cast<std::size_t>(row_of_numbers()));
  lines_.assign(k_rows_at_once * static_cast<std::size_t>(row_of_lines()), T{});
  row_.assign(static_cast<std::size_t>(tiles_ * k_tile_cols), T{});
}

template <class T>
void BandTransform<T>::gather_row(const Columns& columns, int n, int part, T* row) const {
  for (int tile = 0; tile < tiles_; ++tile)
    std::memcpy(row + tile * k_tile_cols, columns.orders.data() + place_of(tile, n) + part * k_wide, k_tile_cols * sizeof(T));
}

template <class T>
void BandTransform<T>::scatter_row(int n, int part, const T* row, Columns& columns) const {
  for (int tile = 0; tile < tiles_; ++tile)
    std::memcpy(columns.orders.data() + place_of(tile, n) + part * k_wide, row + tile * k_tile_cols, k_tile_cols * sizeof(T));
}

template <class T>
typename BandTransform<T>::Columns BandTransform<T>::columns() const {
  Columns columns;
  columns.orders.assign(static_cast<std::size_t>(tiles_) * tile_size(), Lanes<T>{});
  if (grid_) columns.points.assign(static_cast<std::size_t>(grid_->points()) * k_tile_cols / k_lanes, Lanes<T>{});
  return columns;
}

template <class T>
void BandTransform<T>::expand_by_grid(const Piece& piece, Columns& columns, T* pixels) {
  if constexpr (std::is_same_v<T, float>) {
    if (piece.first_quad == 0)
      grid_->to_points([&](int n) RETICLE_INLINE { return columns.orders.data() + place_of(piece.tile, n); },
                       reinterpret_cast<ComplexLanes<T>*>(columns.points.data()));
    const auto interpolate = width_ == Width::sixteen ? wide::interpolate_rows : interpolate_rows<Lanes<T>, T>;
    interpolate(grid_->tables(), 4 * piece.first_quad, piece.rows(), reinterpret_cast<const T*>(columns.points.data()), pixels);
  }
}

template <class T>
void BandTransform<T>::add_by_grid(const Piece& piece, const T* pixels, Columns& columns) {
  if constexpr (std::is_same_v<T, float>) {
    if (piece.first_quad == 0) std::fill(columns.points.begin(), columns.points.end(), Lanes<T>{});
    const auto spread = width_ == Width::sixteen ? wide::spread_rows : spread_rows<Lanes<T>, T>;
    spread(grid_->tables(), 4 * piece.first_quad, piece.rows(), pixels, reinterpret_cast<T*>(columns.points.data()));
    if (piece.first_quad + piece.quads == y_.quads())
      grid_->to_orders(reinterpret_cast<ComplexLanes<T>*>(columns.points.data()),
                       [&](int n) RETICLE_INLINE { return columns.orders.data() + place_of(piece.tile, n); });
  }
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
void BandTransform<T>::add(const Piece& piece, const Pixels& pixels, Columns& columns) {
  const T* from = reinterpret_cast<const T*>(pixels.data());
  if (grid_) return add_by_grid(piece, from, columns);
  Lanes<T>* first = columns.orders.data() + place_of(piece.tile, 0);
  if (piece.first_quad == 0) std::fill_n(first, tile_size(), Lanes<T>{});
  T* tile = reinterpret_cast<T*>(first);
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
  ByPieces pieces;
  to_pieces(image, pieces);
  return pieces;
}

template <class T>
void BandTransform<T>::to_pieces(ImageView<const T> image, ByPieces& pieces) const {
  pieces.resize(place_of_piece(tiles_, 0));
  for_pieces([&](const Piece& piece) { read_piece(piece, image, pieces.data() + piece.place); });
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
  if (columns_.empty()) columns_ = columns();
  Pixels pixels{};
  for_pieces([&](const Piece& piece) {
    read_piece(piece, image, pixels.data());
    add(piece, pixels, columns_);
  });
  collect(columns_, spectrum);
}

template <class T>
XSums<T> BandTransform<T>::sums_along_x(int parity, int rows) {
  return {.cosine = x_.cosine.data() + parity * x_.pitch,
          .sine = x_.sine.data() + parity * x_.pitch,
          .pitch = x_.pitch,
          .orders = (x_.half - parity) / 2 + 1,
          .rows = rows,
          .numbers = numbers_.data() + 4 * parity,
          .row_of_numbers = row_of_numbers(),
          .lines = line(0, parity, 0),
          .row_of_lines = row_of_lines()};
}

template <class T>
void BandTransform<T>::collect(const Columns& columns, Spectrum<T>& spectrum) {
  const T scale = static_cast<T>(1.0 / (static_cast<double>(x_.size) * y_.size));
  std::fill(lines_.begin(), lines_.end(), T(0));
  for (int first = 0; first <= y_.half; first += k_rows_at_once) {
    const int rows = std::min(k_rows_at_once, y_.half + 1 - first);
    for (int r = 0; r < rows; ++r) {
      gather_row(columns, first + r, 0, row_.data());
      fold_row(row_.data(), line(r, 0, k_cos_re), line(r, 0, k_sin_re), line(r, 1, k_cos_re), line(r, 1, k_sin_re));
      gather_row(columns, first + r, 1, row_.data());
      fold_row(row_.data(), line(r, 0, k_cos_im), line(r, 0, k_sin_im), line(r, 1, k_cos_im), line(r, 1, k_sin_im));
    }
    for (int parity = 0; parity <= std::min(1, x_.half); ++parity) {
      const XSums<T> sums = sums_along_x(parity, rows);
      if constexpr (std::is_same_v<T, float>) {
        if (width_ == Width::sixteen) {
          wide::orders_of_lines(sums);
          continue;
        }
      }
      orders_of_lines<Lanes<T>>(sums);
    }
    for (int r = 0; r < rows; ++r)
      for (int m = 0, n = first + r; m <= x_.half; ++m) {
        const T* of = numbers_.data() + r * row_of_numbers() + 4 * m;
        const std::complex<T> plus{scale * (of[k_cos_re] + of[k_sin_im]), scale * (of[k_cos_im] - of[k_sin_re])};
        const std::complex<T> minus{scale * (of[k_cos_re] - of[k_sin_im]), scale * (of[k_cos_im] + of[k_sin_re])};
        spectrum.at(m, n) = plus;
        spectrum.at(-m, n) = minus;
        spectrum.at(-m, -n) = std::conj(plus);
        spectrum.at(m, -n) = std::conj(minus);
      }
  }
}

template <class T>
void BandTransform<T>::prepare(const Spectrum<T>& spectrum, Columns& columns) {
  for (int first = 0; first <= y_.half; first += k_rows_at_once) {
    const int rows = std::min(k_rows_at_once, y_.half + 1 - first);
    for (int r = 0; r < rows; ++r) {
      const int n = first + r;
      // The real part of the sum over n and -n together: Hermitian part, counted twice for n > 0.
      const auto hermitian = [&](int m) {
        const std::complex<T> sum = spectrum.at(m, n) + std::conj(spectrum.at(-m, -n));
        return n == 0 ? sum * T(0.5) : sum;
      };
      // Of orders m and -m.
      for (int m = 0; m <= x_.half; ++m) {
        const std::complex<T> plus = hermitian(m), minus = m == 0 ? std::complex<T>(0) : hermitian(-m);
        const std::complex<T> sum = plus + minus, difference = m == 0 ? std::complex<T>(0) : plus - minus;
        T* of = numbers_.data() + r * row_of_numbers() + 4 * m;
        of[k_cos_re] = sum.real();
        of[k_cos_im] = sum.imag();
        of[k_sin_re] = -difference.imag();
        of[k_sin_im] = difference.real();
      }
    }
    for (int parity = 0; parity < 2; ++parity) {
      const XSums<T> sums = sums_along_x(parity, rows);
      if constexpr (std::is_same_v<T, float>) {
        if (width_ == Width::sixteen) {
          wide::sums_of_orders(sums);
          continue;
        }
      }
      sums_of_orders<Lanes<T>>(sums);
    }
    for (int r = 0; r < rows; ++r) {
      unfold_row(line(r, 0, k_cos_re), line(r, 0, k_sin_re), line(r, 1, k_cos_re), line(r, 1, k_sin_re), row_.data());
      scatter_row(first + r, 0, row_.data(), columns);
      unfold_row(line(r, 0, k_cos_im), line(r, 0, k_sin_im), line(r, 1, k_cos_im), line(r, 1, k_sin_im), row_.data());
      scatter_row(first + r, 1, row_.data(), columns);
    }
  }
}

template <class T>
void BandTransform<T>::expand(const Piece& piece, Columns& columns, Pixels& pixels) {
  T* to = reinterpret_cast<T*>(pixels.data());
  if (grid_) return expand_by_grid(piece, columns, to);
  const T* tile = reinterpret_cast<const T*>(columns.orders.data() + place_of(piece.tile, 0));
  if constexpr (std::is_same_v<T, float>)
    if (width_ == Width::sixteen) return wide::expand_quads(tables_of_rows(), piece.first_quad, piece.quads, tile, to);
  expand_quads<Lanes<T>>(tables_of_rows(), piece.first_quad, piece.quads, tile, to);
}

template <class T>
void BandTransform<T>::synthesize(const Spectrum<T>& spectrum, ImageView<T> image) {
  if (columns_.empty()) columns_ = columns();
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
