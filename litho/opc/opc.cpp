// SPDX-License-Identifier: Apache-2.0
#include "litho/opc/opc.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <utility>

#include "litho/opc/facing.h"
#include "litho/opc/fault_guards.h"
#include "litho/opc/limits.h"
#include "litho/opc/outline_spectrum.h"
#include "litho/geometry/rasterize.h"
#include "litho/opc/site_imaging.h"
#include "litho/opc/step_memory.h"
#include "litho/opc/window_corners.h"
#include "litho/opc/window_descent.h"

namespace reticle {

namespace {

// The derivative steers steps only: the strongest systems do, those of this part of the energy.
constexpr double k_steering_energy = 0.7;
constexpr int k_conjugate_steps = 6;
constexpr double k_assist_piece = 1.5;  // of an assist feature's edge that moves as one, in shortest waves
constexpr double k_missed_margin = 1.2;  // weight of a guard that misses all of its margin, beside its own
// Of steps, beside a square of the placement error at a site. Where a start is good moves that hardly change the print stay,
// which tiles on either side of a seam would change differently.
constexpr double k_first_damping = 0.02, k_least_damping = 0.005, k_refining_damping = 0.3;
constexpr int k_most_slow = 2;   // steps in a row that gain less than the recipe's stop_fraction
constexpr int k_fault_iterations = 2;      // of the solve after guards were raised
constexpr double k_fault_reach = 1.5;      // of what moves for a fault, in shortest waves
constexpr double k_raised_weight = 20.0;   // of these, against a site's
constexpr int k_most_worse = 2;  // steps in a row that do not help

// Field of one size at the origin: positions are taken relative to it.
Box period_of(const OpticalModel& model) { return {0.0, 0.0, model.period_x_nm, model.period_y_nm}; }

// Where the image is asked for: the sites, then the guards outside of them, then those inside.
struct ImagePoints {
  PointWindows<float> all, outside, inside;  // the last two: close to the sites, for the slope
};

// One condition's image at the points.
struct PointImages {
  std::vector<float> intensity;
  std::vector<double> slope;  // intensity per nm that the print is too large: of sites -dI/dn, at least the floor
};

}  // namespace

std::string_view to_string(OpcEnd end) {
  switch (end) {
    case OpcEnd::converged:
      return "converged";
    case OpcEnd::iterations_done:
      return "iterations done";
    case OpcEnd::stalled:
      return "stalled";
  }
  return "";
}

struct EdgeCorrector::Parts {
  Parts(const OpticalModel& m, const IltSettings& window, const OpcSettings& s)
      : model(m),
        settings(s),
        corners(window_corners(m, window, s.window_weight)),
        imaging(m, period_of(m)),
        steering(m, period_of(m), strongest_kernels(m, k_steering_energy)),
        probe_nm(0.02 * shortest_wave_nm(m)),
        cap_nm(0.25 * shortest_wave_nm(m)),
        step_nm(0.15 * shortest_wave_nm(m)) {
    if (s.descent.iterations > 0) descent.emplace(m, window, s.descent);
  }

  const OpticalModel& model;
  OpcSettings settings;
  std::vector<WindowCorner> corners;
  SiteImaging<float> imaging, steering;
  double probe_nm, cap_nm, step_nm;
  std::optional<WindowDescent> descent;
};

namespace {

// One field's correction. Positions are relative to the field's corner.
class FieldSolver {
 public:
  template <class Parts>
  FieldSolver(Parts& parts, EdgeProblem problem, Point origin)
      : model_(parts.model), settings_(parts.settings), corners_(parts.corners), imaging_(parts.imaging),
        steering_(parts.steering), descent_(parts.descent ? &*parts.descent : nullptr), probe_nm_(parts.probe_nm), cap_nm_(parts.cap_nm),
        step_nm_(parts.step_nm), field_(period_of(parts.model)), design_(std::move(problem.design)),
        assists_(std::move(problem.assists)),
        assists_move_(problem.assists_move), solves_(problem.solves), least_damping_(problem.refines ? k_refining_damping : k_least_damping), descent_from_(problem.descent_from), limits_(design_, settings_),
        d_(std::move(problem.start)), free_(design_.fragments.size()), origin_(origin) {
    shift({-origin.x, -origin.y});
    d_.resize(design_.fragments.size());
    for (std::size_t j = 0; j < free_.size(); ++j)
      free_[j] = design_.fragments[j].movable && (problem.free.empty() || problem.free[j]);
    std::erase_if(design_.sites, [&](const ControlSite& site) { return !free_[static_cast<std::size_t>(site.fragment)]; });
    find_neighbours();
    const std::vector<SiteRoom> rooms = site_rooms(design_, 2.0 * settings_.guard_nm);
    const std::size_t n = design_.sites.size();
    guards_.emplace(design_.sites, rooms, settings_.guard_nm, corners_);
    std::vector<Point> all, outside, inside;
    for (std::size_t i = 0; i < n; ++i) {
      const ControlSite& site = design_.sites[i];
      const auto moved = [&](double nm) {
        return Point{site.position.x + nm * site.normal.x, site.position.y + nm * site.normal.y};
      };
      all.push_back(site.position);
      outside.push_back(moved(probe_nm_));
      inside.push_back(moved(-probe_nm_));
    }
    all.insert(all.end(), guards_->places().begin(), guards_->places().end());
    PointTransform<float>& points = imaging_.image_points();
    points_ = {points.windows(all), points.windows(outside), points.windows(inside)};
    image_places_ = std::move(all);
    std::erase_if(corners_, [](const WindowCorner& corner) { return corner.weight == 0.0; });
    for (const WindowCorner& corner : corners_)
      conditions_ = std::max(conditions_, corner.condition + 1);
  }

  EdgeCorrection run(Point origin, const std::function<bool()>& stop) {
    EdgeCorrection result;
    limits_.hold(d_);
    if (!design_.sites.empty() && solves_) {
      solve(settings_.iterations, result, stop);
      const int rounds = descent_ == nullptr && settings_.guard_weight > 0.0 ? settings_.fault_rounds : 0;
      for (int round = 0; round < rounds && !(stop && stop()) && raise_guards(); ++round) {
        const OpcEnd end = result.end;
        const std::vector<bool> all = std::exchange(free_, near_faults());
        solve(k_fault_iterations, result, stop);
        free_ = all;
        result.end = end;
      }
    }
    if (descent_ != nullptr && descent_from_ < 1.0 && !design_.fragments.empty()) {
      descend(stop);
      image();
      result.history.push_back(describe(static_cast<int>(result.history.size())));
    }
    result.remark = remark(result);
    if (descent_ == nullptr) limits_.hold_joined(d_);
    else limits_.hold_on_grid(d_);  // whose loss tells neighbours apart
    shift(origin);
    result.rings = moved_rings(design_, d_);
    result.rings.insert(result.rings.end(), assists_.begin(), assists_.end());
    result.design = std::move(design_);
    result.displacements = std::move(d_);
    return result;
  }

 private:
  // Steps from the displacements at hand to the best that so many find.
  void solve(int iterations, EdgeCorrection& result, const std::function<bool()>& stop) {
    State best;
    double least = -1.0;
    double damping = std::max(k_first_damping, least_damping_);
    int worse = 0, slow = 0;
    for (int iteration = 0; iteration <= iterations; ++iteration) {
      const bool last = iteration == iterations;
      image();
      OpcHistoryRow row = describe(static_cast<int>(result.history.size()));
      if (least < 0.0 || row.rms_nm < least) {
        worse = 0;
        slow = least > 0.0 && row.rms_nm > (1.0 - settings_.stop_fraction) * least ? slow + 1 : 0;
        least = row.rms_nm;
        best = {d_, mask_, images_, residuals_, weights_, objective_};
        damping = std::max(least_damping_, 0.3 * damping);
      } else {
        damping = std::min(10.0, 5.0 * damping);
        if (++worse >= k_most_worse) {
          result.end = slow > 0 ? OpcEnd::converged : OpcEnd::stalled;
          result.history.push_back(row);
          break;
        }
        // On from the best, by a more careful step.
        if (settings_.solver == OpcSolver::gauss_newton) restore(best);
      }
      if (slow >= k_most_slow) {
        result.end = OpcEnd::converged;
        result.history.push_back(row);
        break;
      }
      if (!last && !(stop && stop())) {
        const std::vector<double> before = d_;
        const std::vector<double> step =
            settings_.solver == OpcSolver::feedback ? feedback_step() : gauss_newton_step(damping);
        for (std::size_t j = 0; j < d_.size(); ++j)
          if (free_[j]) d_[j] += std::clamp(step[j], -step_nm_, step_nm_);
        limits_.hold(d_);
        for (std::size_t j = 0; j < d_.size(); ++j)
          row.largest_move_nm = std::max(row.largest_move_nm, std::abs(d_[j] - before[j]));
        result.history.push_back(row);
        if (row.largest_move_nm < settings_.stop_nm) {
          result.end = OpcEnd::converged;
          break;
        }
      } else {
        result.history.push_back(row);
        break;
      }
    }
    restore(best);
  }

  // A mask with what it prints.
  struct State {
    std::vector<double> displacements;
    Spectrum<float> mask;
    std::vector<PointImages> images;
    std::vector<double> residuals, weights;
    double objective = 0.0;
  };

  void shift(Point by) {
    const auto move = [&](Point& p) { p = {p.x + by.x, p.y + by.y}; };
    for (Fragment& f : design_.fragments) move(f.a), move(f.b);
    for (ControlSite& s : design_.sites) move(s.position);
    for (MovableRing& ring : design_.rings)
      for (MovableCorner& corner : ring) move(corner.base);
    for (Polygon& ring : assists_)
      for (Point& p : ring) move(p);
  }

  // Neighbours along one edge, for smoothness.
  void find_neighbours() {
    for (std::size_t j = 0; j + 1 < design_.fragments.size(); ++j) {
      const Fragment &f = design_.fragments[j], &g = design_.fragments[j + 1];
      const bool joined = f.ring == g.ring && std::hypot(f.b.x - g.a.x, f.b.y - g.a.y) < 1e-6;
      if (joined && f.normal.x * g.normal.x + f.normal.y * g.normal.y > 0.9)
        neighbours_.push_back({j, j + 1, settings_.smoothness * 0.5 * (f.length() + g.length())});
    }
  }

  // Of a guard that misses what is wanted there by this part of the threshold: what would bridge or break weighs more
  // than what lacks contrast.
  double guard_weight(double missed) const {
    const double margins = std::min(missed, 2.0 * settings_.guard_margin) / std::max(settings_.guard_margin, 1e-9);
    return settings_.guard_weight * (1.0 + k_missed_margin * margins * margins);
  }

  Spectrum<float> mask_of(const std::vector<double>& displacements) const {
    std::vector<Polygon> rings = moved_rings(design_, displacements);
    rings.insert(rings.end(), assists_.begin(), assists_.end());
    return outline_spectrum<float>(rings, field_, imaging_.half_x(), imaging_.half_y());
  }

  // Images at the sites for the displacements at hand.
  void image() {
    mask_ = mask_of(d_);
    const double sign = model_.resist.level().sign();
    images_.assign(static_cast<std::size_t>(conditions_), {});
    for (const WindowCorner& corner : corners_) {
      PointImages& of = images_[static_cast<std::size_t>(corner.condition)];
      if (!of.intensity.empty()) continue;
      const Spectrum<float> intensity = imaging_.intensity(mask_, corner.condition);
      of.intensity = imaging_.image_points().values(intensity, points_.all);
      const std::vector<float> outside = imaging_.image_points().values(intensity, points_.outside);
      const std::vector<float> inside = imaging_.image_points().values(intensity, points_.inside);
      // A print that is far from its edge has little slope there: not less than what the threshold makes of
      // the resolution.
      const double floor = model_.resist.threshold / shortest_wave_nm(model_);
      for (std::size_t i = 0; i < inside.size(); ++i)
        of.slope.push_back(sign * std::max(std::abs(static_cast<double>(inside[i] - outside[i])) / (2.0 * probe_nm_), floor));
      of.slope.resize(of.intensity.size(), sign * 2.0 * floor);
    }
    const std::size_t n = design_.sites.size(), all = 3 * n;
    residuals_.assign(corners_.size() * all, 0.0);
    weights_.assign(residuals_.size(), 0.0);
    objective_ = 0.0;
    for (std::size_t c = 0; c < corners_.size(); ++c) {
      const PointImages& of = images_[static_cast<std::size_t>(corners_[c].condition)];
      const double threshold = model_.resist.threshold / (corners_[c].dose * corners_[c].dose);
      for (std::size_t i = 0; i < all; ++i) {
        const double side = i < n ? 0.0 : i < 2 * n ? -1.0 : 1.0;
        const double wanted = threshold * (1.0 + sign * side * settings_.guard_margin);
        double r = std::clamp((static_cast<double>(of.intensity[i]) - wanted) / of.slope[i], -cap_nm_, cap_nm_);
        if (i < n) {
          const ControlSite& site = design_.sites[i];
          r = r > site.outside_nm ? r - site.outside_nm : r < -site.inside_nm ? r + site.inside_nm : 0.0;
        }
        const double raised = i < n || c > 0 ? 0.0 : guards_->raised(i - n);
        // A guard that has its margin weighs nothing.
        if (const ControlSite& site = design_.sites[i % n]; !(side * r > 0.0)) {
          const double missed = std::abs(static_cast<double>(of.intensity[i]) - wanted) / threshold;
          weigh(c * all + i, r, corners_[c].weight * site.weight * (i < n ? 1.0 : guard_weight(missed)));
        }
        if (raised > 0.0) {
          const double more = threshold * (1.0 + sign * side * raised);
          const double missing = std::clamp((static_cast<double>(of.intensity[i]) - more) / of.slope[i], -cap_nm_, cap_nm_);
          if (side * missing < 0.0) weigh(c * all + i, missing, k_raised_weight * settings_.guard_weight * settings_.site_spacing_nm);
        }
      }
    }
  }

  // One more square of the objective; those of one point steer together.
  void weigh(std::size_t at, double residual, double weight) {
    if (weight == 0.0) return;
    objective_ += weight * residual * residual;
    residuals_[at] = (weights_[at] * residuals_[at] + weight * residual) / (weights_[at] + weight);
    weights_[at] += weight;
  }

  // The drawing as it is wanted: moved by the recipe's bias.
  std::vector<Polygon> wanted() const {
    std::vector<double> out;
    for (const Fragment& f : design_.fragments)
      out.push_back(settings_.bias_nm + (f.kind == FragmentKind::line_end ? settings_.line_end_extension_nm : 0.0));
    return moved_rings(design_, out);
  }

  void descend(const std::function<bool()>& stop) {
    const Image<float> target = rasterize_rings(wanted(), descent_->grid(field_));
    FragmentedDesign all = design_;
    std::vector<bool> free = free_;
    std::vector<double> d = d_;
    const int rings = static_cast<int>(all.rings.size()), edges = static_cast<int>(all.fragments.size());
    OpcSettings pieces = settings_;
    pieces.line_end_nm = pieces.corner_nm = pieces.run_nm = k_assist_piece * shortest_wave_nm(model_);
    FragmentedDesign bars = fragment(assists_, field_, pieces);
    for (Fragment& f : bars.fragments) {
      f.ring += rings;
      all.fragments.push_back(f);
    }
    for (MovableRing& ring : bars.rings) {
      for (MovableCorner& corner : ring)
        for (int i = 0; i < corner.count; ++i) corner.parts[static_cast<std::size_t>(i)].index += edges;
      all.rings.push_back(std::move(ring));
    }
    d.resize(all.fragments.size());
    free.resize(all.fragments.size(), assists_move_);
    for (std::size_t j = 0; j < free.size(); ++j) all.fragments[j].movable = all.fragments[j].movable && free[j];
    const MoveLimits limits(all, settings_);
    d = descent_->run(all, std::move(d), free, limits, target, descent_from_, stop);
    if (assists_move_ && !assists_.empty()) {
      limits.hold_on_grid(d);
      const std::vector<Polygon> moved = moved_rings(all, d);
      assists_.assign(moved.begin() + rings, moved.end());
    }
    d_.assign(d.begin(), d.begin() + edges);
  }

  void restore(const State& state) {
    d_ = state.displacements;
    mask_ = state.mask;
    images_ = state.images;
    residuals_ = state.residuals;
    weights_ = state.weights;
    objective_ = state.objective;
  }

  // Whether any guard tells a fault once moves are on the mask's grid.
  bool raise_guards() {
    std::vector<double> held = d_;
    limits_.hold_joined(held);
    const Spectrum<float> mask = mask_of(held);
    return guards_->raise(model_, [&](int condition) {
      return imaging_.image_points().values(imaging_.intensity(mask, condition), points_.all);
    });
  }

  // What may move for a fault: near it, so that what is right elsewhere, and in other tiles, stays.
  std::vector<bool> near_faults() const {
    std::vector<bool> near = guards_->near(design_.fragments, k_fault_reach * shortest_wave_nm(model_));
    for (std::size_t j = 0; j < near.size(); ++j) near[j] = near[j] && free_[j];
    return near;
  }

  OpcHistoryRow describe(int iteration) const {
    OpcHistoryRow row{.iteration = iteration};
    const std::size_t n = design_.sites.size();
    double sum = objective_, weights = 0.0, all = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      const double r = std::abs(residuals_[i]), w = design_.sites[i].weight;
      row.mean_abs_nm += w * r;
      weights += w;
      if (w > 0.0) row.max_abs_nm = std::max(row.max_abs_nm, r);
    }
    for (const WindowCorner& corner : corners_) all += corner.weight * weights;
    for (const Neighbours& pair : neighbours_) {
      const double difference = d_[pair.b] - d_[pair.a];
      sum += pair.weight * difference * difference;
    }
    row.mean_abs_nm /= std::max(weights, 1e-9);
    row.rms_nm = std::sqrt(sum / std::max(all, 1e-9));
    return row;
  }

  // At the last images: what did not come to its place, and where.
  std::string remark(const EdgeCorrection& result) const {
    int far = 0;
    std::size_t worst = 0;
    for (std::size_t i = 0; i < design_.sites.size(); ++i) {
      if (design_.sites[i].weight < 0.5 * settings_.site_spacing_nm || std::abs(residuals_[i]) < 0.99 * cap_nm_) continue;
      ++far;
      if (std::abs(residuals_[i]) > std::abs(residuals_[worst]) || far == 1) worst = i;
    }
    std::ostringstream text;
    if (result.end == OpcEnd::stalled)
      text << "the correction stalled after " << result.history.size() << " steps at a mean error of "
           << result.history.back().mean_abs_nm << " nm: steps no longer help; the best one is kept. ";
    if (far > 0) {
      const Point p = design_.sites[worst].position;
      text << far << " of " << design_.sites.size() << " places are more than " << std::round(cap_nm_)
           << " nm from where they should print, so beyond this model's resolution (" << std::round(shortest_wave_nm(model_))
           << " nm) or its moves; one of them, "
           << to_string(design_.fragments[static_cast<std::size_t>(design_.sites[worst].fragment)].kind) << ", at ("
           << std::round(p.x + origin_.x) << ", " << std::round(p.y + origin_.y) << ") nm";
    }
    return text.str();
  }

  std::vector<double> feedback_step() const {
    const std::size_t n = design_.sites.size();
    std::vector<double> sum(d_.size()), weight(d_.size());
    for (std::size_t c = 0; c < corners_.size(); ++c)
      for (std::size_t i = 0; i < n; ++i) {
        const ControlSite& site = design_.sites[i];
        const double w = (site.weight + 1e-3) * corners_[c].weight;
        sum[static_cast<std::size_t>(site.fragment)] += w * residuals_[c * 3 * n + i];
        weight[static_cast<std::size_t>(site.fragment)] += w;
      }
    for (std::size_t j = 0; j < sum.size(); ++j)
      sum[j] = weight[j] > 0.0 ? -settings_.gain * sum[j] / weight[j] : 0.0;
    return sum;
  }

  // (J' W J + smoothness + damping) step = -(J' W r + smoothness d), by conjugate gradients.
  std::vector<double> gauss_newton_step(double damping) {
    const EdgeMotion<float> motion(design_, d_, field_, steering_.mask_points(), free_);
    for (int c = 0; c < conditions_; ++c)
      if (!images_[static_cast<std::size_t>(c)].intensity.empty()) steering_.intensity(mask_, c);
    const std::size_t all = points_.all.count(), m = d_.size();
    std::vector<std::size_t> active;  // points that weigh: most guards have their margin
    for (std::size_t i = 0; i < all; ++i)
      for (std::size_t c = 0; c < corners_.size(); ++c)
        if (weights_[c * all + i] > 0.0) {
          active.push_back(i);
          break;
        }
    std::vector<Point> places;
    for (const std::size_t i : active) places.push_back(image_places_[i]);
    const PointWindows<float> windows = steering_.image_points().windows(places);
    const std::size_t n = active.size();
    // Of all corners of one condition together: J is the same but for the slope, which the dose leaves.
    const auto transposed = [&](const std::vector<double>& per_site_and_condition) {
      Spectrum<float> d_mask(steering_.half_x(), steering_.half_y());
      std::vector<float> amounts(n);
      for (int c = 0; c < conditions_; ++c) {
        const PointImages& of = images_[static_cast<std::size_t>(c)];
        if (of.intensity.empty()) continue;
        for (std::size_t i = 0; i < n; ++i)
          amounts[i] = static_cast<float>(per_site_and_condition[static_cast<std::size_t>(c) * n + i] / of.slope[active[i]]);
        steering_.add_adjoint(steering_.image_points().coefficients(std::span<const float>(amounts), windows), c, d_mask);
      }
      return motion.gradient(d_mask, steering_.mask_points());
    };
    const auto masked = [&](std::vector<double> v) {
      for (std::size_t j = 0; j < m; ++j)
        if (!free_[j]) v[j] = 0.0;
      return v;
    };
    std::vector<double> weights(static_cast<std::size_t>(conditions_) * n), right(weights.size());
    for (std::size_t c = 0; c < corners_.size(); ++c)
      for (std::size_t i = 0; i < n; ++i) {
        const std::size_t at = static_cast<std::size_t>(corners_[c].condition) * n + i;
        weights[at] += weights_[c * all + active[i]];
        right[at] -= weights_[c * all + active[i]] * residuals_[c * all + active[i]];
      }
    const auto smooth = [&](const std::vector<double>& v, std::vector<double>& out, double sign) {
      for (const Neighbours& pair : neighbours_) {
        const double force = sign * pair.weight * (v[pair.b] - v[pair.a]);
        out[pair.b] += force;
        out[pair.a] -= force;
      }
    };
    const auto times = [&](const std::vector<double>& v) {
      const Spectrum<float> change = motion.change(v, steering_.mask_points());
      std::vector<double> per(weights.size());
      for (int c = 0; c < conditions_; ++c) {
        const PointImages& of = images_[static_cast<std::size_t>(c)];
        if (of.intensity.empty()) continue;
        const std::vector<float> d_site =
            steering_.image_points().values(steering_.derivative(change, c), windows);
        for (std::size_t i = 0; i < n; ++i) {
          const std::size_t at = static_cast<std::size_t>(c) * n + i;
          per[at] = weights[at] * static_cast<double>(d_site[i]) / of.slope[active[i]];
        }
      }
      std::vector<double> out = transposed(per);
      smooth(v, out, 1.0);
      for (std::size_t j = 0; j < m; ++j) out[j] += damping * design_.fragments[j].length() * v[j];
      return masked(std::move(out));
    };

    std::vector<double> rest = transposed(right);
    smooth(d_, rest, -1.0);
    rest = masked(std::move(rest));
    // Preconditioned by the fragments' lengths, with which both the errors and the damping scale, and by what the step
    // before learnt of a matrix that has changed little [Morales & Nocedal 2000, SIAM J. Optim. 10, 1079].
    const auto by_lengths = [&](std::vector<double> v) {
      for (std::size_t j = 0; j < m; ++j) v[j] /= std::max(1e-3, design_.fragments[j].length());
      return v;
    };
    const auto scaled = [&](const std::vector<double>& v) { return learnt_.inverse(v, by_lengths); };
    const auto product = [&](const std::vector<double>& a, const std::vector<double>& b) {
      double sum = 0.0;
      for (std::size_t j = 0; j < m; ++j) sum += a[j] * b[j];
      return sum;
    };
    StepMemory next_memory;
    std::vector<double> step(m), direction = scaled(rest);
    double size = product(rest, direction);
    const double enough = 1e-2 * size;  // a tenth of the residual: the next step is from another point
    for (int k = 0; k < k_conjugate_steps && size > enough && size > 0.0; ++k) {
      const std::vector<double> image = times(direction);
      const double curvature = product(direction, image);
      if (!(curvature > 0.0)) break;
      const double along = size / curvature;
      next_memory.add(direction, image, curvature);
      for (std::size_t j = 0; j < m; ++j) step[j] += along * direction[j], rest[j] -= along * image[j];
      const std::vector<double> next = scaled(rest);
      const double new_size = product(rest, next);
      for (std::size_t j = 0; j < m; ++j) direction[j] = next[j] + new_size / size * direction[j];
      size = new_size;
    }
    learnt_ = std::move(next_memory);
    return step;
  }

  struct Neighbours {
    std::size_t a, b;
    double weight;
  };

  const OpticalModel& model_;
  const OpcSettings& settings_;
  std::vector<WindowCorner> corners_;  // that weigh
  SiteImaging<float>&imaging_, &steering_;
  WindowDescent* descent_;  // or null
  double probe_nm_, cap_nm_, step_nm_;
  Box field_;
  FragmentedDesign design_;
  std::vector<Polygon> assists_;
  bool assists_move_, solves_;
  double least_damping_, descent_from_;
  MoveLimits limits_;
  std::vector<double> d_;
  std::vector<bool> free_;
  Point origin_;
  std::vector<Neighbours> neighbours_;
  StepMemory learnt_;
  std::vector<Point> image_places_;  // of points_.all
  ImagePoints points_;
  int conditions_ = 0;
  Spectrum<float> mask_;
  std::vector<PointImages> images_;  // [condition]; empty where no corner needs it
  std::vector<double> residuals_, weights_;  // [corner][point]
  double objective_ = 0.0;                   // sum of weight times residual^2
  std::optional<FaultGuards> guards_;        // at every corner, those that weigh nothing too
};

}  // namespace

EdgeCorrector::EdgeCorrector(const OpticalModel& model, const IltSettings& window, const OpcSettings& settings)
    : parts_(std::make_unique<Parts>(model, window, settings)) {}
EdgeCorrector::~EdgeCorrector() = default;

std::vector<double> EdgeCorrector::nearness(std::span<const Polygon> rings, std::span<const Point> points,
                                             const Box& field) {
  const Spectrum<float> mask =
      outline_spectrum<float>(rings, field, parts_->imaging.half_x(), parts_->imaging.half_y());
  std::vector<Point> relative;
  for (const Point& p : points) relative.push_back({p.x - field.x0, p.y - field.y0});
  PointTransform<float>& transform = parts_->imaging.image_points();
  const PointWindows<float> windows = transform.windows(relative);
  std::vector<double> most(points.size(), -1.0);
  for (const WindowCorner& corner : parts_->corners) {
    const std::vector<float> values = transform.values(parts_->imaging.intensity(mask, corner.condition), windows);
    for (std::size_t i = 0; i < most.size(); ++i) {
      const double share = corner.dose * corner.dose * static_cast<double>(values[i]) / parts_->model.resist.threshold;
      most[i] = std::max(most[i], parts_->model.resist.level().sign() * (share - 1.0));
    }
  }
  return most;
}

EdgeCorrection EdgeCorrector::correct(EdgeProblem problem, const Box& field, const std::function<bool()>& stop) {
  const Point origin{field.x0, field.y0};
  FieldSolver solver(*parts_, std::move(problem), origin);
  return solver.run(origin, stop);
}

}  // namespace reticle
