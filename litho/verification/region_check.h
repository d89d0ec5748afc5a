// SPDX-License-Identifier: Apache-2.0
// All checks of one region: a clip, or a tile of a layout.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "kernels/base/image.h"
#include "litho/geometry/polygon.h"
#include "litho/imaging/optical_model.h"
#include "litho/verification/check.h"
#include "litho/verification/target_sites.h"
#include "litho/verification/verify_settings.h"

namespace reticle {

struct Region {
  std::vector<Polygon> mask;        // that do not overlap; over the field
  ImageView<const float> pixels;    // or the mask as pixels that cover the field; used if not empty
  ImageView<const std::uint8_t> binary;  // or as such pixels of 0 and 1
  std::vector<Polygon> target;      // that do not overlap
  std::vector<Polygon> enclosed;    // a second layer that the print has to enclose; may be empty
  Box field;                        // one period of the model
  Box core;                         // what is judged; within the field
};

struct EdgeStatistics {
  std::int64_t sites = 0, violations = 0;  // beyond the limit, or without a contour within the search range
  double sum_abs_nm = 0.0, sum_nm = 0.0, max_abs_nm = 0.0;
  void add(const EdgeStatistics& other);
  double mean_abs_nm() const { return sites > 0 ? sum_abs_nm / static_cast<double>(sites) : 0.0; }
  bool operator==(const EdgeStatistics&) const = default;
};

inline constexpr std::size_t k_epe_bins = 41;  // of half a nm, the last holds all from 20 nm

// What was measured in the core.
struct RegionMeasures {
  double l2_nm2 = 0.0;    // area in which the nominal print and the target differ
  double pv_band_nm2 = 0.0;  // area in which the prints of the band's corners differ
  double target_nm2 = 0.0, printed_nm2 = 0.0;
  std::vector<std::array<EdgeStatistics, 3>> edges;  // [corner][edge class]
  std::array<std::int64_t, k_epe_bins> epe_histogram{};  // |EPE| at the nominal corner
  EdgeStatistics rounded;           // there, beyond the room that rounded corners leave; its sites are those that have any
  std::int64_t epe_violations = 0;  // there, beyond the limit of runs, whatever the class of the edge, or no contour
  double pv_band_max_nm = 0.0;
  double nils_min = 0.0;  // 0: no edge
  void add(const RegionMeasures& other);
  EdgeStatistics all_edges(std::size_t corner) const;
};

// What the mask prints, as oriented rings (holes clockwise): of the core and of a margin around it that is traced with it.
struct PrintRings {
  std::vector<Polygon> nominal;       // at the first corner
  std::vector<Polygon> outer, inner;  // at those of the band; empty without a band
};

struct RegionReport {
  RegionMeasures measures;
  std::vector<Finding> findings;  // the most severe first
};

struct PlaceView;

// Verifies one region after another with plans and memory taken once. Not thread-safe: one per thread.
class RegionVerifier {
 public:
  // Settings as from resolved_limits(). Both outlive it.
  RegionVerifier(const OpticalModel& model, const VerifySettings& settings);
  ~RegionVerifier();
  // `prints`, if given, takes what was judged, `view` what the core looks like.
  RegionReport verify(const Region& region, PrintRings* prints = nullptr, PlaceView* view = nullptr);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace reticle
