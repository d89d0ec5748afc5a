// SPDX-License-Identifier: Apache-2.0
#include "litho/imaging/mask_images.h"

#include <algorithm>
#include <utility>

namespace reticle {

namespace {

template <class T>
bool equal(const Spectrum<T>& a, const Spectrum<T>& b) {
  return a.half_x() == b.half_x() && a.half_y() == b.half_y() && std::equal(a.data(), a.data() + a.size(), b.data());
}

}  // namespace

template <class T>
MaskImages<T>::MaskImages(const OpticalModel& model)
    : model_(model), simulator_(model), kept_(model.conditions.size()) {}

template <class T>
Spectrum<T> MaskImages<T>::aerial(const Spectrum<T>& mask, const ImageQuery& query) {
  Kept& kept = kept_[static_cast<std::size_t>(query.condition)];
  if (kept.aerial.size() == 0 || !equal(kept.mask, mask)) {
    kept.aerial = simulator_.intensity_spectrum(mask, query.condition);
    kept.mask = mask;
  }
  Spectrum<T> scaled = kept.aerial;
  const T factor = static_cast<T>(query.dose * query.dose);
  for (std::size_t i = 0; i < scaled.size(); ++i) scaled.data()[i] *= factor;
  return scaled;
}

template <class T>
void MaskImages<T>::image(const Spectrum<T>& mask, const ImageQuery& query, const ImagePlaces& places,
                          std::span<T> out) {
  const Spectrum<T> intensity = aerial(mask, query);
  if (query.stage == ImageStage::resist)
    resist_image(reader_, intensity, model_.period_x_nm, model_.period_y_nm, model_.resist, places, out);
  else
    reader_.read(intensity, places, out);
}

template <class T>
Spectrum<T> MaskImages<T>::resist_orders(const Spectrum<T>& mask, int condition) {
  Spectrum<T> intensity = aerial(mask, {.condition = condition});
  expose(intensity, model_.period_x_nm, model_.period_y_nm, model_.resist);
  return intensity;
}

template <class T>
Spectrum<T> MaskImages<T>::resist_adjoint(int condition, Spectrum<T> d_resist, std::size_t pixels) {
  for (std::size_t i = 0; i < d_resist.size(); ++i) d_resist.data()[i] *= static_cast<T>(pixels);
  expose(d_resist, model_.period_x_nm, model_.period_y_nm, model_.resist);
  return simulator_.spectrum_gradient(condition, T(1), std::move(d_resist));
}

template <class T>
cpu::WindowPass<T>& MaskImages<T>::window_pass(int rows, int cols, int conditions) {
  const std::array<int, 3> key{rows, cols, conditions};
  auto found = passes_.find(key);
  if (found == passes_.end())
    found = passes_.try_emplace(key, rows, cols, 2 * simulator_.half_x(), 2 * simulator_.half_y(), conditions).first;
  return found->second;
}

template <class T>
ImageGradient<T> MaskImages<T>::gradient(const Spectrum<T>& mask, const ImageQuery& query,
                                         const ImagePlaces& places, std::span<const T> d_image,
                                         ResistDerivatives wanted) {
  const Spectrum<T> intensity = aerial(mask, query);
  ImageGradient<T> result;
  Spectrum<T> d_intensity;
  if (query.stage == ImageStage::resist) {
    auto back = resist_gradient(reader_, intensity, model_.period_x_nm, model_.period_y_nm, model_.resist, places,
                                d_image, wanted);
    d_intensity = std::move(back.aerial);
    result.resist = back.resist;
  } else {
    d_intensity = reader_.gradient(places, d_image, intensity.half_x(), intensity.half_y());
  }
  // I is in proportion to dose^2.
  double sum = 0.0;
  for (std::size_t i = 0; i < intensity.size(); ++i)
    sum += static_cast<double>((std::conj(d_intensity.data()[i]) * intensity.data()[i]).real());
  result.dose = 2.0 * sum / query.dose;
  result.mask = simulator_.spectrum_gradient(query.condition, static_cast<T>(query.dose), std::move(d_intensity));
  return result;
}

template <class T>
MaskImagePool<T>::Lease::Lease(MaskImagePool& pool) : pool_(pool) {
  {
    const std::lock_guard lock(pool.mutex_);
    if (!pool.idle_.empty()) {
      images_ = std::move(pool.idle_.back());
      pool.idle_.pop_back();
    }
  }
  if (!images_) images_ = std::make_unique<MaskImages<T>>(pool.model_);
}

template <class T>
MaskImagePool<T>::Lease::~Lease() {
  const std::lock_guard lock(pool_.mutex_);
  pool_.idle_.push_back(std::move(images_));
}

template class MaskImages<float>;
template class MaskImages<double>;
template class MaskImagePool<float>;
template class MaskImagePool<double>;

}  // namespace reticle
