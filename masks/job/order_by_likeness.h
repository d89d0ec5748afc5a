// SPDX-License-Identifier: Apache-2.0
// An order in which masks of tiles resemble the one before: neighbours of an array differ by few shapes, and what packs
// a file finds repeats a window of 32 kB back only.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "masks/job/block_file.h"

namespace reticle {

// Each mask once: the first, then always that which shares the most points, in equal outlines at equal places, with the
// one before; of equal ones, and where none shares any, the first that is left.
std::vector<std::size_t> order_by_likeness(std::span<const MaskOutlines> masks);

}  // namespace reticle
