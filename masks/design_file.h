// SPDX-License-Identifier: Apache-2.0
// What a design file holds: polygons (GLP, GDSII, OASIS) or binary pixels (PNG, mask HDF5), told by its
// contents and extension.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "kernels/base/image.h"
#include "litho/geometry/polygon.h"
#include "masks/glp.h"
#include "masks/layout/cell_library.h"
#include "masks/pixel_mask.h"

namespace reticle {

struct PixelDesign {
  Image<std::uint8_t> pixels;  // 1 inside
  Grid grid;
  Image<float> grey;     // parts of inside, where the file holds more than 0 and 1; else empty
  std::string taken_as;  // what the file's numbers were taken as
};

using DesignSource = std::variant<Design, PixelDesign>;

enum class MaskLayer { mask, target };

// Which part of a layout file is the design, and how a picture or array of one lies.
struct LayoutPart {
  std::vector<layout::LayerId> layers;  // merged; empty: the only layer that holds shapes
  std::string cell;                     // empty: the only top cell
  std::optional<Box> window;            // nm; none: the cell's bounding box on these layers
  std::optional<FirstRow> first_row;    // of pixels; none: as their format has it (masks/pixel_mask.h)
};

// The only layer that holds shapes. Throws Error(bad_input) naming them if there are several.
std::vector<layout::LayerId> only_layer(const class Layout& layout, const std::filesystem::path& path);

struct DesignOptions {
  GlpOptions glp;
  LayoutPart layout;
  double png_pixel_nm = 1.0;               // of a PNG or .npy, which do not know; its corner is (0, 0)
  MaskLayer mask_layer = MaskLayer::mask;  // of a mask file
};

// Throws Error(unsupported) naming the kinds that are read, and what the readers throw.
DesignSource read_design(const std::filesystem::path& path, const DesignOptions& options = {});

}  // namespace reticle
