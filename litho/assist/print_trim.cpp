// SPDX-License-Identifier: Apache-2.0
#include "litho/assist/print_trim.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace reticle {

std::vector<PrintedAssist> prints_in(const Box& box, std::vector<PrintedAssist> prints) {
  std::erase_if(prints, [&](const PrintedAssist& one) {
    return one.place.x < box.x0 || one.place.x >= box.x1 || one.place.y < box.y0 || one.place.y >= box.y1;
  });
  return prints;
}

namespace {

// Prints shrink faster and faster: what they go on to at the rate of the last round is near, and not yet all of it.
constexpr double k_part_of_way = 0.7;

struct Trimmed {
  std::vector<PrintedAssist> prints;
  std::vector<int> pixels;  // taken off around each
};

// What to take off next, `round` rounds after the first.
int next_pixels(const PrintedAssist& one, const Trimmed& last, double near_nm, int round, int most) {
  const int least = 1 + round / 3;
  for (std::size_t i = 0; i < last.prints.size(); ++i) {
    const PrintedAssist& before = last.prints[i];
    const double gained = before.area_nm2 - one.area_nm2;
    if (before.condition != one.condition || gained <= 0.0) continue;
    if (std::hypot(before.place.x - one.place.x, before.place.y - one.place.y) > near_nm) continue;
    return std::clamp(static_cast<int>(k_part_of_way * last.pixels[i] * one.area_nm2 / gained), least, std::max(least, most));
  }
  return least;
}

}  // namespace

std::vector<PrintedAssist> trim_printed(const OpticalModel& model, Simulator<float>& simulator, double dose,
                                        const TrimField& field, const std::function<void(BitImage&)>& clean,
                                        BitImage& mask) {
  constexpr int k_rounds = 12;
  // Half the finest period of an image.
  const double near_nm = 0.5 * std::min(model.period_x_nm / simulator.half_x(), model.period_y_nm / simulator.half_y());
  const int most = static_cast<int>(0.25 * near_nm / field.grid.pixel_nm);
  // What prints peaks between samples of the coarse grid by as much more as waves of the finest period do: a look there tells
  // whether the mask's own pixels have to be looked at.
  const double peak = std::cos(std::numbers::pi * std::min(0.25, 0.5 * field.coarse.pixel_nm / near_nm));
  const double coarse_dose = model.resist.level().sign() > 0.0 ? dose / peak : dose * peak;
  const auto printed_by = [&](const Spectrum<float>& spectrum) {
    const auto look = [&](const BitImage& drawn, const Grid& grid, double at_dose) {
      return prints_in(field.looked_at, printed_assists(model, simulator, spectrum, drawn, grid, at_dose));
    };
    if (look(field.coarse_drawn, field.coarse, coarse_dose).empty()) return std::vector<PrintedAssist>();
    return look(field.drawn, field.grid, dose);
  };
  std::vector<PrintedAssist> first;
  Trimmed last;
  Image<std::uint8_t> pixels(mask.rows(), mask.cols());
  for (int round = 0; round < k_rounds; ++round) {
    mask.unpack_into(pixels.view());
    const Spectrum<float> spectrum = simulator.mask_spectrum(ImageView<const std::uint8_t>(pixels.view()));
    const std::vector<PrintedAssist> printed = printed_by(spectrum);
    if (round == 0) first = printed;
    if (printed.empty()) break;
    std::vector<int> rims;
    for (const PrintedAssist& one : printed) rims.push_back(next_pixels(one, last, near_nm, round, most));
    if (!shrink_assists_near(printed, near_nm, rims, field.drawn, field.grid, mask)) break;
    clean(mask);
    last = {printed, rims};
  }
  return first;
}

}  // namespace reticle
