// SPDX-License-Identifier: Apache-2.0
#include "masks/job/place_drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <utility>

#include "kernels/base/on_threads.h"
#include "kernels/base/sha256.h"
#include "litho/chip/stored_values.h"
#include "litho/geometry/boolean.h"
#include "litho/verification/place_view.h"

namespace reticle {

namespace {

std::string hash_of(const std::string& text) {
  Sha256 hash;
  hash.add(text);
  return hash.finish();
}

Bytes bytes_of(const PackedPlace& place) {
  ValueWriter out;
  for (const std::string& part : {place.shapes, place.images}) {
    out.put(static_cast<std::uint64_t>(part.size()));
    out.put_bytes(std::as_bytes(std::span(part)));
  }
  return out.take();
}

PackedPlace place_from(const Bytes& bytes) {
  ValueReader in(bytes, "a place of a verification's page");
  PackedPlace place;
  for (std::string* part : {&place.shapes, &place.images}) {
    const auto text = in.get_bytes(in.get_count<std::uint64_t>(1));
    part->assign(reinterpret_cast<const char*>(text.data()), text.size());
  }
  in.end();
  return place;
}

// Of the mask of a whole period around the place.
PlaceView view_of(const PlaceScene& scene, PlaceViewer& viewer, const Box& box) {
  const OpticalModel& model = *scene.model;
  const double x = std::round(0.5 * (box.x0 + box.x1 - model.period_x_nm));
  const double y = std::round(0.5 * (box.y0 + box.y1 - model.period_y_nm));
  Region region{.field = {x, y, x + model.period_x_nm, y + model.period_y_nm}, .core = box};
  region.target = clip(scene.target(region.field), region.field);
  region.mask = clip(scene.mask(region.field), region.field);
  return viewer.view(region, box);
}

}  // namespace

PlaceDrawing::PlaceDrawing(PlaceScene scene, PackStore& store, int threads)
    : scene_(std::move(scene)), store_(store), threads_(threads) {}

std::string PlaceDrawing::key_of(const Box& place) const {
  return hash_of(fmt::format("place 1\n{}\n{:.17g} {:.17g} {:.17g} {:.17g}", scene_.identity, place.x0, place.y0, place.x1, place.y1));
}

std::string PlaceDrawing::list_key() const { return hash_of("list of places 1\n" + scene_.identity); }

void PlaceDrawing::announce(const std::vector<Box>& places) {
  ValueWriter out;
  for (const Box& place : places)
    for (const double side : {place.x0, place.y0, place.x1, place.y1}) out.put(side);
  store_.put(list_key(), out.take(), ResultUse::passing);
}

std::optional<std::vector<Box>> PlaceDrawing::announced() const {
  if (!store_.has(list_key())) return {};
  try {
    const Bytes bytes = store_.get(list_key());
    ValueReader in(bytes, "a list of places");
    std::vector<Box> places;
    while (in.left() > 0)
      for (Box& place = places.emplace_back(); double* side : {&place.x0, &place.y0, &place.x1, &place.y1}) in.get(*side);
    return places;
  } catch (const MissingResult&) {
    return {};
  }
}

std::vector<Box> PlaceDrawing::missing(const std::vector<Box>& places) const {
  std::vector<Box> missing = places;
  std::erase_if(missing, [&](const Box& place) { return store_.has(key_of(place)); });
  return missing;
}

bool PlaceDrawing::draw(const std::vector<Box>& places, const std::function<bool()>& interrupted) {
  store_.refresh();
  const std::vector<Box> left = missing(places);
  on_threads(left.size(), threads_, [&](int) {
    return [&, viewer = std::make_shared<PlaceViewer>(*scene_.model)](std::size_t i) {
      const std::string key = key_of(left[i]);
      if (!store_.claim(key)) return true;
      try {
        store_.put(key, bytes_of(packed_place(view_of(scene_, *viewer, left[i]), *scene_.model)), ResultUse::passing);
      } catch (...) {
        store_.release(key);
        throw;
      }
      store_.release(key);
      return !interrupted();
    };
  });
  store_.refresh();
  return missing(places).empty();
}

std::optional<ShownPlaces> PlaceDrawing::drawn(const std::vector<Box>& places, const std::function<bool()>& interrupted) {
  while (!interrupted()) {
    if (!draw(places, interrupted)) {
      store_.wait_for_others();
      continue;
    }
    try {
      ShownPlaces shown;
      for (const Box& place : places) shown.add(place, place_from(store_.get(key_of(place))));
      return shown;
    } catch (const MissingResult&) {  // damaged: drawn again
    }
  }
  return {};
}

}  // namespace reticle
