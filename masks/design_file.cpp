#include "masks/design_file.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <string>

#include "kernels/base/error.h"
#include "masks/hdf5/hdf5.h"
#include "masks/mask_file.h"
#include "masks/png.h"

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

}  // namespace

DesignSource read_design(const std::filesystem::path& path, const DesignOptions& options) {
  const std::string extension = lower_extension(path);
  if (extension == ".glp") return read_glp(path, options.glp);
  if (extension == ".png") return read_picture(path, options.png_pixel_nm);
  if (extension == ".h5" || extension == ".hdf5" || hdf5::is_hdf5(path))
    return read_layer(path, options.mask_layer);
  throw Error(ErrorCode::unsupported, path.string() + ": is of a kind '" + extension +
                                          "' that is not read; give .glp, .png or a mask .h5");
}

}  // namespace reticle
