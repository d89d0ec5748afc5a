// SPDX-License-Identifier: Apache-2.0
// Outlines as a group: `points` float64 [points, 2], nm, and `ends` int32 [rings], one past each ring's last.
#pragma once

#include <string>
#include <vector>

#include "litho/geometry/polygon.h"
#include "masks/hdf5/hdf5.h"

namespace reticle::hdf5 {

// Throws Error(bad_input), naming file and place, for what is no such group.
std::vector<Polygon> read_outlines(const Group& parent, const std::string& name);

// No group for no points.
void write_outlines(Group& parent, const std::string& name, const std::vector<Polygon>& outlines);

}  // namespace reticle::hdf5
