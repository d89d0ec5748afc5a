// SPDX-License-Identifier: Apache-2.0
// What verification asks of a print: the corners of the process window and a limit for each check.
#pragma once

#include <string>
#include <vector>

#include "litho/ilt/settings.h"
#include "litho/imaging/optical_model.h"
#include "litho/rules/mask_rule_set.h"

namespace reticle {

// Every rule left out.
MaskRuleSet no_mask_rules();

// Lengths of -1 follow from the model: the fractions of lambda / NA that verify_settings.cpp states. A
// limit of 0 leaves its check out, but for those where it says otherwise.
struct VerifySettings {
  std::vector<ProcessCorner> corners;  // the first is the nominal one; empty: nominal, outer and inner
  ProcessBand band;                    // corners between which variation counts
  double dose_latitude = 0.02;         // of those three

  double site_spacing_nm = -1.0;     // of the edge sites, and from a corner to the first
  double search_range_nm = -1.0;     // how far from a site a contour is looked for
  double corner_zone_nm = -1.0;      // edge sites this near to a corner are a corner's
  double line_end_width_nm = -1.0;   // an edge between convex corners, not longer, ends a line
  double contact_size_nm = -1.0;     // shapes not larger either way are contacts
  // Corners may round by discs of this radius (corner_rounding.h): edge errors are stated against that outline too,
  // beside those against the drawn one, which alone is judged. 0: not stated.
  double corner_radius_nm = 0.0;

  // Largest distance of contour and drawn edge at the nominal corner, times window_factor at others.
  double epe_run_nm = -1.0, epe_line_end_nm = -1.0, epe_corner_nm = -1.0;
  double pullback_nm = -1.0;
  double window_factor = 1.5;

  // A print may be as narrow as the smaller of a length and a part of what is drawn there.
  double pinch_nm = -1.0, pinch_part = 0.7;
  double space_nm = -1.0, space_part = 0.7;

  double extra_area_nm2 = 0.0;  // what prints beside the drawn shapes may be as large; 0: nothing may
  double hole_area_nm2 = 0.0;   // likewise
  double contact_area_part = 0.6;
  double roundness = 0.75;      // 4 pi area / perimeter^2; 1: a circle
  double enclosure_nm = 0.0;    // of the second layer by the print; 0: it may touch the edge, not cross it
  double band_nm = -1.0;
  double nils = 0.8;
  double ils_per_um = 0.0;
  double meef = 0.0;

  MaskRuleSet mask_rules = no_mask_rules();  // of the mask itself
};

// Those that judge a correction by what it was made for: its corners, nominal first, its band, its edge sites and
// their tolerance. Both are resolved.
VerifySettings verify_settings(const IltSettings& correction, const OpticalModel& model);

// With everything filled in for this model. Throws Error(bad_input) naming key, value and range.
VerifySettings resolved_limits(VerifySettings settings, const OpticalModel& model);

// lambda / NA, the length that limits scale with.
double resolution_nm(const OpticalModel& model);

}  // namespace reticle
