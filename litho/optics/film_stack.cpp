#include "litho/optics/film_stack.h"

#include <cmath>
#include <numbers>
#include <vector>

namespace reticle {

namespace {

using Complex = std::complex<double>;
enum class Wave { s, p };

Complex normal_wave_number(Complex index, double kt) {
  const Complex root = std::sqrt(index * index - kt * kt);
  return root.imag() < 0.0 ? -root : root;
}

Complex admittance(Wave wave, Complex index, Complex kz) {
  return wave == Wave::s ? kz : index * index / kz;
}

// Amplitudes of the waves going down (a) and up (b) at the top of each medium: [0] the incident one.
struct Amplitudes {
  std::vector<Complex> a, b;
};

Amplitudes solve(const FilmStackSettings& stack, double n0, double k0, double kt, Wave wave) {
  const std::size_t films = stack.films.size();
  Amplitudes result{std::vector<Complex>(films + 1), std::vector<Complex>(films + 1)};
  Complex e = 1.0, h = admittance(wave, stack.substrate, normal_wave_number(stack.substrate, kt));
  for (std::size_t j = films; j-- > 0;) {
    const Film& film = stack.films[j];
    const Complex kz = normal_wave_number(film.index, kt), y = admittance(wave, film.index, kz);
    const Complex phase = std::exp(Complex(0.0, 1.0) * k0 * kz * film.thickness_nm);
    const Complex a = (e + h / y) / (2.0 * phase), b = phase * (e - h / y) / 2.0;
    // Only ratios matter: scaling by the wave going down keeps thick absorbing films in range.
    for (std::size_t i = j + 2; i <= films; ++i) {
      result.a[i] /= a;
      result.b[i] /= a;
    }
    result.a[j + 1] = 1.0;
    result.b[j + 1] = b / a;
    e = 1.0 + b / a;
    h = y * (1.0 - b / a);
  }
  const Complex y0 = admittance(wave, n0, normal_wave_number(n0, kt));
  const Complex a0 = (e + h / y0) / 2.0, b0 = (e - h / y0) / 2.0;
  for (std::size_t i = 1; i <= films; ++i) {
    result.a[i] /= a0;
    result.b[i] /= a0;
  }
  result.a[0] = 1.0;
  result.b[0] = b0 / a0;
  return result;
}

}  // namespace

StackField field_in_stack(const FilmStackSettings& stack, double n0, double wavelength_nm, double kt,
                          double depth_nm) {
  const double k0 = 2.0 * std::numbers::pi / wavelength_nm;
  std::size_t film = 0;
  double depth = depth_nm;
  while (film + 1 < stack.films.size() && depth > stack.films[film].thickness_nm)
    depth -= stack.films[film++].thickness_nm;
  const Complex kz = normal_wave_number(stack.films[film].index, kt);
  const Complex down = std::exp(Complex(0.0, 1.0) * k0 * kz * depth), up = 1.0 / down;
  const Amplitudes s = solve(stack, n0, k0, kt, Wave::s), p = solve(stack, n0, k0, kt, Wave::p);
  const Complex p_down = p.a[film + 1] * down, p_up = p.b[film + 1] * up;
  return {s.a[film + 1] * down + s.b[film + 1] * up, p_down + p_up, -(kt / kz) * (p_down - p_up)};
}

StackReflectance reflectance(const FilmStackSettings& stack, double n0, double wavelength_nm,
                             double kt) {
  const double k0 = 2.0 * std::numbers::pi / wavelength_nm;
  return {std::norm(solve(stack, n0, k0, kt, Wave::s).b[0]),
          std::norm(solve(stack, n0, k0, kt, Wave::p).b[0])};
}

}  // namespace reticle
