// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/pattern.h"

#include <cmath>
#include <numbers>
#include <sstream>

#include "kernels/base/error.h"
#include "litho/geometry/polygon_area.h"
#include "litho/imaging/polygon_spectrum.h"
#include "litho/optics/pattern_outline.h"

namespace reticle {

namespace {

Polygon rectangle(double x0, double y0, double x1, double y1) {
  return {{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}};
}

// The strips along the edges of all shapes, each with its own transmission and that of what it covers.
struct Strip {
  Polygon polygon;
  std::complex<double> transmission, covered;
};

// The strip to the left of the edge a -> b, on a side of the given transmission.
Strip strip_beside(const EdgeLayer& layer, Point a, Point b, std::complex<double> covered) {
  const double length = std::hypot(b.x - a.x, b.y - a.y);
  const double ux = (b.x - a.x) / length, uy = (b.y - a.y) / length;
  const Point in{-uy * layer.width_nm, ux * layer.width_nm};
  return {{a, b, {b.x + in.x, b.y + in.y}, {a.x + in.x, a.y + in.y}},
          covered * (ux * ux * layer.along_x + uy * uy * layer.along_y), covered};
}

std::vector<Strip> edge_strips(const Pattern& pattern, std::span<const PatternShape> shapes) {
  std::vector<Strip> strips;
  if (pattern.edges.width_nm == 0.0) return strips;
  for (const OutlineEdge& edge : outline_edges(pattern, shapes)) {
    const double inside = std::abs(edge.inside), outside = std::abs(edge.outside);
    if (inside > outside - 1e-12)
      strips.push_back(strip_beside(pattern.edges, edge.a, edge.b, edge.inside));
    // Another shape's side is its own edge's.
    if (outside > inside - 1e-12 && same_transmission(edge.outside, pattern.background))
      strips.push_back(strip_beside(pattern.edges, edge.b, edge.a, edge.outside));
  }
  return strips;
}

void add_polygon(Spectrum<double>& spectrum, const Polygon& polygon, const Box& field,
                 std::complex<double> step) {
  const Spectrum<double> own =
      polygon_spectrum({&polygon, 1}, field, spectrum.half_x(), spectrum.half_y());
  for (std::size_t i = 0; i < own.size(); ++i) spectrum.data()[i] += step * own.data()[i];
}

// One size of a named pattern, which has room up to a limit.
void require_fit(const char* pattern, const char* size, double nm, const char* room, double room_nm) {
  if (nm > 0.0 && nm <= room_nm) return;
  std::ostringstream text;
  text << "pattern: a " << pattern << " with " << size << ' ' << nm << " and " << room << ' ' << room_nm
       << " nm overlaps itself or is empty; " << size << " must be above 0 and at most " << room;
  throw Error(ErrorCode::bad_input, text.str());
}

}  // namespace

Spectrum<double> pattern_spectrum(const Pattern& pattern, int half_x, int half_y) {
  validate(pattern);
  return unchecked_pattern_spectrum(pattern, half_x, half_y);
}

Spectrum<double> unchecked_pattern_spectrum(const Pattern& pattern, int half_x, int half_y) {
  const std::vector<PatternShape> shapes = unchecked_mask_shapes(pattern);
  const Box field{0.0, 0.0, pattern.period_x_nm, pattern.period_y_nm};
  Spectrum<double> spectrum(half_x, half_y);
  spectrum.at(0, 0) = pattern.background;
  for (const PatternShape& shape : shapes)
    add_polygon(spectrum, shape.polygon, field, shape.transmission - pattern.background);
  for (const Strip& strip : edge_strips(pattern, shapes))
    add_polygon(spectrum, strip.polygon, field, strip.transmission - strip.covered);
  return spectrum;
}

double mean_transmission(const Pattern& pattern) {
  const std::vector<PatternShape> shapes = mask_shapes(pattern);
  const double period = pattern.period_x_nm * pattern.period_y_nm;
  double mean = std::norm(pattern.background);
  for (const PatternShape& shape : shapes)
    mean += (std::norm(shape.transmission) - std::norm(pattern.background)) *
            std::abs(signed_area(shape.polygon)) / period;
  for (const Strip& strip : edge_strips(pattern, shapes))
    mean += (std::norm(strip.transmission) - std::norm(strip.covered)) *
            std::abs(signed_area(strip.polygon)) / period;
  return mean;
}

Pattern line_space(double pitch_nm, double width_nm) {
  require_fit("line_space", "width_nm", width_nm, "pitch_nm", pitch_nm);
  return {pitch_nm, pitch_nm, 0.0,
          {{rectangle(0.5 * (pitch_nm - width_nm), 0.0, 0.5 * (pitch_nm + width_nm), pitch_nm), 1.0}}};
}

Pattern isolated_line(double width_nm, double period_nm) {
  require_fit("isolated_line", "width_nm", width_nm, "pitch_nm", period_nm);
  return line_space(period_nm, width_nm);
}

Pattern contact_array(double pitch_x_nm, double pitch_y_nm, double width_nm, double height_nm) {
  require_fit("contact_array", "width_nm", width_nm, "pitch_nm[0]", pitch_x_nm);
  require_fit("contact_array", "height_nm", height_nm, "pitch_nm[1]", pitch_y_nm);
  return {pitch_x_nm, pitch_y_nm, 0.0,
          {{rectangle(0.5 * (pitch_x_nm - width_nm), 0.5 * (pitch_y_nm - height_nm),
                      0.5 * (pitch_x_nm + width_nm), 0.5 * (pitch_y_nm + height_nm)), 1.0}}};
}

Pattern dense_to_isolated(double pitch_nm, double width_nm, int lines) {
  require_fit("dense_to_isolated", "width_nm", width_nm, "pitch_nm", pitch_nm);
  Pattern pattern{2.0 * lines * pitch_nm, pitch_nm, 0.0, {}};
  for (int i = 0; i < lines; ++i) {
    const double x = (i + 0.5 * lines + 0.5) * pitch_nm;
    pattern.shapes.push_back({rectangle(x - 0.5 * width_nm, 0.0, x + 0.5 * width_nm, pitch_nm), 1.0});
  }
  return pattern;
}

Pattern tip_to_tip(double width_nm, double gap_nm, double pitch_x_nm, double pitch_y_nm) {
  require_fit("tip_to_tip", "width_nm", width_nm, "pitch_nm[0]", pitch_x_nm);
  require_fit("tip_to_tip", "gap_nm", gap_nm, "pitch_nm[1]", pitch_y_nm);
  if (gap_nm == pitch_y_nm) return {pitch_x_nm, pitch_y_nm, 0.0, {}};
  const double x0 = 0.5 * (pitch_x_nm - width_nm), x1 = x0 + width_nm;
  const double low = 0.5 * (pitch_y_nm - gap_nm), high = low + gap_nm;
  return {pitch_x_nm, pitch_y_nm, 0.0,
          {{rectangle(x0, 0.0, x1, low), 1.0}, {rectangle(x0, high, x1, pitch_y_nm), 1.0}}};
}

std::complex<double> attenuated(double intensity, double phase_deg) {
  return std::polar(std::sqrt(intensity), phase_deg * std::numbers::pi / 180.0);
}

Pattern biased(Pattern pattern, double bias_nm) {
  pattern.bias_nm += bias_nm;
  return pattern;
}

}  // namespace reticle
