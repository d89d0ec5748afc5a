#include "litho/optics/truncation.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "kernels/cpu/band_transform.h"
#include "kernels/cpu/socs_fields.h"

namespace reticle {

namespace {

using Transform = cpu::BandTransform<double>;

double largest(const Image<double>& image) { return *std::max_element(image.begin(), image.end()); }

// Of the images of kernels: single precision errs by 1e-6 of clear field in all.
enum class Precision { single, full };
constexpr double k_single_will_do = 1e-4;  // a limit on the error, of which that is a hundredth

// What is left of the exact image as kernels are taken off it.
class Residual {
 public:
  Residual(const KernelBasis& basis, const Spectrum<double>& mask, Precision precision)
      : basis_(basis), mask_(mask), mask_single_(mask.half_x(), mask.half_y()), precision_(precision) {
    std::copy(mask.data(), mask.data() + mask.size(), mask_single_.data());
    cpu::SocsFields<double> shape(stack_of(0, 1));
    left_ = Image<double>(shape.field_rows(), shape.field_cols());
    Transform(left_.rows(), left_.cols(), 2 * mask.half_x(), 2 * mask.half_y(), cpu::Samples::at_corners)
        .synthesize(basis.intensity(mask), left_.view());
  }

  void take(int first, int count) {
    if (precision_ == Precision::single)
      take_as(mask_single_, first, count);
    else
      take_as(mask_, first, count);
  }
  const Image<double>& left() const { return left_; }
  void reset(const Image<double>& left) { left_ = left; }
  // On the coarsest grid that holds the image.
  double coarse_error() const { return largest(left_); }
  // On twice as many points: between them the band-limited residual cannot rise much further.
  double error() const {
    Spectrum<double> spectrum(2 * mask_.half_x(), 2 * mask_.half_y());
    Image<double> copy = left_, fine(2 * left_.rows(), 2 * left_.cols());
    Transform(copy.rows(), copy.cols(), spectrum.half_x(), spectrum.half_y(), cpu::Samples::at_corners)
        .analyze(copy.view(), spectrum);
    Transform(fine.rows(), fine.cols(), spectrum.half_x(), spectrum.half_y(), cpu::Samples::at_corners)
        .synthesize(spectrum, fine.view());
    return largest(fine);
  }

 private:
  template <class T>
  void take_as(const Spectrum<T>& mask, int first, int count) {
    Image<T> part(left_.rows(), left_.cols());
    cpu::SocsFields<T>(stack_of(first, count)).intensity(mask, 0, part.view());
    for (std::size_t i = 0; i < left_.size(); ++i) left_.data()[i] -= part.data()[i];
  }
  SocsStack stack_of(int first, int count) const {
    const OrderWindow& window = basis_.window();
    SocsStack stack{.half_x = window.half_x, .half_y = window.half_y, .conditions = {{}}};
    auto& condition = stack.conditions[0];
    condition.count = count;
    for (int k = first; k < first + count; ++k) {
      const double root = std::sqrt(basis_.weights()[static_cast<std::size_t>(k)]);
      for (const std::complex<double>& value : basis_.kernel(k))
        condition.coefficients.push_back(root * value);
    }
    return stack;
  }

  const KernelBasis& basis_;
  const Spectrum<double>& mask_;
  Spectrum<float> mask_single_;
  Precision precision_;
  Image<double> left_;
};

}  // namespace

std::vector<Polygon> calibration_pattern(const OpticsSettings& s) {
  const double size = 0.6 * s.wavelength_nm / s.na;
  const int cols = std::max(2, static_cast<int>(s.period_x_nm() / size));
  const int rows = std::max(2, static_cast<int>(s.period_y_nm() / size));
  const double w = s.period_x_nm() / cols, h = s.period_y_nm() / rows;
  std::mt19937 generator(20260102);
  std::vector<Polygon> shapes;
  for (int y = 0; y < rows; ++y)
    for (int x = 0; x < cols; ++x) {
      const bool first = x == 0 && y == 0;
      if (generator() % 10 >= 4 && !first) continue;
      const double x0 = x * w, y0 = y * h;
      shapes.push_back({{x0, y0}, {x0 + w, y0}, {x0 + w, y0 + h}, {x0, y0 + h}});
    }
  return shapes;
}

Truncation truncate_for(const KernelBasis& basis, const Spectrum<double>& mask, double max_error,
                        int max_kernels) {
  constexpr int k_step = 2 * cpu::k_lanes;
  const int most = std::min(max_kernels, static_cast<int>(basis.weights().size()));
  Residual residual(basis, mask, max_error >= k_single_will_do ? Precision::single : Precision::full);
  int count = 0;
  while (count < most) {
    const int step = std::min(k_step, most - count);
    const Image<double> before = residual.left();
    residual.take(count, step);
    count += step;
    if (residual.coarse_error() > max_error || residual.error() > max_error) continue;
    residual.reset(before);
    for (count -= step;;) {
      residual.take(count++, 1);
      if (residual.coarse_error() > max_error) continue;
      const double error = residual.error();
      if (error <= max_error) return {count, std::max(error, 0.0)};
    }
  }
  return {count, std::max(residual.error(), 0.0)};
}

}  // namespace reticle
