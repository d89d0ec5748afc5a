// SPDX-License-Identifier: Apache-2.0
// The illumination as points: direction, weight, polarisation.
#pragma once

#include <array>
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

// A square of the source and the light it carries.
struct SourceCell {
  double sigma_x = 0.0;  // centre
  double sigma_y = 0.0;
  double side = 0.0;    // in sigma
  double weight = 0.0;  // all cells sum to 1
  std::array<double, 3> stokes{};  // S1, S2, S3 over S0, of polarisation by map
};

// The pixels of the source's shape or map, s = (2 i + 1 - N) / N, each with the exact area that the shape
// covers of it, blurred, normalised. Throws Error(bad_input) if no pixel carries light.
std::vector<SourceCell> source_cells(const SourceSettings& settings);
// A cell in four, by the area that the shape covers of each; those of maps and blurred sources are even.
std::array<SourceCell, 4> quarters(const SourceSettings& settings, const SourceCell& cell);

// A cell's light at its centre. TE and TM light of a point on the axis, where neither is defined, is
// unpolarised. Stokes parameters split into two orthogonal Jones states [Born & Wolf 1999, sec. 10.9].
SourcePoint point_of(const SourceSettings& settings, const SourceCell& cell);

// The points of all pixels. Throws as source_cells().
std::vector<SourcePoint> sample_source(const SourceSettings& settings);

}  // namespace reticle
