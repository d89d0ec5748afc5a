// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/cpu_ilt_batch.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>

#include "kernels/base/error.h"
#include "kernels/cpu/coverage.h"
#include "kernels/cpu/resample.h"
#include "kernels/pixel/adam.h"
#include "kernels/pixel/cubic.h"
#include "kernels/pixel/regularity.h"
#include "kernels/pixel/sigmoid.h"
#include "kernels/pixel/window_terms.h"

namespace reticle::cpu {

namespace {

using FloatLanes = Lanes<float>;

FloatLanes load(const float* p, int count) {
  FloatLanes v{};
  if (count >= k_lanes)
    std::memcpy(&v, p, sizeof v);
  else
    std::memcpy(&v, p, static_cast<std::size_t>(count) * sizeof(float));
  return v;
}

void store(const FloatLanes& v, float* p, int count) {
  if (count >= k_lanes)
    std::memcpy(p, &v, sizeof v);
  else
    std::memcpy(p, &v, static_cast<std::size_t>(count) * sizeof(float));
}

// Calls function(pointer offset, pixels there) for runs of up to k_lanes pixels.
template <class Function>
void for_lanes(std::size_t size, Function function) {
  std::size_t i = 0;
  for (; i + k_lanes <= size; i += k_lanes) function(i, k_lanes);
  if (i < size) function(i, static_cast<int>(size - i));
}

// Adds the regularity terms' gradient with respect to the mask; returns their sum.
double add_regularity(const Image<float>& mask, const IltTerms& terms, double pixel_nm,
                      Image<float>& gradient) {
  if (terms.total_variation == 0.0f && terms.curvature == 0.0f && terms.discreteness == 0.0f)
    return 0.0;
  const int rows = mask.rows(), cols = mask.cols();
  const float length = terms.total_variation * static_cast<float>(pixel_nm);
  const float bend = terms.curvature * static_cast<float>(pixel_nm * pixel_nm);
  const float grey = terms.discreteness * static_cast<float>(pixel_nm * pixel_nm);
  double sum = 0.0;
  for (int y = 0; y < rows; ++y) {
    const int up = y + 1 == rows ? 0 : y + 1, down = y == 0 ? rows - 1 : y - 1;
    double row_sum = 0.0;
    for (int x = 0; x < cols; ++x) {
      const int right = x + 1 == cols ? 0 : x + 1, left = x == 0 ? cols - 1 : x - 1;
      const float m = mask(y, x);
      const float dx = mask(y, right) - m, dy = mask(up, x) - m;
      const float size = pixel::variation(dx, dy);
      const float curve = pixel::laplacian(m, mask(y, left), mask(y, right), mask(down, x), mask(up, x));
      row_sum += length * (size - pixel::k_variation_tip) + bend * curve * curve + grey * 4.0f * m * (1.0f - m);
      const float gx = length * dx / size, gy = length * dy / size, g2 = 2.0f * bend * curve;
      gradient(y, x) += grey * 4.0f * (1.0f - 2.0f * m) - gx - gy - 4.0f * g2;
      gradient(y, right) += gx + g2;
      gradient(up, x) += gy + g2;
      gradient(y, left) += g2;
      gradient(down, x) += g2;
    }
    sum += row_sum;
  }
  return sum;
}

}  // namespace

CpuIltBatch::CpuIltBatch(const ImagingProblem& problem, int clips)
    : rows_(problem.rows),
      cols_(problem.cols),
      conditions_(static_cast<int>(problem.stack.conditions.size())),
      pixel_nm_(problem.pixel_nm),
      imaging_(problem),
      mask_band_(rows_, cols_, imaging_.half_x(), imaging_.half_y(), Samples::at_centres),
      mask_(rows_, cols_),
      mask_spectrum_(imaging_.half_x(), imaging_.half_y()),
      clips_(static_cast<std::size_t>(clips)) {
  if (conditions_ > pixel::k_max_conditions)
    throw Error(ErrorCode::unsupported, std::to_string(conditions_) + " focus conditions; at most " +
                                            std::to_string(pixel::k_max_conditions));
  for (int c = 0; c < conditions_; ++c) {
    const auto bias = static_cast<float>(problem.stack.conditions[static_cast<std::size_t>(c)].mask_bias_nm / pixel_nm_);
    auto own = std::find_if(moved_.begin(), moved_.end(), [&](const MovedMask& m) { return m.bias.bias == bias; });
    if (own == moved_.end()) own = moved_.insert(moved_.end(), MovedMask{{rows_, cols_, bias}, {}});
    own->conditions.push_back(c);
  }
  if (imaging_.has_slope()) {
    images_.assign(static_cast<std::size_t>(conditions_), Image<float>(rows_, cols_));
  } else {
    orders_.resize(static_cast<std::size_t>(conditions_));
    pass_.emplace(rows_, cols_, 2 * imaging_.half_x(), 2 * imaging_.half_y(), conditions_);
  }
  for (Clip& clip : clips_) clip.vectors.assign(2, Image<float>(rows_, cols_));
}

void CpuIltBatch::set_clip(int clip, const IltClip& content) {
  const auto copy = [&](ImageView<const float> from) {
    Image<float> to;
    if (from.data == nullptr) return to;
    if (from.rows != rows_ || from.cols != cols_)
      throw Error(ErrorCode::invalid_argument, "clip image does not have the working grid's size");
    to = Image<float>(rows_, cols_);
    std::copy(from.data, from.data + from.size(), to.data());
    return to;
  };
  Clip& own = clips_.at(static_cast<std::size_t>(clip));
  if (content.parameters.data != nullptr) own.vectors[k_parameters] = copy(content.parameters);
  own.target = content.target.data != nullptr
                   ? copy(content.target)
                   : coverage({content.outline.begin(), content.outline.end()}, rows_, cols_);
  own.free = copy(content.free);
  own.weight = copy(content.weight);
  own.unresolved = copy(content.unresolved);
}

void CpuIltBatch::continue_from(const IltBatch& before) {
  const auto& other = dynamic_cast<const CpuIltBatch&>(before);
  for (std::size_t c = 0; c < clips_.size(); ++c)
    clips_[c].vectors[k_parameters] = resample(other.clips_.at(c).vectors[k_parameters].view(), rows_, cols_);
}

void CpuIltBatch::evaluate(const IltTerms& terms) {
  for (Clip& clip : clips_) evaluate(clip, terms);
  pending_.push_back(losses());
  if (pending_.size() > k_losses_kept) pending_.erase(pending_.begin());
}

std::vector<std::vector<IltLoss>> CpuIltBatch::take_losses() { return std::exchange(pending_, {}); }

Image<float> CpuIltBatch::moved_mask(const pixel::MaskBias<float>& bias) const {
  Image<float> moved(rows_, cols_);
  for (int y = 0; y < rows_; ++y)
    for (int x = 0; x < cols_; ++x) moved(y, x) = bias.moved(mask_.data(), y, x);
  return moved;
}

void CpuIltBatch::images_of_mask() {
  for (const auto& [bias, conditions] : moved_) {
    if (bias.bias == 0.0f)
      mask_band_.analyze(mask_.view(), mask_spectrum_);
    else
      mask_band_.analyze(moved_mask(bias).view(), mask_spectrum_);
    imaging_.add_background(mask_spectrum_);
    for (const int c : conditions) {
      if (pass_)
        orders_[static_cast<std::size_t>(c)] = imaging_.image(mask_spectrum_, c);
      else
        imaging_.image(mask_spectrum_, c, images_[static_cast<std::size_t>(c)].view());
    }
  }
}

void CpuIltBatch::window_loss(Clip& clip, const pixel::ProcessWindow<float>& window) {
  if (!pass_) return window_loss_of_pixels(clip, window);
  const auto sums = pass_->run(window, clip.target.view(), clip.weight.view(), orders_);
  clip.loss.fidelity = sums.fidelity * pixel_nm_ * pixel_nm_;
  clip.loss.band = sums.band * pixel_nm_ * pixel_nm_;
}

void CpuIltBatch::window_loss_of_pixels(Clip& clip, const pixel::ProcessWindow<float>& window) {
  double fidelity = 0.0, band = 0.0;
  const std::vector<float> ones(static_cast<std::size_t>(cols_), 1.0f);
  for (int y = 0; y < rows_; ++y) {
    FloatLanes row_fidelity{}, row_band{};
    for (int x = 0; x < cols_; x += k_lanes) {
      FloatLanes intensity[pixel::k_max_conditions], d_intensity[pixel::k_max_conditions];
      for (int c = 0; c < conditions_; ++c)
        intensity[c] = load(images_[static_cast<std::size_t>(c)].row(y) + x, cols_ - x);
      auto terms = pixel::window_terms<FloatLanes>(window, intensity, load(clip.target.row(y) + x, cols_ - x),
                                                   d_intensity);
      const FloatLanes weight = load((clip.weight.empty() ? ones.data() : clip.weight.row(y)) + x, cols_ - x);
      row_fidelity += terms.fidelity * weight;
      row_band += terms.band * weight;
      for (int c = 0; c < conditions_; ++c)
        store(d_intensity[c] * weight, images_[static_cast<std::size_t>(c)].row(y) + x, cols_ - x);
    }
    fidelity += sum_of_lanes<float>(row_fidelity);
    band += sum_of_lanes<float>(row_band);
  }
  clip.loss.fidelity = fidelity * pixel_nm_ * pixel_nm_;
  clip.loss.band = band * pixel_nm_ * pixel_nm_;
}

void CpuIltBatch::mask_gradient(Image<float>& gradient) {
  bool first = true;
  for (const auto& [bias, conditions] : moved_) {
    Spectrum<float> d_mask(imaging_.half_x(), imaging_.half_y());
    const auto area = static_cast<float>(pixel_nm_ * pixel_nm_);
    for (const int c : conditions) {
      if (pass_)
        imaging_.add_adjoint(c, orders_[static_cast<std::size_t>(c)], area, d_mask);
      else
        imaging_.add_adjoint(c, images_[static_cast<std::size_t>(c)].view(), area, d_mask);
    }
    for (std::size_t i = 0; i < d_mask.size(); ++i) d_mask.data()[i] /= static_cast<float>(mask_.size());
    if (bias.bias == 0.0f && first) {
      mask_band_.synthesize(d_mask, gradient.view());
    } else {
      if (first) std::fill(gradient.begin(), gradient.end(), 0.0f);
      Image<float> d_moved(rows_, cols_);
      mask_band_.synthesize(d_mask, d_moved.view());
      for (int y = 0; y < rows_; ++y)
        for (int x = 0; x < cols_; ++x)
          gradient(y, x) += bias.bias == 0.0f ? d_moved(y, x)
                                              : bias.derivative(mask_.data(), d_moved.data(), y, x);
    }
    first = false;
  }
}

void CpuIltBatch::evaluate(Clip& clip, const IltTerms& terms) {
  const Image<float>& parameters = clip.vectors[k_parameters];
  Image<float>& gradient = clip.vectors[k_gradient];
  for_lanes(mask_.size(), [&](std::size_t i, int count) {
    FloatLanes m = pixel::sigmoid(load(parameters.data() + i, count) * terms.mask_slope);
    if (!clip.unresolved.empty()) m += load(clip.unresolved.data() + i, count);
    store(m, mask_.data() + i, count);
  });
  images_of_mask();
  window_loss(clip, terms.window);
  mask_gradient(gradient);
  clip.loss.regularity = add_regularity(mask_, terms, pixel_nm_, gradient);
  for_lanes(mask_.size(), [&](std::size_t i, int count) {
    FloatLanes m = load(mask_.data() + i, count);
    if (!clip.unresolved.empty()) m -= load(clip.unresolved.data() + i, count);
    FloatLanes d = load(gradient.data() + i, count) * m * (1 - m) * terms.mask_slope;
    if (!clip.free.empty()) d *= load(clip.free.data() + i, count);
    store(d, gradient.data() + i, count);
  });
}

std::vector<IltLoss> CpuIltBatch::losses() {
  std::vector<IltLoss> losses;
  for (const Clip& clip : clips_) losses.push_back(clip.loss);
  return losses;
}

void CpuIltBatch::adam(const AdamStep& step) {
  const pixel::AdamFactors factors =
      pixel::adam_factors(step.step, step.rate, step.beta1, step.beta2);
  for (Clip& clip : clips_) {
    if (step.step == 1) {
      clip.moment1 = Image<float>(rows_, cols_);
      clip.moment2 = Image<float>(rows_, cols_);
    }
    float* parameters = clip.vectors[k_parameters].data();
    const float* gradient = clip.vectors[k_gradient].data();
    float* moment1 = clip.moment1.data();
    float* moment2 = clip.moment2.data();
    for (std::size_t i = 0; i < mask_.size(); ++i)
      pixel::adam(factors, gradient[i], parameters[i], moment1[i], moment2[i]);
  }
}

int CpuIltBatch::add_vectors(int count) {
  const int first = static_cast<int>(clips_.at(0).vectors.size());
  for (Clip& clip : clips_)
    clip.vectors.resize(static_cast<std::size_t>(first + count), Image<float>(rows_, cols_));
  return first;
}

void CpuIltBatch::combine(int target, const std::vector<double>& a, int x,
                          const std::vector<double>& b, int y) {
  for (std::size_t c = 0; c < clips_.size(); ++c) {
    auto& vectors = clips_[c].vectors;
    float* out = vectors.at(static_cast<std::size_t>(target)).data();
    const float* u = vectors.at(static_cast<std::size_t>(x)).data();
    const float* v = vectors.at(static_cast<std::size_t>(y)).data();
    const float fa = static_cast<float>(a[c]), fb = static_cast<float>(b[c]);
    for (std::size_t i = 0; i < mask_.size(); ++i) out[i] = fa * u[i] + fb * v[i];
  }
}

std::vector<double> CpuIltBatch::dot(int x, int y) {
  std::vector<double> sums;
  for (const Clip& clip : clips_) {
    const float* u = clip.vectors.at(static_cast<std::size_t>(x)).data();
    const float* v = clip.vectors.at(static_cast<std::size_t>(y)).data();
    Lanes<double> sum{};
    for_lanes(mask_.size(), [&](std::size_t i, int count) {
      for (int l = 0; l < count; ++l) sum[l] += static_cast<double>(u[i + l]) * v[i + l];
    });
    sums.push_back(sum_of_lanes<double>(sum));
  }
  return sums;
}

void CpuIltBatch::get_parameters(int clip, ImageView<float> parameters) const {
  const Image<float>& own = clips_.at(static_cast<std::size_t>(clip)).vectors[k_parameters];
  std::copy(own.begin(), own.end(), parameters.data);
}

void CpuIltBatch::cut_mask(int clip, int factor, ImageView<std::uint8_t> mask) {
  const Image<float>& p = clips_.at(static_cast<std::size_t>(clip)).vectors[k_parameters];
  std::vector<pixel::CubicWeights> weights;  // of the `factor` positions within a pixel
  for (int i = 0; i < factor; ++i) weights.push_back(pixel::cubic_weights(i, factor));
  std::vector<float> line(static_cast<std::size_t>(cols_));
  for (int y = 0; y < rows_ * factor; ++y) {
    const pixel::CubicWeights& vertical = weights[static_cast<std::size_t>(y % factor)];
    const float* r[4];
    for (int k = 0; k < 4; ++k) r[k] = p.row((y / factor + vertical.first + k + rows_) % rows_);
    const float* w = vertical.weight;
    for (int x = 0; x < cols_; ++x)
      line[static_cast<std::size_t>(x)] = (w[0] * r[0][x] + w[3] * r[3][x]) + (w[1] * r[1][x] + w[2] * r[2][x]);
    std::uint8_t* out = mask.row(y);
    for (int x = 0; x < cols_; ++x)
      for (int i = 0; i < factor; ++i) {
        const pixel::CubicWeights& across = weights[static_cast<std::size_t>(i)];
        float sum = 0.0f;
        for (int k = 0; k < 4; ++k)
          sum += across.weight[k] * line[static_cast<std::size_t>((x + across.first + k + cols_) % cols_)];
        *out++ = sum > 0.0f ? 1 : 0;
      }
  }
}

}  // namespace reticle::cpu
