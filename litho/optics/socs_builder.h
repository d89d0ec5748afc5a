// SOCS kernels from the singular value decomposition of the source-by-pupil matrix.
#pragma once

#include <string>

#include "litho/imaging/optical_model.h"
#include "litho/optics/settings.h"

namespace reticle {

// What the truncation of one condition cost.
struct SocsReport {
  std::string condition;
  int kernels = 0;
  double energy = 0.0;       // part of the trace of the TCC that the kernels hold
  double bound = 0.0;        // rigorous: the lost eigenvalues times the mask's energy, clear fields
  double measured = 0.0;     // largest intensity difference to Abbe on the calibration pattern
};

// A model for every condition of the settings, with as many kernels as the stated max_error asks for on
// a random Manhattan calibration pattern (the same for every call). model.truncation_error and
// truncation_bound hold the worst condition's. Throws Error(bad_input) as validate() does, and
// Error(unsupported) if max_kernels do not reach max_error.
OpticalModel build_optical_model(const OpticsSettings& settings,
                                 std::vector<SocsReport>* reports = nullptr);

}  // namespace reticle
