// SPDX-License-Identifier: Apache-2.0
// Shapes of illumination and the part of a source pixel that they cover, exact.
//
// Disc, annulus and annular sectors: the pixel's polygon is clipped to each sector and intersected with
// the two discs; an edge a-b meets a disc about the origin in a triangle and two circular sectors.
#pragma once

#include "litho/optics/settings.h"

namespace reticle {

// Whether a direction lies inside the shape or within 1e-12 of its edge.
bool inside_shape(const SourceSettings& source, double sigma_x, double sigma_y);

// Covered part, 0..1, of the square pixel with this centre and side, in sigma units.
double covered_part(const SourceSettings& source, double sigma_x, double sigma_y, double side);

}  // namespace reticle
