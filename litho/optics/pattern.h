// Mask patterns without a layout file: shapes of complex transmission in a rectangular period.
#pragma once

#include <complex>
#include <string>
#include <vector>

#include "kernels/base/spectrum.h"
#include "litho/geometry/polygon.h"

namespace reticle {

struct PatternShape {
  Polygon polygon;                         // nm, in the period's coordinates
  std::complex<double> transmission{1.0};  // amplitude
};

// What a thick mask does to its edges, in a first approximation: a strip on the clear side of every edge,
// whose transmission is the clear side's times a factor of its own, by the edge's direction (slanted ones
// mix by the squares of their direction cosines). Strips overlap at corners: what they take off counts
// twice there. [Tirapu-Azpiroz, Burchard & Yablonovitch 2003, Proc. SPIE 5040, 1611]
struct EdgeLayer {
  double width_nm = 0.0;  // 0: a thin mask
  std::complex<double> along_x{1.0};  // of edges that run along x
  std::complex<double> along_y{1.0};
};

// Transmission is `background` everywhere and a shape's own inside it; shapes must not overlap.
struct Pattern {
  double period_x_nm = 0.0;
  double period_y_nm = 0.0;
  std::complex<double> background{0.0};
  std::vector<PatternShape> shapes;
  EdgeLayer edges{};
};

// Analytic Fourier coefficients: background delta + sum (t - background) polygon coefficients, and the
// strips of the edges.
// Throws Error(bad_input) for a period that is not positive or a shape of fewer than three points.
Spectrum<double> pattern_spectrum(const Pattern& pattern, int half_x, int half_y);

// Mean of |t|^2 over the period: what flare is in proportion to.
double mean_transmission(const Pattern& pattern);

// Test patterns; sizes in nm, clear shapes on a dark background unless told.
// Lines along y of the given width, one a period.
Pattern line_space(double pitch_nm, double width_nm);
// One line in the middle of a period wide enough to stand alone.
Pattern isolated_line(double width_nm, double period_nm);
Pattern contact_array(double pitch_x_nm, double pitch_y_nm, double width_nm, double height_nm);
// `lines` lines at the pitch, then a clear period of as much again.
Pattern dense_to_isolated(double pitch_nm, double width_nm, int lines);
// Two lines end to end with a gap, one pair a period.
Pattern tip_to_tip(double width_nm, double gap_nm, double pitch_x_nm, double pitch_y_nm);

// The transmission of attenuated phase-shifting film: root of the intensity part, turned by the phase.
std::complex<double> attenuated(double intensity, double phase_deg = 180.0);
// Every shape's edges moved outwards by bias / 2. An edge that coincides with one of another shape of the
// same transmission, or of a neighbouring period, is none and stays.
Pattern biased(Pattern pattern, double bias_nm);

}  // namespace reticle
