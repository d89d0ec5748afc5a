// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/kernel_basis.h"

#include <cblas.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <string>
#include <type_traits>
#include <utility>

#include "kernels/base/error.h"
#include "litho/optics/blas.h"

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
void multiply(const std::vector<Complex>& upper, int size, int columns, const std::vector<Complex>& from,
              std::vector<Complex>& to) {
  const Complex one = 1.0, zero = 0.0;
  cblas_zhemm(CblasRowMajor, CblasLeft, CblasUpper, size, columns, &one, upper.data(), size, from.data(), columns,
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

// Of a matrix in float, eigenvalues below this part of the strongest are rounding.
constexpr double k_single_rounding = 1e-6;

}  // namespace

template <>
const std::vector<std::complex<float>>& KernelBasis::Block::matrix<float>() const {
  return known != nullptr && gram.empty() ? known->single : gram;
}
template <>
const std::vector<Complex>& KernelBasis::Block::matrix<double>() const {
  static const std::vector<Complex> k_none;
  return known != nullptr ? known->full : k_none;
}

KernelBasis::KernelBasis(const OpticsSettings& settings, std::span<const SourcePoint> source, double focus_nm,
                         int count, double error, Solver solver, const TransmissionMatrix* known)
    : rows_(settings, source, focus_nm), window_(rows_.window()), error_(error),
      period_x_nm_(settings.period_x_nm()), period_y_nm_(settings.period_y_nm()), solver_(solver) {
  settle_blas();
  const std::vector<Flip> group = mirror_group(settings, source);
  orbits_ = patches_of(rows_, one_of_each_orbit(source, group));
  for (OrderSector& sector : order_sectors(settings, source, group)) blocks_.push_back({std::move(sector)});
  if (known == nullptr) {
    add_up_rows();
  } else {
    for (std::size_t i = 0; i < blocks_.size(); ++i) blocks_[i].known = &known->sectors()[i];
    for (const Block& block : blocks_) {
      if (block.known->full.empty()) add_up(block.sector, block.known->single);
      else add_up(block.sector, block.known->full);
    }
  }
  const auto sectors = static_cast<int>(blocks_.size());
  per_block_ = 16 + (4 * count / sectors + 2) / 3;
  find(per_block_);
  rank();
}

// The trace and the first order of all rows.
void KernelBasis::add_up_rows() {
  std::vector<Complex> row(static_cast<std::size_t>(window_.size()));
  for (const SourcePoint& point : orbits_.points)
    rows_.passed_rows_of(point, [&](std::span<const int> places, std::span<const Complex> values) {
      for (std::size_t k = 0; k < places.size(); ++k) {
        row[static_cast<std::size_t>(places[k])] = values[k];
        trace_ += std::norm(values[k]);
      }
      const std::array<double, 2> first = first_order(row, places);
      first_order_ = {first_order_[0] + first[0], first_order_[1] + first[1]};
      for (const int place : places) row[static_cast<std::size_t>(place)] = 0.0;
    });
}

// The same from a sector's matrix: pairs of its vectors that hold neighbouring orders.
template <class Number>
void KernelBasis::add_up(const OrderSector& sector, const std::vector<Number>& matrix) {
  const int cols = window_.cols(), size = sector.size();
  std::vector<std::pair<int, double>> of_order(static_cast<std::size_t>(window_.size()), {-1, 0.0});
  for (int i = 0; i < size; ++i)
    for (std::size_t o = 0; o < static_cast<std::size_t>(sector[i].count); ++o)
      of_order[static_cast<std::size_t>(sector[i].orders[o])] = {i, sector[i].parts[o]};
  const auto product = [&](int a, int b) {
    const auto& [i, part_i] = of_order[static_cast<std::size_t>(a)];
    const auto& [j, part_j] = of_order[static_cast<std::size_t>(b)];
    if (i < 0 || j < 0) return 0.0;
    const auto row = static_cast<std::size_t>(std::min(i, j)), column = static_cast<std::size_t>(std::max(i, j));
    return part_i * part_j * static_cast<double>(matrix[row * static_cast<std::size_t>(size) + column].real());
  };
  for (int i = 0; i < size; ++i)
    trace_ += matrix[static_cast<std::size_t>(i) * static_cast<std::size_t>(size) + static_cast<std::size_t>(i)].real();
  for (int at = 0; at < window_.size(); ++at) {
    if (at % cols + 1 < cols) first_order_[0] += product(at, at + 1);
    if (at + cols < window_.size()) first_order_[1] += product(at, at + cols);
  }
}

void KernelBasis::extend() {
  per_block_ += (per_block_ + 1) / 2;
  find(per_block_);
  rank();
}

void KernelBasis::find(int count) {
  std::vector<Block*> whole, leading;
  for (Block& block : blocks_) {
    if (block.complete) continue;
    const int size = block.sector.size();
    const bool is_whole =
        solver_ == Solver::whole || (solver_ == Solver::by_size && (size <= k_small_sector || 2 * count > size));
    (is_whole ? whole : leading).push_back(&block);
  }
  if (!whole.empty()) find_whole(whole);
  if (leading.empty()) return;
  if (error_ >= k_float_will_do) find_leading<float>(leading, count);
  else find_leading<double>(leading, count);
}

void KernelBasis::find_whole(const std::vector<Block*>& blocks) {
  std::vector<const OrderSector*> unknown;
  for (const Block* block : blocks) {
    if (block->sector.size() > k_most_orders)
      throw Error(ErrorCode::unsupported,
                  "optics: period_nm asks for kernels of " + std::to_string(window_.cols()) + " x " +
                      std::to_string(window_.rows()) +
                      " orders, and the error for nearly all of them; allow a larger error or use a smaller tile");
    if (block->known == nullptr) unknown.push_back(&block->sector);
  }
  std::vector<std::vector<Complex>> made;
  if (!unknown.empty()) made = gram_matrices<double>(rows_, orbits_, unknown);
  auto next = made.begin();
  for (Block* block : blocks) {
    const int size = block->sector.size();
    Eigensystem& found = block->systems;
    if (block->known == nullptr) {
      found = eigenvectors_above(0.0, *next++, size);
    } else if (!block->known->full.empty()) {
      found = eigenvectors_above(0.0, block->known->full, size);
    } else {
      const auto& single = block->known->single;
      found = eigenvectors_above(0.0, {single.begin(), single.end()}, size);
      while (found.count() > 0 && found.values.back() < k_single_rounding * found.values.front()) found.values.pop_back();
      found.vectors.resize(found.values.size() * static_cast<std::size_t>(size));
    }
    block->complete = true;
  }
}

// Work of products with the rows against that of the matrices and their products.
bool KernelBasis::matrix_is_less_work(const std::vector<Block*>& blocks, int count) const {
  std::vector<double> orders;
  for (const SourcePoint& point : orbits_.points) orders.push_back(static_cast<double>(rows_.orders_of(point)));
  std::size_t numbers = 0;
  double by_rows = 0.0, by_matrix = 0.0;
  for (const Block* block : blocks) {
    const double size = block->sector.size();
    numbers += static_cast<std::size_t>(size * size);
    for (std::size_t p = 0; p < orbits_.points.size(); ++p) {
      const double width = std::min(1.2 * orders[p], size), rows = static_cast<double>(rows_.count_of(orbits_.points[p]));
      by_rows += rows * width * 16.0 * count * k_passes;
      by_matrix += rows * width * width * 4.0;
    }
    by_matrix += 8.0 * size * size * count * k_passes;
  }
  return numbers <= k_most_kept && by_matrix < by_rows;
}

template <class T>
void KernelBasis::find_leading(const std::vector<Block*>& blocks, int count) {
  if constexpr (std::is_same_v<T, float>)
    if (blocks.front()->matrix<float>().empty() && matrix_is_less_work(blocks, count)) {
      std::vector<const OrderSector*> sectors;
      for (const Block* block : blocks) sectors.push_back(&block->sector);
      auto grams = gram_matrices<float>(rows_, orbits_, sectors);
      for (std::size_t i = 0; i < blocks.size(); ++i) blocks[i]->gram = std::move(grams[i]);
    }
  std::vector<LeadingWanted> wanted;
  std::vector<const OrderSector*> by_rows;
  std::vector<std::size_t> by_rows_at;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    wanted.push_back({blocks[i]->sector.size(), count, &blocks[i]->systems});
    if (!blocks[i]->template matrix<T>().empty()) continue;
    by_rows.push_back(&blocks[i]->sector);
    by_rows_at.push_back(i);
  }
  const MatrixProducts<T> products = [&](std::span<const int> columns, const std::vector<std::vector<std::complex<T>>>& from,
                                         std::vector<std::vector<std::complex<T>>>& to) {
    for (std::size_t i = 0; i < blocks.size(); ++i)
      if (const auto& matrix = blocks[i]->template matrix<T>(); !matrix.empty() && columns[i] > 0)
        multiply(matrix, wanted[i].size, columns[i], from[i], to[i]);
    if (by_rows.empty()) return;
    for (const std::size_t i : by_rows_at) std::fill(to[i].begin(), to[i].end(), T(0));
    for_row_batches<T>(rows_, orbits_, by_rows, [&](std::size_t s, const RowBatch<T>& batch) {
      const std::size_t i = by_rows_at[s];
      if (columns[i] > 0) add_product(batch, columns[i], from[i], to[i]);
    });
  };
  std::vector<Eigensystem> found = leading_eigenvectors<T>(wanted, products);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    blocks[i]->systems = std::move(found[i]);
    blocks[i]->complete = blocks[i]->systems.count() < std::min(count, blocks[i]->sector.size());
  }
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
  std::vector<int> places(static_cast<std::size_t>(window_.size()));
  std::iota(places.begin(), places.end(), 0);
  for (int k = 0; k < count(); ++k) {
    const double weight = weights_[static_cast<std::size_t>(k)];
    const std::array<double, 2> first = first_order(kernel(k), places);
    const Held& before = held_.back();
    held_.push_back({before.energy + weight,
                     {before.first_order[0] + weight * first[0], before.first_order[1] + weight * first[1]}});
  }
}

// The real part: mirrored systems have the conjugate.
std::array<double, 2> KernelBasis::first_order(std::span<const Complex> row, std::span<const int> places) const {
  const int cols = window_.cols();
  double x = 0.0, y = 0.0;
  const auto product = [&](const Complex& a, const Complex& b) { return a.real() * b.real() + a.imag() * b.imag(); };
  for (const int i : places) {
    const Complex& here = row[static_cast<std::size_t>(i)];
    if (i % cols + 1 < cols) x += product(row[static_cast<std::size_t>(i) + 1], here);
    if (i + cols < window_.size()) y += product(row[static_cast<std::size_t>(i + cols)], here);
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
