// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/film_stack.h"

#include <cmath>
#include <numbers>

namespace reticle {

namespace {

using Complex = std::complex<double>;
enum class Wave { s, p };

Complex normal_wave_number(Complex index, double kt) {
  // At grazing incidence, kz = 0, admittances diverge: a kz far below rounding stands for it.
  const Complex square = index * index - kt * kt;
  const Complex root = std::abs(square) > 1e-24 ? std::sqrt(square) : Complex(1e-12);
  return root.imag() < 0.0 ? -root : root;
}

Complex admittance(Wave wave, Complex index, Complex kz) {
  return wave == Wave::s ? kz : index * index / kz;
}

// Tangential fields at the top of a film whose downward wave has amplitude 1 there, given the
// fields (up to a factor) at its bottom. `turn` = e^{i k0 kz d} only decays, so nothing overflows.
struct Fields {
  Complex e, h;
};

struct FilmWave {
  FilmWave(const Film& film, double k0, double kt, Wave wave, Fields below)
      : kz(normal_wave_number(film.index, kt)), y(admittance(wave, film.index, kz)),
        turn(std::exp(Complex(0.0, k0 * film.thickness_nm) * kz)),
        down_at_bottom(0.5 * (below.e + below.h / y)),
        bottom_ratio((below.e - below.h / y) / (below.e + below.h / y)) {}

  Fields at_top() const {
    const Complex ratio = bottom_ratio * turn * turn;
    return {1.0 + ratio, y * (1.0 - ratio)};
  }

  Complex kz, y, turn;
  Complex down_at_bottom;  // downward wave, in the units of `below`
  Complex bottom_ratio;    // upward over downward wave at the bottom
};

// What one polarisation does: fields at the image plane and the reflected wave, per unit incident one.
struct Response {
  Complex even, odd, kz;  // downward plus and minus upward wave at the image, its kz
  Complex reflected;
};

Response respond(const FilmStackSettings& stack, double n0, double k0, double kt, Wave wave,
                 std::size_t film, double depth_nm) {
  const Complex substrate_kz = normal_wave_number(stack.substrate, kt);
  Fields fields{1.0, admittance(wave, stack.substrate, substrate_kz)};
  Response response{};
  for (std::size_t j = stack.films.size(); j-- > 0;) {
    const FilmWave here(stack.films[j], k0, kt, wave, fields);
    if (j == film) {
      const double rest = stack.films[j].thickness_nm - depth_nm;
      const Complex down = std::exp(Complex(0.0, k0 * depth_nm) * here.kz);
      const Complex up = here.bottom_ratio * here.turn * std::exp(Complex(0.0, k0 * rest) * here.kz);
      response = {down + up, down - up, here.kz, {}};
    } else if (j < film) {
      const Complex scale = here.turn / here.down_at_bottom;
      response.even *= scale;
      response.odd *= scale;
    }
    fields = here.at_top();
  }
  const Complex y0 = admittance(wave, n0, normal_wave_number(n0, kt));
  const Complex incident = 0.5 * (fields.e + fields.h / y0);
  response.even /= incident;
  response.odd /= incident;
  response.reflected = 0.5 * (fields.e - fields.h / y0) / incident;
  return response;
}

}  // namespace

StackField field_in_stack(const FilmStackSettings& stack, double n0, double wavelength_nm, double kt,
                          double depth_nm) {
  const double k0 = 2.0 * std::numbers::pi / wavelength_nm;
  std::size_t film = 0;
  double depth = depth_nm;
  while (film + 1 < stack.films.size() && depth > stack.films[film].thickness_nm)
    depth -= stack.films[film++].thickness_nm;
  const Response s = respond(stack, n0, k0, kt, Wave::s, film, depth);
  const Response p = respond(stack, n0, k0, kt, Wave::p, film, depth);
  return {s.even, p.even, -(kt / p.kz) * p.odd};
}

StackReflectance reflectance(const FilmStackSettings& stack, double n0, double wavelength_nm,
                             double kt) {
  const double k0 = 2.0 * std::numbers::pi / wavelength_nm;
  return {std::norm(respond(stack, n0, k0, kt, Wave::s, 0, 0.0).reflected),
          std::norm(respond(stack, n0, k0, kt, Wave::p, 0, 0.0).reflected)};
}

}  // namespace reticle
