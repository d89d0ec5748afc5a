// SPDX-License-Identifier: Apache-2.0
// Words as pixels, by FreeType.
#pragma once

#include <cstdint>
#include <string>

#include "kernels/base/image.h"

namespace reticle {

// How much of each pixel is inked, 0..255; the baseline lies `ascent` rows below the top. Empty without a font.
struct InkedWords {
  Image<std::uint8_t> ink;
  int ascent = 0;
  double width = 0.0;
};
InkedWords inked(const std::string& text, double size);

}  // namespace reticle
