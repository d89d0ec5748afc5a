// SPDX-License-Identifier: Apache-2.0
#include "tools/reticle/model_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

#include "litho/optics/source.h"
#include "litho/optics/zernike.h"
#include "masks/pictures/chart.h"

namespace reticle::tools {
namespace {

using Complex = std::complex<double>;
constexpr int k_pixels = 201;
constexpr int k_kernels = 3;

// Value of pixel i of a map over -reach .. reach.
double position(int i, double reach) { return reach * (2.0 * i / (k_pixels - 1) - 1.0); }

// Of the pupil's edge.
Polygon circle(double radius) {
  Polygon ring;
  for (int i = 0; i <= 96; ++i)
    ring.push_back({radius * std::cos(i * std::numbers::pi / 48), radius * std::sin(i * std::numbers::pi / 48)});
  return ring;
}

// On the source's own pixels, whose centres are (2 i + 1 - N) / across.
ColourMap source_map(const SourceSettings& source) {
  const std::vector<SourcePoint> points = sample_source(source);
  const double of_map = std::max(source.map.rows(), source.map.cols()) / source.map_reach;
  const int across = source.map.empty() ? source.grid : static_cast<int>(std::lround(of_map));
  double reach = 1.0, brightest = 0.0;
  for (const SourcePoint& p : points) {
    reach = std::max({reach, std::abs(p.sigma_x), std::abs(p.sigma_y)});
    brightest = std::max(brightest, p.weight);
  }
  const int size = across + 2 * static_cast<int>(std::ceil(0.5 * (reach - 1.0) * across));
  const double edge = static_cast<double>(size) / across;
  ColourMap map{"source, relative brightness", fmt::format("{} points", points.size()),
                Image<double>(size, size), 0.0, 1.0, ColourMap::Scale::sequential};
  map.x0 = map.y0 = -edge, map.x1 = map.y1 = edge;
  map.x_label = "sigma x", map.y_label = "sigma y";
  map.outlines = {circle(1.0)};
  const auto pixel = [&](double sigma) {
    return std::clamp(static_cast<int>(std::floor(0.5 * (sigma * across + size))), 0, size - 1);
  };
  for (const SourcePoint& p : points) map.values(pixel(p.sigma_y), pixel(p.sigma_x)) = p.weight / brightest;
  return map;
}

// The aberration in waves; the obscuration and what lies outside are left blank.
ColourMap pupil_map(const OpticsSettings& optics) {
  ColourMap map{"pupil phase, waves", "", Image<double>(k_pixels, k_pixels), 0.0, 0.0,
                ColourMap::Scale::diverging};
  map.x0 = map.y0 = -1.05, map.x1 = map.y1 = 1.05;
  map.x_label = "pupil x, of NA", map.y_label = "pupil y, of NA";
  map.outlines = {circle(1.0)};
  const ZernikeSum aberration(optics.zernikes_waves);
  double largest = 0.0, squares = 0.0;
  int inside = 0;
  for (int y = 0; y < k_pixels; ++y)
    for (int x = 0; x < k_pixels; ++x) {
      const double rho_x = position(x, 1.05), rho_y = position(y, 1.05), rho = std::hypot(rho_x, rho_y);
      const bool passes = rho <= 1.0 && rho >= optics.obscuration;
      map.values(y, x) = passes ? aberration.at(rho_x, rho_y) : std::nan("");
      if (!passes) continue;
      largest = std::max(largest, std::abs(map.values(y, x)));
      squares += std::pow(map.values(y, x), 2);
      ++inside;
    }
  map.high = largest > 0.0 ? largest : 0.01;
  map.low = -map.high;
  map.caption = fmt::format("rms {:.4g} waves{}", std::sqrt(squares / std::max(inside, 1)),
                            optics.obscuration > 0.0 ? fmt::format(", obscured to {:g}", optics.obscuration) : "");
  return map;
}

// |h_k| around its centre on the wafer.
ColourMap kernel_map(const OpticalModel& model, const SocsKernels& set, int k) {
  const double reach = std::min(1.5 * model.wavelength_nm / model.na,
                                0.5 * std::min(model.period_x_nm, model.period_y_nm));
  const auto waves = [&](double period_nm, int half) {
    std::vector<Complex> table;  // [pixel][order]
    for (int i = 0; i < k_pixels; ++i)
      for (int m = -half; m <= half; ++m)
        table.push_back(std::polar(1.0, 2.0 * std::numbers::pi * m * position(i, reach) / period_nm));
    return table;
  };
  const auto along_x = waves(model.period_x_nm, set.half_x), along_y = waves(model.period_y_nm, set.half_y);
  ColourMap map{fmt::format("kernel {}, amplitude", k + 1), "", Image<double>(k_pixels, k_pixels), 0.0, 1.0,
                ColourMap::Scale::sequential};
  map.x0 = map.y0 = -reach, map.x1 = map.y1 = reach;
  map.x_label = "x, nm", map.y_label = "y, nm";
  const Complex* h = set.kernel(k);
  std::vector<Complex> partial(static_cast<std::size_t>(set.rows()) * k_pixels);
  for (int n = 0; n < set.rows(); ++n)
    for (int x = 0; x < k_pixels; ++x) {
      Complex sum = 0.0;
      for (int m = 0; m < set.cols(); ++m) sum += h[n * set.cols() + m] * along_x[static_cast<std::size_t>(x * set.cols() + m)];
      partial[static_cast<std::size_t>(n * k_pixels + x)] = sum;
    }
  double largest = 0.0;
  for (int y = 0; y < k_pixels; ++y)
    for (int x = 0; x < k_pixels; ++x) {
      Complex sum = 0.0;
      for (int n = 0; n < set.rows(); ++n)
        sum += along_y[static_cast<std::size_t>(y * set.rows() + n)] * partial[static_cast<std::size_t>(n * k_pixels + x)];
      map.values(y, x) = std::abs(sum);
      largest = std::max(largest, std::abs(sum));
    }
  for (double& value : map.values) value /= largest > 0.0 ? largest : 1.0;
  map.caption = fmt::format("weight {:.4g}", set.weights[static_cast<std::size_t>(k)]);
  return map;
}

Chart weights_chart(const OpticalModel& model) {
  Chart chart{"weights of the kernels", "kernel", "log10(weight / first)", {}};
  for (std::size_t c = 0; c < model.conditions.size(); ++c) {
    const SocsKernels& set = model.conditions[c];
    ChartSeries series{set.name, {}, ChartSeries::Style::line, chart_colour(static_cast<int>(c))};
    for (int k = 0; k < set.count(); ++k) {
      const double part = set.weights[static_cast<std::size_t>(k)] / set.weights.front();
      series.points.push_back({k + 1.0, part > 0.0 ? std::log10(part) : std::nan("")});
    }
    chart.series.push_back(std::move(series));
  }
  return chart;
}

}  // namespace

Drawing model_picture(const OpticsSettings& optics, const OpticalModel& model) {
  const SocsKernels& first = model.conditions.front();
  std::vector<Panel> panels = {source_map(optics.source), pupil_map(optics), weights_chart(model)};
  for (int k = 0; k < std::min(k_kernels, first.count()); ++k) panels.emplace_back(kernel_map(model, first, k));
  return draw_page(fmt::format("wavelength {:g} nm, NA {:g}, period {:g} x {:g} nm; kernels of '{}'",
                               model.wavelength_nm, model.na, model.period_x_nm, model.period_y_nm, first.name),
                   panels, 3);
}

}  // namespace reticle::tools
