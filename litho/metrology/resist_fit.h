// SPDX-License-Identifier: Apache-2.0
// Calibration of the compact resist (optical_model.h) to measured widths.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "kernels/base/spectrum.h"
#include "litho/metrology/gauges.h"

namespace reticle {

// One measurement: the gauge, whose cd_nm was measured at its exposure, and the aerial image it lies in, which is that
// of its pattern and focus.
struct GaugeMeasurement {
  Gauge gauge;
  const Spectrum<double>* aerial = nullptr;
  Box field;
};

enum class ResistTerm { threshold, diffusion, slope, density };
const char* name_of(ResistTerm term);

struct ResistFit {
  ResistModel resist;
  std::vector<double> cd_nm;     // of the model at each gauge
  double rms_nm = 0.0;           // weighted, of CD of the model minus measured
  double start_rms_nm = 0.0;     // of the resist the fit started from
  double max_abs_nm = 0.0;       // over gauges that carry weight
  std::vector<double> standard_error;  // of each term fitted, in its unit (diffusion: nm)
  int iterations = 0;
};

// Least squares of the CDs over the terms named, by Levenberg-Marquardt [Marquardt 1963] from the best
// of a fixed set of starts; other terms stay as `start` has them. Features that a trial resist loses count
// with a CD of 0, merged ones with what their gauge sees. Results do not depend on the number of threads.
// Throws Error(bad_input) if there are fewer weighted gauges than terms, one has no measured CD, the
// gauges do not tell the terms apart, or density is fitted without a density_range_nm.
ResistFit fit_resist(std::span<const GaugeMeasurement> measurements, const ResistModel& start,
                     std::span<const ResistTerm> terms);

}  // namespace reticle
