// SPDX-License-Identifier: Apache-2.0
#include "masks/pictures/preview.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/base/error.h"
#include "litho/geometry/contour.h"
#include "litho/geometry/simplify.h"

namespace reticle {
namespace {

// Colours that stay apart for the colour-blind and in grey print.
constexpr Rgb k_ink{20, 20, 20}, k_target{110, 110, 110}, k_mask{86, 150, 220}, k_band{230, 159, 0}, k_printed{190, 60, 0};
constexpr double k_side = 760.0;  // the longer one of the shown area
constexpr double k_left = 62.0, k_top = 58.0, k_bottom = 84.0, k_right = 24.0;
constexpr double k_margin_nm = 60.0;

using Layer = ImageView<const std::uint8_t>;

std::vector<Layer> present(const PreviewLayers& layers) {
  std::vector<Layer> found;
  for (const Layer& layer : {layers.target, layers.mask, layers.printed, layers.variation_band}) {
    if (layer.data) found.push_back(layer);
  }
  for (const Layer& layer : found) {
    if (layer.rows != found[0].rows || layer.cols != found[0].cols) {
      throw Error(ErrorCode::invalid_argument,
                  "A preview needs layers of one size; one has " + std::to_string(layer.rows) +
                      " x " + std::to_string(layer.cols) + " pixels, another " +
                      std::to_string(found[0].rows) + " x " + std::to_string(found[0].cols) + ".");
    }
  }
  return found;
}

// The box around everything drawn, with a margin, nm.
Box shown_box(const std::vector<Layer>& found, const PreviewLayers& layers) {
  if (found.empty()) return {0, 0, 1, 1};
  const int rows = found[0].rows, cols = found[0].cols;
  int x0 = cols, y0 = rows, x1 = 0, y1 = 0;
  for (const Layer& layer : found)
    for (int y = 0; y < rows; ++y)
      for (int x = 0; x < cols; ++x)
        if (layer(y, x)) x0 = std::min(x0, x), x1 = std::max(x1, x + 1), y0 = std::min(y0, y), y1 = std::max(y1, y + 1);
  if (x1 <= x0) x0 = y0 = 0, x1 = cols, y1 = rows;
  const double pixel = layers.pixel_nm;
  return {layers.origin_x_nm + x0 * pixel - k_margin_nm, layers.origin_y_nm + y0 * pixel - k_margin_nm,
          layers.origin_x_nm + x1 * pixel + k_margin_nm, layers.origin_y_nm + y1 * pixel + k_margin_nm};
}

// Steps of an axis: 1, 2 or 5 times a power of ten, at most `most` of them.
double step_of(double length, double most) {
  const double power = std::pow(10.0, std::floor(std::log10(length / most)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (length / (factor * power) <= most) return factor * power;
  return 10.0 * power;
}

class Scene {
 public:
  Scene(const PreviewLayers& layers, const Box& box) : layers_(layers), box_(box) {
    scale_ = k_side / std::max(box.width(), box.height());
    right_ = k_left + box.width() * scale_, bottom_ = k_top + box.height() * scale_;
    page_.width = static_cast<int>(std::max(right_ + k_right, 560.0));
    page_.height = static_cast<int>(bottom_ + k_bottom);
  }

  Drawing draw() {
    add(layers_.mask, k_mask, 0.30, k_mask, 1.0, {});
    add(layers_.variation_band, k_band, 0.75, k_band, 0.0, {});
    add(layers_.target, k_target, 0.0, k_target, 1.6, {6.0, 3.0});
    add(layers_.printed, k_printed, 0.0, k_printed, 1.8, {});
    axes();
    legend();
    page_.write(layers_.title, k_left, 22, 16);
    page_.write(layers_.figures, k_left, 44, 13);
    return std::move(page_);
  }

 private:
  Point at(Point nm) const { return {k_left + (nm.x - box_.x0) * scale_, bottom_ - (nm.y - box_.y0) * scale_}; }

  void add(const Layer& layer, Rgb fill, double opacity, Rgb line, double width, std::vector<double> dashes) {
    if (!layer.data) return;
    const Grid grid{layer.rows, layer.cols, layers_.pixel_nm, layers_.origin_x_nm, layers_.origin_y_nm};
    Shape shape{.fill_opacity = opacity, .fill = fill, .line_width = width, .line = line, .dashes = std::move(dashes)};
    const double right = grid.origin_x_nm + grid.width_nm(), top = grid.origin_y_nm + grid.height_nm();
    for (const Polygon& ring : trace_pixels(layer, grid)) {
      Polygon path;
      for (const Point& p : simplify(ring, 0.75 * layers_.pixel_nm, {grid.origin_x_nm, grid.origin_y_nm, right, top}))
        path.push_back(at(p));
      if (!path.empty()) shape.paths.push_back(std::move(path));
    }
    page_.parts.push_back(std::move(shape));
  }

  void axes() {
    const double step = step_of(std::max(box_.width(), box_.height()), 8.0);
    const int digits = std::max(0, static_cast<int>(std::ceil(-std::log10(step / 1e3) - 1e-9)));
    for (double i = std::ceil(box_.x0 / step); i * step <= box_.x1; ++i) {
      const double x = at({i * step, 0}).x;
      page_.line({{x, bottom_}, {x, bottom_ + 5}}, k_ink, 1.0);
      page_.write(fmt::format("{:.{}f}", i * step / 1e3 + 0.0, digits), x, bottom_ + 18, 12, Words::Anchor::middle);
    }
    for (double i = std::ceil(box_.y0 / step); i * step <= box_.y1; ++i) {
      const double y = at({0, i * step}).y;
      page_.line({{k_left - 5, y}, {k_left, y}}, k_ink, 1.0);
      page_.write(fmt::format("{:.{}f}", i * step / 1e3 + 0.0, digits), k_left - 8, y + 4, 12, Words::Anchor::right);
    }
    page_.box(k_left, k_top, right_, bottom_, k_ink, 1.0);
    page_.write("x, um", 0.5 * (k_left + right_), bottom_ + 36, 13, Words::Anchor::middle);
    page_.parts.push_back(Words{.text = "y, um", .at = {16, 0.5 * (k_top + bottom_)}, .anchor = Words::Anchor::middle, .upwards = true});
    const double bar_nm = step_of(box_.width(), 5.0), y = bottom_ - 14, x = right_ - 14 - bar_nm * scale_;
    page_.fill({{x - 8, y - 24}, {right_ - 6, y - 24}, {right_ - 6, y + 8}, {x - 8, y + 8}}, {255, 255, 255}, 0.8);
    page_.fill({{x, y}, {right_ - 14, y}, {right_ - 14, y + 4}, {x, y + 4}}, k_ink);
    page_.write(fmt::format("{:g} nm", bar_nm), 0.5 * (x + right_ - 14), y - 6, 12, Words::Anchor::middle);
  }

  void legend() {
    double x = k_left;
    const double y = bottom_ + 60;
    const auto entry = [&](const Layer& layer, const char* word, Rgb colour, double opacity, double width,
                           std::vector<double> dashes) {
      if (!layer.data) return;
      page_.parts.push_back(Shape{.paths = {{{x, y - 11}, {x + 26, y - 11}, {x + 26, y + 1}, {x, y + 1}}},
                                  .fill_opacity = opacity, .fill = colour, .line_width = width, .line = colour,
                                  .dashes = std::move(dashes)});
      page_.write(word, x + 32, y, 13);
      x += 32 + width_of(word, 13) + 22;
    };
    entry(layers_.target, "target", k_target, 0.0, 1.6, {6.0, 3.0});
    entry(layers_.mask, "mask", k_mask, 0.30, 1.0, {});
    entry(layers_.printed, "printed, nominal", k_printed, 0.0, 1.8, {});
    entry(layers_.variation_band, "process-variation band", k_band, 0.75, 0.0, {});
  }

  const PreviewLayers& layers_;
  Box box_;
  double scale_ = 1.0, right_ = 0.0, bottom_ = 0.0;
  Drawing page_;
};

}  // namespace

Drawing draw_preview(const PreviewLayers& layers) { return Scene(layers, shown_box(present(layers), layers)).draw(); }

}  // namespace reticle
