// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/transmission_matrix.h"

#include "litho/optics/blas.h"
#include "litho/optics/sector_rows.h"

namespace reticle {

using Complex = std::complex<double>;

TransmissionMatrix::TransmissionMatrix(const OpticsSettings& settings, std::span<const SourcePoint> source,
                                       double focus_nm, Precision precision) {
  settle_blas();
  const CoherentRows rows(settings, source, focus_nm);
  window_ = rows.window();
  const std::vector<Flip> group = mirror_group(settings, source);
  const std::vector<SourcePoint> orbits = sorted_by_patch(one_of_each_orbit(source, group));
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
  // The orders of each pair of basis vectors.
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
  const auto add_all = [&](const OrderSector& orders, const auto& matrix) {
    const int size = orders.size();
    for (int i = 0; i < size; ++i) {
      const auto* row = matrix.data() + static_cast<std::size_t>(i) * static_cast<std::size_t>(size);
      add(orders[i], orders[i], row[i].real());
      for (int j = i + 1; j < size; ++j) {
        const Complex value = row[j];
        add(orders[i], orders[j], value);
        add(orders[j], orders[i], std::conj(value));
      }
    }
  };
  for (const Sector& sector : sectors_) {
    if (sector.full.empty()) add_all(sector.orders, sector.single);
    else add_all(sector.orders, sector.full);
  }
  return sum;
}

}  // namespace reticle
