// SPDX-License-Identifier: Apache-2.0
#include "masks/job/layout_input.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "masks/layout/layout_file.h"
#include "masks/sha256.h"
#include "tests/litho/chip/chip_model.h"
#include "tests/masks/scratch.h"

namespace reticle {
namespace {

class ReplacedLayout : public test::Scratch {
 protected:
  void write(const std::string& name, double width) const {
    std::vector<Polygon> bars;
    for (int i = 0; i < 20000; ++i) bars.push_back(test::rectangle(10.0 * i, 0, 10.0 * i + width, 50));
    write_library(at(name), library_of({{{1, 0}, bars}}, {.cell = "BARS", .dbu_nm = 1.0}));
  }
  // Once, some time after it began to be read.
  std::thread replaced(const std::string& by, int trial) const {
    std::filesystem::copy_file(at(by), at("next.gds"));
    return std::thread([this, trial] {
      std::this_thread::sleep_for(std::chrono::milliseconds(trial));
      std::filesystem::rename(at("next.gds"), at("layout.gds"));
    });
  }
};

TEST_F(ReplacedLayout, TheSameBytesAreNoChange) {
  write("layout.gds", 4.0);
  std::filesystem::copy_file(at("layout.gds"), at("same.gds"));
  for (int trial = 0; trial < 25; ++trial) {
    std::thread other = replaced("same.gds", trial);
    EXPECT_NO_THROW(open_layout(at("layout.gds"), {})) << trial;
    other.join();
  }
}

TEST_F(ReplacedLayout, OtherBytesAreReadWholeOrNamed) {
  write("first.gds", 4.0);
  write("second.gds", 6.0);
  for (int trial = 0; trial < 25; ++trial) {
    std::filesystem::copy_file(at("first.gds"), at("layout.gds"), std::filesystem::copy_options::overwrite_existing);
    std::thread other = replaced("second.gds", trial);
    std::string sha256;
    const std::string message = test::message_of([&] { sha256 = open_layout(at("layout.gds"), {}).sha256; });
    other.join();
    if (message.empty()) EXPECT_TRUE(sha256 == sha256_of_file(at("first.gds")) || sha256 == sha256_of_file(at("second.gds"))) << trial;
    else EXPECT_NE(message.find("layout.gds: was changed while it was read"), std::string::npos) << message;
  }
}

}  // namespace
}  // namespace reticle
