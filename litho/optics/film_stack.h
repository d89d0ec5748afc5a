// SPDX-License-Identifier: Apache-2.0
// Plane waves in a stack of films, by the recursion from the substrate upwards.
//
//   kz_j = sqrt(n_j^2 - kt^2), Im >= 0;  Y_s = kz, Y_p = n^2 / kz   (tangential admittances)
//   r = (E - H / Y) / (E + H / Y) at a film's bottom;  E = 1 + r e^2,  H = Y (1 - r e^2) at its top,
//   e = exp(i k0 kz d);  field at depth z: a (e^{i k0 kz z} + r e e^{i k0 kz (d - z)})
//
// with a from the continuity of E and H. Only decaying exponentials occur: any thickness is safe.
// kt = NA rho is the tangential wave number in units of k0. [Yeh 1988, Optical Waves in Layered Media,
// ch. 5; Macleod 2010]
#pragma once

#include <complex>

#include "litho/optics/settings.h"

namespace reticle {

// Fields inside the stack per unit tangential field of the incident wave.
struct StackField {
  std::complex<double> s;  // tangential field of s waves
  std::complex<double> p;  // tangential field of p waves
  std::complex<double> z;  // normal field of p waves
};

// At `depth_nm` below the top of the first film, light coming from a medium of real index n0.
StackField field_in_stack(const FilmStackSettings& stack, double n0, double wavelength_nm, double kt,
                          double depth_nm);

// Intensity reflected by the whole stack.
struct StackReflectance {
  double s = 0.0;
  double p = 0.0;
};
StackReflectance reflectance(const FilmStackSettings& stack, double n0, double wavelength_nm,
                             double kt);

}  // namespace reticle
