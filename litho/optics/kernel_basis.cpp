// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/kernel_basis.h"

#include <cblas.h>

#include <algorithm>
#include <cmath>
#include <numbers>
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

// The roots of the power that orders of layouts are expected to have, of the largest: shapes and gaps along a line that end at
// random after a mean length l have the spectrum 1 / (1 + (pi l f)^2) of a random telegraph signal [Rice 1944]; here layouts are such
// lines along x and along y, as wide and as long as below. What is curved or repeats otherwise has at least the floor.
std::vector<double> scales_of(const OpticsSettings& settings, const OrderWindow& window, KernelBasis::Orders orders) {
  std::vector<double> scales(static_cast<std::size_t>(window.size()), 1.0);
  if (orders == KernelBasis::Orders::alike) return scales;
  constexpr double k_width = 0.3, k_length = 1.0, k_floor = 0.1;  // lambda / NA, and part of the power at order 0
  const double unit_nm = settings.wavelength_nm / settings.na;
  const auto telegraph = [&](double length, double f) {
    const double phase = std::numbers::pi * length * unit_nm * f;
    return 1.0 / (1.0 + phase * phase);
  };
  double* scale = scales.data();
  for (int n = -window.half_y; n <= window.half_y; ++n)
    for (int m = -window.half_x; m <= window.half_x; ++m) {
      const double fx = m / settings.period_x_nm(), fy = n / settings.period_y_nm();
      const double upright = telegraph(k_width, fx) * telegraph(k_length, fy), level = telegraph(k_length, fx) * telegraph(k_width, fy);
      *scale++ = std::sqrt((0.5 * (upright + level) + k_floor) / (1.0 + k_floor));
    }
  return scales;
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
                         int count, double error, Orders orders, Solver solver, const TransmissionMatrix* known)
    : rows_(settings, source, focus_nm), window_(rows_.window()), scales_(scales_of(settings, window_, orders)), error_(error),
      solver_(solver) {
  settle_blas();
  const std::vector<Flip> group = mirror_group(settings, source);
  orbits_ = patches_of(rows_, one_of_each_orbit(source, group));
  for (OrderSector& sector : order_sectors(settings, source, group)) blocks_.push_back({std::move(sector)});
  if (known == nullptr) {
    add_up_rows();
  } else {
    for (std::size_t i = 0; i < blocks_.size(); ++i) blocks_[i].known = &known->sectors()[i];
    for (const Block& block : blocks_) trace_ += block.known->trace();
  }
  const auto sectors = static_cast<int>(blocks_.size());
  per_block_ = 16 + (4 * count / sectors + 2) / 3;
  find(per_block_);
  rank();
}

void KernelBasis::add_up_rows() {
  for (const SourcePoint& point : orbits_.points)
    rows_.passed_rows_of(point, [&](std::span<const int>, std::span<const Complex> values) {
      for (const Complex& value : values) trace_ += std::norm(value);
    });
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
    const auto decomposed = [&](std::vector<Complex> matrix) {
      for (int i = 0; i < size; ++i)
        for (int j = i; j < size; ++j)
          matrix[static_cast<std::size_t>(i) * static_cast<std::size_t>(size) + static_cast<std::size_t>(j)] *=
              scale(*block, i) * scale(*block, j);
      return eigenvectors_above(0.0, matrix, size);
    };
    if (block->known == nullptr) {
      found = decomposed(std::move(*next++));
    } else if (!block->known->full.empty()) {
      found = decomposed(block->known->full);
    } else {
      const auto& single = block->known->single;
      found = decomposed({single.begin(), single.end()});
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
  const auto scale_components = [&](std::span<const int> columns, std::vector<std::vector<std::complex<T>>>& of) {
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      auto value = of[i].begin();
      for (int component = 0; component < wanted[i].size; ++component)
        for (int column = 0; column < columns[i]; ++column) *value++ *= static_cast<T>(scale(*blocks[i], component));
    }
  };
  const MatrixProducts<T> scaled = [&](std::span<const int> columns, const std::vector<std::vector<std::complex<T>>>& from,
                                       std::vector<std::vector<std::complex<T>>>& to) {
    std::vector<std::vector<std::complex<T>>> masks = from;
    scale_components(columns, masks);
    products(columns, masks, to);
    scale_components(columns, to);
  };
  std::vector<Eigensystem> found = leading_eigenvectors<T>(wanted, scaled);
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
  eigenvalues_.clear();
  weights_.clear();
  places_.clear();
  for (const auto& [value, place] : all) {
    if (value <= 1e-14 * all[0].first) break;
    const Block& block = blocks_[place.block];
    double square = 0.0;
    for (int i = 0; i < block.sector.size(); ++i) square += std::norm(block.vector(place.index)[i] / scale(block, i));
    eigenvalues_.push_back(value);
    weights_.push_back(value * square);
    places_.push_back(place);
  }
}

double KernelBasis::bound_after(int count) const {
  // 0 <= I - I_K <= lambda_{K+1} |S^-1 c|^2 (Bessel), and |c| <= 1 (Parseval)
  const double least = *std::min_element(scales_.begin(), scales_.end());
  const auto next = static_cast<std::size_t>(count);
  const double left = next < eigenvalues_.size() ? eigenvalues_[next] : complete_ ? 0.0 : eigenvalues_.back();
  return left / (least * least) + 1e-12 * eigenvalues_[0];  // eigenvalues carry rounding of the largest one
}

std::vector<Complex> KernelBasis::kernel(int index) const {
  const Place place = places_[static_cast<std::size_t>(index)];
  const Block& block = blocks_[place.block];
  const double root = std::sqrt(weights_[static_cast<std::size_t>(index)] / eigenvalues_[static_cast<std::size_t>(index)]);
  std::vector<Complex> parts(static_cast<std::size_t>(block.sector.size())), row(static_cast<std::size_t>(window_.size()));
  for (int i = 0; i < block.sector.size(); ++i)
    parts[static_cast<std::size_t>(i)] = block.vector(place.index)[i] / (scale(block, i) * root);
  block.sector.unfold(parts.data(), row);
  for (Complex& value : row) value = std::conj(value);
  return row;
}

}  // namespace reticle
