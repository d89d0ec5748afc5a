// SPDX-License-Identifier: Apache-2.0
#include "litho/metrology/line_profile.h"

#include <cmath>
#include <numbers>

namespace reticle {

namespace {

using Complex = std::complex<double>;

// exp(2 pi i turns), its argument reduced first.
Complex turned(double turns) {
  return std::polar(1.0, 2.0 * std::numbers::pi * (turns - std::round(turns)));
}

}  // namespace

LineProfile::LineProfile(const Spectrum<double>& intensity, const Box& field, Point from, Point to) {
  const double length = std::hypot(to.x - from.x, to.y - from.y);
  const double ux = (to.x - from.x) / length, uy = (to.y - from.y) / length;
  const int half_x = intensity.half_x(), half_y = intensity.half_y();
  std::vector<Complex> along_x, along_y;
  for (int m = -half_x; m <= half_x; ++m)
    along_x.push_back(turned(m * (from.x - field.x0) / field.width()));
  for (int n = -half_y; n <= half_y; ++n)
    along_y.push_back(turned(n * (from.y - field.y0) / field.height()));

  const auto add = [&](Wave& wave, int m, int n) {
    const double fx = m / field.width(), fy = n / field.height();
    const Complex amplitude = intensity.at(m, n) * along_x[static_cast<std::size_t>(m + half_x)] *
                              along_y[static_cast<std::size_t>(n + half_y)];
    wave.frequency_per_nm = fx * ux + fy * uy;
    wave.amplitude += amplitude;
    wave.across += amplitude * Complex(0.0, 2.0 * std::numbers::pi * (fy * ux - fx * uy));
  };
  if (uy == 0.0) {
    for (int m = -half_x; m <= half_x; ++m) {
      waves_.emplace_back();
      for (int n = -half_y; n <= half_y; ++n) add(waves_.back(), m, n);
    }
  } else {
    for (int n = -half_y; n <= half_y; ++n) {
      if (ux == 0.0) waves_.emplace_back();
      for (int m = -half_x; m <= half_x; ++m) {
        if (ux != 0.0) waves_.emplace_back();
        add(waves_.back(), m, n);
      }
    }
  }
}

double LineProfile::at(double s_nm) const {
  double sum = 0.0;
  for (const Wave& wave : waves_) sum += (wave.amplitude * turned(wave.frequency_per_nm * s_nm)).real();
  return sum;
}

LineProfile::Gradient LineProfile::gradient(double s_nm) const {
  Gradient sum;
  for (const Wave& wave : waves_) {
    const Complex phase = turned(wave.frequency_per_nm * s_nm);
    sum.along -= 2.0 * std::numbers::pi * wave.frequency_per_nm * (wave.amplitude * phase).imag();
    sum.across += (wave.across * phase).real();
  }
  return sum;
}

}  // namespace reticle
