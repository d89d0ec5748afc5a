// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/abbe_imaging.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <string>
#include <utility>

#include "kernels/base/error.h"
#include "kernels/cpu/band_transform.h"
#include "kernels/cpu/coherent_fields.h"
#include "litho/imaging/simulator.h"

namespace reticle {

namespace {

constexpr double k_edge = 1e-9;

// Orders that a pupil about the nearest order to its centre can hold.
int pupil_orders(double step) { return static_cast<int>(std::floor(1.0 / step + 0.5 + k_edge)); }

}  // namespace

MapPoints points_of_map(const OpticsSettings& settings) {
  const SourceSettings& source = settings.source;
  if (source.shape != SourceShape::freeform)
    throw Error(ErrorCode::bad_input, "source.shape: gradients in source pixels take a freeform map");
  if (source.blur_sigma != 0.0)
    throw Error(ErrorCode::unsupported, "source.blur_sigma = " + std::to_string(source.blur_sigma) +
                                            ": gradients in source pixels take a map without blur");
  MapPoints result;
  const int across = std::max(source.map.rows(), source.map.cols());
  const auto position = [&](int i, int count) { return (2 * i + 1 - count) / static_cast<double>(across); };
  int pixel = 0;
  for (int y = 0; y < source.map.rows(); ++y)
    for (int x = 0; x < source.map.cols(); ++x, ++pixel) {
      SourceCell cell{.sigma_x = position(x, source.map.cols()), .sigma_y = position(y, source.map.rows()),
                      .side = 2.0 / across, .weight = source.map(y, x)};
      if (cell.weight == 0.0 && std::hypot(cell.sigma_x, cell.sigma_y) > 1.0) continue;
      if (source.polarisation == Polarisation::stokes && cell.weight > 0.0)
        for (std::size_t i = 0; i < cell.stokes.size(); ++i)
          cell.stokes[i] = source.stokes[i](y, x) / cell.weight;
      result.points.push_back(point_of(source, cell));
      result.points.back().weight = cell.weight;
      result.pixels.push_back(pixel);
    }
  return result;
}

// The systems of all points, eight at a time.
template <class T>
class AbbeImaging<T>::Groups {
 public:
  using Fields = cpu::CoherentFields<T>;
  using Visit = std::function<void()>;

  explicit Groups(const AbbeImaging& owner)
      : owner_(owner), fields_(owner.pupil_x_, owner.pupil_y_),
        system_(static_cast<std::size_t>(2 * owner.pupil_x_ + 1) * (2 * owner.pupil_y_ + 1)) {}

  Fields& fields() { return fields_; }
  int systems() const { return count_; }
  std::size_t point(int lane) const { return lane_point_[static_cast<std::size_t>(lane)]; }
  const std::array<T, cpu::k_lanes>& weights() const { return weights_; }

  int centre_x(std::size_t point) const {
    return static_cast<int>(std::lround(-owner_.points_[point].sigma_x / owner_.step_x_));
  }
  int centre_y(std::size_t point) const {
    return static_cast<int>(std::lround(-owner_.points_[point].sigma_y / owner_.step_y_));
  }

  // visit() for every group; points without light are left out unless wanted.
  void for_each(bool dark_points, const Visit& visit) {
    const CoherentRows rows(owner_.settings_, owner_.points_, owner_.focus_nm_);
    reset();
    for (std::size_t p = 0; p < owner_.points_.size(); ++p) {
      SourcePoint unit = owner_.points_[p];
      const double weight = std::exchange(unit.weight, 1.0);
      if (weight == 0.0 && !dark_points) continue;
      rows.rows_of(unit, [&](std::span<const std::complex<double>> row) {
        take(p, weight, row);
        if (count_ < cpu::k_lanes) return;
        visit();
        reset();
      });
    }
    if (count_ > 0) visit();
  }

 private:
  void reset() {
    fields_.clear();
    weights_.fill(T(0));
    count_ = 0;
  }
  void take(std::size_t p, double weight, std::span<const std::complex<double>> row) {
    const OrderWindow& window = owner_.window_;
    const int cx = centre_x(p), cy = centre_y(p);
    std::size_t i = 0;
    for (int n = cy - owner_.pupil_y_; n <= cy + owner_.pupil_y_; ++n)
      for (int m = cx - owner_.pupil_x_; m <= cx + owner_.pupil_x_; ++m, ++i) {
        const bool inside = std::abs(m) <= window.half_x && std::abs(n) <= window.half_y;
        system_[i] = inside ? row[static_cast<std::size_t>((n + window.half_y) * window.cols() + m + window.half_x)]
                            : std::complex<double>{};
      }
    fields_.set(count_, system_, cx, cy);
    weights_[static_cast<std::size_t>(count_)] = static_cast<T>(weight);
    lane_point_[static_cast<std::size_t>(count_++)] = p;
  }

  const AbbeImaging& owner_;
  Fields fields_;
  std::vector<std::complex<double>> system_;
  std::array<T, cpu::k_lanes> weights_{};
  std::array<std::size_t, cpu::k_lanes> lane_point_{};
  int count_ = 0;
};

template <class T>
AbbeImaging<T>::AbbeImaging(OpticsSettings settings, std::vector<SourcePoint> points, double focus_nm)
    : settings_(std::move(settings)), points_(std::move(points)), focus_nm_(focus_nm),
      step_x_(settings_.wavelength_nm / (settings_.na * settings_.period_x_nm())),
      step_y_(settings_.wavelength_nm / (settings_.na * settings_.period_y_nm())),
      pupil_x_(pupil_orders(step_x_)), pupil_y_(pupil_orders(step_y_)) {
  validate(settings_);
  window_ = order_window(settings_, points_);
}

template <class T>
void AbbeImaging<T>::check(std::span<const Spectrum<T>> masks) const {
  for (const Spectrum<T>& mask : masks)
    if (mask.half_x() != half_x() || mask.half_y() != half_y())
      throw Error(ErrorCode::invalid_argument,
                  "mask spectrum has orders up to " + std::to_string(mask.half_x()) + ", " +
                      std::to_string(mask.half_y()) + "; these optics take " + std::to_string(half_x()) +
                      ", " + std::to_string(half_y()));
}

template <class T>
std::vector<Spectrum<T>> AbbeImaging<T>::intensity(std::span<const Spectrum<T>> masks) const {
  check(masks);
  Groups groups(*this);
  auto& fields = groups.fields();
  std::vector<Image<T>> sums(masks.size(), Image<T>(fields.field_rows(), fields.field_cols()));
  groups.for_each(false, [&] {
    for (std::size_t i = 0; i < masks.size(); ++i) {
      fields.propagate(masks[i]);
      fields.add_intensity(groups.weights(), sums[i].view());
    }
  });
  cpu::BandTransform<T> band(fields.field_rows(), fields.field_cols(), image_half_x(), image_half_y(),
                             cpu::Samples::at_corners);
  std::vector<Spectrum<T>> results;
  for (std::size_t i = 0; i < masks.size(); ++i) {
    Spectrum<T>& result = results.emplace_back(image_half_x(), image_half_y());
    band.analyze(sums[i].view(), result);
    diffuse(result, settings_.period_x_nm(), settings_.period_y_nm(), settings_.stage_blur_nm);
    add_flare(result, static_cast<double>(masks[i].at(0, 0).real()), settings_.flare);
  }
  return results;
}

// dL/dI on the field grid: the transposes of flare, blur and analysis.
template <class T>
Image<T> AbbeImaging<T>::on_field(Spectrum<T> d_intensity, int rows, int cols) const {
  Image<T> field(rows, cols);
  diffuse(d_intensity, settings_.period_x_nm(), settings_.period_y_nm(), settings_.stage_blur_nm);
  const T scale = static_cast<T>((1.0 - settings_.flare) / static_cast<double>(field.size()));
  for (std::size_t i = 0; i < d_intensity.size(); ++i) d_intensity.data()[i] *= scale;
  cpu::BandTransform<T>(rows, cols, image_half_x(), image_half_y(), cpu::Samples::at_corners)
      .synthesize(d_intensity, field.view());
  return field;
}

template <class T>
AbbeGradient<T> AbbeImaging<T>::gradient(std::span<const Spectrum<T>> masks,
                                         std::span<const Spectrum<T>> d_intensity,
                                         const AbbeWanted& wanted) const {
  check(masks);
  if (d_intensity.size() != masks.size())
    throw Error(ErrorCode::invalid_argument, std::to_string(d_intensity.size()) + " gradients for " +
                                                 std::to_string(masks.size()) + " images");
  Groups groups(*this);
  auto& fields = groups.fields();
  AbbeGradient<T> result;
  std::vector<Image<T>> g;
  for (const Spectrum<T>& d : d_intensity) {
    if (d.half_x() != image_half_x() || d.half_y() != image_half_y())
      throw Error(ErrorCode::invalid_argument, "gradient and image differ in their orders");
    g.push_back(on_field(d, fields.field_rows(), fields.field_cols()));
  }
  if (wanted.masks)
    for (const Spectrum<T>& mask : masks) result.masks.emplace_back(mask.half_x(), mask.half_y());
  std::vector<double> own(points_.size());  // L_s
  const std::size_t orders = static_cast<std::size_t>(2 * pupil_x_ + 1) * (2 * pupil_y_ + 1);
  std::vector<double> turns(orders), phase(orders);
  const double n2 = settings_.immersion_index * settings_.immersion_index, na2 = settings_.na * settings_.na;

  // What a turn of each order's phase is worth, for Zernikes and focus.
  const auto add_pupil = [&](std::size_t p) {
    std::size_t i = 0;
    for (int n = groups.centre_y(p) - pupil_y_; n <= groups.centre_y(p) + pupil_y_; ++n)
      for (int m = groups.centre_x(p) - pupil_x_; m <= groups.centre_x(p) + pupil_x_; ++m, ++i) {
        if (phase[i] == 0.0) continue;
        const double rho_x = points_[p].sigma_x + m * step_x_, rho_y = points_[p].sigma_y + n * step_y_;
        const double turn = 2.0 * std::numbers::pi * points_[p].weight * phase[i];
        result.focus_nm +=
            turn / settings_.wavelength_nm * std::sqrt(n2 - na2 * (rho_x * rho_x + rho_y * rho_y));
        for (std::size_t j = 0; j < k_fringe_zernikes; ++j)
          result.zernikes_waves[j] += turn * fringe_zernike(static_cast<int>(j) + 1, rho_x, rho_y);
      }
    std::fill(phase.begin(), phase.end(), 0.0);
  };

  groups.for_each(wanted.source, [&] {
    std::array<std::vector<double>, cpu::k_lanes> lane_phase;
    for (auto& lane : lane_phase) lane.assign(wanted.pupil ? orders : 0, 0.0);
    for (std::size_t i = 0; i < masks.size(); ++i) {
      fields.propagate(masks[i]);
      if (wanted.source) {
        const auto sums = fields.inner_products(g[i].view());
        for (int lane = 0; lane < groups.systems(); ++lane)
          own[groups.point(lane)] += sums[static_cast<std::size_t>(lane)];
      }
      if (!wanted.pupil && !wanted.masks) continue;
      fields.back_propagate(g[i].view());
      if (wanted.masks) fields.add_mask_gradient(groups.weights(), result.masks[i]);
      if (!wanted.pupil) continue;
      for (int lane = 0; lane < groups.systems(); ++lane) {
        if (groups.weights()[static_cast<std::size_t>(lane)] == T(0)) continue;
        fields.phase_gradient(lane, masks[i], turns);
        auto& sum = lane_phase[static_cast<std::size_t>(lane)];
        for (std::size_t o = 0; o < orders; ++o) sum[o] += turns[o];
      }
    }
    if (!wanted.pupil) return;
    for (int lane = 0; lane < groups.systems(); ++lane) {
      const auto& sum = lane_phase[static_cast<std::size_t>(lane)];
      for (std::size_t o = 0; o < orders; ++o) phase[o] += sum[o];
      if (lane + 1 == groups.systems() || groups.point(lane + 1) != groups.point(lane)) add_pupil(groups.point(lane));
    }
  });

  if (wanted.source) {
    const double clear = clear_field(settings_, points_);
    double all = 0.0;
    for (std::size_t p = 0; p < points_.size(); ++p) all += points_[p].weight * own[p];
    result.weights.resize(points_.size());
    for (std::size_t p = 0; p < points_.size(); ++p)
      result.weights[p] = own[p] - clear_intensity(settings_, points_[p]) / clear * all;
  }
  for (std::size_t i = 0; i < result.masks.size(); ++i)
    result.masks[i].at(0, 0) += static_cast<T>(settings_.flare) * d_intensity[i].at(0, 0).real();
  return result;
}

template class AbbeImaging<float>;
template class AbbeImaging<double>;

}  // namespace reticle
