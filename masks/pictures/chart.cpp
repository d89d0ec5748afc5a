// SPDX-License-Identifier: Apache-2.0
#include "masks/pictures/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace reticle {

namespace {

constexpr double k_panel_cols = 560.0, k_panel_rows = 420.0, k_headline_rows = 46.0;
constexpr double k_left = 78.0, k_top = 40.0, k_bottom = 62.0;  // margins of a diagram
constexpr double k_title = 15.0, k_label = 13.0, k_tick = 12.0;

constexpr Rgb k_ink{30, 30, 30}, k_grid{225, 225, 225};
using Anchor = Words::Anchor;

// Cut to what fits, the end of the words shown by dots.
std::string fitted(std::string text, double size, double width) {
  if (width_of(text, size) <= width) return text;
  while (text.size() > 1 && width_of(text + "...", size) > width) text.pop_back();
  return text + "...";
}

std::string number(double value) { return fmt::format("{:.5g}", std::abs(value) < 1e-12 ? 0.0 : value); }

// 1, 2 or 5 times a power of ten, about a fifth of the range.
double tick_step(double range) {
  const double rough = range / 5.0, decade = std::pow(10.0, std::floor(std::log10(rough)));
  const double part = rough / decade;
  return decade * (part < 1.5 ? 1.0 : part < 3.5 ? 2.0 : part < 7.5 ? 5.0 : 10.0);
}

struct Axis {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void include(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  void pad() {
    if (!(low <= high)) low = 0.0, high = 1.0;
    const double extra = high > low ? 0.05 * (high - low) : std::max(0.05 * std::abs(high), 1e-3);
    low -= extra;
    high += extra;
  }
  double part(double value) const { return (value - low) / (high - low); }
};

bool is_finite(const Point& p) { return std::isfinite(p.x) && std::isfinite(p.y); }

// A frame with ticks and labels, from one corner of the page to another.
struct Frame {
  Drawing& page;
  double x0, y0, x1, y1;  // of the frame, y1 below
  Axis x, y;

  Point at(const Point& p) const { return {x0 + x.part(p.x) * (x1 - x0), y1 - y.part(p.y) * (y1 - y0)}; }

  void draw_ticks(Rgb grid) {
    const double dx = tick_step(x.high - x.low), dy = tick_step(y.high - y.low);
    for (double i = std::ceil(x.low / dx); i * dx <= x.high; ++i) {
      const double column = at({i * dx, y.low}).x;
      page.line({{column, y0}, {column, y1 + 4}}, grid, 1.0);
      page.write(number(i * dx), column, y1 + 18, k_tick, Anchor::middle);
    }
    for (double i = std::ceil(y.low / dy); i * dy <= y.high; ++i) {
      const double row = at({x.low, i * dy}).y;
      page.line({{x0 - 4, row}, {x1, row}}, grid, 1.0);
      page.write(number(i * dy), x0 - 7, row + 4, k_tick, Anchor::right);
    }
  }
  void draw_labels(const std::string& below, const std::string& beside, double left) {
    page.box(x0, y0, x1, y1, k_ink, 1.0);
    page.write(below, 0.5 * (x0 + x1), y1 + 40, k_label, Anchor::middle);
    page.parts.push_back(
        Words{.text = beside, .at = {left + 16, 0.5 * (y0 + y1)}, .size = k_label, .anchor = Anchor::middle, .upwards = true});
  }
};

void draw(Frame& frame, const ChartSeries& series) {
  using Style = ChartSeries::Style;
  if (series.style != Style::dots) {
    Polygon path;
    const auto end = [&] {
      if (path.size() > 1)
        frame.page.line(path, series.colour, series.style == Style::dashes ? 1.0 : 2.0,
                        series.style == Style::dashes ? std::vector<double>{7.0, 5.0} : std::vector<double>{});
      path.clear();
    };
    for (const Point& p : series.points) is_finite(p) ? path.push_back(frame.at(p)) : end();
    end();
  }
  if (series.style == Style::line || series.style == Style::dashes) return;
  for (const Point& p : series.points) {
    if (!is_finite(p)) continue;
    Polygon dot;
    const Point middle = frame.at(p);
    for (int i = 0; i < 16; ++i)
      dot.push_back({middle.x + 3.5 * std::cos(i * 0.392699), middle.y + 3.5 * std::sin(i * 0.392699)});
    frame.page.fill(dot, series.colour);
  }
}

void draw(Drawing& page, double left, double top, const Chart& chart) {
  Axis x, y;
  double legend = 0.0;
  for (const ChartSeries& series : chart.series) {
    for (const Point& p : series.points)
      if (is_finite(p)) x.include(p.x), y.include(p.y);
    if (!series.label.empty()) legend = std::max(legend, width_of(series.label, k_tick) + 46.0);
  }
  x.pad(), y.pad();
  const double right = left + k_panel_cols - 20.0 - legend;
  Frame frame{page, left + k_left, top + k_top, right, top + k_panel_rows - k_bottom, x, y};
  page.write(fitted(chart.title, k_title, k_panel_cols - 16), left + 0.5 * k_panel_cols, top + 24, k_title, Anchor::middle);
  frame.draw_ticks(k_grid);
  for (const ChartSeries& series : chart.series) draw(frame, series);
  frame.draw_labels(chart.x_label, chart.y_label, left);
  double row = frame.y0 + 12.0;
  for (const ChartSeries& series : chart.series) {
    if (series.label.empty()) continue;
    page.line({{right + 10, row - 4}, {right + 36, row - 4}}, series.colour, 3.0);
    page.write(series.label, right + 42, row, k_tick);
    row += 18.0;
  }
}

cv::Mat coloured(const cv::Mat& grey, ColourMap::Scale scale) {
  cv::Mat bgr, rgb;
  const int palette = scale == ColourMap::Scale::sequential ? cv::COLORMAP_VIRIDIS
                      : scale == ColourMap::Scale::cyclic   ? cv::COLORMAP_TWILIGHT_SHIFTED
                                                            : cv::COLORMAP_CIVIDIS;
  cv::applyColorMap(grey, bgr, palette);
  cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
  return rgb;
}

Image<Rgb> image_of(const cv::Mat& rgb) {
  Image<Rgb> image(rgb.rows, rgb.cols);
  for (int y = 0; y < rgb.rows; ++y)
    for (int x = 0; x < rgb.cols; ++x) {
      const cv::Vec3b& pixel = rgb.at<cv::Vec3b>(y, x);
      image(y, x) = {pixel[0], pixel[1], pixel[2]};
    }
  return image;
}

Image<Rgb> picture_of(const ColourMap& map) {
  const int rows = map.values.rows(), cols = map.values.cols();
  cv::Mat grey(rows, cols, CV_8U), blank(rows, cols, CV_8U, cv::Scalar(0));
  for (int y = 0; y < rows; ++y)
    for (int x = 0; x < cols; ++x) {
      const double value = map.values(rows - 1 - y, x);
      const double part = (value - map.low) / (map.high > map.low ? map.high - map.low : 1.0);
      grey.at<std::uint8_t>(y, x) = cv::saturate_cast<std::uint8_t>(std::isnan(part) ? 0.0 : 255.0 * part);
      if (std::isnan(value)) blank.at<std::uint8_t>(y, x) = 255;
    }
  cv::Mat picture = coloured(grey, map.scale);
  picture.setTo(cv::Scalar(255, 255, 255), blank);
  return image_of(picture);
}

void draw(Drawing& page, double left, double top, const ColourMap& map) {
  page.write(fitted(map.title, k_title, k_panel_cols - 16), left + 0.5 * k_panel_cols, top + 24, k_title, Anchor::middle);
  page.write(map.caption, left + 0.5 * k_panel_cols, top + k_panel_rows - 6, k_tick, Anchor::middle);
  const int rows = map.values.rows(), cols = map.values.cols();
  if (rows == 0 || cols == 0) return;
  const bool axes = map.x1 > map.x0 && map.y1 > map.y0;
  const double bar_cols = 90.0, foot = axes ? 66.0 : 36.0, beside = axes ? k_left : 20.0;
  const double scale = std::min((k_panel_cols - 20 - beside - bar_cols) / cols, (k_panel_rows - k_top - foot) / rows);
  const double width = cols * scale, height = rows * scale;
  const double x = left + beside + 0.5 * (k_panel_cols - 20 - beside - bar_cols - width), y = top + k_top;
  page.parts.push_back(Pixels{picture_of(map), x, y, width, height});
  Frame frame{page, x, y, x + width, y + height, {map.x0, map.x1}, {map.y0, map.y1}};
  if (axes) {
    frame.draw_ticks({200, 200, 200});
    // The map again covers the ticks' lines within it.
    page.parts.push_back(Pixels{picture_of(map), x, y, width, height});
    for (const Polygon& outline : map.outlines) {
      Polygon path;
      for (const Point& p : outline) path.push_back(frame.at(p));
      page.line(path, {255, 255, 255}, 2.0);
      page.line(path, k_ink, 1.0, {5.0, 3.0});
    }
    frame.draw_labels(map.x_label, map.y_label, x - k_left);
  }
  page.box(x, y, x + width, y + height, k_ink, 1.0);

  cv::Mat bar(256, 1, CV_8U);
  for (int i = 0; i < 256; ++i) bar.at<std::uint8_t>(i, 0) = static_cast<std::uint8_t>(255 - i);
  page.parts.push_back(Pixels{image_of(coloured(bar, map.scale)), x + width + 16, y, 14.0, height});
  page.box(x + width + 16, y, x + width + 30, y + height, k_ink, 1.0);
  for (int i = 0; i <= 4; ++i)
    page.write(number(map.low + 0.25 * i * (map.high - map.low)), x + width + 35, y + height - 0.25 * i * (height - 10), k_tick);
}

}  // namespace

Rgb chart_colour(int i) {
  // Okabe & Ito, Color universal design, 2008; grey last.
  constexpr std::array<Rgb, 8> k_colours = {{{0, 114, 178}, {213, 94, 0}, {0, 158, 115}, {204, 121, 167},
                                             {86, 180, 233}, {230, 159, 0}, {120, 100, 40}, {130, 130, 130}}};
  return k_colours[static_cast<std::size_t>(i) % k_colours.size()];
}

Rgb ordered_colour(double part) {
  const double u = std::clamp(2.0 * part - 1.0, -1.0, 1.0);
  const auto mix = [&](double blue, double grey, double red) {
    return static_cast<std::uint8_t>(grey + (u < 0.0 ? -u * (blue - grey) : u * (red - grey)) + 0.5);
  };
  return {mix(20, 150, 200), mix(80, 150, 40), mix(200, 150, 30)};
}

Drawing draw_page(const std::string& headline, std::span<const Panel> panels, int columns) {
  const int count = static_cast<int>(panels.size());
  columns = std::clamp(columns, 1, std::max(count, 1));
  const int rows = (count + columns - 1) / columns;
  Drawing page{.width = static_cast<int>(columns * k_panel_cols),
               .height = static_cast<int>(k_headline_rows + rows * k_panel_rows)};
  double size = 18.0;  // smaller until the whole headline fits
  while (size > 10.0 && width_of(headline, size) > page.width - 32.0) size -= 0.5;
  page.write(headline, 16, 30, size);
  for (int i = 0; i < count; ++i) {
    const double left = (i % columns) * k_panel_cols, top = k_headline_rows + (i / columns) * k_panel_rows;
    std::visit([&](const auto& panel) { draw(page, left, top, panel); }, panels[static_cast<std::size_t>(i)]);
  }
  return page;
}

}  // namespace reticle
