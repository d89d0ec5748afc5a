// SPDX-License-Identifier: Apache-2.0
// Mask patterns without a layout file: shapes of complex transmission in a rectangular period.
#pragma once

#include <complex>
#include <string>
#include <vector>

#include "kernels/base/spectrum.h"
#include "litho/geometry/polygon.h"
#include "litho/imaging/mask_model.h"

namespace reticle {

struct PatternShape {
  Polygon polygon;                         // nm, in the period's coordinates
  std::complex<double> transmission{1.0};  // amplitude
};

// Transmission is `background` everywhere and a shape's own inside it. Shapes may lie across the border of
// the period and touch each other and their own copies, but overlap neither. Edges are where the
// transmission changes: shapes of one transmission that touch act as one, in bias and edges, and a shape of
// the background's transmission is background.
struct Pattern {
  double period_x_nm = 0.0;
  double period_y_nm = 0.0;
  std::complex<double> background{0.0};
  std::vector<PatternShape> shapes;
  EdgeLayer edges{};
  double bias_nm = 0.0;  // edges towards the background move outwards by half of it
};

// Throws Error(bad_input) for a period that is not positive, and for shapes, counted from 1, that cross
// themselves, have no area or overlap each other or a copy of themselves by more than 1e-6 nm.
void validate(const Pattern& pattern);

// The shapes with their bias, within the period, those of one transmission cut up in some way; as drawn if
// there is none. The outline of all shapes together moves, corners to where moved edges meet, sharp ones
// (below 11.5 degrees) no farther than ten times as far as edges; what is narrower than the bias vanishes.
// A boundary between two shapes that touch stays where it is. Where growing shapes of different
// transmission meet, a point is that one's whose edge has to move least to reach it: a gap is shared
// halfway. Validates the pattern.
std::vector<PatternShape> mask_shapes(const Pattern& pattern);
// Of shapes known to be valid, such as a layout's merged polygons.
std::vector<PatternShape> unchecked_mask_shapes(const Pattern& pattern);

// Analytic Fourier coefficients: background delta + sum (t - background) polygon coefficients, and the
// strips of the edges. Validates the pattern.
Spectrum<double> pattern_spectrum(const Pattern& pattern, int half_x, int half_y);
// Of shapes known to be valid.
Spectrum<double> unchecked_pattern_spectrum(const Pattern& pattern, int half_x, int half_y);

// Mean of |t|^2 over the period: what flare is in proportion to. Validates the pattern.
double mean_transmission(const Pattern& pattern);

// Test patterns: clear shapes on a dark background unless told, sizes in nm, coordinates from the period's
// lower left corner. Throw Error(bad_input) for sizes that do not fit the period.
// One line along y a period, centred at x = pitch / 2; the period is pitch x pitch.
Pattern line_space(double pitch_nm, double width_nm);
// One line centred at x = period / 2 of a period wide enough to stand alone.
Pattern isolated_line(double width_nm, double period_nm);
// One contact a period, centred at (pitch_x / 2, pitch_y / 2).
Pattern contact_array(double pitch_x_nm, double pitch_y_nm, double width_nm, double height_nm);
// `lines` lines along y in the middle half of a period of 2 lines pitch x pitch, the first centred at
// x = (lines + 1) pitch / 2; a quarter of the period on either side is empty.
Pattern dense_to_isolated(double pitch_nm, double width_nm, int lines);
// Lines along y, centred at x = pitch_x / 2, that go on in the next period; each is cut once a period by a
// gap centred at y = pitch_y / 2.
Pattern tip_to_tip(double width_nm, double gap_nm, double pitch_x_nm, double pitch_y_nm);

// The transmission of attenuated phase-shifting film: root of the intensity part, turned by the phase.
std::complex<double> attenuated(double intensity, double phase_deg = 180.0);
// With so much more bias.
Pattern biased(Pattern pattern, double bias_nm);

}  // namespace reticle
