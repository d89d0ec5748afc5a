// What a design file holds: polygons (GLP) or binary pixels (PNG, mask HDF5), told by its contents
// and extension.
#pragma once

#include <cstdint>
#include <filesystem>
#include <variant>

#include "kernels/base/image.h"
#include "litho/geometry/polygon.h"
#include "masks/glp.h"

namespace reticle {

struct PixelDesign {
  Image<std::uint8_t> pixels;  // 1 inside
  Grid grid;
};

using DesignSource = std::variant<Design, PixelDesign>;

enum class MaskLayer { mask, target };

struct DesignOptions {
  GlpOptions glp;
  double png_pixel_nm = 1.0;               // of a PNG, which does not know; its corner is (0, 0)
  MaskLayer mask_layer = MaskLayer::mask;  // of a mask file
};

// Throws Error(unsupported) naming the kinds that are read, and what the readers throw.
DesignSource read_design(const std::filesystem::path& path, const DesignOptions& options = {});

}  // namespace reticle
