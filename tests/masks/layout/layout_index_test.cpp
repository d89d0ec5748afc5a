// SPDX-License-Identifier: Apache-2.0
// A layout's index: it answers as the layout does, and is used for what it was made of only.
#include "masks/layout/layout_index.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>

#include "masks/layout/layout_file.h"
#include "masks/sha256.h"
#include "tests/masks/layout/random_library.h"
#include "tests/masks/layout/small_layout.h"
#include "tests/masks/scratch.h"

namespace reticle {
namespace {

using layout::FileStamp;
using layout::find_layout_index;
using layout::FoundIndex;
using test::Library;

using test::Random;
using test::random_library;
using test::within;

class LayoutIndex : public test::Scratch {
 protected:
  // Of the layout as it stands, as if it had stood there for a while.
  Layout write_index(const std::string& layout_name, const layout::KeptLayers& kept = {}) const {
    const Layout layout = Layout::open(at(layout_name), kept);
    layout::write_layout_index(at("index"), layout, {FileStamp::of(at(layout_name)), sha256_of_file(at(layout_name)), kept, {}});
    return layout;
  }
  FoundIndex found(const std::string& layout_name, const layout::KeptLayers& kept = {}) const { return find_layout_index(at("index"), at(layout_name), kept); }
};

void expect_equal(const Layout& a, const Layout& b, Random& random) {
  EXPECT_EQ(a.dbu_nm(), b.dbu_nm());
  EXPECT_EQ(a.cells(), b.cells());
  EXPECT_EQ(a.top_cells(), b.top_cells());
  const std::vector<LayerId> layers = a.layers();
  EXPECT_EQ(layers, b.layers());
  const auto sa = a.summary(), sb = b.summary();
  ASSERT_EQ(sa.size(), sb.size());
  for (std::size_t i = 0; i < sa.size(); ++i) EXPECT_TRUE(sa[i].shapes == sb[i].shapes && sa[i].extent == sb[i].extent);
  for (const std::string& cell : a.top_cells())
    for (const LayerId layer : layers) {
      const LayoutView va(a, cell, {layer}), vb(b, cell, {layer});
      EXPECT_EQ(va.bounding_box(), vb.bounding_box());
      EXPECT_EQ(va.arrays().x.size(), vb.arrays().x.size());
      for (int k = 0; k < 5; ++k) {
        const double x = within(random, -9000, 9000), y = within(random, -9000, 9000), side = within(random, 50, 3000);
        EXPECT_EQ(va.query({x, y, x + side, y + side}), vb.query({x, y, x + side, y + side}));
        const auto da = va.instances({x, y, x + side, y + side}), db = vb.instances({x, y, x + side, y + side});
        EXPECT_EQ(da.cells, db.cells);
        EXPECT_EQ(da.instances.size(), db.instances.size());
        EXPECT_EQ(da.boxes.size(), db.boxes.size());
      }
    }
}

TEST_F(LayoutIndex, AnswersAsTheLayoutDoes) {
  for (unsigned seed = 0; seed < 30; ++seed) {
    Random random(seed);
    SCOPED_TRACE("seed " + std::to_string(seed));
    const std::string name = seed % 2 == 0 ? "layout.gds" : "layout.oas";
    write_library(at(name), random_library(random));
    const layout::KeptLayers kept = seed % 3 == 0 ? layout::KeptLayers{{{1, 0}}} : layout::KeptLayers{};
    const Layout read = write_index(name, kept);
    const FoundIndex index = found(name, kept);
    ASSERT_TRUE(index.layout) << index.why_not;
    EXPECT_EQ(index.sha256, sha256_of_file(at(name)));
    const std::vector<LayerId> layers = read.layers();
    if (kept.layers.empty()) {
      expect_equal(read, *index.layout, random);
    } else if (std::find(layers.begin(), layers.end(), LayerId{1, 0}) != layers.end()) {
      for (const std::string& cell : read.top_cells())
        EXPECT_EQ(LayoutView(read, cell, {{1, 0}}).query({-1e3, -1e3, 2e3, 1e3}), LayoutView(*index.layout, cell, {{1, 0}}).query({-1e3, -1e3, 2e3, 1e3}));
    }
  }
}

TEST_F(LayoutIndex, HoldsWhatEachFormatDraws) {
  for (const char* file : {"gcd45_clip_8um.gds", "siepic_ring_resonator.gds", "sram_8_128_freepdk45.oas"}) {
    const std::filesystem::path layout = std::filesystem::path(RETICLE_DATA_DIR) / "layouts" / file;
    if (!std::filesystem::exists(layout)) GTEST_SKIP() << "needs the layouts of RETICLE_DATA_DIR";
    std::filesystem::copy_file(layout, at(file));
    Random random(1);
    const Layout read = write_index(file);
    const FoundIndex index = found(file);
    ASSERT_TRUE(index.layout) << index.why_not;
    expect_equal(read, *index.layout, random);
  }
}

TEST_F(LayoutIndex, WarnsOfTheLayoutAgain) {
  write_library(at("a.gds"), test::small_library());
  const Layout layout = Layout::open(at("a.gds"));
  const Warning warning{"a.gds", "paths of unknown type end flat", "byte 12", 3};
  layout::write_layout_index(at("index"), layout, {FileStamp::of(at("a.gds")), sha256_of_file(at("a.gds")), {}, {warning}});
  WarningScope scope;
  ASSERT_TRUE(found("a.gds").layout);
  const auto said = scope.log().take();
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said[0].what, warning.what);
  EXPECT_EQ(said[0].count, 3U);
  EXPECT_EQ(said[0].file, at("a.gds").string());
  scope.log().refuse_imperfect();
  EXPECT_THROW(found("a.gds"), Error);
}

TEST_F(LayoutIndex, OfOtherLayersOrNoneIsNotUsed) {
  write_library(at("a.gds"), test::small_library());
  EXPECT_FALSE(found("a.gds").layout);
  EXPECT_EQ(found("a.gds").why_not, "");
  write_index("a.gds", {{{11, 0}}});
  EXPECT_TRUE(found("a.gds", {{{11, 0}}}).layout);
  for (const layout::KeptLayers& other : {layout::KeptLayers{}, {{{12, 1}}}, {{{11, 0}, {12, 1}}}}) {
    EXPECT_FALSE(found("a.gds", other).layout);
    EXPECT_NE(found("a.gds", other).why_not.find("index: is of other layers"), std::string::npos);
  }
}

TEST_F(LayoutIndex, OfALayoutThatHasChangedIsNotUsed) {
  Library library = test::small_library();
  write_library(at("a.gds"), library);
  write_index("a.gds");
  std::filesystem::copy_file(at("a.gds"), at("same.gds"));
  EXPECT_TRUE(found("same.gds").layout);  // by its bytes
  EXPECT_EQ(found("same.gds").sha256, sha256_of_file(at("same.gds")));
  const auto modified = std::filesystem::last_write_time(at("a.gds"));
  std::string bytes = bytes_of(at("a.gds"));
  for (const std::size_t at_byte : {bytes.size() / 2, bytes.size() - 40}) {  // as large, in place, with its old time
    std::string changed = bytes;
    changed[at_byte] = static_cast<char>(changed[at_byte] ^ 1);
    put("a.gds", changed);
    std::filesystem::last_write_time(at("a.gds"), modified);
    EXPECT_FALSE(found("a.gds").layout);
    EXPECT_NE(found("a.gds").why_not.find("is of another layout than"), std::string::npos);
  }
  put("a.gds", bytes);
  EXPECT_TRUE(found("a.gds").layout);
}

// Within ten seconds of a write a file system's clock may not tell the next one: bytes are compared. The hash is a wrong one,
// so that only an index whose bytes nobody compared is found.
TEST_F(LayoutIndex, OfALayoutJustWrittenComparesBytesOfAnOlderOneTimes) {
  const std::string wrong(64, '0');
  write_library(at("a.gds"), test::small_library());
  layout::write_layout_index(at("index"), Layout::open(at("a.gds")), {FileStamp::of(at("a.gds")), wrong, {}, {}});
  EXPECT_FALSE(found("a.gds").layout);
  const std::filesystem::path older = std::filesystem::path(RETICLE_DATA_DIR) / "layouts/gcd45_clip_2um.gds";
  if (!std::filesystem::exists(older)) GTEST_SKIP() << "needs the layouts of RETICLE_DATA_DIR";
  layout::write_layout_index(at("index"), Layout::open(older), {FileStamp::of(older), wrong, {}, {}});
  EXPECT_TRUE(find_layout_index(at("index"), older, {}).layout);
}

TEST_F(LayoutIndex, EveryChangedByteAndEveryCutIsNoticed) {
  write_library(at("a.oas"), test::small_library());
  write_index("a.oas");
  const std::string whole = bytes_of(at("index"));
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ (1 << (i % 8)));
    put("index", damaged);
    const FoundIndex index = found("a.oas");
    EXPECT_FALSE(index.layout) << "byte " << i;
    EXPECT_NE(index.why_not.find("index: is "), std::string::npos) << index.why_not;
  }
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    put("index", whole.substr(0, size));
    EXPECT_FALSE(found("a.oas").layout) << size;
  }
  put("index", whole + "x");
  EXPECT_FALSE(found("a.oas").layout);
  put("index", bytes_of(at("a.oas")));
  EXPECT_FALSE(found("a.oas").layout);
  std::filesystem::remove(at("index"));
  std::filesystem::create_directory(at("index"));
  EXPECT_FALSE(found("a.oas").layout);
}

std::uint32_t crc32_of(const char* bytes, std::size_t size) {
  std::uint32_t sum = ~0U;
  for (std::size_t i = 0; i < size; ++i) {
    sum ^= static_cast<unsigned char>(bytes[i]);
    for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1) ^ (0xEDB88320U & (0U - (sum & 1U)));
  }
  return ~sum;
}

// With the checksums that its bytes ask for: of one piece of arrays.
std::string sealed(std::string bytes) {
  std::uint64_t table_at = 0;
  std::memcpy(&table_at, bytes.data() + 16, 8);
  const std::uint32_t arrays = crc32_of(bytes.data() + 48, table_at - 48);
  std::memcpy(bytes.data() + table_at, &arrays, 4);
  const std::uint32_t table = crc32_of(bytes.data() + table_at, bytes.size() - table_at);
  std::memcpy(bytes.data() + 32, &table, 4);
  std::memset(bytes.data() + 36, 0, 4);
  const std::uint32_t header = crc32_of(bytes.data(), 48);
  std::memcpy(bytes.data() + 36, &header, 4);
  return bytes;
}

TEST_F(LayoutIndex, ForgedWithSoundChecksumsLeadsNowhereElse) {
  int used = 0;
  for (unsigned seed = 0; seed < 6; ++seed) {
    Random random(seed);
    write_library(at("a.gds"), random_library(random));
    write_index("a.gds");
    const std::string whole = bytes_of(at("index"));
    ASSERT_EQ(sealed(whole), whole);
    std::uint64_t table_at = 0;
    std::memcpy(&table_at, whole.data() + 16, 8);
    for (int trial = 0; trial < 300; ++trial) {
      std::string forged = whole;
      const std::size_t from = trial % 2 == 0 ? 48 : table_at + 4, to = trial % 2 == 0 ? table_at : whole.size();
      for (int n = within(random, 1, 3); n > 0; --n)
        forged[from + random() % (to - from)] = static_cast<char>(trial % 3 == 0 ? 0xFF : random());
      put("index", sealed(forged));
      try {
        const FoundIndex index = found("a.gds");
        if (!index.layout) continue;
        ++used;
        for (const std::string& cell : index.layout->top_cells())
          if (!index.layout->layers().empty()) {
            const LayoutView view(*index.layout, cell, index.layout->layers());
            view.query({-300, -300, 300, 300});
            view.instances({-300, -300, 300, 300});
          }
      } catch (const Error&) {
      }
    }
  }
  EXPECT_GT(used, 0);
}

TEST_F(LayoutIndex, OfAnotherVersionIsNotUsed) {
  write_library(at("a.gds"), test::small_library());
  write_index("a.gds");
  std::string bytes = bytes_of(at("index"));
  const std::size_t version = bytes.find("reticle ");
  ASSERT_NE(version, std::string::npos);
  bytes[version + 8] = static_cast<char>(bytes[version + 8] + 1);
  put("index", sealed(bytes));
  EXPECT_NE(found("a.gds").why_not.find("is of another version"), std::string::npos);
}

TEST_F(LayoutIndex, SeveralMayWriteItWhileOthersRead) {
  write_library(at("a.gds"), test::small_library());
  const Layout layout = write_index("a.gds");
  const layout::IndexedFile of{FileStamp::of(at("a.gds")), sha256_of_file(at("a.gds")), {}, {}};
  std::atomic<int> unusable = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 2; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 30; ++i) layout::write_layout_index(at("index"), layout, of);
      });
    for (int t = 0; t < 2; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 100; ++i) unusable += found("a.gds").layout ? 0 : 1;
      });
  }
  EXPECT_EQ(unusable, 0);
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_)) ++files;
  EXPECT_EQ(files, 2U);  // no temporary is left
}

TEST_F(LayoutIndex, ThatCannotBeWrittenIsAnErrorAndLeavesNothing) {
  write_library(at("a.gds"), test::small_library());
  const Layout layout = Layout::open(at("a.gds"));
  const layout::IndexedFile of{FileStamp::of(at("a.gds")), sha256_of_file(at("a.gds")), {}, {}};
  EXPECT_THROW(layout::write_layout_index(at("no/such/folder/index"), layout, of), Error);
  // A file that may not grow, as on a full disk.
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{.rlim_cur = 1000, .rlim_max = before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  const std::string message = test::message_of([&] { layout::write_layout_index(at("index"), layout, of); });
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_NE(message.find("index: cannot be written; the disk may be full"), std::string::npos) << message;
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_)) ++files;
  EXPECT_EQ(files, 1U);
}

}  // namespace
}  // namespace reticle
