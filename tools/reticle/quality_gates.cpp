#include "tools/reticle/quality_gates.h"

#include <fmt/format.h>

#include <array>

#include "tools/reticle/number_range.h"

namespace reticle::tools {
namespace {

struct Gate {
  const char* option;
  const char* metric;
  enum { at_most, at_least } bound;
  const char* doc;
};

constexpr std::array k_gates = {
    Gate{"--max-l2-px", "l2_px", Gate::at_most, "exit 1 if the L2 error of a mask is larger"},
    Gate{"--max-pvb-px", "pvb_px", Gate::at_most, "exit 1 if the PV band of a mask is larger"},
    Gate{"--max-epe-violations", "epe_violations", Gate::at_most,
         "exit 1 if a mask has more EPE violations"},
    Gate{"--max-epe-nm", "epe_max_nm", Gate::at_most, "exit 1 if an edge is displaced by more"},
    Gate{"--max-faults", "faults", Gate::at_most,
         "exit 1 if more of a layout's print is joined otherwise than drawn; 0 when not given"},
    Gate{"--max-missing", "features_missing", Gate::at_most,
         "exit 1 if more drawn features do not print; 0 when not given"},
    Gate{"--max-extra", "features_extra", Gate::at_most,
         "exit 1 if more prints that is not drawn; 0 when not given"},
    Gate{"--min-width-nm", "min_width_nm", Gate::at_least, "exit 1 if a mask has a narrower part"},
    Gate{"--min-space-nm", "min_space_nm", Gate::at_least, "exit 1 if a mask has a narrower space"},
};

}  // namespace

void add_gate_options(CLI::App& command, QualityGates& gates) {
  for (const Gate& gate : k_gates) {
    command
        .add_option_function<double>(
            gate.option, [&gates, gate](const double& bound) { gates[gate.option] = bound; },
            gate.doc)
        ->check(number_within(0.0))
        ->group("Quality gates");
  }
}

namespace {

// Whether what is drawn prints at all, and nothing else: asked of every mask.
void add_feature_misses(const QualityGates& gates, const std::map<std::string, double>& metrics,
                        std::vector<std::string>& misses) {
  const auto value = [](const auto& map, const char* key) {
    const auto found = map.find(key);
    return found == map.end() ? 0.0 : found->second;
  };
  const double missing = value(metrics, "features_missing"), drawn = value(metrics, "features");
  const double extra = value(metrics, "features_extra");
  if (missing > value(gates, "--max-missing"))
    misses.push_back(missing >= drawn ? fmt::format("nothing prints: all {:g} features are missing", drawn)
                                      : fmt::format("features missing: {:g} of {:g}", missing, drawn));
  if (extra > value(gates, "--max-extra")) misses.push_back(fmt::format("extra features print: {:g}", extra));
}

}  // namespace

std::vector<std::string> missed_gates(const QualityGates& gates,
                                      const std::map<std::string, double>& metrics) {
  std::vector<std::string> misses;
  add_feature_misses(gates, metrics, misses);
  for (const Gate& gate : k_gates) {
    const auto bound = gates.find(gate.option);
    const auto metric = metrics.find(gate.metric);
    if (bound == gates.end() || metric == metrics.end()) continue;
    if (std::string_view(gate.metric).starts_with("features_")) continue;  // said above
    const bool missed = gate.bound == Gate::at_most ? metric->second > bound->second
                                                    : metric->second < bound->second;
    if (missed) {
      misses.push_back(
          fmt::format("{} is {:g}; {} asks for {} {:g}", gate.metric, metric->second, gate.option,
                      gate.bound == Gate::at_most ? "at most" : "at least", bound->second));
    }
  }
  return misses;
}

}  // namespace reticle::tools
