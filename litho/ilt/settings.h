// SPDX-License-Identifier: Apache-2.0
// IltSettings: what inverse lithography optimises, and how. One struct a recipe fills, checked once.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "litho/ilt/scale.h"
#include "litho/imaging/optical_model.h"
#include "litho/metrology/edge_placement.h"
#include "litho/rules/mask_rule_set.h"

namespace reticle {

// A length that follows from the model (default_lengths()).
inline constexpr double k_from_model = -1.0;

// A process condition of the window: which focus of the model, which dose, and how much the print
// there should equal the target.
struct ProcessCorner {
  std::string name;
  std::string condition;  // of the model
  double dose = 1.0;      // multiplies the mask's amplitude, so intensity by dose^2
  double weight = 0.0;    // of the area in which print and target differ
  double mask_bias_nm = 0.0;  // error of the mask's CD: what is drawn is wider by this (wafer scale)
};

// The area between the prints at two corners.
struct ProcessBand {
  std::string outer = "outer";
  std::string inner = "inner";
  double weight_factor = 1.0;  // times the level's band_weight
};

enum class Optimizer { adam, lbfgs };

// A value that moves geometrically from first to last over a level's iterations.
struct Ramp {
  double first = 1.0;
  double last = 1.0;
  double at(double fraction) const;  // 0 -> first, 1 -> last
};

// Optimisation on one working grid. Levels run one after another, coarse to fine.
struct IltLevel {
  double pixel_nm = 0.0;  // of the working grid, at most: the next whole number of mask pixels below it that is
                          // a power of two; 0: coarseness says
  int coarseness = 8;     // pixel of the working grid, in mask pixels
  int iterations = 100;
  int tile_iterations = -1;  // the same of a layout's tiles; -1: as many
  Optimizer optimizer = Optimizer::adam;
  double rate = 0.1;          // Adam's first step; falls to 0.06 of it as a half cosine
  double adam_beta1 = 0.9, adam_beta2 = 0.999;  // its memories: what a step keeps of the mean gradient and of its mean square
  Ramp mask_slope{4.0, 4.0};  // of the sigmoid from parameter to transmission
  Ramp resist_slope{7.0, 45.0};    // of the sigmoid from intensity to print, per threshold of intensity
  double band_weight = 2.0;        // of the process-variation band against the nominal print
  double band_grey = 0.0;          // of the grey of its prints beside the square: 1 makes it the band's area (window_terms.h)
  double corner_weight = 0.0;      // extra weight of every corner's own difference from the target
  // Emphasis of edges printed in the wrong place, gained at every look, one in `emphasis_interval`
  // iterations (edge_emphasis.h), up to a bound; 0: none.
  double emphasis_gain = 0.0;
  double emphasis_most = 0.3;
  double emphasis_fine = 0.15;  // bound for edges a little beyond edge_fine_tolerance_nm
  double emphasis_reach = 0.0;  // tolerances, beyond which an edge is let go unless its shape is lost; 0: none is
  int emphasis_interval = 10;
  // Before its first iteration the mask is made to obey the rules, and then only its edges move: the
  // mask may change within this distance of them. 0: not, the mask changes anywhere.
  double edge_band_nm = 0.0;
  // Iterations between looks at the mask as it is cut, whose image the level then goes by (unresolved.h): for pixels
  // as wide as the errors that count. 0: the sigmoid's on the level's own grid is near enough.
  int cut_interval = 0;
  // Stops a level once the loss has fallen by less than this fraction over ten iterations; 0: never.
  double stop_fraction = 0.0;
};

struct IltSettings {
  double mask_pixel_nm = k_from_model;  // of the final mask; must divide the model's period
  double mask_pixel_at_most_nm = k_from_model;  // where the pixel is not given: the largest round one up to this
  double start_contrast = 0.9812;  // parameters start as contrast * (blurred target - 1/2)
  double start_blur_nm = k_from_model;  // standard deviation of the blur of the start
  std::vector<ProcessCorner> corners;  // empty: nominal, outer and inner from dose_latitude
  std::vector<ProcessBand> bands;      // empty: outer to inner
  double dose_latitude = 0.02;         // outer: first focus at 1 + this; inner: last focus at 1 - this
  std::vector<IltLevel> levels;        // empty: default_levels(), emphasis_most times the square of how much wider the rules are
                                       // than by default
  double total_variation = 0.0;        // weight per nm of contour length
  double curvature = 0.0;              // weight of the squared Laplacian
  double discreteness = 0.0;           // weight of grey area
  // What the final mask obeys; widths, spaces and areas follow from the model.
  MaskRuleSet mask_rules{.minimum_width_nm = k_from_model, .minimum_space_nm = k_from_model,
                         .minimum_area_nm2 = k_from_model, .minimum_hole_area_nm2 = k_from_model};
  // Assist features stand within this distance of what is drawn; 0: anywhere.
  double assist_reach_nm = 0.0;
  // Nothing but drawn shapes prints at 1 + this times the dose, in any condition; negative: unchecked.
  double assist_dose_margin = 0.05;
  // Half width of the frame around the window, beyond which the mask is frozen at the target;
  // negative: the whole field may change.
  double free_margin_nm = -1.0;
  double edge_site_spacing_nm = k_from_model;  // of the EPE sites in the report
  double edge_short_nm = k_from_model;         // an edge up to this length has one site, in its middle
  double edge_tolerance_nm = k_from_model;     // an EPE above it is a violation, and what emphasis looks for
  double edge_fine_tolerance_nm = k_from_model;  // what emphasis brings edges within that are a little beyond it
  double edge_search_nm = k_from_model;        // how far from a site a contour is looked for
};

// At which nothing but drawn shapes prints: more light where features print exposed, less elsewhere.
double assist_dose(const IltSettings& settings, const OpticalModel& model);

// Whether levels weigh edges by how far beyond edge_tolerance_nm they print: then it decides masks.
bool weighs_misplaced_edges(const IltSettings& settings);

// How the settings' edge-placement sites are measured.
EdgePlacementSettings edge_placement(const IltSettings& settings);

// The sites that emphasis looks at: as the model has them, whatever a report is asked to measure, but for the tolerance,
// which half a mask pixel bounds.
EdgePlacementSettings emphasized_sites(const IltSettings& settings, const OpticalModel& model);

// One of the lengths that follow from the model: a part of lambda/NA, rounded. The factors are those of the
// recipe that was tuned on the ICCAD-2013 contest's clips and model, where they give its own rules of 40, 80
// and 15 nm; areas are the squares of lengths.
struct DefaultLength {
  const char* key;
  double IltSettings::*place;
  double resolutions;
  int digits;
  const char* why;
};
std::span<const DefaultLength> default_lengths();
inline constexpr double k_rule_resolutions = 0.0805;       // narrowest part and gap of a mask, times lambda/NA
inline constexpr double k_pixel_resolutions = 1.0 / 140.0;  // a mask's pixel at most, times lambda/NA

// Schedules that reach the quality quoted in bench/README in under a second a clip, for a lambda/NA.
std::vector<IltLevel> default_levels(double resolution_nm);

// Mask pixels to a side of a level's working pixel.
int coarseness_of(const IltLevel& level, double mask_pixel_nm);

// The settings with every length that follows from the model, and every empty list, filled in for it.
// Throws Error(bad_input), naming key, value and allowed range, if a value is out of range, a corner
// or band names what is not there, or the mask pixel does not divide the model's period.
IltSettings resolved(IltSettings settings, const OpticalModel& model);

// What of resolved settings cannot work, or will not work well, for a design of this smallest width and space (0: not
// known): one line each, naming key, value and remedy.
std::vector<std::string> remarks(const IltSettings& settings, const OpticalModel& model, double smallest_width_nm,
                                 double smallest_space_nm);

}  // namespace reticle
