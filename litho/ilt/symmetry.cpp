// SPDX-License-Identifier: Apache-2.0
#include "litho/ilt/symmetry.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

#include "litho/geometry/polygon_area.h"
#include "litho/imaging/simulator.h"

namespace reticle {

namespace {

constexpr double k_asymmetry = 1e-3;  // of clear field

bool before(const Point& a, const Point& b) { return a.x != b.x ? a.x < b.x : a.y < b.y; }

// The same for the same ring, whatever corner it begins with and whichever way it goes.
Polygon in_order(Polygon ring) {
  if (signed_area(ring) < 0.0) std::reverse(ring.begin(), ring.end());
  std::rotate(ring.begin(), std::min_element(ring.begin(), ring.end(), before), ring.end());
  return ring;
}

std::vector<Polygon> in_order(std::vector<Polygon> rings) {
  for (Polygon& ring : rings) ring = in_order(std::move(ring));
  std::sort(rings.begin(), rings.end(), [](const Polygon& a, const Polygon& b) {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), before);
  });
  return rings;
}

std::vector<FieldMap> maps_but_identity() {
  std::vector<FieldMap> maps;
  for (int i = 1; i < 8; ++i) maps.push_back({(i & 4) != 0, (i & 1) != 0, (i & 2) != 0});
  return maps;
}

// Twice the places from the field's middle, so that pixels' centres are whole.
std::pair<int, int> mapped(const FieldMap& map, int x2, int y2) {
  if (map.exchanges) std::swap(x2, y2);
  return {map.mirrors_x ? -x2 : x2, map.mirrors_y ? -y2 : y2};
}

template <class T>
std::size_t mapped_index(const Image<T>& image, const FieldMap& map, int y, int x) {
  const auto [x2, y2] = mapped(map, 2 * x + 1 - image.cols(), 2 * y + 1 - image.rows());
  return static_cast<std::size_t>((y2 + image.rows() - 1) / 2) * static_cast<std::size_t>(image.cols()) +
         static_cast<std::size_t>((x2 + image.cols() - 1) / 2);
}

}  // namespace

std::vector<FieldMap> symmetries_of(std::span<const Polygon> polygons, const Box& field) {
  const double cx = 0.5 * (field.x0 + field.x1), cy = 0.5 * (field.y0 + field.y1);
  std::vector<Polygon> centred(polygons.begin(), polygons.end());
  for (Polygon& ring : centred)
    for (Point& p : ring) p = {p.x - cx, p.y - cy};
  const std::vector<Polygon> own = in_order(centred);
  std::vector<FieldMap> found;
  for (const FieldMap& map : maps_but_identity()) {
    if (map.exchanges && field.width() != field.height()) continue;
    std::vector<Polygon> image = centred;
    for (Polygon& ring : image)
      for (Point& p : ring) {
        if (map.exchanges) std::swap(p.x, p.y);
        p = {map.mirrors_x ? 0.0 - p.x : p.x, map.mirrors_y ? 0.0 - p.y : p.y};
      }
    if (in_order(std::move(image)) == own) found.push_back(map);
  }
  return found;
}

bool is_symmetric(const OpticalModel& model, const FieldMap& map) {
  if (map.exchanges && model.period_x_nm != model.period_y_nm) return false;
  Simulator<float> simulator(model);
  const int rows = 4 * simulator.half_y() + 4, cols = map.exchanges ? rows : 4 * simulator.half_x() + 4;
  Image<float> mask(rows, cols), other(rows, cols);
  std::mt19937 random(1);
  for (float& pixel : mask) pixel = static_cast<float>(random() % 2);
  for (int y = 0; y < rows; ++y)
    for (int x = 0; x < cols; ++x) other.data()[mapped_index(mask, map, y, x)] = mask(y, x);
  for (int c = 0; c < static_cast<int>(model.conditions.size()); ++c) {
    const auto image_of = [&](const Image<float>& of) {
      return simulator.image(simulator.intensity_spectrum(simulator.mask_spectrum(of.view()), c), rows, cols);
    };
    const Image<float> here = image_of(mask), there = image_of(other);
    for (int y = 0; y < rows; ++y)
      for (int x = 0; x < cols; ++x)
        if (std::abs(there.data()[mapped_index(mask, map, y, x)] - here(y, x)) > k_asymmetry) return false;
  }
  return true;
}

void symmetrize(Image<float>& image, std::span<const FieldMap> group) {
  if (group.empty()) return;
  const Image<float> before_it = image;
  std::vector<float> values(group.size() + 1);
  for (int y = 0; y < image.rows(); ++y)
    for (int x = 0; x < image.cols(); ++x) {
      std::size_t count = 0;
      values[count++] = before_it(y, x);
      for (const FieldMap& map : group) values[count++] = before_it.data()[mapped_index(image, map, y, x)];
      std::sort(values.begin(), values.end());
      float sum = 0.0f;
      for (const float value : values) sum += value;
      image(y, x) = sum / static_cast<float>(values.size());
    }
}

void symmetrize(Image<std::uint8_t>& image, std::span<const FieldMap> group) {
  if (group.empty()) return;
  const Image<std::uint8_t> before_it = image;
  for (int y = 0; y < image.rows(); ++y)
    for (int x = 0; x < image.cols(); ++x) {
      std::size_t first = static_cast<std::size_t>(y) * static_cast<std::size_t>(image.cols()) + static_cast<std::size_t>(x);
      for (const FieldMap& map : group) first = std::min(first, mapped_index(image, map, y, x));
      image(y, x) = before_it.data()[first];
    }
}

}  // namespace reticle
