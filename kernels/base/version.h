// SPDX-License-Identifier: Apache-2.0
// Which release of the library this is.
#pragma once

#include <string_view>

namespace reticle {

// "major.minor.patch"
std::string_view version();

}  // namespace reticle
