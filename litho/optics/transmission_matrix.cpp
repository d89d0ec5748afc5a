// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/transmission_matrix.h"

#include "litho/optics/blas.h"
#include "litho/optics/sector_rows.h"

namespace reticle {

using Complex = std::complex<double>;

double TransmissionMatrix::Sector::trace() const {
  double sum = 0.0;
  for (std::size_t i = 0, next = 0; i < static_cast<std::size_t>(orders.size()); ++i, next += static_cast<std::size_t>(orders.size()) + 1)
    sum += single.empty() ? full[next].real() : static_cast<double>(single[next].real());
  return sum;
}

TransmissionMatrix::TransmissionMatrix(const OpticsSettings& settings, std::span<const SourcePoint> source,
                                       double focus_nm, Precision precision) {
  settle_blas();
  const CoherentRows rows(settings, source, focus_nm);
  window_ = rows.window();
  const std::vector<Flip> group = mirror_group(settings, source);
  const SourcePatches orbits = patches_of(rows, one_of_each_orbit(source, group));
  for (OrderSector& orders : order_sectors(settings, source, group)) sectors_.push_back({std::move(orders)});
  std::vector<const OrderSector*> all;
  for (const Sector& sector : sectors_) all.push_back(&sector.orders);
  if (precision == Precision::single) {
    auto matrices = gram_matrices<float>(rows, orbits, all);
    for (std::size_t i = 0; i < sectors_.size(); ++i) sectors_[i].single = std::move(matrices[i]);
  } else {
    auto matrices = gram_matrices<double>(rows, orbits, all);
    for (std::size_t i = 0; i < sectors_.size(); ++i) sectors_[i].full = std::move(matrices[i]);
  }
}

Spectrum<double> TransmissionMatrix::intensity(const Spectrum<double>& mask) const {
  // Half of the sum, whose other half is Hermitian to it: pairs a < b, and half of each a = b.
  Spectrum<double> half(2 * window_.half_x, 2 * window_.half_y);
  Complex* const zero = &half.at(0, 0);
  const int cols = window_.cols();
  std::vector<std::ptrdiff_t> place(static_cast<std::size_t>(window_.size()));  // of an order, up to a constant
  for (int f = 0; f < window_.size(); ++f) place[static_cast<std::size_t>(f)] = std::ptrdiff_t{f / cols} * half.cols() + f % cols;
  // The orders of each pair of basis vectors.
  const auto add = [&](const OrderSector::Vector& a, const OrderSector::Vector& b, Complex value) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(a.count); ++i) {
      const auto fa = static_cast<std::size_t>(a.orders[i]);
      const Complex of_a = a.parts[i] * value * std::conj(mask.data()[fa]);
      Complex* const from_a = zero - place[fa];
      for (std::size_t j = 0; j < static_cast<std::size_t>(b.count); ++j) {
        const auto fb = static_cast<std::size_t>(b.orders[j]);
        from_a[place[fb]] += b.parts[j] * of_a * mask.data()[fb];
      }
    }
  };
  const auto add_all = [&](const OrderSector& orders, const auto& matrix) {
    const int size = orders.size();
    for (int i = 0; i < size; ++i) {
      const auto* row = matrix.data() + static_cast<std::size_t>(i) * static_cast<std::size_t>(size);
      add(orders[i], orders[i], 0.5 * static_cast<double>(row[i].real()));
      for (int j = i + 1; j < size; ++j) add(orders[i], orders[j], Complex(row[j]));
    }
  };
  for (const Sector& sector : sectors_) {
    if (sector.full.empty()) add_all(sector.orders, sector.single);
    else add_all(sector.orders, sector.full);
  }
  Spectrum<double> sum = half;
  for (int n = -half.half_y(); n <= half.half_y(); ++n)
    for (int m = -half.half_x(); m <= half.half_x(); ++m) sum.at(m, n) += std::conj(half.at(-m, -n));
  return sum;
}

}  // namespace reticle
