#include "litho/optics/coherent_rows.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "litho/optics/projection.h"
#include "litho/optics/source.h"

namespace reticle {

namespace {

// Gauss-Hermite nodes of the standard normal distribution, 5 points.
constexpr std::array<std::pair<double, double>, 5> k_normal_nodes = {{
    {-2.8569700138728056, 0.011257411327720691},
    {-1.3556261799742659, 0.22207592200561263},
    {0.0, 0.53333333333333333},
    {1.3556261799742659, 0.22207592200561263},
    {2.8569700138728056, 0.011257411327720691},
}};

}  // namespace

CoherentRows::CoherentRows(const OpticsSettings& settings, double focus_nm) : settings_(settings) {
  validate(settings);
  double reach = 0.0;
  for (const SourcePoint& point : sample_source(settings.source))
    reach = std::max({reach, std::abs(point.sigma_x), std::abs(point.sigma_y)});
  const double cutoff = (1.0 + reach) * settings.na / settings.wavelength_nm;
  window_ = {static_cast<int>(std::floor(cutoff * settings.period_x_nm() + 1e-9)),
             static_cast<int>(std::floor(cutoff * settings.period_y_nm() + 1e-9))};
  const auto& depths = settings.stack.depths_nm;
  for (const double depth : depths) {
    const double part = 1.0 / static_cast<double>(depths.size());
    if (settings.focus_blur_nm == 0.0) {
      layers_.push_back({focus_nm, depth, part});
    } else {
      for (const auto& [node, weight] : k_normal_nodes)
        layers_.push_back({focus_nm + node * settings.focus_blur_nm, depth, part * weight});
    }
  }
  // A clear mask passes the zero order only. Its raw value is that of the stack-free image, so that
  // intensities inside films keep their meaning.
  OpticsSettings free = settings;
  free.stack = {};
  const std::size_t zero = static_cast<std::size_t>(window_.half_y * window_.cols() + window_.half_x);
  if (!settings.stack.films.empty()) {
    clear_raw_ = CoherentRows(free, focus_nm).clear_raw();
    raw_rows([&](auto) { ++count_; });
  } else {
    raw_rows([&](std::span<const std::complex<double>> row) {
      clear_raw_ += std::norm(row[zero]);
      ++count_;
    });
  }
}

void CoherentRows::raw_rows(
    const std::function<void(std::span<const std::complex<double>>)>& use) const {
  const double step_x = settings_.wavelength_nm / (settings_.na * settings_.period_x_nm());
  const double step_y = settings_.wavelength_nm / (settings_.na * settings_.period_y_nm());
  const std::size_t size = static_cast<std::size_t>(window_.size());
  std::vector<OrderResponse> responses(size);
  std::vector<std::complex<double>> row(size);
  const std::vector<SourcePoint> source = sample_source(settings_.source);
  for (const Layer& layer : layers_) {
    const Projection projection(settings_, layer.defocus_nm, layer.depth_nm);
    for (const SourcePoint& point : source) {
      std::size_t i = 0;
      for (int n = -window_.half_y; n <= window_.half_y; ++n)
        for (int m = -window_.half_x; m <= window_.half_x; ++m)
          responses[i++] = projection.at(point.sigma_x + m * step_x, point.sigma_y + n * step_y);
      const std::size_t states = settings_.vector_imaging ? point.states.size() : 1;
      for (std::size_t j = 0; j < states; ++j) {
        const JonesState state =
            settings_.vector_imaging ? point.states[j] : JonesState{1.0, 0.0, 1.0};
        const double root = std::sqrt(layer.weight * point.weight * state.weight);
        for (int c = 0; c < projection.components(); ++c) {
          bool dark = true;
          for (std::size_t k = 0; k < size; ++k) {
            const auto& response = responses[k][static_cast<std::size_t>(c)];
            row[k] = root * (response[0] * state.x + response[1] * state.y);
            dark = dark && row[k] == 0.0;
          }
          if (!dark) use(row);
        }
      }
    }
  }
}

void CoherentRows::for_each(
    const std::function<void(std::span<const std::complex<double>>)>& use) const {
  const double scale = 1.0 / std::sqrt(clear_raw_);
  std::vector<std::complex<double>> scaled(static_cast<std::size_t>(window_.size()));
  raw_rows([&](std::span<const std::complex<double>> row) {
    std::transform(row.begin(), row.end(), scaled.begin(), [&](auto v) { return v * scale; });
    use(scaled);
  });
}

}  // namespace reticle
