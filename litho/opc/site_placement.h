// SPDX-License-Identifier: Apache-2.0
// How far the print is from where it is wanted at sites, as a term of a loss in nm2:
//
//   P = sum_i w_i h(e_i) / u,   e_i = (I(x_i) - t) / s_i,   s_i = max((I(x_i - p n_i) - I(x_i + p n_i)) / 2 p, floor)
//
// with h(e) = e^2 up to a cap and straight on beyond it. e is the edge placement error to first order, w the length of
// edge that a site stands for, u a length that a square of errors is measured in.
#pragma once

#include <span>
#include <vector>

#include "kernels/base/spectrum.h"
#include "litho/imaging/optical_model.h"
#include "litho/opc/fragments.h"
#include "litho/opc/point_transform.h"

namespace reticle {

class SitePlacement {
 public:
  // `image`: of the resist image's orders over the field that sites lie in; outlives this.
  SitePlacement(std::span<const ControlSite> sites, const OpticalModel& model, PointTransform<float>& image);

  // Of a resist image at this level; adds weight dP/dRe + i dP/dIm of the image's coefficients to d_resist.
  double add(const Spectrum<float>& resist, const PrintLevel& level, double weight, Spectrum<float>& d_resist) const;

 private:
  struct Site {
    double weight, outside_nm, inside_nm;
  };
  std::vector<Site> sites_;
  double probe_nm_, cap_nm_, unit_nm_, least_slope_;
  PointTransform<float>& image_;
  PointWindows<float> points_;  // the sites, then outside, then inside of them
};

}  // namespace reticle
