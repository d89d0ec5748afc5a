// SPDX-License-Identifier: Apache-2.0
// SOCS kernels from the decomposition of the source-by-pupil matrix.
#pragma once

#include <string>
#include <vector>

#include "kernels/base/spectrum.h"
#include "litho/imaging/optical_model.h"
#include "litho/optics/settings.h"

namespace reticle {

// What the truncation of one condition cost.
struct SocsReport {
  std::string condition;
  int kernels = 0;
  double energy = 0.0;       // part of the trace of the TCC that the kernels hold
  double bound = 0.0;        // largest intensity difference that any mask of |t| <= 1 can have: the
                             // first eigenvalue left out. Masks made for it come close to it.
  double measured = 0.0;     // largest intensity difference on the calibration clips
  double edge_nm = 0.0;      // displacement of printed edges there, root mean square of the worst clip
  double largest_edge_nm = 0.0;
  std::size_t edges = 0;     // sites at which that was measured
};

ResistModel resist_of(const OpticsSettings& settings);

// A model for every condition of the settings, with as many kernels as max_epe_nm or, where it is given, max_error
// asks for, on `mask`, a spectrum of the kernels' orders; null: on the calibration clips.
// model.truncation_error and truncation_bound hold the worst condition's. Throws Error(bad_input) as
// validate() does, and Error(unsupported) if max_kernels do not reach max_error or the tile is too
// large.
OpticalModel build_optical_model(const OpticsSettings& settings,
                                 std::vector<SocsReport>* reports = nullptr,
                                 const Spectrum<double>* mask = nullptr);

}  // namespace reticle
