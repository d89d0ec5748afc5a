#include "masks/hdf5/huffman.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <queue>
#include <utility>

namespace reticle::hdf5 {

namespace {

constexpr int k_longest = 15;

// Lengths of the optimal code; perhaps too long.
std::vector<std::uint8_t> optimal_lengths(std::span<const std::uint32_t> counts) {
  using Node = std::pair<std::uint64_t, std::size_t>;  // count, place in `parents`
  std::priority_queue<Node, std::vector<Node>, std::greater<>> roots;
  std::vector<std::size_t> parents(counts.size(), 0);
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (counts[i] > 0) roots.emplace(counts[i], i);
  std::vector<std::uint8_t> lengths(counts.size(), 0);
  if (roots.size() == 1) lengths[roots.top().second] = 1;
  if (roots.size() < 2) return lengths;
  while (roots.size() > 1) {
    const Node a = roots.top();
    roots.pop();
    const Node b = roots.top();
    roots.pop();
    parents[a.second] = parents[b.second] = parents.size();
    roots.emplace(a.first + b.first, parents.size());
    parents.push_back(0);
  }
  // Parents come after their children.
  std::vector<std::uint8_t> depths(parents.size(), 0);
  for (std::size_t i = parents.size() - 1; i-- > 0;)
    if (parents[i] > 0) depths[i] = static_cast<std::uint8_t>(depths[parents[i]] + 1);
  std::copy_n(depths.begin(), counts.size(), lengths.begin());
  return lengths;
}

}  // namespace

HuffmanCode huffman_code_of(std::vector<std::uint8_t> lengths) {
  std::array<unsigned, k_longest + 1> of_length{}, next{};
  for (const std::uint8_t length : lengths) ++of_length[length];
  for (std::size_t i = 2; i < next.size(); ++i) next[i] = (next[i - 1] + of_length[i - 1]) << 1;
  HuffmanCode code{std::move(lengths), {}};
  code.codes.resize(code.lengths.size());
  for (std::size_t i = 0; i < code.lengths.size(); ++i) {
    const unsigned length = code.lengths[i];
    if (length == 0) continue;
    const unsigned value = next[length]++;
    unsigned reversed = 0;
    for (unsigned bit = 0; bit < length; ++bit)
      reversed |= (value >> bit & 1) << (length - 1 - bit);
    code.codes[i] = static_cast<std::uint16_t>(reversed);
  }
  return code;
}

HuffmanCode huffman_code(std::span<const std::uint32_t> counts) {
  std::vector<std::uint32_t> flatter(counts.begin(), counts.end());
  for (;;) {
    std::vector<std::uint8_t> lengths = optimal_lengths(flatter);
    if (*std::max_element(lengths.begin(), lengths.end()) <= k_longest)
      return huffman_code_of(std::move(lengths));
    for (std::uint32_t& count : flatter) count = count > 0 ? count / 2 + 1 : 0;
  }
}

}  // namespace reticle::hdf5
