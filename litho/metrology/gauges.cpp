// SPDX-License-Identifier: Apache-2.0
#include "litho/metrology/gauges.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <sstream>

#include "kernels/base/error.h"
#include "litho/imaging/simulator.h"

namespace reticle {

namespace {

constexpr double k_sample_nm = 1.0;  // images of light have no detail finer than tens of nm
constexpr double k_crossing_nm = 1e-9;

ResistModel without_slope(ResistModel resist) {
  resist.slope_nm = 0.0;
  return resist;
}

Spectrum<double> exposed(Spectrum<double> aerial, const Box& field, const ResistModel& resist) {
  expose(aerial, field.width(), field.height(), resist);
  return aerial;
}

}  // namespace

double Gauge::length_nm() const { return std::hypot(to.x - from.x, to.y - from.y); }

void validate(const Gauge& gauge, const Box& window) {
  const auto require = [&](bool ok, const std::string& what) {
    if (!ok) throw Error(ErrorCode::bad_input, "gauge '" + gauge.name + "': " + what);
  };
  require(!gauge.name.empty(), "it has no name");
  require(std::isfinite(gauge.length_nm()) && gauge.length_nm() > 1e-6,
          "its two ends are the same point or not finite");
  require(gauge.cd_nm >= 0.0 && gauge.cd_nm < gauge.length_nm(),
          "a CD of " + std::to_string(gauge.cd_nm) + " nm does not fit its length of " +
              std::to_string(gauge.length_nm()) + " nm");
  require(std::isfinite(gauge.weight) && gauge.weight >= 0.0, "its weight must be 0 or more");
  require(std::isfinite(gauge.exposure) && gauge.exposure > 0.0, "its exposure must be above 0");
  for (const Point& end : {gauge.from, gauge.to}) {
    std::ostringstream where;
    where << "its end (" << end.x << ", " << end.y << ") nm lies outside the layout, " << window.x0
          << " to " << window.x1 << " in x and " << window.y0 << " to " << window.y1 << " in y";
    require(end.x >= window.x0 && end.x <= window.x1 && end.y >= window.y0 && end.y <= window.y1,
            where.str());
  }
}

const char* name_of(GaugeStatus status) {
  switch (status) {
    case GaugeStatus::measured: return "measured";
    case GaugeStatus::lost: return "does not print";
    case GaugeStatus::unbounded: return "no crossing";
  }
  return "";
}

GaugeProfile::GaugeProfile(const Spectrum<double>& aerial, const Box& field,
                           const ResistModel& resist, const Gauge& gauge)
    : linear_(exposed(aerial, field, without_slope(resist)), field, gauge.from, gauge.to),
      slope_nm_(resist.slope_nm),
      threshold_(resist.threshold),
      length_nm_(gauge.length_nm()) {
  if (slope_nm_ != 0.0)
    diffused_.emplace(exposed(aerial, field, {.diffusion_nm = resist.diffusion_nm}), field, gauge.from,
                      gauge.to);
  // An even number of steps: the middle is a sample.
  const int steps = 2 * std::max(4, static_cast<int>(std::ceil(0.5 * length_nm_ / k_sample_nm)));
  step_nm_ = length_nm_ / steps;
  for (int i = 0; i <= steps; ++i) samples_.push_back(resist_at(i * step_nm_));
}

double GaugeProfile::resist_at(double s_nm) const {
  const double linear = linear_.at(s_nm);
  if (!diffused_) return linear;
  const LineProfile::Gradient gradient = diffused_->gradient(s_nm);
  return linear + slope_nm_ * std::hypot(gradient.along, gradient.across);
}

Tone GaugeProfile::tone() const {
  const double mean = std::accumulate(samples_.begin(), samples_.end(), 0.0) /
                      static_cast<double>(samples_.size());
  return samples_[samples_.size() / 2] >= mean ? Tone::bright : Tone::dark;
}

double GaugeProfile::contrast() const {
  const auto [low, high] = std::minmax_element(samples_.begin(), samples_.end());
  return *high + *low > 0.0 ? (*high - *low) / (*high + *low) : 0.0;
}

bool GaugeProfile::inside(double value, double level, Tone tone) const {
  return tone == Tone::bright ? value >= level : value < level;
}

// The middle, or the extremum next to it where a feature printed off its middle has its edges around.
std::optional<std::size_t> GaugeProfile::start_inside(double level, Tone tone) const {
  const auto more = [&](std::size_t a, std::size_t b) {
    return tone == Tone::bright ? samples_[a] > samples_[b] : samples_[a] < samples_[b];
  };
  // No further than a quarter of the gauge: beyond are the neighbours.
  const std::size_t middle = samples_.size() / 2, reach = middle / 2;
  std::size_t at = middle;
  while (!inside(samples_[at], level, tone)) {
    if (more(at + 1, at) && at < middle + reach && !more(at - 1, at + 1))
      ++at;
    else if (more(at - 1, at) && at > middle - reach)
      --at;
    else
      return std::nullopt;
  }
  return at;
}

GaugeProfile::Edge GaugeProfile::edge_from(std::size_t start, int step, double level,
                                           Tone tone) const {
  const std::size_t last = step > 0 ? samples_.size() - 1 : 0;
  for (std::size_t i = start; i != last; i += static_cast<std::size_t>(step)) {
    const std::size_t next = i + static_cast<std::size_t>(step);
    if (inside(samples_[next], level, tone)) continue;
    double in = static_cast<double>(i) * step_nm_, out = static_cast<double>(next) * step_nm_;
    while (std::abs(out - in) > k_crossing_nm) {
      const double middle = 0.5 * (in + out);
      (inside(resist_at(middle), level, tone) ? in : out) = middle;
    }
    return {0.5 * (in + out), true};
  }
  return {static_cast<double>(last) * step_nm_, false};
}

double GaugeProfile::log_slope(double s_nm) const {
  // Central difference of fourth order: exact to 1e-8 for anything light can draw.
  constexpr double h = 0.1;
  const double slope = (8.0 * (resist_at(s_nm + h) - resist_at(s_nm - h)) -
                        (resist_at(s_nm + 2.0 * h) - resist_at(s_nm - 2.0 * h))) / (12.0 * h);
  return std::abs(slope) / resist_at(s_nm);
}

GaugeReading GaugeProfile::read(Tone tone, double exposure) const {
  const double level = threshold_ / exposure;
  const std::optional<std::size_t> start = start_inside(level, tone);
  if (!start) {
    const double middle = 0.5 * length_nm_;
    return {.status = GaugeStatus::lost, .low_nm = middle, .high_nm = middle};
  }
  const Edge low = edge_from(*start, -1, level, tone), high = edge_from(*start, 1, level, tone);
  GaugeReading reading{.cd_nm = high.at_nm - low.at_nm, .low_nm = low.at_nm, .high_nm = high.at_nm};
  if (!low.found || !high.found) {
    reading.status = GaugeStatus::unbounded;
    return reading;
  }
  reading.log_slope_per_nm = 0.5 * (log_slope(low.at_nm) + log_slope(high.at_nm));
  reading.nils = reading.cd_nm * reading.log_slope_per_nm;
  reading.placement_nm = 0.5 * (low.at_nm + high.at_nm - length_nm_);
  return reading;
}

}  // namespace reticle
