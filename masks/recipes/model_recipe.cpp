// SPDX-License-Identifier: Apache-2.0
// The recipe of `reticle model`: OpticsSettings, and an inline pattern for `reticle simulate`.
#include "masks/recipes/recipes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "kernels/base/error.h"
#include "litho/optics/zernike.h"
#include "masks/source_file.h"

namespace reticle {
namespace {

void describe_index(RecipeKeys& keys, std::complex<double>& index, const char* n_key,
                    const char* kappa_key) {
  double n = index.real(), kappa = index.imag();
  keys.number(n_key, n, {0.01, 10.0}, "refractive index");
  keys.number(kappa_key, kappa, {0.0, 20.0}, "extinction: the index is n + i kappa");
  index = {n, kappa};
}

void describe_source(RecipeKeys& keys, SourceSettings& source) {
  keys.choice("shape", source.shape,
              {{"conventional", SourceShape::conventional},
               {"annular", SourceShape::annular},
               {"poles", SourceShape::poles},
               {"freeform", SourceShape::freeform}},
              "of the illumination in the pupil; freeform takes it from map_file");
  keys.text("map_file", source.map_file,
            "HDF5, CSV (rows, or a list sigma_x, sigma_y, intensity), PNG, TIFF or JPEG of a freeform source, relative\n"
            "to this recipe (litho/optics/README.md)");
  keys.number("sigma_in", source.sigma_in, {0.0, 2.0}, "inner radius of annulus and poles");
  keys.number("sigma_out", source.sigma_out, {0.0, 2.0}, "outer radius");
  keys.number("poles", source.poles, {1, 16}, "2: dipole; 4: C-quad at 0 deg, quasar at 45");
  keys.number("opening_deg", source.opening_deg, {0.0, 360.0}, "of each pole");
  keys.number("rotation_deg", source.rotation_deg, {-360.0, 360.0}, "of the first pole against +x");
  keys.number("blur_sigma", source.blur_sigma, {0.0, 0.5}, "Gaussian blur, in sigma units");
  keys.choice("polarisation", source.polarisation,
              {{"unpolarised", Polarisation::unpolarised},
               {"x", Polarisation::x},
               {"y", Polarisation::y},
               {"te", Polarisation::te},
               {"tm", Polarisation::tm},
               {"stokes", Polarisation::stokes}},
              "of every source point; stokes: as the map_file says");
  keys.choice("sampling", source.sampling,
              {{"adaptive", SourceSampling::adaptive},
               {"covered_area", SourceSampling::covered_area},
               {"pixel_centre", SourceSampling::pixel_centre}},
              "weight of a source pixel: its covered part, or 1 where its centre is inside");
  keys.number("grid", source.grid, {3, 1024}, "source pixels across sigma -1 .. 1");
  keys.flag("allow_sigma_above_one", source.allow_sigma_above_one, "for dark-field illumination");
}

void describe_stack(RecipeKeys& keys, FilmStackSettings& stack) {
  keys.tables("films", stack.films, "from the top; none: the image lies in the immersion medium",
              [](RecipeKeys& film_keys, Film& film) {
                film_keys.number("thickness_nm", film.thickness_nm, {0.0, 1e6}, "above 0");
                if (film_keys.reads() && film.thickness_nm == 0.0)
                  film_keys.refuse("thickness_nm", film_keys.given("thickness_nm") ? "= 0: a film has a thickness above 0"
                                                                                  : "is missing: a film has a thickness");
                describe_index(film_keys, film.index, "n", "kappa");
              });
  describe_index(keys, stack.substrate, "substrate_n", "substrate_kappa");
  keys.numbers("depths_nm", stack.depths_nm, {0.0, 1e6},
               "below the top of the first film; several are averaged", {1, 100});
}

enum class MaskKind { binary, attenuated, layers };
enum class MaskScale { wafer, mask };

MaskKind kind_of(const MaskModel& mask) {
  if (!mask.layers.empty()) return MaskKind::layers;
  return mask.transmission > 0.0 ? MaskKind::attenuated : MaskKind::binary;
}

void describe_film(RecipeKeys& keys, double& transmission, double& phase_deg, const char* doc) {
  double percent = 100.0 * transmission;
  keys.number("transmission_percent", percent, {0.0, 100.0}, doc);
  keys.number("phase_deg", phase_deg, {-3600.0, 3600.0}, "of its light against clear glass");
  transmission = percent / 100.0;
}

void describe_edge_factor(RecipeKeys& keys, const char* key, std::complex<double>& factor) {
  std::vector<double> parts{factor.real(), factor.imag()};
  keys.numbers(key, parts, {-10.0, 10.0}, "[real, imaginary], times the clear side's transmission", {2, 2});
  factor = {parts[0], parts[1]};
}

void describe_mask(RecipeKeys& keys, OpticsSettings& o) {
  MaskModel& mask = o.mask;
  MaskKind kind = kind_of(mask);
  keys.choice("kind", kind,
              {{"binary", MaskKind::binary}, {"attenuated", MaskKind::attenuated}, {"layers", MaskKind::layers}},
              "binary: chrome on glass; attenuated: a film that lets some light through, turned in phase;\n"
              "layers: [[mask.layers]] with transmissions of their own, as of alternating masks");
  if (kind == MaskKind::attenuated && mask.transmission == 0.0) mask.transmission = 0.06;
  describe_film(keys, mask.transmission, mask.phase_deg, "of intensity, through the film; 0 for chrome, usually 6");
  // Keys of a printed recipe, whose film lets no light through, say nothing else.
  for (const auto& [key, is_of_film] : {std::pair{"transmission_percent", mask.transmission > 0.0},
                                        {"phase_deg", mask.phase_deg != MaskModel{}.phase_deg}})
    if (kind == MaskKind::binary && is_of_film && keys.given(key))
      keys.refuse(key, "belongs to kind = \"attenuated\"; a binary mask lets no light through");
  if (kind == MaskKind::attenuated && mask.transmission == 0.0)
    keys.refuse("transmission_percent", "is 0: a film that lets no light through is kind = \"binary\"");
  keys.choice("drawn", mask.drawn_side, {{"clear", DrawnSide::clear}, {"opaque", DrawnSide::opaque}},
              "what stands where something is drawn: glass (dark field) or the film (bright field)");
  MaskScale scale = MaskScale::wafer;
  keys.choice("scale", scale, {{"wafer", MaskScale::wafer}, {"mask", MaskScale::mask}},
              "of the lengths below; on the mask they are larger by the reduction");
  keys.number("bias_nm", mask.bias_nm, {-1e4, 1e4}, "what is drawn is wider by this on the mask");
  std::vector<double> blur{mask.blur_x_nm, mask.blur_y_nm};
  keys.numbers("blur_nm", blur, {0.0, 1e4},
               "standard deviation of the mask writer's blur, which rounds corners; one number, or x and y", {1, 2});
  mask.blur_x_nm = blur.front();
  mask.blur_y_nm = blur.back();
  keys.number("edge_width_nm", mask.edges.width_nm, {0.0, 1e3},
              "thick mask: a strip on the clear side of every edge; 0: a thin mask");
  describe_edge_factor(keys, "edge_along_x", mask.edges.along_x);
  describe_edge_factor(keys, "edge_along_y", mask.edges.along_y);
  keys.tables("layers", mask.layers, "of kind = \"layers\"; where none is drawn there is the background",
              [](RecipeKeys& layer_keys, TransmissionLayer& layer) {
                layer_keys.text("name", layer.name, "LAYER/DATATYPE of layouts");
                describe_film(layer_keys, layer.transmission, layer.phase_deg, "of intensity");
              });
  if ((kind == MaskKind::layers) == mask.layers.empty())
    keys.refuse(kind == MaskKind::layers ? "kind" : "layers",
                "does not go together: [[mask.layers]] are given with kind = \"layers\", and only then");
  if (scale == MaskScale::wafer) return;
  if (o.reduction_x != o.reduction_y && (mask.bias_nm != 0.0 || mask.edges.width_nm != 0.0))
    keys.refuse("scale", "= \"mask\" takes no bias and no edge strips where reduction_x and reduction_y differ; "
                         "give them at wafer scale");
  mask.bias_nm /= o.reduction_x;
  mask.edges.width_nm /= o.reduction_x;
  mask.blur_x_nm /= o.reduction_x;
  mask.blur_y_nm /= o.reduction_y;
}

void describe_model(RecipeKeys& keys, OpticsSettings& o) {
  if (keys.given("pattern"))
    keys.refuse("pattern",
                "belongs to recipes of 'reticle simulate', 'window' and 'calibrate', which image a pattern "
                "without a model; a model serves any mask: remove [pattern]");
  keys.numbers("period_nm", o.period_nm, {1.0, 1e6}, "x and y of the tile; no clip may be larger",
               {2, 2});
  describe(keys, o);
  keys.table("mask", "what the mask does to light", [&](RecipeKeys& k) { describe_mask(k, o); });
}

}  // namespace

namespace {

std::vector<FocusCondition> conditions_at(std::vector<double> focuses) {
  std::stable_sort(focuses.begin(), focuses.end(), [](double a, double b) { return std::abs(a) < std::abs(b); });
  std::vector<FocusCondition> conditions;
  for (const double focus : focuses)
    conditions.push_back({conditions.empty() ? "focus" : fmt::format("focus_{:g}nm", focus), focus});
  return conditions;
}

}  // namespace

void describe(RecipeKeys& keys, OpticsSettings& o) {
  keys.number("wavelength_nm", o.wavelength_nm, {1.0, 2000.0}, "in vacuum");
  keys.number("na", o.na, {0.01, 2.0}, "numerical aperture; below immersion_index");
  keys.number("immersion_index", o.immersion_index, {1.0, 3.0}, "1 dry, 1.44 water at 193 nm");
  keys.number("reduction_x", o.reduction_x, {1.0, 100.0}, "demagnification");
  keys.number("reduction_y", o.reduction_y, {1.0, 100.0}, "differs in anamorphic systems");
  keys.flag("vector_imaging", o.vector_imaging, "three field components; false: scalar");
  keys.flag("radiometric", o.radiometric, "obliquity factor between mask and image");
  keys.number("obscuration", o.obscuration, {0.0, 0.99}, "inner radius of the pupil, part of NA");
  keys.number("apodisation", o.apodisation, {-10.0, 10.0}, "amplitude exp(-apodisation rho^2)");
  keys.numbers("zernikes_waves", o.zernikes_waves, {-10.0, 10.0},
               "fringe coefficients Z1, Z2, ... up to Z37, unnormalised", {0, k_fringe_zernikes});
  keys.number("chief_ray_azimuth_deg", o.chief_ray_azimuth_deg, {-360.0, 360.0}, "kept as data");
  keys.number("focus_blur_nm", o.focus_blur_nm, {0.0, 1e4}, "rms, from the laser's bandwidth");
  keys.number("stage_blur_nm", o.stage_blur_nm, {0.0, 1e3}, "rms image motion (MSD)");
  keys.number("flare", o.flare, {0.0, 0.99}, "constant part of stray light");
  keys.number("max_epe_nm", o.max_epe_nm, {1e-6, 100.0},
              "kernels are as many as this displacement of printed edges on calibration clips asks for");
  keys.number("max_error", o.max_error, {0.0, 0.5}, "above 0: this error of the intensity, clear fields, instead");
  keys.number("max_kernels", o.max_kernels, {1, 5000}, "the model is refused if these do not do");
  keys.number("kernels", o.kernels, {0, 5000}, "above 0: exactly so many for each condition, whatever their error, which is stated");
  keys.number("threshold", o.threshold, {1e-6, 10.0}, "print threshold, clear fields");
  keys.choice("tone", o.tone, {{"exposed", PrintTone::exposed}, {"unexposed", PrintTone::unexposed}},
              "where the drawn feature prints: where the resist is exposed (holes and trenches in positive\n"
              "resist, lines by negative-tone development), or where it is not (lines in positive resist)");
  keys.number("diffusion_nm", o.diffusion_nm, {0.0, 1e3}, "rms blur of the resist");
  keys.number("resist_slope_nm", o.resist_slope_nm, {-1e4, 1e4},
              "weight of the image's slope");
  keys.number("resist_density", o.resist_density, {-0.99, 1e3}, "weight of the image blurred over:");
  keys.number("resist_density_range_nm", o.resist_density_range_nm, {0.0, 1e5}, "rms");
  keys.table("source", "illumination", [&](RecipeKeys& k) { describe_source(k, o.source); });
  keys.table("stack", "films on the wafer", [&](RecipeKeys& k) { describe_stack(k, o.stack); });
  std::vector<double> focuses;
  keys.numbers("focus_nm", focuses, {-1e4, 1e4},
               "a condition for each of these, instead of [[conditions]]: [-60, -30, 0, 30, 60] is ready for Bossung curves;\n"
               "that nearest to 0 is nominal and called focus, others focus_-60nm, focus_30nm, the farthest last", {0, 1000});
  if (!focuses.empty() && keys.given("conditions"))
    keys.refuse("focus_nm", "and [[conditions]] are given; remove one of them");
  if (!focuses.empty()) o.conditions = conditions_at(focuses);
  keys.tables("conditions", o.conditions, "focus conditions; the first one is nominal",
              [](RecipeKeys& condition_keys, FocusCondition& condition) {
                condition_keys.text("name", condition.name, "how recipes and commands refer to it");
                condition_keys.number("focus_nm", condition.focus_nm, {-1e4, 1e4},
                                      "image plane minus best focus, in the immersion medium");
              });
}

namespace {

void load_source_map(const std::filesystem::path& recipe, SourceSettings& source) {
  const bool freeform = source.shape == SourceShape::freeform;
  if (freeform == source.map_file.empty())
    throw Error(ErrorCode::bad_input,
                recipe.string() + (freeform ? ": source.shape is \"freeform\"; source.map_file must name its map"
                                            : ": source.map_file goes with source.shape = \"freeform\" only"));
  if (!freeform) return;
  SourceMap map = read_source_map(recipe.parent_path() / source.map_file);
  if (source.polarisation == Polarisation::stokes && map.stokes[0].empty())
    throw Error(ErrorCode::bad_input, (recipe.parent_path() / source.map_file).string() +
                                          ": source.polarisation is \"stokes\"; the map needs a dataset "
                                          "'stokes' [3, rows, cols]");
  source.map = std::move(map.light);
  source.map_reach = map.reach;
  source.stokes = std::move(map.stokes);
}

}  // namespace

void complete(const std::filesystem::path& recipe, OpticsSettings& optics) {
  load_source_map(recipe, optics.source);
  try {
    validate(optics);
  } catch (const Error& error) {
    throw Error(error.code(), recipe.filename().string() + ": " + error.what());
  }
}

OpticsSettings read_model_recipe(const std::filesystem::path& path) {
  OpticsSettings optics;
  read_recipe(path, [&](RecipeKeys& keys) { describe_model(keys, optics); });
  complete(path, optics);
  return optics;
}

OpticsSettings model_recipe_from_text(const std::string& text, const std::string& name) {
  OpticsSettings optics;
  read_recipe_text(text, name, [&](RecipeKeys& keys) { describe_model(keys, optics); });
  return optics;
}

std::string print_model_recipe(OpticsSettings optics) {
  return print_recipe([&](RecipeKeys& keys) { describe_model(keys, optics); }, RecipeStyle::values);
}

std::string documented_model_recipe() {
  OpticsSettings optics;
  // As a recipe should begin; conditions that are not given are the first one alone.
  optics.conditions = {{"focus", 0.0}, {"defocus", 40.0}, {"defocus_minus", -40.0}};
  return print_recipe([&](RecipeKeys& keys) { describe_model(keys, optics); }, RecipeStyle::documented);
}

}  // namespace reticle
