// SPDX-License-Identifier: Apache-2.0
// CpuImaging: from a mask's Fourier coefficients to images on a grid of pixels, and the adjoint.
#pragma once

#include <optional>
#include <vector>

#include "kernels/cpu/band_transform.h"
#include "kernels/cpu/socs_fields.h"
#include "kernels/engine/imaging_problem.h"
#include "kernels/engine/tail_orders.h"

namespace reticle::cpu {

// Tables and fields of one mask; one per thread.
class CpuImaging {
 public:
  explicit CpuImaging(const ImagingProblem& problem);

  int half_x() const { return fields_.half_x(); }
  int half_y() const { return fields_.half_y(); }

  // To be called on the coefficients of what is drawn, before image().
  void add_background(Spectrum<float>& mask) const { mask.at(0, 0) += mask_offset_; }
  // Image at dose 1, as the resist sees it. The fields and slopes stay here for the adjoint.
  void image(const Spectrum<float>& mask, int condition, ImageView<float> image);
  // The same as coefficients; of a resist without slope term.
  const Spectrum<float>& image(const Spectrum<float>& mask, int condition);
  bool has_slope() const { return !slopes_.empty(); }
  // Adds scale dL/dRe c + i scale dL/dIm c to d_mask, given dL/dI of the image last computed.
  void add_adjoint(int condition, ImageView<const float> d_image, float scale, Spectrum<float>& d_mask);
  // The same for BandTransform::analyze() of dL/dI, of a resist without slope term.
  void add_adjoint(int condition, const Spectrum<float>& d_image, float scale, Spectrum<float>& d_mask);

 private:
  // Of the filtered intensity: its derivatives by x and y, and their transposes.
  struct Slope {
    Image<float> x, y;  // of unit length once the image is done
  };
  void compute_intensity(const Spectrum<float>& mask, int condition);  // aerial, into intensity_
  void filter(const Spectrum<float>& mask);                             // as the resist sees it
  // From dL/dI in intensity_, last steps first; scale_back() returns the factor of pixels' derivatives.
  float scale_back(float scale, Spectrum<float>& d_mask);
  void add_adjoint_of_filtered(int condition, Spectrum<float>& d_mask);
  void add_slope(Slope& slope, ImageView<float> image);
  void add_slope_adjoint(const Slope& slope, ImageView<const float> d_image, float pixels, Spectrum<float>& sum);

  BandTransform<float>& image_band();

  SocsFields<float> fields_;
  int rows_, cols_;                               // of images
  std::optional<BandTransform<float>> image_band_;  // made when first asked for
  BandTransform<float> field_band_;
  Image<float> field_;
  Spectrum<float> intensity_;
  std::vector<TailOrders> tails_;  // [condition]
  float pixels_;  // of the image
  float slope_nm_;
  std::vector<std::complex<float>> by_x_, by_y_;  // from intensity coefficients to its diffused derivatives
  std::vector<Slope> slopes_;                     // [condition], where slope_nm_ is not 0
  std::vector<float> filter_;  // factor of every intensity coefficient: resist and 1 - flare
  std::complex<float> mask_offset_;
  float flare_, flare_offset_;  // of the mask's mean and without it, with the density term
  float power_step_, power_at_0_;  // of the mask's power, by its orders
};

}  // namespace reticle::cpu
