// SPDX-License-Identifier: Apache-2.0
// Guards that tell a fault: where the image beside an edge that faces another misses the threshold at some corner of the
// process window, something bridges or breaks there, and the nominal image is asked for as much more as is missing.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "litho/opc/facing.h"
#include "litho/opc/fragments.h"
#include "litho/opc/window_corners.h"

namespace reticle {

class FaultGuards {
 public:
  // Guards are those outside of the sites, in their order, then those inside; with a room of each site, and guards at most
  // `guard_nm` from their edge. Corners: the nominal one first.
  FaultGuards(std::span<const ControlSite> sites, std::span<const SiteRoom> rooms, double guard_nm,
              std::vector<WindowCorner> corners);

  // image(condition): intensities at the sites, then at the guards. Whether any guard tells a fault; of those it asks more
  // from now on.
  bool raise(const OpticalModel& model, const std::function<std::vector<float>(int condition)>& image);
  // Part of the threshold that the nominal image at a guard is to be beyond it, beside the guard's own margin; 0: none.
  double raised(std::size_t guard) const { return raised_[guard]; }
  const std::vector<Point>& places() const { return places_; }
  // Of each fragment, whether its middle lies within reach of a guard of which more is asked.
  std::vector<bool> near(std::span<const Fragment> fragments, double reach_nm) const;

 private:
  std::vector<WindowCorner> corners_;
  std::vector<bool> faces_;  // [guard] something that it may bridge to or break from
  std::vector<double> raised_;
  std::vector<Point> places_;
};

}  // namespace reticle
