// SPDX-License-Identifier: Apache-2.0
#include "tools/reticle/gauge_scene.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <variant>

#include "kernels/base/error.h"
#include "litho/geometry/box.h"
#include "litho/geometry/offset.h"
#include "litho/geometry/pixel_polygons.h"
#include "litho/imaging/pixel_field.h"
#include "litho/imaging/simulator.h"
#include "litho/imaging/socs.h"
#include "litho/optics/abbe.h"
#include "litho/optics/socs_builder.h"
#include "masks/model_file.h"
#include "tools/reticle/number_range.h"
#include "masks/recipes/pattern_recipe.h"

namespace reticle::tools {
namespace {

// The mask of a design or mask file as polygons; a design is its own mask.
Design read_mask_polygons(const SceneOptions& options) {
  DesignOptions how;
  how.layout = layout_part(options.layout);
  DesignSource source = read_design(options.input, how);
  if (auto* design = std::get_if<Design>(&source)) return std::move(*design);
  const auto& pixels = std::get<PixelDesign>(source);
  return {polygons_of(pixels.pixels.view(), pixels.grid), box_of(pixels.grid)};
}

class DesignScene : public GaugeScene {
 public:
  explicit DesignScene(const SceneOptions& options)
      : model_(chosen(open_model(options.model, options.mask), options)),
        design_(read_mask_polygons(options)),
        one_field_(design_.window.width() <= model_.period_x_nm &&
                   design_.window.height() <= model_.period_y_nm) {
    resist_ = model_.resist;
    for (const SocsKernels& kernels : model_.conditions)
      conditions_.push_back({kernels.name, kernels.focus_nm});
    for (const Polygon& polygon : design_.polygons) bounds_.push_back(bounds_of(polygon));
  }

  Box window() const override {
    const Box around = grown(design_.window, 0.25 * model_.period_x_nm, 0.25 * model_.period_y_nm);
    return one_field_ ? common(around, field_around(model_, design_.window)) : around;
  }

  void images(std::span<const Gauge> gauges, double bias_nm, const Visit& visit) override {
    Simulator<double> simulator(model_);
    if (one_field_) {
      const Box field = field_around(model_, design_.window);
      const Spectrum<double> mask = simulator.mask_spectrum(shapes_in(field, bias_nm), field);
      for (std::size_t c = 0; c < conditions_.size(); ++c) {
        const auto aerial = simulator.intensity_spectrum(mask, static_cast<int>(c));
        for (std::size_t g = 0; g < gauges.size(); ++g) visit(g, c, aerial, field);
      }
      return;
    }
    for (std::size_t g = 0; g < gauges.size(); ++g) {
      const Point middle = gauges[g].middle();
      const Box field = grown({middle.x, middle.y, middle.x, middle.y}, 0.5 * model_.period_x_nm,
                              0.5 * model_.period_y_nm);
      if (gauges[g].length_nm() > 0.5 * std::min(field.width(), field.height()))
        throw Error(ErrorCode::bad_input,
                    fmt::format("gauge '{}' is {:g} nm long; in a layout larger than the model's "
                                "period a gauge may take half of that, {:g} nm",
                                gauges[g].name, gauges[g].length_nm(),
                                0.5 * std::min(field.width(), field.height())));
      const Spectrum<double> mask = simulator.mask_spectrum(shapes_in(field, bias_nm), field);
      for (std::size_t c = 0; c < conditions_.size(); ++c)
        visit(g, c, simulator.intensity_spectrum(mask, static_cast<int>(c)), field);
    }
  }

 private:
  // The model with the conditions of the focuses asked for, in rising focus.
  OpticalModel chosen(OpticalModel model, const SceneOptions& options) {
    const double first = model.conditions.front().focus_nm;
    std::vector<SocsKernels> all = std::move(model.conditions);
    std::stable_sort(all.begin(), all.end(), [](const SocsKernels& a, const SocsKernels& b) {
      return a.focus_nm < b.focus_nm;
    });
    model.conditions.clear();
    std::vector<double> asked = options.focuses_nm;
    asked.insert(asked.end(), options.needed_focuses_nm.begin(), options.needed_focuses_nm.end());
    const auto wanted = [&](double focus) {
      if (options.focuses_nm.empty()) return true;
      return std::any_of(asked.begin(), asked.end(), [&](double f) { return std::abs(f - focus) < 1e-6; });
    };
    for (const double focus : asked)
      if (std::none_of(all.begin(), all.end(), [&](const auto& c) { return std::abs(c.focus_nm - focus) < 1e-6; })) {
        std::vector<double> held;
        for (const SocsKernels& kernels : all) held.push_back(kernels.focus_nm);
        throw Error(ErrorCode::bad_input,
                    fmt::format("{}: holds no condition at focus {:g} nm; it holds {:g} nm. Add it to the "
                                "model's recipe and make the model again",
                                options.model.string(), focus, fmt::join(held, ", ")));
      }
    for (SocsKernels& kernels : all)
      if (wanted(kernels.focus_nm) &&
          (model.conditions.empty() || kernels.focus_nm > model.conditions.back().focus_nm + 1e-6))
        model.conditions.push_back(std::move(kernels));
    for (std::size_t c = 1; c < model.conditions.size(); ++c)
      if (std::abs(model.conditions[c].focus_nm - first) <
          std::abs(model.conditions[nominal_].focus_nm - first))
        nominal_ = c;
    return model;
  }

  std::vector<Polygon> shapes_in(const Box& field, double bias_nm) const {
    std::vector<Polygon> shapes;
    for (std::size_t i = 0; i < design_.polygons.size(); ++i) {
      if (!overlap(bounds_[i], field)) continue;
      shapes.push_back(design_.polygons[i]);
    }
    if (bias_nm != 0.0) shapes = moved_outlines(shapes, 0.5 * bias_nm);
    return polygons_within(shapes, field);
  }

  OpticalModel model_;
  Design design_;
  std::vector<Box> bounds_;
  bool one_field_;
};

class PatternScene : public GaugeScene {
 public:
  explicit PatternScene(const SceneOptions& options)
      : recipe_(read_pattern_recipe(options.input)), formation_(options.formation) {
    OpticsSettings& optics = recipe_.optics;
    const double first = optics.conditions.front().focus_nm;
    if (!options.focuses_nm.empty()) {
      optics.conditions.clear();
      for (const double focus : options.focuses_nm)
        optics.conditions.push_back({fmt::format("{:g} nm", focus), focus});
    }
    for (const double focus : options.needed_focuses_nm)
      if (std::none_of(optics.conditions.begin(), optics.conditions.end(),
                       [&](const auto& c) { return std::abs(c.focus_nm - focus) < 1e-6; }))
        optics.conditions.push_back({fmt::format("{:g} nm", focus), focus});
    auto& conditions = optics.conditions;
    std::stable_sort(conditions.begin(), conditions.end(), [](const auto& a, const auto& b) {
      return a.focus_nm < b.focus_nm;
    });
    const auto same = [](const auto& a, const auto& b) { return b.focus_nm - a.focus_nm < 1e-6; };
    conditions.erase(std::unique(conditions.begin(), conditions.end(), same), conditions.end());
    validate(optics);
    resist_ = resist_of(optics);
    for (const FocusCondition& condition : conditions)
      conditions_.push_back({condition.name, condition.focus_nm});
    for (std::size_t c = 1; c < conditions_.size(); ++c)
      if (std::abs(conditions_[c].focus_nm - first) < std::abs(conditions_[nominal_].focus_nm - first))
        nominal_ = c;
    const SpectrumSize orders = mask_orders(optics);
    if (formation_ == Formation::abbe) return;
    // Truncated for this very pattern.
    const auto mask = pattern_spectrum(recipe_.pattern, orders.half_x, orders.half_y);
    model_ = build_optical_model(optics, nullptr, &mask);
  }

  // A pattern has no outside.
  Box window() const override { return {-1e9, -1e9, 1e9, 1e9}; }

  void images(std::span<const Gauge> gauges, double bias_nm, const Visit& visit) override {
    const OpticsSettings& optics = recipe_.optics;
    const Pattern pattern = bias_nm == 0.0 ? recipe_.pattern : biased(recipe_.pattern, bias_nm);
    const SpectrumSize orders = mask_orders(optics);
    const auto mask = pattern_spectrum(pattern, orders.half_x, orders.half_y);
    const double mean = mean_transmission(pattern);
    const Box field{0.0, 0.0, optics.period_x_nm(), optics.period_y_nm()};
    for (std::size_t c = 0; c < conditions_.size(); ++c) {
      const Spectrum<double> aerial =
          formation_ == Formation::abbe
              ? abbe_intensity(optics, conditions_[c].focus_nm, mask, mean)
              : Simulator<double>(model_).intensity_spectrum(mask, static_cast<int>(c), 1.0, mean);
      for (std::size_t g = 0; g < gauges.size(); ++g) visit(g, c, aerial, field);
    }
  }

 private:
  PatternRecipe recipe_;
  Formation formation_;
  OpticalModel model_;
};

}  // namespace

std::unique_ptr<GaugeScene> open_scene(const SceneOptions& options) {
  if (options.input.extension() == ".toml") {
    if (!options.model.empty())
      throw Error(ErrorCode::invalid_argument, "--model is for designs and masks; a recipe with a [pattern] brings its own optics");
    refuse(options.mask, "a [pattern]");
    return std::make_unique<PatternScene>(options);
  }
  if (options.model.empty())
    throw Error(ErrorCode::invalid_argument, "--model is missing: a design or mask needs one");
  if (options.formation == Formation::abbe)
    throw Error(ErrorCode::invalid_argument,
                "--exact needs the optics, not kernels: give a recipe with a [pattern] as INPUT");
  return std::make_unique<DesignScene>(options);
}

std::size_t condition_at(const GaugeScene& scene, double focus_nm) {
  const auto& conditions = scene.conditions();
  const auto found = std::find_if(conditions.begin(), conditions.end(),
                                  [&](const auto& c) { return std::abs(c.focus_nm - focus_nm) < 1e-6; });
  if (found == conditions.end()) throw Error(ErrorCode::bad_input, fmt::format("there is no image at focus {:g} nm", focus_nm));
  return static_cast<std::size_t>(found - conditions.begin());
}

void add_scene_options(CLI::App& command, SceneOptions& options) {
  command.add_option("--model", options.model, "optical model, see 'reticle model'; not for recipes");
  add_layout_options(command, options.layout);
  add_mask_options(command, options.mask);
  command.add_flag_callback(
      "--exact", [&options] { options.formation = Formation::abbe; },
      "recipes only: Abbe's sum over all source points instead of truncated kernels");
  command
      .add_option("--focus", options.focuses_nm,
                  "nm, comma-separated; all of the model's when not given")
      ->delimiter(',')
      ->check(number_within(-1e5, 1e5));
}

}  // namespace reticle::tools
