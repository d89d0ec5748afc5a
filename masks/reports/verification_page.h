// SPDX-License-Identifier: Apache-2.0
// A verification as a page to look at: one HTML file that opens from disk and needs nothing else.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "litho/imaging/optical_model.h"
#include "litho/verification/place_view.h"
#include "masks/reports/verification_report.h"

namespace reticle {

// Boxes of places that the page should show: the worst place of each group of hot spots, in order, and
// where there are none the tiles of the largest errors. Not more than `most`, none inside another.
std::vector<Box> places_to_show(const VerificationReport& report, double half_width_nm, std::size_t most);

// Half the width of such a box for a model.
double shown_half_width_nm(const OpticalModel& model);

// A place as the page carries it: two texts, compressed.
struct PackedPlace {
  std::string shapes, images;
};
// Of a view of this model.
PackedPlace packed_place(const PlaceView& place, const OpticalModel& model);

// What is shown, and what it looks like.
struct ShownPlaces {
  std::vector<Box> boxes;
  std::vector<PackedPlace> packed;  // [box]
  void add(const Box& box, PackedPlace place) {
    boxes.push_back(box);
    packed.push_back(std::move(place));
  }
};
ShownPlaces one_place(const PlaceView& place, const OpticalModel& model);

// Throws Error(io) if it cannot be written.
void write_verification_page(const std::filesystem::path& path, const VerificationReport& report,
                             const OpticalModel& model, const ShownPlaces& places);

}  // namespace reticle
