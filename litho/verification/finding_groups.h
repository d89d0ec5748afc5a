// SPDX-License-Identifier: Apache-2.0
// Findings that are one fault, and faults that stand in equal surroundings.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "litho/geometry/polygon.h"
#include "litho/verification/check.h"

namespace reticle {

// The most severe first, then from below, from the left; a total order.
bool ranks_before(const Finding& a, const Finding& b);

// The same check at one place, at whatever corner, is one fault: the most severe finding stands for it, and no finding
// stands for another one's. Joined faults count as one place where their boxes meet, others within `radius`. By rank.
std::vector<Finding> merged(std::vector<Finding> findings, double radius_nm);

// The same of findings that come region by region, without holding them all: what nothing yet to come can touch leaves.
class FindingMerger {
 public:
  explicit FindingMerger(double radius_nm) : radius_nm_(radius_nm) {}
  void add(const Finding& finding) { open_.push_back({finding, State::undecided}); }
  // `complete` says of a box whether all findings have come whose place lies in it or whose box meets it; once it does, it
  // always has to. Calls kept() by rank of what is decided now.
  void settle(const std::function<bool(const Box&)>& complete, const std::function<void(const Finding&)>& kept);
  std::size_t held() const { return open_.size(); }

 private:
  enum class State : std::uint8_t { undecided, kept, dropped };
  struct Entry {
    Finding finding;
    State state;
    bool is_asked_for = false;  // by one that is undecided
  };
  double radius_nm_;
  std::vector<Entry> open_;
};

// A number of the drawn outline around a place; equal wherever the surroundings are, for any shift.
std::uint64_t pattern_of(std::span<const Polygon> target, Point place, double radius_nm);

}  // namespace reticle
