// SPDX-License-Identifier: Apache-2.0
// What else than truncation moves the edges that a model prints.
#pragma once

#include <span>

#include "litho/imaging/optical_model.h"
#include "litho/optics/calibration.h"

namespace reticle {

// Displacements of the calibration's edges at the nominal condition, given the kernels kept for it:
//   source     images of a source grid half as fine; the error falls by 2^1.5 where the grid doubles (measured),
//              so that of the model's own is what is left of the difference
//   precision  the kernels' sum in float against double
//   pixels     the mask drawn as pixels of 0.007 lambda / NA that weigh by their covered part: harmonics fall by
//              sinc(f pixel)
EdgeErrors other_edge_errors(const OpticsSettings& settings, const Calibration& calibration, const SocsKernels& kernels,
                             std::span<const Spectrum<double>> exact, const PrintedEdges& edges);

}  // namespace reticle
