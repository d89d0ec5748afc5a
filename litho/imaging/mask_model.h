// SPDX-License-Identifier: Apache-2.0
// MaskModel: what a mask does to light, where something is drawn and where not.
//
//   t(r) = background + (drawn - background) G(blur) m(r) + edges,   m = 1 where drawn, 0 elsewhere
//
// m may be grey, 0..1: then t lies on the line between the two amplitude transmissions. The drawn side is
// clear (a dark field: contacts, trenches) or the film itself (a bright field: lines, waveguides). All
// lengths are at wafer scale.
#pragma once

#include <complex>
#include <string>
#include <vector>

namespace reticle {

enum class DrawnSide {
  clear,   // light passes where something is drawn, the film is everywhere else
  opaque,  // the film stands where something is drawn, light passes everywhere else
};

// What a thick mask does to its edges, in a first approximation: a strip on the clear side of every edge,
// on both where they are equally clear, whose transmission is the clear side's times a factor of its own,
// by the edge's direction (slanted ones mix by the squares of their direction cosines). Strips overlap at
// corners: what they take off counts twice there. Nor do they end where the clear side is narrower than they are.
// [Tirapu-Azpiroz, Burchard & Yablonovitch 2003, Proc. SPIE 5040, 1611]
struct EdgeLayer {
  double width_nm = 0.0;  // 0: a thin mask
  std::complex<double> along_x{1.0};  // of edges that run along x
  std::complex<double> along_y{1.0};
  bool operator==(const EdgeLayer&) const = default;
};

// A layer of a mask of several, such as the shifters of an alternating one.
struct TransmissionLayer {
  std::string name;
  double transmission = 1.0;  // of intensity
  double phase_deg = 0.0;
  bool operator==(const TransmissionLayer&) const = default;
};

struct MaskModel {
  double transmission = 0.0;   // of the film, of intensity: 0 for chrome, 0.06 for a usual attenuated one
  double phase_deg = 180.0;    // of the film against clear glass
  DrawnSide drawn_side = DrawnSide::clear;
  std::vector<TransmissionLayer> layers;  // those with a transmission of their own; where none is drawn, the background
  double bias_nm = 0.0;        // of the width of what is drawn: edges move outwards by half of it
  double blur_x_nm = 0.0;      // standard deviation: the mask writer's, which rounds corners
  double blur_y_nm = 0.0;
  EdgeLayer edges;

  std::complex<double> film() const;        // amplitude
  std::complex<double> drawn() const { return drawn_side == DrawnSide::clear ? 1.0 : film(); }
  std::complex<double> background() const { return drawn_side == DrawnSide::clear ? film() : 1.0; }
  std::complex<double> step() const { return drawn() - background(); }
  bool is_plain() const { return *this == MaskModel{}; }  // binary, clear where drawn, nothing else
  bool operator==(const MaskModel&) const = default;
};

std::complex<double> amplitude(double transmission, double phase_deg);

// The layer's amplitude transmission. Throws Error(bad_input) naming the layers there are.
std::complex<double> layer_amplitude(const MaskModel& mask, const std::string& name);

// "attenuated, 6 % at 180 deg, drawn side opaque, bias 2 nm, ..."
std::string description(const MaskModel& mask);

// Throws Error(bad_input) naming the value and what is allowed. Periods: of the tile it serves; 0 if none.
void validate(const MaskModel& mask, double period_x_nm = 0.0, double period_y_nm = 0.0);

}  // namespace reticle
