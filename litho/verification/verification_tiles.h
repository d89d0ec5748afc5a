// SPDX-License-Identifier: Apache-2.0
// Verification of a layout tile by tile: a method of one stage for a tile pipeline (litho/chip).
//
// The pipeline's sources are target, mask, if there is one the second layer that prints have to enclose, and in a window
// judged_part(). Its tiles need not be those of a correction: sources shifted by half a core (shifted()) make
// seams places like any other.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "litho/chip/tile_method.h"
#include "litho/verification/region_check.h"
#include "litho/verification/verify_settings.h"

namespace reticle {

// The layout seen from a point.
GeometrySource shifted(GeometrySource source, Point origin);

// What one source says of a box, and beyond the box another.
GeometrySource spliced(GeometrySource inside, const Box& box, GeometrySource beyond);

// Of boxes that a window ends in, the part that is judged; nothing of others, which are judged whole.
GeometrySource judged_part(const Box& window);

// A report whose positions are relative to the core's lower left corner, as bytes and back.
Bytes report_bytes(const RegionReport& report);
// Throws Error(bad_input) if the bytes are not a report.
RegionReport report_from_bytes(std::span<const std::byte> bytes);

class VerificationTiles final : public TileMethod {
 public:
  // Without a halo it is the model's interaction range. Settings as from resolved_limits(); `identity` says what they and
  // the model are; `windowed`: the last source is judged_part(). The model outlives it.
  VerificationTiles(const OpticalModel& model, VerifySettings settings, std::string identity,
                    std::optional<double> halo_nm = {}, bool windowed = false);

  const TilePlan& plan() const override { return plan_; }
  int stages() const override { return 1; }
  std::string stage_name(int) const override { return "verify"; }
  std::string identity(int) const override { return identity_; }
  StageInputs inputs(int) const override { return {}; }
  bool uses_engine(int) const override { return false; }
  std::unique_ptr<TileWorker> make_worker(Engine& engine, HostThreads host) const override;

 private:
  const OpticalModel& model_;
  VerifySettings settings_;
  std::string identity_;
  TilePlan plan_;
  bool windowed_;
};

}  // namespace reticle
