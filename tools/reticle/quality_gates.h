// SPDX-License-Identifier: Apache-2.0
// Quality gates: bounds on the metrics of a mask; a miss is exit code 1. The same for clips and layouts, for
// correct, evaluate and verify.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

#include "litho/rules/mask_rule_set.h"
#include "tools/reticle/exit_code.h"

namespace reticle::tools {

// The bounds given on a command line, by option name.
using QualityGates = std::map<std::string, double>;

// Adds --max-l2-nm2 and the others to a command.
void add_gate_options(CLI::App& command, QualityGates& gates);

// Bounds on the mask's width and space as rules that a verification checks.
void apply(const QualityGates& gates, MaskRuleSet& rules);

// One sentence for each gate the metrics miss; empty when they pass. What is joined otherwise than drawn passes
// only as far as a gate allows it.
std::vector<std::string> missed_gates(const QualityGates& gates,
                                      const std::map<std::string, double>& metrics);

// Warns of each; exit code 1 if there is one.
ExitCode said_misses(const std::string& name, const QualityGates& gates, const std::map<std::string, double>& metrics);

}  // namespace reticle::tools
