// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/projection.h"

#include <cmath>
#include <numbers>

#include "litho/optics/film_stack.h"

namespace reticle {

namespace {

// An order within this of the pupil's edge counts as on it: rounding of sigma + m lambda / (NA P).
constexpr double k_edge = 1e-12;

}  // namespace

Projection::Projection(const OpticsSettings& settings, double defocus_nm, double depth_nm,
                       Surroundings surroundings)
    : settings_(settings), defocus_nm_(defocus_nm), depth_nm_(depth_nm),
      in_films_(surroundings == Surroundings::films && !settings.stack.films.empty()),
      aberration_(settings.zernikes_waves) {}

bool Projection::passes(double rho_x, double rho_y) const {
  const double rho = std::sqrt(rho_x * rho_x + rho_y * rho_y);
  return rho <= 1.0 + k_edge && rho >= settings_.obscuration - k_edge;
}

std::complex<double> Projection::scalar(double rho_x, double rho_y) const {
  const OpticsSettings& s = settings_;
  const double kx = s.na * rho_x, ky = s.na * rho_y;
  const double n = s.immersion_index, kz = std::sqrt(n * n - kx * kx - ky * ky);
  double amplitude = s.apodisation == 0.0 ? 1.0 : std::exp(-s.apodisation * (rho_x * rho_x + rho_y * rho_y));
  if (s.radiometric) {
    const double object = std::sqrt(1.0 - kx * kx / (s.reduction_x * s.reduction_x) -
                                    ky * ky / (s.reduction_y * s.reduction_y));
    amplitude *= std::sqrt(object * n / kz);
  }
  const double waves = defocus_nm_ / s.wavelength_nm * kz + aberration_.at(rho_x, rho_y);
  if (waves == 0.0) return amplitude;
  return std::polar(amplitude, 2.0 * std::numbers::pi * waves);
}

std::complex<double> Projection::defocus(double rho_x, double rho_y, double more_nm) const {
  const double kx = settings_.na * rho_x, ky = settings_.na * rho_y, n = settings_.immersion_index;
  const double waves = more_nm / settings_.wavelength_nm * std::sqrt(n * n - kx * kx - ky * ky);
  return std::polar(1.0, 2.0 * std::numbers::pi * waves);
}

OrderResponse Projection::at(double rho_x, double rho_y) const {
  OrderResponse response{};
  if (!passes(rho_x, rho_y)) return response;
  const std::complex<double> pupil = scalar(rho_x, rho_y);
  const double n = settings_.immersion_index;
  StackField field{1.0, 1.0, 0.0};
  if (in_films_)
    field = field_in_stack(settings_.stack, n, settings_.wavelength_nm, settings_.na * std::hypot(rho_x, rho_y), depth_nm_);
  if (!settings_.vector_imaging) {
    response[0][0] = pupil * field.s;
    return response;
  }
  const double a = settings_.na * rho_x / n, b = settings_.na * rho_y / n;
  const double g = std::sqrt(1.0 - a * a - b * b), t2 = a * a + b * b;
  if (!in_films_) {
    response[0] = {pupil * (1.0 - a * a / (1.0 + g)), pupil * (-a * b / (1.0 + g))};
    response[1] = {pupil * (-a * b / (1.0 + g)), pupil * (1.0 - b * b / (1.0 + g))};
    response[2] = {pupil * -a, pupil * -b};
    return response;
  }
  // s waves keep their direction across the plane of incidence, p waves are foreshortened along it:
  // F_s + (g F_p - F_s) r r^T, r the unit vector along rho; on the axis the second term vanishes.
  const std::complex<double> along =
      t2 > 1e-24 ? (g * field.p - field.s) / t2 : std::complex<double>(0.0);
  const double radial = t2 > 1e-24 ? g / std::sqrt(t2) : 0.0;
  response[0] = {pupil * (field.s + along * a * a), pupil * along * a * b};
  response[1] = {pupil * along * a * b, pupil * (field.s + along * b * b)};
  response[2] = {pupil * field.z * radial * a, pupil * field.z * radial * b};
  return response;
}

}  // namespace reticle
