// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/kernel_basis.h"

#include <cblas.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <utility>

#include "kernels/base/error.h"
#include "litho/optics/blas.h"
#include "litho/optics/sector_rows.h"


namespace reticle {

namespace {

using Complex = std::complex<double>;

constexpr int k_small_sector = 400;    // orders: a second of work or less
constexpr int k_most_orders = 5000;    // of a sector decomposed whole: three matrices of 400 MB each
constexpr std::size_t k_most_kept = 50'000'000;  // numbers of matrices that are kept: 400 MB in float
constexpr int k_passes = 4;            // products with the matrix that leading systems take, or a few more
constexpr double k_float_will_do = 1e-4;

void multiply(const std::vector<std::complex<float>>& upper, int size, int columns,
              const std::vector<std::complex<float>>& from, std::vector<std::complex<float>>& to) {
  const std::complex<float> one = 1.0f, zero = 0.0f;
  cblas_chemm(CblasRowMajor, CblasLeft, CblasUpper, size, columns, &one, upper.data(), size, from.data(), columns,
              &zero, to.data(), columns);
}

void gemm(CBLAS_TRANSPOSE transpose, int m, int n, int k, const std::complex<float>* a, int lda,
          const std::complex<float>* b, std::complex<float>* c) {
  const std::complex<float> one = 1.0f, zero = 0.0f;
  cblas_cgemm(CblasRowMajor, transpose, CblasNoTrans, m, n, k, &one, a, lda, b, n, &zero, c, n);
}
void gemm(CBLAS_TRANSPOSE transpose, int m, int n, int k, const Complex* a, int lda, const Complex* b, Complex* c) {
  const Complex one = 1.0, zero = 0.0;
  cblas_zgemm(CblasRowMajor, transpose, CblasNoTrans, m, n, k, &one, a, lda, b, n, &zero, c, n);
}

// to += rows^H (rows from), on the batch's columns.
template <class T>
void add_product(const RowBatch<T>& batch, int columns, const std::vector<std::complex<T>>& from,
                 std::vector<std::complex<T>>& to) {
  const auto wide = static_cast<std::size_t>(columns);
  std::vector<std::complex<T>> part(batch.columns.size() * wide), fields(static_cast<std::size_t>(batch.count) * wide);
  for (std::size_t i = 0; i < batch.columns.size(); ++i)
    std::copy_n(from.data() + static_cast<std::size_t>(batch.columns[i]) * wide, wide, part.data() + i * wide);
  gemm(CblasNoTrans, batch.count, columns, batch.width(), batch.values.data(), batch.width(), part.data(), fields.data());
  gemm(CblasConjTrans, batch.width(), columns, batch.count, batch.values.data(), batch.width(), fields.data(), part.data());
  for (std::size_t i = 0; i < batch.columns.size(); ++i) {
    std::complex<T>* row = to.data() + static_cast<std::size_t>(batch.columns[i]) * wide;
    for (std::size_t j = 0; j < wide; ++j) row[j] += part[i * wide + j];
  }
}

}  // namespace

KernelBasis::KernelBasis(const OpticsSettings& settings, std::span<const SourcePoint> source, double focus_nm,
                         int count, double error, Solver solver)
    : rows_(settings, source, focus_nm), window_(rows_.window()), error_(error),
      period_x_nm_(settings.period_x_nm()), period_y_nm_(settings.period_y_nm()), solver_(solver) {
  settle_blas();
  const std::vector<Flip> group = mirror_group(settings, source);
  orbits_ = sorted_by_patch(one_of_each_orbit(source, group));
  for (OrderSector& sector : order_sectors(settings, source, group)) blocks_.push_back({std::move(sector)});
  for (const SourcePoint& point : orbits_)
    rows_.rows_of(point, [&](std::span<const Complex> row) {
      for (const Complex& value : row) trace_ += std::norm(value);
      const std::array<double, 2> first = first_order(row);
      first_order_ = {first_order_[0] + first[0], first_order_[1] + first[1]};
    });
  const auto sectors = static_cast<int>(blocks_.size());
  per_block_ = 16 + (4 * count / sectors + 2) / 3;
  for (Block& block : blocks_) find(block, per_block_);
  rank();
}

void KernelBasis::extend() {
  per_block_ *= 2;
  for (Block& block : blocks_)
    if (!block.complete) find(block, per_block_);
  rank();
}

void KernelBasis::find(Block& block, int count) {
  const int size = block.sector.size();
  const bool whole = solver_ == Solver::whole || (solver_ == Solver::by_size && (size <= k_small_sector || 2 * count > size));
  if (whole) {
    if (size > k_most_orders)
      throw Error(ErrorCode::unsupported,
                  "optics: period_nm asks for kernels of " + std::to_string(window_.cols()) + " x " +
                      std::to_string(window_.rows()) +
                      " orders, and the error for nearly all of them; allow a larger error or use a smaller tile");
    block.systems = eigenvectors_above(0.0, gram_matrix<double>(rows_, orbits_, block.sector), size);
    block.complete = true;
  } else if (error_ >= k_float_will_do) {
    find_leading<float>(block, count);
  } else {
    find_leading<double>(block, count);
  }
}

template <class T>
void KernelBasis::find_leading(Block& block, int count) {
  const int size = block.sector.size();
  MatrixProduct<T> product = [&](int columns, const std::vector<std::complex<T>>& from,
                                 std::vector<std::complex<T>>& to) {
    std::fill(to.begin(), to.end(), T(0));
    for_row_batches<T>(rows_, orbits_, block.sector,
                       [&](const RowBatch<T>& batch) { add_product(batch, columns, from, to); });
  };
  if constexpr (std::is_same_v<T, float>) {
    // Work of products with the rows against that of the matrix and its products.
    double by_rows = 0.0, matrix = 0.0;
    for (const SourcePoint& point : orbits_) {
      const double orders = static_cast<double>(rows_.orders_of(point)), width = std::min(1.2 * orders, 1.0 * size);
      const double rows = static_cast<double>(rows_.count_of(point));
      by_rows += rows * width * 16.0 * count * k_passes;
      matrix += rows * width * width * 4.0;
    }
    matrix += 8.0 * size * static_cast<double>(size) * count * k_passes;
    const bool fits = blocks_.size() * static_cast<std::size_t>(size) * static_cast<std::size_t>(size) <= k_most_kept;
    if (block.gram.empty() && fits && matrix < by_rows)
      block.gram = gram_matrix<float>(rows_, orbits_, block.sector);
    if (!block.gram.empty())
      product = [&](int columns, const auto& from, auto& to) { multiply(block.gram, size, columns, from, to); };
  }
  block.systems = leading_eigenvectors<T>(size, count, product, block.systems);
  block.complete = block.systems.count() < std::min(count, size);
}

void KernelBasis::rank() {
  // Weights above those of the systems that are only nearly converged.
  double least = 0.0;
  complete_ = true;
  for (const Block& block : blocks_) {
    complete_ = complete_ && block.complete;
    const int found = block.systems.count();
    if (!block.complete && found > 0) least = std::max(least, block.systems.values[static_cast<std::size_t>(3 * found / 4)]);
  }
  std::vector<std::pair<double, Place>> all;
  for (std::size_t b = 0; b < blocks_.size(); ++b)
    for (int i = 0; i < blocks_[b].systems.count(); ++i)
      if (const double value = blocks_[b].systems.values[static_cast<std::size_t>(i)]; value > least)
        all.push_back({value, {b, i}});
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  weights_.clear();
  places_.clear();
  for (const auto& [value, place] : all) {
    if (value <= 1e-14 * all[0].first) break;
    weights_.push_back(value);
    places_.push_back(place);
  }
  held_.assign(1, {});
  for (int k = 0; k < count(); ++k) {
    const double weight = weights_[static_cast<std::size_t>(k)];
    const std::array<double, 2> first = first_order(kernel(k));
    const Held& before = held_.back();
    held_.push_back({before.energy + weight,
                     {before.first_order[0] + weight * first[0], before.first_order[1] + weight * first[1]}});
  }
}

// The real part: mirrored systems have the conjugate.
std::array<double, 2> KernelBasis::first_order(std::span<const Complex> row) const {
  const int cols = window_.cols();
  double x = 0.0, y = 0.0;
  for (int i = 0; i < window_.size(); ++i) {
    const Complex& here = row[static_cast<std::size_t>(i)];
    if (i % cols + 1 < cols) x += (row[static_cast<std::size_t>(i) + 1] * std::conj(here)).real();
    if (i + cols < window_.size()) y += (row[static_cast<std::size_t>(i + cols)] * std::conj(here)).real();
  }
  return {x, y};
}

double KernelBasis::spread_nm(int count) const {
  const Held& held = held_[static_cast<std::size_t>(count)];
  const double energy = trace_ - held.energy;
  if (energy <= 1e-9 * trace_) return 0.0;
  // exp(-2 pi^2 s^2 / P^2)
  const auto spread = [&](int axis, double period_nm) {
    const auto a = static_cast<std::size_t>(axis);
    const double decay = std::clamp((first_order_[a] - held.first_order[a]) / energy, 1e-3, 0.999);
    return period_nm * std::sqrt(-std::log(decay) / 2.0) / std::numbers::pi;
  };
  return 0.5 * (spread(0, period_x_nm_) + spread(1, period_y_nm_));
}

std::vector<Complex> KernelBasis::kernel(int index) const {
  const Place place = places_[static_cast<std::size_t>(index)];
  const Block& block = blocks_[place.block];
  std::vector<Complex> row(static_cast<std::size_t>(window_.size()));
  block.sector.unfold(block.systems.vectors.data() + static_cast<std::size_t>(place.index) * block.sector.size(), row);
  for (Complex& value : row) value = std::conj(value);
  return row;
}

}  // namespace reticle
