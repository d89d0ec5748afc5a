#include "litho/optics/kernel_basis.h"

#include <cblas.h>
#include <lapacke.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "kernels/base/error.h"

extern "C" void openblas_set_num_threads(int);

namespace reticle {

namespace {

using Complex = std::complex<double>;

constexpr int k_most_orders = 5000;  // of a sector: three matrices of 400 MB each
constexpr int k_batch = 256;         // rows gathered for one product, of one patch of the source if
constexpr int k_least_batch = 64;    // there are that many

lapack_complex_double* lapack(Complex* values) {
  return reinterpret_cast<lapack_complex_double*>(values);
}

// Adds conj(rows)^T rows to the upper triangle of g. Rows of neighbouring source points carry the same
// part of the orders; the product runs over the columns that occur.
class GramSum {
 public:
  void add(const std::vector<Complex>& rows, int count, int size, std::vector<Complex>& g) {
    gather(rows, count, size);
    const int used = static_cast<int>(columns_.size());
    if (used == 0) return;  // small periods leave a symmetry without orders
    product_.resize(static_cast<std::size_t>(used) * used);
    cblas_zherk(CblasRowMajor, CblasUpper, CblasConjTrans, used, count, 1.0, packed_.data(), used, 0.0,
                product_.data(), used);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      Complex* to = g.data() + static_cast<std::size_t>(columns_[i]) * size;
      const Complex* from = product_.data() + i * columns_.size();
      for (std::size_t j = i; j < columns_.size(); ++j) to[columns_[j]] += from[j];
    }
  }

 private:
  void gather(const std::vector<Complex>& rows, int count, int size) {
    columns_.clear();
    for (int column = 0; column < size; ++column)
      for (int row = 0; row < count; ++row)
        if (rows[static_cast<std::size_t>(row) * size + column] != 0.0) {
          columns_.push_back(column);
          break;
        }
    packed_.clear();
    for (int row = 0; row < count; ++row)
      for (const int column : columns_)
        packed_.push_back(rows[static_cast<std::size_t>(row) * size + column]);
  }

  std::vector<int> columns_;
  std::vector<Complex> packed_, product_;
};

// The square patch of the source that a point lies in.
std::pair<int, int> patch_of(const SourcePoint& point) {
  constexpr double k_patch = 0.0625;  // sigma
  return {static_cast<int>(std::floor(point.sigma_y / k_patch)), static_cast<int>(std::floor(point.sigma_x / k_patch))};
}

// Patches one after the other.
void sort_by_patch(std::vector<SourcePoint>& source) {
  std::stable_sort(source.begin(), source.end(), [](const SourcePoint& a, const SourcePoint& b) {
    return patch_of(a) < patch_of(b);
  });
}

}  // namespace

KernelBasis::KernelBasis(const OpticsSettings& settings, std::span<const SourcePoint> source,
                         double focus_nm, double least_weight) {
  openblas_set_num_threads(1);  // the same sums whatever the machine
  const std::vector<Flip> group = mirror_group(settings, source);
  const CoherentRows rows(settings, source, focus_nm);
  window_ = rows.window();
  for (OrderSector& sector : order_sectors(settings, source, group)) {
    const int size = sector.size();
    if (size > k_most_orders)
      throw Error(ErrorCode::unsupported,
                  "optics: period_nm asks for kernels of " + std::to_string(window_.cols()) + " x " +
                      std::to_string(window_.rows()) +
                      " orders, more than fit an eigenproblem; use a smaller tile");
    blocks_.push_back(
        {std::move(sector), std::vector<Complex>(static_cast<std::size_t>(size) * size), {}});
  }
  std::vector<SourcePoint> orbits = one_of_each_orbit(source, group);
  sort_by_patch(orbits);
  add_rows(rows, orbits);
  for (const Block& block : blocks_)
    for (int i = 0; i < block.sector.size(); ++i)
      trace_ += block.matrix[static_cast<std::size_t>(i) * block.sector.size() + i].real();
  decompose(least_weight);
}

void KernelBasis::add_rows(const CoherentRows& rows, std::span<const SourcePoint> source) {
  std::vector<std::vector<Complex>> folded;
  for (const Block& block : blocks_)
    folded.emplace_back(static_cast<std::size_t>(k_batch) * block.sector.size());
  GramSum gram;
  int count = 0;
  const auto flush = [&] {
    for (std::size_t b = 0; b < blocks_.size() && count > 0; ++b)
      gram.add(folded[b], count, blocks_[b].sector.size(), blocks_[b].matrix);
    count = 0;
  };
  std::pair<int, int> patch;
  for (const SourcePoint& point : source) {
    if (count >= k_least_batch && patch_of(point) != patch) flush();
    patch = patch_of(point);
    rows.rows_of(point, [&](std::span<const Complex> row) {
      for (std::size_t b = 0; b < blocks_.size(); ++b) {
        const OrderSector& sector = blocks_[b].sector;
        sector.fold(row, folded[b].data() + static_cast<std::size_t>(count) * sector.size());
      }
      if (++count == k_batch) flush();
    });
  }
  flush();
}

namespace {

struct Eigenvectors {
  std::vector<double> values;    // ascending
  std::vector<Complex> vectors;  // one after another
};

// Those of a Hermitian matrix, given by its lower triangle in columns, with values above `least`: reduced
// to a tridiagonal matrix, whose eigenvectors come one by one [Dhillon & Parlett 2004, Lin. Alg. Appl. 387].
Eigenvectors eigenvectors_above(double least, std::vector<Complex> matrix, int size) {
  const auto n = static_cast<std::size_t>(size);
  std::vector<double> diagonal(n), beside(n);
  std::vector<Complex> reflectors(n);
  auto info = LAPACKE_zhetrd(LAPACK_COL_MAJOR, 'L', size, lapack(matrix.data()), size, diagonal.data(),
                             beside.data(), lapack(reflectors.data()));
  // All of the tridiagonal matrix, which cost little; only those above `least` are turned back.
  Eigenvectors found{std::vector<double>(n), std::vector<Complex>(n * n)};
  std::vector<lapack_int> support(2 * n);
  lapack_int count = 0;
  lapack_logical accurate = 1;
  if (info == 0)
    info = LAPACKE_zstemr(LAPACK_COL_MAJOR, 'V', 'A', size, diagonal.data(), beside.data(), 0.0, 0.0, 0, 0,
                          &count, found.values.data(), lapack(found.vectors.data()), size, size,
                          support.data(), &accurate);
  const auto first = std::upper_bound(found.values.begin(), found.values.end(), least) - found.values.begin();
  found.values.erase(found.values.begin(), found.values.begin() + first);
  found.vectors.erase(found.vectors.begin(), found.vectors.begin() + first * size);
  if (info == 0 && !found.values.empty())
    info = LAPACKE_zunmtr(LAPACK_COL_MAJOR, 'L', 'L', 'N', size, static_cast<lapack_int>(found.values.size()),
                          lapack(matrix.data()), size, lapack(reflectors.data()),
                          lapack(found.vectors.data()), size);
  if (info != 0)
    throw Error(ErrorCode::unsupported, "the eigenvalues of the source-by-pupil matrix did not converge");
  return found;
}

}  // namespace

void KernelBasis::decompose(double least_weight) {
  std::vector<std::pair<double, Place>> all;
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    // Read by columns, the upper triangle is the lower one of conj(G), whose eigenvectors are h.
    Block& block = blocks_[b];
    Eigenvectors found = eigenvectors_above(least_weight, block.matrix, block.sector.size());
    block.vectors = std::move(found.vectors);
    for (std::size_t i = 0; i < found.values.size(); ++i) all.push_back({found.values[i], {b, i}});
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  least_weight_ = least_weight;
  weights_.clear();
  places_.clear();
  for (const auto& [value, place] : all) {
    if (value <= 1e-14 * all[0].first) break;
    weights_.push_back(value);
    places_.push_back(place);
  }
}

std::vector<Complex> KernelBasis::kernel(int index) const {
  const Place place = places_[static_cast<std::size_t>(index)];
  const Block& block = blocks_[place.block];
  std::vector<Complex> row(static_cast<std::size_t>(window_.size()));
  block.sector.unfold(block.vectors.data() + place.index * static_cast<std::size_t>(block.sector.size()),
                      row);
  return row;
}

Spectrum<double> KernelBasis::intensity(const Spectrum<double>& mask) const {
  // I(f - f') += conj(G(f', f))... summed over the orders of each pair of basis vectors.
  Spectrum<double> sum(2 * window_.half_x, 2 * window_.half_y);
  const int cols = window_.cols();
  const auto add = [&](const OrderSector::Vector& a, const OrderSector::Vector& b, Complex value) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(a.count); ++i)
      for (std::size_t j = 0; j < static_cast<std::size_t>(b.count); ++j) {
        const int fa = a.orders[i], fb = b.orders[j];
        sum.at(fb % cols - fa % cols, fb / cols - fa / cols) +=
            a.parts[i] * b.parts[j] * value * std::conj(mask.data()[fa]) * mask.data()[fb];
      }
  };
  for (const Block& block : blocks_) {
    const int size = block.sector.size();
    for (int i = 0; i < size; ++i) {
      const Complex* row = block.matrix.data() + static_cast<std::size_t>(i) * size;
      add(block.sector[i], block.sector[i], row[i].real());
      for (int j = i + 1; j < size; ++j) {
        add(block.sector[i], block.sector[j], row[j]);
        add(block.sector[j], block.sector[i], std::conj(row[j]));
      }
    }
  }
  return sum;
}

}  // namespace reticle
