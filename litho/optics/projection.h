// SPDX-License-Identifier: Apache-2.0
// What the projection does to one diffracted order: from the object's Jones vector to the image field.
//
//   P(rho) = R(rho) A(rho) exp(2 pi i W(rho)) exp(2 pi i d / lambda sqrt(n^2 - NA^2 rho^2))
//   T      = [[1 - a^2/(1+g), -ab/(1+g)], [-ab/(1+g), 1 - b^2/(1+g)], [-a, -b]],
//            (a, b) = NA rho / n, g = sqrt(1 - a^2 - b^2)
//   R      = sqrt(sqrt(1 - (NA rho_x/Mx)^2 - (NA rho_y/My)^2) / g)
//
// T and R: [Flagello et al. 1996, JOSA A 13, 53; Mansuripur 1986]; defocus in a medium: [Mack 2007]
#pragma once

#include <array>
#include <complex>

#include "litho/optics/settings.h"
#include "litho/optics/zernike.h"

namespace reticle {

// Field components x, y, z per unit Jones component x, y: [component][jones]. Scalar imaging fills
// [0][0] only.
using OrderResponse = std::array<std::array<std::complex<double>, 2>, 3>;

enum class Surroundings { films, medium_only };

class Projection {
 public:
  // One focus (defocus_nm within the medium) and one depth in the film stack; medium_only: as if there
  // were no films. The settings must outlive this.
  Projection(const OpticsSettings& settings, double defocus_nm, double depth_nm,
             Surroundings surroundings = Surroundings::films);

  // obscuration <= |rho| <= 1.
  bool passes(double rho_x, double rho_y) const;
  // Zero outside the pupil.
  OrderResponse at(double rho_x, double rho_y) const;
  // What defocus by so much more multiplies it with.
  std::complex<double> defocus(double rho_x, double rho_y, double more_nm) const;
  int components() const { return settings_.vector_imaging ? 3 : 1; }

 private:
  std::complex<double> scalar(double rho_x, double rho_y) const;

  const OpticsSettings& settings_;
  double defocus_nm_, depth_nm_;
  bool in_films_;
  ZernikeSum aberration_;
};

}  // namespace reticle
