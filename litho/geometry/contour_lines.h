// SPDX-License-Identifier: Apache-2.0
// Sub-pixel contours of an image: marching squares, linear between pixel centres.
#pragma once

#include <vector>

#include "kernels/base/image.h"
#include "litho/geometry/polygon.h"

namespace reticle {

struct ContourLine {
  std::vector<Point> points;  // nm, image >= level on the left
  bool closed = false;        // the last point joins the first; else it ends at the border's pixels
};

// Contours image = level, open ones first, each kind by its first crossing in reading order. A
// saddle joins the side that the mean of its four pixels lies on. Throws invalid_argument when
// image and grid differ in size, bad_input for a value or level that is not finite.
std::vector<ContourLine> contour_lines(ImageView<const float> image, double level,
                                       const Grid& grid);

}  // namespace reticle
