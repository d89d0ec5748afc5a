// SPDX-License-Identifier: Apache-2.0
#include "litho/assist/print_check.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "litho/geometry/disc_morphology.h"
#include "litho/geometry/regions.h"
#include "litho/imaging/resist_image.h"

namespace reticle {

BitImage printed_apart(ImageView<const float> intensity, const PrintLevel& level, const BitImage& drawn) {
  const Regions found = shape_regions(
      bits_where(intensity.rows, intensity.cols, [&](int y, int x) { return level.prints(intensity(y, x)); }));
  std::vector<char> belongs(found.regions.size(), 0);
  for (const Run& run : found.runs)
    if (drawn.any_in(run.y, run.x0, run.x1)) belongs[static_cast<std::size_t>(run.region)] = 1;
  BitImage apart(intensity.rows, intensity.cols);
  for (const Run& run : found.runs)
    if (!belongs[static_cast<std::size_t>(run.region)]) apart.fill(run.y, run.x0, run.x1, true);
  return apart;
}

namespace {

// Of the regions that are set.
std::vector<PrintedAssist> prints_of(const BitImage& apart, const Grid& grid, int condition) {
  const Regions regions = shape_regions(apart);
  std::vector<PrintedAssist> found(regions.regions.size(), {.place = {0.0, 0.0}, .area_nm2 = 0.0, .condition = condition});
  for (const Run& run : regions.runs) {
    PrintedAssist& one = found[static_cast<std::size_t>(run.region)];
    const double pixels = run.x1 - run.x0;
    one.area_nm2 += pixels;
    one.place.x += pixels * 0.5 * (run.x0 + run.x1);
    one.place.y += pixels * (run.y + 0.5);
  }
  for (PrintedAssist& one : found) {
    one.place = {grid.origin_x_nm + grid.pixel_nm * one.place.x / one.area_nm2,
                 grid.origin_y_nm + grid.pixel_nm * one.place.y / one.area_nm2};
    one.area_nm2 *= grid.pixel_nm * grid.pixel_nm;
  }
  return found;
}

}  // namespace

std::vector<PrintedAssist> printed_assists(const OpticalModel& model, Simulator<float>& simulator,
                                           const Spectrum<float>& mask, const BitImage& drawn,
                                           const Grid& grid, double dose) {
  return printed_assists(model, simulator, mask, drawn, grid, std::span(&dose, 1)).front();
}

std::vector<std::vector<PrintedAssist>> printed_assists(const OpticalModel& model, Simulator<float>& simulator,
                                                        const Spectrum<float>& mask, const BitImage& drawn,
                                                        const Grid& grid, std::span<const double> doses) {
  std::vector<std::vector<PrintedAssist>> all(doses.size());
  Image<float> image(grid.rows, grid.cols);
  for (int c = 0; c < static_cast<int>(model.conditions.size()); ++c) {
    resist_image(simulator, model, simulator.intensity_spectrum(mask, c), image.view());
    for (std::size_t i = 0; i < doses.size(); ++i) {
      const std::vector<PrintedAssist> found =
          prints_of(printed_apart(image.view(), model.resist.level().at_dose(doses[i]), drawn), grid, c);
      all[i].insert(all[i].end(), found.begin(), found.end());
    }
  }
  return all;
}

bool may_print_apart(const OpticalModel& model, Simulator<float>& simulator, const Spectrum<float>& mask, const BitImage& drawn,
                     const Grid& grid, const Box& box, std::span<const double> doses, double room) {
  constexpr double k_rim_px = 5.0;  // across the disc by which prints grow from one dose to the other at usual slopes
  const auto column = [&](double x) { return std::clamp(static_cast<int>(std::floor((x - grid.origin_x_nm) / grid.pixel_nm)), 0, grid.cols); };
  const auto row = [&](double y) { return std::clamp(static_cast<int>(std::floor((y - grid.origin_y_nm) / grid.pixel_nm)), 0, grid.rows); };
  const int x0 = column(box.x0), x1 = std::min(grid.cols, column(box.x1) + 1), y1 = std::min(grid.rows, row(box.y1) + 1);
  Image<float> image(grid.rows, grid.cols);
  for (int c = 0; c < static_cast<int>(model.conditions.size()); ++c) {
    resist_image(simulator, model, simulator.intensity_spectrum(mask, c), image.view());
    const auto printed = [&](const PrintLevel& at) {
      return bits_where(grid.rows, grid.cols, [&](int y, int x) { return at.prints(image(y, x)); });
    };
    for (const double dose : doses) {
      const PrintLevel level = model.resist.level().at_dose(dose);
      BitImage of_drawn = printed(level);
      of_drawn.clear_where(printed_apart(image.view(), level, drawn));
      BitImage beyond = printed(level.at_dose(room));
      beyond.clear_where(dilated(of_drawn, k_rim_px));
      for (int y = row(box.y0); y < y1; ++y)
        if (beyond.any_in(y, x0, x1)) return true;
    }
  }
  return false;
}

namespace {

// From the middle of a print to the nearest point of a run.
double distance_nm(const PrintedAssist& one, const Run& run, const Grid& grid) {
  const double y = grid.origin_y_nm + (run.y + 0.5) * grid.pixel_nm;
  const double x0 = grid.origin_x_nm + run.x0 * grid.pixel_nm, x1 = grid.origin_x_nm + run.x1 * grid.pixel_nm;
  return std::hypot(std::max({x0 - one.place.x, one.place.x - x1, 0.0}), y - one.place.y);
}

}  // namespace

bool shrink_assists_near(const std::vector<PrintedAssist>& printed, double within_nm, const std::vector<int>& pixels,
                         const BitImage& drawn, const Grid& grid, BitImage& mask) {
  const Regions shapes = shape_regions(mask);
  constexpr int k_main = -1;
  std::vector<int> rim_of(shapes.regions.size(), 0);  // pixels to take off
  const auto most_near = [&](const Run& run) {
    int most = 0;
    for (std::size_t i = 0; i < printed.size(); ++i)
      if (distance_nm(printed[i], run, grid) <= within_nm) most = std::max(most, pixels[i]);
    return most;
  };
  for (const Run& run : shapes.runs) {
    int& rim = rim_of[static_cast<std::size_t>(run.region)];
    if (rim != k_main) rim = drawn.any_in(run.y, run.x0, run.x1) ? k_main : std::max(rim, most_near(run));
  }
  std::map<int, BitImage> chosen;  // by the pixels to take off
  for (const Run& run : shapes.runs)
    if (const int rim = rim_of[static_cast<std::size_t>(run.region)]; rim > 0)
      chosen.try_emplace(rim, mask.rows(), mask.cols()).first->second.fill(run.y, run.x0, run.x1, true);
  for (auto& [rim, assists] : chosen) {
    const BitImage core = eroded(assists, 2.0 * rim);
    mask.clear_where(assists.clear_where(core));
  }
  return !chosen.empty();
}

void remove_near(const std::vector<PrintedAssist>& printed, double within_nm, const BitImage& drawn, const Grid& grid, BitImage& mask) {
  const Regions shapes = shape_regions(mask);
  enum class Kind : char { far_assist, near_assist, main };
  std::vector<Kind> kind_of(shapes.regions.size(), Kind::far_assist);
  for (const Run& run : shapes.runs) {
    Kind& kind = kind_of[static_cast<std::size_t>(run.region)];
    if (kind == Kind::main) continue;
    const bool near = std::any_of(printed.begin(), printed.end(), [&](const PrintedAssist& one) { return distance_nm(one, run, grid) <= within_nm; });
    if (drawn.any_in(run.y, run.x0, run.x1)) kind = Kind::main;
    else if (near) kind = Kind::near_assist;
  }
  for (const Run& run : shapes.runs)
    if (kind_of[static_cast<std::size_t>(run.region)] == Kind::near_assist) mask.fill(run.y, run.x0, run.x1, false);
  BitImage around(mask.rows(), mask.cols());
  for (int y = 0; y < grid.rows; ++y)
    for (const PrintedAssist& one : printed) {
      const double dy = grid.origin_y_nm + (y + 0.5) * grid.pixel_nm - one.place.y, across = within_nm * within_nm - dy * dy;
      if (across < 0.0) continue;
      const double half = std::sqrt(across), x = one.place.x - grid.origin_x_nm;
      const int x0 = std::max(0, static_cast<int>(std::ceil((x - half) / grid.pixel_nm - 0.5)));
      const int x1 = std::min(grid.cols, static_cast<int>(std::floor((x + half) / grid.pixel_nm - 0.5)) + 1);
      if (x0 < x1) around.fill(y, x0, x1, true);
    }
  around.clear_where(drawn);
  mask.clear_where(around);
}

}  // namespace reticle
