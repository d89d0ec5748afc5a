// SPDX-License-Identifier: Apache-2.0
#include "tools/reticle/window_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iomanip>
#include <numbers>
#include <sstream>

namespace reticle::tools {
namespace {

using nlohmann::ordered_json;

ordered_json number_or_null(bool known, double value) {
  return known ? ordered_json(value) : ordered_json(nullptr);
}

ordered_json reading_json(const GaugeReading& reading) {
  const bool measured = reading.status == GaugeStatus::measured;
  return {{"status", name_of(reading.status)},
          {"cd_nm", number_or_null(measured, reading.cd_nm)},
          {"placement_nm", number_or_null(measured, reading.placement_nm)},
          {"nils", number_or_null(measured, reading.nils)},
          {"log_slope_per_um", number_or_null(measured, 1e3 * reading.log_slope_per_nm)}};
}

ordered_json slices_json(const std::vector<FocusSlice>& slices) {
  ordered_json list = ordered_json::array();
  for (const FocusSlice& slice : slices) {
    const bool open = slice.low < slice.high;
    list.push_back({{"focus_nm", slice.focus_nm},
                    {"exposure_low", number_or_null(open, slice.low)},
                    {"exposure_high", number_or_null(open, slice.high)}});
  }
  return list;
}

ordered_json shape_json(const WindowShape& shape) {
  return {{"focus_nm", shape.focus_nm}, {"exposure", shape.exposure},
          {"depth_of_focus_nm", shape.depth_nm}, {"exposure_latitude_percent", 100.0 * shape.latitude}};
}

ordered_json shapes_json(const std::vector<WindowShape>& shapes) {
  ordered_json list = ordered_json::array();
  for (const WindowShape& shape : shapes) list.push_back(shape_json(shape));
  return list;
}

ordered_json window_part(const WindowReport& window, const std::vector<FocusSlice>& slices) {
  return {{"exposure_latitude_percent", 100.0 * window.exposure_latitude},
          {"best_focus_nm", window.best_focus_nm},
          {"depth_of_focus_rectangle_nm", window.rectangle_depth_nm},
          {"depth_of_focus_ellipse_nm", window.ellipse_depth_nm},
          {"largest_rectangle", shape_json(window.rectangle)},
          {"largest_ellipse", shape_json(window.ellipse)},
          {"limits", slices_json(slices)}};
}

std::vector<Point> limits_of(const std::vector<FocusSlice>& slices, double FocusSlice::*side) {
  std::vector<Point> points;
  for (const FocusSlice& slice : slices)
    points.push_back({slice.focus_nm, slice.low < slice.high ? slice.*side : std::nan("")});
  return points;
}

std::vector<Point> outline(const WindowShape& shape, bool round) {
  std::vector<Point> points;
  const double half_depth = 0.5 * shape.depth_nm, half_height = 0.5 * shape.latitude * shape.exposure;
  for (int i = 0; i <= 96 && shape.area() > 0.0; ++i) {
    const double t = 2.0 * std::numbers::pi * i / 96.0;
    double u = std::cos(t), v = std::sin(t);
    if (!round) {
      const double scale = std::max(std::abs(u), std::abs(v));
      u /= scale;
      v /= scale;
    }
    points.push_back({shape.focus_nm + half_depth * u, shape.exposure + half_height * v});
  }
  return points;
}

// As CSV has it: quotes doubled.
std::string quoted(const std::string& text) {
  std::ostringstream out;
  out << std::quoted(text, '"', '"');
  return out.str();
}

std::vector<Point> latitude_curve(const std::vector<WindowShape>& shapes) {
  std::vector<Point> points;
  for (const WindowShape& shape : shapes) points.push_back({shape.depth_nm, 100.0 * shape.latitude});
  return points;
}

// The median dose to size, to three digits.
std::optional<double> middle_dose(const std::vector<GaugeReport>& gauges) {
  std::vector<double> doses;
  for (const GaugeReport& gauge : gauges)
    if (gauge.dose_to_size) doses.push_back(*gauge.dose_to_size);
  if (doses.empty()) return std::nullopt;
  std::sort(doses.begin(), doses.end());
  const double median = 0.5 * (doses[(doses.size() - 1) / 2] + doses[doses.size() / 2]);
  const double digit = std::pow(10.0, std::floor(std::log10(median)) - 2.0);
  return digit * std::round(median / digit);
}

}  // namespace

WindowResult measure(GaugeScene& scene, std::vector<Gauge> gauges, const WindowSettings& settings) {
  for (const Gauge& gauge : gauges) validate(gauge, scene.window());
  WindowResult result{.settings = settings, .conditions = scene.conditions(), .nominal = scene.nominal()};
  const std::size_t conditions = result.conditions.size();
  std::vector<double> focuses_nm;
  for (const GaugeScene::Condition& condition : result.conditions) focuses_nm.push_back(condition.focus_nm);
  std::vector<std::vector<std::optional<GaugeProfile>>> profiles(gauges.size());
  for (auto& of_gauge : profiles) of_gauge.resize(conditions);
  scene.images(gauges, 0.0, [&](std::size_t g, std::size_t c, const auto& aerial, const Box& field) {
    profiles[g][c].emplace(aerial, field, scene.resist(), gauges[g]);
  });

  for (std::size_t g = 0; g < gauges.size(); ++g) {
    const GaugeProfile& nominal = *profiles[g][result.nominal];
    GaugeReport report{.gauge = gauges[g], .tone = nominal.tone(), .contrast = nominal.contrast()};
    report.is_line = (report.tone == Tone::bright) == (scene.resist().tone == PrintTone::exposed);
    report.nominal = nominal.read(report.tone);
    double& aim = report.gauge.cd_nm;
    if (aim == 0.0 && report.nominal.status == GaugeStatus::measured) aim = report.nominal.cd_nm;
    if (aim > 0.0) {
      const double part = 0.01 * settings.tolerance_percent;
      std::vector<const GaugeProfile*> through_focus;
      for (const auto& profile : profiles[g]) through_focus.push_back(&*profile);
      report.slices = limits_through_focus(focuses_nm, through_focus, result.nominal, report.tone, aim * (1.0 - part),
                                           aim * (1.0 + part));
      report.window = measure_window({&report.slices, 1}, 0.01 * settings.latitude_percent);
      const double dose = exposure_to_size(nominal, report.tone, aim);
      if (dose > 0.0) report.dose_to_size = dose;
    }
    report.at_size = nominal.read(report.tone, report.dose_to_size.value_or(1.0));
    result.gauges.push_back(std::move(report));
  }
  std::vector<double>& exposures = result.settings.exposures;
  if (exposures.empty()) {
    result.exposure_centre = middle_dose(result.gauges);
    for (int percent = 90; percent <= 110; percent += 2)
      exposures.push_back(0.01 * percent * result.exposure_centre.value_or(1.0));
  }
  for (std::size_t g = 0; g < gauges.size(); ++g)
    for (const auto& profile : profiles[g]) {
      std::vector<GaugeReading>& readings = result.gauges[g].bossung.emplace_back();
      for (const double exposure : exposures)
        readings.push_back(profile->read(result.gauges[g].tone, exposure));
    }

  std::vector<std::array<GaugeReading, 2>> moved(gauges.size());
  for (const int side : {0, 1})
    scene.images(gauges, (2 * side - 1) * settings.meef_bias_nm,
                 [&](std::size_t g, std::size_t c, const auto& aerial, const Box& field) {
                   if (c != result.nominal) return;
                   moved[g][static_cast<std::size_t>(side)] =
                       GaugeProfile(aerial, field, scene.resist(), gauges[g])
                           .read(result.gauges[g].tone, result.gauges[g].dose_to_size.value_or(1.0));
                 });
  for (std::size_t g = 0; g < gauges.size(); ++g) {
    const auto& [less, more] = moved[g];
    if (less.status == GaugeStatus::measured && more.status == GaugeStatus::measured)
      result.gauges[g].meef = std::abs(more.cd_nm - less.cd_nm) / (2.0 * settings.meef_bias_nm);
  }

  std::vector<std::vector<FocusSlice>> windows;
  for (const GaugeReport& report : result.gauges)
    if (!report.slices.empty()) windows.push_back(report.slices);
  result.slices = common_window(windows);
  result.window = measure_window(windows, 0.01 * settings.latitude_percent);
  return result;
}

ordered_json window_json(const WindowResult& result) {
  ordered_json json;
  json["tolerance_percent"] = result.settings.tolerance_percent;
  json["depth_of_focus_at_latitude_percent"] = result.settings.latitude_percent;
  json["nominal_focus_nm"] = result.conditions[result.nominal].focus_nm;
  json["exposures"] = result.settings.exposures;
  json["exposures_about_dose_to_size"] =
      number_or_null(result.exposure_centre.has_value(), result.exposure_centre.value_or(0.0));
  json["gauges"] = ordered_json::array();
  for (const GaugeReport& report : result.gauges) {
    ordered_json gauge = {{"name", report.gauge.name},
                          {"tone", report.tone == Tone::bright ? "bright" : "dark"},
                          {"feature", report.is_line ? "line" : "space"},
                          {"target_cd_nm", number_or_null(report.gauge.cd_nm > 0.0, report.gauge.cd_nm)},
                          {"nominal", reading_json(report.nominal)},
                          {"contrast", report.contrast},
                          {"meef", number_or_null(report.meef.has_value(), report.meef.value_or(0.0))},
                          {"at_dose_to_size", reading_json(report.at_size)},
                          {"dose_to_size", number_or_null(report.dose_to_size.has_value(),
                                                          report.dose_to_size.value_or(0.0))},
                          {"window", window_part(report.window, report.slices)}};
    gauge["bossung"] = ordered_json::array();
    for (std::size_t c = 0; c < report.bossung.size(); ++c) {
      ordered_json cds = ordered_json::array();
      for (const GaugeReading& reading : report.bossung[c])
        cds.push_back(number_or_null(reading.status == GaugeStatus::measured, reading.cd_nm));
      gauge["bossung"].push_back({{"focus_nm", result.conditions[c].focus_nm}, {"cd_nm", std::move(cds)}});
    }
    json["gauges"].push_back(std::move(gauge));
  }
  json["common_window"] = window_part(result.window, result.slices);
  json["common_window"]["rectangles"] = shapes_json(result.window.rectangles);
  json["common_window"]["ellipses"] = shapes_json(result.window.ellipses);
  return json;
}

std::string window_csv(const WindowResult& result) {
  std::string text = "gauge,condition,focus_nm,exposure,cd_nm,nils,status,placement_nm\n";
  for (const GaugeReport& report : result.gauges)
    for (std::size_t c = 0; c < report.bossung.size(); ++c)
      for (std::size_t e = 0; e < report.bossung[c].size(); ++e) {
        const GaugeReading& reading = report.bossung[c][e];
        const bool measured = reading.status == GaugeStatus::measured;
        text += fmt::format("{},{},{:g},{:g},{},{},{},{}\n", quoted(report.gauge.name),
                            quoted(result.conditions[c].name),
                            result.conditions[c].focus_nm, result.settings.exposures[e],
                            measured ? fmt::format("{:.6f}", reading.cd_nm) : "",
                            measured ? fmt::format("{:.6f}", reading.nils) : "", name_of(reading.status),
                            measured ? fmt::format("{:.6f}", reading.placement_nm) : "");
      }
  return text;
}

std::string window_table(const WindowResult& result) {
  const double range = result.conditions.back().focus_nm - result.conditions.front().focus_nm;
  // What fills the range of focus examined may go on beyond it.
  const auto depth = [&](double nm) {
    if (result.conditions.size() == 1) return std::string("-");
    return fmt::format("{}{:.1f}", range > 0.0 && nm > range - 1e-6 ? ">=" : "", nm);
  };
  const auto cell = [](bool known, double value, const char* form) {
    return known ? fmt::format(fmt::runtime(form), value) : std::string("-");
  };
  std::string text = fmt::format("{:<20} {:>5} {:>9} {:>9} {:>9} {:>7} {:>8} {:>7} {:>9} {:>7} {:>8}  {}\n", "gauge",
                                 "tone", "target_nm", "cd_nm", "moved_nm", "nils", "contrast", "meef", "dose2size",
                                 "EL_%", "DOF_nm", "nominal");
  for (const GaugeReport& report : result.gauges) {
    const bool measured = report.nominal.status == GaugeStatus::measured;
    text += fmt::format("{:<20} {:>5} {:>9} {:>9} {:>9} {:>7} {:>8.4f} {:>7} {:>9} {:>7.2f} {:>8}  {}\n",
                        report.gauge.name, report.is_line ? "line" : "space",
                        cell(report.gauge.cd_nm > 0.0, report.gauge.cd_nm, "{:.3f}"),
                        cell(measured, report.nominal.cd_nm, "{:.3f}"),
                        cell(measured, report.nominal.placement_nm, "{:.3f}"),
                        cell(report.at_size.status == GaugeStatus::measured, report.at_size.nils, "{:.3f}"), report.contrast,
                        cell(report.meef.has_value(), report.meef.value_or(0.0), "{:.3f}"),
                        cell(report.dose_to_size.has_value(), report.dose_to_size.value_or(0.0), "{:.4f}"),
                        100.0 * report.window.exposure_latitude, depth(report.window.rectangle_depth_nm),
                        name_of(report.nominal.status));
  }
  text += "nils and meef are at the dose to size where there is one; moved_nm: the printed feature's middle from the\n"
          "gauge's, along the gauge\n";
  const auto [least, most] =
      std::minmax_element(result.settings.exposures.begin(), result.settings.exposures.end());
  text += fmt::format("\nexposures of the Bossung curves: {:.3g} to {:.3g}", *least, *most);
  if (result.exposure_centre)
    text += fmt::format(", about the {}dose to size, {:.3g} (--exposures takes others)",
                        result.gauges.size() > 1 ? "median " : "", *result.exposure_centre);
  text += '\n';
  const WindowReport& w = result.window;
  text += fmt::format("\ncommon window of CDs within {:g} %: exposure latitude {:.2f} % at focus {:g} nm\n",
                      result.settings.tolerance_percent, 100.0 * w.exposure_latitude, w.best_focus_nm);
  if (result.conditions.size() == 1) {
    text += fmt::format("the only focus known is {:g} nm: there is no depth of focus to tell; a recipe with "
                        "focus_nm = [-60, -30, 0, 30, 60] has one\n", w.best_focus_nm);
    return text;
  }
  text += fmt::format("depth of focus at {:g} % latitude: {} nm (rectangle), {} nm (ellipse)\n",
                      result.settings.latitude_percent, depth(w.rectangle_depth_nm), depth(w.ellipse_depth_nm));
  for (const auto& [name, shape] : {std::pair{"rectangle", w.rectangle}, std::pair{"ellipse", w.ellipse}})
    text += fmt::format("largest {}: {} nm x {:.2f} % about focus {:.1f} nm, exposure {:.4f}\n", name,
                        depth(shape.depth_nm), 100.0 * shape.latitude, shape.focus_nm, shape.exposure);
  return text;
}

Drawing bossung_picture(const WindowResult& result) {
  std::vector<const GaugeReport*> order;
  for (const GaugeReport& report : result.gauges) order.push_back(&report);
  constexpr std::size_t k_most = 12;
  if (order.size() > k_most) order.resize(k_most);
  const auto& exposures = result.settings.exposures;
  std::vector<Panel> panels;
  for (const GaugeReport* report : order) {
    Chart chart{report->gauge.name, "focus (nm)", "CD (nm)", {}};
    for (std::size_t e = 0; e < exposures.size(); ++e) {
      ChartSeries series{.label = fmt::format("{:.3g}", exposures[e]),
                         .points = {},
                         .style = ChartSeries::Style::line_and_dots,
                         .colour = ordered_colour(exposures.size() > 1 ? double(e) / double(exposures.size() - 1) : 0.5)};
      for (std::size_t c = 0; c < result.conditions.size(); ++c) {
        const GaugeReading& reading = report->bossung[c][e];
        series.points.push_back({result.conditions[c].focus_nm,
                                 reading.status == GaugeStatus::measured ? reading.cd_nm : std::nan("")});
      }
      chart.series.push_back(std::move(series));
    }
    const double first = result.conditions.front().focus_nm, last = result.conditions.back().focus_nm;
    for (const int side : {-1, 1}) {
      const double cd = report->gauge.cd_nm * (1.0 + 0.01 * side * result.settings.tolerance_percent);
      chart.series.push_back({"", {{first, cd}, {last, cd}}, ChartSeries::Style::dashes, chart_colour(7)});
    }
    panels.emplace_back(std::move(chart));
  }
  return draw_page("Bossung curves: CD through focus for each exposure; dashed: limits of the CD", panels, 3);
}

Drawing window_picture(const WindowResult& result) {
  Chart window{"Exposure that keeps the CD", "focus (nm)", "exposure (relative)", {}};
  const bool many = result.gauges.size() > 7;
  for (std::size_t g = 0; g < result.gauges.size(); ++g) {
    const GaugeReport& report = result.gauges[g];
    const Rgb colour = chart_colour(static_cast<int>(g % 7));
    const std::vector<FocusSlice>& limits = report.window.limits;
    window.series.push_back({many ? "" : report.gauge.name, limits_of(limits, &FocusSlice::low),
                             ChartSeries::Style::line, colour});
    window.series.push_back(
        {"", limits_of(limits, &FocusSlice::high), ChartSeries::Style::line, colour});
  }
  window.series.push_back({"rectangle, ellipse", outline(result.window.rectangle, false),
                           ChartSeries::Style::dashes, chart_colour(7)});
  window.series.push_back({"", outline(result.window.ellipse, true), ChartSeries::Style::dashes, chart_colour(7)});
  Chart latitude{"Latitude against depth of focus, all gauges", "depth of focus (nm)", "exposure latitude (%)", {}};
  latitude.series.push_back({"rectangle", latitude_curve(result.window.rectangles), ChartSeries::Style::line, chart_colour(0)});
  latitude.series.push_back({"ellipse", latitude_curve(result.window.ellipses), ChartSeries::Style::line, chart_colour(1)});
  const std::vector<Panel> panels = {window, latitude};
  return draw_page(fmt::format("Process window, CDs within {:g} %", result.settings.tolerance_percent), panels, 2);
}

}  // namespace reticle::tools
