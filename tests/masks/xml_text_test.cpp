// SPDX-License-Identifier: Apache-2.0
#include "masks/xml_text.h"

#include <gtest/gtest.h>

namespace reticle {
namespace {

TEST(XmlText, HoldsMarkupAsText) {
  EXPECT_EQ(xml_text("<a href=\"x\"> & 'b'"), "&lt;a href=&quot;x&quot;&gt; &amp; 'b'");
}

TEST(XmlText, ControlCharactersAreReplacedAndOtherBytesKept) {
  EXPECT_EQ(xml_text(std::string("a\0b\x1b", 4)), "a\xEF\xBF\xBD" "b\xEF\xBF\xBD");
  EXPECT_EQ(xml_text("\t\n\xC2\xB5m"), "\t\n\xC2\xB5m");
}

}  // namespace
}  // namespace reticle
