#include "masks/pictures/chart.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace reticle {

namespace {

constexpr int k_panel_cols = 560, k_panel_rows = 420, k_headline_rows = 46;
constexpr int k_left = 82, k_top = 40, k_bottom = 62;  // margins of a diagram
constexpr double k_text = 0.46;
constexpr int k_shift = 4;  // coordinates in sixteenths of a pixel

const cv::Scalar k_ink(30, 30, 30), k_grid(225, 225, 225), k_paper(255, 255, 255);

cv::Scalar scalar(Rgb colour) { return {double(colour.r), double(colour.g), double(colour.b)}; }

int text_width(const std::string& text, double size = k_text) {
  return cv::getTextSize(text, cv::FONT_HERSHEY_SIMPLEX, size, 1, nullptr).width;
}

void write(cv::Mat& page, const std::string& text, int x, int y, double size = k_text) {
  cv::putText(page, text, {x, y}, cv::FONT_HERSHEY_SIMPLEX, size, k_ink, 1, cv::LINE_AA);
}

void write_centred(cv::Mat& page, const std::string& text, int x, int y, double size = k_text) {
  write(page, text, x - text_width(text, size) / 2, y, size);
}

void write_upwards(cv::Mat& page, const std::string& text, int x, int y) {
  cv::Mat line(22, text_width(text) + 4, CV_8UC3, k_paper);
  write(line, text, 2, 16);
  cv::rotate(line, line, cv::ROTATE_90_COUNTERCLOCKWISE);
  const cv::Rect place(x, std::max(0, y - line.rows / 2), line.cols, line.rows);
  const cv::Rect seen = place & cv::Rect(0, 0, page.cols, page.rows);
  line(cv::Rect(0, 0, seen.width, seen.height)).copyTo(page(seen));
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.5g", std::abs(value) < 1e-12 ? 0.0 : value);
  return text;
}

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

class Diagram {
 public:
  Diagram(cv::Mat panel, const Chart& chart) : panel_(std::move(panel)), chart_(chart) {
    for (const ChartSeries& series : chart.series)
      for (const Point& p : series.points) {
        if (!is_finite(p)) continue;
        x_.include(p.x);
        y_.include(p.y);
      }
    x_.pad();
    y_.pad();
    int legend = 0;
    for (const ChartSeries& series : chart.series)
      if (!series.label.empty()) legend = std::max(legend, text_width(series.label, 0.42) + 46);
    right_ = panel_.cols - 20 - legend;
  }

  void draw() {
    write_centred(panel_, chart_.title, panel_.cols / 2, 24, 0.52);
    ticks();
    for (const ChartSeries& series : chart_.series) draw(series);
    cv::rectangle(panel_, {k_left, k_top}, {right_, panel_.rows - k_bottom}, k_ink, 1);
    write_centred(panel_, chart_.x_label, (k_left + right_) / 2, panel_.rows - 22);
    write_upwards(panel_, chart_.y_label, 4, (k_top + panel_.rows - k_bottom) / 2);
    legend();
  }

 private:
  double column(double x) const { return k_left + x_.part(x) * (right_ - k_left); }
  double row(double y) const {
    return panel_.rows - k_bottom - y_.part(y) * (panel_.rows - k_bottom - k_top);
  }
  cv::Point fine(const Point& p) const {
    return {cvRound(column(p.x) * (1 << k_shift)), cvRound(row(p.y) * (1 << k_shift))};
  }

  void ticks() {
    const double dx = tick_step(x_.high - x_.low), dy = tick_step(y_.high - y_.low);
    for (double x = std::ceil(x_.low / dx) * dx; x <= x_.high; x += dx) {
      const int at = cvRound(column(x));
      cv::line(panel_, {at, k_top}, {at, panel_.rows - k_bottom}, k_grid, 1);
      write_centred(panel_, number(x), at, panel_.rows - k_bottom + 18, 0.42);
    }
    for (double y = std::ceil(y_.low / dy) * dy; y <= y_.high; y += dy) {
      const int at = cvRound(row(y));
      cv::line(panel_, {k_left, at}, {right_, at}, k_grid, 1);
      const std::string text = number(y);
      write(panel_, text, k_left - 6 - text_width(text, 0.42), at + 5, 0.42);
    }
  }

  void draw(const ChartSeries& series) {
    using Style = ChartSeries::Style;
    const cv::Scalar colour = scalar(series.colour);
    const auto& points = series.points;
    for (std::size_t i = 1; i < points.size() && series.style != Style::dots; ++i) {
      if (!is_finite(points[i - 1]) || !is_finite(points[i])) continue;
      if (series.style == Style::dashes) {
        dashes(points[i - 1], points[i], colour);
        continue;
      }
      cv::line(panel_, fine(points[i - 1]), fine(points[i]), colour, 2, cv::LINE_AA, k_shift);
    }
    if (series.style == Style::line || series.style == Style::dashes) return;
    for (const Point& p : points)
      if (is_finite(p))
        cv::circle(panel_, fine(p), 4 << k_shift, colour, cv::FILLED, cv::LINE_AA, k_shift);
  }

  void dashes(const Point& a, const Point& b, const cv::Scalar& colour) {
    const double length = std::hypot(column(b.x) - column(a.x), row(b.y) - row(a.y));
    const auto between = [&](double t) { return Point{a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)}; };
    for (double at = 0.0; at < length; at += 12.0)
      cv::line(panel_, fine(between(at / length)), fine(between(std::min(at + 7.0, length) / length)),
               colour, 1, cv::LINE_AA, k_shift);
  }

  void legend() {
    int y = k_top + 12;
    for (const ChartSeries& series : chart_.series) {
      if (series.label.empty()) continue;
      cv::line(panel_, {right_ + 10, y - 4}, {right_ + 36, y - 4}, scalar(series.colour), 3, cv::LINE_AA);
      write(panel_, series.label, right_ + 42, y, 0.42);
      y += 18;
    }
  }

  cv::Mat panel_;
  const Chart& chart_;
  Axis x_, y_;
  int right_ = 0;  // of the diagram; the legend stands beyond
};

cv::Mat coloured(const cv::Mat& grey, ColourMap::Scale scale) {
  cv::Mat bgr, rgb;
  const int palette = scale == ColourMap::Scale::sequential ? cv::COLORMAP_VIRIDIS
                      : scale == ColourMap::Scale::cyclic   ? cv::COLORMAP_TWILIGHT_SHIFTED
                                                            : cv::COLORMAP_CIVIDIS;
  cv::applyColorMap(grey, bgr, palette);
  cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
  return rgb;
}

void draw_map(cv::Mat panel, const ColourMap& map) {
  write_centred(panel, map.title, panel.cols / 2, 24, 0.52);
  write_centred(panel, map.caption, panel.cols / 2, panel.rows - 12);
  const int rows = map.values.rows(), cols = map.values.cols();
  if (rows == 0 || cols == 0) return;
  cv::Mat grey(rows, cols, CV_8U), blank(rows, cols, CV_8U, cv::Scalar(0));
  for (int y = 0; y < rows; ++y)
    for (int x = 0; x < cols; ++x) {
      const double value = map.values(rows - 1 - y, x);
      const double part = (value - map.low) / (map.high > map.low ? map.high - map.low : 1.0);
      grey.at<std::uint8_t>(y, x) = cv::saturate_cast<std::uint8_t>(std::isnan(part) ? 0.0 : 255.0 * part);
      if (std::isnan(value)) blank.at<std::uint8_t>(y, x) = 255;
    }
  cv::Mat picture = coloured(grey, map.scale);
  picture.setTo(k_paper, blank);
  constexpr int k_bar_cols = 90, k_foot = 36;
  const double scale = std::min(double(panel.cols - 40 - k_bar_cols) / cols,
                                double(panel.rows - k_top - k_foot) / rows);
  cv::resize(picture, picture, {std::max(1, cvRound(cols * scale)), std::max(1, cvRound(rows * scale))}, 0, 0,
             cv::INTER_NEAREST);
  const cv::Point at((panel.cols - k_bar_cols - picture.cols) / 2, k_top);
  picture.copyTo(panel(cv::Rect(at, picture.size())));
  cv::rectangle(panel, cv::Rect(at, picture.size()), k_ink, 1);

  cv::Mat bar(256, 1, CV_8U);
  for (int i = 0; i < 256; ++i) bar.at<std::uint8_t>(i, 0) = static_cast<std::uint8_t>(255 - i);
  cv::Mat strip = coloured(bar, map.scale);
  cv::resize(strip, strip, {14, picture.rows}, 0, 0, cv::INTER_NEAREST);
  const cv::Point beside(at.x + picture.cols + 16, k_top);
  strip.copyTo(panel(cv::Rect(beside, strip.size())));
  cv::rectangle(panel, cv::Rect(beside, strip.size()), k_ink, 1);
  write(panel, number(map.high), beside.x + 18, k_top + 10, 0.42);
  write(panel, number(map.low), beside.x + 18, k_top + picture.rows, 0.42);
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

Image<Rgb> draw_page(const std::string& headline, std::span<const Panel> panels, int columns) {
  const int count = static_cast<int>(panels.size());
  columns = std::clamp(columns, 1, std::max(count, 1));
  const int rows = (count + columns - 1) / columns;
  Image<Rgb> picture(k_headline_rows + rows * k_panel_rows, columns * k_panel_cols);
  cv::Mat page(picture.rows(), picture.cols(), CV_8UC3, picture.data());
  page.setTo(k_paper);
  write(page, headline, 16, 30, 0.62);
  for (int i = 0; i < count; ++i) {
    cv::Mat panel = page(cv::Rect((i % columns) * k_panel_cols, k_headline_rows + (i / columns) * k_panel_rows,
                                  k_panel_cols, k_panel_rows));
    const Panel& what = panels[static_cast<std::size_t>(i)];
    if (const auto* chart = std::get_if<Chart>(&what)) Diagram(panel, *chart).draw();
    if (const auto* map = std::get_if<ColourMap>(&what)) draw_map(panel, *map);
  }
  return picture;
}

}  // namespace reticle
