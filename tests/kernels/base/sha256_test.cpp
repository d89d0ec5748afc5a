// SPDX-License-Identifier: Apache-2.0
#include "kernels/base/sha256.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "kernels/base/sha256_blocks.h"

namespace reticle {
namespace {

std::string hash_of(std::string_view text) {
  Sha256 hash;
  hash.add(text);
  return hash.finish();
}

// The examples of FIPS 180-4.
TEST(Sha256, IsWhatTheStandardSays) {
  EXPECT_EQ(hash_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hash_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hash_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hash_of(std::string(1'000'000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, DoesNotDependOnThePiecesThatBytesComeIn) {
  std::mt19937 generator(1);
  for (int trial = 0; trial < 200; ++trial) {
    std::string text(generator() % 400, ' ');
    for (char& c : text) c = static_cast<char>(generator());
    Sha256 pieces;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t size = std::min<std::size_t>(generator() % 150, text.size() - at);
      pieces.add(std::string_view(text).substr(at, size));
      at += size;
    }
    EXPECT_EQ(pieces.finish(), hash_of(text)) << trial;
  }
}

TEST(Sha256, TheProcessorsRoundsGiveTheStateOfThoseByWords) {
  if (!sha256::has_rounds()) GTEST_SKIP() << "this processor has none";
  std::mt19937 generator(2);
  for (std::size_t count = 0; count < 20; ++count) {
    std::vector<std::byte> blocks(64 * count);
    for (std::byte& byte : blocks) byte = static_cast<std::byte>(generator());
    sha256::State words, rounds;
    for (std::size_t i = 0; i < 8; ++i) words[i] = rounds[i] = static_cast<std::uint32_t>(generator());
    sha256::add_blocks_by_words(words, blocks.data(), count);
    sha256::add_blocks_by_rounds(rounds, blocks.data(), count);
    EXPECT_EQ(words, rounds) << count;
  }
}

}  // namespace
}  // namespace reticle
