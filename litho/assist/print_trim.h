// SPDX-License-Identifier: Apache-2.0
// Assist features that print are made smaller until they do not.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "litho/assist/print_check.h"

namespace reticle {

// Where a mask lies, and what is drawn there.
struct TrimField {
  const Grid& grid;  // of the mask
  const BitImage& drawn;
  const Grid& coarse;  // of the images that are looked at first
  const BitImage& coarse_drawn;
  Box looked_at;  // prints beyond it are left alone
};

// What prints apart from the drawn shapes at any of the doses, near one another at the first of them that it does; `mask` is
// Simulator::mask_spectrum().
std::vector<PrintedAssist> prints_apart(const OpticalModel& model, Simulator<float>& simulator, const Spectrum<float>& mask,
                                        std::span<const double> doses, const TrimField& field);

// Features near what prints apart from the drawn shapes at any of the doses lose a pixel all around, then most of what the print
// goes on shrinking by, and the mask is cleaned, until nothing prints. Where that takes too long, or no feature is near, all that
// is not drawn goes, twice as far around the print every time. Returns what printed before.
std::vector<PrintedAssist> trim_printed(const OpticalModel& model, Simulator<float>& simulator, std::span<const double> doses,
                                        const TrimField& field, const std::function<void(BitImage&)>& clean,
                                        BitImage& mask);

// The prints whose middle lies in the box, its upper and right side left out.
std::vector<PrintedAssist> prints_in(const Box& box, std::vector<PrintedAssist> prints);

}  // namespace reticle
