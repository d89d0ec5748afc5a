// SPDX-License-Identifier: Apache-2.0
#include "tools/capi/models.h"

#include <cmath>
#include <cstring>

#include "litho/optics/socs_builder.h"
#include "masks/model_file.h"
#include "masks/recipes/recipes.h"

namespace reticle::capi {

Registry<Model, reticle_model>& models() {
  static auto* const all = new Registry<Model, reticle_model>("model");  // outlives every thread
  return *all;
}

std::vector<Polygon> polygons_from(const reticle_polygons* given, const char* name) {
  const reticle_polygons& all = at(given, name);
  require(all.count == 0 || (all.corners != nullptr && all.ends != nullptr), "polygons: corners or ends is NULL");
  require(all.dbu_nm > 0.0 && std::isfinite(all.dbu_nm), "polygons: dbu_nm is to be above 0");
  std::vector<Polygon> polygons;
  std::size_t next = 0;
  for (std::size_t p = 0; p < all.count; ++p) {
    require(all.ends[p] >= next + 3, "polygons: ends rise by 3 corners or more from one polygon to the next");
    Polygon& polygon = polygons.emplace_back();
    for (; next < all.ends[p]; ++next)
      polygon.push_back({all.corners[2 * next] * all.dbu_nm, all.corners[2 * next + 1] * all.dbu_nm});
  }
  return polygons;
}

namespace {

void give(OpticalModel model, reticle_model** to) { *to = models().add(std::make_shared<Model>(std::move(model))); }

ImageQuery query_of(const Model& model, const reticle_query* given) {
  const reticle_query& query = at(given, "query");
  require(query.condition < model.optics.conditions.size(), "query: the model has fewer conditions");
  require(query.dose > 0.0 && std::isfinite(query.dose), "query: dose is to be above 0");
  int stage = 0;  // C programs can put any number there
  static_assert(sizeof stage == sizeof query.stage);
  std::memcpy(&stage, &query.stage, sizeof stage);
  require(stage == RETICLE_AERIAL || stage == RETICLE_RESIST, "query: stage is RETICLE_AERIAL or RETICLE_RESIST");
  return {.condition = static_cast<int>(query.condition), .dose = query.dose,
          .stage = stage == RETICLE_RESIST ? ImageStage::resist : ImageStage::aerial};
}

void require_size(std::size_t rows, std::size_t cols, const char* what) {
  constexpr std::size_t k_most = 1 << 20;
  require(rows > 0 && cols > 0 && rows < k_most && cols < k_most, what);
}

template <class T>
MaskImagePool<T>& pool_of(Model& model) {
  if constexpr (sizeof(T) == sizeof(float)) return model.fast;
  else return model.exact;
}

template <class T>
Spectrum<T> spectrum_of(MaskImages<T>& images, const T* mask, std::size_t rows, std::size_t cols) {
  require_size(rows, cols, "mask: rows and cols are to be above 0");
  Spectrum<T> spectrum = images.simulator().mask_spectrum(
      ImageView<const T>{&at(mask, "mask"), static_cast<int>(rows), static_cast<int>(cols)});
  require(std::isfinite(spectrum.at(0, 0).real()), "mask: holds NaN or an infinite value");
  return spectrum;
}

template <class T>
void image_of(const reticle_model* handle, const T* mask, std::size_t mask_rows, std::size_t mask_cols,
              const reticle_query* query, T* image, std::size_t rows, std::size_t cols) {
  const auto model = models().get(handle);
  const ImageQuery what = query_of(*model, query);
  require_size(rows, cols, "image: rows and cols are to be above 0");
  auto images = pool_of<T>(*model).lease();
  images->image(spectrum_of<T>(*images, mask, mask_rows, mask_cols), what,
                FieldPixels{static_cast<int>(rows), static_cast<int>(cols)}, {&at(image, "image"), rows * cols});
}

template <class T>
void gradient_of(const reticle_model* handle, const T* mask, std::size_t mask_rows, std::size_t mask_cols,
                 const reticle_query* query, const T* d_image, std::size_t rows, std::size_t cols, T* d_mask,
                 double* d_dose) {
  const auto model = models().get(handle);
  const ImageQuery what = query_of(*model, query);
  require_size(rows, cols, "d_image: rows and cols are to be above 0");
  at(d_mask, "d_mask");
  auto images = pool_of<T>(*model).lease();
  const auto gradient = images->gradient(spectrum_of<T>(*images, mask, mask_rows, mask_cols), what,
                                         FieldPixels{static_cast<int>(rows), static_cast<int>(cols)},
                                         {&at(d_image, "d_image"), rows * cols});
  require(std::isfinite(gradient.mask.at(0, 0).real()), "d_image: holds NaN or an infinite value");
  images->simulator().pixel_gradient(gradient.mask, ImageView<T>{d_mask, static_cast<int>(mask_rows), static_cast<int>(mask_cols)});
  if (d_dose != nullptr) *d_dose = gradient.dose;
}

}  // namespace

}  // namespace reticle::capi

using reticle::capi::at;
using reticle::capi::guarded;
using reticle::capi::models;

reticle_status reticle_model_read(const char* path, reticle_model** model) {
  return guarded([&] {
    at(model, "model");
    reticle::capi::give(reticle::read_model(&at(path, "path")), model);
  });
}
reticle_status reticle_model_build(const char* recipe_toml, reticle_model** model) {
  return guarded([&] {
    at(model, "model");
    const reticle::OpticsSettings optics = reticle::model_recipe_from_text(&at(recipe_toml, "recipe_toml"), "recipe_toml");
    reticle::validate(optics);
    reticle::capi::give(reticle::build_optical_model(optics), model);
  });
}
reticle_status reticle_model_write(const reticle_model* model, const char* path) {
  return guarded([&] { reticle::write_model(&at(path, "path"), models().get(model)->optics); });
}
reticle_status reticle_model_free(reticle_model* model) {
  return guarded([&] { models().remove(model); });
}
reticle_status reticle_model_period_nm(const reticle_model* model, double* x, double* y) {
  return guarded([&] {
    const auto held = models().get(model);
    at(x, "x") = held->optics.period_x_nm;
    at(y, "y") = held->optics.period_y_nm;
  });
}
reticle_status reticle_model_threshold(const reticle_model* model, double* threshold) {
  return guarded([&] { at(threshold, "threshold") = models().get(model)->optics.resist.threshold; });
}
reticle_status reticle_model_conditions(const reticle_model* model, size_t* count) {
  return guarded([&] { at(count, "count") = models().get(model)->optics.conditions.size(); });
}

reticle_status reticle_image(const reticle_model* model, const float* mask, size_t mask_rows, size_t mask_cols,
                             const reticle_query* query, float* image, size_t rows, size_t cols) {
  return guarded([&] { reticle::capi::image_of(model, mask, mask_rows, mask_cols, query, image, rows, cols); });
}
reticle_status reticle_image_double(const reticle_model* model, const double* mask, size_t mask_rows, size_t mask_cols,
                                    const reticle_query* query, double* image, size_t rows, size_t cols) {
  return guarded([&] { reticle::capi::image_of(model, mask, mask_rows, mask_cols, query, image, rows, cols); });
}
reticle_status reticle_image_of_polygons(const reticle_model* model, const reticle_polygons* mask, double x0_nm,
                                         double y0_nm, const reticle_query* query, double* image, size_t rows,
                                         size_t cols) {
  return guarded([&] {
    const auto held = models().get(model);
    const auto what = reticle::capi::query_of(*held, query);
    const auto polygons = reticle::capi::polygons_from(mask, "mask");
    reticle::capi::require(std::isfinite(x0_nm) && std::isfinite(y0_nm), "x0_nm, y0_nm: finite numbers are wanted");
    reticle::capi::require_size(rows, cols, "image: rows and cols are to be above 0");
    auto images = held->exact.lease();
    const reticle::Box field{x0_nm, y0_nm, x0_nm + held->optics.period_x_nm, y0_nm + held->optics.period_y_nm};
    images->image(images->simulator().mask_spectrum(polygons, field), what,
                  reticle::FieldPixels{static_cast<int>(rows), static_cast<int>(cols)}, {&at(image, "image"), rows * cols});
  });
}
reticle_status reticle_gradient(const reticle_model* model, const float* mask, size_t mask_rows, size_t mask_cols,
                                const reticle_query* query, const float* d_image, size_t rows, size_t cols,
                                float* d_mask, double* d_dose) {
  return guarded([&] {
    reticle::capi::gradient_of(model, mask, mask_rows, mask_cols, query, d_image, rows, cols, d_mask, d_dose);
  });
}
reticle_status reticle_gradient_double(const reticle_model* model, const double* mask, size_t mask_rows,
                                       size_t mask_cols, const reticle_query* query, const double* d_image, size_t rows,
                                       size_t cols, double* d_mask, double* d_dose) {
  return guarded([&] {
    reticle::capi::gradient_of(model, mask, mask_rows, mask_cols, query, d_image, rows, cols, d_mask, d_dose);
  });
}
