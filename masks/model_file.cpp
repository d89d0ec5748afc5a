// SPDX-License-Identifier: Apache-2.0
#include "masks/model_file.h"

#include <cstdint>
#include <span>

#include "kernels/base/error.h"
#include "masks/hdf5/hdf5.h"
#include "masks/sha256.h"

namespace reticle {

namespace {

constexpr const char* k_expected = "an optical model written by 'reticle model'";
constexpr const char* k_schema = "reticle-model";
constexpr double k_schema_version = 1.0;
constexpr double k_version_with_tails = 2.0;  // programs that know version 1 alone would leave the tails out
constexpr std::uint64_t k_most_tail_terms = 64;
constexpr std::uint64_t k_most_coefficients = 1 << 26;  // 1 GiB of complex128
constexpr std::size_t k_most_conditions = 256;

template <class Use>
void for_edge_errors(EdgeErrors& errors, const Use& use) {
  use("edge_error_truncation_nm", errors.truncation_nm);
  use("edge_error_truncation_largest_nm", errors.largest_nm);
  use("edge_error_source_nm", errors.source_nm);
  use("edge_error_precision_nm", errors.precision_nm);
  use("edge_error_pixels_nm", errors.pixels_nm);
  use("edge_error_mask_pixel_nm", errors.mask_pixel_nm);
}

SocsKernels read_kernels(const hdf5::Group& group, const std::string& name) {
  SocsKernels kernels;
  kernels.name = name;
  const hdf5::Extents shape = group.extents("kernels", 3, k_most_coefficients);
  if (shape[1] % 2 == 0 || shape[2] % 2 == 0)
    group.fail("kernels", "is " + std::to_string(shape[1]) + " x " + std::to_string(shape[2]) +
                              " orders; both must be odd, with order 0 in the middle");
  kernels.half_y = static_cast<int>(shape[1] / 2);
  kernels.half_x = static_cast<int>(shape[2] / 2);
  kernels.coefficients = group.read<std::complex<double>>("kernels", shape);
  kernels.weights = group.read<double>("weights", {shape[0]});
  return kernels;
}

// HDF5 takes a slash for a folder.
std::string link_name(std::string name) {
  for (char& c : name)
    if (c == '/') c = ':';
  return name;
}

DrawnSide drawn_side(const hdf5::Group& mask) {
  const std::string word = mask.text("drawn");
  if (word != "clear" && word != "opaque") mask.fail("@drawn", "is '" + word + "'; it is 'clear' or 'opaque'");
  return word == "clear" ? DrawnSide::clear : DrawnSide::opaque;
}

MaskModel read_mask_model(const hdf5::Group& group) {
  MaskModel mask;
  mask.transmission = group.number("transmission");
  mask.phase_deg = group.number("phase_deg");
  mask.drawn_side = drawn_side(group);
  mask.bias_nm = group.number("bias_nm");
  mask.blur_x_nm = group.number("blur_x_nm");
  mask.blur_y_nm = group.number("blur_y_nm");
  mask.edges = {group.number("edge_width_nm"),
                {group.number("edge_along_x_real"), group.number("edge_along_x_imaginary")},
                {group.number("edge_along_y_real"), group.number("edge_along_y_imaginary")}};
  if (!group.has_attribute("layers")) return mask;
  for (const std::string& name : group.texts("layers")) {
    const hdf5::Group layer = group.group(link_name(name));
    mask.layers.push_back({name, layer.number("transmission"), layer.number("phase_deg")});
  }
  return mask;
}

void write_mask_model(hdf5::Group& root, const MaskModel& mask) {
  hdf5::Group group = root.create_group("mask");
  group.set_number("transmission", mask.transmission);
  group.set_number("phase_deg", mask.phase_deg);
  group.set_text("drawn", mask.drawn_side == DrawnSide::clear ? "clear" : "opaque");
  group.set_number("bias_nm", mask.bias_nm);
  group.set_number("blur_x_nm", mask.blur_x_nm);
  group.set_number("blur_y_nm", mask.blur_y_nm);
  group.set_number("edge_width_nm", mask.edges.width_nm);
  group.set_number("edge_along_x_real", mask.edges.along_x.real());
  group.set_number("edge_along_x_imaginary", mask.edges.along_x.imag());
  group.set_number("edge_along_y_real", mask.edges.along_y.real());
  group.set_number("edge_along_y_imaginary", mask.edges.along_y.imag());
  if (mask.layers.empty()) return;
  std::vector<std::string> names;
  for (const TransmissionLayer& layer : mask.layers) {
    names.push_back(layer.name);
    hdf5::Group own = group.create_group(link_name(layer.name));
    own.set_number("transmission", layer.transmission);
    own.set_number("phase_deg", layer.phase_deg);
  }
  group.set_texts("layers", names);
}

PrintTone read_tone(const hdf5::Group& root) {
  const std::string word = root.text("tone");
  if (word != "exposed" && word != "unexposed")
    root.fail("@tone", "is '" + word + "'; it is 'exposed' or 'unexposed'");
  return word == "exposed" ? PrintTone::exposed : PrintTone::unexposed;
}

// Version 1 knows one term, by attributes.
std::vector<TailTerm> read_tail(const hdf5::Group& group) {
  if (group.has_attribute("tail_weight")) {
    const TailTerm term{group.number("tail_weight"), group.number("tail_range_nm")};
    return term.weight == 0.0 ? std::vector<TailTerm>{} : std::vector<TailTerm>{term};
  }
  if (!group.has("tail")) return {};
  const hdf5::Extents extents = group.extents("tail", 2, 2 * k_most_tail_terms);
  if (extents[1] != 2) group.fail("tail", "should have two columns, weight and range in nm");
  const std::vector<double> values = group.read<double>("tail", extents);
  std::vector<TailTerm> tail;
  for (std::size_t i = 0; i < values.size(); i += 2) tail.push_back({values[i], values[i + 1]});
  return tail;
}

OpticalModel read_own(const hdf5::Group& root) {
  if (const double version = root.number("schema_version"); version != k_schema_version && version != k_version_with_tails)
    root.fail("@schema_version", "is a version this program does not know; it reads versions 1 and 2");
  OpticalModel model;
  model.period_x_nm = root.number("period_x_nm");
  model.period_y_nm = root.number("period_y_nm");
  model.wavelength_nm = root.number("wavelength_nm");
  model.na = root.number("na");
  model.resist.threshold = root.number("threshold");
  model.resist.diffusion_nm = root.number("diffusion_nm");
  const auto optional = [&](const char* name) { return root.has_attribute(name) ? root.number(name) : 0.0; };
  model.resist.slope_nm = optional("resist_slope_nm");
  model.resist.density = optional("resist_density");
  model.resist.density_range_nm = optional("resist_density_range_nm");
  if (root.has_attribute("tone")) model.resist.tone = read_tone(root);
  if (root.has("mask")) model.mask = read_mask_model(root.group("mask"));
  model.stage_blur_nm = root.number("stage_blur_nm");
  model.flare = root.number("flare");
  model.truncation_error = root.number("truncation_error");
  model.truncation_bound = root.number("truncation_bound");
  const auto edge_error = [&](const char* name, double& value) {
    if (root.has_attribute(name)) value = root.number(name);
  };
  for_edge_errors(model.edge_errors, edge_error);
  model.provenance = root.text_dataset("provenance");
  model.recipe = root.text_dataset("recipe");
  const hdf5::Group conditions = root.group("conditions");
  const std::vector<std::string> names = conditions.texts("order");
  if (names.empty() || names.size() > k_most_conditions)
    conditions.fail("@order", "must name 1 to 256 conditions");
  for (const std::string& name : names) {
    const hdf5::Group group = conditions.group(name);
    model.conditions.push_back(read_kernels(group, name));
    SocsKernels& kernels = model.conditions.back();
    kernels.focus_nm = group.number("focus_nm");
    kernels.tail = read_tail(group);
  }
  return model;
}

OpticalModel import_plain(const hdf5::Group& root) {
  OpticalModel model;
  model.period_x_nm = model.period_y_nm = root.number("period_nm");
  model.resist.threshold = root.number("threshold");
  for (const char* name : {"focus", "defocus"})
    if (root.has(name)) model.conditions.push_back(read_kernels(root.group(name), name));
  model.provenance = "imported kernels";
  if (root.has_attribute("note")) model.provenance += ": " + root.text("note");
  return model;
}

void write_kernels(hdf5::Group& conditions, const SocsKernels& kernels) {
  hdf5::Group group = conditions.create_group(kernels.name);
  const auto extent = [](int n) { return static_cast<std::uint64_t>(n); };
  group.set_number("focus_nm", kernels.focus_nm);
  std::vector<double> tail;
  for (const TailTerm& term : kernels.tail) tail.insert(tail.end(), {term.weight, term.range_nm});
  if (!tail.empty()) group.write("tail", {kernels.tail.size(), 2}, tail.data());
  group.write("kernels", {extent(kernels.count()), extent(kernels.rows()), extent(kernels.cols())},
              kernels.coefficients.data());
  group.write("weights", {extent(kernels.count())}, kernels.weights.data());
}

template <class T>
void add_values(Sha256& hash, const std::vector<T>& values) {
  hash.add(std::as_bytes(std::span(values)));
}

void add_mask(Sha256& hash, const OpticalModel& model) {
  const MaskModel& mask = model.mask;
  if (mask.is_plain() && model.resist.tone == PrintTone::exposed) return;
  hash.add("mask\n");
  add_values<double>(hash, {mask.transmission, mask.phase_deg, mask.bias_nm, mask.blur_x_nm, mask.blur_y_nm,
                            mask.edges.width_nm, mask.edges.along_x.real(), mask.edges.along_x.imag(),
                            mask.edges.along_y.real(), mask.edges.along_y.imag(),
                            mask.drawn_side == DrawnSide::clear ? 0.0 : 1.0,
                            model.resist.tone == PrintTone::exposed ? 0.0 : 1.0});
  for (const TransmissionLayer& layer : mask.layers) {
    hash.add(layer.name + "\n");
    add_values<double>(hash, {layer.transmission, layer.phase_deg});
  }
}

OpticalModel read_root(const hdf5::Group& root, const std::filesystem::path& path) {
  const bool own = root.has_attribute("schema") && root.text("schema") == k_schema;
  if (!own && !root.has("focus"))
    root.fail("@schema", std::string("is not '") + k_schema +
                             "' and there is no group 'focus'; give " + k_expected);
  OpticalModel model = own ? read_own(root) : import_plain(root);
  try {
    validate(model);
  } catch (const Error& error) {
    throw Error(error.code(), path.string() + ": " + error.what());
  }
  return model;
}

}  // namespace

OpticalModel read_model(const std::filesystem::path& path) {
  return hdf5::read_file(path, k_expected, [&](const hdf5::Group& root) { return read_root(root, path); });
}

bool states_mask(const std::filesystem::path& path) {
  return hdf5::read_file(path, "an optical model",
                         [](const hdf5::Group& root) { return root.has("mask") && root.has_attribute("tone"); });
}

void write_model(const std::filesystem::path& path, const OpticalModel& model) {
  validate(model);
  const hdf5::Session session;
  hdf5::NewFile file(session, path);
  hdf5::Group& root = file.root();
  root.set_text("schema", k_schema);
  const bool has_tails = std::any_of(model.conditions.begin(), model.conditions.end(),
                                     [](const SocsKernels& kernels) { return !kernels.tail.empty(); });
  root.set_number("schema_version", has_tails ? k_version_with_tails : k_schema_version);
  root.set_number("period_x_nm", model.period_x_nm);
  root.set_number("period_y_nm", model.period_y_nm);
  root.set_number("wavelength_nm", model.wavelength_nm);
  root.set_number("na", model.na);
  root.set_number("threshold", model.resist.threshold);
  root.set_number("diffusion_nm", model.resist.diffusion_nm);
  root.set_number("resist_slope_nm", model.resist.slope_nm);
  root.set_number("resist_density", model.resist.density);
  root.set_number("resist_density_range_nm", model.resist.density_range_nm);
  root.set_text("tone", model.resist.tone == PrintTone::exposed ? "exposed" : "unexposed");
  write_mask_model(root, model.mask);
  root.set_number("stage_blur_nm", model.stage_blur_nm);
  root.set_number("flare", model.flare);
  root.set_number("truncation_error", model.truncation_error);
  root.set_number("truncation_bound", model.truncation_bound);
  EdgeErrors errors = model.edge_errors;
  for_edge_errors(errors, [&](const char* name, double& value) { root.set_number(name, value); });
  root.write_text("provenance", model.provenance);
  root.write_text("recipe", model.recipe);
  hdf5::Group conditions = root.create_group("conditions");
  std::vector<std::string> names;
  for (const SocsKernels& kernels : model.conditions) {
    names.push_back(kernels.name);
    write_kernels(conditions, kernels);
  }
  conditions.set_texts("order", names);
  file.save();
}

std::string model_hash(const OpticalModel& model) {
  Sha256 hash;
  hash.add("reticle-model 1\n");
  add_values<double>(hash, {model.period_x_nm, model.period_y_nm, model.resist.threshold,
                            model.resist.diffusion_nm, model.resist.slope_nm, model.resist.density,
                            model.resist.density_range_nm, model.stage_blur_nm, model.flare});
  add_mask(hash, model);
  for (const SocsKernels& kernels : model.conditions) {
    hash.add(kernels.name + "\n");
    add_values<double>(hash, {kernels.focus_nm});
    for (const TailTerm& term : kernels.tail) add_values<double>(hash, {term.weight, term.range_nm});
    add_values<std::int32_t>(hash, {kernels.count(), kernels.half_y, kernels.half_x});
    add_values(hash, kernels.coefficients);
    add_values(hash, kernels.weights);
  }
  return hash.finish();
}

}  // namespace reticle
