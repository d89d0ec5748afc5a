// SPDX-License-Identifier: Apache-2.0
// Symmetry of a clip: mirrors and turns of the field about its middle that leave the design and the
// model's images as they are, and images made to have it to the bit.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/base/image.h"
#include "litho/geometry/polygon.h"
#include "litho/imaging/optical_model.h"

namespace reticle {

// (x, y) from the field's middle goes to (x, y), or (y, x) if exchanged, and then mirrored.
struct FieldMap {
  bool exchanges = false, mirrors_x = false, mirrors_y = false;
};

// The maps, the identity left out, under which the polygons are the same set. Maps that exchange x and y
// need a square field.
std::vector<FieldMap> symmetries_of(std::span<const Polygon> polygons, const Box& field);

// Whether images of mapped masks are mapped images, within a thousandth of the clear field, as far as
// truncated kernels tell.
bool is_symmetric(const OpticalModel& model, const FieldMap& map);

// Every pixel becomes the mean of those it is mapped to, which maps as a group close; summed in order of
// size, so that the image maps to itself exactly. `image` covers the field.
void symmetrize(Image<float>& image, std::span<const FieldMap> group);
// Every pixel becomes the first, in reading order, of those it is mapped to.
void symmetrize(Image<std::uint8_t>& image, std::span<const FieldMap> group);

}  // namespace reticle
