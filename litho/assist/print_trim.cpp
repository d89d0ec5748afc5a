// SPDX-License-Identifier: Apache-2.0
#include "litho/assist/print_trim.h"

#include <algorithm>

namespace reticle {

std::vector<PrintedAssist> prints_in(const Box& box, std::vector<PrintedAssist> prints) {
  std::erase_if(prints, [&](const PrintedAssist& one) {
    return one.place.x < box.x0 || one.place.x >= box.x1 || one.place.y < box.y0 || one.place.y >= box.y1;
  });
  return prints;
}

std::vector<PrintedAssist> trim_printed(const OpticalModel& model, Simulator<float>& simulator, double dose,
                                        const TrimField& field, const std::function<void(BitImage&)>& clean,
                                        BitImage& mask) {
  constexpr int k_rounds = 12;
  // Half the finest period of an image.
  const double near_nm = 0.5 * std::min(model.period_x_nm / simulator.half_x(), model.period_y_nm / simulator.half_y());
  std::vector<PrintedAssist> first;
  Image<std::uint8_t> pixels(mask.rows(), mask.cols());
  for (int round = 0; round < k_rounds; ++round) {
    mask.unpack_into(pixels.view());
    const Spectrum<float> spectrum = simulator.mask_spectrum(ImageView<const std::uint8_t>(pixels.view()));
    const std::vector<PrintedAssist> printed = prints_in(
        field.looked_at, printed_assists(model, simulator, spectrum, field.coarse_drawn, field.coarse, dose));
    if (round == 0) first = printed;
    if (printed.empty()) break;
    if (!shrink_assists_near(printed, near_nm, 1 + round / 3, field.drawn, field.grid, mask)) break;
    clean(mask);
  }
  return first;
}

}  // namespace reticle
