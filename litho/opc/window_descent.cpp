// SPDX-License-Identifier: Apache-2.0
#include "litho/opc/window_descent.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kernels/base/error.h"
#include "litho/geometry/rasterize.h"
#include "litho/ilt/loss_window.h"
#include "litho/ilt/window_loss.h"
#include "litho/imaging/mask_spectrum.h"
#include "litho/opc/outline_spectrum.h"
#include "litho/opc/site_imaging.h"

namespace reticle {

namespace {

pixel::ProcessWindow<float> window_of(const OpticalModel& model, const IltSettings& settings, double band_weight) {
  for (const ProcessCorner& corner : settings.corners)
    if (corner.mask_bias_nm != 0.0)
      throw Error(ErrorCode::unsupported, "corners with errors of the mask's CD (mask_bias_nm) are not for edges");
  return loss_window(model, settings, band_weight);
}

}  // namespace

WindowDescent::WindowDescent(const OpticalModel& model, const IltSettings& window, const DescentSettings& settings)
    : model_(model),
      settings_(settings),
      window_(window_of(model, window, settings.band_weight)),
      images_(model),
      field_{0.0, 0.0, model.period_x_nm, model.period_y_nm},
      points_(images_.simulator().half_x(), images_.simulator().half_y(), field_),
      image_points_(2 * images_.simulator().half_x(), 2 * images_.simulator().half_y(), field_),
      nominal_{window.corners.empty() ? 0 : static_cast<int>(&model.condition(window.corners.front().condition) - model.conditions.data()),
               window.corners.empty() ? 1.0 : window.corners.front().dose} {}

void WindowDescent::set_slope(double fraction) {
  window_.resist_slope = static_cast<float>(model_.resist.level().sign() * settings_.resist_slope.at(fraction) / model_.resist.threshold);
}

Grid WindowDescent::grid(const Box& field) const { return pixel_grid(field, settings_.pixel_nm); }

double WindowDescent::loss(const FragmentedDesign& design, std::span<const double> displacements,
                           const Image<float>& target, double fraction, std::vector<double>& derivative) {
  return loss(design, displacements, target, SitePlacement(design.sites, model_, image_points_), fraction, derivative);
}

double WindowDescent::loss(const FragmentedDesign& design, std::span<const double> displacements,
                           const Image<float>& target, const SitePlacement& placement, double fraction,
                           std::vector<double>& derivative) {
  set_slope(fraction);
  Spectrum<float> mask =
      outline_spectrum<float>(moved_rings(design, displacements), field_, points_.half_x(), points_.half_y());
  apply_transmission(model_.mask, model_.period_x_nm, model_.period_y_nm, mask);
  Spectrum<float> d_mask;
  double value = window_loss(images_, mask, target.view(), window_, d_mask);
  if (settings_.placement_weight > 0.0) {
    const Spectrum<float> resist = images_.resist_orders(mask, nominal_.condition);
    Spectrum<float> d_resist(resist.half_x(), resist.half_y());
    value += placement.add(resist, model_.resist.level().at_dose(nominal_.dose), settings_.placement_weight, d_resist);
    const Spectrum<float> part = images_.resist_adjoint(nominal_.condition, std::move(d_resist), 1);
    for (std::size_t i = 0; i < d_mask.size(); ++i) d_mask.data()[i] += part.data()[i];
  }
  const EdgeMotion<float> motion(design, displacements, field_, points_);
  derivative = motion.gradient(images_.simulator().drawn_gradient(std::move(d_mask)), points_);
  return value;
}

Image<float> WindowDescent::gain(std::span<const Polygon> rings, const Image<float>& target) {
  set_slope(0.0);
  Spectrum<float> mask = outline_spectrum<float>(rings, field_, points_.half_x(), points_.half_y()), d_mask;
  apply_transmission(model_.mask, model_.period_x_nm, model_.period_y_nm, mask);
  window_loss(images_, mask, target.view(), window_, d_mask);
  Image<float> out = images_.simulator().pixel_gradient(d_mask, target.rows(), target.cols());
  const double pixel_nm2 = field_.width() / target.cols() * field_.height() / target.rows();
  for (float& value : out) value = static_cast<float>(-static_cast<double>(value) / pixel_nm2);
  return out;
}

std::vector<double> WindowDescent::run(const FragmentedDesign& design, std::vector<double> d, const std::vector<bool>& free,
                                       const MoveLimits& limits, const Image<float>& target, double from,
                                       const std::function<bool()>& stop, const FragmentOrbits& orbits) {
  constexpr double k_mean = 0.9, k_square = 0.99, k_small = 1e-9;  // [Kingma & Ba 2015]
  std::vector<double> mean(d.size()), square(d.size()), slope;
  const SitePlacement placement(design.sites, model_, image_points_);
  const int first = static_cast<int>(std::lround(from * settings_.iterations));
  for (int i = first; i < settings_.iterations && !(stop && stop()); ++i) {
    const double fraction = settings_.iterations > 1 ? static_cast<double>(i) / (settings_.iterations - 1) : 0.0;
    loss(design, d, target, placement, fraction, slope);
    const double rate = settings_.rate_nm * (0.53 + 0.47 * std::cos(std::numbers::pi * fraction));
    for (std::size_t j = 0; j < d.size(); ++j) {
      if (!free[j]) continue;
      mean[j] += (1.0 - k_mean) * (slope[j] - mean[j]);
      square[j] += (1.0 - k_square) * (slope[j] * slope[j] - square[j]);
      const double m = mean[j] / (1.0 - std::pow(k_mean, i - first + 1)), s = square[j] / (1.0 - std::pow(k_square, i - first + 1));
      d[j] -= rate * m / (std::sqrt(s) + k_small);
    }
    orbits.average(d);
    limits.hold(d);
  }
  return d;
}

}  // namespace reticle
