// SPDX-License-Identifier: Apache-2.0
// A small partially coherent model and layouts to tile with it.
#pragma once

#include <cmath>
#include <complex>
#include <random>
#include <vector>

#include "litho/chip/ilt_tiles.h"
#include "litho/geometry/box.h"
#include "litho/imaging/optical_model.h"

namespace reticle::test {

// Annulus of seven coherent systems, wavelength 193 nm, NA 0.9, in and out of focus; 1024 nm period.
inline OpticalModel annular_model() {
  OpticalModel model;
  model.period_x_nm = model.period_y_nm = 1024.0;
  model.resist.threshold = 0.3;
  constexpr int half = 8;
  constexpr double cutoff = 1024.0 * 0.9 / 193.0;
  for (const double phase : {0.0, 1.0}) {
    SocsKernels set{.name = phase == 0.0 ? "focus" : "defocus", .half_x = half, .half_y = half};
    for (int source = 0; source < 7; ++source) {
      const double angle = 2 * 3.14159265358979 * source / 7;
      set.weights.push_back(1.0 / 7);
      for (int n = -half; n <= half; ++n)
        for (int m = -half; m <= half; ++m) {
          const double fx = m / cutoff + 0.6 * std::cos(angle), fy = n / cutoff + 0.6 * std::sin(angle);
          const double r2 = fx * fx + fy * fy;
          // A soft edge of the pupil keeps the point spread short.
          const double pass = 1.0 / (1.0 + std::exp(20.0 * (std::sqrt(r2) - 1.0)));
          set.coefficients.push_back(std::polar(pass, phase * r2));
        }
    }
    model.conditions.push_back(std::move(set));
  }
  return model;
}

inline Polygon rectangle(double x0, double y0, double x1, double y1) {
  return {{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}};
}

// Vertical bars of random lengths in [0, size]^2, shifted.
inline std::vector<Polygon> random_bars(double size, double dx = 0.0, double dy = 0.0) {
  std::mt19937 generator(5);
  std::vector<Polygon> bars;
  for (double x = 60; x + 90 < size; x += 200)
    for (double y = 40; y < size - 200;) {
      const double end = std::min(size - 40, y + 160 + 4.0 * static_cast<double>(generator() % 100));
      bars.push_back(rectangle(x + dx, y + dy, x + 90 + dx, end + dy));
      y = end + 120;
    }
  return bars;
}

inline GeometrySource source_of(std::vector<Polygon> polygons) {
  return [polygons = std::move(polygons)](const Box& box) {
    std::vector<Polygon> found;
    for (const Polygon& p : polygons)
      if (overlap(bounds_of(p), box)) found.push_back(p);
    return found;
  };
}

inline IltSettings quick_tile_settings(const OpticalModel& model) {
  IltSettings settings{.mask_pixel_nm = 2.0};
  settings.levels = {{.coarseness = 8, .iterations = 40, .rate = 0.2, .resist_slope = {6, 12},
                      .band_weight = 1.0},
                     {.coarseness = 4, .iterations = 30, .rate = 0.1, .mask_slope = {4, 8},
                      .resist_slope = {12, 24}, .band_weight = 1.0}};
  return resolved(settings, model);
}

}  // namespace reticle::test
