// SPDX-License-Identifier: Apache-2.0
// What approximations cost on clips like those that a model will meet: as intensity, and as displacement of
// printed edges in nm.
//
//   edge error = |dI| / |grad I| at the contour I = threshold, of all edges with a slope that prints:
//                |grad I| lambda / NA >= 2.5 threshold, a NILS of 1 where a line is 0.4 lambda / NA wide
//
// Clips are small, some 9 lambda / NA: repeated, they fill the tile, of whose orders only every q-th counts.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "kernels/base/image.h"
#include "kernels/base/spectrum.h"
#include "kernels/cpu/band_transform.h"
#include "litho/geometry/polygon.h"
#include "litho/optics/kernel_basis.h"
#include "litho/optics/settings.h"
#include "litho/optics/source.h"
#include "litho/optics/transmission_matrix.h"

namespace reticle {

// How wrong an image is.
struct ImageError {
  double intensity = 0.0;   // largest difference, clear fields, before stage blur
  double edge_nm = 0.0;     // displacement of edges, root mean square over the worst quarter of a clip; 0 where nothing prints
  double largest_nm = 0.0;  // of all edges

  bool within(const ImageError& limit) const { return intensity <= limit.intensity && edge_nm <= limit.edge_nm; }
};
ImageError worse_of(const ImageError& a, const ImageError& b);

// The clips of a period, clear shapes on dark: random squares of 0.6 lambda / NA, each open with probability 0.4;
// lines of 0.36 lambda / NA and more, dense and alone, both ways; contacts; wires on tracks and gratings, both ways. Always
// the same.
std::vector<std::vector<Polygon>> calibration_clips(const OpticsSettings& settings);

class Calibration {
 public:
  // On the clips above, or on one mask of the tile's own orders.
  Calibration(const OpticsSettings& settings, const OrderWindow& window, const Spectrum<double>* mask);

  bool is_of_one_mask() const { return one_mask_; }
  // The optics on the clips' period.
  const OpticsSettings& settings() const { return settings_; }
  const OrderWindow& window() const { return window_; }
  std::span<const Spectrum<double>> masks() const { return masks_; }
  // A kernel of the tile on the clips' orders.
  std::vector<std::complex<double>> on_clips(std::span<const std::complex<double>> kernel) const;

  // Whether the clips' period is the tile's.
  bool has_tile_period() const { return repeats_[0] == 1 && repeats_[1] == 1; }
  TransmissionMatrix matrix(std::span<const SourcePoint> source, double focus_nm, Precision precision) const;
  // Exact images of all clips (coefficients, before stage blur).
  std::vector<Spectrum<double>> images(const TransmissionMatrix& matrix) const;

 private:
  OpticsSettings settings_;
  OrderWindow tile_, window_;
  std::array<int, 2> repeats_{1, 1};
  bool one_mask_;
  std::vector<Spectrum<double>> masks_;
};

// The printed edges of exact images, at which differences are weighed; where no clip prints, edges at the middle of
// each image's range.
class PrintedEdges {
 public:
  PrintedEdges(const OpticsSettings& settings, std::span<const Spectrum<double>> exact);
  // The error of image `clip`, given the coefficients of its difference to the exact one.
  ImageError error(std::size_t clip, const Spectrum<double>& difference) const;
  // Its parts: of the intensity, and of edges by how far each is moved.
  double largest_intensity(const Spectrum<double>& difference) const;
  ImageError edge_error(std::size_t clip, std::span<const double> moved_nm) const;
  // How far such a difference moves each of the clip's edges, in nm.
  std::vector<double> displacements(std::size_t clip, const Spectrum<double>& difference) const;
  std::size_t count() const;

 private:
  struct Site {
    std::size_t pixel, next;  // of the fine grid; the edge lies between them
    double part;              // of the way
    double nm_per_intensity;
    int quarter;  // of the clip
  };
  std::vector<Site> sites_of(const Image<double>& image, double level, double slope_limit) const;
  template <class T>
  Image<T> fine(Spectrum<double> spectrum, bool as_printed, cpu::BandTransform<T>& transform) const;

  const OpticsSettings& settings_;
  int rows_, cols_;
  std::vector<std::vector<Site>> sites_;  // [clip]
  std::unique_ptr<cpu::BandTransform<float>> single_;  // on the fine grid
  double least_in_quarter_ = 0.0;         // quarters with fewer edges, ends of what hardly prints, do not count as such
};

}  // namespace reticle
