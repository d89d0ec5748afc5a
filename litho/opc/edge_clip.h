// SPDX-License-Identifier: Apache-2.0
// A whole clip by edge-based correction: bars, edges, what prints that should not, the mask's pixels.
#pragma once

#include <cstdint>
#include <functional>

#include "litho/assist/rule_assists.h"
#include "litho/ilt/ilt.h"
#include "litho/opc/opc.h"
#include "litho/rules/rule_check.h"

namespace reticle {

struct EdgeSettings {
  OpcSettings opc;
  AssistSettings assists;
  // A clip's mask of pixels becomes one of edges along x and y, from squares of this side (rectilinear.h); 0: not.
  double rectilinear_nm = 0.0;
};
EdgeSettings resolved(EdgeSettings settings, const IltSettings& mask, const OpticalModel& model);

// Rings of a design within a field, cut to it where they reach beyond.
std::vector<Polygon> rings_in(std::span<const Polygon> polygons, const Box& field);

// Places along the middles of bars, `spacing_nm` apart at most, with the bar each lies in.
struct BarPoint {
  Point place;
  std::size_t bar;
};
std::vector<BarPoint> bar_points(std::span<const Polygon> bars, double spacing_nm);

// Corrects and takes out bars that print, until none does.
EdgeCorrection correct_with_assists(EdgeCorrector& corrector, const OpticalModel& model,
                                    const EdgeSettings& settings, EdgeProblem problem, const Box& field,
                                    const std::function<bool()>& stop = {});

struct EdgeClip {
  EdgeCorrection correction;
  Image<std::uint8_t> mask;  // of the rings, 1 inside
  Grid grid;                 // covers the model's field around the design's window
  std::vector<RuleViolation> broken_rules;  // those of the drawing too
};

// Settings as from resolved(). Throws as check_clip() (litho/ilt/ilt.h).
EdgeClip correct_clip(EdgeCorrector& corrector, const OpticalModel& model, const IltSettings& window,
                      const EdgeSettings& settings, const Design& design,
                      const std::function<bool()>& stop = {});

}  // namespace reticle
