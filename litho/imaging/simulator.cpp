// SPDX-License-Identifier: Apache-2.0
#include "litho/imaging/simulator.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <map>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "kernels/base/error.h"
#include "kernels/cpu/band_transform.h"
#include "kernels/cpu/binary_transform.h"
#include "kernels/cpu/socs_fields.h"
#include "kernels/engine/tail_orders.h"
#include "litho/geometry/boolean.h"
#include "litho/imaging/mask_spectrum.h"
#include "litho/imaging/socs.h"

namespace reticle {

using cpu::BandTransform;
using cpu::Samples;

namespace {

void require_one_layer(const MaskModel& mask) {
  if (!mask.layers.empty())
    throw Error(ErrorCode::unsupported, "the model's mask is one of layers (" + description(mask) +
                                            "), and what is drawn is one layer; 'reticle simulate' images the "
                                            "layers of a layout together");
}

}  // namespace

template <class T>
struct Simulator<T>::Parts {
  Parts(const OpticalModel& model, const SocsStack& stack)
      : period_x_nm(model.period_x_nm),
        period_y_nm(model.period_y_nm),
        stage_blur_nm(model.stage_blur_nm),
        flare(model.flare),
        mask(model.mask),
        imaged(model.conditions.size(), false),
        fields(stack),
        field_image(fields.field_rows(), fields.field_cols()),
        field_band(fields.field_rows(), fields.field_cols(), 2 * stack.half_x, 2 * stack.half_y,
                   Samples::at_corners) {
    for (const SocsStack::Condition& condition : stack.conditions)
      tails.emplace_back(stack, condition, period_x_nm, period_y_nm);
  }

  // Transforms between pixels and a band, planned once per size.
  BandTransform<T>& band(int rows, int cols, int half_x, int half_y) {
    const std::array<int, 4> key{rows, cols, half_x, half_y};
    auto found = bands.find(key);
    if (found == bands.end())
      found = bands.try_emplace(key, rows, cols, half_x, half_y, Samples::at_centres).first;
    return found->second;
  }

  std::size_t place_of(int condition) const {
    if (condition < 0 || static_cast<std::size_t>(condition) >= imaged.size())
      throw Error(ErrorCode::invalid_argument, "condition " + std::to_string(condition) + " of a model that has " +
                                                   std::to_string(imaged.size()) + ", counted from 0");
    return static_cast<std::size_t>(condition);
  }

  double period_x_nm, period_y_nm, stage_blur_nm, flare;
  MaskModel mask;
  std::vector<TailOrders> tails;  // [condition]
  std::vector<bool> imaged;  // [condition] an image has been computed, so that there is a gradient
  cpu::SocsFields<T> fields;
  Image<T> field_image;
  BandTransform<T> field_band;
  std::map<std::array<int, 4>, BandTransform<T>> bands;
  std::map<std::pair<int, int>, cpu::BinaryTransform<T>> binaries;  // of a mask's pixels
};

template <class T>
Simulator<T>::Simulator(const OpticalModel& model)
    : parts_(std::make_unique<Parts>(model, socs_stack(model))) {}
template <class T>
Simulator<T>::~Simulator() = default;
template <class T>
Simulator<T>::Simulator(Simulator&&) noexcept = default;
template <class T>
Simulator<T>& Simulator<T>::operator=(Simulator&&) noexcept = default;

template <class T>
int Simulator<T>::half_x() const {
  return parts_->fields.half_x();
}
template <class T>
int Simulator<T>::half_y() const {
  return parts_->fields.half_y();
}

template <class T>
Spectrum<T> Simulator<T>::mask_spectrum(ImageView<const T> pixels, double cd_error_nm) {
  const MaskModel& mask = parts_->mask;
  require_one_layer(mask);
  BandTransform<T>& band = parts_->band(pixels.rows, pixels.cols, half_x(), half_y());
  Spectrum<T> spectrum(half_x(), half_y());
  const double bias_nm = mask.bias_nm + cd_error_nm;
  if (bias_nm == 0.0 && mask.edges.width_nm == 0.0) {
    band.analyze(pixels, spectrum);
    apply_transmission(mask, parts_->period_x_nm, parts_->period_y_nm, spectrum);
    return spectrum;
  }
  const double pixel_x_nm = parts_->period_x_nm / pixels.cols, pixel_y_nm = parts_->period_y_nm / pixels.rows;
  Image<T> drawn(pixels.rows, pixels.cols);
  std::copy(pixels.data, pixels.data + pixels.size(), drawn.begin());
  if (bias_nm != 0.0)
    band.analyze(biased(drawn, pixel_x_nm, pixel_y_nm, bias_nm).view(), spectrum);
  else
    band.analyze(pixels, spectrum);
  apply_transmission(mask, parts_->period_x_nm, parts_->period_y_nm, spectrum);
  add_edges(drawn, bias_nm, spectrum);
  return spectrum;
}

template <class T>
Spectrum<T> Simulator<T>::mask_spectrum(ImageView<const std::uint8_t> pixels, double cd_error_nm) {
  const MaskModel& mask = parts_->mask;
  require_one_layer(mask);
  if (mask.bias_nm + cd_error_nm != 0.0 || mask.edges.width_nm != 0.0) {
    Image<T> drawn(pixels.rows, pixels.cols);
    std::copy(pixels.data, pixels.data + pixels.size(), drawn.begin());
    return mask_spectrum(ImageView<const T>(drawn.view()), cd_error_nm);
  }
  Spectrum<T> spectrum(half_x(), half_y());
  parts_->binaries.try_emplace({pixels.rows, pixels.cols}, pixels.rows, pixels.cols, half_x(), half_y())
      .first->second.analyze(pixels, spectrum);
  apply_transmission(mask, parts_->period_x_nm, parts_->period_y_nm, spectrum);
  return spectrum;
}

// The strips of both sides, as mask_model.h says.
template <class T>
void Simulator<T>::add_edges(const Image<T>& drawn, double bias_nm, Spectrum<T>& spectrum) {
  const MaskModel& mask = parts_->mask;
  const double width = mask.edges.width_nm, inside = std::abs(mask.drawn()), outside = std::abs(mask.background());
  if (width == 0.0) return;
  BandTransform<T>& band = parts_->band(drawn.rows(), drawn.cols(), half_x(), half_y());
  const double pixel_x_nm = parts_->period_x_nm / drawn.cols(), pixel_y_nm = parts_->period_y_nm / drawn.rows();
  Spectrum<T> part(half_x(), half_y()), sum(half_x(), half_y());
  const auto add_side = [&](std::complex<double> transmission, double shift_nm) {
    const EdgeFields<T> fields = edge_fields(drawn, pixel_x_nm, pixel_y_nm, shift_nm);
    for (const auto& [field, factor] : {std::pair{&fields.along_x, mask.edges.along_x},
                                        std::pair{&fields.along_y, mask.edges.along_y}}) {
      band.analyze(field->view(), part);
      const std::complex<T> weight(transmission * (factor - 1.0) * width);
      for (std::size_t i = 0; i < part.size(); ++i) sum.data()[i] += weight * part.data()[i];
    }
  };
  if (inside > outside - 1e-12) add_side(mask.drawn(), 0.5 * (bias_nm - width));
  if (outside > inside - 1e-12) add_side(mask.background(), 0.5 * (bias_nm + width));
  apply_blur(mask, parts_->period_x_nm, parts_->period_y_nm, sum);
  for (std::size_t i = 0; i < sum.size(); ++i) spectrum.data()[i] += sum.data()[i];
}

template <class T>
Spectrum<T> Simulator<T>::mask_spectrum(std::span<const Polygon> polygons, const Box& field,
                                        double cd_error_nm) const {
  MaskModel mask = parts_->mask;
  require_one_layer(mask);
  mask.bias_nm += cd_error_nm;
  const std::vector<Polygon> apart = without_overlaps(polygons);
  const Spectrum<double> exact = amplitude_spectrum(mask, apart.empty() ? polygons : apart, field, half_x(), half_y());
  Spectrum<T> spectrum(half_x(), half_y());
  for (std::size_t i = 0; i < exact.size(); ++i)
    spectrum.data()[i] = std::complex<T>(exact.data()[i]);
  return spectrum;
}

template <class T>
Spectrum<T> Simulator<T>::intensity_spectrum(const Spectrum<T>& mask, int condition, T dose) {
  return intensity_spectrum(mask, condition, dose,
                            mean_transmission(parts_->mask, std::complex<double>(mask.at(0, 0))));
}

template <class T>
Spectrum<T> Simulator<T>::intensity_spectrum(const Spectrum<T>& mask, int condition, T dose,
                                             double mean_transmission) {
  if (mask.half_x() != half_x() || mask.half_y() != half_y())
    throw Error(ErrorCode::invalid_argument,
                "mask spectrum has orders up to " + std::to_string(mask.half_x()) + ", " +
                    std::to_string(mask.half_y()) + "; the model takes " +
                    std::to_string(half_x()) + ", " + std::to_string(half_y()));
  parts_->imaged[parts_->place_of(condition)] = true;
  parts_->fields.intensity(mask, condition, parts_->field_image.view());
  Spectrum<T> intensity(2 * half_x(), 2 * half_y());
  parts_->field_band.analyze(parts_->field_image.view(), intensity);
  const std::complex<T> step = power_step();
  parts_->tails[static_cast<std::size_t>(condition)].for_each([&](int m, int n, float factor) {
    const bool mean = m == 0 && n == 0;
    intensity.at(m, n) += T(factor) * (mean ? std::complex<T>(static_cast<T>(mean_transmission)) : step * mask.at(m, n));
  });
  diffuse(intensity, parts_->period_x_nm, parts_->period_y_nm, parts_->stage_blur_nm);
  add_flare(intensity, mean_transmission, parts_->flare);
  for (std::size_t i = 0; i < intensity.size(); ++i) intensity.data()[i] *= dose * dose;
  return intensity;
}

template <class T>
void Simulator<T>::image(const Spectrum<T>& intensity, ImageView<T> out) {
  parts_->band(out.rows, out.cols, intensity.half_x(), intensity.half_y()).synthesize(intensity, out);
}

template <class T>
Image<T> Simulator<T>::image(const Spectrum<T>& intensity, int rows, int cols) {
  Image<T> out(rows, cols);
  image(intensity, out.view());
  return out;
}

// Of |t|^2 for each of t, where what is drawn and what is not differ.
template <class T>
std::complex<T> Simulator<T>::power_step() const {
  const MaskModel& mask = parts_->mask;
  if (std::abs(mask.step()) < 1e-12) return 0;  // of a mask of layers
  return std::complex<T>((std::norm(mask.drawn()) - std::norm(mask.background())) / mask.step());
}

// Below are the transposes of the steps of the image, last first. analyze() divides by the number of its
// samples, so its transpose is synthesize() divided by it, and that of synthesize() is analyze() times it.
template <class T>
Spectrum<T> Simulator<T>::spectrum_gradient(int condition, T dose, Spectrum<T> d_intensity) {
  if (!parts_->imaged[parts_->place_of(condition)])
    throw Error(ErrorCode::invalid_argument, "a gradient belongs to an image: compute that of condition " +
                                                 std::to_string(condition) + " first");
  if (d_intensity.half_x() != 2 * half_x() || d_intensity.half_y() != 2 * half_y())
    throw Error(ErrorCode::invalid_argument, "the gradient has other orders than the image");
  const T dose_squared = dose * dose;
  const T d_mean = static_cast<T>(parts_->flare) * dose_squared * d_intensity.at(0, 0).real();
  const T scale =
      static_cast<T>(1.0 - parts_->flare) * dose_squared / static_cast<T>(parts_->field_image.size());
  diffuse(d_intensity, parts_->period_x_nm, parts_->period_y_nm, parts_->stage_blur_nm);
  for (std::size_t i = 0; i < d_intensity.size(); ++i) d_intensity.data()[i] *= scale;
  Spectrum<T> d_tail(half_x(), half_y());
  parts_->tails[static_cast<std::size_t>(condition)].for_each([&](int m, int n, float factor) {
    const std::complex<T> value = d_intensity.at(m, n) * static_cast<T>(parts_->field_image.size());
    const bool mean = m == 0 && n == 0;
    d_tail.at(m, n) = T(factor) * std::conj(power_step()) * (mean ? std::complex<T>(value.real()) : value);
  });
  Image<T> d_field(parts_->fields.field_rows(), parts_->fields.field_cols());
  parts_->field_band.synthesize(d_intensity, d_field.view());
  Spectrum<T> d_mask(half_x(), half_y());
  parts_->fields.add_adjoint(condition, d_field.view(), d_mask);
  for (std::size_t i = 0; i < d_mask.size(); ++i) d_mask.data()[i] += d_tail.data()[i];
  d_mask.at(0, 0) += d_mean * std::conj(power_step());
  return d_mask;
}

template <class T>
Spectrum<T> Simulator<T>::drawn_gradient(Spectrum<T> d_mask) const {
  const MaskModel& mask = parts_->mask;
  require_one_layer(mask);
  if (mask.bias_nm != 0.0 || mask.edges.width_nm != 0.0)
    throw Error(ErrorCode::unsupported, "the gradient by what is drawn takes no bias and no edge strips of the mask");
  apply_transmission_adjoint(mask, parts_->period_x_nm, parts_->period_y_nm, d_mask);
  return d_mask;
}

template <class T>
void Simulator<T>::pixel_gradient(const Spectrum<T>& d_mask, ImageView<T> gradient) {
  Spectrum<T> d_drawn = drawn_gradient(d_mask);
  for (std::size_t i = 0; i < d_drawn.size(); ++i) d_drawn.data()[i] /= static_cast<T>(gradient.size());
  parts_->band(gradient.rows, gradient.cols, half_x(), half_y()).synthesize(d_drawn, gradient);
}

template <class T>
Image<T> Simulator<T>::pixel_gradient(const Spectrum<T>& d_mask, int rows, int cols) {
  Image<T> gradient(rows, cols);
  pixel_gradient(d_mask, gradient.view());
  return gradient;
}

template <class T>
Image<T> Simulator<T>::mask_gradient(int condition, T dose, ImageView<const T> d_image, int rows,
                                     int cols) {
  Spectrum<T> d_intensity(2 * half_x(), 2 * half_y());
  parts_->band(d_image.rows, d_image.cols, 2 * half_x(), 2 * half_y()).analyze(d_image, d_intensity);
  for (std::size_t i = 0; i < d_intensity.size(); ++i) d_intensity.data()[i] *= static_cast<T>(d_image.size());
  return pixel_gradient(spectrum_gradient(condition, dose, std::move(d_intensity)), rows, cols);
}

template class Simulator<float>;
template class Simulator<double>;

namespace {

// exp(2 pi i m u) for m = -half..half.
std::vector<std::complex<double>> phases(double u, int half) {
  std::vector<std::complex<double>> table;
  for (int m = -half; m <= half; ++m) {
    const double turns = m * u;
    table.push_back(std::polar(1.0, 2.0 * std::numbers::pi * (turns - std::round(turns))));
  }
  return table;
}

}  // namespace

template <class T>
double intensity_at(const Spectrum<T>& intensity, const Box& field, Point point) {
  const auto px = phases((point.x - field.x0) / field.width(), intensity.half_x());
  const auto py = phases((point.y - field.y0) / field.height(), intensity.half_y());
  double sum = 0.0;
  const std::complex<T>* c = intensity.data();
  for (const std::complex<double>& row_phase : py) {
    std::complex<double> row = 0.0;
    for (const std::complex<double>& phase : px) row += std::complex<double>(*c++) * phase;
    sum += (row * row_phase).real();
  }
  return sum;
}

template <class T>
Image<T> intensity_on(const Spectrum<T>& intensity, const Box& field, const Grid& grid) {
  // Separable: first along x for every order in y, then along y.
  const int rows = intensity.rows(), cols = intensity.cols();
  std::vector<double> re(static_cast<std::size_t>(rows) * grid.cols), im(re.size());
  for (int x = 0; x < grid.cols; ++x) {
    const double position = grid.origin_x_nm + (x + 0.5) * grid.pixel_nm;
    const auto px = phases((position - field.x0) / field.width(), intensity.half_x());
    for (int n = 0; n < rows; ++n) {
      std::complex<double> sum = 0.0;
      for (int m = 0; m < cols; ++m)
        sum += std::complex<double>(intensity.data()[n * cols + m]) * px[static_cast<std::size_t>(m)];
      const std::size_t i = static_cast<std::size_t>(n) * grid.cols + x;
      re[i] = sum.real();
      im[i] = sum.imag();
    }
  }
  Image<T> image(grid.rows, grid.cols);
  std::vector<double> line(static_cast<std::size_t>(grid.cols));
  for (int y = 0; y < grid.rows; ++y) {
    const double position = grid.origin_y_nm + (y + 0.5) * grid.pixel_nm;
    const auto py = phases((position - field.y0) / field.height(), intensity.half_y());
    std::fill(line.begin(), line.end(), 0.0);
    for (int n = 0; n < rows; ++n) {
      const std::complex<double> phase = py[static_cast<std::size_t>(n)];
      const double* a = re.data() + static_cast<std::size_t>(n) * grid.cols;
      const double* b = im.data() + static_cast<std::size_t>(n) * grid.cols;
      for (std::size_t x = 0; x < line.size(); ++x)
        line[x] += a[x] * phase.real() - b[x] * phase.imag();
    }
    for (int x = 0; x < grid.cols; ++x)
      image(y, x) = static_cast<T>(line[static_cast<std::size_t>(x)]);
  }
  return image;
}

namespace {

// exp(-2 pi^2 s^2 f^2), the transform of a Gaussian of standard deviation s.
double gaussian_factor(double sigma_nm, double fx, double fy) {
  const double s = std::numbers::pi * sigma_nm;
  return std::exp(-2.0 * s * s * (fx * fx + fy * fy));
}

template <class T, class Factor>
void filter(Spectrum<T>& intensity, double period_x_nm, double period_y_nm, const Factor& factor) {
  for (int n = -intensity.half_y(); n <= intensity.half_y(); ++n)
    for (int m = -intensity.half_x(); m <= intensity.half_x(); ++m)
      intensity.at(m, n) *= static_cast<T>(factor(m / period_x_nm, n / period_y_nm));
}

}  // namespace

template <class T>
void diffuse(Spectrum<T>& intensity, double period_x_nm, double period_y_nm, double diffusion_nm) {
  if (diffusion_nm == 0.0) return;
  filter(intensity, period_x_nm, period_y_nm,
         [&](double fx, double fy) { return gaussian_factor(diffusion_nm, fx, fy); });
}

template <class T>
void expose(Spectrum<T>& intensity, double period_x_nm, double period_y_nm, const ResistModel& resist) {
  if (resist.slope_nm != 0.0)
    throw Error(ErrorCode::unsupported,
                "the model's resist has a slope term (slope_nm = " + std::to_string(resist.slope_nm) +
                    "), which only measuring at gauges takes; fit a resist without it for correction");
  if (resist.density == 0.0)
    return diffuse(intensity, period_x_nm, period_y_nm, resist.diffusion_nm);
  filter(intensity, period_x_nm, period_y_nm, [&](double fx, double fy) {
    return gaussian_factor(resist.diffusion_nm, fx, fy) +
           resist.density * gaussian_factor(resist.density_range_nm, fx, fy);
  });
}

template <class T>
void add_flare(Spectrum<T>& intensity, double mean_transmission, double flare) {
  if (flare == 0.0) return;
  for (std::size_t i = 0; i < intensity.size(); ++i)
    intensity.data()[i] *= static_cast<T>(1.0 - flare);
  intensity.at(0, 0) += static_cast<T>(flare * mean_transmission);
}

template void add_flare(Spectrum<float>&, double, double);
template void add_flare(Spectrum<double>&, double, double);
template double intensity_at(const Spectrum<float>&, const Box&, Point);
template double intensity_at(const Spectrum<double>&, const Box&, Point);
template Image<float> intensity_on(const Spectrum<float>&, const Box&, const Grid&);
template Image<double> intensity_on(const Spectrum<double>&, const Box&, const Grid&);
template void expose(Spectrum<float>&, double, double, const ResistModel&);
template void expose(Spectrum<double>&, double, double, const ResistModel&);
template void diffuse(Spectrum<float>&, double, double, double);
template void diffuse(Spectrum<double>&, double, double, double);

}  // namespace reticle
