// SPDX-License-Identifier: Apache-2.0
// Exposure latitude and depth of focus: how far exposure and focus may go while gauges keep their CD.
// [Mack 2007, Fundamental Principles of Optical Lithography, ch. 8]
#pragma once

#include <span>
#include <vector>

#include "litho/metrology/gauges.h"

namespace reticle {

// Exposures from `low` to `high` keep the CD at this focus; none if low >= high. Relative to the
// model's own exposure, as multiples of intensity.
struct FocusSlice {
  double focus_nm = 0.0;
  double low = 0.0;
  double high = 0.0;
};

// The exposures, within 1/k_exposure_reach to k_exposure_reach, at which the CD is at least cd_low_nm and
// at most cd_high_nm; a lost feature is too small, a merged one too large. Ends are exact to 1e-9.
FocusSlice exposure_limits(const GaugeProfile& profile, Tone tone, double cd_low_nm,
                           double cd_high_nm);
inline constexpr double k_exposure_reach = 16.0;

// The same through focus, of one feature's profiles in rising focus, `nominal` the place of that at which its tone is
// stated. Where defocus has turned a line into a space, or the other way about, no exposure keeps the CD, and none does
// beyond, seen from there: what prints again is no part of the window.
std::vector<FocusSlice> limits_through_focus(std::span<const double> focuses_nm, std::span<const GaugeProfile* const> profiles,
                                             std::size_t nominal, Tone tone, double cd_low_nm, double cd_high_nm);

// The exposure at which the feature has this CD; 0 if there is none (dose to size).
double exposure_to_size(const GaugeProfile& profile, Tone tone, double cd_nm);

// Where all windows hold: of slices at the same focuses, one list for each gauge.
// Throws Error(invalid_argument) if the lists differ in length or focus.
std::vector<FocusSlice> common_window(std::span<const std::vector<FocusSlice>> windows);

// A rectangle or an ellipse in the plane of focus and exposure.
struct WindowShape {
  double focus_nm = 0.0;  // of its centre
  double exposure = 0.0;
  double depth_nm = 0.0;  // whole width along focus
  double latitude = 0.0;  // whole height over the exposure of the centre

  double area() const { return depth_nm * latitude; }
};

struct WindowReport {
  std::vector<FocusSlice> limits;       // of all gauges together, in fine steps of focus
  double exposure_latitude = 0.0;       // the largest at one focus
  double best_focus_nm = 0.0;           // where that is
  WindowShape rectangle, ellipse;       // of the largest area; zero where the window is empty
  double rectangle_depth_nm = 0.0;      // depth of focus at the latitude asked for
  double ellipse_depth_nm = 0.0;
  std::vector<WindowShape> rectangles;  // the most latitude for every depth, depth rising
  std::vector<WindowShape> ellipses;
};

// The window where all gauges hold: the slices of each, all at the same focuses.
//
// Between focus planes a gauge's limits follow from those at the planes. The reciprocal of a limit
// is the resist image, over the threshold, at the edge of the narrowest or widest CD allowed, and
// so as smooth in focus as light is: a sum of cosines of focus times differences of the orders'
// longitudinal frequencies. It is interpolated by the polynomial through the six nearest planes, or
// all where there are fewer, of at most fifth order in focus as Bossung data are fitted [Mack &
// Byers 2003, Proc. SPIE 5038, 396]. Straight where a feature is lost within k_exposure_reach. Five
// planes over a window and twenty-one agree within 1 % of its area; where defocus alone merges or
// loses the feature, a limit has a corner that planes find to within their distance. Of several
// gauges the limits are interpolated first: where another gauge takes over, the common limit has a
// corner.
//
// A window of a single focus has a latitude and no depth; that of no gauge is empty.
// Throws Error(invalid_argument) unless focuses rise and each gauge has one, and as
// common_window().
WindowReport measure_window(std::span<const std::vector<FocusSlice>> gauges, double latitude_asked);

}  // namespace reticle
