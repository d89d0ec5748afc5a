#include "litho/optics/pattern.h"

#include <cmath>
#include <numbers>
#include <sstream>

#include "kernels/base/error.h"
#include "litho/geometry/offset.h"
#include "litho/geometry/polygon_area.h"
#include "litho/imaging/polygon_spectrum.h"

namespace reticle {

namespace {

Polygon rectangle(double x0, double y0, double x1, double y1) {
  return {{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}};
}

// Whether the edge a -> b of a shape is none: the shape goes on in the next period, or in another shape of
// its transmission, which has the same edge backwards.
bool goes_on(const Pattern& pattern, const PatternShape& shape, const Point& a, const Point& b) {
  const auto whole = [](double distance, double period) {
    return std::abs(distance - period * std::round(distance / period)) < 1e-9;
  };
  for (const PatternShape& other : pattern.shapes) {
    if (other.transmission != shape.transmission) continue;
    for (std::size_t i = 0; i < other.polygon.size(); ++i) {
      const Point &c = other.polygon[i], &d = other.polygon[(i + 1) % other.polygon.size()];
      const Point shift{a.x - d.x, a.y - d.y};
      if (whole(shift.x, pattern.period_x_nm) && whole(shift.y, pattern.period_y_nm) &&
          std::abs(b.x - c.x - shift.x) < 1e-9 && std::abs(b.y - c.y - shift.y) < 1e-9)
        return true;
    }
  }
  return false;
}

// The strips along the edges of all shapes, each with its own transmission and that of what it covers.
struct Strip {
  Polygon polygon;
  std::complex<double> transmission, covered;
};

std::vector<Strip> edge_strips(const Pattern& pattern) {
  std::vector<Strip> strips;
  const EdgeLayer& layer = pattern.edges;
  if (layer.width_nm == 0.0) return strips;
  for (const PatternShape& shape : pattern.shapes) {
    const bool clear_inside = std::abs(shape.transmission) >= std::abs(pattern.background);
    const std::complex<double> clear = clear_inside ? shape.transmission : pattern.background;
    // The inside of a counterclockwise polygon is to the left of its edges: (-dy, dx).
    const bool left = (signed_area(shape.polygon) > 0.0) == clear_inside;
    for (std::size_t i = 0; i < shape.polygon.size(); ++i) {
      const Point &a = shape.polygon[i], &b = shape.polygon[(i + 1) % shape.polygon.size()];
      const double length = std::hypot(b.x - a.x, b.y - a.y);
      if (length == 0.0 || goes_on(pattern, shape, a, b)) continue;
      const double ux = (b.x - a.x) / length, uy = (b.y - a.y) / length;
      const double side = left ? layer.width_nm : -layer.width_nm;
      const Point in{-uy * side, ux * side};
      strips.push_back({{a, b, {b.x + in.x, b.y + in.y}, {a.x + in.x, a.y + in.y}},
                        clear * (ux * ux * layer.along_x + uy * uy * layer.along_y), clear});
    }
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
  const Box field{0.0, 0.0, pattern.period_x_nm, pattern.period_y_nm};
  Spectrum<double> spectrum(half_x, half_y);
  spectrum.at(0, 0) = pattern.background;
  for (const PatternShape& shape : pattern.shapes)
    add_polygon(spectrum, shape.polygon, field, shape.transmission - pattern.background);
  for (const Strip& strip : edge_strips(pattern))
    add_polygon(spectrum, strip.polygon, field, strip.transmission - strip.covered);
  return spectrum;
}

double mean_transmission(const Pattern& pattern) {
  const double period = pattern.period_x_nm * pattern.period_y_nm;
  double mean = std::norm(pattern.background);
  for (const PatternShape& shape : pattern.shapes)
    mean += (std::norm(shape.transmission) - std::norm(pattern.background)) *
            std::abs(signed_area(shape.polygon)) / period;
  for (const Strip& strip : edge_strips(pattern))
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
  const Pattern drawn = pattern;
  for (std::size_t i = 0; i < drawn.shapes.size(); ++i)
    pattern.shapes[i].polygon =
        moved_edges(drawn.shapes[i].polygon, 0.5 * bias_nm, [&](Point a, Point b) {
          return goes_on(drawn, drawn.shapes[i], a, b);
        });
  return pattern;
}

}  // namespace reticle
