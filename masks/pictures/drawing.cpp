// SPDX-License-Identifier: Apache-2.0
#include "masks/pictures/drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <utility>

#include "kernels/base/error.h"
#include "masks/file_names.h"
#include "masks/output_file.h"
#include "masks/pictures/lettering.h"
#include "masks/pictures/png.h"
#include "masks/reports/packed_bytes.h"
#include "masks/xml_text.h"

namespace reticle {

namespace {

constexpr int k_shift = 4;  // coordinates in sixteenths of a pixel

cv::Scalar scalar(Rgb c) { return {double(c.r), double(c.g), double(c.b)}; }

std::vector<cv::Point> fine(const Polygon& path) {
  std::vector<cv::Point> points;
  for (const Point& p : path)
    points.emplace_back(cvRound((p.x - 0.5) * (1 << k_shift)), cvRound((p.y - 0.5) * (1 << k_shift)));
  return points;
}

// A path as the lines of its dashes.
std::vector<Polygon> dashed(const Polygon& path, const std::vector<double>& dashes, bool closed) {
  if (dashes.empty()) {
    Polygon whole = path;
    if (closed && !path.empty()) whole.push_back(path.front());
    return {whole};
  }
  std::vector<Polygon> lines;
  std::size_t dash = 0;
  double left = dashes[0];
  Polygon line;
  const std::size_t edges = closed ? path.size() : path.size() - (path.empty() ? 0 : 1);
  for (std::size_t i = 0; i < edges; ++i) {
    const Point a = path[i], b = path[(i + 1) % path.size()];
    const double length = std::hypot(b.x - a.x, b.y - a.y);
    for (double at = 0.0; at < length;) {
      const double step = std::min(left, length - at);
      const auto on = [&](double s) { return Point{a.x + (b.x - a.x) * s / length, a.y + (b.y - a.y) * s / length}; };
      if (dash % 2 == 0) {
        if (line.empty()) line.push_back(on(at));
        line.push_back(on(at + step));
      }
      at += step, left -= step;
      if (left > 0.0) continue;
      if (!line.empty()) lines.push_back(std::exchange(line, {}));
      left = dashes[++dash % dashes.size()];
    }
  }
  if (!line.empty()) lines.push_back(line);
  return lines;
}

void paint(cv::Mat& page, const Shape& shape) {
  if (shape.fill_opacity > 0.0) {
    std::vector<std::vector<cv::Point>> paths;
    for (const Polygon& path : shape.paths)
      if (path.size() >= 3) paths.push_back(fine(path));
    if (!paths.empty()) {
      cv::Mat ink(page.rows, page.cols, CV_8U, cv::Scalar(0));
      cv::fillPoly(ink, paths, cv::Scalar(255), cv::LINE_AA, k_shift);
      const cv::Rect box = cv::boundingRect(ink);
      for (int y = box.y; y < box.y + box.height; ++y)
        for (int x = box.x; x < box.x + box.width; ++x) {
          const double part = shape.fill_opacity * ink.at<std::uint8_t>(y, x) / 255.0;
          if (part == 0.0) continue;
          cv::Vec3b& pixel = page.at<cv::Vec3b>(y, x);
          const std::uint8_t over[3] = {shape.fill.r, shape.fill.g, shape.fill.b};
          for (int k = 0; k < 3; ++k)
            pixel[k] = static_cast<std::uint8_t>(std::lround(pixel[k] + part * (over[k] - pixel[k])));
        }
    }
  }
  if (shape.line_width > 0.0)
    for (const Polygon& path : shape.paths)
      for (const Polygon& line : dashed(path, shape.dashes, shape.closed))
        cv::polylines(page, fine(line), false, scalar(shape.line), std::max(1, cvRound(shape.line_width)), cv::LINE_AA,
                      k_shift);
}

void paint(cv::Mat& page, const Words& words) {
  const InkedWords inked_words = inked(words.text, words.size);
  if (inked_words.ink.empty()) return;
  const double before = words.anchor == Words::Anchor::middle  ? 0.5 * inked_words.width
                        : words.anchor == Words::Anchor::right ? inked_words.width
                                                               : 0.0;
  const Image<std::uint8_t>& ink = inked_words.ink;
  for (int y = 0; y < ink.rows(); ++y)
    for (int x = 0; x < ink.cols(); ++x) {
      if (ink(y, x) == 0) continue;
      const int along = static_cast<int>(std::lround(x - before)), down = y - inked_words.ascent;
      const int col = static_cast<int>(std::lround(words.at.x)) + (words.upwards ? down : along);
      const int row = static_cast<int>(std::lround(words.at.y)) + (words.upwards ? -along : down);
      if (row < 0 || col < 0 || row >= page.rows || col >= page.cols) continue;
      cv::Vec3b& pixel = page.at<cv::Vec3b>(row, col);
      const std::uint8_t over[3] = {words.colour.r, words.colour.g, words.colour.b};
      for (int k = 0; k < 3; ++k)
        pixel[k] = static_cast<std::uint8_t>(pixel[k] + (over[k] - pixel[k]) * ink(y, x) / 255);
    }
}

void paint(cv::Mat& page, const Pixels& pixels) {
  if (pixels.image.empty()) return;
  const cv::Mat from(pixels.image.rows(), pixels.image.cols(), CV_8UC3,
                     const_cast<Rgb*>(pixels.image.data()));  // read only
  cv::Mat scaled;
  const cv::Rect place(cvRound(pixels.x), cvRound(pixels.y), std::max(1, cvRound(pixels.width)),
                       std::max(1, cvRound(pixels.height)));
  const bool smaller = place.width < from.cols || place.height < from.rows;
  cv::resize(from, scaled, place.size(), 0, 0, smaller ? cv::INTER_AREA : cv::INTER_NEAREST);
  const cv::Rect seen = place & cv::Rect(0, 0, page.cols, page.rows);
  if (seen.area() > 0) scaled(seen - place.tl()).copyTo(page(seen));
}

std::string colour(Rgb c) { return fmt::format("#{:02x}{:02x}{:02x}", c.r, c.g, c.b); }

std::string svg(const Shape& shape) {
  std::string path;
  for (const Polygon& points : shape.paths) {
    for (std::size_t i = 0; i < points.size(); ++i)
      path += fmt::format("{}{:.2f} {:.2f}", i == 0 ? "M" : "L", points[i].x, points[i].y);
    if (shape.closed) path += "Z";
  }
  std::string out = fmt::format("<path d=\"{}\"", path);
  if (shape.fill_opacity > 0.0)
    out += fmt::format(" fill=\"{}\" fill-opacity=\"{:g}\" fill-rule=\"evenodd\"", colour(shape.fill), shape.fill_opacity);
  else
    out += " fill=\"none\"";
  if (shape.line_width > 0.0) out += fmt::format(" stroke=\"{}\" stroke-width=\"{:g}\"", colour(shape.line), shape.line_width);
  if (!shape.dashes.empty()) {
    out += " stroke-dasharray=\"";
    for (const double dash : shape.dashes) out += fmt::format("{:g} ", dash);
    out += "\"";
  }
  return out + "/>\n";
}

std::string svg(const Words& words) {
  const char* anchor = words.anchor == Words::Anchor::middle  ? "middle"
                       : words.anchor == Words::Anchor::right ? "end"
                                                              : "start";
  return fmt::format("<text x=\"{0:.2f}\" y=\"{1:.2f}\" font-size=\"{2:g}\" text-anchor=\"{3}\" fill=\"{4}\"{5}>{6}</text>\n",
                     words.at.x, words.at.y, words.size, anchor, colour(words.colour),
                     words.upwards ? fmt::format(" transform=\"rotate(-90 {:.2f} {:.2f})\"", words.at.x, words.at.y) : "",
                     xml_text(words.text));
}

std::string svg(const Pixels& pixels) {
  const std::vector<std::uint8_t> png = png_bytes(pixels.image);
  return fmt::format(
      "<image x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\" preserveAspectRatio=\"none\" "
      "href=\"data:image/png;base64,{}\"/>\n",
      pixels.x, pixels.y, pixels.width, pixels.height, base64(png));
}

}  // namespace

void Drawing::fill(const Polygon& ring, Rgb colour, double opacity) {
  parts.push_back(Shape{.paths = {ring}, .fill_opacity = opacity, .fill = colour});
}

void Drawing::line(const Polygon& path, Rgb colour, double line_width, std::vector<double> dashes) {
  parts.push_back(Shape{.paths = {path}, .closed = false, .line_width = line_width, .line = colour, .dashes = std::move(dashes)});
}

void Drawing::box(double x0, double y0, double x1, double y1, Rgb colour, double line_width) {
  parts.push_back(Shape{.paths = {{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}}, .line_width = line_width, .line = colour});
}

void Drawing::write(std::string text, double x, double y, double size, Words::Anchor anchor) {
  parts.push_back(Words{.text = std::move(text), .at = {x, y}, .size = size, .anchor = anchor});
}

Drawing scaled(Drawing drawing, double factor) {
  drawing.width = static_cast<int>(std::lround(drawing.width * factor));
  drawing.height = static_cast<int>(std::lround(drawing.height * factor));
  for (auto& part : drawing.parts) {
    if (auto* shape = std::get_if<Shape>(&part)) {
      for (Polygon& path : shape->paths)
        for (Point& p : path) p = {p.x * factor, p.y * factor};
      shape->line_width *= factor;
      for (double& dash : shape->dashes) dash *= factor;
    } else if (auto* words = std::get_if<Words>(&part)) {
      words->at = {words->at.x * factor, words->at.y * factor};
      words->size *= factor;
    } else if (auto* pixels = std::get_if<Pixels>(&part)) {
      pixels->x *= factor, pixels->y *= factor, pixels->width *= factor, pixels->height *= factor;
    }
  }
  return drawing;
}

Image<Rgb> as_pixels(const Drawing& drawing) {
  Image<Rgb> picture(drawing.height, drawing.width, Rgb{255, 255, 255});
  cv::Mat page(picture.rows(), picture.cols(), CV_8UC3, picture.data());
  for (const auto& part : drawing.parts) std::visit([&](const auto& what) { paint(page, what); }, part);
  return picture;
}

std::string as_svg(const Drawing& drawing) {
  std::string text = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
      "font-family=\"DejaVu Sans, Verdana, sans-serif\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
      drawing.width, drawing.height);
  for (const auto& part : drawing.parts) text += std::visit([](const auto& what) { return svg(what); }, part);
  return text + "</svg>\n";
}

void write_drawing(const std::filesystem::path& path, const Drawing& drawing) {
  const std::string extension = lower_extension(path);
  if (extension == ".png") return write_png(path, as_pixels(drawing));
  if (extension != ".svg")
    throw Error(ErrorCode::unsupported, path.string() + ": pictures are written as .png or .svg");
  OutputFile output(path);
  output.write(as_svg(drawing));
  output.commit();
}

}  // namespace reticle
