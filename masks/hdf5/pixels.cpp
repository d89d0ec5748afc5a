// SPDX-License-Identifier: Apache-2.0
#include "masks/hdf5/pixels.h"

#include <cmath>

#include "kernels/base/error.h"

namespace reticle::hdf5 {

namespace {

constexpr std::uint64_t k_most_pixels = 1ull << 30;

Extents extents_of(const Grid& grid) {
  return {static_cast<std::uint64_t>(grid.rows), static_cast<std::uint64_t>(grid.cols)};
}

}  // namespace

template <class T>
void write_pixels(Group& group, const std::string& name, const Image<T>& image, const Grid& grid) {
  if (image.rows() != grid.rows || image.cols() != grid.cols || image.empty())
    throw Error(ErrorCode::invalid_argument,
                "dataset '" + name + "' is " + std::to_string(image.rows()) + " x " +
                    std::to_string(image.cols()) + " pixels, its grid " +
                    std::to_string(grid.rows) + " x " + std::to_string(grid.cols));
  group.write(name, extents_of(grid), image.data());
  const double origin[2] = {grid.origin_x_nm, grid.origin_y_nm};
  group.set_dataset_number(name, "pixel_nm", grid.pixel_nm);
  group.set_dataset_numbers(name, "origin_nm", origin);
}

Grid read_grid(const Group& group, const std::string& name) {
  const Extents shape = group.extents(name, 2, k_most_pixels);
  const double pixel_nm = group.dataset_numbers(name, "pixel_nm", 1)[0];
  const std::vector<double> origin = group.dataset_numbers(name, "origin_nm", 2);
  if (!(std::isfinite(pixel_nm) && pixel_nm > 0.0))
    group.fail(name + "@pixel_nm", "must be positive");
  if (!std::isfinite(origin[0]) || !std::isfinite(origin[1]))
    group.fail(name + "@origin_nm", "must be two finite numbers");
  return {static_cast<int>(shape[0]), static_cast<int>(shape[1]), pixel_nm, origin[0], origin[1]};
}

template <class T>
Image<T> read_pixels(const Group& group, const std::string& name, const Grid& grid) {
  group.extents(name, 2, grid.size());  // before memory is taken
  Image<T> image(grid.rows, grid.cols);
  group.read(name, extents_of(grid), image.data());
  return image;
}

template void write_pixels(Group&, const std::string&, const Image<std::uint8_t>&, const Grid&);
template void write_pixels(Group&, const std::string&, const Image<float>&, const Grid&);
template Image<std::uint8_t> read_pixels(const Group&, const std::string&, const Grid&);
template Image<float> read_pixels(const Group&, const std::string&, const Grid&);

}  // namespace reticle::hdf5
