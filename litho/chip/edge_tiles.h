// SPDX-License-Identifier: Apache-2.0
// Edge-based correction of a layout tile by tile, without seams.
//
// Stage 0 corrects every tile's field on its own; a fragment's displacement is kept by the tile whose core its
// middle lies in. Each refinement starts from what the neighbours found and moves the core's edges on, those
// beyond a margin fixed. The mask is made of all neighbours' displacements, so that an edge across a seam has
// one displacement, and cut to the core.
#pragma once

#include <optional>
#include <string>

#include "litho/chip/correction_method.h"
#include "litho/ilt/settings.h"
#include "litho/opc/edge_clip.h"

namespace reticle {

// Part of the energy of the model's point-spread functions that may lie beyond a halo of edges, less than beyond one of pixels:
// edges are placed to parts of a nm, and those at seams see no further.
inline constexpr double k_energy_beyond_edges = 0.003;

struct EdgeChipSettings {
  std::optional<double> halo_nm;  // empty: the model's interaction range, with k_energy_beyond_edges
  std::string halo_source = "as asked for";  // where it is from, for people
  int refinements = 1;
  int refinement_iterations = 2;
};

class EdgeTiles final : public CorrectionMethod {
 public:
  // As IltTiles, with a model of its own; edge settings as from resolved().
  EdgeTiles(OpticalModel model, IltSettings window, EdgeSettings edges, EdgeChipSettings chip,
            std::string identity);

  const TilePlan& plan() const override { return plan_; }
  int stages() const override { return chip_.refinements + 3; }
  int mask_stage() const override { return chip_.refinements + 1; }
  int measure_stage() const override { return chip_.refinements + 2; }
  std::string stage_name(int stage) const override;
  std::string identity(int stage) const override;
  StageInputs inputs(int stage) const override;
  bool uses_engine(int) const override { return false; }
  double mask_pixel_nm() const override { return window_.mask_pixel_nm; }
  std::unique_ptr<TileWorker> make_worker(Engine& engine, HostThreads host) const override;

  // Pixels at which prints are counted: the image is exact at any, so they may be coarser than the mask's.
  double measured_pixel_nm() const { return measured_pixel_nm_; }

 private:
  class Worker;

  OpticalModel model_;
  IltSettings window_;
  EdgeSettings edges_, refinement_;
  EdgeChipSettings chip_;
  std::string identity_;
  double measured_pixel_nm_;
  TilePlan plan_;
  FragmentAnchor anchor_;
};

}  // namespace reticle
