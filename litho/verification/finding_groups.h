// SPDX-License-Identifier: Apache-2.0
// Findings that are one fault, and faults that stand in equal surroundings.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "litho/geometry/polygon.h"
#include "litho/verification/check.h"

namespace reticle {

// The same check at one place, at whatever corner, is one fault: the most severe finding stands for it.
// Joined faults count as one place where their boxes meet, others within `radius`. The most severe first,
// then from below, from the left.
std::vector<Finding> merged(std::vector<Finding> findings, double radius_nm);

// A number of the drawn outline around a place; equal wherever the surroundings are, for any shift.
std::uint64_t pattern_of(std::span<const Polygon> target, Point place, double radius_nm);

}  // namespace reticle
