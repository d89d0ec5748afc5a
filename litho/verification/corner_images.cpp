#include "litho/verification/corner_images.h"

#include <algorithm>

#include "litho/metrology/print_metrics.h"

namespace reticle {

const ProcessCorner& corner_named(const IltSettings& settings, const std::string& name) {
  const auto found = std::find_if(settings.corners.begin(), settings.corners.end(),
                                  [&](const ProcessCorner& corner) { return corner.name == name; });
  return found == settings.corners.end() ? settings.corners.front() : *found;
}

CornerImages::CornerImages(const OpticalModel& model) : model_(model), simulator_(model) {}

void CornerImages::set_mask(ImageView<const std::uint8_t> mask) {
  if (pixels_.rows() != mask.rows || pixels_.cols() != mask.cols)
    pixels_ = Image<float>(mask.rows, mask.cols);
  std::copy_n(mask.data, mask.size(), pixels_.data());
  spectrum_ = simulator_.mask_spectrum(pixels_.view());
  focus_ = nullptr;
}

ImageView<const float> CornerImages::at_focus_of(const ProcessCorner& corner) {
  const SocsKernels* focus = &model_.condition(corner.condition);
  if (focus == focus_) return pixels_.view();
  focus_ = focus;
  Spectrum<float> intensity =
      simulator_.intensity_spectrum(spectrum_, static_cast<int>(focus - model_.conditions.data()));
  expose(intensity, model_.period_x_nm, model_.period_y_nm, model_.resist);
  simulator_.image(intensity, pixels_.view());
  return pixels_.view();
}

BitImage CornerImages::print(const ProcessCorner& corner) {
  return print_bits(at_focus_of(corner), threshold(corner));
}

}  // namespace reticle
