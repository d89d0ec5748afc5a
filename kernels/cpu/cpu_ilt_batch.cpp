// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/cpu_ilt_batch.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "kernels/base/error.h"
#include "kernels/cpu/coverage.h"
#include "kernels/cpu/mask_parameters.h"
#include "kernels/cpu/resample.h"
#include "kernels/pixel/adam.h"
#include "kernels/pixel/cubic.h"
#include "kernels/pixel/regularity.h"
#include "kernels/pixel/sigmoid.h"
#include "kernels/pixel/window_terms.h"

namespace reticle::cpu {

namespace {

using FloatLanes = Lanes<float>;

// Adds the regularity terms' gradient with respect to the mask; returns their sum.
double add_regularity(const Image<float>& mask, const IltTerms& terms, double pixel_nm,
                      Image<float>& gradient) {
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

float* numbers(auto& lanes) { return reinterpret_cast<float*>(lanes.data()); }
const float* numbers(const auto& lanes) { return reinterpret_cast<const float*>(lanes.data()); }

bool has_regularity(const IltTerms& terms) {
  return terms.total_variation != 0.0f || terms.curvature != 0.0f || terms.discreteness != 0.0f;
}

}  // namespace

CpuIltBatch::CpuIltBatch(const ImagingProblem& problem, int clips)
    : rows_(problem.rows),
      cols_(problem.cols),
      conditions_(static_cast<int>(problem.stack.conditions.size())),
      pixel_nm_(problem.pixel_nm),
      imaging_(problem),
      mask_band_(rows_, cols_, imaging_.half_x(), imaging_.half_y(), Samples::at_centres, widest(),
                 cheapest_along_y<float>(rows_, 2 * imaging_.half_y())),  // of the images: pieces are the same
      columns_(mask_band_.columns()),
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
  for (Clip& clip : clips_) clip.vectors = {mask_band_.by_pieces(), {}};
}

void CpuIltBatch::set_clip(int clip, const IltClip& content) {
  const auto copy = [&](ImageView<const float> from, Band::ByPieces& to) {
    if (from.data == nullptr) return;
    if (from.rows != rows_ || from.cols != cols_)
      throw Error(ErrorCode::invalid_argument, "clip image does not have the working grid's size");
    mask_band_.to_pieces(from, to);
  };
  Clip& own = clips_.at(static_cast<std::size_t>(clip));
  {
    const std::lock_guard lock(settling_);
    settle(own);
  }
  copy(content.parameters, own.vectors[k_parameters]);
  copy(content.target, own.target);
  if (!content.outline.empty())
    copy(coverage({content.outline.begin(), content.outline.end()}, rows_, cols_).view(), own.target);
  if (own.target.empty()) own.target = mask_band_.by_pieces();
  copy(content.free, own.free);
  copy(content.weight, own.weight);
  copy(content.unresolved, own.unresolved);
}

void CpuIltBatch::continue_from(const IltBatch& before) {
  const auto& other = dynamic_cast<const CpuIltBatch&>(before);
  settle();
  for (std::size_t c = 0; c < clips_.size(); ++c) {
    const Image<float> parameters = other.image_of(other.clips_.at(c).vectors[k_parameters]);
    clips_[c].vectors[k_parameters] = mask_band_.by_pieces(resample(parameters.view(), rows_, cols_).view());
  }
}

void CpuIltBatch::evaluate(const IltTerms& terms) {
  for (Clip& clip : clips_) evaluate(clip, terms);
  pending_.push_back(losses());
  if (pending_.size() > k_losses_kept) pending_.erase(pending_.begin());
}

std::vector<std::vector<IltLoss>> CpuIltBatch::take_losses() { return std::exchange(pending_, {}); }

Image<float> CpuIltBatch::image_of(const Band::ByPieces& pieces) const {
  Image<float> image(rows_, cols_);
  mask_band_.to_image(pieces, image.view());
  return image;
}

Image<float> CpuIltBatch::moved_mask(const Image<float>& mask, const pixel::MaskBias<float>& bias) const {
  Image<float> moved(rows_, cols_);
  for (int y = 0; y < rows_; ++y)
    for (int x = 0; x < cols_; ++x) moved(y, x) = bias.moved(mask.data(), y, x);
  return moved;
}

// Whether images and losses need no more of the mask than its orders.
bool CpuIltBatch::images_mask_alone(const IltTerms& terms) const {
  return moved_.size() == 1 && moved_.front().bias.bias == 0.0f && !has_regularity(terms);
}

// The mask, and its sums along y.
void CpuIltBatch::compute_mask(const Clip& clip, const IltTerms& terms) {
  const Band::ByPieces& parameters = clip.vectors[k_parameters];
  const bool kept = !images_mask_alone(terms);
  if (kept && mask_.empty()) mask_ = mask_band_.by_pieces();
  Band::Pixels pixels;
  mask_band_.for_pieces([&](const Band::Piece& piece) {
    const std::size_t lanes = piece.lanes();
    Band::prefetch_next(parameters, piece);
    masks_of_parameters(mask_band_.width(), numbers(parameters) + piece.place * k_lanes, lanes * k_lanes, terms.mask_slope,
                        numbers(pixels));
    if (!clip.unresolved.empty())
      for (std::size_t i = 0; i < lanes; ++i) pixels[i] += clip.unresolved[piece.place + i];
    if (kept) std::copy_n(pixels.data(), lanes, mask_.data() + piece.place);
    mask_band_.add(piece, pixels, columns_);
  });
}

void CpuIltBatch::images_of_mask() {
  for (const auto& [bias, conditions] : moved_) {
    if (bias.bias == 0.0f)
      mask_band_.collect(columns_, mask_spectrum_);
    else
      mask_band_.analyze(moved_mask(image_of(mask_), bias).view(), mask_spectrum_);
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
  const auto sums = pass_->run(window, clip.target, clip.weight, orders_);
  clip.loss.fidelity = sums.fidelity * pixel_nm_ * pixel_nm_;
  clip.loss.band = sums.band * pixel_nm_ * pixel_nm_;
}

void CpuIltBatch::window_loss_of_pixels(Clip& clip, const pixel::ProcessWindow<float>& window) {
  double fidelity = 0.0, band = 0.0;
  const Image<float> target = image_of(clip.target);
  const Image<float> weights = clip.weight.empty() ? Image<float>(rows_, cols_, 1.0f) : image_of(clip.weight);
  for (int y = 0; y < rows_; ++y) {
    FloatLanes row_fidelity{}, row_band{};
    for (int x = 0; x < cols_; x += k_lanes) {
      FloatLanes intensity[pixel::k_max_conditions], d_intensity[pixel::k_max_conditions];
      for (int c = 0; c < conditions_; ++c)
        intensity[c] = load_lanes<FloatLanes>(images_[static_cast<std::size_t>(c)].row(y) + x, cols_ - x);
      auto terms = pixel::window_terms<FloatLanes>(window, intensity, load_lanes<FloatLanes>(target.row(y) + x, cols_ - x), d_intensity);
      const FloatLanes weight = load_lanes<FloatLanes>(weights.row(y) + x, cols_ - x);
      row_fidelity += terms.fidelity * weight;
      row_band += terms.band * weight;
      for (int c = 0; c < conditions_; ++c)
        store_lanes(d_intensity[c] * weight, images_[static_cast<std::size_t>(c)].row(y) + x, cols_ - x);
    }
    fidelity += sum_of_lanes<float>(row_fidelity);
    band += sum_of_lanes<float>(row_band);
  }
  clip.loss.fidelity = fidelity * pixel_nm_ * pixel_nm_;
  clip.loss.band = band * pixel_nm_ * pixel_nm_;
}

Spectrum<float> CpuIltBatch::mask_gradient(const std::vector<int>& conditions) {
  Spectrum<float> d_mask(imaging_.half_x(), imaging_.half_y());
  const auto area = static_cast<float>(pixel_nm_ * pixel_nm_);
  for (const int c : conditions) {
    if (pass_)
      imaging_.add_adjoint(c, orders_[static_cast<std::size_t>(c)], area, d_mask);
    else
      imaging_.add_adjoint(c, images_[static_cast<std::size_t>(c)].view(), area, d_mask);
  }
  const float pixels = static_cast<float>(rows_) * static_cast<float>(cols_);
  for (std::size_t i = 0; i < d_mask.size(); ++i) d_mask.data()[i] /= pixels;
  return d_mask;
}

// Of masks that are moved, and of terms that look at neighbours.
Image<float> CpuIltBatch::mask_gradient_of_pixels(const IltTerms& terms, Clip& clip) {
  const Image<float> mask = image_of(mask_);
  Image<float> gradient(rows_, cols_), d_moved(rows_, cols_);
  for (const auto& [bias, conditions] : moved_) {
    mask_band_.synthesize(mask_gradient(conditions), d_moved.view());
    for (int y = 0; y < rows_; ++y)
      for (int x = 0; x < cols_; ++x)
        gradient(y, x) += bias.bias == 0.0f ? d_moved(y, x) : bias.derivative(mask.data(), d_moved.data(), y, x);
  }
  if (has_regularity(terms)) clip.loss.regularity = add_regularity(mask, terms, pixel_nm_, gradient);
  return gradient;
}

void CpuIltBatch::evaluate(Clip& clip, const IltTerms& terms) {
  compute_mask(clip, terms);
  images_of_mask();
  clip.loss.regularity = 0.0;
  window_loss(clip, terms.window);
  if (images_mask_alone(terms)) {
    if (clip.d_mask.empty()) clip.d_mask = mask_band_.columns();
    mask_band_.prepare(mask_gradient(moved_.front().conditions), clip.d_mask);
    clip.owed_slope = terms.mask_slope;
    return;
  }
  clip.owed_slope.reset();
  const Image<float> d_mask = mask_gradient_of_pixels(terms, clip);
  Band::ByPieces& gradient = gradient_of(clip);
  mask_band_.for_pieces([&](const Band::Piece& piece) {
    FloatLanes* own = gradient.data() + piece.place;
    mask_band_.read_piece(piece, d_mask.view(), own);
    to_parameters(clip, piece, terms.mask_slope, own);
  });
}

void CpuIltBatch::to_parameters(const Clip& clip, const Band::Piece& piece, float slope, FloatLanes* d) const {
  const std::size_t at = piece.place * k_lanes;
  slopes_of_parameters(mask_band_.width(), numbers(clip.vectors[k_parameters]) + at,
                       clip.free.empty() ? nullptr : numbers(clip.free) + at, piece.lanes() * k_lanes, slope,
                       reinterpret_cast<float*>(d));
  mask_band_.clear_padding(piece, d);
}

template <class Visit>
void CpuIltBatch::for_gradient(Clip& clip, float slope, const Visit& visit) {
  Band::Pixels pixels{};
  mask_band_.for_pieces([&](const Band::Piece& piece) {
    Band::prefetch_next(clip.vectors[k_parameters], piece);
    Band::prefetch_next(clip.free, piece);
    mask_band_.expand(piece, clip.d_mask, pixels);
    to_parameters(clip, piece, slope, pixels.data());
    visit(piece, numbers(pixels));
  });
}

// Made when it is first asked for.
CpuIltBatch::Band::ByPieces& CpuIltBatch::gradient_of(Clip& clip) {
  Band::ByPieces& gradient = clip.vectors[k_gradient];
  if (gradient.empty()) gradient = mask_band_.by_pieces();
  return gradient;
}

void CpuIltBatch::settle() {
  for (Clip& clip : clips_) settle(clip);
}

void CpuIltBatch::settle(Clip& clip) {
  const std::optional<float> slope = std::exchange(clip.owed_slope, std::nullopt);
  if (!slope) return;
  float* gradient = numbers(gradient_of(clip));
  for_gradient(clip, *slope, [&](const Band::Piece& piece, const float* own) {
    std::copy_n(own, piece.lanes() * k_lanes, gradient + piece.place * k_lanes);
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
      clip.moment1.assign(clip.vectors[k_parameters].size(), FloatLanes{});
      clip.moment2.assign(clip.vectors[k_parameters].size(), FloatLanes{});
    }
    const auto take = [&](std::size_t place, std::size_t lanes, const float* gradient) {
      const std::size_t at = place * k_lanes;
      adam_steps(mask_band_.width(), factors, gradient, clip.free.empty() ? nullptr : numbers(clip.free) + at, lanes * k_lanes,
                 numbers(clip.vectors[k_parameters]) + at, numbers(clip.moment1) + at, numbers(clip.moment2) + at);
    };
    if (const std::optional<float> slope = std::exchange(clip.owed_slope, std::nullopt))
      for_gradient(clip, *slope, [&](const Band::Piece& piece, const float* gradient) {
        Band::prefetch_next(clip.moment1, piece);
        Band::prefetch_next(clip.moment2, piece);
        take(piece.place, piece.lanes(), gradient);
      });
    else
      take(0, clip.moment1.size(), numbers(gradient_of(clip)));
  }
}

int CpuIltBatch::add_vectors(int count) {
  const int first = static_cast<int>(clips_.at(0).vectors.size());
  for (Clip& clip : clips_)
    clip.vectors.resize(static_cast<std::size_t>(first + count), mask_band_.by_pieces());
  return first;
}

void CpuIltBatch::combine(int target, const std::vector<double>& a, int x,
                          const std::vector<double>& b, int y) {
  settle();
  for (Clip& clip : clips_) gradient_of(clip);
  for (std::size_t c = 0; c < clips_.size(); ++c) {
    auto& vectors = clips_[c].vectors;
    Band::ByPieces& out = vectors.at(static_cast<std::size_t>(target));
    const Band::ByPieces& u = vectors.at(static_cast<std::size_t>(x));
    const Band::ByPieces& v = vectors.at(static_cast<std::size_t>(y));
    const float fa = static_cast<float>(a[c]), fb = static_cast<float>(b[c]);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = fa * u[i] + fb * v[i];
  }
}

std::vector<double> CpuIltBatch::dot(int x, int y) {
  settle();
  std::vector<double> sums;
  for (Clip& clip : clips_) {
    gradient_of(clip);
    const Band::ByPieces& u = clip.vectors.at(static_cast<std::size_t>(x));
    const Band::ByPieces& v = clip.vectors.at(static_cast<std::size_t>(y));
    Lanes<double> sum{};
    for (std::size_t i = 0; i < u.size(); ++i)
      sum += __builtin_convertvector(u[i], Lanes<double>) * __builtin_convertvector(v[i], Lanes<double>);
    sums.push_back(sum_of_lanes<double>(sum));
  }
  return sums;
}

void CpuIltBatch::get_parameters(int clip, ImageView<float> parameters) const {
  mask_band_.to_image(clips_.at(static_cast<std::size_t>(clip)).vectors[k_parameters], parameters);
}

namespace {

// Bytes of `Factor` lines, taken in turn.
template <int Factor>
void interleave(const std::uint8_t* lines, int count, std::uint8_t* out) {
  for (int x = 0; x < count; ++x)
    for (int i = 0; i < Factor; ++i) out[x * Factor + i] = lines[i * count + x];
}

void interleave(const std::uint8_t* lines, int factor, int count, std::uint8_t* out) {
  switch (factor) {
    case 1:
      return interleave<1>(lines, count, out);
    case 2:
      return interleave<2>(lines, count, out);
    case 4:
      return interleave<4>(lines, count, out);
    case 8:
      return interleave<8>(lines, count, out);
    default:
      for (int x = 0; x < count; ++x)
        for (int i = 0; i < factor; ++i) *out++ = lines[i * count + x];
  }
}

}  // namespace

void CpuIltBatch::cut_mask(int clip, int factor, ImageView<std::uint8_t> mask) {
  constexpr int k_reach = 2;  // samples either side that a position within a pixel takes
  const Image<float> p = image_of(clips_.at(static_cast<std::size_t>(clip)).vectors[k_parameters]);
  std::vector<pixel::CubicWeights> weights;  // of the `factor` positions within a pixel
  for (int i = 0; i < factor; ++i) weights.push_back(pixel::cubic_weights(i, factor));
  std::vector<float> line(static_cast<std::size_t>(cols_) + 2 * k_reach);
  std::vector<std::uint8_t> parts(static_cast<std::size_t>(factor) *
                                  static_cast<std::size_t>(cols_));  // [position][pixel]
  float* const samples = line.data() + k_reach;
  for (int y = 0; y < rows_ * factor; ++y) {
    const pixel::CubicWeights& vertical = weights[static_cast<std::size_t>(y % factor)];
    const float* r[4];
    for (int k = 0; k < 4; ++k) r[k] = p.row((y / factor + vertical.first + k + rows_) % rows_);
    const float* w = vertical.weight;
    for (int x = 0; x < cols_; ++x)
      samples[x] = (w[0] * r[0][x] + w[3] * r[3][x]) + (w[1] * r[1][x] + w[2] * r[2][x]);
    for (int i = 1; i <= k_reach; ++i) {
      samples[-i] = samples[((-i) % cols_ + cols_) % cols_];
      samples[cols_ - 1 + i] = samples[(i - 1) % cols_];
    }
    for (int i = 0; i < factor; ++i) {
      const auto& [first, across] = weights[static_cast<std::size_t>(i)];
      const float* from = samples + first;
      std::uint8_t* part = parts.data() + static_cast<std::ptrdiff_t>(i) * cols_;
      for (int x = 0; x < cols_; ++x) {
        float sum = 0.0f;
        for (int k = 0; k < 4; ++k) sum += across[k] * from[x + k];
        part[x] = sum > 0.0f ? 1 : 0;
      }
    }
    interleave(parts.data(), factor, cols_, mask.row(y));
  }
}

}  // namespace reticle::cpu
