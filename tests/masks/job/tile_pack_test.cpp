// SPDX-License-Identifier: Apache-2.0
#include "masks/job/pack_store.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <random>
#include <thread>

#include "kernels/base/sha256.h"
#include "tests/masks/scratch.h"

namespace reticle {
namespace {

using test::message_of;
using test::Scratch;

class TilePackFile : public Scratch {};

std::string key_of(int number) {
  Sha256 hash;
  hash.add(std::to_string(number));
  return hash.finish();
}

Bytes content_of(int number) {
  std::mt19937 generator(static_cast<unsigned>(number));
  Bytes bytes(1000 + generator() % 3000);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(generator() % 11);
  return bytes;
}

// The only pack in the folder.
std::filesystem::path pack_in(const std::filesystem::path& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".pack") return entry.path();
  return {};
}

constexpr ResultUse k_kept = ResultUse::kept;

TEST_F(TilePackFile, GivesBackWhatWasPut) {
  {
    PackStore store(folder_);
    for (int i = 0; i < 20; ++i) store.put(key_of(i), content_of(i), k_kept);
    EXPECT_EQ(store.get(key_of(7)), content_of(7));
  }
  for (const bool sealed : {false, true}) {
    PackStore store(folder_);
    if (sealed) store.seal();
    EXPECT_EQ(store.size(), 20u);
    for (int i = 0; i < 20; ++i) EXPECT_EQ(store.get(key_of(i)), content_of(i));
    EXPECT_FALSE(store.has(key_of(20)));
    EXPECT_NE(message_of([&] { store.get(key_of(20)); }).find("--resume"), std::string::npos);
  }
}

TEST_F(TilePackFile, EveryTruncationKeepsTheWholeRecordsBefore) {
  {
    PackStore store(folder_);
    for (int i = 0; i < 3; ++i) store.put(key_of(i), {}, k_kept);
  }
  const std::filesystem::path pack = pack_in(folder_);
  const std::string whole = bytes_of(pack);
  const std::size_t record = whole.size() / 3;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    put(pack.filename().string(), whole.substr(0, size));
    EXPECT_EQ(PackStore(folder_).size(), size / record);
  }
}

TEST_F(TilePackFile, RecordsAroundADamagedOneAreFoundAndItIsNeverHandedOut) {
  {
    PackStore store(folder_);
    for (int i = 0; i < 3; ++i) store.put(key_of(i), content_of(i), k_kept);
  }
  const std::filesystem::path pack = pack_in(folder_);
  const std::string whole = bytes_of(pack);
  std::mt19937 generator(17);
  for (int trial = 0; trial < 200; ++trial) {
    std::string damaged = whole;
    damaged[generator() % damaged.size()] ^= static_cast<char>(1 << generator() % 8);
    put(pack.filename().string(), damaged);
    PackStore store(folder_);
    int sound = 0;
    for (int i = 0; i < 3; ++i) try {
        EXPECT_EQ(store.get(key_of(i)), content_of(i));
        ++sound;
      } catch (const MissingResult&) {
        EXPECT_FALSE(store.has(key_of(i)));
      }
    EXPECT_GE(sound, 2);
  }
}

TEST_F(TilePackFile, KeysAreFoundInAnIndexOfAnySize) {
  for (const int count : {0, 1, 63, 64, 65, 5000}) {
    std::vector<PackEntry> entries;
    for (int i = 0; i < count; ++i)
      entries.push_back({pack_key(key_of(i)), static_cast<std::uint64_t>(i)});
    write_index(at("x.pack"), entries);
    const PackFile index(at("x.index"), O_RDONLY);
    for (int i = 0; i < count; ++i)
      ASSERT_EQ(find_in_index(index, pack_key(key_of(i))), static_cast<std::uint64_t>(i));
    for (int i = count; i < count + 100; ++i) ASSERT_FALSE(find_in_index(index, pack_key(key_of(i))));
  }
}

TEST_F(TilePackFile, PassingResultsMayGo) {
  PackStore store(folder_), other(folder_);
  store.put(key_of(1), content_of(1), ResultUse::passing);
  store.put(key_of(2), content_of(2), k_kept);
  other.refresh();
  EXPECT_TRUE(other.has(key_of(1)));
  store.drop_passing();
  EXPECT_EQ(other.get(key_of(1)), content_of(1));  // a file that is open stays readable
  EXPECT_EQ(other.get(key_of(2)), content_of(2));
  EXPECT_FALSE(PackStore(folder_).has(key_of(1)));
}

TEST_F(TilePackFile, OneFileIsOpenForManyPacksIfOnlyOneFits) {
  for (int i = 0; i < 5; ++i) {
    PackStore store(folder_);
    store.put(key_of(i), content_of(i), k_kept);
  }
  OpenPacks open(1);
  for (int round = 0; round < 2; ++round)
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) EXPECT_TRUE(open.open(entry.path()));
  EXPECT_FALSE(open.open(at("none.pack")));
}

TEST_F(TilePackFile, KilledAtAnyMomentItOpensAndHoldsOnlyWholeTiles) {
  std::mt19937 generator(23);
  for (int trial = 0; trial < 20; ++trial) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      PackStore store(folder_);
      for (int i = 0;; ++i) store.put(key_of(i), content_of(i), k_kept);
    }
    std::this_thread::sleep_for(std::chrono::microseconds(generator() % 20000));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    PackStore store(folder_);
    for (int i = 0; store.has(key_of(i)); ++i) EXPECT_EQ(store.get(key_of(i)), content_of(i));
  }
}

TEST_F(TilePackFile, WorkersSeeEachOthersTilesAfterRefresh) {
  PackStore first(folder_), second(folder_);
  first.put(key_of(1), content_of(1), k_kept);
  EXPECT_FALSE(second.has(key_of(1)));
  second.refresh();
  EXPECT_EQ(second.get(key_of(1)), content_of(1));
}

TEST_F(TilePackFile, AKeyIsClaimedByOneWorkerAndFreeOnceThatDies) {
  FileClaims my_claims(folder_);
  PackStore mine(folder_, {&my_claims});
  int to_parent[2];
  ASSERT_EQ(::pipe(to_parent), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    FileClaims claims(folder_);
    PackStore other(folder_, {&claims});
    const char claimed = other.claim(key_of(1)) ? 'y' : 'n';
    if (::write(to_parent[1], &claimed, 1) != 1) ::_exit(1);
    ::pause();
  }
  char claimed = '?';
  ASSERT_EQ(::read(to_parent[0], &claimed, 1), 1);
  EXPECT_EQ(claimed, 'y');
  EXPECT_FALSE(mine.claim(key_of(1)));
  EXPECT_TRUE(mine.claim(key_of(2)));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(mine.claim(key_of(1)));
  mine.put(key_of(1), content_of(1), k_kept);
  mine.release(key_of(1));
  FileClaims third_claims(folder_);
  PackStore third(folder_, {&third_claims});
  EXPECT_FALSE(third.claim(key_of(1)));  // it is there
}

TEST_F(TilePackFile, FullDiskStopsWithAMessageAndGoesOnOnceThereIsSpace) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {  // a limit on the file's size stands for the full disk
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{10000, 10000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    PackStore store(folder_);
    const std::string message = message_of([&] {
      for (int i = 0;; ++i) store.put(key_of(i), content_of(i), k_kept);
    });
    ::_exit(message.find("make space") == std::string::npos);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  PackStore store(folder_);
  const int whole = static_cast<int>(store.size());
  EXPECT_GT(whole, 0);
  for (int i = 0; i < whole; ++i) EXPECT_EQ(store.get(key_of(i)), content_of(i));
  store.put(key_of(whole), content_of(whole), k_kept);
  EXPECT_EQ(store.get(key_of(whole)), content_of(whole));
}

}  // namespace
}  // namespace reticle
