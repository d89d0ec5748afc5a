// SPDX-License-Identifier: Apache-2.0
// Two sets of rings laid over one another: the regions that one covers and the other does not, exactly,
// with the parts of either outline that bound them.
#pragma once

#include <span>
#include <vector>

#include "litho/geometry/polygon.h"

namespace reticle {

// A connected region of one set outside the other.
struct OverlayRegion {
  double area_nm2 = 0.0;
  std::vector<Polygon> loops;  // the outer one counterclockwise, then holes, clockwise
  // Maximal parts of the outline of the set that covers the region, and of the set that does not; a
  // whole ring is closed, its first point repeated.
  std::vector<Polygon> own, other;
};

// Rings as from rings_of() and print_outline(). Where outlines cross, they do so at single points: edges
// of the two sets must not lie on one another.
class Overlay {
 public:
  Overlay(std::span<const Polygon> a, std::span<const Polygon> b);

  double area_a_nm2() const { return area_a_; }
  double area_b_nm2() const { return area_b_; }
  double only_a_nm2() const;
  double only_b_nm2() const { return area_b_ - area_a_ + only_a_nm2(); }
  double differing_nm2() const { return only_a_nm2() + only_b_nm2(); }
  double common_nm2() const { return area_a_ - only_a_nm2(); }

  std::vector<OverlayRegion> only_a() const { return regions(a_, b_); }
  std::vector<OverlayRegion> only_b() const { return regions(b_, a_); }

 private:
  struct Stop {  // a crossing, on one of the two rings
    int crossing;
    int edge;     // it lies on
    double part;  // of the edge
    bool enters;  // the other set
  };
  struct Side {
    std::span<const Polygon> rings;
    std::vector<std::vector<Stop>> stops;  // [ring], along it
    std::vector<char> inside;              // [ring] without crossings: whether it lies in the other set
    std::vector<std::pair<int, int>> at;   // [crossing] ring and place among its stops
  };
  void find_crossings();
  void sort(Side& side) const;
  void place_uncrossed(Side& side, const Side& other) const;
  Polygon forwards(const Side& side, int ring, const Stop& from, const Stop& to) const;
  std::vector<OverlayRegion> regions(const Side& own, const Side& other) const;

  Side a_, b_;
  std::vector<Point> crossings_;
  double area_a_ = 0.0, area_b_ = 0.0;
};

}  // namespace reticle
