// SPDX-License-Identifier: Apache-2.0
// What prints as rings: the contour of an image at the resist's level, exact to a few picometres.
#pragma once

#include <vector>

#include "litho/geometry/polygon.h"
#include "litho/verification/sampled_image.h"

namespace reticle {

// A print: image and level. Several prints share one image, at doses of their own.
struct Print {
  const SampledImage* image = nullptr;
  double threshold = 0.0;
  double sign = 1.0;  // 1: prints where the image reaches the threshold, -1: where it does not

  // Positive within the print.
  double excess(Point p) const { return sign * (image->value(p) - threshold); }
  double of(double value) const { return sign * (value - threshold); }
};

// Rings around what prints among the samples within the box: outer ones counterclockwise, holes
// clockwise; beyond them nothing prints. Corners lie on the contour, between them it leaves the chord by
// less than 0.004 nm.
std::vector<Polygon> print_outline(const Print& print, const Box& box);

// How far the contour is from a point along a unit direction: outwards from a printed point to the first
// loss of print, inwards, negative, from an unprinted one. Up to `range` either way.
struct ContourDistance {
  double nm = 0.0;       // +-range where there is none
  bool found = false;
};
ContourDistance distance_to_contour(const Print& print, Point from, Point direction, double range);

}  // namespace reticle
