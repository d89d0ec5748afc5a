// SPDX-License-Identifier: Apache-2.0
// Places that edges do not bring to print, by pixels: a mask of edges is judged, and where it
// bridges, breaks, misses or adds something, or an edge prints too far off, inverse lithography
// moves the mask's outlines freely within a reach, everything else as it is. Towards the reach's
// border what it changed fades out.
#pragma once

#include <span>
#include <vector>

#include "kernels/base/image.h"
#include "kernels/engine/engine.h"
#include "litho/geometry/polygon.h"
#include "litho/hybrid/mask_patch.h"
#include "litho/ilt/settings.h"
#include "litho/imaging/optical_model.h"
#include "litho/verification/check.h"
#include "litho/verification/region_check.h"

namespace reticle {

struct MendSettings {
  double reach_nm = 0.0;  // from a place, that the mask may change within; 0: from the model
  int iterations = 80;
};

// The reach of 0 filled in: lambda/NA.
MendSettings resolved(MendSettings settings, const OpticalModel& model);

// A mask to be mended, all relative to one period of the model around the design's window.
struct MendProblem {
  Design drawn;
  std::span<const Polygon> mask;  // that do not overlap
  Box judged;                     // where prints count
  Box owned;                      // within it: whose places are to be mended
};

// Mends one mask after another with plans taken once. Not thread-safe: one per thread. Engine and
// model outlive it; settings as from resolved().
class Mender {
 public:
  Mender(Engine& engine, const OpticalModel& model, const IltSettings& settings,
         const MendSettings& mend);

  // What takes the place of the mask around the named places: patches that do not overlap, each of
  // which has fewer faults than the mask had there and more of no kind, at any corner of the
  // window, and breaks the mask's rules no more often. Empty where no place is named or none could
  // be mended.
  std::vector<MaskPatch> mend(const MendProblem& problem);

  // Whether a place is named: joined otherwise than drawn at a corner of the window, or an edge or
  // line end off by more than the recipe's tolerance at the first.
  static bool is_named(const Finding& finding);

 private:
  // Places that are mended as one.
  struct Group {
    Box box;
  };
  std::vector<Finding> judge(const MendProblem& problem, std::span<const Polygon> mask);
  std::vector<Group> groups_of(const MendProblem& problem, std::span<const Finding> named,
                               const Grid& grid) const;
  Image<std::uint8_t> optimized(const MendProblem& problem, std::span<const Group> groups,
                                const Grid& grid);
  static std::vector<MaskPatch> cut_out(const Image<std::uint8_t>& mask,
                                        std::span<const Group> groups, const Grid& grid);
  std::size_t broken_rules(std::span<const Polygon> mask, const Box& box) const;

  Engine& engine_;
  const OpticalModel& model_;
  IltSettings settings_, optimization_;
  MendSettings mend_;
  double blend_nm_, band_nm_;
  VerifySettings limits_;
  RegionVerifier verifier_;
};

}  // namespace reticle
