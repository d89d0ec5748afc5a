#include "kernels/cpu/band_transform.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

namespace reticle::cpu {

namespace {

constexpr int k_pair_block = 16;  // row pairs folded at a time; their rows stay in the second cache
constexpr int k_tile = 3;         // orders (pairs) accumulated in registers at a time
constexpr int k_wide = 2;         // lane groups per tile

template <class T>
Lanes<T> load(const T* p, int count) {
  Lanes<T> v{};
  if (count >= k_lanes)
    std::memcpy(&v, p, sizeof v);
  else
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

template <class T>
T dot(const T* a, const T* b, int n) {
  Lanes<T> sum{};
  int i = 0;
  for (; i + k_lanes <= n; i += k_lanes) sum += load(a + i, k_lanes) * load(b + i, k_lanes);
  if (i < n) sum += load(a + i, n - i) * load(b + i, n - i);
  return sum_of_lanes<T>(sum);
}

// columns[n] (+)= sum over pairs of {cos * sum, -sin * difference} for orders n .. n + Count - 1.
template <int Count, class T>
void accumulate(const Lanes<T>* folded, int pairs, std::ptrdiff_t pitch, const T* cosine,
                const T* sine, int table_pitch, Lanes<T>* columns) {
  Lanes<T> re[Count][k_wide], im[Count][k_wide];
  for (int n = 0; n < Count; ++n)
    for (int w = 0; w < k_wide; ++w) {
      re[n][w] = columns[(2 * n) * pitch + w];
      im[n][w] = columns[(2 * n + 1) * pitch + w];
    }
  for (int p = 0; p < pairs; ++p, folded += 2 * pitch) {
    for (int n = 0; n < Count; ++n) {
      const T c = cosine[n * table_pitch + p], s = sine[n * table_pitch + p];
      for (int w = 0; w < k_wide; ++w) {
        re[n][w] += folded[w] * c;
        im[n][w] -= folded[pitch + w] * s;
      }
    }
  }
  for (int n = 0; n < Count; ++n)
    for (int w = 0; w < k_wide; ++w) {
      columns[(2 * n) * pitch + w] = re[n][w];
      columns[(2 * n + 1) * pitch + w] = im[n][w];
    }
}

// Even and odd parts of the rows of Count pairs: even = sum_n re cos, odd = sum_n im sin.
template <int Count, class T>
void expand(const Lanes<T>* columns, int orders, std::ptrdiff_t pitch, const T* cosine,
            const T* sine, int table_pitch, Lanes<T> (*even)[k_wide], Lanes<T> (*odd)[k_wide]) {
  Lanes<T> e[Count][k_wide]{}, o[Count][k_wide]{};
  for (int n = 0; n < orders; ++n, columns += 2 * pitch) {
    for (int p = 0; p < Count; ++p) {
      const T c = cosine[n * table_pitch + p], s = sine[n * table_pitch + p];
      for (int w = 0; w < k_wide; ++w) {
        e[p][w] += columns[w] * c;
        o[p][w] += columns[pitch + w] * s;
      }
    }
  }
  for (int p = 0; p < Count; ++p)
    for (int w = 0; w < k_wide; ++w) {
      even[p][w] = e[p][w];
      odd[p][w] = o[p][w];
    }
}

}  // namespace

template <class T>
BandTransform<T>::Axis::Axis(int size_, int half_, Samples samples) : size(size_), half(half_) {
  const int twice_offset = samples == Samples::at_centres ? 1 : 0;
  for (int j = 0; j < size; ++j) {
    const int mirror = (2 * size - j - twice_offset) % size;
    if (mirror < j) continue;
    first.push_back(j);
    second.push_back(mirror);
  }
  for (int order = 0; order <= half; ++order) {
    for (int j : first) {
      // The phase is a multiple of pi / size: reduced in integers, so exact for any size.
      const long step = static_cast<long>(order) * (2 * j + twice_offset) % (2L * size);
      const double angle = std::numbers::pi * static_cast<double>(step) / size;
      cosine.push_back(static_cast<T>(std::cos(angle)));
      sine.push_back(static_cast<T>(std::sin(angle)));
    }
  }
}

template <class T>
BandTransform<T>::BandTransform(int rows, int cols, int half_x, int half_y, Samples samples)
    : x_(cols, half_x, samples), y_(rows, half_y, samples) {
  const int groups = (cols + k_lanes - 1) / k_lanes;
  lane_cols_ = (groups + k_wide - 1) / k_wide * k_wide;
  columns_.assign(static_cast<std::size_t>(half_y + 1) * 2 * lane_cols_, Lanes<T>{});
  folded_.assign(static_cast<std::size_t>(k_pair_block) * 2 * lane_cols_, Lanes<T>{});
  line_.assign(static_cast<std::size_t>(4) * x_.pairs(), T{});
}

template <class T>
void BandTransform<T>::sum_columns(ImageView<const T> image) {
  std::fill(columns_.begin(), columns_.end(), Lanes<T>{});
  const std::ptrdiff_t pitch = lane_cols_;
  for (int p0 = 0; p0 < y_.pairs(); p0 += k_pair_block) {
    const int pairs = std::min(k_pair_block, y_.pairs() - p0);
    for (int p = 0; p < pairs; ++p) {
      const int a = y_.first[static_cast<std::size_t>(p0 + p)];
      const int b = y_.second[static_cast<std::size_t>(p0 + p)];
      Lanes<T>* sum = folded_.data() + 2 * p * pitch;
      for (int x = 0, l = 0; x < x_.size; x += k_lanes, ++l) {
        const Lanes<T> u = load(image.row(a) + x, x_.size - x);
        const Lanes<T> v = a == b ? Lanes<T>{} : load(image.row(b) + x, x_.size - x);
        sum[l] = u + v;
        sum[pitch + l] = u - v;
      }
    }
    for (int l = 0; l < lane_cols_; l += k_wide) {
      for (int n = 0; n <= y_.half; n += k_tile) {
        const T* c = y_.cosine.data() + static_cast<std::ptrdiff_t>(n) * y_.pairs() + p0;
        const T* s = y_.sine.data() + static_cast<std::ptrdiff_t>(n) * y_.pairs() + p0;
        Lanes<T>* out = column(n, 0) + l;
        switch (std::min(k_tile, y_.half + 1 - n)) {
          case 3: accumulate<3, T>(folded_.data() + l, pairs, pitch, c, s, y_.pairs(), out); break;
          case 2: accumulate<2, T>(folded_.data() + l, pairs, pitch, c, s, y_.pairs(), out); break;
          default: accumulate<1, T>(folded_.data() + l, pairs, pitch, c, s, y_.pairs(), out);
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
    const T* re = reinterpret_cast<const T*>(column(n, 0));
    const T* im = reinterpret_cast<const T*>(column(n, 1));
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
      const T even_re = dot(sum_re, c, pairs), even_im = dot(sum_im, c, pairs);
      const T odd_re = dot(dif_im, s, pairs), odd_im = dot(dif_re, s, pairs);
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
      for (int p = 0; p < pairs; ++p) {
        even_re[p] += sum.real() * c[p];
        even_im[p] += sum.imag() * c[p];
        odd_re[p] -= difference.imag() * s[p];
        odd_im[p] += difference.real() * s[p];
      }
    }
    T* re = reinterpret_cast<T*>(column(n, 0));
    T* im = reinterpret_cast<T*>(column(n, 1));
    for (int p = 0; p < pairs; ++p) {
      const int a = x_.first[static_cast<std::size_t>(p)];
      const int b = x_.second[static_cast<std::size_t>(p)];
      re[b] = even_re[p] - odd_re[p];
      im[b] = even_im[p] - odd_im[p];
      re[a] = even_re[p] + odd_re[p];
      im[a] = even_im[p] + odd_im[p];
    }
  }
  expand_columns(image);
}

template <class T>
void BandTransform<T>::expand_columns(ImageView<T> image) {
  const std::ptrdiff_t pitch = lane_cols_;
  for (int p0 = 0; p0 < y_.pairs(); p0 += k_tile) {
    const int count = std::min(k_tile, y_.pairs() - p0);
    const T* c = y_.cosine.data() + p0;
    const T* s = y_.sine.data() + p0;
    for (int l = 0; l * k_lanes < x_.size; l += k_wide) {
      Lanes<T> even[k_tile][k_wide], odd[k_tile][k_wide];
      const Lanes<T>* in = column(0, 0) + l;
      const int orders = y_.half + 1;
      switch (count) {
        case 3: expand<3, T>(in, orders, pitch, c, s, y_.pairs(), even, odd); break;
        case 2: expand<2, T>(in, orders, pitch, c, s, y_.pairs(), even, odd); break;
        default: expand<1, T>(in, orders, pitch, c, s, y_.pairs(), even, odd);
      }
      for (int p = 0; p < count; ++p) {
        const int a = y_.first[static_cast<std::size_t>(p0 + p)];
        const int b = y_.second[static_cast<std::size_t>(p0 + p)];
        for (int w = 0; w < k_wide; ++w) {
          const int x = (l + w) * k_lanes;
          if (x >= x_.size) break;
          store<T>(even[p][w] + odd[p][w], image.row(b) + x, x_.size - x);
          store<T>(even[p][w] - odd[p][w], image.row(a) + x, x_.size - x);
        }
      }
    }
  }
}

template class BandTransform<float>;
template class BandTransform<double>;

}  // namespace reticle::cpu
