// SPDX-License-Identifier: Apache-2.0
#include "masks/reports/verification_report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <random>

#include "masks/reports/verification_json.h"
#include "masks/reports/verification_tables.h"
#include "tests/masks/scratch.h"

namespace reticle {
namespace {

class Lists : public test::Scratch {};

struct Numbered {
  int key, number;
  bool operator==(const Numbered&) const = default;
};
struct ByKey {
  bool operator()(const Numbered& a, const Numbered& b) const { return a.key < b.key; }
};

// A hundred times what is held in memory, of equal keys many: merged in two rounds, as std::stable_sort would.
TEST_F(Lists, ManyRecordsAreSortedInAFileAsFewAreInMemory) {
  std::mt19937 random(3);
  for (const std::size_t count : {std::size_t{1000}, 100 * k_records_in_memory<Numbered>}) {
    std::vector<Numbered> records;
    RecordSorter<Numbered, ByKey> sorter(folder_);
    RecordWriter<Numbered> writer(folder_);
    for (std::size_t i = 0; i < count; ++i) {
      records.push_back({static_cast<int>(random() % 5000), static_cast<int>(i)});
      sorter.add(records.back());
      writer.add(records.back());
    }
    EXPECT_EQ(writer.take(), RecordList<Numbered>(records));
    std::stable_sort(records.begin(), records.end(), ByKey());
    const RecordList<Numbered> sorted = sorter.take();
    EXPECT_EQ(sorted, RecordList<Numbered>(records));
    EXPECT_EQ(sorted[count / 3], records[count / 3]);
    EXPECT_TRUE(std::filesystem::is_empty(folder_));  // nothing is left behind, whatever happens
  }
  EXPECT_TRUE((RecordSorter<Numbered, ByKey>(folder_).take().empty()));
}

TEST_F(Lists, FindingsOfOneCheckInEqualSurroundingsAreOneGroup) {
  std::mt19937 random(5);
  FindingCollector collector(folder_);
  std::vector<Finding> all;
  for (int i = 0; i < 20000; ++i) {
    Finding f{.check = static_cast<Check>(random() % k_checks)};
    f.place = {static_cast<double>(random() % 100000), static_cast<double>(random() % 100000)};
    f.severity = static_cast<double>(random() % 50), f.pattern = random() % 100;
    all.push_back(f);
    collector.add(f);
  }
  std::sort(all.begin(), all.end(), ranks_before);
  std::map<std::pair<Check, std::uint64_t>, std::vector<Finding>> groups;
  for (const Finding& f : all) groups[{f.check, f.pattern}].push_back(f);

  const FindingList list = collector.take();
  ASSERT_EQ(list.size(), all.size());
  EXPECT_TRUE(std::equal(all.begin(), all.end(), list.begin()));
  EXPECT_EQ(list.groups().size(), groups.size());
  std::size_t next = 0;
  for (const HotSpotGroup& group : list.groups()) {
    const std::vector<Finding>& members = groups.at({group.check, group.pattern});
    ASSERT_EQ(group.count, members.size());
    EXPECT_EQ(group.worst, list.place(group, 0));
    EXPECT_GE(group.worst, next);
    next = group.worst;
    for (std::size_t i = 0; i < group.count; i += 7) EXPECT_EQ(list[list.place(group, i)], members[i]);
  }
  std::size_t holes = 0;
  for (const Finding& f : all) holes += f.check == Check::hole;
  EXPECT_EQ(list.count(Check::hole), holes);
}

std::string text_of_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::size_t times(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

// Reports of a mask of which nothing passes stay of a size that programs open: the worst of each kind, and how many there are.
TEST_F(Lists, ReportsHoldTheWorstOfVeryManyFindingsAndAllOfFew) {
  FindingCollector collector(folder_);
  for (int i = 0; i < 30000; ++i) {
    Finding f{.check = Check::nils};
    f.place = {100.0 * i, 0.0};
    f.box = {100.0 * i, 0.0, 100.0 * i + 10.0, 10.0};
    f.value = f.severity = 1.0 + i, f.pattern = static_cast<std::uint64_t>(i % 12000);
    collector.add(f);
  }
  Finding bridge{.check = Check::bridge};
  bridge.severity = 0.5;  // behind all others
  collector.add(bridge);
  VerificationReport report;
  report.findings = collector.take();

  write_finding_markers(folder_ / "findings.lyrdb", report);
  const std::string markers = text_of_file(folder_ / "findings.lyrdb");
  EXPECT_EQ(times(markers, "<item>"), 10001u);
  EXPECT_NE(markers.find("the worst 10000 of 30000"), std::string::npos);
  EXPECT_NE(markers.find("float: 20001"), std::string::npos);
  EXPECT_EQ(markers.find("float: 20000<"), std::string::npos);
  write_findings_csv(folder_ / "findings.csv", report);
  EXPECT_EQ(times(text_of_file(folder_ / "findings.csv"), "\n"), 30002u);

  const auto json = nlohmann::json::parse(verification_json(report));
  EXPECT_EQ(json["hot_spots_in_all"], 12001);
  EXPECT_EQ(json["hot_spots"].size(), 10000u);
  EXPECT_EQ(json["hot_spots"][0]["count"], 3);  // of the worst, 29,999, and of 17,999 and 5,999
  EXPECT_EQ(json["totals"]["nils"], 30000.0);
}

TEST(VerificationOverview, KeepsTheWorstAndTheSumsOfAllTiles) {
  std::vector<VerifiedTile> tiles;
  double l2 = 0.0, absolute = 0.0;
  std::int64_t sites = 0;
  for (int y = 0; y < 30; ++y)
    for (int x = 0; x < 50; ++x) {
      VerifiedTile tile{.core = {100.0 * x - 300, 80.0 * y + 7, 100.0 * x - 200, 80.0 * y + 87}};
      tile.l2_nm2 = x + y, tile.sites = 1 + (x * y) % 7, tile.epe_mean_abs_nm = 0.1 * x, tile.epe_max_nm = x == 33 && y == 21 ? 9.0 : 1.0;
      tile.nils_min = x == 2 ? 1.5 : 2.0, tile.findings = x % 2;
      l2 += tile.l2_nm2, sites += tile.sites, absolute += tile.epe_mean_abs_nm * static_cast<double>(tile.sites);
      tiles.push_back(tile);
    }
  const auto squares_of = [&](std::size_t most) {
    std::vector<VerifiedTile> squares;
    each_square(RecordList<VerifiedTile>(tiles), most, {}, [&](const VerifiedTile& square) { squares.push_back(square); });
    return squares;
  };
  EXPECT_EQ(squares_of(1500).size(), 1500u);
  const std::vector<VerifiedTile> squares = squares_of(100);
  EXPECT_LE(squares.size(), 120u);
  double l2_there = 0.0, absolute_there = 0.0;
  for (const VerifiedTile& square : squares) {
    l2_there += square.l2_nm2, sites -= square.sites;
    absolute_there += square.epe_mean_abs_nm * static_cast<double>(square.sites);
    const bool holds_worst = square.core.x0 <= 3000 && square.core.x1 >= 3100 && square.core.y0 <= 1687 && square.core.y1 >= 1767;
    EXPECT_EQ(square.epe_max_nm, holds_worst ? 9.0 : 1.0);
  }
  EXPECT_NEAR(l2_there, l2, 1e-6);
  EXPECT_EQ(sites, 0);
  EXPECT_NEAR(absolute_there, absolute, 1e-6);
}

}  // namespace
}  // namespace reticle
