// SPDX-License-Identifier: Apache-2.0
#include "litho/ilt/scale.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "litho/geometry/facing_edges.h"

namespace reticle {

namespace {

// The highest frequency of the mask that any kernel passes, per nm. Kernels made from pixels leak a little
// beyond the pupils' edge: the contest's reach 16.5 orders with this part of their strongest.
double band_of(const OpticalModel& model) {
  constexpr double k_nothing = 1e-4;
  double band = 0.0;
  for (const SocsKernels& kernels : model.conditions) {
    std::vector<double> energy(static_cast<std::size_t>(kernels.rows()) * kernels.cols());
    for (int k = 0; k < kernels.count(); ++k)
      for (std::size_t i = 0; i < energy.size(); ++i)
        energy[i] += kernels.weights[static_cast<std::size_t>(k)] * std::norm(kernels.kernel(k)[i]);
    const double least = k_nothing * *std::max_element(energy.begin(), energy.end());
    for (int n = -kernels.half_y; n <= kernels.half_y; ++n)
      for (int m = -kernels.half_x; m <= kernels.half_x; ++m)
        if (energy[static_cast<std::size_t>((n + kernels.half_y) * kernels.cols() + m + kernels.half_x)] > least)
          band = std::max(band, std::hypot(m / model.period_x_nm, n / model.period_y_nm));
  }
  return band;
}

bool takes(double period, double pixel, int coarsest) {
  const double count = period / (pixel * coarsest);
  return std::abs(count - std::round(count)) < 1e-6;
}

}  // namespace

Scale scale_of(const OpticalModel& model) {
  std::ostringstream reason;
  if (model.wavelength_nm > 0.0 && model.na > 0.0) {
    const double resolution = model.wavelength_nm / model.na;
    reason << "lambda/NA = " << model.wavelength_nm << " nm / " << model.na << " = " << tidy(resolution, 4) << " nm";
    return {resolution, reason.str()};
  }
  const double band = band_of(model);
  const double resolution = band > 0.0 ? 2.0 / band : std::min(model.period_x_nm, model.period_y_nm);
  reason << "lambda/NA taken as " << tidy(resolution, 4)
         << " nm, twice the shortest period of the mask that the model's kernels pass";
  return {resolution, reason.str()};
}

double tidy(double nm, int digits) {
  if (!(nm > 0.0)) return nm;
  const double unit = std::pow(10.0, std::floor(std::log10(nm)) + 1 - digits);
  // Divided where the unit is below one: 0.1 is not a double, 10 is.
  return unit < 1.0 ? std::round(nm / unit) / std::round(1.0 / unit) : std::round(nm / unit) * unit;
}

double tidy_pixel(const OpticalModel& model, double most_nm, int coarsest) {
  constexpr double k_steps[] = {5.0, 4.0, 2.5, 2.0, 1.25, 1.0};
  const double top = std::floor(std::log10(most_nm));
  for (double power = top; power > top - 3.0; power -= 1.0)
    for (const double step : k_steps) {
      const double pixel = power < 0.0 ? step / std::pow(10.0, -power) : step * std::pow(10.0, power);
      if (pixel <= most_nm * (1.0 + 1e-9) && pixel > 0.3 * most_nm && takes(model.period_x_nm, pixel, coarsest) &&
          takes(model.period_y_nm, pixel, coarsest))
        return pixel;
    }
  // Square pixels must divide both sides of the period.
  const double side = std::min(model.period_x_nm, model.period_y_nm);
  const int least = static_cast<int>(std::ceil(side / (most_nm * coarsest)));
  for (int count = least; count < 4 * least; ++count)
    if (takes(std::max(model.period_x_nm, model.period_y_nm), side / count / coarsest, coarsest))
      return side / count / coarsest;
  return side / least / coarsest;
}

double smallest_width(std::span<const Polygon> polygons) {
  double smallest = 0.0;
  for (const Polygon& polygon : polygons) {
    const std::vector<DirectedEdge> edges = directed_edges(polygon);
    for (const DirectedEdge& edge : edges)
      for (const DirectedEdge& other : edges) {
        const double width = distance_across(edge, other);
        if (width > 1e-6 && (smallest == 0.0 || width < smallest)) smallest = width;
      }
  }
  return smallest;
}

}  // namespace reticle
