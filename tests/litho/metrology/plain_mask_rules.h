// SPDX-License-Identifier: Apache-2.0
// Mask rules and shots as they are defined, written for clarity.
#pragma once

#include <cstdint>

#include "litho/metrology/mask_rules.h"

namespace reticle::test {

MaskRules plain_mask_rules(const Image<std::uint8_t>& image, const Grid& grid,
                           double search_range_nm);

}  // namespace reticle::test
