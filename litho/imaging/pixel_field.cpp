// SPDX-License-Identifier: Apache-2.0
#include "litho/imaging/pixel_field.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "kernels/base/error.h"

namespace reticle {
namespace {

int whole_pixels(double period_nm, double pixel_nm) {
  const double pixels = std::round(period_nm / pixel_nm);
  // A millionth of a pixel: room for the rounding of pixel sizes such as 0.1 nm.
  if (!(pixels >= 1.0) || std::abs(pixels * pixel_nm - period_nm) > 1e-6 * pixel_nm) {
    std::ostringstream message;
    message << "the model's period of " << period_nm
            << " nm is not a whole number of mask pixels of " << pixel_nm
            << " nm; use a pixel size that divides it";
    throw Error(ErrorCode::unsupported, message.str());
  }
  return static_cast<int>(pixels);
}

}  // namespace

Grid field_grid(const OpticalModel& model, const Grid& mask_grid) {
  Grid field = mask_grid;
  field.rows = whole_pixels(model.period_y_nm, mask_grid.pixel_nm);
  field.cols = whole_pixels(model.period_x_nm, mask_grid.pixel_nm);
  if (mask_grid.rows > field.rows || mask_grid.cols > field.cols) {
    std::ostringstream message;
    message << "the mask is " << mask_grid.width_nm() << " x " << mask_grid.height_nm()
            << " nm, larger than the model's tile of " << model.period_x_nm << " x "
            << model.period_y_nm << " nm; use a model with a larger period, or cut the mask";
    throw Error(ErrorCode::bad_input, message.str());
  }
  const int before_x = (field.cols - mask_grid.cols) / 2;
  const int before_y = (field.rows - mask_grid.rows) / 2;
  field.origin_x_nm -= before_x * field.pixel_nm;
  field.origin_y_nm -= before_y * field.pixel_nm;
  return field;
}

Box box_of(const Grid& grid) {
  return {grid.origin_x_nm, grid.origin_y_nm, grid.origin_x_nm + grid.width_nm(),
          grid.origin_y_nm + grid.height_nm()};
}

namespace {

template <class T, class From>
Image<T> laid_into(ImageView<const From> mask, const Grid& mask_grid, const Grid& field) {
  const auto offset = [&](double mask_origin, double field_origin) {
    return static_cast<int>(std::lround((mask_origin - field_origin) / field.pixel_nm));
  };
  const int x0 = offset(mask_grid.origin_x_nm, field.origin_x_nm);
  const int y0 = offset(mask_grid.origin_y_nm, field.origin_y_nm);
  Image<T> image(field.rows, field.cols);
  for (int y = 0; y < mask.rows; ++y)
    std::copy_n(mask.row(y), mask.cols, image.row(y0 + y) + x0);
  return image;
}

}  // namespace

template <class T>
Image<T> in_field(ImageView<const std::uint8_t> mask, const Grid& mask_grid, const Grid& field) {
  return laid_into<T>(mask, mask_grid, field);
}

template <class T>
Image<T> in_field(ImageView<const float> mask, const Grid& mask_grid, const Grid& field) {
  return laid_into<T>(mask, mask_grid, field);
}

template Image<float> in_field(ImageView<const float>, const Grid&, const Grid&);
template Image<double> in_field(ImageView<const float>, const Grid&, const Grid&);
template Image<std::uint8_t> in_field(ImageView<const std::uint8_t>, const Grid&, const Grid&);
template Image<float> in_field(ImageView<const std::uint8_t>, const Grid&, const Grid&);
template Image<double> in_field(ImageView<const std::uint8_t>, const Grid&, const Grid&);

}  // namespace reticle
