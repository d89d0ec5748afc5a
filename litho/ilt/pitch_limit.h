// SPDX-License-Identifier: Apache-2.0
// Whether what is drawn is finer than a model resolves: the pitch of lines, and the contrast their image has.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "litho/geometry/polygon.h"
#include "litho/imaging/optical_model.h"

namespace reticle {

// The finest that is drawn, each by itself; 0: none, or too many edges to look at.
struct FinestLines {
  double width_nm = 0.0, space_nm = 0.0;
  double pitch_nm = 0.0;  // of a width and a space side by side
};
FinestLines finer_of(const FinestLines& a, const FinestLines& b);

// Of merged polygons: of edges that face each other, those on the border of the box, where shapes were cut, left out.
FinestLines finest_lines(std::span<const Polygon> polygons, const std::optional<Box>& cut_to = {});

// (max - min) / (max + min) of the image of equal lines and spaces in the model's first condition, the lower of lines
// along x and along y. The pitch is the next above that divides the period.
double line_contrast(const OpticalModel& model, double pitch_nm);

// Lines whose image has less contrast than this hardly print: their NILS, pi times it, is below 0.6.
inline constexpr double k_least_contrast = 0.2;

// A sentence for people where lines at the pitch are below the model's limit.
std::optional<std::string> pitch_remark(const OpticalModel& model, double pitch_nm);

}  // namespace reticle
