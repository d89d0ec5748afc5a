#include "kernels/cpu/band_transform.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

namespace reticle::cpu {

namespace {

constexpr int k_quad_block = 6;  // quads of rows worked on at a time: their rows stay in the cache
constexpr int k_block = 3;       // orders (or quads) accumulated in registers at a time
constexpr int k_wide = 2;        // lane groups in a tile

template <class T>
Lanes<T> load(const T* p, int count) {
  Lanes<T> v{};
  if (count >= k_lanes)
    std::memcpy(&v, p, sizeof v);
  else if (count > 0)
    std::memcpy(&v, p, static_cast<std::size_t>(count) * sizeof(T));
  return v;
}

template <class T>
void store(const Lanes<T>& v, T* p, int count) {
  if (count >= k_lanes)
    std::memcpy(p, &v, sizeof v);
  else
    std::memcpy(p, &v, static_cast<std::size_t>(count) * sizeof(T));
}

// Four sums over n numbers side by side: u.c, v.c, w.s, z.s. Independent chains keep the adders busy.
template <class T>
struct FourSums {
  T uc, vc, ws, zs;
};
template <class T>
FourSums<T> four_dots(const T* u, const T* v, const T* w, const T* z, const T* c, const T* s, int n) {
  Lanes<T> uc{}, vc{}, ws{}, zs{};
  for (int i = 0; i < n; i += k_lanes) {
    const Lanes<T> cosine = load(c + i, n - i), sine = load(s + i, n - i);
    uc += load(u + i, n - i) * cosine;
    vc += load(v + i, n - i) * cosine;
    ws += load(w + i, n - i) * sine;
    zs += load(z + i, n - i) * sine;
  }
  return {sum_of_lanes<T>(uc), sum_of_lanes<T>(vc), sum_of_lanes<T>(ws), sum_of_lanes<T>(zs)};
}

// columns[n] += sum over quads of {cos * a, -sin * b}, a and b the folded rows, for Count orders two
// apart.
template <int Count, class T>
void accumulate(const Lanes<T>* folded, int quads, const T* cosine, const T* sine, int table_pitch,
                Lanes<T>* columns) {
  Lanes<T> re[Count][k_wide], im[Count][k_wide];
  for (int n = 0; n < Count; ++n)
    for (int w = 0; w < k_wide; ++w) {
      re[n][w] = columns[2 * n * k_wide + w];
      im[n][w] = columns[(2 * n + 1) * k_wide + w];
    }
  for (int q = 0; q < quads; ++q, folded += 4 * k_wide) {
    for (int n = 0; n < Count; ++n) {
      const T c = cosine[2 * n * table_pitch + q], s = sine[2 * n * table_pitch + q];
      for (int w = 0; w < k_wide; ++w) {
        re[n][w] += folded[w] * c;
        im[n][w] -= folded[k_wide + w] * s;
      }
    }
  }
  for (int n = 0; n < Count; ++n)
    for (int w = 0; w < k_wide; ++w) {
      columns[2 * n * k_wide + w] = re[n][w];
      columns[(2 * n + 1) * k_wide + w] = im[n][w];
    }
}

// For Count quads: sums[q] = {sum_n re cos, sum_n im sin} over `orders` orders two apart.
template <int Count, class T>
void expand(const Lanes<T>* columns, int orders, const T* cosine, const T* sine, int table_pitch,
            Lanes<T> (*sums)[2][k_wide]) {
  Lanes<T> even[Count][k_wide]{}, odd[Count][k_wide]{};
  for (int n = 0; n < orders; ++n, columns += 2 * k_wide) {
    for (int q = 0; q < Count; ++q) {
      const T c = cosine[2 * n * table_pitch + q], s = sine[2 * n * table_pitch + q];
      for (int w = 0; w < k_wide; ++w) {
        even[q][w] += columns[w] * c;
        odd[q][w] += columns[k_wide + w] * s;
      }
    }
  }
  for (int q = 0; q < Count; ++q)
    for (int w = 0; w < k_wide; ++w) {
      sums[q][0][w] = even[q][w];
      sums[q][1][w] = odd[q][w];
    }
}

// The phase of sample j and order n is a multiple of pi / size: reduced in integers, so exact for any
// size.
double phase_of(int order, int sample, int twice_offset, int size) {
  const long step = static_cast<long>(order) * (2 * sample + twice_offset) % (2L * size);
  return std::numbers::pi * static_cast<double>(step) / size;
}

int twice_offset_of(Samples samples) { return samples == Samples::at_centres ? 1 : 0; }

}  // namespace

template <class T>
BandTransform<T>::PairedAxis::PairedAxis(int size_, int half_, Samples samples)
    : size(size_), half(half_) {
  const int twice_offset = twice_offset_of(samples);
  for (int j = 0; j < size; ++j) {
    const int mirror = (2 * size - j - twice_offset) % size;
    if (mirror < j) continue;
    first.push_back(j);
    second.push_back(mirror);
  }
  for (int order = 0; order <= half; ++order)
    for (int j : first) {
      cosine.push_back(static_cast<T>(std::cos(phase_of(order, j, twice_offset, size))));
      sine.push_back(static_cast<T>(std::sin(phase_of(order, j, twice_offset, size))));
    }
}

template <class T>
BandTransform<T>::QuadAxis::QuadAxis(int size_, int half_, Samples samples)
    : size(size_), half(half_) {
  const int twice_offset = twice_offset_of(samples);
  std::vector<bool> listed(static_cast<std::size_t>(size), false);
  const auto take = [&](int row) {
    if (row < 0 || listed[static_cast<std::size_t>(row)]) return -1;
    listed[static_cast<std::size_t>(row)] = true;
    return row;
  };
  const auto mirror = [&](int row) { return (2 * size - row - twice_offset) % size; };
  for (int j = 0; j < size; ++j) {
    if (listed[static_cast<std::size_t>(j)]) continue;
    const int other = size % 2 == 0 ? (size + size / 2 - j - twice_offset) % size : -1;
    std::array<int, 4> quad{take(j), take(mirror(j)), take(other), -1};
    if (quad[2] >= 0) quad[3] = take(mirror(other));
    rows.push_back(quad);
  }
  for (int order = 0; order <= half; ++order)
    for (const auto& quad : rows) {
      cosine.push_back(static_cast<T>(std::cos(phase_of(order, quad[0], twice_offset, size))));
      sine.push_back(static_cast<T>(std::sin(phase_of(order, quad[0], twice_offset, size))));
    }
}

template <class T>
BandTransform<T>::BandTransform(int rows, int cols, int half_x, int half_y, Samples samples)
    : x_(cols, half_x, samples), y_(rows, half_y, samples) {
  tiles_ = (cols + k_tile_cols - 1) / k_tile_cols;
  columns_.assign(static_cast<std::size_t>(tiles_) * (half_y + 1) * 2 * k_wide, Lanes<T>{});
  folded_.assign(static_cast<std::size_t>(tiles_) * k_quad_block * 4 * k_wide, Lanes<T>{});
  line_.assign(static_cast<std::size_t>(4 * x_.pairs() + 2 * tiles_ * k_tile_cols), T{});
}

template <class T>
void BandTransform<T>::gather_row(int n, int part, T* row) {
  for (int tile = 0; tile < tiles_; ++tile)
    std::copy_n(tile_row(tile, n, part), k_tile_cols, row + tile * k_tile_cols);
}

template <class T>
void BandTransform<T>::scatter_row(int n, int part, const T* row) {
  for (int tile = 0; tile < tiles_; ++tile)
    std::copy_n(row + tile * k_tile_cols, k_tile_cols, tile_row(tile, n, part));
}

template <class T>
Lanes<T>* BandTransform<T>::fold_rows(ImageView<const T> image, int first_quad, int quads) {
  for (int q = 0; q < quads; ++q) {
    const auto& rows = y_.rows[static_cast<std::size_t>(first_quad + q)];
    for (int group = 0; group * k_lanes < x_.size; ++group) {
      const int x = group * k_lanes;
      Lanes<T> v[4];
      for (std::size_t i = 0; i < 4; ++i)
        v[i] = rows[i] < 0 ? Lanes<T>{} : load(image.row(rows[i]) + x, x_.size - x);
      const Lanes<T> sum = v[0] + v[1], other_sum = v[2] + v[3];
      const Lanes<T> difference = v[0] - v[1], other_difference = v[2] - v[3];
      Lanes<T>* out = folded_.data() + group % k_wide +
                      static_cast<std::ptrdiff_t>(group / k_wide * k_quad_block + q) * 4 * k_wide;
      out[0] = sum + other_sum;
      out[k_wide] = difference - other_difference;
      out[2 * k_wide] = sum - other_sum;
      out[3 * k_wide] = difference + other_difference;
    }
  }
  return folded_.data();
}

template <class T>
void BandTransform<T>::sum_columns(ImageView<const T> image) {
  std::fill(columns_.begin(), columns_.end(), Lanes<T>{});
  const int pitch = y_.quads();
  for (int q = 0; q < y_.quads(); q += k_quad_block) {
    const int quads = std::min(k_quad_block, y_.quads() - q);
    const Lanes<T>* folded = fold_rows(image, q, quads);
    for (int tile = 0; tile < tiles_; ++tile, folded += k_quad_block * 4 * k_wide) {
      for (int parity = 0; parity <= std::min(1, y_.half); ++parity) {
        const Lanes<T>* in = folded + parity * 2 * k_wide;
        for (int n = parity; n <= y_.half; n += 2 * k_block) {
          const T* c = y_.cosine.data() + static_cast<std::ptrdiff_t>(n) * pitch + q;
          const T* s = y_.sine.data() + static_cast<std::ptrdiff_t>(n) * pitch + q;
          Lanes<T>* out = reinterpret_cast<Lanes<T>*>(tile_row(tile, n, 0));
          switch (std::min(k_block, (y_.half - n) / 2 + 1)) {
            case 3: accumulate<3, T>(in, quads, c, s, pitch, out); break;
            case 2: accumulate<2, T>(in, quads, c, s, pitch, out); break;
            default: accumulate<1, T>(in, quads, c, s, pitch, out);
          }
        }
      }
    }
  }
}

template <class T>
void BandTransform<T>::analyze(ImageView<const T> image, Spectrum<T>& spectrum) {
  sum_columns(image);
  const int pairs = x_.pairs();
  const T scale = static_cast<T>(1.0 / (static_cast<double>(x_.size) * y_.size));
  T* sum_re = line_.data();
  T* sum_im = sum_re + pairs;
  T* dif_re = sum_im + pairs;
  T* dif_im = dif_re + pairs;
  for (int n = 0; n <= y_.half; ++n) {
    T* re = dif_im + pairs;
    T* im = re + tiles_ * k_tile_cols;
    gather_row(n, 0, re);
    gather_row(n, 1, im);
    for (int p = 0; p < pairs; ++p) {
      const int a = x_.first[static_cast<std::size_t>(p)];
      const int b = x_.second[static_cast<std::size_t>(p)];
      const T mirror_re = a == b ? T(0) : re[b], mirror_im = a == b ? T(0) : im[b];
      sum_re[p] = re[a] + mirror_re;
      sum_im[p] = im[a] + mirror_im;
      dif_re[p] = re[a] - mirror_re;
      dif_im[p] = im[a] - mirror_im;
    }
    for (int m = 0; m <= x_.half; ++m) {
      const T* c = x_.cosine.data() + static_cast<std::ptrdiff_t>(m) * pairs;
      const T* s = x_.sine.data() + static_cast<std::ptrdiff_t>(m) * pairs;
      const auto [even_re, even_im, odd_re, odd_im] =
          four_dots(sum_re, sum_im, dif_im, dif_re, c, s, pairs);
      const std::complex<T> plus{scale * (even_re + odd_re), scale * (even_im - odd_im)};
      const std::complex<T> minus{scale * (even_re - odd_re), scale * (even_im + odd_im)};
      spectrum.at(m, n) = plus;
      spectrum.at(-m, n) = minus;
      spectrum.at(-m, -n) = std::conj(plus);
      spectrum.at(m, -n) = std::conj(minus);
    }
  }
}

template <class T>
void BandTransform<T>::synthesize(const Spectrum<T>& spectrum, ImageView<T> image) {
  const int pairs = x_.pairs();
  for (int n = 0; n <= y_.half; ++n) {
    // The real part of the sum over n and -n together: Hermitian part, counted twice for n > 0.
    const auto hermitian = [&](int m) {
      const std::complex<T> sum = spectrum.at(m, n) + std::conj(spectrum.at(-m, -n));
      return n == 0 ? sum * T(0.5) : sum;
    };
    T* even_re = line_.data();
    T* even_im = even_re + pairs;
    T* odd_re = even_im + pairs;
    T* odd_im = odd_re + pairs;
    const std::complex<T> mean = hermitian(0);
    std::fill(even_re, even_re + pairs, mean.real());
    std::fill(even_im, even_im + pairs, mean.imag());
    std::fill(odd_re, odd_re + 2 * pairs, T(0));
    for (int m = 1; m <= x_.half; ++m) {
      const std::complex<T> plus = hermitian(m), minus = hermitian(-m);
      const std::complex<T> sum = plus + minus, difference = plus - minus;
      const T* c = x_.cosine.data() + static_cast<std::ptrdiff_t>(m) * pairs;
      const T* s = x_.sine.data() + static_cast<std::ptrdiff_t>(m) * pairs;
      const T sr = sum.real(), si = sum.imag(), dr = difference.real(), di = difference.imag();
#pragma GCC ivdep
      for (int p = 0; p < pairs; ++p) {
        even_re[p] += sr * c[p];
        even_im[p] += si * c[p];
        odd_re[p] -= di * s[p];
        odd_im[p] += dr * s[p];
      }
    }
    T* re = odd_im + pairs;
    T* im = re + tiles_ * k_tile_cols;
    for (int p = 0; p < pairs; ++p) {
      const int a = x_.first[static_cast<std::size_t>(p)];
      const int b = x_.second[static_cast<std::size_t>(p)];
      re[b] = even_re[p] - odd_re[p];
      im[b] = even_im[p] - odd_im[p];
      re[a] = even_re[p] + odd_re[p];
      im[a] = even_im[p] + odd_im[p];
    }
    scatter_row(n, 0, re);
    scatter_row(n, 1, im);
  }
  expand_columns(image);
}

template <class T>
void BandTransform<T>::expand_quads(int tile, int first_quad, int quads, ImageView<T> image) {
  const int pitch = y_.quads();
  Lanes<T> sums[2][k_block][2][k_wide]{};  // [parity of the order]
  for (int parity = 0; parity <= std::min(1, y_.half); ++parity) {
    const Lanes<T>* in = reinterpret_cast<const Lanes<T>*>(tile_row(tile, parity, 0));
    const int orders = (y_.half - parity) / 2 + 1;
    const T* c = y_.cosine.data() + parity * pitch + first_quad;
    const T* s = y_.sine.data() + parity * pitch + first_quad;
    switch (quads) {
      case 3: expand<3, T>(in, orders, c, s, pitch, sums[parity]); break;
      case 2: expand<2, T>(in, orders, c, s, pitch, sums[parity]); break;
      default: expand<1, T>(in, orders, c, s, pitch, sums[parity]);
    }
  }
  for (int q = 0; q < quads; ++q) {
    const auto& rows = y_.rows[static_cast<std::size_t>(first_quad + q)];
    for (int w = 0; w < k_wide; ++w) {
      const int x = tile * k_tile_cols + w * k_lanes, count = x_.size - x;
      if (count <= 0) break;
      const Lanes<T> cos_sum = sums[0][q][0][w] + sums[1][q][0][w];
      const Lanes<T> sin_sum = sums[0][q][1][w] + sums[1][q][1][w];
      const Lanes<T> other_cos = sums[0][q][0][w] - sums[1][q][0][w];
      const Lanes<T> other_sin = sums[1][q][1][w] - sums[0][q][1][w];
      if (rows[0] >= 0) store<T>(cos_sum - sin_sum, image.row(rows[0]) + x, count);
      if (rows[1] >= 0) store<T>(cos_sum + sin_sum, image.row(rows[1]) + x, count);
      if (rows[2] >= 0) store<T>(other_cos - other_sin, image.row(rows[2]) + x, count);
      if (rows[3] >= 0) store<T>(other_cos + other_sin, image.row(rows[3]) + x, count);
    }
  }
}

template <class T>
void BandTransform<T>::expand_columns(ImageView<T> image) {
  for (int block = 0; block < y_.quads(); block += k_quad_block) {
    const int block_end = std::min(block + k_quad_block, y_.quads());
    for (int tile = 0; tile < tiles_; ++tile)
      for (int q = block; q < block_end; q += k_block)
        expand_quads(tile, q, std::min(k_block, block_end - q), image);
  }
}

template class BandTransform<float>;
template class BandTransform<double>;

}  // namespace reticle::cpu
