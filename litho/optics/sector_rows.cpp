// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/sector_rows.h"

#include <cblas.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace reticle {

namespace {

using Complex = std::complex<double>;

constexpr int k_batch = 256;        // rows gathered for one product, of one patch of the source if
constexpr int k_least_batch = 64;   // there are that many
constexpr double k_patch = 0.0625;  // sigma

// The square patch of the source that a point lies in.
std::pair<int, int> patch_of(const SourcePoint& point) {
  return {static_cast<int>(std::floor(point.sigma_y / k_patch)), static_cast<int>(std::floor(point.sigma_x / k_patch))};
}

template <class T>
RowBatch<T> packed(const std::vector<Complex>& rows, int count, int size) {
  std::vector<char> occurs(static_cast<std::size_t>(size));
  for (int row = 0; row < count; ++row)
    for (int column = 0; column < size; ++column)
      if (rows[static_cast<std::size_t>(row) * size + column] != 0.0) occurs[static_cast<std::size_t>(column)] = 1;
  RowBatch<T> batch{.count = count, .columns = {}, .values = {}};
  for (int column = 0; column < size; ++column)
    if (occurs[static_cast<std::size_t>(column)]) batch.columns.push_back(column);
  batch.values.reserve(static_cast<std::size_t>(count) * batch.columns.size());
  for (int row = 0; row < count; ++row)
    for (const int column : batch.columns)
      batch.values.push_back(std::complex<T>(rows[static_cast<std::size_t>(row) * size + column]));
  return batch;
}

void add_product(const RowBatch<double>& batch, std::vector<Complex>& product) {
  cblas_zherk(CblasRowMajor, CblasUpper, CblasConjTrans, batch.width(), batch.count, 1.0, batch.values.data(),
              batch.width(), 0.0, product.data(), batch.width());
}
void add_product(const RowBatch<float>& batch, std::vector<std::complex<float>>& product) {
  cblas_cherk(CblasRowMajor, CblasUpper, CblasConjTrans, batch.width(), batch.count, 1.0f, batch.values.data(),
              batch.width(), 0.0f, product.data(), batch.width());
}

}  // namespace

std::vector<SourcePoint> sorted_by_patch(std::vector<SourcePoint> source) {
  std::stable_sort(source.begin(), source.end(), [](const SourcePoint& a, const SourcePoint& b) {
    return patch_of(a) < patch_of(b);
  });
  return source;
}

template <class T>
void for_row_batches(const CoherentRows& rows, std::span<const SourcePoint> source, const OrderSector& sector,
                     const std::function<void(const RowBatch<T>&)>& use) {
  const auto size = static_cast<std::size_t>(sector.size());
  std::vector<Complex> folded(k_batch * size);
  int count = 0;
  const auto flush = [&] {
    if (count == 0) return;
    const RowBatch<T> batch = packed<T>(folded, count, sector.size());
    if (batch.width() > 0) use(batch);  // small periods leave a symmetry without orders
    count = 0;
  };
  std::pair<int, int> patch;
  for (const SourcePoint& point : source) {
    if (count >= k_least_batch && patch_of(point) != patch) flush();
    patch = patch_of(point);
    rows.rows_of(point, [&](std::span<const Complex> row) {
      sector.fold(row, folded.data() + static_cast<std::size_t>(count) * size);
      if (++count == k_batch) flush();
    });
  }
  flush();
}

template <class T>
std::vector<std::complex<T>> gram_matrix(const CoherentRows& rows, std::span<const SourcePoint> source,
                                         const OrderSector& sector) {
  const auto size = static_cast<std::size_t>(sector.size());
  std::vector<std::complex<T>> gram(size * size), product;
  for_row_batches<T>(rows, source, sector, [&](const RowBatch<T>& batch) {
    const auto width = batch.columns.size();
    product.resize(width * width);
    add_product(batch, product);
    for (std::size_t i = 0; i < width; ++i) {
      std::complex<T>* to = gram.data() + static_cast<std::size_t>(batch.columns[i]) * size;
      for (std::size_t j = i; j < width; ++j) to[batch.columns[j]] += product[i * width + j];
    }
  });
  return gram;
}

template void for_row_batches(const CoherentRows&, std::span<const SourcePoint>, const OrderSector&,
                              const std::function<void(const RowBatch<float>&)>&);
template void for_row_batches(const CoherentRows&, std::span<const SourcePoint>, const OrderSector&,
                              const std::function<void(const RowBatch<double>&)>&);
template std::vector<std::complex<float>> gram_matrix(const CoherentRows&, std::span<const SourcePoint>,
                                                      const OrderSector&);
template std::vector<std::complex<double>> gram_matrix(const CoherentRows&, std::span<const SourcePoint>,
                                                       const OrderSector&);

}  // namespace reticle
