// SPDX-License-Identifier: Apache-2.0
// Assist features by rule: bars beside straight edges, where a table says so for the space before them. And the settings
// of assist features of edges, whichever way they come.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "litho/geometry/polygon.h"
#include "litho/imaging/optical_model.h"

namespace reticle {

// One row: what spaces from this on get.
struct AssistRule {
  double space_nm = 0.0;     // between the edge and the one it faces
  int count = 0;             // 1: one bar in the middle; 2: one for each edge; more: rows beside each edge
  double width_nm = 0.0;     // of a bar
  double distance_nm = 0.0;  // from the edge to the bar, of count 2 and more; rows repeat with it
};

enum class AssistMethod { none, rules, model };  // model: model_assists.h

struct AssistSettings {
  AssistMethod method = AssistMethod::none;
  std::vector<AssistRule> rules;   // by rising space; empty: from the model
  double width_nm = 0.0;           // of a bar guided by the model; of these four, 0: from the model
  double least_gain = 0.3;         // such a bar ends where a cut across it gains less than this part of the best one
  double minimum_length_nm = 0.0;  // of a bar
  double spacing_nm = 0.0;         // between bars
  double end_gap_nm = 0.0;         // a bar keeps this from every drawn edge
  double print_margin = 0.1;       // bars whose image comes this close to the threshold are taken out
};

// The settings with what is empty or 0 filled in, for the model's resolution r: nothing in spaces below 1.6 r,
// a bar in the middle up to 2.4 r, one beside each edge beyond; bars 0.33 r wide, 0.95 r from their edge.
// Throws Error(bad_input) for a table whose spaces do not rise or whose bars do not fit their space.
AssistSettings resolved(AssistSettings settings, const OpticalModel& model, double grid_nm);

// Bars in the space around outlines (litho/opc/outline.h), as counterclockwise rectangles on the grid; in
// order of their corners. A bar depends on what is drawn within the largest space of the table and its
// distance only, so that tiles agree. Where bars of both directions meet, the horizontal one stays.
std::vector<Polygon> rule_assists(std::span<const Polygon> outlines, const AssistSettings& settings,
                                  double grid_nm);

}  // namespace reticle
