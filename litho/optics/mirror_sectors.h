// SPDX-License-Identifier: Apache-2.0
// Mirror symmetries of an optical system, and the bases of orders in which its TCC falls into blocks.
//
// If source and pupil are unchanged by a group of flips g of the axes, TCC(g f, g f') = TCC(f, f'), and
// with the characters chi of the group the vectors sum_g chi(g) |g f> / norm split the orders into
// sectors between which the TCC vanishes. [Tinkham 1964, Group Theory and Quantum Mechanics, ch. 3]
#pragma once

#include <array>
#include <complex>
#include <span>
#include <utility>
#include <vector>

#include "litho/optics/coherent_rows.h"
#include "litho/optics/settings.h"
#include "litho/optics/source.h"

namespace reticle {

// Signs that multiply the two axes: {-1, 1} is the mirror that turns x round.
struct Flip {
  int x = 1;
  int y = 1;
};

// The flips that leave source and pupil alone, identity first: 1, 2 or 4 of them.
std::vector<Flip> mirror_group(const OpticsSettings& settings, std::span<const SourcePoint> source);

// One point of each orbit of the group, with the whole orbit's weight.
std::vector<SourcePoint> one_of_each_orbit(std::span<const SourcePoint> source,
                                           std::span<const Flip> group);

// Orthonormal real basis of one sector; each vector mixes up to four orders of the window.
class OrderSector {
 public:
  struct Vector {
    std::array<int, 4> orders;  // places in the window's storage
    std::array<double, 4> parts;
    int count = 0;
  };
  explicit OrderSector(std::vector<Vector> basis) : basis_(std::move(basis)) {}

  int size() const { return static_cast<int>(basis_.size()); }
  const Vector& operator[](int i) const { return basis_[static_cast<std::size_t>(i)]; }
  // The row of given components.
  void unfold(const std::complex<double>* components, std::span<std::complex<double>> row) const;

 private:
  std::vector<Vector> basis_;
};

// Bases of all sectors of the orders that some source point can carry through the pupil.
std::vector<OrderSector> order_sectors(const OpticsSettings& settings,
                                       std::span<const SourcePoint> source,
                                       std::span<const Flip> group);

}  // namespace reticle
