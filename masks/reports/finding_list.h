// SPDX-License-Identifier: Apache-2.0
// All findings of a verification, the most severe first, and grouped: those of one check in equal drawn surroundings
// are one hot spot with many places. Memory does not grow with their number (record_list.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "litho/verification/check.h"
#include "litho/verification/finding_groups.h"
#include "masks/reports/record_list.h"

namespace reticle {

struct HotSpotGroup {
  Check check = Check::missing;
  std::uint64_t pattern = 0;
  std::size_t count = 0;
  std::size_t worst = 0;  // number of its most severe finding
  std::size_t begin = 0;  // of its places among those of all groups
};

class FindingList {
 public:
  FindingList() = default;
  std::size_t size() const { return findings_.size(); }
  bool empty() const { return findings_.empty(); }
  // Their numbers are their places in this order.
  Finding operator[](std::size_t number) const { return findings_[number]; }
  auto begin() const { return findings_.begin(); }
  auto end() const { return findings_.end(); }
  std::size_t count(Check check) const { return counts_[static_cast<std::size_t>(check)]; }
  std::size_t faults() const;  // joined otherwise than drawn

  // In order of their worst place.
  const RecordList<HotSpotGroup>& groups() const { return groups_; }
  // The number of a group's finding, 0 its worst.
  std::size_t place(const HotSpotGroup& group, std::size_t i) const { return places_[group.begin + i].finding; }

  bool operator==(const FindingList& other) const { return findings_ == other.findings_; }

 private:
  friend class FindingCollector;
  struct Place {
    std::size_t group, finding;  // numbers of the group's worst and of this one
  };
  RecordList<Finding> findings_;
  RecordList<HotSpotGroup> groups_;
  RecordList<Place> places_;
  std::array<std::size_t, k_checks> counts_{};
};

// Takes findings in any order. `folder`: of files for what does not fit into memory.
class FindingCollector {
 public:
  explicit FindingCollector(std::filesystem::path folder = {}) : folder_(folder), findings_(folder) {}
  void add(const Finding& finding) { findings_.add(finding); }
  FindingList take();

 private:
  struct ByRank {
    bool operator()(const Finding& a, const Finding& b) const { return ranks_before(a, b); }
  };
  std::filesystem::path folder_;
  RecordSorter<Finding, ByRank> findings_;
};

}  // namespace reticle
