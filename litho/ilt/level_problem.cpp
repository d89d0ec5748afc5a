// SPDX-License-Identifier: Apache-2.0
#include "litho/ilt/level_problem.h"

#include <algorithm>

#include "litho/ilt/loss_window.h"
#include "litho/imaging/socs.h"

namespace reticle {

namespace {

// A focus of the model, and an error of the mask's CD: what the corners of a window tell apart.
struct ImagedCondition {
  int focus = 0;  // place in the model
  double mask_bias_nm = 0.0;
  bool operator==(const ImagedCondition&) const = default;
};

ImagedCondition condition_of(const OpticalModel& model, const ProcessCorner& corner) {
  return {static_cast<int>(&model.condition(corner.condition) - model.conditions.data()), corner.mask_bias_nm};
}

// What the corners ask for, each once.
std::vector<ImagedCondition> imaged_conditions(const OpticalModel& model, const IltSettings& settings) {
  std::vector<ImagedCondition> all;
  for (const ProcessCorner& corner : settings.corners)
    if (const ImagedCondition own = condition_of(model, corner); std::find(all.begin(), all.end(), own) == all.end())
      all.push_back(own);
  return all;
}

}  // namespace

ImagingProblem problem_on(const OpticalModel& model, const IltSettings& settings, const Grid& grid) {
  ImagingProblem problem = imaging_problem(model, grid.rows, grid.cols, grid.pixel_nm);
  const std::vector<SocsStack::Condition> focuses = problem.stack.conditions;
  problem.stack.conditions.clear();
  for (const ImagedCondition& imaged : imaged_conditions(model, settings)) {
    problem.stack.conditions.push_back(focuses[static_cast<std::size_t>(imaged.focus)]);
    problem.stack.conditions.back().mask_bias_nm = imaged.mask_bias_nm;
  }
  return problem;
}

pixel::ProcessWindow<float> window_of(const OpticalModel& model, const IltSettings& settings,
                                      const IltLevel& level) {
  pixel::ProcessWindow<float> window = loss_window(model, settings, level.band_weight, level.corner_weight);
  for (int b = 0; b < window.bands; ++b) window.band[b].grey = static_cast<float>(level.band_grey);
  const std::vector<ImagedCondition> conditions = imaged_conditions(model, settings);
  window.conditions = static_cast<int>(conditions.size());
  for (int c = 0; c < window.corners; ++c) {
    const ProcessCorner& corner = settings.corners[static_cast<std::size_t>(c)];
    window.corner[c].condition = static_cast<int>(
        std::find(conditions.begin(), conditions.end(), condition_of(model, corner)) - conditions.begin());
  }
  return window;
}

}  // namespace reticle
