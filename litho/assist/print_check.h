// SPDX-License-Identifier: Apache-2.0
// Assist features must not print: what does, and which features of the mask make it.
#pragma once

#include <span>
#include <vector>

#include "kernels/base/image.h"
#include "litho/imaging/print_level.h"
#include "litho/geometry/bit_image.h"
#include "litho/geometry/polygon.h"
#include "litho/imaging/optical_model.h"
#include "litho/imaging/simulator.h"

namespace reticle {

// Printed regions (print_level.h) that touch nothing drawn. Image and drawn shapes lie on the
// same pixels.
BitImage printed_apart(ImageView<const float> intensity, const PrintLevel& level, const BitImage& drawn);

struct PrintedAssist {
  Point place;      // middle of what prints, nm
  double area_nm2;  // of what prints
  int condition;    // of the model
};

// What prints apart from everything drawn at a dose, in every condition of the model. `mask` is
// Simulator::mask_spectrum(), `drawn` lies on a grid that covers the field and samples the image (a quarter of its
// finest period).
std::vector<PrintedAssist> printed_assists(const OpticalModel& model, Simulator<float>& simulator,
                                           const Spectrum<float>& mask, const BitImage& drawn,
                                           const Grid& grid, double dose);

// The same at several doses, of one image: [dose].
std::vector<std::vector<PrintedAssist>> printed_assists(const OpticalModel& model, Simulator<float>& simulator,
                                                        const Spectrum<float>& mask, const BitImage& drawn,
                                                        const Grid& grid, std::span<const double> doses);

// Whether anything in the box may print apart at one of the doses on finer samples than the grid's, of which none prints by more
// than these do at `room` times the dose: what prints at that dose apart, or farther from drawn shapes' prints at the dose than
// from one dose's edges to the other's.
bool may_print_apart(const OpticalModel& model, Simulator<float>& simulator, const Spectrum<float>& mask, const BitImage& drawn,
                     const Grid& grid, const Box& box, std::span<const double> doses, double room);

// Takes `pixels`, of each print, off all around the shapes of the mask that touch nothing drawn and reach into the
// distance of that print; of several the most. False: there are none.
bool shrink_assists_near(const std::vector<PrintedAssist>& printed, double distance_nm, const std::vector<int>& pixels,
                         const BitImage& drawn, const Grid& grid, BitImage& mask);

// Takes the shapes of the mask that touch nothing drawn and reach into the distance of a print away, and of the others what
// lies within that distance and is not drawn.
void remove_near(const std::vector<PrintedAssist>& printed, double distance_nm, const BitImage& drawn, const Grid& grid, BitImage& mask);

}  // namespace reticle
