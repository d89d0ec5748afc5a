#include "masks/design_file.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <string>

#include "kernels/base/error.h"
#include "masks/hdf5/hdf5.h"
#include "masks/layout/layout.h"
#include "masks/layout/layout_file.h"
#include "masks/mask_file.h"
#include "masks/pictures/png.h"

namespace reticle {

namespace {

std::string lower_extension(const std::filesystem::path& path) {
  std::string text = path.extension().string();
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

PixelDesign read_picture(const std::filesystem::path& path, double pixel_nm) {
  if (!(std::isfinite(pixel_nm) && pixel_nm > 0.0))
    throw Error(ErrorCode::invalid_argument, path.string() + ": the pixel size must be positive");
  PixelDesign design{read_png_mask(path), {}};
  design.grid = {design.pixels.rows(), design.pixels.cols(), pixel_nm, 0.0, 0.0};
  return design;
}

PixelDesign read_layer(const std::filesystem::path& path, MaskLayer layer) {
  MaskFile file = read_mask(path);
  return {std::move(layer == MaskLayer::mask ? file.mask : file.target), file.grid};
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
  std::string names;
  for (const LayerId& layer : layers) names += (names.empty() ? "" : ", ") + to_string(layer);
  throw Error(ErrorCode::bad_input,
              path.string() + ": holds layers " + names + "; say which with --layer");
}

DesignSource read_design(const std::filesystem::path& path, const DesignOptions& options) {
  const std::string extension = lower_extension(path);
  if (extension == ".glp") return read_glp(path, options.glp);
  if (extension == ".png") return read_picture(path, options.png_pixel_nm);
  if (is_layout_name(path)) return read_layout(path, options.layout);
  if (extension == ".h5" || extension == ".hdf5" || hdf5::is_hdf5(path))
    return read_layer(path, options.mask_layer);
  throw Error(ErrorCode::unsupported, path.string() + ": is of a kind '" + extension +
                                          "' that is not read; give .gds, .oas, .glp, .png or a mask .h5");
}

}  // namespace reticle
