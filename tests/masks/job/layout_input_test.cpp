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

class IndexedInput : public ReplacedLayout {
 protected:
  LayoutInput open() const { return open_layout(at("layout.gds"), {}, at("layout.index")); }
  static void expect_equal(const LayoutInput& a, const LayoutInput& b) {
    EXPECT_EQ(a.sha256, b.sha256);
    EXPECT_EQ(a.selection, b.selection);
    EXPECT_EQ(a.top_cell, b.top_cell);
    EXPECT_EQ(a.extent, b.extent);
    EXPECT_EQ(a.dbu_nm, b.dbu_nm);
    EXPECT_EQ(a.geometry({15, -5, 75, 25}), b.geometry({15, -5, 75, 25}));
  }
};

TEST_F(IndexedInput, IsWhatTheLayoutIs) {
  write("layout.gds", 4.0);
  const LayoutInput read = open();
  ASSERT_TRUE(read.write_index);
  EXPECT_EQ(read.index_remark, "");
  read.write_index();
  const LayoutInput indexed = open();
  EXPECT_FALSE(indexed.write_index);
  expect_equal(indexed, read);
  EXPECT_FALSE(open_layout(at("layout.gds"), {}).write_index);  // without a place for one
}

TEST_F(IndexedInput, ADamagedOneIsNamedAndMadeAnew) {
  write("layout.gds", 4.0);
  open().write_index();
  const std::string whole = bytes_of(at("layout.index"));
  std::string damaged = whole;
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 4);
  put("layout.index", damaged);
  const LayoutInput read = open();
  EXPECT_NE(read.index_remark.find("layout.index: is damaged"), std::string::npos) << read.index_remark;
  read.write_index();
  EXPECT_FALSE(open().write_index);
}

TEST_F(IndexedInput, OfAChangedLayoutIsNamedAndMadeAnew) {
  write("layout.gds", 4.0);
  open().write_index();
  write("layout.gds", 6.0);
  const LayoutInput read = open();
  EXPECT_NE(read.index_remark.find("layout.index: is of another layout than"), std::string::npos) << read.index_remark;
  EXPECT_EQ(read.sha256, sha256_of_file(at("layout.gds")));
  read.write_index();
  expect_equal(open(), read);
}

TEST_F(IndexedInput, OneThatAnotherWorkerWroteMeanwhileStays) {
  write("layout.gds", 4.0);
  const LayoutInput first = open(), second = open();
  first.write_index();
  const auto written = std::filesystem::last_write_time(at("layout.index"));
  second.write_index();
  EXPECT_EQ(std::filesystem::last_write_time(at("layout.index")), written);
}

// The layout is not looked at again: what is written to it meanwhile does not mix with what was read.
TEST_F(IndexedInput, StaysWholeWhileTheLayoutIsReplaced) {
  write("layout.gds", 4.0);
  open().write_index();
  const LayoutInput indexed = open();
  const auto before = indexed.geometry({15, -5, 75, 25});
  write("layout.gds", 6.0);
  std::filesystem::remove(at("layout.index"));
  EXPECT_EQ(indexed.geometry({15, -5, 75, 25}), before);
}

}  // namespace
}  // namespace reticle
