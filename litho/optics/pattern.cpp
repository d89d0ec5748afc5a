#include "litho/optics/pattern.h"

#include <cmath>
#include <numbers>

#include "kernels/base/error.h"
#include "litho/geometry/offset.h"
#include "litho/geometry/polygon_area.h"
#include "litho/imaging/polygon_spectrum.h"

namespace reticle {

namespace {

Polygon rectangle(double x0, double y0, double x1, double y1) {
  return {{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}};
}

}  // namespace

Spectrum<double> pattern_spectrum(const Pattern& pattern, int half_x, int half_y) {
  if (!(pattern.period_x_nm > 0.0 && pattern.period_y_nm > 0.0))
    throw Error(ErrorCode::bad_input, "pattern: period_nm must be two positive lengths");
  const Box field{0.0, 0.0, pattern.period_x_nm, pattern.period_y_nm};
  Spectrum<double> spectrum(half_x, half_y);
  spectrum.at(0, 0) = pattern.background;
  for (const PatternShape& shape : pattern.shapes) {
    if (shape.polygon.size() < 3)
      throw Error(ErrorCode::bad_input, "pattern: a shape has fewer than three points");
    const Spectrum<double> own = polygon_spectrum({&shape.polygon, 1}, field, half_x, half_y);
    const std::complex<double> step = shape.transmission - pattern.background;
    for (std::size_t i = 0; i < own.size(); ++i) spectrum.data()[i] += step * own.data()[i];
  }
  return spectrum;
}

double mean_transmission(const Pattern& pattern) {
  const double period = pattern.period_x_nm * pattern.period_y_nm;
  double mean = std::norm(pattern.background);
  for (const PatternShape& shape : pattern.shapes)
    mean += (std::norm(shape.transmission) - std::norm(pattern.background)) *
            std::abs(signed_area(shape.polygon)) / period;
  return mean;
}

Pattern line_space(double pitch_nm, double width_nm) {
  return {pitch_nm, pitch_nm, 0.0,
          {{rectangle(0.5 * (pitch_nm - width_nm), 0.0, 0.5 * (pitch_nm + width_nm), pitch_nm), 1.0}}};
}

Pattern isolated_line(double width_nm, double period_nm) { return line_space(period_nm, width_nm); }

Pattern contact_array(double pitch_x_nm, double pitch_y_nm, double width_nm, double height_nm) {
  return {pitch_x_nm, pitch_y_nm, 0.0,
          {{rectangle(0.5 * (pitch_x_nm - width_nm), 0.5 * (pitch_y_nm - height_nm),
                      0.5 * (pitch_x_nm + width_nm), 0.5 * (pitch_y_nm + height_nm)), 1.0}}};
}

Pattern dense_to_isolated(double pitch_nm, double width_nm, int lines) {
  Pattern pattern{2.0 * lines * pitch_nm, pitch_nm, 0.0, {}};
  for (int i = 0; i < lines; ++i) {
    const double x = (i + 0.5 * lines + 0.5) * pitch_nm;
    pattern.shapes.push_back({rectangle(x - 0.5 * width_nm, 0.0, x + 0.5 * width_nm, pitch_nm), 1.0});
  }
  return pattern;
}

Pattern tip_to_tip(double width_nm, double gap_nm, double pitch_x_nm, double pitch_y_nm) {
  const double x0 = 0.5 * (pitch_x_nm - width_nm), x1 = x0 + width_nm;
  const double low = 0.5 * (pitch_y_nm - gap_nm), high = low + gap_nm;
  return {pitch_x_nm, pitch_y_nm, 0.0,
          {{rectangle(x0, 0.0, x1, low), 1.0}, {rectangle(x0, high, x1, pitch_y_nm), 1.0}}};
}

std::complex<double> attenuated(double intensity, double phase_deg) {
  return std::polar(std::sqrt(intensity), phase_deg * std::numbers::pi / 180.0);
}

Pattern biased(Pattern pattern, double bias_nm) {
  // Where a shape goes on in the next period, or in another shape of its kind, it has no edge.
  const auto whole = [](double distance, double period) {
    return std::abs(distance - period * std::round(distance / period)) < 1e-9;
  };
  const auto same = [&](const Point& a, const Point& b, const Point& shift) {
    return std::abs(a.x - b.x - shift.x) < 1e-9 && std::abs(a.y - b.y - shift.y) < 1e-9;
  };
  const std::vector<PatternShape> drawn = pattern.shapes;
  for (PatternShape& shape : pattern.shapes) {
    const auto goes_on = [&](Point a, Point b) {
      for (const PatternShape& other : drawn) {
        if (other.transmission != shape.transmission) continue;
        for (std::size_t i = 0; i < other.polygon.size(); ++i) {
          const Point &c = other.polygon[i], &d = other.polygon[(i + 1) % other.polygon.size()];
          const Point shift{a.x - d.x, a.y - d.y};
          if (whole(shift.x, pattern.period_x_nm) && whole(shift.y, pattern.period_y_nm) && same(b, c, shift))
            return true;
        }
      }
      return false;
    };
    shape.polygon = moved_edges(shape.polygon, 0.5 * bias_nm, goes_on);
  }
  return pattern;
}

}  // namespace reticle
