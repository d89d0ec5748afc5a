// SPDX-License-Identifier: Apache-2.0
#include "masks/reports/finding_list.h"

#include <tuple>

namespace reticle {

namespace {

struct Member {
  std::uint64_t pattern;
  std::size_t finding;
  Check check;
};
struct ByPattern {
  bool operator()(const Member& a, const Member& b) const {
    return std::tie(a.check, a.pattern, a.finding) < std::tie(b.check, b.pattern, b.finding);
  }
};
struct ByWorst {
  bool operator()(const HotSpotGroup& a, const HotSpotGroup& b) const { return a.worst < b.worst; }
  template <class Place>
  bool operator()(const Place& a, const Place& b) const {
    return std::tie(a.group, a.finding) < std::tie(b.group, b.finding);
  }
};

}  // namespace

std::size_t FindingList::faults() const {
  std::size_t sum = 0;
  for (std::size_t check = 0; check <= static_cast<std::size_t>(Check::filled); ++check) sum += counts_[check];
  return sum;
}

FindingList FindingCollector::take() {
  FindingList list;
  list.findings_ = findings_.take();
  RecordSorter<Member, ByPattern> by_pattern(folder_);
  std::size_t number = 0;
  for (const Finding& finding : list.findings_) {
    ++list.counts_[static_cast<std::size_t>(finding.check)];
    by_pattern.add({finding.pattern, number++, finding.check});
  }
  RecordSorter<HotSpotGroup, ByWorst> groups(folder_);
  RecordSorter<FindingList::Place, ByWorst> places(folder_);
  HotSpotGroup group;
  for (const Member& member : by_pattern.take()) {
    if (group.count == 0 || member.check != group.check || member.pattern != group.pattern) {
      if (group.count > 0) groups.add(group);
      group = {.check = member.check, .pattern = member.pattern, .count = 0, .worst = member.finding, .begin = 0};
    }
    ++group.count;
    places.add({group.worst, member.finding});
  }
  if (group.count > 0) groups.add(group);
  RecordWriter<HotSpotGroup> in_order(folder_);
  std::size_t begin = 0;
  for (HotSpotGroup next : groups.take()) {
    next.begin = begin;
    begin += next.count;
    in_order.add(next);
  }
  list.groups_ = in_order.take();
  list.places_ = places.take();
  return list;
}

}  // namespace reticle
