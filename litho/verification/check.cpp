// SPDX-License-Identifier: Apache-2.0
#include "litho/verification/check.h"

#include "kernels/base/error.h"

namespace reticle {

namespace {

constexpr std::array<CheckInfo, k_checks> k_info = {{
    {"missing", "nm2", "does not print"},
    {"extra", "nm2", "prints where nothing is drawn"},
    {"bridge", "nm", "joins what is drawn apart"},
    {"open", "nm", "prints in pieces"},
    {"hole", "nm2", "hole in the print"},
    {"filled", "nm2", "clear region is filled"},
    {"epe_run", "nm", "edge placement error of a run"},
    {"epe_line_end", "nm", "edge placement error of a line end"},
    {"epe_corner", "nm", "edge placement error near a corner"},
    {"pullback", "nm", "line end pulled back"},
    {"pinch", "nm", "print too narrow"},
    {"space", "nm", "space of the print too narrow"},
    {"contact_area", "", "printed over drawn area of a contact"},
    {"roundness", "", "roundness of a contact"},
    {"enclosure", "nm", "second layer not enclosed"},
    {"band", "nm", "process-variation band too wide"},
    {"nils", "", "normalised image log slope too low"},
    {"ils", "1/um", "image log slope too low"},
    {"meef", "", "mask error enhancement factor too high"},
    {"mask_width", "nm", "mask too narrow"},
    {"mask_space", "nm", "space of the mask too narrow"},
    {"mask_area", "nm2", "shape of the mask too small"},
    {"mask_hole_area", "nm2", "hole of the mask too small"},
    {"mask_convex_radius", "nm", "convex corner of the mask too sharp"},
    {"mask_concave_radius", "nm", "concave corner of the mask too sharp"},
    {"mask_assist_width", "nm", "assist feature too narrow"},
    {"mask_assist_length", "nm", "assist feature too short"},
    {"mask_assist_to_main", "nm", "assist feature too near to a main one"},
    {"mask_assist_to_assist", "nm", "assist features too near to one another"},
}};

}  // namespace

const CheckInfo& info(Check check) { return k_info[static_cast<std::size_t>(check)]; }

Check check_from_name(std::string_view name) {
  std::string names;
  for (std::size_t i = 0; i < k_checks; ++i) {
    if (k_info[i].name == name) return static_cast<Check>(i);
    names += (i == 0 ? "" : ", ") + std::string(k_info[i].name);
  }
  throw Error(ErrorCode::invalid_argument, "there is no check '" + std::string(name) + "'; there are " + names);
}

}  // namespace reticle
