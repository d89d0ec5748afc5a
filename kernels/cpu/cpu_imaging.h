// CpuImaging: from a mask's Fourier coefficients to images on a grid of pixels, and the adjoint.
#pragma once

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

  // Image at dose 1, as the resist sees it. The fields stay here for the adjoint.
  void image(const Spectrum<float>& mask, int condition, ImageView<float> image);
  // Adds scale dL/dRe c + i scale dL/dIm c to d_mask, given dL/dI of the image last computed.
  void add_adjoint(int condition, ImageView<const float> d_image, float scale, Spectrum<float>& d_mask);

 private:
  SocsFields<float> fields_;
  BandTransform<float> image_band_, field_band_;
  Image<float> field_;
  Spectrum<float> intensity_;
  std::vector<TailOrders> tails_;  // [condition]
  std::vector<float> filter_;  // factor of every intensity coefficient: resist and 1 - flare
  float flare_;                // of the mask's mean, with the density term
};

}  // namespace reticle::cpu
