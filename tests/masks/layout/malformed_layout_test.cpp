// SPDX-License-Identifier: Apache-2.0
// Files cut short anywhere, damaged at random, or absurd: a clear error or a library.
#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "masks/layout/layout.h"
#include "masks/layout/layout_file.h"
#include "tests/masks/layout/small_layout.h"
#include "tests/masks/scratch.h"

namespace reticle {
namespace {

class MalformedLayout : public test::Scratch {
 protected:
  std::string whole(const std::string& name) {
    write_library(at(name), test::small_library());
    return bytes_of(at(name));
  }
  // Reads the layout and asks for a window of each top cell. An Error is an answer; anything else
  // is not.
  bool accepted(const std::string& name, const std::string& bytes) {
    put(name, bytes);
    const auto start = std::chrono::steady_clock::now();
    bool accepted = true;
    try {
      const Layout layout = Layout::open(at(name));
      for (const std::string& cell : layout.top_cells())
        if (!layout.layers().empty())
          LayoutView(layout, cell, layout.layers()).query({-1000, -1000, 3000, 3000});
    } catch (const Error& error) {
      accepted = false;
      EXPECT_NE(std::string(error.what()).find(name), std::string::npos) << error.what();
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    worst_seconds_ = std::max(worst_seconds_, seconds.count());
    return accepted;
  }
  ~MalformedLayout() override {
    RecordProperty("worst_milliseconds", static_cast<int>(1e3 * worst_seconds_));
  }

  double worst_seconds_ = 0.0;
};

TEST_F(MalformedLayout, EveryTruncationIsAnError) {
  for (const char* name : {"small.gds", "small.oas"}) {
    const std::string bytes = whole(name);
    ASSERT_TRUE(accepted(name, bytes));
    for (std::size_t size = 0; size < bytes.size(); ++size)
      ASSERT_FALSE(accepted(name, bytes.substr(0, size))) << name << " of " << size << " bytes";
  }
}

TEST_F(MalformedLayout, RandomMutationsNeverCrashOrHang) {
  constexpr unsigned k_seed = 20261124;
  SCOPED_TRACE(k_seed);
  std::mt19937 random(k_seed);
  for (const char* name : {"small.gds", "small.oas"}) {
    const std::string bytes = whole(name);
    for (int i = 0; i < 5000; ++i) {
      std::string damaged = bytes;
      const int count = 1 + static_cast<int>(random() % 4);
      for (int k = 0; k < count; ++k) {
        const std::size_t place = random() % damaged.size();
        switch (random() % 4) {
          case 0:
            damaged[place] = static_cast<char>(random());
            break;
          case 1:
            damaged[place] ^= static_cast<char>(1 << random() % 8);
            break;
          case 2:
            damaged.erase(place, 1 + random() % 8);
            break;
          default:
            damaged.insert(place, damaged.substr(random() % damaged.size(), random() % 16));
        }
      }
      accepted(name, damaged);
    }
  }
}

// The checksum and the compression of our own files shield the records; here they stand bare.
TEST_F(MalformedLayout, RandomOasisRecordsNeverCrashOrHang) {
  constexpr unsigned k_seed = 11;
  SCOPED_TRACE(k_seed);
  std::mt19937 random(k_seed);
  const std::string head = std::string("%SEMI-OASIS\r\n\x01\x03") + "1.0" +
                           std::string("\0\xE8\x07\0", 4) + std::string(12, '\0') + "\x0E\x01" +
                           "A";
  for (int i = 0; i < 5000; ++i) {
    std::string bytes = head;
    const int records = 1 + static_cast<int>(random() % 20);
    for (int r = 0; r < records; ++r) {
      bytes += static_cast<char>(15 + random() % 13);
      for (int k = static_cast<int>(random() % 16); k >= 0; --k)
        bytes += static_cast<char>(random() % 3 == 0 ? random() % 256 : random() % 12);
    }
    accepted("bare.oas", bytes + '\x02' + std::string(255, '\0'));
  }
}

TEST_F(MalformedLayout, WhatIsWrongIsSaid) {
  const auto message = [&](const std::string& name, const std::string& bytes) {
    put(name, bytes);
    return test::message_of([&] { read_library(at(name)); });
  };
  EXPECT_NE(message("a.gds", "").find("empty"), std::string::npos);
  EXPECT_NE(message("a.gds", std::string("\0\4\7\0", 4)).find("not a GDSII file"),
            std::string::npos);
  EXPECT_NE(message("a.oas", "%SEMI-OASIX\r\n").find("not an OASIS file"), std::string::npos);
  std::string gds = whole("b.gds");
  const std::size_t units = gds.find(std::string("\0\x14\3\5", 4));
  ASSERT_NE(units, std::string::npos);
  gds.replace(units + 12, 8, 8, '\0');
  EXPECT_NE(message("b.gds", gds).find("database unit of 0"), std::string::npos);
}

TEST_F(MalformedLayout, AbsurdArraysAreRefused) {
  // A 2^30 x 2^30 lattice of a rectangle.
  std::string oasis = std::string("%SEMI-OASIS\r\n\x01\x03") + "1.0" +
                      std::string("\0\xE8\x07\0", 4) + std::string(12, '\0') + "\x0E\x01" + "A";
  oasis += std::string("\x14\x7F\1\0\x0A\x0A\0\0", 8) + "\x01" + "\x80\x80\x80\x80\x04" +
           "\x80\x80\x80\x80\x04" + "\x14\x14";
  put("big.oas", oasis);
  EXPECT_NE(test::message_of([&] {
              read_library(at("big.oas"));
            }).find("does not fit into 32-bit coordinates"),
            std::string::npos);
}

}  // namespace
}  // namespace reticle
