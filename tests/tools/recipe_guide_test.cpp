// SPDX-License-Identifier: Apache-2.0
// The recipe guide names every key that recipes have.
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <sstream>

#include "tests/tools/subprocess.h"

namespace reticle::tools {
namespace {

TEST(RecipeGuide, NamesEveryKey) {
  const TestFolder folder;
  const std::string pages =
      read_text(RETICLE_SOURCE_DIR "/masks/recipes/README.md") + read_text(RETICLE_SOURCE_DIR "/litho/optics/README.md");
  const std::regex word("[a-z_0-9]+");
  const std::set<std::string> words(std::sregex_token_iterator(pages.begin(), pages.end(), word), std::sregex_token_iterator());
  const std::regex key("^(?:# )?([a-z_0-9]+) = .*");
  int keys = 0;
  for (const char* kind : {"correct", "model", "verify", "simulate"}) {
    std::istringstream recipe(reticle(folder.path(), {"recipe", kind}).out);
    for (std::string line; std::getline(recipe, line);) {
      std::smatch found;
      if (!std::regex_match(line, found, key)) continue;
      const std::string name = found[1].str();
      EXPECT_TRUE(words.count(name)) << name << " of 'reticle recipe " << kind << "' stands in no page";
      ++keys;
    }
  }
  EXPECT_GT(keys, 100);
}

}  // namespace
}  // namespace reticle::tools
