// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/calibration.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "kernels/cpu/band_transform.h"
#include "litho/imaging/polygon_spectrum.h"
#include "litho/imaging/simulator.h"

namespace reticle {

namespace {

constexpr double k_slope_that_prints = 2.5;  // NILS of 1 of a line of 0.4 lambda / NA
constexpr double k_least_slope = 1.0;        // where nothing prints
constexpr double k_clip = 9.0;  // lambda / NA, at least: larger than two interaction ranges

Polygon rectangle(double x0, double y0, double x1, double y1) { return {{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}; }

// Uniform numbers, the same on every machine.
class Random {
 public:
  explicit Random(unsigned seed) : generator_(seed) {}
  double between(double low, double high) {
    return low + (high - low) * static_cast<double>(generator_()) / 4294967296.0;
  }

 private:
  std::mt19937 generator_;
};

std::vector<Polygon> squares(double unit, double px, double py) {
  const int cols = std::max(2, static_cast<int>(px / (0.6 * unit)));
  const int rows = std::max(2, static_cast<int>(py / (0.6 * unit)));
  const double w = px / cols, h = py / rows;
  Random random(20260102);
  std::vector<Polygon> shapes;
  for (int y = 0; y < rows; ++y)
    for (int x = 0; x < cols; ++x)
      if (random.between(0.0, 1.0) < 0.4 || (x == 0 && y == 0))
        shapes.push_back(rectangle(x * w, y * h, (x + 1) * w, (y + 1) * h));
  return shapes;
}

// Lines along y in the lower half, along x in the upper one, of growing width and space.
std::vector<Polygon> lines(double unit, double px, double py) {
  constexpr std::array<std::array<double, 2>, 6> k_line_and_space = {
      {{0.37, 0.37}, {0.4, 0.4}, {0.4, 0.7}, {0.5, 0.5}, {0.45, 1.2}, {0.7, 0.6}}};
  std::vector<Polygon> shapes;
  const auto rule = [&](double from, double to, auto add) {
    double at = from;
    for (std::size_t i = 0; at + k_line_and_space[i / 2 % 6][0] * unit <= to; ++i) {
      const auto& [line, space] = k_line_and_space[i / 2 % 6];
      add(at, at + line * unit);
      at += (line + space) * unit;
    }
  };
  rule(0.0, px - 0.37 * unit, [&](double a, double b) { shapes.push_back(rectangle(a, 0.0, b, 0.45 * py)); });
  rule(0.55 * py, 0.95 * py, [&](double a, double b) { shapes.push_back(rectangle(0.0, a, 0.9 * px, b)); });
  return shapes;
}

constexpr int k_gratings = 16;

// By places across and along lines.
Polygon placed(bool upright, double across0, double along0, double across1, double along1) {
  return upright ? rectangle(across0, along0, across1, along1) : rectangle(along0, across0, along1, across1);
}

// Gratings, a quarter of the clip each. What kernels miss of a line adds up over equal ones.
struct LineAndSpace {
  double line, space;  // lambda / NA
};
// Well spread over lines of 0.36 to 0.7 and spaces of 0.36 to 1.5 [Halton 1960].
LineAndSpace line_and_space(int index) {
  const auto radical_inverse = [](int of, int base) {
    double value = 0.0, part = 1.0;
    for (; of > 0; of /= base) value += (part /= base) * (of % base);
    return value;
  };
  return {0.36 + 0.34 * radical_inverse(index, 2), 0.36 + 1.14 * radical_inverse(index, 3)};
}

std::vector<Polygon> gratings(int first, bool upright, double unit, double across, double along) {
  std::vector<Polygon> shapes;
  const double gap = 0.6 * unit, x = 0.5 * across, y = 0.5 * along;
  for (int quarter = 0; quarter < 4; ++quarter) {
    const auto [line, space] = line_and_space(first + quarter);
    const double from = quarter % 2 == 0 ? 0.0 : x, low = quarter / 2 == 0 ? 0.0 : y;
    for (double at = from; at + line * unit <= from + x - gap; at += (line + space) * unit)
      shapes.push_back(placed(upright, at, low, at + line * unit, low + y - gap));
  }
  return shapes;
}

std::vector<Polygon> contacts(double unit, double px, double py) {
  Random random(20260103);
  std::vector<Polygon> shapes;
  const double side = 0.55 * unit;
  for (double y = 0.1 * unit; y + side <= py; y += side + random.between(0.45, 1.0) * unit)
    for (double x = 0.1 * unit; x + side <= px; x += side + random.between(0.45, 1.2) * unit)
      if (random.between(0.0, 1.0) < 0.85) shapes.push_back(rectangle(x, y, x + side, y + side));
  return shapes;
}

// Wires that end at random, on tracks of a pitch in each quarter of the clip.
std::vector<Polygon> bars(const std::array<LineAndSpace, 4>& tracks, unsigned seed, bool upright, double unit, double across,
                          double along) {
  Random random(seed);
  std::vector<Polygon> shapes;
  for (std::size_t quarter = 0; quarter < tracks.size(); ++quarter) {
    const auto [width, space] = tracks[quarter];
    const double left = quarter % 2 == 0 ? 0.0 : 0.5 * across, low = quarter / 2 == 0 ? 0.0 : 0.5 * along;
    for (double at = left; at + width * unit <= left + 0.5 * across; at += (width + space) * unit)
      for (double from = low + random.between(0.0, 1.0) * unit; from < low + 0.5 * along;) {
        const double to = std::min(low + 0.5 * along, from + random.between(0.8, 4.0) * unit);
        if (to - from > 0.5 * unit) shapes.push_back(placed(upright, at, from, at + width * unit, to));
        from = to + random.between(0.45, 1.5) * unit;
      }
  }
  return shapes;
}
std::array<LineAndSpace, 4> everywhere(const LineAndSpace& of) { return {of, of, of, of}; }

// An array of contacts in each quarter of the clip.
std::vector<Polygon> arrays(const std::array<LineAndSpace, 4>& of, double unit, double px, double py) {
  std::vector<Polygon> shapes;
  for (std::size_t quarter = 0; quarter < of.size(); ++quarter) {
    const double side = of[quarter].line * unit, pitch = side + of[quarter].space * unit;
    const double left = quarter % 2 == 0 ? 0.0 : 0.5 * px, low = quarter / 2 == 0 ? 0.0 : 0.5 * py;
    for (double y = low + 0.2 * unit; y + side <= low + 0.5 * py; y += pitch)
      for (double x = left + 0.2 * unit; x + side <= left + 0.5 * px; x += pitch)
        shapes.push_back(rectangle(x, y, x + side, y + side));
  }
  return shapes;
}

// Little on much that is empty: a few lines each way, contacts, lines alone.
std::vector<Polygon> groups(double unit, double px, double py) {
  std::vector<Polygon> shapes;
  const auto row = [&](bool upright, int count, double line, double space, double across, double along, double length) {
    for (int i = 0; i < count; ++i) {
      const double at = across + i * (line + space) * unit;
      shapes.push_back(placed(upright, at, along, at + line * unit, along + length * unit));
    }
  };
  row(true, 4, 0.4, 0.45, 0.2 * px, 0.1 * py, 2.5);
  row(true, 1, 0.45, 0.0, 0.75 * px, 0.1 * py, 2.5);
  row(false, 4, 0.45, 0.6, 0.65 * py, 0.1 * px, 2.5);
  row(false, 1, 0.45, 0.0, 0.4 * py, 0.6 * px, 2.5);
  for (int y = 0; y < 3; ++y) row(true, 3, 0.55, 0.5, 0.65 * px, 0.65 * py + y * 1.05 * unit, 0.55);
  return shapes;
}

int repeats_of(double period_nm, const OpticsSettings& s) {
  return std::max(1, static_cast<int>(period_nm / (k_clip * s.wavelength_nm / s.na)));
}

}  // namespace

ImageError worse_of(const ImageError& a, const ImageError& b) {
  return {std::max(a.intensity, b.intensity), std::max(a.edge_nm, b.edge_nm), std::max(a.largest_nm, b.largest_nm)};
}

std::vector<std::vector<Polygon>> calibration_clips(const OpticsSettings& s) {
  const double unit = s.wavelength_nm / s.na, px = s.period_x_nm(), py = s.period_y_nm();
  constexpr std::array<LineAndSpace, 4> k_tracks = {{{0.4, 0.4}, {0.45, 0.5}, {0.5, 0.6}, {0.4, 0.55}}};
  constexpr std::array<LineAndSpace, 4> k_contacts = {{{0.5, 0.5}, {0.55, 0.6}, {0.6, 0.7}, {0.65, 0.8}}};
  std::vector<std::vector<Polygon>> clips = {squares(unit, px, py), lines(unit, px, py), contacts(unit, px, py), groups(unit, px, py),
                                             arrays(k_contacts, unit, px, py), arrays(everywhere({0.55, 0.55}), unit, px, py)};
  for (const bool upright : {false, true}) {
    const double across = upright ? px : py, along = upright ? py : px;
    clips.push_back(bars(k_tracks, 20260104, upright, unit, across, along));
    clips.push_back(bars(everywhere({0.42, 0.45}), 20260105, upright, unit, across, along));
    for (int first = 0; first < k_gratings; first += 4) clips.push_back(gratings(first, upright, unit, across, along));
  }
  std::erase_if(clips, [](const auto& clip) { return clip.empty(); });
  return clips;
}

Calibration::Calibration(const OpticsSettings& settings, const OrderWindow& window, const Spectrum<double>* mask)
    : settings_(settings), tile_(window), one_mask_(mask != nullptr) {
  if (mask == nullptr) repeats_ = {repeats_of(settings.period_x_nm(), settings), repeats_of(settings.period_y_nm(), settings)};
  settings_.period_nm = {settings.period_x_nm() / repeats_[0], settings.period_y_nm() / repeats_[1]};
  window_ = {tile_.half_x / repeats_[0], tile_.half_y / repeats_[1]};
  if (mask != nullptr) {
    masks_ = {*mask};
    return;
  }
  for (const std::vector<Polygon>& clip : calibration_clips(settings_))
    masks_.push_back(polygon_spectrum(clip, {0.0, 0.0, settings_.period_x_nm(), settings_.period_y_nm()},
                                      window_.half_x, window_.half_y));
}

std::vector<std::complex<double>> Calibration::on_clips(std::span<const std::complex<double>> kernel) const {
  std::vector<std::complex<double>> out;
  out.reserve(static_cast<std::size_t>(window_.size()));
  for (int n = -window_.half_y; n <= window_.half_y; ++n)
    for (int m = -window_.half_x; m <= window_.half_x; ++m)
      out.push_back(kernel[static_cast<std::size_t>((n * repeats_[1] + tile_.half_y) * tile_.cols() +
                                                    m * repeats_[0] + tile_.half_x)]);
  return out;
}

TransmissionMatrix Calibration::matrix(std::span<const SourcePoint> source, double focus_nm, Precision precision) const {
  return {settings_, source, focus_nm, precision};
}

std::vector<Spectrum<double>> Calibration::images(const TransmissionMatrix& matrix) const {
  std::vector<Spectrum<double>> out;
  for (const Spectrum<double>& mask : masks_) {
    // Rounding may give this period one order more or less than the tile's.
    Spectrum<double> own(matrix.window().half_x, matrix.window().half_y);
    for (int n = -std::min(own.half_y(), mask.half_y()); n <= std::min(own.half_y(), mask.half_y()); ++n)
      for (int m = -std::min(own.half_x(), mask.half_x()); m <= std::min(own.half_x(), mask.half_x()); ++m)
        own.at(m, n) = mask.at(m, n);
    const Spectrum<double> image = matrix.intensity(own);
    Spectrum<double> sized(2 * window_.half_x, 2 * window_.half_y);
    for (int n = -std::min(image.half_y(), sized.half_y()); n <= std::min(image.half_y(), sized.half_y()); ++n)
      for (int m = -std::min(image.half_x(), sized.half_x()); m <= std::min(image.half_x(), sized.half_x()); ++m)
        sized.at(m, n) = image.at(m, n);
    out.push_back(std::move(sized));
  }
  return out;
}

PrintedEdges::PrintedEdges(const OpticsSettings& settings, std::span<const Spectrum<double>> exact)
    : settings_(settings) {
  constexpr int k_finer = 6;  // points for each half order of the image: some 40 over lambda / NA
  rows_ = k_finer * exact[0].half_y() + 2;
  cols_ = k_finer * exact[0].half_x() + 2;
  const int half_x = exact[0].half_x(), half_y = exact[0].half_y();
  cpu::BandTransform<double> in_double(rows_, cols_, half_x, half_y, cpu::Samples::at_corners);
  single_ = std::make_unique<cpu::BandTransform<float>>(rows_, cols_, half_x, half_y, cpu::Samples::at_corners);
  std::vector<Image<double>> images;
  for (const Spectrum<double>& spectrum : exact) images.push_back(fine<double>(spectrum, true, in_double));
  for (const Image<double>& image : images) sites_.push_back(sites_of(image, settings.threshold, k_slope_that_prints));
  if (count() > 0) {
    constexpr double k_few = 0.1;  // of the edges of the quarter that has most
    for (const std::vector<Site>& sites : sites_) {
      std::array<double, 4> counts{};
      for (const Site& site : sites) counts[static_cast<std::size_t>(site.quarter)] += 1.0;
      least_in_quarter_ = std::max(least_in_quarter_, k_few * *std::max_element(counts.begin(), counts.end()));
    }
    return;
  }
  // Nothing prints, as in a resist that takes most of the light: the middle of each image's range stands in.
  for (std::size_t clip = 0; clip < images.size(); ++clip) {
    const auto [low, high] = std::minmax_element(images[clip].begin(), images[clip].end());
    sites_[clip] = sites_of(images[clip], 0.5 * (*low + *high), k_least_slope);
  }
}

std::vector<PrintedEdges::Site> PrintedEdges::sites_of(const Image<double>& image, double level, double slope_limit) const {
  const double dx = settings_.period_x_nm() / cols_, dy = settings_.period_y_nm() / rows_;
  const double least_slope = slope_limit * level * settings_.na / settings_.wavelength_nm;
  const auto slope_at = [&](int i, int j) {
    const double gx = (image(i, (j + 1) % cols_) - image(i, (j + cols_ - 1) % cols_)) / (2 * dx);
    const double gy = (image((i + 1) % rows_, j) - image((i + rows_ - 1) % rows_, j)) / (2 * dy);
    return std::hypot(gx, gy);
  };
  std::vector<Site> sites;
  const auto add = [&](int y, int x, int to_y, int to_x) {
    const double a = image(y, x), b = image(to_y, to_x);
    if ((a >= level) == (b >= level)) return;
    const double part = (level - a) / (b - a);
    const double slope = (1 - part) * slope_at(y, x) + part * slope_at(to_y, to_x);
    if (slope < least_slope) return;
    sites.push_back({static_cast<std::size_t>(y) * cols_ + x, static_cast<std::size_t>(to_y) * cols_ + to_x, part, 1.0 / slope,
                     2 * (2 * y / rows_) + 2 * x / cols_});
  };
  for (int y = 0; y < rows_; ++y)
    for (int x = 0; x < cols_; ++x) {
      add(y, x, y, (x + 1) % cols_);
      add(y, x, (y + 1) % rows_, x);
    }
  return sites;
}

template <class T>
Image<T> PrintedEdges::fine(Spectrum<double> spectrum, bool as_printed, cpu::BandTransform<T>& transform) const {
  if (as_printed) {
    diffuse(spectrum, settings_.period_x_nm(), settings_.period_y_nm(),
            std::hypot(settings_.stage_blur_nm, settings_.diffusion_nm));
    for (std::size_t i = 0; i < spectrum.size(); ++i) spectrum.data()[i] *= 1.0 - settings_.flare;
  }
  Spectrum<T> orders(spectrum.half_x(), spectrum.half_y());
  for (std::size_t i = 0; i < spectrum.size(); ++i) orders.data()[i] = std::complex<T>(spectrum.data()[i]);
  Image<T> image(rows_, cols_);
  transform.synthesize(orders, image.view());
  return image;
}

std::vector<double> PrintedEdges::displacements(std::size_t clip, const Spectrum<double>& difference) const {
  const bool blurred = settings_.stage_blur_nm > 0.0 || settings_.diffusion_nm > 0.0 || settings_.flare > 0.0;
  // A millionth of a difference does not count.
  const Image<float> printed = fine<float>(difference, blurred, *single_);
  std::vector<double> moved;
  for (const Site& site : sites_[clip])
    moved.push_back(site.nm_per_intensity * ((1 - site.part) * printed.data()[site.pixel] +
                                             site.part * printed.data()[site.next]));
  return moved;
}

double PrintedEdges::largest_intensity(const Spectrum<double>& difference) const {
  double largest = 0.0;
  cpu::BandTransform<double> transform(rows_, cols_, difference.half_x(), difference.half_y(), cpu::Samples::at_corners);
  for (const double value : fine<double>(difference, false, transform)) largest = std::max(largest, std::abs(value));
  return largest;
}

ImageError PrintedEdges::edge_error(std::size_t clip, std::span<const double> moved_nm) const {
  ImageError error;
  std::array<double, 4> squares{}, counts{};
  for (std::size_t i = 0; i < moved_nm.size(); ++i) {
    error.largest_nm = std::max(error.largest_nm, std::abs(moved_nm[i]));
    const auto quarter = static_cast<std::size_t>(sites_[clip][i].quarter);
    squares[quarter] += moved_nm[i] * moved_nm[i];
    counts[quarter] += 1.0;
  }
  for (std::size_t quarter = 0; quarter < squares.size(); ++quarter)
    if (counts[quarter] > least_in_quarter_) error.edge_nm = std::max(error.edge_nm, std::sqrt(squares[quarter] / counts[quarter]));
  return error;
}

ImageError PrintedEdges::error(std::size_t clip, const Spectrum<double>& difference) const {
  ImageError error = edge_error(clip, displacements(clip, difference));
  error.intensity = largest_intensity(difference);
  return error;
}

std::size_t PrintedEdges::count() const {
  std::size_t sum = 0;
  for (const auto& sites : sites_) sum += sites.size();
  return sum;
}

}  // namespace reticle
