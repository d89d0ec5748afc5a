// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/cpu_image_batch.h"

#include <algorithm>

#include "kernels/base/error.h"

namespace reticle::cpu {

CpuImageBatch::CpuImageBatch(const ImagingProblem& problem, int clips)
    : rows_(problem.rows),
      cols_(problem.cols),
      conditions_(static_cast<int>(problem.stack.conditions.size())),
      imaging_(problem),
      mask_band_(rows_, cols_, imaging_.half_x(), imaging_.half_y(), Samples::at_centres),
      masks_(static_cast<std::size_t>(clips), Spectrum<float>(imaging_.half_x(), imaging_.half_y())),
      images_(static_cast<std::size_t>(clips * conditions_), Image<float>(rows_, cols_)) {}

void CpuImageBatch::set_mask(int clip, ImageView<const std::uint8_t> mask) {
  if (mask.rows != rows_ || mask.cols != cols_)
    throw Error(ErrorCode::invalid_argument, "mask does not have the size of the images' grid");
  Image<float> pixels(rows_, cols_);
  std::copy(mask.data, mask.data + mask.size(), pixels.begin());
  Spectrum<float>& own = masks_.at(static_cast<std::size_t>(clip));
  mask_band_.analyze(pixels.view(), own);
  imaging_.add_background(own);
}

void CpuImageBatch::set_mask(int clip, const Spectrum<float>& orders) {
  if (orders.half_x() != imaging_.half_x() || orders.half_y() != imaging_.half_y())
    throw Error(ErrorCode::invalid_argument, "mask spectrum does not have the model's orders");
  Spectrum<float>& own = masks_.at(static_cast<std::size_t>(clip));
  own = orders;
  imaging_.add_background(own);
}

void CpuImageBatch::run() {
  for (std::size_t i = 0; i < images_.size(); ++i)
    imaging_.image(masks_[i / static_cast<std::size_t>(conditions_)],
                   static_cast<int>(i) % conditions_, images_[i].view());
}

const Image<float>& CpuImageBatch::image(int clip, int condition) const {
  if (condition < 0 || condition >= conditions_)
    throw Error(ErrorCode::invalid_argument, "there is no such condition");
  return images_.at(static_cast<std::size_t>(clip * conditions_ + condition));
}

void CpuImageBatch::get_image(int clip, int condition, ImageView<float> to) {
  const Image<float>& from = image(clip, condition);
  std::copy(from.begin(), from.end(), to.data);
}

void CpuImageBatch::get_print(int clip, int condition, float dose, float threshold,
                              ImageView<std::uint8_t> print) {
  const Image<float>& from = image(clip, condition);
  const float exposure = dose * dose;
  std::transform(from.begin(), from.end(), print.data,
                 [&](float i) { return static_cast<std::uint8_t>(exposure * i >= threshold); });
}

}  // namespace reticle::cpu
