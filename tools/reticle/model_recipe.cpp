// The recipe of `reticle model`: ScalarOptics.
#include "tools/reticle/recipes.h"

namespace reticle::tools {

void describe(RecipeKeys& keys, ScalarOptics& o) {
  keys.number("wavelength_nm", o.wavelength_nm, {1.0, 1000.0}, "in vacuum");
  keys.number("na", o.na, {0.01, 2.0}, "numerical aperture; below immersion_index");
  keys.number("immersion_index", o.immersion_index, {1.0, 3.0}, "1.44 for water at 193 nm");
  keys.number("sigma_inner", o.sigma_inner, {0.0, 1.0}, "of the annular source; 0: a disc");
  keys.number("sigma_outer", o.sigma_outer, {0.0, 1.0}, "of the annular source");
  keys.number("source_pixels", o.source_pixels, {3, 101}, "source points across sigma -1 .. 1");
  keys.number("period_nm", o.period_nm, {50.0, 8192.0}, "of the field; no clip may be larger");
  keys.number("kernels", o.kernels, {1, 1000}, "kept for each condition, the strongest ones");
  keys.number("threshold", o.resist.threshold, {1e-6, 10.0},
              "intensity at which the resist prints, fraction of clear field");
  keys.number("diffusion_nm", o.resist.diffusion_nm, {0.0, 1000.0},
              "standard deviation of the resist's Gaussian blur");
  keys.tables("conditions", o.conditions, "focus conditions; the first one is nominal",
              [](RecipeKeys& condition_keys, FocusCondition& condition) {
                condition_keys.text("name", condition.name, "how recipes and commands refer to it");
                condition_keys.number("focus_nm", condition.focus_nm, {-1e4, 1e4},
                                      "image plane minus best focus, in the immersion medium");
              });
}

ScalarOptics read_model_recipe(const std::filesystem::path& path) {
  ScalarOptics optics;
  read_recipe(path, [&](RecipeKeys& keys) { describe(keys, optics); });
  return optics;
}

std::string print_model_recipe(ScalarOptics optics) {
  return print_recipe([&](RecipeKeys& keys) { describe(keys, optics); }, RecipeStyle::values);
}

std::string documented_model_recipe() {
  ScalarOptics optics;
  return print_recipe([&](RecipeKeys& keys) { describe(keys, optics); }, RecipeStyle::documented);
}

}  // namespace reticle::tools
