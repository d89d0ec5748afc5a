// The illumination as points: direction, weight, polarisation.
#pragma once

#include <complex>
#include <vector>

#include "litho/optics/settings.h"

namespace reticle {

struct JonesState {
  std::complex<double> x;
  std::complex<double> y;
  double weight = 1.0;
};

struct SourcePoint {
  double sigma_x = 0.0;
  double sigma_y = 0.0;
  double weight = 0.0;  // all points sum to 1
  std::vector<JonesState> states;  // incoherent, weights sum to 1
};

// The source's shape or map sampled at the centres of its pixels, s = (2 i + 1 - N) / N, each with the
// exact area that the shape covers of it, blurred, normalised. TE and TM light of a point on the axis,
// where neither is defined, is unpolarised. Stokes maps split into two orthogonal Jones states
// [Born & Wolf 1999, sec. 10.9]. Throws Error(bad_input) if no point carries light.
std::vector<SourcePoint> sample_source(const SourceSettings& settings);

}  // namespace reticle
