// Quality gates: bounds on the metrics of a mask; a miss is exit code 1.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

namespace reticle::tools {

// The bounds given on a command line, by option name.
using QualityGates = std::map<std::string, double>;

// Adds --max-l2-px and the others to a command.
void add_gate_options(CLI::App& command, QualityGates& gates);

// One sentence for each gate the metrics miss; empty when they pass.
std::vector<std::string> missed_gates(const QualityGates& gates,
                                      const std::map<std::string, double>& metrics);

}  // namespace reticle::tools
