// SPDX-License-Identifier: Apache-2.0
// Where an image is wanted, and the transpose of reading it there.
//
//   I(r) = Re sum_f c(f) exp(2 pi i f.r);  dL/dRe c + i dL/dIm c = sum_r dL/dI(r) exp(-2 pi i f.r)
#pragma once

#include <array>
#include <map>
#include <span>
#include <variant>
#include <vector>

#include "kernels/base/image.h"
#include "kernels/base/spectrum.h"
#include "kernels/cpu/band_transform.h"
#include "litho/geometry/polygon.h"

namespace reticle {

// Centres of pixels that together cover the field.
struct FieldPixels {
  int rows = 0;
  int cols = 0;
};
// Pixel centres of any grid, commensurate with the field or not.
struct GridPixels {
  Box field;
  Grid grid;
};
struct LayoutPoints {
  Box field;
  std::vector<Point> points;
};
using ImagePlaces = std::variant<FieldPixels, GridPixels, LayoutPoints>;

std::size_t count(const ImagePlaces& places);

// Keeps the tables of FieldPixels of a few sizes. Not thread-safe: one per thread.
template <class T>
class ImageReader {
 public:
  // Throws Error(invalid_argument) if out does not hold count(places) numbers; pixels row by row.
  void read(const Spectrum<T>& image, const ImagePlaces& places, std::span<T> out);
  // dL/dRe c + i dL/dIm c of an image of these half widths, for dL/dI at the places.
  Spectrum<T> gradient(const ImagePlaces& places, std::span<const T> d_image, int half_x, int half_y);

  // The tables between pixels that cover the field and a band, made when first asked for.
  cpu::BandTransform<T>& band(int rows, int cols, int half_x, int half_y);

 private:
  std::map<std::array<int, 4>, cpu::BandTransform<T>> bands_;
};

}  // namespace reticle
