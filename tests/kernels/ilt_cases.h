// SPDX-License-Identifier: Apache-2.0
// Small problems of inverse lithography, and what any engine's batch must do with them.
#pragma once

#include <complex>
#include <ostream>
#include <string>
#include <vector>

#include "kernels/engine/engine.h"

namespace reticle {

struct IltCase {
  std::string name;
  int rows, cols, half_x, half_y;
  int kernels[2];  // of the two conditions
  double diffusion_nm = 0.0, flare = 0.0, density = 0.0;
  float total_variation = 0.0f, curvature = 0.0f, discreteness = 0.0f;
  double slope_nm = 0.0;
  std::complex<double> mask_offset{0.0};
  float outer_weight = 0.25f;  // of print against target at the outer corner
  int band_outer = 1, band_inner = 2;
  float band_grey = 0.0f;
  bool weighted = false;  // weights, frozen pixels and what the parameters do not resolve

  ImagingProblem problem() const;
  ImagingProblem coarse_problem() const;  // on another grid over the same field
  IltTerms terms() const;
};

// As test runners name it.
inline std::ostream& operator<<(std::ostream& out, const IltCase& tested) { return out << tested.name; }

std::vector<IltCase> ilt_cases();

// Losses, gradient, three steps of Adam, vector algebra and the cut mask of a batch of two clips.
void expect_agreement(IltBatch& batch, IltBatch& expected, const IltCase& tested);
// Targets from outlines and parameters from a coarser batch, as the reference engine makes them.
void expect_same_inputs(IltBatch& batch, IltBatch& coarse, IltBatch& expected, IltBatch& expected_coarse,
                        const IltCase& tested);
// Images and prints of two masks, one given as pixels and one as orders, then of the others' swapped.
void expect_same_images(ImageBatch& batch, ImageBatch& expected, const IltCase& tested);
// Images of a grey mask in the engine's memory at a dose, and the gradient of a random function of them.
void expect_same_pixel_images(PixelImages& images, PixelImages& expected, const IltCase& tested);
// Losses and parameters after five steps are equal, bit for bit.
void expect_same_bits(IltBatch& a, IltBatch& b, const IltCase& tested);
// The last of `among`'s clips comes out as the one of `alone`.
void expect_clip_independent_of_batch(IltBatch& alone, IltBatch& among, const IltCase& tested);
// Clips brought piece by piece and fetched by several threads at once are those brought whole and in turn, bit for bit;
// batches of as many clips.
void expect_same_by_threads(IltBatch& by_threads, IltBatch& in_turn, const IltCase& tested);

}  // namespace reticle
