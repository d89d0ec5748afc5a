// SPDX-License-Identifier: Apache-2.0
// PixelImages on one core.
#pragma once

#include "kernels/cpu/aligned.h"
#include "kernels/cpu/cpu_imaging.h"
#include "kernels/engine/pixel_images.h"

namespace reticle::cpu {

class CpuPixelImages final : public PixelImages {
 public:
  explicit CpuPixelImages(const ImagingProblem& problem);
  void image(const float* mask, float exposure, float* image) override;
  double gradient(const float* d_image, float exposure, float* d_mask) override;

 private:
  CpuImaging imaging_;
  BandTransform<float> mask_band_;
  Spectrum<float> mask_;
  Image<float> image_;  // at exposure 1
};

class HostMemory final : public EngineMemory {
 public:
  explicit HostMemory(std::size_t bytes) : bytes_(bytes) {}
  void* data() const override { return const_cast<std::byte*>(bytes_.data()); }

 private:
  AlignedVector<std::byte> bytes_;
};

}  // namespace reticle::cpu
