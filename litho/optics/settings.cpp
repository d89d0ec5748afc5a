// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/settings.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>
#include <string>

#include "kernels/base/error.h"
#include "litho/optics/zernike.h"

namespace reticle {

namespace {

constexpr double k_most_orders = 512.0;

template <class... Parts>
std::string text_of(const Parts&... parts) {
  std::ostringstream text;
  (text << ... << parts);
  return text.str();
}

template <class Value>
void require(bool ok, const char* key, const Value& value, const std::string& allowed) {
  if (ok) return;
  throw Error(ErrorCode::bad_input, text_of("optics: ", key, " = ", value, "; allowed is ", allowed));
}

// Closed range; also refuses what is not finite.
void require_range(const char* key, double value, double low, double high) {
  require(value >= low && value <= high, key, value, text_of(low, " to ", high));
}

// `things`: what the list holds, in the plural.
void require_count(const char* key, std::size_t held, std::size_t low, std::size_t high, const char* things) {
  if (held >= low && held <= high) return;
  const std::string given = held == 0 ? "is an empty list" : text_of("holds ", held, ' ', things);
  const std::string wanted = low == high ? text_of(low)
                             : low == 0  ? text_of("at most ", high)
                                         : text_of(low, " to ", high);
  throw Error(ErrorCode::bad_input, text_of("optics: ", key, ' ', given, "; it takes ", wanted));
}

// A pixel that the pupil's edge crosses may carry light.
void require_within_pupil(const SourceSettings& source) {
  const Image<double>& map = source.map;
  const int across = std::max(map.rows(), map.cols());
  const double half = source.map_reach / across;  // of a pixel's side, in sigma
  const auto centre = [&](int i, int count) { return (2 * i + 1 - count) * half; };
  const auto nearest = [&](double s) { return std::max(std::abs(s) - half, 0.0); };
  for (int y = 0; y < map.rows(); ++y)
    for (int x = 0; x < map.cols(); ++x) {
      const double sx = centre(x, map.cols()), sy = centre(y, map.rows());
      if (map(y, x) == 0.0 || std::hypot(nearest(sx), nearest(sy)) < 1.0) continue;
      throw Error(ErrorCode::bad_input,
                  text_of("optics: source.map has light at sigma (", sx, ", ", sy, "), row ", y, ", column ", x,
                          ", counted from 0: beyond the edge of the pupil, which is sigma 1; clear it, or set "
                          "source.allow_sigma_above_one for dark-field light"));
    }
}

void validate_map(const SourceSettings& source) {
  const Image<double>& map = source.map;
  require(map.rows() <= 1024 && map.cols() <= 1024, "source.map", std::max(map.rows(), map.cols()),
          "at most 1024 pixels a side");
  require(std::all_of(map.begin(), map.end(), [](double v) { return std::isfinite(v) && v >= 0.0; }),
          "source.map", "a negative or non-finite pixel", "finite values of 0 or more");
  require(std::any_of(map.begin(), map.end(), [](double v) { return v > 0.0; }), "source.map", "empty",
          "at least one bright pixel");
  if (!source.allow_sigma_above_one) require_within_pupil(source);
  if (source.polarisation != Polarisation::stokes) return;
  for (const Image<double>& part : source.stokes)
    require(part.rows() == map.rows() && part.cols() == map.cols(), "source.stokes",
            std::to_string(part.rows()) + " x " + std::to_string(part.cols()),
            "three maps of the source map's size");
  for (std::size_t i = 0; i < map.size(); ++i) {
    const double polarised = std::hypot(source.stokes[0].data()[i], source.stokes[1].data()[i],
                                        source.stokes[2].data()[i]);
    require(polarised <= map.data()[i] * (1.0 + 1e-6), "source.stokes", polarised,
            text_of("finite, and no more polarised light than light, ", map.data()[i]));
  }
}

void validate_source(const SourceSettings& source) {
  require(source.grid >= 3 && source.grid <= 1024, "source.grid", source.grid, "3 to 1024");
  require_range("source.blur_sigma", source.blur_sigma, 0.0, 0.5);
  if (source.shape == SourceShape::freeform) {
    require(source.map_reach > 0.0 && source.map_reach <= 2.0, "source.map_reach", source.map_reach, "above 0, at most 2");
    return validate_map(source);
  }
  require(source.polarisation != Polarisation::stokes, "source.polarisation", "stokes",
          "unpolarised, x, y, te or tm unless source.shape is freeform");
  require(source.sigma_out > 0.0, "source.sigma_out", source.sigma_out, "above 0");
  require(source.sigma_out <= 1.0 || source.allow_sigma_above_one, "source.sigma_out",
          source.sigma_out, "at most 1 (set source.allow_sigma_above_one for dark-field light)");
  require(source.sigma_out <= 2.0, "source.sigma_out", source.sigma_out, "at most 2");
  if (source.shape == SourceShape::conventional) return;
  require(source.sigma_in >= 0.0 && source.sigma_in < source.sigma_out, "source.sigma_in",
          source.sigma_in, text_of("0 or more, below source.sigma_out, which is ", source.sigma_out));
  if (source.shape == SourceShape::annular) return;
  require(source.poles >= 1 && source.poles <= 16, "source.poles", source.poles, "1 to 16");
  require(source.opening_deg > 0.0 && source.opening_deg * source.poles <= 360.0,
          "source.opening_deg", source.opening_deg,
          text_of("above 0, at most 360 / source.poles = ", 360.0 / source.poles, ", so that poles do not overlap"));
  require_range("source.rotation_deg", source.rotation_deg, -360.0, 360.0);
}

void validate_index(const char* key, std::complex<double> index) {
  require(index.real() > 0.0 && index.real() <= 100.0 && index.imag() >= 0.0 && index.imag() <= 100.0,
          key, index, "n above 0 and kappa 0 or more, both at most 100");
}

void validate_stack(const FilmStackSettings& stack) {
  require_count("stack.films", stack.films.size(), 0, 64, "films");
  for (const Film& film : stack.films) {
    require(film.thickness_nm > 0.0 && film.thickness_nm <= 1e6, "stack.films.thickness_nm", film.thickness_nm,
            "above 0, at most 1e6");
    validate_index("stack.films.n, kappa", film.index);
  }
  validate_index("stack.substrate_n, substrate_kappa", stack.substrate);
  require_count("stack.depths_nm", stack.depths_nm.size(), 1, 100, "depths");
  double thickness = 0.0;
  for (const Film& film : stack.films) thickness += film.thickness_nm;
  for (const double depth : stack.depths_nm)
    require(depth >= 0.0 && depth <= thickness, "stack.depths_nm", depth,
            text_of("0 to ", thickness, ", the thickness of the films"));
}

void validate_conditions(const std::vector<FocusCondition>& conditions) {
  require_count("conditions", conditions.size(), 1, 1000, "focus conditions");
  std::set<std::string> names;
  for (const FocusCondition& condition : conditions) {
    require(!condition.name.empty(), "conditions.name", "''", "a name");
    require(names.insert(condition.name).second, "conditions.name", "'" + condition.name + "' twice",
            "a name of its own for every condition");
    require_range("conditions.focus_nm", condition.focus_nm, -1e5, 1e5);
  }
}

// Orders of the tile in one direction; the kernels' memory grows with their square.
void validate_period(const OpticsSettings& s) {
  require_count("period_nm", s.period_nm.size(), 2, 2, "lengths");
  const double reach = 1.0 + (s.source.shape == SourceShape::freeform ? 1.5 * s.source.map_reach : s.source.sigma_out);
  const double largest = k_most_orders * s.wavelength_nm / (reach * s.na);
  for (const double period : s.period_nm)
    require(period > 0.0 && period <= largest, "period_nm", period,
            text_of("above 0, at most ", largest, " with this NA and wavelength"));
}

}  // namespace

void validate(const OpticsSettings& s) {
  require(s.wavelength_nm > 0.0 && s.wavelength_nm < 2000.0, "wavelength_nm", s.wavelength_nm,
          "above 0, below 2000");
  require(s.immersion_index >= 1.0 && s.immersion_index < 3.0, "immersion_index", s.immersion_index,
          "1 to 3");
  require(s.na > 0.0 && s.na < s.immersion_index, "na", s.na,
          text_of("above 0, below immersion_index, which is ", s.immersion_index));
  require_range("reduction_x", s.reduction_x, 1.0, 1000.0);
  require_range("reduction_y", s.reduction_y, 1.0, 1000.0);
  require(s.na / std::min(s.reduction_x, s.reduction_y) < 1.0, "na / reduction",
          s.na / std::min(s.reduction_x, s.reduction_y), "below 1");
  require(s.obscuration >= 0.0 && s.obscuration < 1.0, "obscuration", s.obscuration,
          "0 or more, below 1");
  require_count("zernikes_waves", s.zernikes_waves.size(), 0, k_fringe_zernikes, "numbers");
  for (const double waves : s.zernikes_waves) require_range("zernikes_waves", waves, -100.0, 100.0);
  require_range("apodisation", s.apodisation, -10.0, 10.0);
  require_range("chief_ray_azimuth_deg", s.chief_ray_azimuth_deg, -360.0, 360.0);
  require_range("focus_blur_nm", s.focus_blur_nm, 0.0, 1e4);
  require_range("stage_blur_nm", s.stage_blur_nm, 0.0, 1e4);
  require(s.flare >= 0.0 && s.flare < 1.0, "flare", s.flare, "0 or more, below 1");
  validate_conditions(s.conditions);
  require(s.max_epe_nm > 0.0 && s.max_epe_nm <= 100.0, "max_epe_nm", s.max_epe_nm, "above 0, at most 100");
  require(s.max_error >= 0.0 && s.max_error < 1.0, "max_error", s.max_error, "0 or more, below 1");
  require(s.max_kernels >= 1 && s.max_kernels <= 10000, "max_kernels", s.max_kernels, "1 to 10000");
  require(s.kernels >= 0 && s.kernels <= 10000, "kernels", s.kernels, "0 to 10000");
  require(s.threshold > 0.0 && s.threshold <= 100.0, "threshold", s.threshold, "above 0, at most 100");
  require_range("diffusion_nm", s.diffusion_nm, 0.0, 1e4);
  require_range("resist_slope_nm", s.resist_slope_nm, -1e4, 1e4);
  require_range("resist_density", s.resist_density, -0.99, 1e3);
  require_range("resist_density_range_nm", s.resist_density_range_nm, 0.0, 1e5);
  validate_source(s.source);
  validate_period(s);
  validate_stack(s.stack);
  validate(s.mask, s.period_x_nm(), s.period_y_nm());
}

}  // namespace reticle
