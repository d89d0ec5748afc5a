// SPDX-License-Identifier: Apache-2.0
#include "masks/hdf5/trial.h"

#include <csignal>
#include <random>
#include <thread>
#include <vector>

#include "masks/mask_file.h"
#include "masks/model_file.h"
#include "tests/masks/scratch.h"

namespace reticle {
namespace {

struct Hdf5Trial : test::Scratch {
  void SetUp() override {
    const std::filesystem::path corpus = std::filesystem::path(RETICLE_SOURCE_DIR) / "tests/fuzz/corpus";
    if (!std::filesystem::exists(corpus)) GTEST_SKIP() << corpus << " is not here";
  }
};

std::filesystem::path small_file(const std::string& name) {
  return std::filesystem::path(RETICLE_SOURCE_DIR) / "tests/fuzz/corpus" / name;
}

// Each of these ends a process that opens it with the HDF5 library.
TEST_F(Hdf5Trial, DamageThatEndsTheLibraryIsAnErrorOfTheFile) {
  for (const std::string name : {"mask/damaged_layout.h5", "mask/damaged_type.h5"}) {
    const std::string message = test::message_of([&] { read_mask(small_file(name)); });
    EXPECT_NE(message.find(name), std::string::npos) << message;
    EXPECT_NE(message.find("is damaged"), std::string::npos) << message;
  }
  EXPECT_NE(test::message_of([] { read_model(small_file("model/damaged.h5")); }), "");
}

TEST_F(Hdf5Trial, DamageThatKeepsTheLibraryGoingIsAnErrorOfTheFile) {
  const std::string message = test::message_of([] { read_mask(small_file("mask/endless.h5")); });
  EXPECT_NE(message.find("does not come to an end"), std::string::npos) << message;
}

TEST_F(Hdf5Trial, FilesOfOursAreCheckedByTheLibraryItself) {
  MaskFile file;
  file.grid = {20, 30, 1.0, 0.0, 0.0};
  file.mask = Image<std::uint8_t>(20, 30, 1);
  file.mask(3, 4) = 0;
  write_mask(at("ours.h5"), file);
  EXPECT_TRUE(hdf5::is_checksummed(at("ours.h5")));
  EXPECT_FALSE(hdf5::is_checksummed(small_file("mask/bool.h5")));
  EXPECT_FALSE(hdf5::is_checksummed(at("not_there.h5")));
}

TEST_F(Hdf5Trial, WhatAFileLacksIsSaidAsWithoutATrial) {
  const std::string message = test::message_of([] { read_model(small_file("mask/bool.h5")); });
  EXPECT_NE(message.find("@schema"), std::string::npos) << message;
}

TEST_F(Hdf5Trial, RandomDamageToFilesOfTheOldFormatNeverEndsTheProcess) {
  const std::string whole = bytes_of(small_file("mask/bool.h5"));
  std::mt19937 random(11);
  int refused = 0;
  for (int i = 0; i < 200; ++i) {
    std::string bytes = whole;
    for (int hits = 1 << (i % 6); hits > 0; --hits) bytes[random() % bytes.size()] = static_cast<char>(random());
    const std::filesystem::path path = put("damaged.h5", bytes);
    refused += test::message_of([&] { read_mask(path); }) != "";
  }
  EXPECT_GT(refused, 20);
}

TEST_F(Hdf5Trial, ThreadsReadSoundAndDamagedFilesSideBySide) {
  std::vector<int> good(6, 0);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < good.size(); ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i)
        if (t % 2 == 0)
          good[t] += !read_mask(small_file("mask/bool.h5")).mask.empty();
        else
          good[t] += test::message_of([] { read_mask(small_file("mask/damaged_layout.h5")); }) != "";
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, std::vector<int>(6, 10));
}

// As programs do that let children be reaped by the system.
TEST_F(Hdf5Trial, IgnoredChildrenDoNotMatter) {
  const auto before = std::signal(SIGCHLD, SIG_IGN);
  EXPECT_FALSE(read_mask(small_file("mask/bool.h5")).mask.empty());
  EXPECT_NE(test::message_of([] { read_mask(small_file("mask/damaged_layout.h5")); }), "");
  std::signal(SIGCHLD, before);
}

}  // namespace
}  // namespace reticle
