// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/sector_rows.h"

#include <cblas.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace reticle {

namespace {

using Complex = std::complex<double>;

constexpr int k_batch = 256;  // rows gathered for one product

// Halves across their longer side until the rows of each are one batch.
void halve(const CoherentRows& rows, std::span<SourcePoint> points, std::vector<std::size_t>& sizes) {
  int count = 0;
  for (const SourcePoint& point : points) count += rows.count_of(point);
  if (count <= k_batch || points.size() == 1) return sizes.push_back(points.size());
  const auto extent = [&](double SourcePoint::*axis) {
    const auto [least, most] = std::ranges::minmax(points, {}, axis);
    return most.*axis - least.*axis;
  };
  const bool along_x = extent(&SourcePoint::sigma_x) > extent(&SourcePoint::sigma_y);
  std::ranges::stable_sort(points, {}, along_x ? &SourcePoint::sigma_x : &SourcePoint::sigma_y);
  halve(rows, points.first(points.size() / 2), sizes);
  halve(rows, points.subspan(points.size() / 2), sizes);
}

// Stretches of columns that follow each other: [first, last) of the list.
std::vector<std::pair<std::size_t, std::size_t>> runs_of(const std::vector<int>& columns) {
  std::vector<std::pair<std::size_t, std::size_t>> runs;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (runs.empty() || columns[i] != columns[i - 1] + 1) runs.emplace_back(i, i);
    runs.back().second = i + 1;
  }
  return runs;
}

// Rows of one sector being gathered, on the columns that occur so far.
template <class T>
class Gathered {
 public:
  Gathered(const OrderSector& sector, int window_size)
      : size_(static_cast<std::size_t>(sector.size())), place_(static_cast<std::size_t>(window_size), {-1, T(0)}),
        slot_(size_, -1), values_(k_batch * size_) {
    for (int i = 0; i < sector.size(); ++i)
      for (std::size_t j = 0; j < static_cast<std::size_t>(sector[i].count); ++j)
        place_[static_cast<std::size_t>(sector[i].orders[j])] = {i, static_cast<T>(sector[i].parts[j])};
  }

  void add(std::span<const int> places, std::span<const Complex> values) {
    std::complex<T>* row = values_.data() + count_++ * size_;
    for (std::size_t k = 0; k < places.size(); ++k) {
      const auto& [column, part] = place_[static_cast<std::size_t>(places[k])];
      if (column < 0) continue;
      int& slot = slot_[static_cast<std::size_t>(column)];
      if (slot < 0) {
        slot = static_cast<int>(columns_.size());
        columns_.push_back(column);
      }
      row[slot] += part * std::complex<T>(values[k]);
    }
  }

  // What there is, and begins again.
  RowBatch<T> take() {
    RowBatch<T> batch{.count = static_cast<int>(count_), .columns = columns_, .values = {}};
    std::sort(batch.columns.begin(), batch.columns.end());
    batch.values.reserve(count_ * columns_.size());
    for (std::size_t row = 0; row < count_; ++row) {
      std::complex<T>* from = values_.data() + row * size_;
      for (const int column : batch.columns) batch.values.push_back(from[slot_[static_cast<std::size_t>(column)]]);
      std::fill_n(from, columns_.size(), std::complex<T>());
    }
    for (const int column : columns_) slot_[static_cast<std::size_t>(column)] = -1;
    columns_.clear();
    count_ = 0;
    return batch;
  }

 private:
  struct Place {
    int column;
    T part;
  };
  std::size_t size_, count_ = 0;
  std::vector<Place> place_;  // of an order
  std::vector<int> slot_, columns_;
  std::vector<std::complex<T>> values_;  // [row][slot]
};

void add_product(const RowBatch<double>& batch, std::vector<Complex>& product) {
  cblas_zherk(CblasRowMajor, CblasUpper, CblasConjTrans, batch.width(), batch.count, 1.0, batch.values.data(),
              batch.width(), 0.0, product.data(), batch.width());
}
void add_product(const RowBatch<float>& batch, std::vector<std::complex<float>>& product) {
  cblas_cherk(CblasRowMajor, CblasUpper, CblasConjTrans, batch.width(), batch.count, 1.0f, batch.values.data(),
              batch.width(), 0.0f, product.data(), batch.width());
}

}  // namespace

SourcePatches patches_of(const CoherentRows& rows, std::vector<SourcePoint> source) {
  SourcePatches patches{.points = std::move(source), .ends = {}};
  if (patches.points.empty()) return patches;
  halve(rows, patches.points, patches.ends);
  std::partial_sum(patches.ends.begin(), patches.ends.end(), patches.ends.begin());
  return patches;
}

template <class T>
void for_row_batches(const CoherentRows& rows, const SourcePatches& source, std::span<const OrderSector* const> sectors,
                     const std::function<void(std::size_t, const RowBatch<T>&)>& use) {
  std::vector<Gathered<T>> gathered;
  for (const OrderSector* sector : sectors) gathered.emplace_back(*sector, rows.window().size());
  int count = 0;
  const auto flush = [&] {
    if (count == 0) return;
    for (std::size_t s = 0; s < gathered.size(); ++s)
      if (const RowBatch<T> batch = gathered[s].take(); batch.width() > 0) use(s, batch);  // small periods leave a symmetry without orders
    count = 0;
  };
  std::size_t next = 0;
  for (const std::size_t end : source.ends) {
    for (; next < end; ++next)
      rows.passed_rows_of(source.points[next], [&](std::span<const int> places, std::span<const Complex> values) {
        for (Gathered<T>& sector : gathered) sector.add(places, values);
        if (++count == k_batch) flush();
      });
    flush();
  }
}

template <class T>
std::vector<std::vector<std::complex<T>>> gram_matrices(const CoherentRows& rows, const SourcePatches& source,
                                                        std::span<const OrderSector* const> sectors) {
  std::vector<std::vector<std::complex<T>>> grams;
  for (const OrderSector* sector : sectors)
    grams.emplace_back(static_cast<std::size_t>(sector->size()) * static_cast<std::size_t>(sector->size()));
  std::vector<std::complex<T>> product;
  for_row_batches<T>(rows, source, sectors, [&](std::size_t s, const RowBatch<T>& batch) {
    const auto width = batch.columns.size(), size = static_cast<std::size_t>(sectors[s]->size());
    product.resize(width * width);
    add_product(batch, product);
    const auto runs = runs_of(batch.columns);
    for (std::size_t i = 0; i < width; ++i)
      for (const auto& [begin, end] : runs) {
        if (end <= i) continue;
        const std::size_t first = std::max(begin, i);
        const std::complex<T>* from = product.data() + i * width + first;
        std::complex<T>* to = grams[s].data() + static_cast<std::size_t>(batch.columns[i]) * size +
                              static_cast<std::size_t>(batch.columns[first]);
        for (std::size_t j = 0; j < end - first; ++j) to[j] += from[j];
      }
  });
  return grams;
}

template void for_row_batches(const CoherentRows&, const SourcePatches&, std::span<const OrderSector* const>,
                              const std::function<void(std::size_t, const RowBatch<float>&)>&);
template void for_row_batches(const CoherentRows&, const SourcePatches&, std::span<const OrderSector* const>,
                              const std::function<void(std::size_t, const RowBatch<double>&)>&);
template std::vector<std::vector<std::complex<float>>> gram_matrices(const CoherentRows&, const SourcePatches&,
                                                                     std::span<const OrderSector* const>);
template std::vector<std::vector<std::complex<double>>> gram_matrices(const CoherentRows&, const SourcePatches&,
                                                                      std::span<const OrderSector* const>);

}  // namespace reticle
