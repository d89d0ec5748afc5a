// SPDX-License-Identifier: Apache-2.0
// The objective of inverse lithography in double on the host, and its gradient: the definition that
// engines are measured against. Parameters -> mask -> images -> prints -> loss and back.
#pragma once

#include <cmath>
#include <vector>

#include "kernels/pixel/window_terms.h"
#include "litho/imaging/simulator.h"

namespace reticle::bench {

struct DoubleObjective {
  double loss = 0.0;       // nm2
  Image<double> gradient;  // by the parameters
};

// The simulator's model has the window's conditions; images are those at dose 1.
inline DoubleObjective double_objective(Simulator<double>& simulator, const pixel::ProcessWindow<double>& window,
                                        double mask_slope, double pixel_nm, const Image<double>& parameters,
                                        const Image<double>& target) {
  const int rows = parameters.rows(), cols = parameters.cols();
  const double area = pixel_nm * pixel_nm;
  Image<double> mask(rows, cols);
  for (std::size_t i = 0; i < mask.size(); ++i) mask.data()[i] = pixel::sigmoid(mask_slope * parameters.data()[i]);
  const Spectrum<double> spectrum = simulator.mask_spectrum(mask.view());
  std::vector<Image<double>> images, slopes;
  for (int c = 0; c < window.conditions; ++c) {
    images.push_back(simulator.image(simulator.intensity_spectrum(spectrum, c), rows, cols));
    slopes.emplace_back(rows, cols);
  }
  DoubleObjective result{.gradient = Image<double>(rows, cols)};
  for (std::size_t i = 0; i < mask.size(); ++i) {
    double intensity[pixel::k_max_conditions], slope[pixel::k_max_conditions];
    for (int c = 0; c < window.conditions; ++c) intensity[c] = images[static_cast<std::size_t>(c)].data()[i];
    const auto terms = pixel::window_terms(window, intensity, target.data()[i], slope);
    result.loss += (terms.fidelity + terms.band) * area;
    for (int c = 0; c < window.conditions; ++c) slopes[static_cast<std::size_t>(c)].data()[i] = slope[c] * area;
  }
  for (int c = 0; c < window.conditions; ++c) {
    const Image<double> part = simulator.mask_gradient(c, 1.0, slopes[static_cast<std::size_t>(c)].view(), rows, cols);
    for (std::size_t i = 0; i < mask.size(); ++i)
      result.gradient.data()[i] += part.data()[i] * mask_slope * mask.data()[i] * (1.0 - mask.data()[i]);
  }
  return result;
}

}  // namespace reticle::bench
