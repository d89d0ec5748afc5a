// SPDX-License-Identifier: Apache-2.0
// A picture as shapes and words, before it is pixels or SVG: both come from the same list.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "kernels/base/image.h"
#include "litho/geometry/polygon.h"

namespace reticle {

struct Rgb {
  std::uint8_t r = 0, g = 0, b = 0;
  bool operator==(const Rgb&) const = default;
};

// Lengths in pixels of the picture, x to the right, y down, from its upper left corner.
struct Shape {
  std::vector<Polygon> paths;  // filled together, by the even-odd rule
  bool closed = true;
  double fill_opacity = 0.0;
  Rgb fill;
  double line_width = 0.0;
  Rgb line;
  std::vector<double> dashes;  // lengths of lines and gaps; empty: drawn through
};

struct Words {
  enum class Anchor { left, middle, right };
  std::string text;  // UTF-8
  Point at;          // on the baseline
  double size = 13.0;
  Anchor anchor = Anchor::left;
  bool upwards = false;  // written from below
  Rgb colour{30, 30, 30};
};

// Pixels stretched over a box; row 0 on top.
struct Pixels {
  Image<Rgb> image;
  double x = 0.0, y = 0.0, width = 0.0, height = 0.0;
};

struct Drawing {
  int width = 0, height = 0;
  std::vector<std::variant<Shape, Words, Pixels>> parts;  // one over another

  void fill(const Polygon& ring, Rgb colour, double opacity = 1.0);
  void line(const Polygon& path, Rgb colour, double width, std::vector<double> dashes = {});
  void box(double x0, double y0, double x1, double y1, Rgb colour, double line_width);
  void write(std::string text, double x, double y, double size = 13.0, Words::Anchor anchor = Words::Anchor::left);
};

// Every length times a factor.
Drawing scaled(Drawing drawing, double factor);

// On white, with smooth edges. Words in DejaVu Sans, as font_file() finds it; without it they are left out.
Image<Rgb> as_pixels(const Drawing& drawing);

// Text stays text, in DejaVu Sans or what the reader has for it.
std::string as_svg(const Drawing& drawing);

// How wide words are.
double width_of(const std::string& text, double size);

// The font: named by RETICLE_FONT, beside the program (../share/reticle), or the system's. Empty: none.
std::filesystem::path font_file();

// By the extension, .svg or .png. Throws Error(unsupported) for another, Error(io) if it cannot be written.
void write_drawing(const std::filesystem::path& path, const Drawing& drawing);

}  // namespace reticle
