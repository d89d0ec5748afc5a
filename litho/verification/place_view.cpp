// SPDX-License-Identifier: Apache-2.0
#include "litho/verification/place_view.h"

#include <algorithm>
#include <cmath>

#include "litho/geometry/boolean.h"
#include "litho/geometry/contour.h"
#include "litho/geometry/rings.h"
#include "litho/geometry/simplify.h"

namespace reticle {

namespace {

constexpr int k_every = 2;     // sample of the verification's: seven a shortest wave
constexpr int k_beyond = 3;    // samples around the box, for interpolation
constexpr float k_drawn = 0.5f;

std::vector<Polygon> rings_of_pixels(ImageView<const std::uint8_t> drawn, const Region& region) {
  const Grid grid{drawn.rows, drawn.cols, region.field.width() / drawn.cols, region.field.x0, region.field.y0};
  std::vector<Polygon> rings;
  for (const Polygon& ring : trace_pixels(drawn, grid)) {
    Polygon simple = simplify(ring, 0.75 * grid.pixel_nm, region.field);
    if (!simple.empty()) rings.push_back(std::move(simple));
  }
  return rings;
}

std::vector<Polygon> mask_rings(const Region& region, const Box& box) {
  if (region.binary.size() > 0) return rings_of_pixels(region.binary, region);
  if (region.pixels.size() == 0) return rings_of(clip(region.mask, box));
  Image<std::uint8_t> drawn(region.pixels.rows, region.pixels.cols);
  for (std::size_t i = 0; i < drawn.size(); ++i) drawn.data()[i] = region.pixels.data[i] >= k_drawn;
  return rings_of_pixels(drawn.view(), region);
}

}  // namespace

PlaceView PlaceViewer::view(const Region& region, const Box& box) {
  if (region.binary.size() > 0) images_.set_mask(region.binary, region.field);
  else if (region.pixels.size() > 0) images_.set_mask(region.pixels, region.field);
  else images_.set_mask(region.mask, region.field);
  return view_of(images_, region, box);
}

PlaceView view_of(RegionImages& images, const Region& region, const Box& box) {
  PlaceView view{.box = box, .target = rings_of(clip(region.target, box)), .mask = mask_rings(region, box)};
  view.pitch = {k_every * images.pitch().x, k_every * images.pitch().y};
  for (int c = 0; c < images.conditions(); ++c) {
    const SampledImage& image = images.image(c);
    const Point first = image.place(0, 0);
    const auto low = [](double at) { return static_cast<int>(std::floor(at)) - k_every * k_beyond; };
    const int x0 = std::max(0, low((box.x0 - first.x) / images.pitch().x));
    const int y0 = std::max(0, low((box.y0 - first.y) / images.pitch().y));
    const int cols = std::min((image.cols() - 1 - x0) / k_every + 1,
                              static_cast<int>(std::ceil(box.width() / view.pitch.x)) + 2 * k_beyond + 1);
    const int rows = std::min((image.rows() - 1 - y0) / k_every + 1,
                              static_cast<int>(std::ceil(box.height() / view.pitch.y)) + 2 * k_beyond + 1);
    view.first = image.place(y0, x0);
    Image<float> samples(rows, cols);
    for (int y = 0; y < rows; ++y)
      for (int x = 0; x < cols; ++x) samples(y, x) = image.sample(y0 + k_every * y, x0 + k_every * x);
    view.images.push_back(std::move(samples));
  }
  return view;
}

}  // namespace reticle
