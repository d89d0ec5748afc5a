#include "litho/optics/settings.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "kernels/base/error.h"
#include "litho/optics/zernike.h"

namespace reticle {

namespace {

template <class Value>
void require(bool ok, const char* key, const Value& value, const std::string& allowed) {
  if (ok) return;
  std::ostringstream message;
  message << "optics: " << key << " = " << value << "; allowed is " << allowed;
  throw Error(ErrorCode::bad_input, message.str());
}

void validate_source(const SourceSettings& source) {
  require(source.grid >= 3 && source.grid <= 1024, "source.grid", source.grid, "3 to 1024");
  require(source.blur_sigma >= 0.0, "source.blur_sigma", source.blur_sigma, "0 or more");
  if (source.shape == SourceShape::freeform) {
    const bool usable = std::all_of(source.map.begin(), source.map.end(), [](double v) {
      return std::isfinite(v) && v >= 0.0;
    });
    require(usable, "source.map", "a negative or non-finite pixel", "finite values of 0 or more");
    require(std::any_of(source.map.begin(), source.map.end(), [](double v) { return v > 0.0; }),
            "source.map", "empty", "at least one bright pixel");
    return;
  }
  require(source.sigma_out > 0.0, "source.sigma_out", source.sigma_out, "above 0");
  require(source.sigma_out <= 1.0 || source.allow_sigma_above_one, "source.sigma_out",
          source.sigma_out, "at most 1 (set source.allow_sigma_above_one for dark-field light)");
  require(source.sigma_out <= 2.0, "source.sigma_out", source.sigma_out, "at most 2");
  if (source.shape == SourceShape::conventional) return;
  require(source.sigma_in >= 0.0 && source.sigma_in < source.sigma_out, "source.sigma_in",
          source.sigma_in, "0 or more, below source.sigma_out");
  if (source.shape == SourceShape::annular) return;
  require(source.poles >= 1 && source.poles <= 16, "source.poles", source.poles, "1 to 16");
  require(source.opening_deg > 0.0 && source.opening_deg * source.poles <= 360.0,
          "source.opening_deg", source.opening_deg, "above 0 and such that poles do not overlap");
}

void validate_stack(const FilmStackSettings& stack) {
  for (const Film& film : stack.films) {
    require(film.thickness_nm >= 0.0 && std::isfinite(film.thickness_nm), "stack.thickness_nm",
            film.thickness_nm, "0 or more");
    require(film.index.real() > 0.0 && film.index.imag() >= 0.0, "stack.index", film.index,
            "n above 0 and kappa 0 or more");
  }
  require(stack.substrate.real() > 0.0 && stack.substrate.imag() >= 0.0, "stack.substrate",
          stack.substrate, "n above 0 and kappa 0 or more");
  require(!stack.depths_nm.empty(), "stack.depths_nm", "empty", "at least one depth");
  double thickness = 0.0;
  for (const Film& film : stack.films) thickness += film.thickness_nm;
  for (const double depth : stack.depths_nm)
    require(depth >= 0.0 && (stack.films.empty() ? depth == 0.0 : depth <= thickness),
            "stack.depths_nm", depth, "0 to the thickness of the films");
}

}  // namespace

void validate(const OpticsSettings& s) {
  require(s.wavelength_nm > 0.0 && s.wavelength_nm < 2000.0, "wavelength_nm", s.wavelength_nm,
          "above 0, below 2000");
  require(s.immersion_index >= 1.0 && s.immersion_index < 3.0, "immersion_index", s.immersion_index,
          "1 to 3");
  require(s.na > 0.0 && s.na < s.immersion_index, "na", s.na, "above 0, below immersion_index");
  require(s.reduction_x >= 1.0 && s.reduction_y >= 1.0, "reduction",
          std::min(s.reduction_x, s.reduction_y), "1 or more");
  require(s.na / std::min(s.reduction_x, s.reduction_y) < 1.0, "na / reduction",
          s.na / std::min(s.reduction_x, s.reduction_y), "below 1");
  require(s.obscuration >= 0.0 && s.obscuration < 1.0, "obscuration", s.obscuration,
          "0 or more, below 1");
  require(s.zernikes_waves.size() <= k_fringe_zernikes, "zernikes_waves", s.zernikes_waves.size(),
          "at most 37 fringe coefficients");
  require(s.focus_blur_nm >= 0.0, "focus_blur_nm", s.focus_blur_nm, "0 or more");
  require(s.stage_blur_nm >= 0.0, "stage_blur_nm", s.stage_blur_nm, "0 or more");
  require(s.flare >= 0.0 && s.flare < 1.0, "flare", s.flare, "0 or more, below 1");
  require(!s.conditions.empty(), "conditions", "empty", "at least one focus condition");
  for (const FocusCondition& condition : s.conditions)
    require(std::isfinite(condition.focus_nm) && !condition.name.empty(), "conditions.focus_nm",
            condition.focus_nm, "a named condition with a finite focus");
  require(s.period_nm.size() == 2, "period_nm", s.period_nm.size(), "two lengths, x and y");
  require(s.period_x_nm() > 0.0 && s.period_y_nm() > 0.0, "period_nm",
          std::min(s.period_x_nm(), s.period_y_nm()), "above 0");
  require(s.max_error > 0.0 && s.max_error < 1.0, "max_error", s.max_error, "above 0, below 1");
  require(s.max_kernels >= 1, "max_kernels", s.max_kernels, "1 or more");
  require(s.threshold > 0.0, "threshold", s.threshold, "above 0");
  require(s.diffusion_nm >= 0.0, "diffusion_nm", s.diffusion_nm, "0 or more");
  validate_source(s.source);
  validate_stack(s.stack);
}

}  // namespace reticle
