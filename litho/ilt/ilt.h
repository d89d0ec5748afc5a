// SPDX-License-Identifier: Apache-2.0
// Inverse lithography of clips: from what is to be printed to a free-form mask.
//
// The mask is sigmoid(slope p) of a field p on a working grid; p is optimised coarse to fine for the
// process window's loss, interpolated smoothly to the mask's pixels and cut at zero, so that the
// result is curvilinear. Specks, holes, necks and slits below the stated sizes are removed.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "kernels/base/image.h"
#include "kernels/base/host_threads.h"
#include "kernels/engine/engine.h"
#include "litho/ilt/settings.h"
#include "litho/geometry/polygon.h"
#include "litho/imaging/optical_model.h"

namespace reticle {

// Losses before one optimiser step, in nm2.
struct IltHistoryRow {
  int level = 0;
  int iteration = 0;
  double pixel_nm = 0.0;  // of the working grid
  IltLoss loss;
};

struct Correction {
  Image<std::uint8_t> mask;  // 1 inside the drawn polarity
  Grid grid;                 // of the mask; covers the model's field around the design's window
  Image<float> grey;         // parameters of the last level, on its working grid; 0 = mask edge
  Grid grey_grid;
  std::vector<IltHistoryRow> history;
};

// Called after every iteration with the part done, 0 to 1; false stops: what is there is cut and
// returned.
using IltProgress = std::function<bool(double)>;

// How many of `wanted` clips to hand to correct() or optimize() at once, as the engine's memory allows.
// Throws Error(out_of_memory) if not even one fits.
int batch_size(const Engine& engine, const OpticalModel& model, const IltSettings& settings,
               int wanted);

// Throws Error(bad_input) if the clip's window is larger than the model's period or it holds no polygon.
void check_clip(const OpticalModel& model, const Design& design);

// Corrects a batch of clips on one engine. Settings as from resolved(). The result of a clip depends
// on its own design only, not on the batch or on `threads`, which start and clean the batch's masks on the
// host. Throws as check_clip().
std::vector<Correction> correct(Engine& engine, const OpticalModel& model,
                                const IltSettings& settings, std::span<const Design> designs,
                                const IltProgress& progress = {}, HostThreads threads = 1);

// A clip and the parameters to start from, which lie on a grid of any pixel over the model's field.
// Where the settings freeze the mask they stay. Empty: the start that the settings describe.
struct ClipStart {
  Design design;
  Image<float> parameters;
  Image<float> free = {};  // 1 where they may change, else 0, on the grid of the only level; empty: as the settings say
};

// The same from a start of one's own.
std::vector<Correction> correct(Engine& engine, const OpticalModel& model, const IltSettings& settings,
                                std::span<const ClipStart> clips, const IltProgress& progress = {},
                                HostThreads threads = 1);

// The parameters of the last level, not yet cut.
struct GreyMask {
  Image<float> parameters;  // 0 = mask edge
  Grid grid;                // over the model's field around the design's window
  std::vector<IltHistoryRow> history;
};

// The optimisation of correct() without the cut. Throws like correct().
std::vector<GreyMask> optimize(Engine& engine, const OpticalModel& model,
                               const IltSettings& settings, std::span<const ClipStart> clips,
                               const IltProgress& progress = {}, HostThreads threads = 1);

}  // namespace reticle
