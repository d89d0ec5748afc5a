// SPDX-License-Identifier: Apache-2.0
#include "masks/reports/verification_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "masks/output_file.h"
#include "masks/reports/json_text.h"
#include "masks/reports/packed_bytes.h"
#include "masks/reports/page_parts.h"
#include "masks/xml_text.h"

namespace reticle {

namespace {

using Json = nlohmann::ordered_json;

constexpr double k_half_width = 4.0;           // of a shown place, in lambda / NA
constexpr double k_margin = 0.35;              // a place this part of the width from the edge is seen well
constexpr std::size_t k_most_findings = 20000; // carried by the page; all are in the CSV
constexpr std::size_t k_most_tiles = 40000;    // of the map
constexpr std::size_t k_tiles_shown = 6;       // where there is no finding

double tenth(double nm) { return std::round(10.0 * nm) / 10.0; }
double thousandth(double nm) { return std::round(1000.0 * nm) / 1000.0; }
Json box_json(const Box& box) { return {thousandth(box.x0), thousandth(box.y0), thousandth(box.x1), thousandth(box.y1)}; }

Json rings_json(const std::vector<Polygon>& rings) {
  Json json = Json::array();
  for (const Polygon& ring : rings) {
    Json points = Json::array();
    for (const Point& p : ring) points.push_back(tenth(p.x)), points.push_back(tenth(p.y));
    json.push_back(std::move(points));
  }
  return json;
}

// Focuses of the conditions; 0, 1, 2, ... where the model does not know them.
std::vector<double> focuses_of(const OpticalModel& model, bool& known) {
  std::vector<double> focus;
  for (const SocsKernels& condition : model.conditions) focus.push_back(condition.focus_nm);
  std::vector<double> sorted = focus;
  std::sort(sorted.begin(), sorted.end());
  known = std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end();
  if (!known)
    for (std::size_t i = 0; i < focus.size(); ++i) focus[i] = static_cast<double>(i);
  return focus;
}

// 16-bit samples as differences of differences, high bytes first, then low ones.
void append_samples(const Image<float>& image, double scale, std::vector<unsigned char>& bytes) {
  const std::size_t n = image.size(), at = bytes.size();
  bytes.resize(at + 2 * n);
  // A column of zeros before the first, a row of them below the first.
  std::vector<int> below(static_cast<std::size_t>(image.cols()) + 1), row(below.size());
  std::size_t i = at;
  for (int y = 0; y < image.rows(); ++y) {
    for (int x = 0; x < image.cols(); ++x) {
      const double in_steps = static_cast<double>(image(y, x)) / scale;  // halves go up
      row[static_cast<std::size_t>(x) + 1] = static_cast<int>(std::clamp(std::floor(in_steps + 0.5), 0.0, 65535.0));
    }
    for (std::size_t x = 1; x < row.size(); ++x, ++i) {
      const unsigned difference = static_cast<unsigned>(row[x] - row[x - 1] - below[x] + below[x - 1]) & 0xffffu;
      bytes[i] = static_cast<unsigned char>(difference >> 8);
      bytes[i + n] = static_cast<unsigned char>(difference & 0xff);
    }
    row.swap(below);
  }
}

Json finding_json(const Finding& f) {
  const CheckInfo& check = info(f.check);
  return {{"check", static_cast<int>(f.check)},
          {"title", check.title},
          {"unit", check.unit},
          {"corner", f.corner},
          {"x", thousandth(f.place.x)},
          {"y", thousandth(f.place.y)},
          {"box", box_json(f.box)},
          {"value", f.value},
          {"limit", f.limit},
          {"severity", f.severity}};
}

Json subject_json(const VerificationReport& report) {
  const VerificationSubject& s = report.subject;
  Json json = Json::array();
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) json.push_back({name, value});
  };
  add("mask", s.mask + (s.mask_part.empty() ? "" : ", " + s.mask_part));
  add("target", s.target + (s.target_part.empty() ? "" : ", " + s.target_part));
  add("model", s.model);
  add("model hash", s.model_hash.substr(0, 16));
  add("mask SHA-256", s.mask_sha256.substr(0, 16));
  add("target SHA-256", s.target_sha256.substr(0, 16));
  add("window", fmt::format("{:g} x {:g} um", report.window.width() / 1e3, report.window.height() / 1e3));
  add("verified", fmt::format("{}, in {:.1f} s", s.date, report.seconds));
  add("reticle", s.tool_version);
  return json;
}

// In a sentence, and by check.
Json verdict_of(const VerificationReport& report) {
  if (report.findings.empty()) return {"Nothing found:", "every check passes at every corner."};
  const std::size_t faults = report.findings.faults();
  std::string text;
  for (std::size_t i = 0; i < k_checks; ++i)
    if (const std::size_t count = report.findings.count(static_cast<Check>(i)); count > 0)
      text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", info(static_cast<Check>(i)).title, count);
  const std::string first = faults == 0   ? "All is joined as drawn."
                            : faults == 1 ? "One place is joined otherwise than drawn."
                                          : fmt::format("{} places are joined otherwise than drawn.", faults);
  return {first, text + "."};
}

// All but what there may be many of.
Json page_head(const VerificationReport& report, const OpticalModel& model, const ShownPlaces& places,
               const std::vector<double>& focus, bool focus_known) {
  Json corners = Json::array();
  Json band = {0, 0};
  for (std::size_t c = 0; c < report.settings.corners.size(); ++c) {
    const ProcessCorner& corner = report.settings.corners[c];
    const auto condition = &model.condition(corner.condition) - model.conditions.data();
    corners.push_back({{"name", corner.name}, {"focus", focus[static_cast<std::size_t>(condition)]}, {"dose", corner.dose}});
    if (corner.name == report.settings.band.outer) band[0] = c;
    if (corner.name == report.settings.band.inner) band[1] = c;
  }
  Json checks = Json::array();
  for (std::size_t i = 0; i < k_checks; ++i)
    if (report.findings.count(static_cast<Check>(i)) > 0) checks.push_back({i, info(static_cast<Check>(i)).title});
  Json shown = Json::array();
  for (const Box& box : places.boxes) shown.push_back(box_json(box));
  Json totals = Json::array();
  for (const auto& [name, value] : totals_of(report)) totals.push_back({name, value});
  const auto [low, high] = std::minmax_element(focus.begin(), focus.end());
  // Models of two focuses are taken as even about the first.
  const double reach = std::max(std::abs(*low - focus.front()), std::abs(*high - focus.front()));
  const Json focus_range = focus.size() <= 2 ? Json{focus.front() - reach, focus.front() + reach} : Json{*low, *high};
  const std::filesystem::path mask(report.subject.mask);
  return {{"title", "Verification of " + mask.filename().string()},
          {"verdict", verdict_of(report)},
          {"subject", subject_json(report)},
          {"recipe", report.subject.recipe},
          {"threshold", model.resist.level().threshold},
          {"sign", static_cast<int>(model.resist.level().sign())},
          {"corners", corners},
          {"band", band},
          {"nominal_focus", focus.front()},
          {"focus_range", focus_range},
          {"focus_known", focus_known},
          {"focus_label", focus_known ? "focus, nm" : "focus, 1 = condition " + model.conditions.back().name},
          {"map", box_json(report.window)},
          {"tile_columns",
           {"x0", "y0", "x1", "y1", "severity", "findings", "epe_max_nm", "epe_mean_abs_nm", "pv_band_max_nm", "nils_min",
            "l2_nm2", "pv_band_nm2"}},
          {"checks", checks},
          {"total_findings", report.findings.size()},
          {"total_groups", report.findings.groups().size()},
          {"places", shown},
          {"totals", totals},
          {"histogram", report.measures.epe_histogram}};
}

// One element after another of an array of the page's data.
class PackedArray {
 public:
  PackedArray(PackedText& page, const char* name) : page_(page) { page_.add(fmt::format(",\n\"{}\":[", name)); }
  void add(const Json& element) {
    page_.add(between_ + text_of(element));
    between_ = ",\n";
  }
  ~PackedArray() { page_.add("]"); }

 private:
  PackedText& page_;
  std::string between_;
};

void pack_data(const VerificationReport& report, const Json& head, const std::filesystem::path& folder, PackedText& page) {
  const std::string first = text_of(head);
  page.add(std::string_view(first).substr(0, first.size() - 1));
  {
    PackedArray tiles(page, "tiles");
    each_square(report.tiles, k_most_tiles, folder, [&](const VerifiedTile& t) {
      tiles.add({t.core.x0, t.core.y0, t.core.x1, t.core.y1, thousandth(t.severity), t.findings, thousandth(t.epe_max_nm),
                 thousandth(t.epe_mean_abs_nm), thousandth(t.pv_band_max_nm), thousandth(t.nils_min), std::round(t.l2_nm2),
                 std::round(t.pv_band_nm2)});
    });
  }
  const std::size_t carried = std::min(report.findings.size(), k_most_findings);
  {
    PackedArray findings(page, "findings");
    for (auto finding = report.findings.begin(); !(finding == report.findings.end()); ++finding) {
      if (finding.number() == carried) break;
      findings.add(finding_json(*finding));
    }
  }
  {
    PackedArray groups(page, "groups");
    for (const HotSpotGroup& group : report.findings.groups()) {
      if (group.worst >= carried) break;  // as all that follow
      Json own = Json::array();
      for (std::size_t i = 0; i < group.count && report.findings.place(group, i) < carried; ++i)
        own.push_back(report.findings.place(group, i));
      groups.add({{"count", group.count}, {"first", group.worst}, {"places", std::move(own)}});
    }
  }
  page.add("}");
  page.finish();
}

// The part of the template in front of a name, which is taken off.
std::string_view before(std::string_view& rest, std::string_view name) {
  const std::size_t at = rest.find(name);
  const std::string_view part = rest.substr(0, at);
  rest.remove_prefix(at + name.size());
  return part;
}

}  // namespace

PackedPlace packed_place(const PlaceView& place, const OpticalModel& model) {
  bool focus_known = false;
  std::vector<unsigned char> bytes;
  Json scales = Json::array();
  for (const Image<float>& image : place.images) {
    const float most = image.empty() ? 1.0f : *std::max_element(image.begin(), image.end());
    const double scale = std::max(static_cast<double>(most), 1e-6) / 65535.0;
    scales.push_back(scale);
    append_samples(image, scale, bytes);
  }
  const Json json = {{"box", box_json(place.box)},
                     {"target", rings_json(place.target)},
                     {"mask", rings_json(place.mask)},
                     {"grid",
                      {{"x0", place.first.x},
                       {"y0", place.first.y},
                       {"dx", place.pitch.x},
                       {"dy", place.pitch.y},
                       {"nx", place.images.front().cols()},
                       {"ny", place.images.front().rows()},
                       {"scale", scales},
                       {"focus", focuses_of(model, focus_known)}}}};
  return {packed_base64(json.dump()), packed_base64(bytes)};
}

ShownPlaces one_place(const PlaceView& place, const OpticalModel& model) {
  return {{place.box}, {packed_place(place, model)}};
}

double shown_half_width_nm(const OpticalModel& model) { return k_half_width * resolution_nm(model); }

std::vector<Box> places_to_show(const VerificationReport& report, double half_width_nm, std::size_t most) {
  std::vector<Box> boxes;
  const auto add = [&](Point p) {
    const bool seen = std::any_of(boxes.begin(), boxes.end(), [&](const Box& box) {
      const double margin = k_margin * half_width_nm;
      return p.x > box.x0 + margin && p.x < box.x1 - margin && p.y > box.y0 + margin && p.y < box.y1 - margin;
    });
    if (!seen && boxes.size() < most)
      boxes.push_back({p.x - half_width_nm, p.y - half_width_nm, p.x + half_width_nm, p.y + half_width_nm});
  };
  for (const HotSpotGroup& group : report.findings.groups()) {
    if (boxes.size() == most) return boxes;
    add(report.findings[group.worst].place);
  }
  std::vector<VerifiedTile> tiles;  // of the largest errors
  for (const VerifiedTile& tile : report.tiles) {
    const auto larger = [](const VerifiedTile& a, const VerifiedTile& b) { return a.epe_max_nm > b.epe_max_nm; };
    tiles.insert(std::upper_bound(tiles.begin(), tiles.end(), tile, larger), tile);
    if (tiles.size() > k_tiles_shown) tiles.pop_back();
  }
  for (const VerifiedTile& tile : tiles) add({0.5 * (tile.core.x0 + tile.core.x1), 0.5 * (tile.core.y0 + tile.core.y1)});
  return boxes;
}

void write_verification_page(const std::filesystem::path& path, const VerificationReport& report,
                             const OpticalModel& model, const ShownPlaces& places) {
  bool focus_known = false;
  const std::vector<double> focus = focuses_of(model, focus_known);
  const Json head = page_head(report, model, places, focus, focus_known);
  std::string_view rest = k_page_html;
  OutputText page(path);
  page.out() << before(rest, "@TITLE@") << xml_text(head["title"].get<std::string>()) << before(rest, "@STYLE@") << k_page_style
             << before(rest, "@DATA@");
  PackedText data(page.out());
  pack_data(report, head, path.parent_path(), data);
  page.out() << before(rest, "@SCRIPT@") << k_page_script << before(rest, "@PLACES@");
  for (std::size_t i = 0; i < places.packed.size(); ++i)
    page.out() << fmt::format(
        "<script type=\"application/octet-stream\" id=\"place-{0}\">{1}</script>\n"
        "<script type=\"application/octet-stream\" id=\"image-{0}\">{2}</script>\n",
        i, places.packed[i].shapes, places.packed[i].images);
  page.out() << rest;
  page.commit();
}

}  // namespace reticle
