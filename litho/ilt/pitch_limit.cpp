// SPDX-License-Identifier: Apache-2.0
#include "litho/ilt/pitch_limit.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <vector>

#include "litho/geometry/facing_edges.h"
#include "litho/geometry/polygon_area.h"
#include "litho/ilt/scale.h"
#include "litho/imaging/simulator.h"

namespace reticle {

namespace {

constexpr double k_slack_nm = 1e-6;
constexpr std::size_t k_most_edges = 4000;

// Those that were cut there are none of what is drawn.
bool on_border(const DirectedEdge& edge, const Box& box) {
  const Point a = edge.a, b{a.x + edge.length * edge.u.x, a.y + edge.length * edge.u.y};
  const auto both = [](double p, double q, double at) { return std::abs(p - at) < k_slack_nm && std::abs(q - at) < k_slack_nm; };
  return both(a.x, b.x, box.x0) || both(a.x, b.x, box.x1) || both(a.y, b.y, box.y0) || both(a.y, b.y, box.y1);
}

std::vector<DirectedEdge> edges_of(std::span<const Polygon> polygons, const std::optional<Box>& box) {
  std::vector<DirectedEdge> edges;
  for (const Polygon& polygon : polygons)
    for (const DirectedEdge& edge : directed_edges(polygon))
      if (edge.length > k_slack_nm && !(box && on_border(edge, *box))) edges.push_back(edge);
  return edges;
}

enum class Stripes { upright, lying };

double contrast_of(const OpticalModel& model, double pitch_nm, Stripes stripes) {
  constexpr int k_samples = 16;
  const Box field{0.0, 0.0, model.period_x_nm, model.period_y_nm};
  const double period = stripes == Stripes::upright ? field.x1 : field.y1;
  const int count = std::max(1, static_cast<int>(std::floor(period / pitch_nm + 1e-9)));
  const double pitch = period / count;
  const auto at = [&](double along, double across_nm) {
    return stripes == Stripes::upright ? Point{along, across_nm} : Point{across_nm, along};
  };
  const double length = stripes == Stripes::upright ? field.y1 : field.x1;
  std::vector<Polygon> lines;
  for (int i = 0; i < count; ++i) {
    Polygon line{at(i * pitch, 0), at((i + 0.5) * pitch, 0), at((i + 0.5) * pitch, length), at(i * pitch, length)};
    if (signed_area(line) < 0.0) std::reverse(line.begin(), line.end());
    lines.push_back(std::move(line));
  }
  Simulator<double> simulator(model);
  const Spectrum<double> image = simulator.intensity_spectrum(simulator.mask_spectrum(lines, field), 0);
  double least = std::numeric_limits<double>::infinity(), most = 0.0;
  for (int i = 0; i < k_samples; ++i) {
    const double value = intensity_at(image, field, at(pitch * i / k_samples, 0.5 * length));
    least = std::min(least, value);
    most = std::max(most, value);
  }
  return most > 0.0 ? (most - least) / (most + least) : 0.0;
}

}  // namespace

FinestLines finer_of(const FinestLines& a, const FinestLines& b) {
  const auto finer = [](double x, double y) { return x == 0.0 || (y > 0.0 && y < x) ? y : x; };
  return {finer(a.width_nm, b.width_nm), finer(a.space_nm, b.space_nm), finer(a.pitch_nm, b.pitch_nm)};
}

FinestLines finest_lines(std::span<const Polygon> polygons, const std::optional<Box>& cut_to) {
  const std::vector<DirectedEdge> edges = edges_of(polygons, cut_to);
  if (edges.size() > k_most_edges) return {};
  constexpr double k_none = std::numeric_limits<double>::infinity();
  FinestLines finest;
  for (const DirectedEdge& edge : edges) {
    double width = k_none, space = k_none;
    for (const DirectedEdge& other : edges) {
      const double found = distance_across(edge, other);
      if (found > k_slack_nm) width = std::min(width, found);
      if (found < -k_slack_nm) space = std::min(space, -found);
    }
    const auto known = [](double nm) { return std::isinf(nm) ? 0.0 : nm; };
    finest = finer_of(finest, {known(width), known(space), known(width + space)});
  }
  return finest;
}

double line_contrast(const OpticalModel& model, double pitch_nm) {
  return std::min(contrast_of(model, pitch_nm, Stripes::upright), contrast_of(model, pitch_nm, Stripes::lying));
}

std::optional<std::string> pitch_remark(const OpticalModel& model, double pitch_nm) {
  if (!(pitch_nm > 0.0)) return std::nullopt;
  const double contrast = line_contrast(model, pitch_nm);
  if (contrast >= k_least_contrast) return std::nullopt;
  std::ostringstream text;
  text << "lines and spaces at a pitch of " << tidy(pitch_nm, 3) << " nm, as drawn, are below the model's limit: their image has a contrast of "
       << tidy(contrast) << ", " << k_least_contrast << " is wanted; the light, NA or mask has to be another one";
  return text.str();
}

}  // namespace reticle
