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
  for (OrderSector& sector : order_sectors(settings, source, group)) {
    std::vector<Complex> matrix;
    if (precision == Precision::single) {
      const std::vector<std::complex<float>> sum = gram_matrix<float>(rows, orbits, sector);
      matrix.assign(sum.begin(), sum.end());
    } else {
      matrix = gram_matrix<double>(rows, orbits, sector);
    }
    blocks_.push_back({std::move(sector), std::move(matrix)});
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
