// SPDX-License-Identifier: Apache-2.0
// The aerial images that gauges lie in: of a design through a model, or of a recipe's pattern through
// its own optics.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "litho/metrology/gauges.h"
#include "tools/reticle/inputs.h"
#include "tools/reticle/mask_options.h"

namespace reticle::tools {

enum class Formation { socs, abbe };

struct SceneOptions {
  std::filesystem::path input;  // design, mask, or recipe with a [pattern]
  std::filesystem::path model;  // for designs and masks; a recipe has its own optics
  LayoutOptions layout;
  MaskOptions mask;     // likewise
  Formation formation = Formation::socs;
  std::vector<double> focuses_nm;  // empty: all of the model's or recipe's
  std::vector<double> needed_focuses_nm;  // and these
};

class GaugeScene {
 public:
  struct Condition {
    std::string name;
    double focus_nm;
  };
  // Called for each gauge and condition; the image is of exposure 1.
  using Visit = std::function<void(std::size_t gauge, std::size_t condition,
                                   const Spectrum<double>& aerial, const Box& field)>;

  virtual ~GaugeScene() = default;
  // In rising focus; no two alike.
  const std::vector<Condition>& conditions() const { return conditions_; }
  // The model's first condition, or what of the focuses chosen is nearest to it.
  std::size_t nominal() const { return nominal_; }
  const ResistModel& resist() const { return resist_; }
  // Gauges lie in it.
  virtual Box window() const = 0;
  // Shapes grow by half of bias_nm on each side.
  virtual void images(std::span<const Gauge> gauges, double bias_nm, const Visit& visit) = 0;

 protected:
  std::vector<Condition> conditions_;
  std::size_t nominal_ = 0;
  ResistModel resist_;
};

// Throws Error(bad_input) for a focus that the model does not hold, naming those it does, and as the
// readers of designs, models and recipes do.
std::unique_ptr<GaugeScene> open_scene(const SceneOptions& options);

// The place of a focus among a scene's conditions. Throws Error(bad_input) as open_scene() where there is none.
std::size_t condition_at(const GaugeScene& scene, double focus_nm);

// --model, --layer ..., --exact, --focus.
void add_scene_options(CLI::App& command, SceneOptions& options);
inline constexpr const char* k_scene_input = "design (.glp, .gds, .oas), mask (.h5, .png), or recipe with a [pattern] (.toml)";

}  // namespace reticle::tools
