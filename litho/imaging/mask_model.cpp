// SPDX-License-Identifier: Apache-2.0
#include "litho/imaging/mask_model.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <sstream>

#include "kernels/base/error.h"

namespace reticle {

namespace {

template <class Value>
void require(bool ok, const char* what, const Value& value, const std::string& allowed) {
  if (ok) return;
  std::ostringstream text;
  text << "mask: " << what << " is " << value << "; " << allowed;
  throw Error(ErrorCode::bad_input, text.str());
}

void validate_film(const char* what, double transmission, double phase_deg) {
  require(transmission >= 0.0 && transmission <= 1.0, what, transmission,
          "the transmission of intensity lies within 0 and 1 (0 and 100 %)");
  require(std::isfinite(phase_deg) && std::abs(phase_deg) <= 3600.0, "the phase", phase_deg,
          "it is a number of degrees, 180 for a phase shifter");
}

}  // namespace

// Whole quarter turns without the rounding of sine and cosine: a mask of 180 degrees is real.
std::complex<double> amplitude(double transmission, double phase_deg) {
  const double size = std::sqrt(transmission), quarters = std::remainder(phase_deg, 360.0) / 90.0;
  if (quarters == 0.0) return size;
  if (std::abs(quarters) == 2.0) return -size;
  if (std::abs(quarters) == 1.0) return {0.0, size * quarters};
  return std::polar(size, quarters * 0.5 * std::numbers::pi);
}

std::complex<double> MaskModel::film() const { return amplitude(transmission, phase_deg); }

std::complex<double> layer_amplitude(const MaskModel& mask, const std::string& name) {
  std::string held;
  for (const TransmissionLayer& layer : mask.layers) {
    if (layer.name == name) return amplitude(layer.transmission, layer.phase_deg);
    held += (held.empty() ? "'" : ", '") + layer.name + "'";
  }
  throw Error(ErrorCode::bad_input, "the model's mask has no layer '" + name + "'; it has " +
                                        (held.empty() ? "none: [[mask.layers]] of the model's recipe name them" : held));
}

std::string description(const MaskModel& mask) {
  std::ostringstream text;
  const auto film = [&](double transmission, double phase_deg) {
    text << 100.0 * transmission << " % at " << phase_deg << " deg";
  };
  if (!mask.layers.empty()) {
    text << "layers";
    for (const TransmissionLayer& layer : mask.layers) {
      text << " '" << layer.name << "' ";
      film(layer.transmission, layer.phase_deg);
    }
    text << ", ";
  }
  if (mask.transmission == 0.0) {
    text << "binary";
  } else {
    text << "attenuated, ";
    film(mask.transmission, mask.phase_deg);
  }
  text << ", " << (mask.drawn_side == DrawnSide::clear ? "clear" : "opaque") << " where drawn";
  if (mask.bias_nm != 0.0) text << ", bias " << mask.bias_nm << " nm";
  if (mask.blur_x_nm != 0.0 || mask.blur_y_nm != 0.0) {
    text << ", blur " << mask.blur_x_nm;
    if (mask.blur_y_nm != mask.blur_x_nm) text << " x " << mask.blur_y_nm;
    text << " nm";
  }
  if (mask.edges.width_nm != 0.0)
    text << ", edge strips of " << mask.edges.width_nm << " nm, " << mask.edges.along_x << " along x, "
         << mask.edges.along_y << " along y";
  return text.str();
}

void validate(const MaskModel& mask, double period_x_nm, double period_y_nm) {
  validate_film("the film's transmission", mask.transmission, mask.phase_deg);
  for (std::size_t i = 0; i < mask.layers.size(); ++i) {
    const TransmissionLayer& layer = mask.layers[i];
    require(!layer.name.empty(), "a layer's name", "''", "layers are told apart by their names");
    const auto same = [&](const TransmissionLayer& other) { return other.name == layer.name; };
    require(std::none_of(mask.layers.begin(), mask.layers.begin() + static_cast<std::ptrdiff_t>(i), same),
            "a layer's name", "'" + layer.name + "' twice", "each needs a name of its own");
    validate_film(("the transmission of layer '" + layer.name + "'").c_str(), layer.transmission, layer.phase_deg);
  }
  if (mask.layers.empty())
    require(std::abs(mask.step()) > 1e-9, "the film's transmission", mask.transmission,
            "a film as clear as the glass, and in phase with it, draws nothing; give another transmission or phase");
  const auto fits = [&](const char* what, double nm, double period, const char* sign) {
    std::ostringstream allowed;
    allowed << "it must be finite" << sign;
    if (period > 0.0) allowed << " and below the model's period of " << period << " nm";
    require(std::isfinite(nm) && (period <= 0.0 || std::abs(nm) < period), what, nm, allowed.str());
  };
  fits("bias_nm", mask.bias_nm, std::min(period_x_nm, period_y_nm), "");
  fits("the blur along x", mask.blur_x_nm, period_x_nm, ", 0 or more");
  fits("the blur along y", mask.blur_y_nm, period_y_nm, ", 0 or more");
  fits("edges.width_nm", mask.edges.width_nm, std::min(period_x_nm, period_y_nm), ", 0 or more");
  for (const double nm : {mask.blur_x_nm, mask.blur_y_nm, mask.edges.width_nm})
    require(nm >= 0.0, "a blur or an edge's width", nm, "it must be 0 or more");
  for (const std::complex<double>& factor : {mask.edges.along_x, mask.edges.along_y})
    require(std::isfinite(factor.real()) && std::isfinite(factor.imag()) && std::abs(factor) <= 10.0,
            "the transmission of edges", factor, "it must be finite, at most 10");
}

}  // namespace reticle
