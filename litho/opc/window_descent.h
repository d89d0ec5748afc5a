// SPDX-License-Identifier: Apache-2.0
// Edges moved down the process window's own loss: the area in which the print differs from the drawing and the
// process-variation band, as inverse lithography minimises them (kernels/pixel/window_terms.h), with the exact
// derivative by every displacement (site_imaging.h). What is moved need not be the drawing: assist features and the
// outlines of an inverse mask are edges like any other.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "litho/ilt/settings.h"
#include "litho/imaging/mask_images.h"
#include "litho/imaging/optical_model.h"
#include "litho/opc/fragments.h"
#include "litho/opc/fragment_orbits.h"
#include "litho/opc/limits.h"
#include "litho/opc/point_transform.h"
#include "litho/opc/site_placement.h"

namespace reticle {

// One model and window; not thread-safe. The model outlives it. Designs lie in one period of the model at the origin.
class WindowDescent {
 public:
  // Settings as from resolved(). Throws Error(unsupported) for corners with errors of the mask's CD, and as
  // imaging_problem() (litho/imaging/socs.h).
  WindowDescent(const OpticalModel& model, const IltSettings& window, const DescentSettings& settings);

  // Pixels of the loss over a field of one period.
  Grid grid(const Box& field) const;

  // The loss in nm2 and its derivative by displacements. target: the part of each pixel that is drawn; the design's
  // sites are where placement is weighed; fraction: of the way from the first slope of the resist to the last.
  double loss(const FragmentedDesign& design, std::span<const double> displacements, const Image<float>& target,
              double fraction, std::vector<double>& derivative);

  // By how much the loss falls, to first order, for each nm2 of the field that becomes clear in a mask of rings; on the
  // pixels of the target, with the resist's first slope and without sites.
  Image<float> gain(std::span<const Polygon> rings, const Image<float>& target);

  // Displacements with less of it; the limits hold at every step, those that are not free stay, and those of an orbit stay
  // alike. `from`: the part of the schedule that is left out. stop() is asked before every step.
  std::vector<double> run(const FragmentedDesign& design, std::vector<double> displacements, const std::vector<bool>& free,
                          const MoveLimits& limits, const Image<float>& target, double from = 0.0,
                          const std::function<bool()>& stop = {}, const FragmentOrbits& orbits = {});

 private:
  void set_slope(double fraction);
  double loss(const FragmentedDesign& design, std::span<const double> displacements, const Image<float>& target,
              const SitePlacement& placement, double fraction, std::vector<double>& derivative);

  const OpticalModel& model_;
  DescentSettings settings_;
  pixel::ProcessWindow<float> window_;
  MaskImages<float> images_;
  Box field_;
  PointTransform<float> points_, image_points_;
  struct Exposure {
    int condition;
    double dose;
  } nominal_;
};

}  // namespace reticle
