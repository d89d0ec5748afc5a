// SPDX-License-Identifier: Apache-2.0
#include "litho/ilt/ilt.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <string>

#include "kernels/base/error.h"
#include "kernels/cpu/mask_parameters.h"
#include "kernels/cpu/resample.h"
#include "litho/assist/print_trim.h"
#include "litho/ilt/clip_rules.h"
#include "litho/ilt/edge_emphasis.h"
#include "litho/ilt/interpolate.h"
#include "litho/ilt/level_problem.h"
#include "litho/ilt/optimizer.h"
#include "litho/ilt/ruled_field.h"
#include "litho/ilt/symmetry.h"
#include "litho/ilt/unresolved.h"
#include "litho/geometry/disc_morphology.h"
#include "litho/geometry/distance.h"
#include "litho/geometry/rasterize.h"
#include "litho/imaging/simulator.h"
#include "litho/imaging/socs.h"
#include "litho/imaging/resist_image.h"

namespace reticle {

namespace {

// Iterations after which rounding of symmetric clips is taken out.
constexpr int k_symmetrizing_interval = 5;
// Iterations between looks at whether masks still obey the rules; a multiple of the former.
constexpr int k_rules_interval = 2 * k_symmetrizing_interval;

void to_transmission(Image<float>& parameters, float mask_slope) {
  cpu::masks_of_parameters(cpu::widest(), parameters.data(), parameters.size(), mask_slope, parameters.data());
}

Image<float> start_of(const IltSettings& settings, const Image<float>& target, double pixel_nm) {
  Image<float> start = gaussian_blur(target, settings.start_blur_nm / pixel_nm);
  for (float& p : start) p = static_cast<float>(settings.start_contrast) * (p - 0.5f);
  return start;
}

// One batch through all levels.
class BatchCorrection {
 public:
  BatchCorrection(Engine& engine, const OpticalModel& model, const IltSettings& settings,
                  std::span<const ClipStart> clips, HostThreads threads)
      : engine_(engine), model_(model), settings_(settings), clips_(clips), threads_(threads),
        simulators_(static_cast<std::size_t>(threads.count())), greys_(clips.size()), free_(clips.size()),
        unresolved_(clips.size()), emphasis_(clips.size()) {
    for (const auto& [design, start, free] : clips) {
      check_clip(model, design);
      fields_.push_back(field_around(model, design.window));
      symmetries_.push_back(start.empty() ? symmetries_of(design.polygons, fields_.back())
                                          : std::vector<FieldMap>{});
    }
    for (std::size_t c = 0; c < clips.size(); ++c) rules_.emplace_back(clips[c].design.polygons, fields_[c], settings);
    drop_asymmetric_maps();
    for (const IltLevel& level : settings.levels) steps_ += level.iterations;
  }

  void run(const IltProgress& progress) {
    for (std::size_t i = 0; i < settings_.levels.size(); ++i)
      run_level(static_cast<int>(i), progress);
    for (std::size_t c = 0; c < clips_.size(); ++c) greys_[c].parameters = parameters_of(*batch_, c);
  }

  std::vector<GreyMask> greys() && { return std::move(greys_); }

  std::vector<Correction> corrections() && {
    std::vector<Correction> results(clips_.size());
    for_clips([&](std::size_t c, int thread) {
      Correction& result = results[c] = cut_at(c, 1);
      result.grey = std::move(greys_[c].parameters);
      result.grey_grid = greys_[c].grid;
      result.history = std::move(greys_[c].history);
      BitImage mask(result.mask);
      rules_[c].clean(mask);
      if (settings_.assist_dose_margin >= 0.0) trim_assists(c, result.grid, mask, simulator_of(thread));
      mask.unpack_into(result.mask.view());
      draw_back(result.mask, result.grid, model_.mask.bias_nm);
    });
    return results;
  }

 private:
  // Maps that the model's images do not follow; what is left closes as a group, as either part does.
  void drop_asymmetric_maps() {
    std::map<int, bool> known;
    for (std::vector<FieldMap>& maps : symmetries_)
      std::erase_if(maps, [&](const FieldMap& map) {
        const int key = 4 * map.exchanges + 2 * map.mirrors_y + map.mirrors_x;
        const auto [at, is_new] = known.try_emplace(key, false);
        if (is_new) at->second = is_symmetric(model_, map);
        return !at->second;
      });
  }

  void run_level(int index, const IltProgress& progress) {
    const IltLevel& level = settings_.levels[static_cast<std::size_t>(index)];
    const double pixel_nm = level.coarseness * settings_.mask_pixel_nm;
    const Grid first = pixel_grid(fields_.front(), pixel_nm);
    auto batch = engine_.make_ilt(problem_on(model_, settings_, first), static_cast<int>(clips_.size()));
    const bool given = std::none_of(clips_.begin(), clips_.end(), [](const ClipStart& clip) { return clip.parameters.empty(); });
    const bool projects = level.edge_band_nm > 0.0 && (batch_ || given);
    unresolved_.assign(clips_.size(), {});
    for_clips([&](std::size_t c, int) {
      RuledField start;
      if (projects) {
        const int fine = half_pixel(level);
        start = obeying_rules(c, batch_ ? BitImage(cut_at(c, fine).mask) : positive(c, fine), level);
      } else if (!batch_) {
        start.parameters = start_at(c, pixel_nm);
      }
      load(*batch, c, std::move(start), pixel_nm);
    });
    if (batch_ && !projects) batch->continue_from(*batch_);
    batch_ = std::move(batch);
    coarseness_ = level.coarseness;
    ruled_ = projects;
    if (!stopped_) minimize(*batch_, index, progress);
  }

  // Half of the level's pixel, in mask pixels, where the grids allow it.
  int half_pixel(const IltLevel& level) const {
    return std::gcd(std::gcd(coarseness_, level.coarseness), std::max(1, level.coarseness / 2));
  }

  // Parameters of the first level.
  Image<float> start_at(std::size_t c, double pixel_nm) const {
    const Grid grid = pixel_grid(fields_[c], pixel_nm);
    const auto& [design, given, free] = clips_[c];
    return given.empty() ? start_of(settings_, rasterize(design.polygons, grid), pixel_nm)
                         : cpu::resample(given.view(), grid.rows, grid.cols);
  }

  void trim_assists(std::size_t c, const Grid& grid, BitImage& mask, Simulator<float>& simulator) const {
    const Grid coarse = pixel_grid(fields_[c], settings_.levels.back().coarseness * settings_.mask_pixel_nm);
    const MaskCleaning& cleaning = rules_[c].cleaning_on(grid);
    const TrimField field{.grid = grid, .drawn = *cleaning.drawn(), .coarse = coarse,
                          .coarse_drawn = rules_[c].drawn_on(coarse), .looked_at = fields_[c]};
    const auto clean = [&](BitImage& bits) { cleaning.clean(bits); };
    trim_printed(model_, simulator, std::array{assist_dose(settings_, model_)}, field, clean, mask);
  }

  // Where the given parameters are, on pixels of so many mask pixels.
  BitImage positive(std::size_t c, int pixels) const {
    const Grid grid = pixel_grid(fields_[c], pixels * settings_.mask_pixel_nm);
    return positive_where_resampled(clips_[c].parameters, grid.rows, grid.cols);
  }

  // A mask made to obey the rules.
  RuledField obeying_rules(std::size_t c, BitImage mask, const IltLevel& level) const {
    rules_[c].clean(mask);
    return ruled_field(mask, pixel_grid(fields_[c], level.coarseness * settings_.mask_pixel_nm), freedom_of(c, level));
  }

  // Where all of the field may change: none.
  std::optional<Box> free_box(std::size_t c) const {
    if (settings_.free_margin_nm < 0.0) return {};
    const Box& window = clips_[c].design.window;
    const double margin = settings_.free_margin_nm;
    return Box{window.x0 - margin, window.y0 - margin, window.x1 + margin, window.y1 + margin};
  }

  EdgeFreedom freedom_of(std::size_t c, const IltLevel& level) const { return {level.edge_band_nm, free_box(c)}; }

  void load(IltBatch& batch, std::size_t c, RuledField start, double pixel_nm) {
    const Grid grid = pixel_grid(fields_[c], pixel_nm);
    const Design& design = clips_[c].design;
    greys_[c].grid = grid;
    if (emphasis_[c] && emphasis_[c]->grid().rows != grid.rows) emphasis_[c]->set_grid(design.polygons, grid);
    const std::vector<pixel::OutlineEdge> outline =
        emphasis_[c] ? std::vector<pixel::OutlineEdge>{} : outline_on(design.polygons, grid);
    const bool ruled = !start.free.empty();
    free_[c] = ruled ? std::move(start.free) : clips_[c].free.empty() ? free_within(free_box(c), grid) : clips_[c].free;
    if (!ruled && settings_.assist_reach_nm > 0.0) keep_within_reach(c, start.parameters, free_[c]);
    batch.set_clip(static_cast<int>(c),
                   {.parameters = start.parameters.view(),
                    .target = emphasis_[c] ? emphasis_[c]->target().view() : ImageView<const float>{},
                    .outline = outline,
                    .free = free_[c].view()});
  }

  // Cuts the masks that the parameters stand for, as they will be cut, and tells the engine what its grid shows
  // of them otherwise.
  void look_at_cuts(IltBatch& batch, const IltLevel& level, float mask_slope) {
    for_clips([&](std::size_t c, int thread) {
      Simulator<float>& simulator = simulator_of(thread);
      Image<float> grey = parameters_of(batch, c);
      to_transmission(grey, mask_slope);
      unresolved_[c] = unresolved(cut_at(c, half_pixel(level)).mask, grey, simulator.half_x(), simulator.half_y());
      batch.set_clip(static_cast<int>(c), {.unresolved = unresolved_[c].view()});
    });
  }

  // Beyond the reach of assist features the mask is opaque and stays so.
  void keep_within_reach(std::size_t c, Image<float>& parameters, Image<float>& free) const {
    constexpr float k_opaque = -10.0f;
    const Grid& grid = greys_[c].grid;
    if (free.empty()) free = Image<float>(grid.rows, grid.cols, 1.0f);
    const Image<float> squared = squared_distance(rules_[c].drawn_on(grid));
    const double reach = settings_.assist_reach_nm / grid.pixel_nm;
    for (std::size_t i = 0; i < free.size(); ++i) {
      if (squared.data()[i] <= reach * reach) continue;
      free.data()[i] = 0.0f;
      if (!parameters.empty()) parameters.data()[i] = k_opaque;
    }
  }

  void minimize(IltBatch& batch, int index, const IltProgress& progress) {
    const IltLevel& level = settings_.levels[static_cast<std::size_t>(index)];
    IltTerms terms{.window = window_of(model_, settings_, level),
                   .total_variation = static_cast<float>(settings_.total_variation),
                   .curvature = static_cast<float>(settings_.curvature),
                   .discreteness = static_cast<float>(settings_.discreteness)};
    std::vector<double> extra;  // [iteration][clip]
    const auto terms_at = [&](int iteration) {
      const double fraction =
          level.iterations > 1 ? static_cast<double>(iteration) / (level.iterations - 1) : 1.0;
      terms.mask_slope = static_cast<float>(level.mask_slope.at(fraction));
      terms.window.resist_slope = static_cast<float>(model_.resist.level().sign() * level.resist_slope.at(fraction) /
                                                      model_.resist.threshold);
      if (ruled_ && iteration > 0 && iteration % k_rules_interval == 0) hold_rules(batch, level);
      if (iteration > 0 && iteration % k_symmetrizing_interval == 0) symmetrize_parameters(batch);
      if (level.cut_interval > 0 && iteration % level.cut_interval == 0) look_at_cuts(batch, level, terms.mask_slope);
      if (level.emphasis_gain > 0.0 && iteration > 0 && iteration % level.emphasis_interval == 0)
        emphasize(batch, level, terms.mask_slope, level.resist_slope.at(fraction));
      for (std::size_t c = 0; c < clips_.size(); ++c) extra.push_back(loss_of_extra(c, terms.window));
      return terms;
    };
    std::vector<double> totals;
    const auto observe = [&](int iteration, const std::vector<IltLoss>& losses) {
      double total = 0.0;
      for (std::size_t c = 0; c < losses.size(); ++c) {
        IltLoss loss = losses[c];
        loss.fidelity -= extra[static_cast<std::size_t>(iteration) * losses.size() + c];
        greys_[c].history.push_back({index, iteration, greys_[c].grid.pixel_nm, loss});
        total += loss.total();
      }
      totals.push_back(total);
      ++done_;
      if (progress && !progress(static_cast<double>(done_) / steps_)) stopped_ = true;
      const bool converged = level.stop_fraction > 0.0 && iteration >= 10 &&
                             total > (1.0 - level.stop_fraction) * totals[totals.size() - 11];
      return !stopped_ && !converged;
    };
    if (level.optimizer == Optimizer::adam)
      // Whether to stop is asked of every step's losses; else the engine need not be waited for.
      minimize_adam(batch, level.iterations, {level.rate, level.adam_beta1, level.adam_beta2},
                    level.stop_fraction > 0.0 ? 1 : IltBatch::k_losses_kept, terms_at, observe);
    else
      minimize_lbfgs(batch, level.iterations, level.rate, terms_at, observe);
    symmetrize_parameters(batch);
  }

  // Where masks no longer obey the rules they are made to, and the parameters there are those of such masks.
  void hold_rules(IltBatch& batch, const IltLevel& level) {
    for_clips([&](std::size_t c, int) {
      BitImage mask(cut_at(c, half_pixel(level)).mask);
      BitImage before = mask;
      rules_[c].clean(mask);
      BitImage broken = broken_parts(std::move(before), mask);
      if (!broken.any()) return;
      RuledField field{parameters_of(batch, c), std::move(free_[c])};
      take_ruled(mask, std::move(broken), greys_[c].grid, freedom_of(c, level), field);
      free_[c] = std::move(field.free);
      batch.set_clip(static_cast<int>(c), {.parameters = field.parameters.view(), .free = free_[c].view()});
    });
  }

  // Looks at the prints of every clip and steers its target: the nominal one, what is lost at other corners, and what
  // prints apart from the drawn shapes at a higher dose.
  void emphasize(IltBatch& batch, const IltLevel& level, float mask_slope, double resist_slope) {
    const ProcessCorner& nominal = settings_.corners.front();
    const bool pulls = level.optimizer == Optimizer::adam;  // line searches compare losses, of which this is no part
    for_clips([&](std::size_t c, int thread) {
      Simulator<float>& simulator = simulator_of(thread);
      const Grid& grid = greys_[c].grid;
      Image<float> image = parameters_of(batch, c);
      to_transmission(image, mask_slope);
      for (std::size_t i = 0; i < unresolved_[c].size(); ++i) image.data()[i] += unresolved_[c].data()[i];
      const Spectrum<float> mask = simulator.mask_spectrum(image.view());
      if (!emphasis_[c]) emphasis_[c].emplace(clips_[c].design.polygons, grid, emphasized_sites(settings_, model_), settings_.edge_fine_tolerance_nm);
      bool changed = false;
      for (const SocsKernels& condition : model_.conditions) {
        resist_image(simulator, model_,
                     simulator.intensity_spectrum(mask, static_cast<int>(&condition - model_.conditions.data())),
                     image.view());
        const PrintLevel level_of_print = model_.resist.level();
        for (const ProcessCorner& corner : settings_.corners) {
          if (&condition != &model_.condition(corner.condition) || corner.mask_bias_nm != 0.0) continue;
          if (&corner == &nominal) emphasis_[c]->look(image.view(), level_of_print.at_dose(corner.dose));
          else emphasis_[c]->look_for_lost(image.view(), level_of_print.at_dose(corner.dose));
        }
        if (settings_.assist_dose_margin >= 0.0)
          changed |= emphasis_[c]->look_for_extra(image.view(), level_of_print.at_dose(assist_dose(settings_, model_)),
                                                  level.emphasis_gain, {level_of_print, pulls ? resist_slope : 0.0});
      }
      changed |= emphasis_[c]->step({level.emphasis_gain, level.emphasis_most, level.emphasis_fine, level.emphasis_reach});
      if (changed) batch.set_clip(static_cast<int>(c), {.target = emphasis_[c]->target().view()});
    });
  }

  // In nm2, of the loss where what was taken from the target does not print.
  double loss_of_extra(std::size_t c, const pixel::ProcessWindow<float>& window) const {
    if (!emphasis_[c]) return 0.0;
    double weight = 0.0;
    for (int corner = 0; corner < window.corners; ++corner) weight += static_cast<double>(window.corner[corner].weight);
    return weight * emphasis_[c]->sum_of_extra() * greys_[c].grid.pixel_nm * greys_[c].grid.pixel_nm;
  }

  Simulator<float>& simulator_of(int thread) const {
    std::optional<Simulator<float>>& own = simulators_[static_cast<std::size_t>(thread)];
    if (!own) {
      // Masks here are as they are to come out, with the bias.
      OpticalModel unbiased = model_;
      unbiased.mask.bias_nm = 0.0;
      own.emplace(unbiased);
    }
    return *own;
  }

  Image<float> parameters_of(const IltBatch& batch, std::size_t c) const {
    Image<float> parameters(greys_[c].grid.rows, greys_[c].grid.cols);
    batch.get_parameters(static_cast<int>(c), parameters.view());
    return parameters;
  }

  // Takes rounding out of the parameters of symmetric clips before it grows.
  void symmetrize_parameters(IltBatch& batch) {
    for_clips([&](std::size_t c, int) {
      if (symmetries_[c].empty()) return;
      Image<float> parameters = parameters_of(batch, c);
      symmetrize(parameters, symmetries_[c]);
      batch.set_clip(static_cast<int>(c), {.parameters = parameters.view()});
    });
  }

  // On pixels of so many mask pixels.
  Correction cut_at(std::size_t c, int pixels) const {
    Correction result;
    result.grid = pixel_grid(fields_[c], pixels * settings_.mask_pixel_nm);
    result.mask = Image<std::uint8_t>(result.grid.rows, result.grid.cols);
    batch_->cut_mask(static_cast<int>(c), coarseness_ / pixels, result.mask.view());
    symmetrize(result.mask, symmetries_[c]);
    return result;
  }

  // work(clip, thread) on the host's threads.
  void for_clips(const std::function<void(std::size_t, int)>& work) const { threads_.each(clips_.size(), work); }

  Engine& engine_;
  const OpticalModel& model_;
  const IltSettings& settings_;
  std::span<const ClipStart> clips_;
  HostThreads threads_;
  mutable std::vector<std::optional<Simulator<float>>> simulators_;  // of each thread
  std::vector<Box> fields_;
  std::vector<std::vector<FieldMap>> symmetries_;
  std::vector<GreyMask> greys_;
  std::unique_ptr<IltBatch> batch_;  // of the level at hand
  int coarseness_ = 0;               // of that level
  bool ruled_ = false;               // whether it began with masks that obey the rules
  std::vector<Image<float>> free_;   // where its masks may change; empty: anywhere
  std::vector<Image<float>> unresolved_;  // of the masks that its parameters stand for (unresolved.h); empty: 0
  mutable std::vector<ClipRules> rules_;  // a clip's belong to its thread
  std::vector<std::optional<EdgeEmphasis>> emphasis_;
  int steps_ = 0, done_ = 0;
  bool stopped_ = false;
};

}  // namespace

void check_clip(const OpticalModel& model, const Design& design) {
  if (design.polygons.empty())
    throw Error(ErrorCode::bad_input, "the clip holds no polygon: nothing to correct");
  field_around(model, design.window);
}

int batch_size(const Engine& engine, const OpticalModel& model, const IltSettings& settings,
               int wanted) {
  const Box field{0.0, 0.0, model.period_x_nm, model.period_y_nm};
  for (const IltLevel& level : settings.levels)
    wanted = engine.batch_size(
        problem_on(model, settings, pixel_grid(field, level.coarseness * settings.mask_pixel_nm)), wanted,
        level.optimizer == Optimizer::lbfgs ? k_lbfgs_vectors : 0);
  return wanted;
}

namespace {

void require_resolved(const IltSettings& settings) {
  if (settings.levels.empty() || settings.corners.empty())
    throw Error(ErrorCode::invalid_argument, "the settings name no levels or corners; pass them through resolved() first");
}

}  // namespace

std::vector<Correction> correct(Engine& engine, const OpticalModel& model,
                                const IltSettings& settings, std::span<const Design> designs,
                                const IltProgress& progress, HostThreads threads) {
  std::vector<ClipStart> clips;
  for (const Design& design : designs) clips.push_back({design, {}});
  return correct(engine, model, settings, clips, progress, threads);
}

std::vector<Correction> correct(Engine& engine, const OpticalModel& model, const IltSettings& settings,
                                std::span<const ClipStart> clips, const IltProgress& progress, HostThreads threads) {
  require_resolved(settings);
  if (clips.empty()) return {};
  BatchCorrection batch(engine, model, settings, clips, threads);
  batch.run(progress);
  return std::move(batch).corrections();
}

std::vector<GreyMask> optimize(Engine& engine, const OpticalModel& model,
                               const IltSettings& settings, std::span<const ClipStart> clips,
                               const IltProgress& progress, HostThreads threads) {
  require_resolved(settings);
  if (clips.empty()) return {};
  BatchCorrection batch(engine, model, settings, clips, threads);
  batch.run(progress);
  return std::move(batch).greys();
}

}  // namespace reticle
