// SPDX-License-Identifier: Apache-2.0
// Edge-based correction of one field: fragments are moved until the print meets the drawing.
//
// The residual of a site at a corner of the process window is its edge placement error to first order,
//   r = (dose^2 I - threshold) / (dose^2 |dI/dn|),
// and a Gauss-Newton step minimises sum W (r + dr/dd s)^2 + smoothness + damping over all displacements
// at once, by conjugate gradients on the exact derivative (site_imaging.h). [Nocedal & Wright 2006, ch. 10]
// Then, where the settings ask for it, the edges descend on the process window's loss (window_descent.h).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "litho/ilt/settings.h"
#include "litho/imaging/optical_model.h"
#include "litho/opc/fragments.h"
#include "litho/opc/settings.h"

namespace reticle {

// Before one step; of the sites, to first order.
struct OpcHistoryRow {
  int iteration = 0;
  double mean_abs_nm = 0.0;
  double rms_nm = 0.0;   // weighted, the window's corners included: what is minimised
  double max_abs_nm = 0.0;
  double largest_move_nm = 0.0;  // of the step that follows
};

enum class OpcEnd { converged, iterations_done, stalled };
std::string_view to_string(OpcEnd end);

struct EdgeCorrection {
  FragmentedDesign design;
  std::vector<double> displacements;  // on the mask's grid
  std::vector<Polygon> rings;         // the mask: inside on the left, assist features included
  std::vector<OpcHistoryRow> history;
  OpcEnd end = OpcEnd::iterations_done;
  std::string remark;  // what a user should know: a stall, edges that do not print; empty: nothing
};

// What a field is corrected from.
struct EdgeProblem {
  FragmentedDesign design;
  std::vector<double> start;       // displacements; empty: none
  std::vector<bool> free;          // which may change, and whose print counts; empty: all that are movable
  std::vector<Polygon> assists;    // rings that stay as they are,
  bool assists_move = false;       // or whose edges the descent moves (settings' descent)
  bool refines = false;            // the start is a correction: careful steps, which leave what the print hardly depends on
  bool solves = true;              // false: the start is the solver's
  double descent_from = 0.0;       // part of the descent's schedule that is left out; 1: all of it
};

// Corrects one field after another with tables taken once. Not thread-safe: one per thread.
// The model outlives it; settings as from resolved().
class EdgeCorrector {
 public:
  EdgeCorrector(const OpticalModel& model, const IltSettings& window, const OpcSettings& settings);
  ~EdgeCorrector();

  // How near points of a field are to printing at the corners of the window, under a mask of rings: the largest
  // (dose^2 I - threshold) / threshold; 0 and more prints.
  std::vector<double> nearness(std::span<const Polygon> rings, std::span<const Point> points, const Box& field);

  // `field` is one period of the model; stop() is asked before every iteration.
  EdgeCorrection correct(EdgeProblem problem, const Box& field, const std::function<bool()>& stop = {});

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace reticle
