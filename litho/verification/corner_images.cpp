// SPDX-License-Identifier: Apache-2.0
#include "litho/verification/corner_images.h"

#include <algorithm>

#include "kernels/base/error.h"
#include "litho/metrology/print_metrics.h"

namespace reticle {

const ProcessCorner& corner_named(const IltSettings& settings, const std::string& name) {
  const auto found = std::find_if(settings.corners.begin(), settings.corners.end(),
                                  [&](const ProcessCorner& corner) { return corner.name == name; });
  return found == settings.corners.end() ? settings.corners.front() : *found;
}

CornerImages::CornerImages(const OpticalModel& model) : model_(model), simulator_(model), spectra_(1) {}

CornerImages::CornerImages(const OpticalModel& model, const IltSettings& settings) : CornerImages(model) {
  for (const ProcessCorner& corner : settings.corners)
    if (std::none_of(spectra_.begin(), spectra_.end(),
                     [&](const MaskSpectrum& own) { return own.bias_nm == corner.mask_bias_nm; }))
      spectra_.push_back({corner.mask_bias_nm, {}});
}

void CornerImages::set_mask(ImageView<const std::uint8_t> mask) { take(mask); }

void CornerImages::set_mask(ImageView<const float> mask) { take(mask); }

template <class Pixel>
void CornerImages::take(ImageView<const Pixel> mask) {
  if (pixels_.rows() != mask.rows || pixels_.cols() != mask.cols)
    pixels_ = Image<float>(mask.rows, mask.cols);
  for (auto& [bias_nm, spectrum] : spectra_) spectrum = simulator_.mask_spectrum(mask, bias_nm);
  focus_ = nullptr;
}

ImageView<const float> CornerImages::at_focus_of(const ProcessCorner& corner) {
  const SocsKernels* focus = &model_.condition(corner.condition);
  if (focus == focus_ && corner.mask_bias_nm == bias_nm_) return pixels_.view();
  const auto mask = std::find_if(spectra_.begin(), spectra_.end(),
                                 [&](const MaskSpectrum& own) { return own.bias_nm == corner.mask_bias_nm; });
  if (mask == spectra_.end())
    throw Error(ErrorCode::invalid_argument, "corner images: the settings do not hold the corner '" + corner.name + "'");
  focus_ = focus;
  bias_nm_ = corner.mask_bias_nm;
  resist_image(reader_,
               simulator_.intensity_spectrum(mask->spectrum, static_cast<int>(focus - model_.conditions.data())),
               model_.period_x_nm, model_.period_y_nm, model_.resist, FieldPixels{pixels_.rows(), pixels_.cols()},
               std::span<float>(pixels_.data(), pixels_.size()));
  return pixels_.view();
}

BitImage CornerImages::print(const ProcessCorner& corner) {
  return print_bits(at_focus_of(corner), level(corner));
}

}  // namespace reticle
