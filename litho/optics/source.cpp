// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/source.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "kernels/base/error.h"
#include "litho/optics/source_shape.h"

namespace reticle {

namespace {

// Source pixels about the axis, with room for the blur: light, and where the map is polarised by pixel
// the Stokes parameters S1..S3 too.
struct PixelSource {
  Image<double> light;
  std::array<Image<double>, 3> stokes;
  double across = 0.0;  // pixels over sigma -1..1

  double position(int i, int count) const { return (2 * i + 1 - count) / across; }
  double side() const { return 2.0 / across; }
};

Image<double> with_margin(const Image<double>& map, int margin) {
  if (map.empty()) return {};
  Image<double> wide(map.rows() + 2 * margin, map.cols() + 2 * margin);
  for (int y = 0; y < map.rows(); ++y)
    std::copy_n(map.row(y), map.cols(), wide.row(y + margin) + margin);
  return wide;
}

PixelSource pixels_of_map(const SourceSettings& source) {
  PixelSource pixels{.light = {}, .stokes = {}, .across = std::max(source.map.rows(), source.map.cols()) / source.map_reach};
  const int margin = static_cast<int>(std::ceil(4.0 * source.blur_sigma / pixels.side() - 1e-9));
  pixels.light = with_margin(source.map, margin);
  for (std::size_t i = 0; i < pixels.stokes.size(); ++i)
    pixels.stokes[i] = with_margin(source.stokes[i], margin);
  return pixels;
}

PixelSource pixels_of_shape(const SourceSettings& source) {
  PixelSource pixels{.light = {}, .stokes = {}, .across = static_cast<double>(source.grid)};
  const double beyond = std::max(source.sigma_out - 1.0, 0.0) + 4.0 * source.blur_sigma;
  const int margin = static_cast<int>(std::ceil(beyond / pixels.side() - 1e-9));
  const int count = source.grid + 2 * margin;
  pixels.light = Image<double>(count, count);
  for (int y = 0; y < count; ++y)
    for (int x = 0; x < count; ++x) {
      const double sx = pixels.position(x, count), sy = pixels.position(y, count);
      pixels.light(y, x) = source.sampling != SourceSampling::pixel_centre
                               ? covered_part(source, sx, sy, pixels.side())
                               : (inside_shape(source, sx, sy) ? 1.0 : 0.0);
    }
  return pixels;
}

// Gaussian of this standard deviation in pixels, along x and then along y.
void blur(Image<double>& image, double sigma) {
  const int reach = static_cast<int>(std::ceil(4.0 * sigma));
  std::vector<double> weights;
  double sum = 0.0;
  for (int i = -reach; i <= reach; ++i) {
    weights.push_back(std::exp(-0.5 * std::pow(i / sigma, 2)));
    sum += weights.back();
  }
  const int rows = image.rows(), cols = image.cols();
  Image<double> along_x(rows, cols), out(rows, cols);
  for (int y = 0; y < rows; ++y)
    for (int x = 0; x < cols; ++x)
      for (int i = std::max(-reach, -x); i <= std::min(reach, cols - 1 - x); ++i)
        along_x(y, x) += weights[static_cast<std::size_t>(i + reach)] / sum * image(y, x + i);
  for (int y = 0; y < rows; ++y)
    for (int i = std::max(-reach, -y); i <= std::min(reach, rows - 1 - y); ++i)
      for (int x = 0; x < cols; ++x)
        out(y, x) += weights[static_cast<std::size_t>(i + reach)] / sum * along_x(y + i, x);
  image = std::move(out);
}

PixelSource pixel_source(const SourceSettings& source) {
  PixelSource pixels =
      source.shape == SourceShape::freeform ? pixels_of_map(source) : pixels_of_shape(source);
  if (source.blur_sigma == 0.0) return pixels;
  const double sigma = source.blur_sigma / pixels.side();
  blur(pixels.light, sigma);
  for (Image<double>& part : pixels.stokes)
    if (!part.empty()) blur(part, sigma);
  return pixels;
}

// The eigenvectors of the coherency matrix 1/2 [[s0 + s1, s2 - i s3], [s2 + i s3, s0 - s1]].
std::vector<JonesState> states_of(double s0, double s1, double s2, double s3) {
  const double polarised = std::sqrt(s1 * s1 + s2 * s2 + s3 * s3);
  if (polarised <= 1e-12 * s0) return {{1.0, 0.0, 0.5}, {0.0, 1.0, 0.5}};
  const std::complex<double> across(s2 / polarised, s3 / polarised);
  const double along = s1 / polarised;
  std::complex<double> x, y;
  if (along >= 0.0) {
    x = std::sqrt(0.5 * (1.0 + along));
    y = 0.5 * across / x;
  } else {
    y = std::sqrt(0.5 * (1.0 - along));
    x = 0.5 * std::conj(across) / y;
  }
  const double part = std::min(polarised / s0, 1.0);
  std::vector<JonesState> states = {{x, y, 0.5 * (1.0 + part)}};
  if (part < 1.0) states.push_back({-std::conj(y), std::conj(x), 0.5 * (1.0 - part)});
  return states;
}

std::vector<JonesState> polarisation_at(Polarisation polarisation, double sx, double sy) {
  const double radius = std::hypot(sx, sy);
  const std::vector<JonesState> unpolarised = {{1.0, 0.0, 0.5}, {0.0, 1.0, 0.5}};
  switch (polarisation) {
    case Polarisation::unpolarised:
    case Polarisation::stokes: return unpolarised;
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

std::vector<SourceCell> source_cells(const SourceSettings& settings) {
  const PixelSource pixels = pixel_source(settings);
  double sum = 0.0;
  for (const double light : pixels.light) sum += light;
  if (sum <= 0.0)
    throw Error(ErrorCode::bad_input,
                "source: no pixel of the " + std::to_string(std::lround(pixels.across)) +
                    "-pixel grid carries light; use a finer source.grid or a larger shape");
  std::vector<SourceCell> cells;
  const int rows = pixels.light.rows(), cols = pixels.light.cols();
  for (int y = 0; y < rows; ++y)
    for (int x = 0; x < cols; ++x) {
      const double light = pixels.light(y, x);
      if (light < 1e-12 * sum) continue;
      SourceCell cell{pixels.position(x, cols), pixels.position(y, rows), pixels.side(), light / sum, {}};
      if (settings.polarisation == Polarisation::stokes)
        for (std::size_t i = 0; i < cell.stokes.size(); ++i) cell.stokes[i] = pixels.stokes[i](y, x) / light;
      cells.push_back(cell);
    }
  return cells;
}

std::array<SourceCell, 4> quarters(const SourceSettings& settings, const SourceCell& cell) {
  std::array<SourceCell, 4> parts;
  const double side = 0.5 * cell.side;
  double covered = 0.0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i] = cell;
    parts[i].sigma_x += (i % 2 == 0 ? -0.5 : 0.5) * side;
    parts[i].sigma_y += (i < 2 ? -0.5 : 0.5) * side;
    parts[i].side = side;
    const bool shaped = settings.shape != SourceShape::freeform && settings.blur_sigma == 0.0;
    parts[i].weight = shaped ? covered_part(settings, parts[i].sigma_x, parts[i].sigma_y, side) : 1.0;
    covered += parts[i].weight;
  }
  for (SourceCell& part : parts) part.weight *= covered > 0.0 ? cell.weight / covered : 0.0;
  return parts;
}

SourcePoint point_of(const SourceSettings& settings, const SourceCell& cell) {
  const auto& s = cell.stokes;
  return {cell.sigma_x, cell.sigma_y, cell.weight,
          settings.polarisation == Polarisation::stokes
              ? states_of(1.0, s[0], s[1], s[2])
              : polarisation_at(settings.polarisation, cell.sigma_x, cell.sigma_y)};
}

std::vector<SourcePoint> sample_source(const SourceSettings& settings) {
  std::vector<SourcePoint> points;
  for (const SourceCell& cell : source_cells(settings)) points.push_back(point_of(settings, cell));
  return points;
}

}  // namespace reticle
