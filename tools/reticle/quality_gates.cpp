// SPDX-License-Identifier: Apache-2.0
#include "tools/reticle/quality_gates.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "kernels/base/error.h"
#include "masks/reports/verification_report.h"
#include "tools/reticle/number_range.h"

namespace reticle::tools {
namespace {

enum class Bound { at_most, at_least };

struct Gate {
  std::string option, metric;
  Bound bound;
  std::string doc;
  bool of_faults = false;  // said by add_fault_misses()
};

constexpr const char* k_faults = "--max-faults";

// "--max-mask-widths" of "mask_widths".
std::string option_of(const std::string& metric) {
  std::string name = "--max-" + metric;
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

bool is_fault(Check check) { return check <= Check::filled; }

const std::vector<Gate>& gates_known() {
  static const std::vector<Gate> known = [] {
    std::vector<Gate> gates = {
        {"--max-l2-nm2", "l2_nm2", Bound::at_most, "exit 1 if print and target differ by more"},
        {"--max-pv-band-nm2", "pv_band_nm2", Bound::at_most, "exit 1 if the process-variation band is larger"},
        {"--max-epe-nm", "epe_max_nm", Bound::at_most, "exit 1 if an edge is displaced by more"},
        {"--max-epe-violations", "epe_violations", Bound::at_most, "exit 1 if more edges are displaced beyond the limit"},
        {"--min-width-nm", "min_width_nm", Bound::at_least, "exit 1 if the mask has a narrower part"},
        {"--min-space-nm", "min_space_nm", Bound::at_least, "exit 1 if the mask has a narrower space"},
        {"--max-findings", "findings", Bound::at_most, "exit 1 if there are more findings of all checks"},
        {k_faults, "faults", Bound::at_most,
         "exit 1 if more of the print is joined otherwise than drawn; 0 unless a kind of fault is allowed", true}};
    for (std::size_t i = 0; i < k_checks; ++i) {
      const Check check = static_cast<Check>(i);
      const std::string plural = plural_of(check);
      gates.push_back({option_of(plural), plural, Bound::at_most,
                       fmt::format("exit 1 if there are more: {}{}", info(check).title, is_fault(check) ? "; 0 when not given" : ""), is_fault(check)});
    }
    return gates;
  }();
  return known;
}

void refuse_old_name(CLI::App& command, const std::string& old, const std::string& now) {
  command
      .add_option_function<std::string>(old,
                                        [old, now](const std::string&) {
                                          throw Error(ErrorCode::invalid_argument,
                                                      fmt::format("{} is {} now, in nm2, whatever the pixel: with pixels of "
                                                                  "1 nm the number stays as it is",
                                                                  old, now));
                                        })
      ->group("");
}

double value_or(const std::map<std::string, double>& map, const std::string& key, double otherwise) {
  const auto found = map.find(key);
  return found == map.end() ? otherwise : found->second;
}

// Whether what is drawn prints at all, joined as drawn, and nothing else: asked of every mask. Allowing some in
// all allows any kind; allowing some of a kind allows no other.
void add_fault_misses(const QualityGates& gates, const std::map<std::string, double>& metrics,
                      std::vector<std::string>& misses) {
  const double drawn = value_or(metrics, "features", 0.0), missing = value_or(metrics, "missing", 0.0);
  if (drawn > 0.0 && missing >= drawn && missing > value_or(gates, "--max-missing", 0.0))
    misses.push_back(fmt::format("nothing prints: all {:g} features are missing", drawn));
  const bool sum_allowed = gates.contains(k_faults);
  if (const double faults = value_or(metrics, "faults", 0.0); sum_allowed && faults > gates.at(k_faults))
    misses.push_back(fmt::format("faults: {:g}; {} asks for at most {:g}", faults, k_faults, gates.at(k_faults)));
  for (Check check = Check::missing; is_fault(check); check = static_cast<Check>(static_cast<int>(check) + 1)) {
    const std::string plural = plural_of(check), option = option_of(plural);
    const double count = value_or(metrics, plural, 0.0);
    if (sum_allowed && !gates.contains(option)) continue;
    if (count > value_or(gates, option, 0.0))
      misses.push_back(fmt::format("{}: {:g} ({}){}", plural, count, info(check).title,
                                   gates.contains(option) ? fmt::format("; {} asks for at most {:g}", option, gates.at(option))
                                                          : ""));
  }
}

}  // namespace

void add_gate_options(CLI::App& command, QualityGates& gates) {
  for (const Gate& gate : gates_known())
    command
        .add_option_function<double>(
            gate.option, [&gates, option = gate.option](const double& bound) { gates[option] = bound; }, gate.doc)
        ->check(number_within(0.0))
        ->group("Quality gates");
  refuse_old_name(command, "--max-l2-px", "--max-l2-nm2");
  refuse_old_name(command, "--max-pvb-px", "--max-pv-band-nm2");
}

void apply(const QualityGates& gates, MaskRuleSet& rules) {
  rules.minimum_width_nm = std::max(rules.minimum_width_nm, value_or(gates, "--min-width-nm", 0.0));
  rules.minimum_space_nm = std::max(rules.minimum_space_nm, value_or(gates, "--min-space-nm", 0.0));
}

std::vector<std::string> missed_gates(const QualityGates& gates,
                                      const std::map<std::string, double>& metrics) {
  std::vector<std::string> misses;
  add_fault_misses(gates, metrics, misses);
  for (const Gate& gate : gates_known()) {
    const auto bound = gates.find(gate.option);
    if (gate.of_faults || bound == gates.end()) continue;
    const auto metric = metrics.find(gate.metric);
    if (gate.bound == Bound::at_least && metric == metrics.end()) {
      // Of a layout, the places that break the rule are counted.
      const std::string plural = gate.metric == "min_width_nm" ? "mask_widths" : "mask_spaces";
      if (const double count = value_or(metrics, plural, 0.0); count > 0.0)
        misses.push_back(fmt::format("{} is {:g}; {} asks for none below {:g} nm", plural, count, gate.option, bound->second));
      continue;
    }
    const double value = metric == metrics.end() ? 0.0 : metric->second;
    const bool missed = gate.bound == Bound::at_most ? value > bound->second : value < bound->second;
    if (missed)
      misses.push_back(fmt::format("{} is {:g}; {} asks for {} {:g}", gate.metric, value, gate.option,
                                   gate.bound == Bound::at_most ? "at most" : "at least", bound->second));
  }
  return misses;
}

ExitCode said_misses(const std::string& name, const QualityGates& gates, const std::map<std::string, double>& metrics) {
  const std::vector<std::string> misses = missed_gates(gates, metrics);
  for (const std::string& miss : misses) spdlog::warn("{}: {}", name, miss);
  return misses.empty() ? k_ok : k_quality_gate_missed;
}

}  // namespace reticle::tools
