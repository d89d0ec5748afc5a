// SPDX-License-Identifier: Apache-2.0
#include "litho/verification/verification_tiles.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <utility>

#include "kernels/base/error.h"
#include "litho/chip/interaction_range.h"
#include "litho/chip/stored_values.h"
#include "litho/geometry/boolean.h"
#include "litho/geometry/box.h"

namespace reticle {

namespace {

constexpr std::uint32_t k_format = 3;

// Every value of a finding and of the measures once, for either direction.
template <class Archive, class F>
void finding_values(F& f, const Archive& archive) {
  archive(f.corner), archive(f.place.x), archive(f.place.y);
  archive(f.box.x0), archive(f.box.y0), archive(f.box.x1), archive(f.box.y1);
  archive(f.value), archive(f.limit), archive(f.severity), archive(f.pattern);
}

template <class Archive, class S>
void edge_values(S& s, const Archive& archive) {
  archive(s.sites), archive(s.violations), archive(s.sum_abs_nm), archive(s.sum_nm), archive(s.max_abs_nm);
}

template <class Archive, class M>
void measure_values(M& m, const Archive& archive) {
  archive(m.l2_nm2), archive(m.pv_band_nm2), archive(m.target_nm2), archive(m.printed_nm2);
  archive(m.pv_band_max_nm), archive(m.nils_min), archive(m.epe_violations);
  for (auto& count : m.epe_histogram) archive(count);
}

TilePlan plan_of(const OpticalModel& model, std::optional<double> halo_nm) {
  TilePlan plan;
  plan.halo_nm = std::ceil(halo_nm ? *halo_nm : interaction_range(model, k_energy_beyond_halo));
  plan.core_x_nm = model.period_x_nm - 2 * plan.halo_nm;
  plan.core_y_nm = model.period_y_nm - 2 * plan.halo_nm;
  std::ostringstream reason;
  reason << "halo of " << plan.halo_nm << (halo_nm ? " nm as asked for" : " nm: the model's interaction range");
  plan.reason = reason.str();
  if (!(std::min(plan.core_x_nm, plan.core_y_nm) >= 1.0)) {
    std::ostringstream message;
    message << "the model's tile of " << model.period_x_nm << " x " << model.period_y_nm
            << " nm is not larger than twice the " << plan.reason << "; use a model with a larger period";
    throw Error(ErrorCode::bad_input, message.str());
  }
  return plan;
}

class Worker final : public TileWorker {
 public:
  Worker(const OpticalModel& model, const VerifySettings& settings, const TilePlan& plan, bool windowed)
      : verifier_(model, settings), plan_(plan), windowed_(windowed) {}

  std::vector<Bytes> run(int, std::span<const TileWork> tiles) override {
    std::vector<Bytes> results;
    for (const TileWork& tile : tiles) {
      Region region{.field = plan_.field({0, 0}), .core = plan_.core({0, 0})};
      region.target = tile.drawn[0].polygons;
      region.mask = tile.drawn[1].polygons;
      if (windowed_ && !tile.drawn.back().polygons.empty())
        region.core = common(region.core, bounds_of(tile.drawn.back().polygons.front()));
      if (tile.drawn.size() > (windowed_ ? 3u : 2u)) region.enclosed = tile.drawn[2].polygons;
      results.push_back(report_bytes(verifier_.verify(region)));
    }
    return results;
  }

 private:
  RegionVerifier verifier_;
  TilePlan plan_;
  bool windowed_;
};

}  // namespace

GeometrySource shifted(GeometrySource source, Point origin) {
  return [source = std::move(source), origin](const Box& box) {
    std::vector<Polygon> polygons =
        source({box.x0 + origin.x, box.y0 + origin.y, box.x1 + origin.x, box.y1 + origin.y});
    for (Polygon& polygon : polygons)
      for (Point& p : polygon) p = {p.x - origin.x, p.y - origin.y};
    return polygons;
  };
}

GeometrySource judged_part(const Box& window) {
  return [window](const Box& box) -> std::vector<Polygon> {
    const Box part = common(window, box);
    if (part == box || !overlap(window, box)) return {};
    return {{{part.x0, part.y0}, {part.x1, part.y0}, {part.x1, part.y1}, {part.x0, part.y1}}};
  };
}

GeometrySource spliced(GeometrySource inside, const Box& box, GeometrySource beyond) {
  return [inside = std::move(inside), box, beyond = std::move(beyond)](const Box& wanted) {
    const double x0 = std::clamp(box.x0, wanted.x0, wanted.x1), x1 = std::clamp(box.x1, wanted.x0, wanted.x1);
    const double y0 = std::clamp(box.y0, wanted.y0, wanted.y1), y1 = std::clamp(box.y1, wanted.y0, wanted.y1);
    std::vector<Polygon> polygons;
    const auto take = [&](const GeometrySource& source, const Box& part) {
      if (!(part.x0 < part.x1 && part.y0 < part.y1)) return;
      for (Polygon& polygon : clip(source(part), part)) polygons.push_back(std::move(polygon));
    };
    take(inside, {x0, y0, x1, y1});
    take(beyond, {wanted.x0, wanted.y0, wanted.x1, y0});
    take(beyond, {wanted.x0, y1, wanted.x1, wanted.y1});
    take(beyond, {wanted.x0, y0, x0, y1});
    take(beyond, {x1, y0, wanted.x1, y1});
    return polygons;
  };
}

Bytes report_bytes(const RegionReport& report) {
  ValueWriter out;
  const auto add = [&out](const auto& value) { out.put(value); };
  add(k_format);
  measure_values(report.measures, add);
  add(static_cast<std::uint64_t>(report.measures.edges.size()));
  for (const auto& corner : report.measures.edges)
    for (const EdgeStatistics& edges : corner) edge_values(edges, add);
  edge_values(report.measures.rounded, add);
  add(static_cast<std::uint64_t>(report.findings.size()));
  for (const Finding& finding : report.findings) {
    add(static_cast<std::uint8_t>(finding.check));
    finding_values(finding, add);
  }
  return out.take();
}

RegionReport report_from_bytes(std::span<const std::byte> bytes) {
  ValueReader in(bytes, "the report of its verification");
  const auto take = [&in](auto& value) { in.get(value); };
  if (in.get<std::uint32_t>() != k_format) in.fail();
  RegionReport report;
  measure_values(report.measures, take);
  report.measures.edges.resize(in.get_count<std::uint64_t>(3 * sizeof(EdgeStatistics)));
  for (auto& corner : report.measures.edges)
    for (EdgeStatistics& edges : corner) edge_values(edges, take);
  edge_values(report.measures.rounded, take);
  report.findings.resize(in.get_count<std::uint64_t>(64));
  for (Finding& finding : report.findings) {
    const auto check = in.get<std::uint8_t>();
    if (check >= k_checks) in.fail();
    finding.check = static_cast<Check>(check);
    finding_values(finding, take);
  }
  in.end();
  return report;
}

VerificationTiles::VerificationTiles(const OpticalModel& model, VerifySettings settings, std::string identity,
                                     std::optional<double> halo_nm, bool windowed)
    : model_(model), settings_(std::move(settings)), identity_(std::move(identity) + (windowed ? "\nwithin a window" : "")),
      plan_(plan_of(model, halo_nm)),
      windowed_(windowed) {}

std::unique_ptr<TileWorker> VerificationTiles::make_worker(Engine&, HostThreads) const {
  return std::make_unique<Worker>(model_, settings_, plan_, windowed_);
}

}  // namespace reticle
