// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/truncation.h"

#include <lapacke.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include "kernels/cpu/band_transform.h"
#include "kernels/cpu/socs_fields.h"
#include "kernels/engine/tail_orders.h"

namespace reticle {

namespace {

using Transform = cpu::BandTransform<double>;

// Single precision errs by 1e-6 of clear field in all: a hundredth of this limit on the error.
constexpr double k_single_will_do = 1e-4;
constexpr double k_single_will_do_nm = 1e-2;

constexpr std::array<double, 4> k_tail_ranges = {0.0, 0.4, 1.2, 4.0};  // lambda / NA
constexpr auto k_terms = k_tail_ranges.size();

// Errors of clips that no model has seen, as parts of those of calibration clips; bench/model_error asks whether they hold.
constexpr double k_unseen = 1.2;
constexpr double k_unseen_largest = 1.5;

// Displacements of edges, [clip][edge].
using Moved = std::vector<std::vector<double>>;

// The w that leave the least sum over clips of the mean square of moved - sum_t w_t given_t. A part in 1e9 of each square is
// added, as terms are nearly alike where clips are small.
std::array<double, k_terms> least_squares(const std::vector<Moved>& given, const Moved& moved) {
  std::array<double, k_terms * k_terms> normal{};  // upper triangle
  std::array<double, k_terms> weights{};
  for (std::size_t clip = 0; clip < moved.size(); ++clip) {
    const double part = 1.0 / static_cast<double>(std::max<std::size_t>(1, moved[clip].size()));
    const auto product = [&](const std::vector<double>& a, const std::vector<double>& b) {
      return part * std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
    };
    for (std::size_t t = 0; t < k_terms; ++t) {
      weights[t] += product(given[t][clip], moved[clip]);
      for (std::size_t u = t; u < k_terms; ++u) normal[t * k_terms + u] += product(given[t][clip], given[u][clip]);
    }
  }
  for (std::size_t t = 0; t < k_terms; ++t) normal[t * (k_terms + 1)] *= 1.0 + 1e-9;
  const bool solved = LAPACKE_dposv(LAPACK_ROW_MAJOR, 'U', k_terms, 1, normal.data(), k_terms, weights.data(), 1) == 0;
  return solved ? weights : std::array<double, k_terms>{};
}

// What is left of the exact images of some clips as kernels are taken off them.
class Residual {
 public:
  Residual(const KernelBasis& basis, const Calibration& calibration, std::span<const Spectrum<double>> exact,
           const PrintedEdges& edges, bool single, Tail tail)
      : basis_(basis), calibration_(calibration), edges_(edges), single_(single) {
    const OrderWindow& window = calibration.window();
    const cpu::SocsFields<double> shape(SocsStack{.half_x = window.half_x, .half_y = window.half_y, .conditions = {{}}});
    for (const Spectrum<double>& image : exact) {
      Image<double>& left = left_.emplace_back(shape.field_rows(), shape.field_cols());
      Transform(left.rows(), left.cols(), image.half_x(), image.half_y(), cpu::Samples::at_corners)
          .synthesize(image, left.view());
    }
    for (const Spectrum<double>& mask : calibration.masks()) {
      masks_single_.emplace_back(mask.half_x(), mask.half_y());
      std::copy(mask.data(), mask.data() + mask.size(), masks_single_.back().data());
    }
    if (tail == Tail::none) return;
    for (const double range : k_tail_ranges) {
      std::vector<Spectrum<double>>& of_clips = tails_.emplace_back();
      for (const Spectrum<double>& mask : calibration.masks()) of_clips.push_back(tail_of(mask, range * unit_nm()));
      tails_move_.push_back(displacements(of_clips));
    }
  }

  void take(int first, int count) {
    if (single_)
      take_as<float>([&](std::size_t i) -> const Spectrum<float>& { return masks_single_[i]; }, first, count);
    else
      take_as<double>([&](std::size_t i) -> const Spectrum<double>& { return calibration_.masks()[i]; }, first, count);
  }
  // With the first `count` kernels taken off; of the intensity only where it is wanted, as it takes images of its own.
  enum class Of { edges, all };
  Truncation error(int count, Of of) const {
    Truncation reached{.kernels = count, .error = {}};
    std::vector<Spectrum<double>> differences = spectra();
    Moved moved = displacements(differences);
    take_tail(differences, moved, reached);
    for (std::size_t clip = 0; clip < moved.size(); ++clip)
      reached.error = worse_of(reached.error, edges_.edge_error(clip, moved[clip]));
    if (!calibration_.is_of_one_mask()) {
      reached.error.edge_nm *= k_unseen;
      reached.error.largest_nm *= k_unseen_largest;
    }
    if (of == Of::all)
      for (const Spectrum<double>& difference : differences)
        reached.error.intensity = std::max(reached.error.intensity, edges_.largest_intensity(difference));
    return reached;
  }
  const std::vector<Image<double>>& left() const { return left_; }
  void reset(const std::vector<Image<double>>& left) { left_ = left; }

 private:
  std::vector<Spectrum<double>> spectra() const {
    const int half_x = 2 * calibration_.window().half_x, half_y = 2 * calibration_.window().half_y;
    Transform transform(left_[0].rows(), left_[0].cols(), half_x, half_y, cpu::Samples::at_corners);
    std::vector<Spectrum<double>> out;
    for (const Image<double>& left : left_) {
      Image<double> copy = left;
      transform.analyze(copy.view(), out.emplace_back(half_x, half_y));
    }
    return out;
  }
  // The mask's transmission, blurred.
  Spectrum<double> tail_of(const Spectrum<double>& mask, double range_nm) const {
    Spectrum<double> out(2 * mask.half_x(), 2 * mask.half_y());
    const OpticsSettings& s = calibration_.settings();
    for (int n = -mask.half_y(); n <= mask.half_y(); ++n)
      for (int m = -mask.half_x(); m <= mask.half_x(); ++m)
        out.at(m, n) = tail_factor(range_nm, m / s.period_x_nm(), n / s.period_y_nm()) * mask.at(m, n);
    return out;
  }
  Moved displacements(std::span<const Spectrum<double>> differences) const {
    Moved moved;
    for (std::size_t clip = 0; clip < differences.size(); ++clip) moved.push_back(edges_.displacements(clip, differences[clip]));
    return moved;
  }
  // Takes the tail that fits best off the differences.
  void take_tail(std::vector<Spectrum<double>>& differences, Moved& moved, Truncation& reached) const {
    double squares = 0.0;
    for (const std::vector<double>& clip : moved) squares = std::inner_product(clip.begin(), clip.end(), clip.begin(), squares);
    if (tails_.empty() || squares <= 1e-18 * unit_nm() * unit_nm()) return;
    const auto weights = least_squares(tails_move_, moved);
    for (std::size_t t = 0; t < k_terms; ++t) {
      reached.tail.push_back({weights[t], k_tail_ranges[t] * unit_nm()});
      for (std::size_t clip = 0; clip < differences.size(); ++clip) {
        for (std::size_t i = 0; i < moved[clip].size(); ++i) moved[clip][i] -= weights[t] * tails_move_[t][clip][i];
        for (std::size_t i = 0; i < differences[clip].size(); ++i)
          differences[clip].data()[i] -= weights[t] * tails_[t][clip].data()[i];
      }
    }
  }
  double unit_nm() const { return calibration_.settings().wavelength_nm / calibration_.settings().na; }
  template <class T, class Masks>
  void take_as(const Masks& mask_of, int first, int count) {
    cpu::SocsFields<T> fields(stack_of(first, count));
    Image<T> part(left_[0].rows(), left_[0].cols());
    for (std::size_t clip = 0; clip < left_.size(); ++clip) {
      fields.intensity(mask_of(clip), 0, part.view());
      for (std::size_t i = 0; i < part.size(); ++i) left_[clip].data()[i] -= part.data()[i];
    }
  }
  SocsStack stack_of(int first, int count) const {
    const OrderWindow& window = calibration_.window();
    SocsStack stack{.half_x = window.half_x, .half_y = window.half_y, .conditions = {{}}};
    auto& condition = stack.conditions[0];
    condition.count = count;
    for (int k = first; k < first + count; ++k) {
      const double root = std::sqrt(basis_.weights()[static_cast<std::size_t>(k)]);
      for (const std::complex<double>& value : calibration_.on_clips(basis_.kernel(k)))
        condition.coefficients.push_back(root * value);
    }
    return stack;
  }

  const KernelBasis& basis_;
  const Calibration& calibration_;
  const PrintedEdges& edges_;
  bool single_;
  std::vector<Image<double>> left_;  // [clip], as below
  std::vector<Spectrum<float>> masks_single_;
  std::vector<std::vector<Spectrum<double>>> tails_;  // [term][clip], of weight 1; empty where there is to be none
  std::vector<Moved> tails_move_;                     // [term], by these, nm
};

}  // namespace

Truncation truncate_for(KernelBasis& basis, const Calibration& calibration, std::span<const Spectrum<double>> exact,
                        const PrintedEdges& edges, const ImageError& limit, int max_kernels, int expected, Tail tail) {
  const bool single = limit.intensity >= k_single_will_do && limit.edge_nm >= k_single_will_do_nm;
  using Of = Residual::Of;
  constexpr int k_step = 2 * cpu::k_lanes;
  const Of of = std::isfinite(limit.intensity) ? Of::all : Of::edges;
  // Nearly all that will be wanted is taken at once.
  const int first_step = std::max(k_step, expected * 7 / 8 / cpu::k_lanes * cpu::k_lanes);
  for (;; basis.extend()) {
    const int most = std::min(max_kernels, basis.count());
    Residual residual(basis, calibration, exact, edges, single, tail);
    int count = 0;
    while (count < most) {
      int low = count;
      const int step = std::min(count == 0 ? first_step : k_step, most - count);
      std::vector<Image<double>> at_low = residual.left();
      residual.take(count, step);
      count += step;
      Truncation reached = residual.error(count, of);
      if (!reached.error.within(limit)) continue;
      // A smaller number within the step, by bisection.
      while (reached.kernels - low > 1) {
        const int middle = (low + reached.kernels) / 2;
        residual.reset(at_low);
        residual.take(low, middle - low);
        const Truncation tried = residual.error(middle, of);
        if (tried.error.within(limit)) {
          reached = tried;
        } else {
          low = middle;
          at_low = residual.left();
        }
      }
      if (of == Of::all) return reached;
      residual.reset(at_low);
      residual.take(low, reached.kernels - low);
      return residual.error(reached.kernels, Of::all);
    }
    if (most == max_kernels || basis.complete()) return residual.error(count, Of::all);
  }
}

}  // namespace reticle
