// SPDX-License-Identifier: Apache-2.0
// What `reticle window` measures, and its forms: table, JSON, CSV and pictures.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "litho/metrology/exposure_window.h"
#include "masks/pictures/chart.h"
#include "tools/reticle/gauge_scene.h"

namespace reticle::tools {

struct WindowSettings {
  std::vector<double> exposures;  // of the Bossung curves, relative to the model's; empty: about
                                  // the dose to size
  double tolerance_percent = 10.0;  // of the CD aimed at
  double latitude_percent = 5.0;    // at which depth of focus is stated
  double meef_bias_nm = 1.0;        // by which mask CDs are changed, either way
};

struct GaugeReport {
  Gauge gauge;  // cd_nm: what is aimed at
  Tone tone = Tone::bright;
  bool is_line = true;  // the printed feature, in the tone of the model; else a space in it
  GaugeReading nominal;
  double contrast = 0.0;
  std::optional<double> dose_to_size;
  GaugeReading at_size;  // at the dose to size, at the model's own where there is none
  std::optional<double> meef;         // there; none if a print is lost on the way
  std::vector<std::vector<GaugeReading>> bossung;  // [condition][exposure]
  std::vector<FocusSlice> slices;
  WindowReport window;
};

struct WindowResult {
  WindowSettings settings;
  std::optional<double> exposure_centre;  // of exposures that were not given
  std::vector<GaugeScene::Condition> conditions;
  std::size_t nominal = 0;
  std::vector<GaugeReport> gauges;
  std::vector<FocusSlice> slices;  // where all gauges hold
  WindowReport window;
};

WindowResult measure(GaugeScene& scene, std::vector<Gauge> gauges, const WindowSettings& settings);

nlohmann::ordered_json window_json(const WindowResult& result);
std::string window_csv(const WindowResult& result);
std::string window_table(const WindowResult& result);
// The first twelve gauges, those with the smallest window first.
Drawing bossung_picture(const WindowResult& result);
Drawing window_picture(const WindowResult& result);

}  // namespace reticle::tools
