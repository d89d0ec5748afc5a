// SPDX-License-Identifier: Apache-2.0
// The transmission cross coefficients of one condition, sector by sector: images without any truncation, of
// tiles small enough that the matrix fits.
#pragma once

#include <complex>
#include <span>
#include <vector>

#include "kernels/base/spectrum.h"
#include "litho/optics/coherent_rows.h"
#include "litho/optics/mirror_sectors.h"
#include "litho/optics/settings.h"
#include "litho/optics/source.h"

namespace reticle {

// Single: sums in float, right to 1e-6 of clear field.
enum class Precision { single, full };

class TransmissionMatrix {
 public:
  // Of the precision asked for, one of the two: the upper triangle [size][size].
  struct Sector {
    OrderSector orders;
    std::vector<std::complex<float>> single{};
    std::vector<std::complex<double>> full{};

    double trace() const;
  };

  // Throws Error(bad_input) as CoherentRows does.
  TransmissionMatrix(const OpticsSettings& settings, std::span<const SourcePoint> source, double focus_nm,
                     Precision precision);

  const OrderWindow& window() const { return window_; }
  std::span<const Sector> sectors() const { return sectors_; }
  // Coefficients of sum_rows |A c|^2 of a mask spectrum of the window's orders, before stage blur.
  Spectrum<double> intensity(const Spectrum<double>& mask) const;

 private:
  OrderWindow window_;
  std::vector<Sector> sectors_;
};

}  // namespace reticle
