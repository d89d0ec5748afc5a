// SPDX-License-Identifier: Apache-2.0
#include "masks/design_file.h"

#include <string>
#include <utility>

#include "kernels/base/error.h"
#include "masks/file_names.h"
#include "masks/hdf5/hdf5.h"
#include "masks/layout/layout.h"
#include "masks/layout/layout_file.h"
#include "masks/mask_file.h"
#include "masks/warnings.h"

namespace reticle {

namespace {

PixelDesign design_of(PixelMask mask, const std::filesystem::path& path) {
  PixelDesign design{cut_at_half(mask, path.string()), mask.grid, {}, std::move(mask.taken_as)};
  if (!mask.is_binary) design.grey = std::move(mask.inside);
  return design;
}

PixelDesign read_target(const std::filesystem::path& path) {
  MaskFile file = read_mask(path);
  if (file.target.empty())
    throw Error(ErrorCode::bad_input, path.string() + ": holds a mask but no target; give what is to be printed");
  return {std::move(file.target), file.grid, {}, "0 and 1"};
}

Design read_layout(const std::filesystem::path& path, const LayoutPart& part) {
  const Layout layout = Layout::open(path);
  const std::vector<LayerId> layers = part.layers.empty() ? only_layer(layout, path) : part.layers;
  const LayoutView view(layout, part.cell, layers);
  const Box bounds = view.bounding_box(), window = part.window.value_or(bounds);
  if (window.x1 <= bounds.x0 || window.x0 >= bounds.x1 || window.y1 <= bounds.y0 ||
      window.y0 >= bounds.y1)
    throw Error(ErrorCode::bad_input,
                path.string() + ": the window lies outside the layout, which spans " +
                    std::to_string(bounds.x0 * 1e-3) + "," + std::to_string(bounds.y0 * 1e-3) + " to " +
                    std::to_string(bounds.x1 * 1e-3) + "," + std::to_string(bounds.y1 * 1e-3) + " um");
  return {view.query(window), window};
}

}  // namespace

std::vector<LayerId> only_layer(const Layout& layout, const std::filesystem::path& path) {
  std::vector<LayerId> layers = layout.layers();
  if (layers.size() == 1) return layers;
  if (layers.empty()) throw Error(ErrorCode::bad_input, path.string() + ": holds no shapes: there is nothing to read");
  std::string names;
  for (const LayerId& layer : layers) names += (names.empty() ? "" : ", ") + to_string(layer);
  throw Error(ErrorCode::bad_input,
              path.string() + ": holds layers " + names + "; say which with --layer");
}

DesignSource read_design(const std::filesystem::path& path, const DesignOptions& options) {
  const std::string extension = lower_extension(path);
  const PixelMaskOptions pixels{options.png_pixel_nm, options.layout.first_row};
  if (extension == ".glp") return read_glp(path, options.glp);
  if (extension == ".png" || extension == ".npy") return design_of(read_pixel_mask(path, pixels), path);
  if (is_layout_name(path)) return read_layout(path, options.layout);
  if (is_hdf5_name(path) || hdf5::is_hdf5(path)) {
    if (options.mask_layer == MaskLayer::target) return read_target(path);
    return design_of(read_pixel_mask(path, pixels), path);
  }
  throw Error(ErrorCode::unsupported, path.string() + ": is of a kind '" + extension +
                                          "' that is not read; give .gds, .oas, .glp, .png, .npy or a mask .h5");
}

}  // namespace reticle
