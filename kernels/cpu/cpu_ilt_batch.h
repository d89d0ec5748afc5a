// SPDX-License-Identifier: Apache-2.0
// CpuIltBatch: inverse lithography of a batch of clips on one core.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include "kernels/cpu/cpu_imaging.h"
#include "kernels/cpu/window_pass.h"
#include "kernels/engine/ilt_batch.h"
#include "kernels/pixel/mask_bias.h"

namespace reticle::cpu {

// Clips one after another through one set of tables and scratch images, which lie in the order of the transform's pieces.
// Not thread-safe.
class CpuIltBatch final : public IltBatch {
 public:
  CpuIltBatch(const ImagingProblem& problem, int clips);

  int clips() const override { return static_cast<int>(clips_.size()); }
  void set_clip(int clip, const IltClip& content) override;
  void continue_from(const IltBatch& before) override;
  void evaluate(const IltTerms& terms) override;
  std::vector<IltLoss> losses() override;
  std::vector<std::vector<IltLoss>> take_losses() override;
  void adam(const AdamStep& step) override;
  int add_vectors(int count) override;
  void combine(int target, const std::vector<double>& a, int x, const std::vector<double>& b,
               int y) override;
  std::vector<double> dot(int x, int y) override;
  void get_parameters(int clip, ImageView<float> parameters) const override;
  void cut_mask(int clip, int factor, ImageView<std::uint8_t> mask) override;

 private:
  using Band = BandTransform<float>;
  struct Clip {
    Band::ByPieces target, free, weight;  // free, weight: empty means 1
    Band::ByPieces unresolved;            // empty: 0
    std::vector<Band::ByPieces> vectors;  // parameters, gradient, then those added
    Band::ByPieces moment1, moment2;      // Adam's
    IltLoss loss;
    // Where the gradient is not yet in its vector: that with respect to the mask, for pieces to be made of, and the mask's
    // slope. Adam takes it as it is, so that it need not go through memory.
    Band::Columns d_mask;
    std::optional<float> owed_slope;
  };
  void evaluate(Clip& clip, const IltTerms& terms);
  // Writes gradients that are owed; to be called before parameters change or gradients are read.
  void settle();
  void settle(Clip& clip);
  std::mutex settling_;  // whose memory clips share
  Band::ByPieces& gradient_of(Clip& clip);
  // visit(piece, gradient of its parameters)
  template <class Visit>
  void for_gradient(Clip& clip, float slope, const Visit& visit);
  // d with respect to the mask's pixels becomes that with respect to the parameters.
  void to_parameters(const Clip& clip, const Band::Piece& piece, float slope, Lanes<float>* d) const;
  bool images_mask_alone(const IltTerms& terms) const;
  Image<float> image_of(const Band::ByPieces& pieces) const;
  Image<float> moved_mask(const Image<float>& mask, const pixel::MaskBias<float>& bias) const;
  void compute_mask(const Clip& clip, const IltTerms& terms);
  void images_of_mask();
  void window_loss_of_pixels(Clip& clip, const pixel::ProcessWindow<float>& window);
  void window_loss(Clip& clip, const pixel::ProcessWindow<float>& window);
  Spectrum<float> mask_gradient(const std::vector<int>& conditions);
  Image<float> mask_gradient_of_pixels(const IltTerms& terms, Clip& clip);

  int rows_, cols_, conditions_;
  double pixel_nm_;
  CpuImaging imaging_;
  Band mask_band_;
  Band::Columns columns_;  // of the mask
  Band::ByPieces mask_;    // where more than its orders is asked for
  // [condition]: intensity, then its derivative in place; as pixels where the resist has a slope term.
  std::vector<Image<float>> images_;
  std::vector<Spectrum<float>> orders_;
  std::optional<WindowPass<float>> pass_;
  Spectrum<float> mask_spectrum_;
  struct MovedMask {
    pixel::MaskBias<float> bias;         // 0: the mask as it is
    std::vector<int> conditions;  // that image it
  };
  std::vector<MovedMask> moved_;
  std::vector<Clip> clips_;
  std::vector<std::vector<IltLoss>> pending_;  // [evaluation][clip], not yet taken
};

}  // namespace reticle::cpu
