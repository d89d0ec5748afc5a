#include "masks/job/tile_pack.h"

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

TEST_F(TilePackFile, GivesBackWhatWasPut) {
  {
    PackStore store(folder_);
    for (int i = 0; i < 20; ++i) store.put(key_of(i), content_of(i));
    EXPECT_EQ(store.get(key_of(7)), content_of(7));
  }
  PackStore store(folder_);
  EXPECT_EQ(store.size(), 20u);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(store.get(key_of(i)), content_of(i));
  EXPECT_FALSE(store.has(key_of(20)));
  EXPECT_NE(message_of([&] { store.get(key_of(20)); }).find("--resume"), std::string::npos);
}

TEST_F(TilePackFile, EveryTruncationKeepsTheWholeRecordsBeforeAndGoesOn) {
  std::string whole;
  {
    PackStore store(folder_);
    for (int i = 0; i < 3; ++i) store.put(key_of(i), {});
    whole = bytes_of(at("worker-0000.pack"));
  }
  const std::size_t record = whole.size() / 3;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    put("worker-0000.pack", whole.substr(0, size));
    {
      PackStore store(folder_);
      EXPECT_EQ(store.size(), size / record);
      store.put(key_of(9), content_of(9));
    }
    PackStore again(folder_);
    EXPECT_EQ(again.size(), size / record + 1) << size;
    EXPECT_EQ(again.get(key_of(9)), content_of(9));
  }
}

TEST_F(TilePackFile, DamagedBytesAreNeverHandedOut) {
  std::string whole;
  {
    PackStore store(folder_);
    for (int i = 0; i < 3; ++i) store.put(key_of(i), content_of(i));
    whole = bytes_of(at("worker-0000.pack"));
  }
  std::mt19937 generator(17);
  for (int trial = 0; trial < 200; ++trial) {
    std::string damaged = whole;
    damaged[generator() % damaged.size()] ^= static_cast<char>(1 << generator() % 8);
    put("worker-0000.pack", damaged);
    PackStore store(folder_);
    EXPECT_LT(store.size(), 3u);
    for (int i = 0; i < 3; ++i)
      if (store.has(key_of(i))) {
        EXPECT_EQ(store.get(key_of(i)), content_of(i));
      }
  }
}

TEST_F(TilePackFile, KilledAtAnyMomentItOpensAndHoldsOnlyWholeTiles) {
  std::mt19937 generator(23);
  for (int trial = 0; trial < 20; ++trial) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      PackStore store(folder_);
      for (int i = 0;; ++i) store.put(key_of(i), content_of(i));
    }
    std::this_thread::sleep_for(std::chrono::microseconds(generator() % 20000));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    PackStore store(folder_);
    int whole = 0;
    while (store.has(key_of(whole))) {
      EXPECT_EQ(store.get(key_of(whole)), content_of(whole));
      ++whole;
    }
    EXPECT_EQ(store.size(), static_cast<std::size_t>(whole));
  }
}

TEST_F(TilePackFile, WorkersSeeEachOthersTilesAfterRefresh) {
  PackStore first(folder_), second(folder_);
  first.put(key_of(1), content_of(1));
  EXPECT_FALSE(second.has(key_of(1)));
  second.refresh();
  EXPECT_EQ(second.get(key_of(1)), content_of(1));
}

TEST_F(TilePackFile, AKeyIsClaimedByOneWorkerAndFreeOnceThatDies) {
  PackStore mine(folder_);
  int to_parent[2];
  ASSERT_EQ(::pipe(to_parent), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    PackStore other(folder_);
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
  mine.put(key_of(1), content_of(1));
  mine.release(key_of(1));
  PackStore third(folder_);
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
      for (int i = 0;; ++i) store.put(key_of(i), content_of(i));
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
  store.put(key_of(whole), content_of(whole));
  EXPECT_EQ(store.get(key_of(whole)), content_of(whole));
}

}  // namespace
}  // namespace reticle
