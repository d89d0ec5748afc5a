// SPDX-License-Identifier: Apache-2.0
// The stages of a field's transform along one axis: of any length, or of a length known to the compiler,
// whose steps are constants and whose last butterflies, which turn nothing, carry no multiplications.
#pragma once

#include <utility>

#include "kernels/cuda/block.h"
#include "kernels/pixel/dft.h"

namespace reticle::cuda {

using pixel::DftAxis;

// Index of order m (negative: from the end) in a transform of n points, and back.
RETICLE_HD int wrap(int order, int n) { return order < 0 ? order + n : order; }
RETICLE_HD int unwrap(int index, int half, int n) { return index <= half ? index : index - n; }

struct alignas(16) RootPair {
  pixel::Complex<float> first, second;
};

// One stage with its radix; of a fixed axis all are constants.
template <int N>
struct RunStage {
  static constexpr int k_radix = N;
  int index, block, step, turns;  // turns: 1 / turns of the circle is the root of the first element
  bool first;
  RETICLE_HD pixel::Butterfly butterfly(int number) const {
    const int part = number / step, p = number - part * step;
    return {part * block + p, step, p * turns};
  }
  RETICLE_HD bool turning() const { return step > 1; }
  // The roots of a butterfly's elements from the second on, of a table by root_at().
  RETICLE_HD static void roots(const pixel::Complex<float>* table, const pixel::Butterfly& b, pixel::Complex<float>* roots) {
    RETICLE_UNROLL
    for (int j = 1; j < N; ++j) roots[j] = table[b.turn * j];
  }
  RETICLE_HD bool is_first() const { return first; }
  RETICLE_HD static constexpr bool is_beyond_orders(int) { return false; }
  // Order of element j, at `index`, of a butterfly of the first stage.
  RETICLE_HD static int order(int, int index, int half, int length) { return unwrap(index, half, length); }
};

template <int Length, int N, int Block, bool First>
struct FixedStage {
  static constexpr int k_radix = N;
  static constexpr int k_step = Block / N;
  RETICLE_HD static pixel::Butterfly butterfly(int number) {
    const int part = number / k_step, p = number - part * k_step;
    return {part * Block + p, k_step, p * (Length / Block)};
  }
  RETICLE_HD static constexpr bool turning() { return k_step > 1; }
  // They stand side by side, two to an access; of an even radix only the last stage is, which turns nothing.
  RETICLE_HD static void roots(const pixel::Complex<float>* table, const pixel::Butterfly& b, pixel::Complex<float>* roots) {
    if constexpr (!turning()) return;
    static_assert(!turning() || N % 2 == 1);
    const RootPair* pairs = reinterpret_cast<const RootPair*>(table + b.turn * (N - 1));
    RETICLE_UNROLL
    for (int j = 1; j + 1 < N; j += 2) {
      const RootPair pair = pairs[j / 2];
      roots[j] = pair.first;
      roots[j + 1] = pair.second;
    }
  }
  RETICLE_HD static constexpr bool is_first() { return First; }
  // Whether element j of every butterfly of the first stage lies beyond a kernel's orders: a field of
  // Length points belongs to at most (Length - 1) / 4 of them either way.
  RETICLE_HD static constexpr bool is_beyond_orders(int j) {
    return First && j * k_step > (Length - 1) / 4 && (j + 1) * k_step - 1 < Length - (Length - 1) / 4;
  }
  RETICLE_HD static int order(int j, int index, int, int) { return j * k_step < Length / 2 ? index : index - Length; }
};

class RunAxis {
 public:
  RETICLE_HD explicit RunAxis(const DftAxis& axis) : axis_(axis) {}
  RETICLE_HD int length() const { return axis_.length; }
  // item / length and item % length for items below 2^21.
  RETICLE_HD int row_of(int item) const { return quotient(item, 1.0f / static_cast<float>(axis_.length)); }
  // Which root of the circle stands at a place of the table of roots.
  RETICLE_HD static int root_at(int i) { return i; }
  // visit(stage): first to last, last to first, and the last alone.
  template <class Visit>
  RETICLE_HD void but_last(Visit visit) const {
    for (int s = 0; s + 1 < axis_.stages; ++s) at(s, visit);
  }
  template <class Visit>
  RETICLE_HD void but_last_back(Visit visit) const {
    for (int s = axis_.stages - 2; s >= 0; --s) at(s, visit);
  }
  template <class Visit>
  RETICLE_HD void last(Visit visit) const {
    at(axis_.stages - 1, visit);
  }

 private:
  // All threads take the same branch.
  template <class Visit>
  RETICLE_HD void at(int s, Visit visit) const {
    switch (axis_.radix[s]) {
      case 2: visit(stage<2>(s)); break;
      case 3: visit(stage<3>(s)); break;
      case 4: visit(stage<4>(s)); break;
      case 5: visit(stage<5>(s)); break;
      case 8: visit(stage<8>(s)); break;
      default: visit(stage<9>(s)); break;
    }
  }
  template <int N>
  RETICLE_HD RunStage<N> stage(int s) const {
    return {s, axis_.block[s], axis_.block[s] / N, axis_.length / axis_.block[s], s == 0};
  }
  const DftAxis& axis_;
};

// First * Last points in two stages.
template <int First, int Last>
class FixedAxis {
 public:
  static constexpr int k_length = First * Last;
  RETICLE_HD explicit FixedAxis(const DftAxis&) {}
  RETICLE_HD static constexpr int length() { return k_length; }
  RETICLE_HD static int row_of(int item) { return item / k_length; }
  // Of the first stage's butterflies one after another: root p j of element j of butterfly p.
  RETICLE_HD static int root_at(int i) { return i < Last * (First - 1) ? i / (First - 1) * (i % (First - 1) + 1) : 0; }
  template <class Visit>
  RETICLE_HD static void but_last(Visit visit) {
    visit(FixedStage<k_length, First, k_length, true>{});
  }
  template <class Visit>
  RETICLE_HD static void but_last_back(Visit visit) {
    but_last(visit);
  }
  template <class Visit>
  RETICLE_HD static void last(Visit visit) {
    visit(FixedStage<k_length, Last, Last, false>{});
  }
  // Whether it is the transform that dft_axis() plans for the length.
  static bool is(const DftAxis& axis) {
    return axis.length == k_length && axis.stages == 2 && axis.radix[0] == First && axis.radix[1] == Last;
  }
};

}  // namespace reticle::cuda
