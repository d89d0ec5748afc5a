// SPDX-License-Identifier: Apache-2.0
// The pictures of a verification's page, drawn by all workers of its job: each place is a result of the store, and so is the
// list of places, by which the worker that has the report tells the others what to draw.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "litho/chip/tiling.h"
#include "masks/job/pack_store.h"
#include "masks/reports/verification_page.h"

namespace reticle {

// What places are cut out of.
struct PlaceScene {
  std::shared_ptr<const OpticalModel> model;  // a view takes one period of it
  GeometrySource target, mask;
  std::string identity;  // of all of it
};

class PlaceDrawing {
 public:
  // The store outlives it.
  PlaceDrawing(PlaceScene scene, PackStore& store, int threads);

  void announce(const std::vector<Box>& places);
  // Empty: nobody has announced any so far.
  std::optional<std::vector<Box>> announced() const;
  // Draws the places that nobody has drawn or is drawing. Whether all are drawn.
  bool draw(const std::vector<Box>& places, const std::function<bool()>& interrupted);
  // Draws all, with others, and waits for what these have in hand. Empty: interrupted.
  std::optional<ShownPlaces> drawn(const std::vector<Box>& places, const std::function<bool()>& interrupted);

 private:
  std::string key_of(const Box& place) const;
  std::string list_key() const;
  std::vector<Box> missing(const std::vector<Box>& places) const;

  PlaceScene scene_;
  PackStore& store_;
  int threads_;
};

}  // namespace reticle
