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

// What prints at one dose may have joined a drawn shape's print at a higher one.
void add_others(const std::vector<PrintedAssist>& found, double near_nm, std::vector<PrintedAssist>& prints) {
  const auto before = static_cast<std::ptrdiff_t>(prints.size());
  for (const PrintedAssist& one : found)
    if (std::none_of(prints.begin(), prints.begin() + before, [&](const PrintedAssist& other) {
          return other.condition == one.condition && std::hypot(other.place.x - one.place.x, other.place.y - one.place.y) <= near_nm;
        }))
      prints.push_back(one);
}

// Of an image.
double half_finest_period_nm(const OpticalModel& model, const Simulator<float>& simulator) {
  return 0.5 * std::min(model.period_x_nm / simulator.half_x(), model.period_y_nm / simulator.half_y());
}

}  // namespace

std::vector<PrintedAssist> prints_apart(const OpticalModel& model, Simulator<float>& simulator, const Spectrum<float>& mask,
                                        std::span<const double> doses, const TrimField& field) {
  // What prints peaks between samples of the coarse grid by as much more as waves of the finest period do: a look there tells
  // whether the mask's own pixels have to be looked at.
  const double near_nm = half_finest_period_nm(model, simulator);
  const double peak = std::cos(std::numbers::pi * std::min(0.25, 0.5 * field.coarse.pixel_nm / near_nm));
  const double room = model.resist.level().sign() > 0.0 ? 1.0 / peak : peak;
  std::vector<PrintedAssist> prints;
  if (!may_print_apart(model, simulator, mask, field.coarse_drawn, field.coarse, field.looked_at, doses, room)) return prints;
  for (std::vector<PrintedAssist>& found : printed_assists(model, simulator, mask, field.drawn, field.grid, doses))
    add_others(prints_in(field.looked_at, std::move(found)), near_nm, prints);
  return prints;
}

std::vector<PrintedAssist> trim_printed(const OpticalModel& model, Simulator<float>& simulator, std::span<const double> doses,
                                        const TrimField& field, const std::function<void(BitImage&)>& clean,
                                        BitImage& mask) {
  constexpr int k_shrinking = 12, k_removing = 7;  // rounds of either
  const double near_nm = half_finest_period_nm(model, simulator);
  const int most = static_cast<int>(0.25 * near_nm / field.grid.pixel_nm);
  std::vector<PrintedAssist> first;
  Trimmed last;
  Image<std::uint8_t> pixels(mask.rows(), mask.cols());
  for (int round = 0, removals = 0; removals < k_removing; ++round) {
    mask.unpack_into(pixels.view());
    const Spectrum<float> spectrum = simulator.mask_spectrum(ImageView<const std::uint8_t>(pixels.view()));
    const std::vector<PrintedAssist> printed = prints_apart(model, simulator, spectrum, doses, field);
    if (round == 0) first = printed;
    if (printed.empty()) break;
    std::vector<int> rims;
    for (const PrintedAssist& one : printed) rims.push_back(next_pixels(one, last, near_nm, round, most));
    if (round >= k_shrinking || !shrink_assists_near(printed, near_nm, rims, field.drawn, field.grid, mask))
      remove_near(printed, std::ldexp(near_nm, removals++), field.drawn, field.grid, mask);
    clean(mask);
    last = {printed, rims};
  }
  return first;
}

}  // namespace reticle
