// SPDX-License-Identifier: Apache-2.0
// Gauges: cuts across one line or space each, where its printed width (CD) is read.
//
// A gauge starts and ends outside the feature it measures, its midpoint lies within. The printed edges
// are the crossings of the image in resist with the threshold that are nearest to the midpoint, one on
// either side, found on the image itself to 1e-9 nm.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kernels/base/spectrum.h"
#include "litho/geometry/polygon.h"
#include "litho/imaging/optical_model.h"
#include "litho/metrology/line_profile.h"

namespace reticle {

struct Gauge {
  std::string name;
  Point from, to;
  double cd_nm = 0.0;  // what the feature should measure, or did; 0: not stated
  double weight = 1.0;
  // Of a measurement: where and how it was exposed.
  std::string pattern{};                // of several inputs, the one the gauge lies in; empty: the only one
  std::optional<double> focus_nm{};     // none: the nominal one
  double exposure = 1.0;                // relative to the model's, multiplies the intensity

  double length_nm() const;
  Point middle() const { return {0.5 * (from.x + to.x), 0.5 * (from.y + to.y)}; }
};

// Throws Error(bad_input) naming the gauge if it has no length or no name, a CD that is negative or
// longer than itself, a negative weight, or an end outside the window.
void validate(const Gauge& gauge, const Box& window);

// What is measured: a feature brighter than its surroundings, or darker.
enum class Tone { bright, dark };

enum class GaugeStatus {
  measured,
  lost,      // the feature does not print: its CD is 0
  unbounded  // no edge between the midpoint and an end of the gauge: merged, or the gauge is too short
};
const char* name_of(GaugeStatus status);

struct GaugeReading {
  GaugeStatus status = GaugeStatus::measured;
  double cd_nm = 0.0;             // 0 where lost; up to the gauge's end where unbounded
  double low_nm = 0.0;            // the edges, from the gauge's start
  double high_nm = 0.0;
  double placement_nm = 0.0;      // of the middle between the edges, from the gauge's middle, along the gauge
  // At the edges, the mean of both; 0 unless measured.
  double log_slope_per_nm = 0.0;  // |d ln R / ds|
  double nils = 0.0;              // times the CD
};

// The image in resist along one gauge, of one mask at one focus. Exposure scales it, so one profile
// serves every exposure.
class GaugeProfile {
 public:
  // aerial: coefficients of the field's aerial image at exposure 1.
  GaugeProfile(const Spectrum<double>& aerial, const Box& field, const ResistModel& resist,
               const Gauge& gauge);

  // Of the feature in the middle: brighter or darker than the mean along the gauge.
  Tone tone() const;
  // (max - min) / (max + min) along the gauge.
  double contrast() const;
  double resist_at(double s_nm) const;
  // Exposure: relative to the model's, multiplies the intensity.
  GaugeReading read(Tone tone, double exposure = 1.0) const;

 private:
  struct Edge {
    double at_nm;
    bool found;
  };
  bool inside(double value, double level, Tone tone) const;
  std::optional<std::size_t> start_inside(double level, Tone tone) const;
  Edge edge_from(std::size_t start, int step, double level, Tone tone) const;
  double log_slope(double s_nm) const;

  LineProfile linear_;                   // every term but the slope's
  std::optional<LineProfile> diffused_;  // of the slope term
  double slope_nm_;
  double threshold_;
  double length_nm_;
  double step_nm_;
  std::vector<double> samples_;  // from end to end
};

}  // namespace reticle
