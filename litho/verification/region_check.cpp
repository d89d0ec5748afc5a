// SPDX-License-Identifier: Apache-2.0
#include "litho/verification/region_check.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "litho/geometry/boolean.h"
#include "litho/geometry/box.h"
#include "litho/geometry/polygon_area.h"
#include "litho/geometry/rasterize.h"
#include "litho/geometry/rings.h"
#include "litho/rules/rule_check.h"
#include "litho/verification/connectivity.h"
#include "litho/verification/finding_groups.h"
#include "litho/verification/overlay.h"
#include "litho/verification/place_view.h"
#include "litho/verification/region_images.h"
#include "litho/verification/width_check.h"

namespace reticle {

namespace {

// In units of lambda / NA.
constexpr double k_margin = 0.6;       // around the core, where the print is traced to be judged whole
constexpr double k_drawn_range = 2.0;  // of widths and spaces of the target
constexpr double k_one_place = 0.3;    // findings of one check this near are one
constexpr double k_surroundings = 1.0;  // that tell patterns apart, of which a halo holds 1.45
constexpr double k_mask_bias_nm = 0.25;  // of every edge, for the mask error enhancement factor

constexpr double k_off_nominal = 3.0;  // less severe than at the nominal corner

double severity_of(Fault fault) {
  switch (fault) {
    case Fault::missing:
    case Fault::bridge:
    case Fault::open: return 10.0;
    case Fault::extra:
    case Fault::filled: return 9.5;
    case Fault::hole: return 9.0;
  }
  return 9.0;
}

// By what part of the limit it is missed.
double severity_of(double excess, double limit) {
  return 1.0 + 4.0 * std::min(1.0, excess / std::max(std::abs(limit), 1e-9));
}

Polygon outline(const Box& box) { return {{box.x0, box.y0}, {box.x1, box.y0}, {box.x1, box.y1}, {box.x0, box.y1}}; }

double perimeter(const Polygon& ring) {
  double sum = 0.0;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const Point &a = ring[i], &b = ring[(i + 1) % ring.size()];
    sum += std::hypot(b.x - a.x, b.y - a.y);
  }
  return sum;
}

Check check_of(EdgeClass kind) {
  return kind == EdgeClass::run ? Check::epe_run : kind == EdgeClass::line_end ? Check::epe_line_end : Check::epe_corner;
}

// One mask being judged.
class Judgement {
 public:
  Judgement(double unit_nm, const VerifySettings& settings, RegionImages& images, const Region& region)
      : settings_(settings), images_(images), region_(region), unit_nm_(unit_nm) {
    const double pitch = std::max(images.pitch().x, images.pitch().y);
    // The target ends before the traced print does: no end of one lies on an end of the other.
    const Box judged = common(grown(region.core, k_margin * unit_nm_), region.field);
    traced_ = grown(judged, 3.0 * pitch);
    target_ = rings_of(clip(region.target, judged));
    in_core_ = rings_of(clip(region.target, region.core));
    for (const Polygon& ring : in_core_) report_.measures.target_nm2 += signed_area(ring);
  }

  RegionReport judge() {
    const EdgeBuckets target_edges(target_);
    const double range = k_drawn_range * unit_nm_;
    sites_ = target_sites(target_, target_edges, region_.core, settings_, range);
    line_ends_ = line_ends(target_, region_.core, settings_);
    farthest_in_.assign(sites_.size(), settings_.search_range_nm);
    farthest_out_.assign(sites_.size(), -settings_.search_range_nm);
    for (std::size_t c = 0; c < settings_.corners.size(); ++c) {
      corner_ = static_cast<std::int8_t>(c);
      const Print print = images_.print(settings_.corners[c]);
      const std::vector<Polygon> printed = print_outline(print, traced_);
      const Overlay over_target(printed, target_);
      join(over_target);
      place_edges(print);
      const EdgeBuckets edges(printed);
      widths(printed, edges, target_edges, range);
      contacts(printed);
      enclosure(print);
      if (c == 0) slopes(print), nominal_areas(printed, over_target), prints_.nominal = printed;
      if (settings_.corners[c].name == settings_.band.outer) prints_.outer = printed;
      if (settings_.corners[c].name == settings_.band.inner) prints_.inner = printed;
    }
    band();
    mask_error();
    mask_rules();
    std::erase_if(report_.findings, [&](const Finding& finding) { return !holds(region_.core, finding.place); });
    report_.findings = merged(std::move(report_.findings), k_one_place * unit_nm_);
    // Of all that is known of the target, for what surrounds a place at the core's border.
    const std::vector<Polygon> around = report_.findings.empty() ? std::vector<Polygon>{} : rings_of(region_.target);
    for (Finding& finding : report_.findings)
      finding.pattern = pattern_of(around, finding.place, k_surroundings * unit_nm_);
    return std::move(report_);
  }

  PrintRings take_prints() { return std::move(prints_); }

 private:
  void add(Check check, Point place, const Box& box, double value, double limit, double severity, int corner) {
    report_.findings.push_back({check, static_cast<std::int8_t>(corner), place, box, value, limit, severity, 0});
  }
  void add_above(Check check, Point place, double value, double limit, int corner) {
    add(check, place, around(place, 0.1 * unit_nm_), value, limit, severity_of(std::abs(value) - limit, limit), corner);
  }
  void add_below(Check check, Point place, double value, double limit, int corner) {
    add(check, place, around(place, 0.1 * unit_nm_), value, limit, severity_of(limit - value, limit), corner);
  }

  void join(const Overlay& over_target) {
    for (const ConnectivityFault& fault : connectivity_faults(over_target)) {
      if (fault.fault == Fault::extra && fault.area_nm2 <= settings_.extra_area_nm2) continue;
      if (fault.fault == Fault::hole && fault.area_nm2 <= settings_.hole_area_nm2) continue;
      const bool joins = fault.fault == Fault::bridge || fault.fault == Fault::open;
      const double limit = fault.fault == Fault::extra ? settings_.extra_area_nm2
                           : fault.fault == Fault::hole ? settings_.hole_area_nm2
                                                        : 0.0;
      add(static_cast<Check>(fault.fault), fault.place, fault.box, joins ? fault.length_nm : fault.area_nm2, limit,
          severity_of(fault.fault) - (corner_ == 0 ? 0.0 : k_off_nominal), corner_);
    }
  }

  double epe_limit(EdgeClass kind) const {
    const double limit = kind == EdgeClass::run        ? settings_.epe_run_nm
                         : kind == EdgeClass::line_end ? settings_.epe_line_end_nm
                                                       : settings_.epe_corner_nm;
    return corner_ == 0 ? limit : settings_.window_factor * limit;
  }

  void place_edges(const Print& print) {
    std::array<EdgeStatistics, 3> edges{};
    const double pullback = settings_.pullback_nm * (corner_ == 0 ? 1.0 : settings_.window_factor);
    for (const TargetSite& end : line_ends_) {
      if (pullback <= 0.0) break;
      const double pulled = -distance_to_contour(print, end.position, end.normal, settings_.search_range_nm).nm;
      if (pulled > pullback) add_above(Check::pullback, end.position, pulled, pullback, corner_);
    }
    for (std::size_t i = 0; i < sites_.size(); ++i) {
      const TargetSite& site = sites_[i];
      const ContourDistance epe = distance_to_contour(print, site.position, site.normal, settings_.search_range_nm);
      EdgeStatistics& all = edges[static_cast<std::size_t>(site.kind)];
      const double size = std::abs(epe.nm), limit = epe_limit(site.kind);
      ++all.sites;
      all.sum_nm += epe.nm, all.sum_abs_nm += size;
      all.max_abs_nm = std::max(all.max_abs_nm, size);
      if (limit > 0.0 && (size > limit || !epe.found)) {
        ++all.violations;
        add_above(check_of(site.kind), site.position, epe.nm, limit, corner_);
      }
      farthest_in_[i] = std::min(farthest_in_[i], epe.nm);
      farthest_out_[i] = std::max(farthest_out_[i], epe.nm);
      if (corner_ == 0) {
        nominal_epe_.push_back(epe);
        add_rounded(site, epe);
        report_.measures.epe_violations += size > settings_.epe_run_nm || !epe.found;
        ++report_.measures.epe_histogram[std::min(k_epe_bins - 1, static_cast<std::size_t>(2.0 * size))];
      }
    }
    report_.measures.edges.push_back(edges);
  }

  void add_rounded(const TargetSite& site, const ContourDistance& epe) {
    EdgeStatistics& all = report_.measures.rounded;
    const double beyond = std::max(0.0, epe.nm - site.rounding.outside_nm) + std::min(0.0, epe.nm + site.rounding.inside_nm);
    const double error = epe.found ? beyond : epe.nm;
    all.sites += site.rounding.inside_nm > 0.0 || site.rounding.outside_nm > 0.0;
    all.sum_nm += error, all.sum_abs_nm += std::abs(error);
    all.max_abs_nm = std::max(all.max_abs_nm, std::abs(error));
  }

  void widths(const std::vector<Polygon>& printed, const EdgeBuckets& edges, const EdgeBuckets& target_edges, double range) {
    if (settings_.pinch_nm > 0.0)
      for (const NarrowPlace& place : narrow_places(printed, edges, target_edges, region_.core, Ruler::width,
                                                    settings_.pinch_nm, settings_.pinch_part, range))
        add_below(Check::pinch, place.place, place.printed_nm, place.limit_nm, corner_);
    if (settings_.space_nm > 0.0)
      for (const NarrowPlace& place : narrow_places(printed, edges, target_edges, region_.core, Ruler::space,
                                                    settings_.space_nm, settings_.space_part, range))
        add_below(Check::space, place.place, place.printed_nm, place.limit_nm, corner_);
  }

  // Shapes no larger than a contact, against the print that holds their middle.
  void contacts(const std::vector<Polygon>& printed) {
    for (const Polygon& ring : target_) {
      const double drawn = signed_area(ring);
      const Box box = bounds_of(ring);
      const Point middle{0.5 * (box.x0 + box.x1), 0.5 * (box.y0 + box.y1)};
      if (drawn <= 0.0 || box.width() > settings_.contact_size_nm || box.height() > settings_.contact_size_nm ||
          !holds(region_.core, middle))
        continue;
      for (const Polygon& print : printed) {
        const double area = signed_area(print);
        const Box there = bounds_of(print);
        if (area <= 0.0 || !holds(there, middle) || there.width() > 2.0 * settings_.contact_size_nm ||
            there.height() > 2.0 * settings_.contact_size_nm || !is_inside({&print, 1}, middle))
          continue;
        const double part = area / drawn, round = 12.566370614359172 * area / std::pow(perimeter(print), 2);
        if (part < settings_.contact_area_part)
          add_below(Check::contact_area, middle, part, settings_.contact_area_part, corner_);
        if (round < settings_.roundness) add_below(Check::roundness, middle, round, settings_.roundness, corner_);
        break;
      }
    }
  }

  void enclosure(const Print& print) {
    if (region_.enclosed.empty()) return;
    if (enclosed_sites_.empty()) {
      const std::vector<Polygon> rings = rings_of(region_.enclosed);
      enclosed_sites_ = target_sites(rings, EdgeBuckets(rings), region_.core, settings_, 0.0);
    }
    for (const TargetSite& site : enclosed_sites_) {
      const ContourDistance way = distance_to_contour(print, site.position, site.normal, settings_.search_range_nm);
      if (way.nm < settings_.enclosure_nm) add_below(Check::enclosure, site.position, way.nm, settings_.enclosure_nm, corner_);
    }
  }

  // Of the nominal image where it crosses the level.
  void slopes(const Print& print) {
    for (std::size_t i = 0; i < sites_.size(); ++i) {
      if (!nominal_epe_[i].found) continue;
      const TargetSite& site = sites_[i];
      const double s = nominal_epe_[i].nm;
      const Point slope =
          print.image->value_and_slope({site.position.x + s * site.normal.x, site.position.y + s * site.normal.y}).slope;
      const double ils = std::hypot(slope.x, slope.y) / print.threshold;  // per nm
      if (settings_.ils_per_um > 0.0 && 1e3 * ils < settings_.ils_per_um)
        add_below(Check::ils, site.position, 1e3 * ils, settings_.ils_per_um, corner_);
      if (site.width_nm <= 0.0) continue;
      const double nils = ils * site.width_nm;
      double& least = report_.measures.nils_min;
      least = least == 0.0 ? nils : std::min(least, nils);
      if (nils < settings_.nils) add_below(Check::nils, site.position, nils, settings_.nils, corner_);
    }
  }

  // What of a print lies in the core, and in another set of rings there.
  double in_core(const std::vector<Polygon>& printed) const {
    double area = 0.0;
    std::vector<Polygon> others;
    for (const Polygon& ring : printed) {
      const Box box = bounds_of(ring);
      const Box& core = region_.core;
      if (box.x0 > core.x0 && box.x1 < core.x1 && box.y0 > core.y0 && box.y1 < core.y1) area += signed_area(ring);
      else others.push_back(ring);
    }
    return others.empty() ? area : area + Overlay(others, std::vector<Polygon>{outline(region_.core)}).common_nm2();
  }

  void nominal_areas(const std::vector<Polygon>& printed, const Overlay& over_target) {
    RegionMeasures& measures = report_.measures;
    measures.printed_nm2 = in_core(printed);
    const double common = in_core_ == target_ ? over_target.common_nm2() : Overlay(printed, in_core_).common_nm2();
    measures.l2_nm2 = measures.printed_nm2 + measures.target_nm2 - 2.0 * common;
  }

  void band() {
    for (std::size_t i = 0; i < sites_.size(); ++i) {
      const double width = farthest_out_[i] - farthest_in_[i];
      report_.measures.pv_band_max_nm = std::max(report_.measures.pv_band_max_nm, width);
      if (settings_.band_nm > 0.0 && width > settings_.band_nm)
        add_above(Check::band, sites_[i].position, width, settings_.band_nm, -1);
    }
    // Areas of the core only: what the inner print covers of the frame around it is taken off both.
    const Overlay both(prints_.outer, prints_.inner);
    const double beyond = both.differing_nm2();
    if (beyond == 0.0) return;
    double area = 0.0;
    for (const auto& regions : {both.only_a(), both.only_b()})
      for (const OverlayRegion& region : regions) {
        Box box = bounds_of(region.loops.front());
        const Box& core = region_.core;
        if (box.x0 >= core.x0 && box.x1 <= core.x1 && box.y0 >= core.y0 && box.y1 <= core.y1) area += region.area_nm2;
        else if (box.x0 < core.x1 && box.x1 > core.x0 && box.y0 < core.y1 && box.y1 > core.y0)
          area += Overlay(region.loops, std::vector<Polygon>{outline(core)}).common_nm2();
      }
    report_.measures.pv_band_nm2 = area;
  }

  // Change of the printed width over that of the mask, all edges moved alike.
  void mask_error() {
    if (settings_.meef <= 0.0) return;
    ProcessCorner wider = settings_.corners.front();
    wider.mask_bias_nm += 2.0 * k_mask_bias_nm;
    const Print print = images_.print(wider);
    for (std::size_t i = 0; i < sites_.size(); ++i) {
      const TargetSite& site = sites_[i];
      const ContourDistance epe = distance_to_contour(print, site.position, site.normal, settings_.search_range_nm);
      if (!epe.found || !nominal_epe_[i].found) continue;
      const double meef = (epe.nm - nominal_epe_[i].nm) / k_mask_bias_nm;
      if (meef > settings_.meef) add_above(Check::meef, site.position, meef, settings_.meef, 0);
    }
  }

  std::vector<RuleViolation> check_pixels(ImageView<const std::uint8_t> mask) const {
    const Grid grid{mask.rows, mask.cols, region_.field.width() / mask.cols, region_.field.x0, region_.field.y0};
    const BitImage target(rasterize_binary(region_.target, grid));
    return check_mask(BitImage(mask), grid, settings_.mask_rules, &target);
  }

  void mask_rules() {
    const MaskRuleSet& rules = settings_.mask_rules;
    if (rule_lines(rules).empty()) return;
    std::vector<RuleViolation> violations;
    if (region_.binary.size() > 0) {
      violations = check_pixels(region_.binary);
    } else if (region_.pixels.size() > 0) {
      Image<std::uint8_t> drawn(region_.pixels.rows, region_.pixels.cols);
      std::transform(region_.pixels.data, region_.pixels.data + region_.pixels.size(), drawn.data(),
                     [](float part) { return static_cast<std::uint8_t>(part >= 0.5f); });
      violations = check_pixels(drawn.view());
    } else {
      violations = check_mask(rings_of(region_.mask), region_.core, rules, rule_pixel_nm(rules), region_.target);
    }
    for (const RuleViolation& violation : violations) {
      const auto check = static_cast<std::size_t>(Check::mask_width) + static_cast<std::size_t>(violation.rule);
      add(static_cast<Check>(check), violation.place, violation.box, violation.value, violation.limit,
          severity_of(violation.limit - violation.value, violation.limit), -1);
    }
  }

  const VerifySettings& settings_;
  RegionImages& images_;
  const Region& region_;
  double unit_nm_;
  Box traced_;
  std::vector<Polygon> target_, in_core_;  // rings
  PrintRings prints_;
  std::vector<TargetSite> sites_, line_ends_, enclosed_sites_;
  std::vector<ContourDistance> nominal_epe_;
  std::vector<double> farthest_in_, farthest_out_;  // of the contours of all corners, by site
  std::int8_t corner_ = 0;
  RegionReport report_;
};

}  // namespace

void EdgeStatistics::add(const EdgeStatistics& other) {
  sites += other.sites, violations += other.violations;
  sum_abs_nm += other.sum_abs_nm, sum_nm += other.sum_nm;
  max_abs_nm = std::max(max_abs_nm, other.max_abs_nm);
}

void RegionMeasures::add(const RegionMeasures& other) {
  l2_nm2 += other.l2_nm2, pv_band_nm2 += other.pv_band_nm2;
  target_nm2 += other.target_nm2, printed_nm2 += other.printed_nm2;
  edges.resize(std::max(edges.size(), other.edges.size()));
  for (std::size_t c = 0; c < other.edges.size(); ++c)
    for (std::size_t k = 0; k < 3; ++k) edges[c][k].add(other.edges[c][k]);
  for (std::size_t i = 0; i < k_epe_bins; ++i) epe_histogram[i] += other.epe_histogram[i];
  rounded.add(other.rounded);
  epe_violations += other.epe_violations;
  pv_band_max_nm = std::max(pv_band_max_nm, other.pv_band_max_nm);
  if (other.nils_min > 0.0) nils_min = nils_min > 0.0 ? std::min(nils_min, other.nils_min) : other.nils_min;
}

EdgeStatistics RegionMeasures::all_edges(std::size_t corner) const {
  EdgeStatistics sum;
  if (corner < edges.size())
    for (const EdgeStatistics& one : edges[corner]) sum.add(one);
  return sum;
}

struct RegionVerifier::Parts {
  double unit_nm;
  const VerifySettings& settings;
  RegionImages images;
};

RegionVerifier::RegionVerifier(const OpticalModel& model, const VerifySettings& settings)
    : parts_(std::make_unique<Parts>(Parts{resolution_nm(model), settings, RegionImages(model)})) {}
RegionVerifier::~RegionVerifier() = default;

RegionReport RegionVerifier::verify(const Region& region, PrintRings* prints, PlaceView* view) {
  if (region.binary.size() > 0)
    parts_->images.set_mask(region.binary, region.field);
  else if (region.pixels.size() > 0)
    parts_->images.set_mask(region.pixels, region.field);
  else
    parts_->images.set_mask(region.mask, region.field);
  Judgement judgement(parts_->unit_nm, parts_->settings, parts_->images, region);
  RegionReport report = judgement.judge();
  if (prints != nullptr) *prints = judgement.take_prints();
  if (view != nullptr) *view = view_of(parts_->images, region, region.core);
  return report;
}

}  // namespace reticle
