#include "litho/optics/source.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kernels/base/error.h"

namespace reticle {

namespace {

bool inside(const SourceSettings& source, double sx, double sy) {
  const double radius = std::hypot(sx, sy);
  if (radius > source.sigma_out) return false;
  if (source.shape == SourceShape::conventional) return true;
  if (radius < source.sigma_in) return false;
  if (source.shape == SourceShape::annular) return true;
  const double pitch = 360.0 / source.poles;
  const double angle = std::atan2(sy, sx) * 180.0 / std::numbers::pi - source.rotation_deg;
  return std::abs(std::remainder(angle, pitch)) <= 0.5 * source.opening_deg;
}

// The part of a pixel that the shape covers, by 16 x 16 sub-pixels.
double coverage(const SourceSettings& source, double sx, double sy, double pixel) {
  if (source.sampling == SourceSampling::pixel_centre) return inside(source, sx, sy) ? 1.0 : 0.0;
  constexpr int k_parts = 16;
  int count = 0;
  for (int i = 0; i < k_parts; ++i)
    for (int j = 0; j < k_parts; ++j)
      count += inside(source, sx + pixel * ((j + 0.5) / k_parts - 0.5),
                      sy + pixel * ((i + 0.5) / k_parts - 0.5));
  return static_cast<double>(count) / (k_parts * k_parts);
}

// Source pixels over sigma -extent..extent, where extent leaves room for the blur.
struct PixelSource {
  Image<double> weights;
  double pixel = 0.0;
  double position(int i, int count) const { return (i - 0.5 * (count - 1)) * pixel; }
};

PixelSource pixel_source(const SourceSettings& source) {
  const bool freeform = source.shape == SourceShape::freeform;
  const int inner = freeform ? std::max(source.map.rows(), source.map.cols()) : source.grid;
  const double reach = freeform ? 1.0 : std::max(1.0, source.sigma_out);
  PixelSource pixels{.weights = {}, .pixel = 2.0 / inner};
  const int margin =
      static_cast<int>(std::ceil((reach - 1.0 + 4.0 * source.blur_sigma) / pixels.pixel - 1e-9));
  const int rows = (freeform ? source.map.rows() : inner) + 2 * margin;
  const int cols = (freeform ? source.map.cols() : inner) + 2 * margin;
  pixels.weights = Image<double>(rows, cols);
  for (int y = 0; y < rows; ++y)
    for (int x = 0; x < cols; ++x) {
      const int v = y - margin, u = x - margin;
      if (!freeform)
        pixels.weights(y, x) =
            coverage(source, pixels.position(x, cols), pixels.position(y, rows), pixels.pixel);
      else if (v >= 0 && v < source.map.rows() && u >= 0 && u < source.map.cols())
        pixels.weights(y, x) = source.map(v, u);
    }
  return pixels;
}

void blur(PixelSource& source, double sigma) {
  if (sigma == 0.0) return;
  const int reach = static_cast<int>(std::ceil(4.0 * sigma / source.pixel));
  std::vector<double> weights;
  double sum = 0.0;
  for (int i = -reach; i <= reach; ++i) {
    weights.push_back(std::exp(-0.5 * std::pow(i * source.pixel / sigma, 2)));
    sum += weights.back();
  }
  const int rows = source.weights.rows(), cols = source.weights.cols();
  Image<double> along_x(rows, cols), out(rows, cols);
  for (int y = 0; y < rows; ++y)
    for (int x = 0; x < cols; ++x)
      for (int i = std::max(-reach, -x); i <= std::min(reach, cols - 1 - x); ++i)
        along_x(y, x) += weights[static_cast<std::size_t>(i + reach)] / sum * source.weights(y, x + i);
  for (int y = 0; y < rows; ++y)
    for (int i = std::max(-reach, -y); i <= std::min(reach, rows - 1 - y); ++i)
      for (int x = 0; x < cols; ++x)
        out(y, x) += weights[static_cast<std::size_t>(i + reach)] / sum * along_x(y + i, x);
  source.weights = std::move(out);
}

std::vector<JonesState> polarisation_at(Polarisation polarisation, double sx, double sy) {
  const double radius = std::hypot(sx, sy);
  const std::vector<JonesState> unpolarised = {{1.0, 0.0, 0.5}, {0.0, 1.0, 0.5}};
  switch (polarisation) {
    case Polarisation::unpolarised: return unpolarised;
    case Polarisation::x: return {{1.0, 0.0, 1.0}};
    case Polarisation::y: return {{0.0, 1.0, 1.0}};
    case Polarisation::te:
      if (radius < 1e-12) return unpolarised;
      return {{-sy / radius, sx / radius, 1.0}};
    case Polarisation::tm:
      if (radius < 1e-12) return unpolarised;
      return {{sx / radius, sy / radius, 1.0}};
  }
  return unpolarised;
}

}  // namespace

std::vector<SourcePoint> sample_source(const SourceSettings& settings) {
  PixelSource pixels = pixel_source(settings);
  blur(pixels, settings.blur_sigma);
  double sum = 0.0;
  for (const double weight : pixels.weights) sum += weight;
  if (sum <= 0.0)
    throw Error(ErrorCode::bad_input,
                "source: no pixel of the " + std::to_string(settings.grid) +
                    "-pixel grid carries light; use a finer source.grid or a larger shape");
  std::vector<SourcePoint> points;
  const int rows = pixels.weights.rows(), cols = pixels.weights.cols();
  for (int y = 0; y < rows; ++y)
    for (int x = 0; x < cols; ++x) {
      const double weight = pixels.weights(y, x) / sum;
      if (weight < 1e-9) continue;
      const double sx = pixels.position(x, cols), sy = pixels.position(y, rows);
      points.push_back({sx, sy, weight, polarisation_at(settings.polarisation, sx, sy)});
    }
  return points;
}

}  // namespace reticle
