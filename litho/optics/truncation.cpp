// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/truncation.h"

#include <algorithm>
#include <cmath>
#include <utility>
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

// What is left of the exact images of some clips as kernels are taken off them.
class Residual {
 public:
  Residual(const KernelBasis& basis, const Calibration& calibration, std::span<const Spectrum<double>> exact,
           const PrintedEdges& edges, bool single, std::vector<std::size_t> clips)
      : basis_(basis), calibration_(calibration), edges_(edges), single_(single), clips_(std::move(clips)) {
    const OrderWindow& window = calibration.window();
    const cpu::SocsFields<double> shape(SocsStack{.half_x = window.half_x, .half_y = window.half_y, .conditions = {{}}});
    for (const std::size_t clip : clips_) {
      const Spectrum<double>& image = exact[clip];
      masks_.push_back(&calibration.masks()[clip]);
      Image<double>& left = left_.emplace_back(shape.field_rows(), shape.field_cols());
      Transform(left.rows(), left.cols(), image.half_x(), image.half_y(), cpu::Samples::at_corners)
          .synthesize(image, left.view());
    }
    for (const Spectrum<double>* mask : masks_) {
      masks_single_.emplace_back(mask->half_x(), mask->half_y());
      std::copy(mask->data(), mask->data() + mask->size(), masks_single_.back().data());
    }
  }

  void take(int first, int count) {
    if (single_)
      take_as<float>([&](std::size_t i) -> const Spectrum<float>& { return masks_single_[i]; }, first, count);
    else
      take_as<double>([&](std::size_t i) -> const Spectrum<double>& { return *masks_[i]; }, first, count);
  }
  // With the first `count` kernels taken off; of the intensity only where it is wanted, as it takes images of its own.
  enum class Of { edges, all };
  Truncation error(int count, Tail tail, Of of) const {
    Truncation reached{.kernels = count, .error = {}};
    std::vector<Spectrum<double>> differences = spectra();
    std::vector<std::vector<double>> moved = displacements(differences);
    if (tail == Tail::fitted) take_tail(basis_.spread_nm(count), differences, moved, reached);
    for (const std::vector<double>& clip : moved) reached.error = worse_of(reached.error, PrintedEdges::edge_error(clip));
    if (of == Of::all)
      for (const Spectrum<double>& difference : differences)
        reached.error.intensity = std::max(reached.error.intensity, edges_.largest_intensity(difference));
    return reached;
  }
  // The largest displacement of all edges with this tail.
  double largest_nm(const Truncation& with) const {
    std::vector<Spectrum<double>> differences = spectra();
    double largest = 0.0;
    for (std::size_t clip = 0; clip < differences.size(); ++clip) {
      if (with.tail_weight != 0.0) take_off(differences[clip], with.tail_weight, tail_of(clip, with.tail_range_nm));
      largest = std::max(largest, PrintedEdges::edge_error(edges_.displacements(clips_[clip], differences[clip])).largest_nm);
    }
    return largest;
  }
  const std::vector<Image<double>>& left() const { return left_; }
  void reset(const std::vector<Image<double>>& left) { left_ = left; }

 private:
  std::vector<Spectrum<double>> spectra() const {
    std::vector<Spectrum<double>> out;
    for (const Image<double>& left : left_) {
      Image<double> copy = left;
      Spectrum<double>& spectrum =
          out.emplace_back(2 * calibration_.window().half_x, 2 * calibration_.window().half_y);
      Transform(copy.rows(), copy.cols(), spectrum.half_x(), spectrum.half_y(), cpu::Samples::at_corners)
          .analyze(copy.view(), spectrum);
    }
    return out;
  }
  // The mask's transmission, blurred.
  Spectrum<double> tail_of(std::size_t clip, double range_nm) const {
    const Spectrum<double>& mask = *masks_[clip];
    Spectrum<double> out(2 * mask.half_x(), 2 * mask.half_y());
    const OpticsSettings& s = calibration_.settings();
    for (int n = -mask.half_y(); n <= mask.half_y(); ++n)
      for (int m = -mask.half_x(); m <= mask.half_x(); ++m)
        out.at(m, n) = tail_factor(range_nm, m / s.period_x_nm(), n / s.period_y_nm()) * mask.at(m, n);
    return out;
  }
  std::vector<std::vector<double>> displacements(std::span<const Spectrum<double>> differences) const {
    std::vector<std::vector<double>> moved;
    for (std::size_t clip = 0; clip < differences.size(); ++clip)
      moved.push_back(edges_.displacements(clips_[clip], differences[clip]));
    return moved;
  }
  static void take_off(Spectrum<double>& from, double weight, const Spectrum<double>& tail) {
    for (std::size_t i = 0; i < tail.size(); ++i) from.data()[i] -= weight * tail.data()[i];
  }
  // The weight that leaves the least squares of displacements of all edges.
  void take_tail(double range_nm, std::vector<Spectrum<double>>& differences, std::vector<std::vector<double>>& moved,
                 Truncation& reached) const {
    if (range_nm == 0.0) return;
    std::vector<Spectrum<double>> tails;
    for (std::size_t clip = 0; clip < differences.size(); ++clip) tails.push_back(tail_of(clip, range_nm));
    const std::vector<std::vector<double>> given = displacements(tails);
    double product = 0.0, square = 0.0;
    for (std::size_t clip = 0; clip < given.size(); ++clip)
      for (std::size_t i = 0; i < given[clip].size(); ++i) {
        product += moved[clip][i] * given[clip][i];
        square += given[clip][i] * given[clip][i];
      }
    if (square == 0.0) return;
    reached.tail_weight = product / square;
    reached.tail_range_nm = range_nm;
    for (std::size_t clip = 0; clip < differences.size(); ++clip) {
      for (std::size_t i = 0; i < given[clip].size(); ++i) moved[clip][i] -= reached.tail_weight * given[clip][i];
      take_off(differences[clip], reached.tail_weight, tails[clip]);
    }
  }
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
  std::vector<std::size_t> clips_;
  std::vector<const Spectrum<double>*> masks_;  // of these, as all below
  std::vector<Image<double>> left_;
  std::vector<Spectrum<float>> masks_single_;
};

// By the clips that set kernels.
Truncation truncation_by(const std::vector<std::size_t>& clips, KernelBasis& basis, const Calibration& calibration,
                         std::span<const Spectrum<double>> exact, const PrintedEdges& edges, const ImageError& limit, bool single,
                         int max_kernels, int expected, Tail tail) {
  using Of = Residual::Of;
  constexpr int k_step = 2 * cpu::k_lanes;
  const Of of = std::isfinite(limit.intensity) ? Of::all : Of::edges;
  // Nearly all that will be wanted is taken at once.
  const int first_step = std::max(k_step, expected * 7 / 8 / cpu::k_lanes * cpu::k_lanes);
  for (;; basis.extend()) {
    const int most = std::min(max_kernels, basis.count());
    Residual residual(basis, calibration, exact, edges, single, clips);
    int count = 0;
    while (count < most) {
      int low = count;
      const int step = std::min(count == 0 ? first_step : k_step, most - count);
      std::vector<Image<double>> at_low = residual.left();
      residual.take(count, step);
      count += step;
      Truncation reached = residual.error(count, tail, of);
      if (!reached.error.within(limit)) continue;
      // A smaller number within the step, by bisection.
      while (reached.kernels - low > 1) {
        const int middle = (low + reached.kernels) / 2;
        residual.reset(at_low);
        residual.take(low, middle - low);
        const Truncation tried = residual.error(middle, tail, of);
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
      return residual.error(reached.kernels, tail, Of::all);
    }
    if (most == max_kernels || basis.complete()) return residual.error(count, tail, Of::all);
  }
}

}  // namespace

Truncation truncate_for(KernelBasis& basis, const Calibration& calibration, std::span<const Spectrum<double>> exact,
                        const PrintedEdges& edges, const ImageError& limit, int max_kernels, int expected, Tail tail) {
  const bool single = limit.intensity >= k_single_will_do && limit.edge_nm >= k_single_will_do_nm;
  std::vector<std::size_t> setting, others;
  for (std::size_t clip = 0; clip < exact.size(); ++clip) (calibration.sets_kernels(clip) ? setting : others).push_back(clip);
  Truncation reached = truncation_by(setting, basis, calibration, exact, edges, limit, single, max_kernels, expected, tail);
  if (others.empty()) return reached;
  Residual residual(basis, calibration, exact, edges, single, std::move(others));
  residual.take(0, reached.kernels);
  reached.error.largest_nm = std::max(reached.error.largest_nm, residual.largest_nm(reached));
  return reached;
}

}  // namespace reticle
