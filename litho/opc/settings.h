// SPDX-License-Identifier: Apache-2.0
// OpcSettings: how edge-based correction cuts, moves and limits edges. One struct a recipe fills, checked once.
//
// Lengths of 0 are chosen by resolved() in units of the model's resolution length
// r = 1 / (highest frequency that the optics pass) = lambda / (NA (1 + sigma)).
#pragma once

#include <string>
#include <vector>

#include "litho/ilt/settings.h"
#include "litho/imaging/optical_model.h"

namespace reticle {

enum class OpcSolver { feedback, gauss_newton };

// Of the descent on the process window's loss (window_descent.h).
struct DescentSettings {
  int iterations = 0;             // 0: none
  double rate_nm = 0.0;           // Adam's first step, which falls to 0.06 of it as a half cosine; 0: from the model
  double pixel_nm = 0.0;          // of the loss, at most; 0: from the model
  Ramp resist_slope{20.0, 60.0};  // of the sigmoid from intensity to print, per threshold of intensity
  double band_weight = 1.4;       // of the process-variation band against the nominal print
  double placement_weight = 0.0;  // of squares of edge placement errors at sites (site_placement.h)
};
DescentSettings resolved(DescentSettings settings, const OpticalModel& model);

struct OpcSettings {
  OpcSolver solver = OpcSolver::gauss_newton;
  int iterations = 14;
  // Fragments by class; 0: from the model.
  double line_end_nm = 0.0;  // an edge between two convex corners up to this length is one fragment
  double corner_nm = 0.0;    // next to a corner
  double run_nm = 0.0;       // of a long edge, and between the knots of a curve; about
  double facing_nm = 0.0;    // corners of the drawing this near to a long edge cut it where they stand
  double site_spacing_nm = 0.0;
  double corner_rounding_nm = 0.0;  // sites nearer to a corner weigh less
  double max_move_nm = 0.0;
  double mask_grid_nm = 0.0;        // displacements are multiples of it; 0: the mask's pixel
  double window_weight = 0.0;       // of each other corner of the process window against the nominal one
  // At a guard's distance outside (inside) of a site the image is to be below (above) the threshold by this
  // part of it: edges get contrast, and neighbours do not bridge.
  double guard_nm = 0.0;
  double guard_margin = 0.2;
  double guard_weight = 1.0;
  // Then so often: guards that miss the threshold itself at a corner of the window, on the mask's grid, weigh more, and the
  // edges are solved again.
  int fault_rounds = 4;
  double smoothness = 0.005;        // of the difference between neighbouring displacements of an edge
  bool bend_straights = false;      // straight edges that would be cut bend smoothly, as curves do, and do not step
  // Where the print is wanted: outwards of the drawing, and how far off it may be, by class.
  double bias_nm = 0.0;
  double line_end_extension_nm = 0.0;  // on top of the bias
  double line_end_tolerance_nm = 0.0;
  double run_tolerance_nm = 0.0;        // elsewhere
  double corner_radius_nm = 0.0;        // corners may round as discs of this radius do (corner_rounding.h)
  double gain = 0.5;                // of the feedback solver
  double stop_nm = 0.05;            // done once no displacement changes by more
  double stop_fraction = 0.006;     // or once two steps lower the objective by less than this part of it
  DescentSettings descent;          // after the solver
  // Mask rules, from the recipe's; and the shortest fragment.
  double minimum_width_nm = 0.0;
  double minimum_space_nm = 0.0;
};

// 1 / the highest frequency of the model's kernels, nm.
double shortest_wave_nm(const OpticalModel& model);

// The settings with every length of 0 filled in. Throws Error(bad_input), naming key, value and what is
// allowed, for contradictions: fragments shorter than the mask's grid, no room to move.
OpcSettings resolved(OpcSettings settings, const IltSettings& mask, const OpticalModel& model);

}  // namespace reticle
