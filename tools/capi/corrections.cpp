// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <optional>

#include "kernels/engine/engine_choice.h"
#include "litho/geometry/boolean.h"
#include "litho/geometry/pixel_polygons.h"
#include "litho/ilt/ilt.h"
#include "litho/verification/evaluation.h"
#include "masks/recipes/recipes.h"
#include "tools/capi/models.h"

namespace reticle::capi {

namespace {

Registry<Correction, reticle_correction>& corrections() {
  static auto* const all = new Registry<Correction, reticle_correction>("correction");
  return *all;
}

IltSettings settings_of(const char* recipe_toml, const OpticalModel& model) {
  return resolved(correct_recipe_from_text(recipe_toml == nullptr ? "" : recipe_toml, "recipe_toml", model), model);
}

Design design_of(const reticle_polygons* polygons, const double* window) {
  at(window, "window_nm");
  Design design{merge(polygons_from(polygons, "design")), {window[0], window[1], window[2], window[3]}};
  require(window[0] < window[2] && window[1] < window[3], "window_nm: x0 < x1 and y0 < y1 is wanted");
  return design;
}

}  // namespace

}  // namespace reticle::capi

using reticle::capi::at;
using reticle::capi::corrections;
using reticle::capi::guarded;
using reticle::capi::models;
using reticle::capi::require;

reticle_status reticle_correct(const reticle_model* model, const reticle_polygons* design, const double window_nm[4],
                               const char* recipe_toml, reticle_progress progress, void* user,
                               reticle_correction** correction) {
  bool stopped = false;
  const reticle_status status = guarded([&] {
    at(correction, "correction");
    const auto held = models().get(model);
    const reticle::IltSettings settings = reticle::capi::settings_of(recipe_toml, held->optics);
    const reticle::Design clip = reticle::capi::design_of(design, window_nm);
    const auto engine = reticle::make_engine(reticle::choose_engine({}), 0);
    auto results = reticle::correct(*engine, held->optics, settings, {&clip, 1}, [&](double part) {
      stopped = progress != nullptr && progress(part, user) == 0;
      return !stopped;
    });
    if (!stopped)
      *correction = corrections().add(std::make_shared<reticle::Correction>(std::move(results.front())));
  });
  if (status == RETICLE_OK && stopped) return reticle::capi::fail(RETICLE_STOPPED, "stopped by the progress function");
  return status;
}
reticle_status reticle_correction_free(reticle_correction* correction) {
  return guarded([&] { corrections().remove(correction); });
}
reticle_status reticle_correction_grid(const reticle_correction* correction, reticle_grid* grid) {
  return guarded([&] {
    const reticle::Grid own = corrections().get(correction)->grid;
    at(grid, "grid") = {static_cast<size_t>(own.rows), static_cast<size_t>(own.cols), own.pixel_nm, own.origin_x_nm,
                        own.origin_y_nm};
  });
}
reticle_status reticle_correction_mask(const reticle_correction* correction, uint8_t* mask) {
  return guarded([&] {
    const auto held = corrections().get(correction);
    std::copy(held->mask.begin(), held->mask.end(), &at(mask, "mask"));
  });
}
reticle_status reticle_correction_polygons(const reticle_correction* correction, double dbu_nm, size_t* corner_count,
                                           size_t* polygon_count, int32_t* corners, size_t* ends) {
  return guarded([&] {
    const auto held = corrections().get(correction);
    require(dbu_nm > 0.0, "dbu_nm: is to be above 0");
    require((corners == nullptr) == (ends == nullptr), "corners, ends: give both or neither");
    const auto polygons = reticle::polygons_of(held->mask.view(), held->grid);
    size_t count = 0;
    for (size_t p = 0; p < polygons.size(); ++p) {
      for (const reticle::Point& point : polygons[p]) {
        const double x = std::round(point.x / dbu_nm), y = std::round(point.y / dbu_nm);
        require(std::max(std::abs(x), std::abs(y)) <= std::numeric_limits<int32_t>::max(),
                "dbu_nm: coordinates do not fit 32 bits; take a larger unit");
        if (corners != nullptr) {
          corners[2 * count] = static_cast<int32_t>(x);
          corners[2 * count + 1] = static_cast<int32_t>(y);
        }
        ++count;
      }
      if (ends != nullptr) ends[p] = count;
    }
    at(corner_count, "corner_count") = count;
    at(polygon_count, "polygon_count") = polygons.size();
  });
}
reticle_status reticle_verify(const reticle_model* model, const uint8_t* mask, const reticle_grid* grid,
                              const reticle_polygons* design, const double window_nm[4], const char* recipe_toml,
                              reticle_metrics* metrics) {
  return guarded([&] {
    const auto held = models().get(model);
    const reticle_grid& own = at(grid, "grid");
    require(own.rows > 0 && own.cols > 0 && own.rows < (1u << 20) && own.cols < (1u << 20) && own.pixel_nm > 0.0,
            "grid: rows, cols and pixel_nm are to be above 0");
    const reticle::Grid pixels{.rows = static_cast<int>(own.rows), .cols = static_cast<int>(own.cols),
                               .pixel_nm = own.pixel_nm, .origin_x_nm = own.x0_nm, .origin_y_nm = own.y0_nm};
    const reticle::IltSettings settings = reticle::capi::settings_of(recipe_toml, held->optics);
    const reticle::MaskReport report =
        reticle::evaluate(held->optics, settings, {&at(mask, "mask"), pixels.rows, pixels.cols}, pixels,
                          reticle::capi::design_of(design, window_nm))
            .report;
    at(metrics, "metrics") = {report.l2_nm2, report.pv_band_nm2, report.epe_violations, report.epe_max_nm,
                              report.epe_mean_abs_nm, report.shots, report.rules.components};
  });
}
