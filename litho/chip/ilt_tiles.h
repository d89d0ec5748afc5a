// SPDX-License-Identifier: Apache-2.0
// Inverse lithography of a layout tile by tile, without seams.
//
// Stage 0 optimises every tile on its own. Each refinement starts from the blend of the neighbours'
// fields (seams.h), keeps it fixed beyond the core and a margin, and optimises on. Then the blend is
// cut and cleaned, assist features that print are made smaller, once more with the finished masks around each core,
// and at last it is imaged with them and measured.
#pragma once

#include <optional>
#include <string>

#include "litho/chip/correction_method.h"
#include "litho/ilt/settings.h"

namespace reticle {

struct ChipSettings {
  std::optional<double> halo_nm;     // empty: the model's interaction range
  std::string halo_source = "as asked for";  // where it is from, for people
  Point origin{};                    // of the layout: where the core of tile (0, 0) begins
  double blend_nm = k_from_model;    // half width of the blend across seams
  double free_margin_nm = k_from_model;  // what refinements may change around a core; at least the blend
  int refinements = 1;
  int refinement_iterations = 20;    // on the last level's grid
  double refinement_rate = 0.05;     // of Adam's first step
};

// With the lengths that follow from the model: the blend a quarter of lambda/NA, the margin twice the blend.
ChipSettings resolved(ChipSettings chip, const OpticalModel& model);

class IltTiles final : public CorrectionMethod {
 public:
  // `identity` says what decides masks besides `chip`: the model's hash and the recipe; what only concerns
  // measuring may be left out of it, see without_measuring(). `settings` as from resolved(). The model
  // is the caller's. Throws Error(bad_input) like plan_tiles(), or if the blend or margin does not fit
  // the tile.
  IltTiles(const OpticalModel& model, IltSettings settings, ChipSettings chip, std::string identity);

  const TilePlan& plan() const override { return plan_; }
  int stages() const override { return measure_stage() + 1; }
  int mask_stage() const override { return finish_stage() + (settings_.assist_dose_margin >= 0.0 ? 1 : 0); }
  int measure_stage() const override { return mask_stage() + 1; }
  std::string stage_name(int stage) const override;
  std::string identity(int stage) const override;
  StageInputs inputs(int stage) const override;
  bool uses_engine(int stage) const override { return stage <= chip_.refinements; }
  int batch_size(const Engine& engine, int wanted) const override;
  double mask_pixel_nm() const override { return settings_.mask_pixel_nm; }
  std::unique_ptr<TileWorker> make_worker(Engine& engine, HostThreads host) const override;

 private:
  class Worker;

  int finish_stage() const { return chip_.refinements + 1; }

  const OpticalModel& model_;
  IltSettings settings_, refinement_;
  ChipSettings chip_;
  std::string identity_;
  TilePlan plan_;
  TilePlan local_;    // the same in a tile's coordinates
  double pixel_nm_;   // of the parameters
  float background_;  // parameter where nothing is drawn
};

// The settings with those that only concern measuring at their defaults: masks with equal ones are equal.
IltSettings without_measuring(IltSettings settings);
// Those that decide what is measured of a mask.
std::string sites_text(const IltSettings& settings);

}  // namespace reticle
