// SPDX-License-Identifier: Apache-2.0
#include "litho/geometry/slabs.h"

#include <algorithm>
#include <cmath>

namespace reticle {

namespace {

// Corners and crossings between x0 and x1, both included. Lines are sorted by their left ends.
std::vector<double> slab_ends(std::span<const SlabLine> lines, double x0, double x1) {
  std::vector<double> all;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    all.push_back(lines[i].a.x);
    all.push_back(lines[i].b.x);
    for (std::size_t j = i + 1; j < lines.size() && lines[j].a.x < lines[i].b.x; ++j) {
      const double left = lines[j].a.x, right = std::min(lines[i].b.x, lines[j].b.x);
      const double before = lines[i].at(left) - lines[j].at(left);
      const double after = lines[i].at(right) - lines[j].at(right);
      if ((before < 0.0) != (after < 0.0))
        all.push_back(left + (right - left) * (before / (before - after)));
    }
  }
  std::sort(all.begin(), all.end());
  std::vector<double> ends{x0};
  for (const double x : all)
    if (x > ends.back() + k_slab_resolution_nm && x < x1 - k_slab_resolution_nm) ends.push_back(x);
  ends.push_back(x1);
  return ends;
}

}  // namespace

double SlabLine::at(double x) const {
  if (x <= a.x) return a.y;
  if (x >= b.x) return b.y;
  return a.y + (b.y - a.y) * ((x - a.x) / (b.x - a.x));
}

void add_slab_line(Point a, Point b, int tag, std::vector<SlabLine>& lines) {
  lines.push_back(a.x <= b.x ? SlabLine{a, b, tag} : SlabLine{b, a, -tag});
}

void for_each_slab(std::vector<SlabLine> lines, double x0, double x1,
                   const std::function<void(const Slab&)>& visit) {
  std::sort(lines.begin(), lines.end(),
            [](const SlabLine& p, const SlabLine& q) { return p.a.x < q.a.x; });
  const std::vector<double> ends = slab_ends(lines, x0, x1);
  std::vector<const SlabLine*> across;
  std::size_t next = 0;
  for (std::size_t s = 1; s < ends.size(); ++s) {
    const double middle = 0.5 * (ends[s - 1] + ends[s]);
    for (; next < lines.size() && lines[next].a.x < middle; ++next) across.push_back(&lines[next]);
    std::erase_if(across, [&](const SlabLine* line) { return line->b.x <= middle; });
    std::sort(across.begin(), across.end(), [&](const SlabLine* p, const SlabLine* q) {
      return p->at(middle) < q->at(middle);
    });
    visit({ends[s - 1], ends[s], across});
  }
}

}  // namespace reticle
