// SPDX-License-Identifier: Apache-2.0
#include "masks/job/place_drawing.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/litho/chip/chip_model.h"
#include "tests/masks/scratch.h"

namespace reticle {
namespace {

// What others have claimed: everything, for so many times that it is asked for.
class ClaimedByOthers final : public WorkClaims {
 public:
  explicit ClaimedByOthers(int refusals) : refusals_(refusals) {}
  bool claim(const std::string&) override { return --refusals_ < 0; }
  void release(const std::string&) override {}
  bool claim_block(std::uint64_t) override { return true; }
  void release_block(std::uint64_t) override {}

 private:
  int refusals_;
};

class PlacesOfAPage : public test::Scratch {
 protected:
  PlaceScene scene(const char* identity = "a") const {
    return {std::make_shared<const OpticalModel>(test::annular_model()), test::source_of(test::random_bars(2000)),
            test::source_of(test::random_bars(2000, 3.0)), identity};
  }
  std::string text_of(const std::optional<ShownPlaces>& shown) const {
    std::string text;
    for (const PackedPlace& place : shown.value().packed) text += place.shapes + "|" + place.images + "|";
    return text;
  }

  const std::vector<Box> places_ = {{100, 100, 400, 400}, {500, 100, 800, 400}, {900, 900, 1200, 1200}, {200, 1300, 500, 1600}};
  const std::function<bool()> never_ = [] { return false; };
};

TEST_F(PlacesOfAPage, AreDrawnByWhoeverIsToldOfThem) {
  PackStore first(folder_), second(folder_), alone(folder_);
  PlaceDrawing has_report(scene(), first, 1), helps(scene(), second, 2), another_page(scene("b"), alone, 1);
  EXPECT_FALSE(helps.announced());
  has_report.announce(places_);
  second.refresh();
  ASSERT_EQ(helps.announced(), places_);
  EXPECT_TRUE(helps.draw(*helps.announced(), never_));
  const std::size_t records = second.size();
  const std::string drawn = text_of(has_report.drawn(places_, never_));
  second.refresh();
  EXPECT_EQ(second.size(), records);  // the first has drawn none
  alone.refresh();
  EXPECT_FALSE(another_page.announced());
  EXPECT_EQ(text_of(another_page.drawn(places_, never_)), drawn);
}

TEST_F(PlacesOfAPage, ThoseOfAWorkerThatDiesAreDrawnByTheOthers) {
  ClaimedByOthers lost(9);  // more than twice round
  PackStore store(folder_, {&lost}), alone(folder_);
  const std::string drawn = text_of(PlaceDrawing(scene(), store, 1).drawn(places_, never_));
  EXPECT_EQ(text_of(PlaceDrawing(scene("b"), alone, 3).drawn(places_, never_)), drawn);
}

TEST_F(PlacesOfAPage, WhoeverWaitsForThemCanBeInterrupted) {
  ClaimedByOthers forever(1 << 30);
  PackStore store(folder_, {&forever});
  int asked = 0;
  EXPECT_FALSE(PlaceDrawing(scene(), store, 1).drawn(places_, [&] { return ++asked > 3; }));
}

}  // namespace
}  // namespace reticle
