// SPDX-License-Identifier: Apache-2.0
#include "masks/reports/marker_database.h"

#include "tests/masks/scratch.h"

namespace reticle {
namespace {

class MarkerDatabase : public test::Scratch {};

TEST_F(MarkerDatabase, HoldsPlacesInMicrometresAndEscapesText) {
  write_markers(at("m.lyrdb"), "a < b", "TOP",
                {{"edge", {1000, 2000, 1500, 2500}, "it's 3 nm & more"},
                 {"edge", {0, 0, 1, 1}, ""}});
  const std::string text = bytes_of(at("m.lyrdb"));
  EXPECT_NE(text.find("<value>box: (1,2;1.5,2.5)</value>"), std::string::npos);
  EXPECT_NE(text.find("text: 'it\\'s 3 nm &amp; more'"), std::string::npos);
  EXPECT_NE(text.find("<description>a &lt; b</description>"), std::string::npos);
  EXPECT_EQ(text.find("<category>\n   <name>edge</name>"), text.rfind("<category>\n   <name>edge"));
}

TEST_F(MarkerDatabase, FolderThatIsNotThereIsNamed) {
  EXPECT_NE(test::message_of([&] { write_markers(at("no/m.lyrdb"), "", "TOP", {}); }).find("no"),
            std::string::npos);
}

}  // namespace
}  // namespace reticle
