// SPDX-License-Identifier: Apache-2.0
// SocsIntensity and SocsAdjoint: a block takes a group of optical kernels of one clip and condition.
//
//   I = sum_k |F(H_k c)|^2,  dL/dc = 2 sum_k conj(H_k) F*(dL/dI F(H_k c))
//
// F is the two-dimensional transform onto the field grid. A field lives and dies in shared memory; the
// adjoint computes it again rather than read it back (bench/README.md counts both). Every block writes
// the sum over its group; SumGroups adds the groups, so the order of all sums is fixed. Points of the field stand where
// the transform leaves them; the tables that take them to orders and back know it.
#pragma once

#include <cstddef>

#include "kernels/cuda/block.h"
#include "kernels/cuda/socs_axis.h"
#include "kernels/pixel/dft.h"

namespace reticle::cuda {

using pixel::Complex;

// Threads of a block: the passes over 72 points have 280, 315, 576 and 648 items.
inline constexpr int k_socs_threads = 320;

// Where a block keeps what it works on, the first that fits: all in shared memory; the field there and the
// sums over its kernels in device memory; all in device memory, of few blocks at a time.
enum class SocsPlace { shared, shared_field, device };

// Consecutive kernels of one condition.
struct SocsGroup {
  int condition;
  int first;  // kernel, counted over all conditions
  int count;
};

struct SocsPlan {
  int half_x = 0;
  int half_y = 0;
  DftAxis x, y;  // of the field grid
  int groups = 0;
  int conditions = 0;
  const SocsGroup* group = nullptr;
  const Complex<float>* kernels = nullptr;  // [kernel][n + half_y][m + half_x]
  const Complex<float>* roots_x = nullptr;  // exp(2 pi i k / length)
  const Complex<float>* roots_y = nullptr;
  char* workspace = nullptr;  // bytes() for each block of a launch whose field is in device memory

  RETICLE_HD int rows() const { return 2 * half_y + 1; }
  RETICLE_HD int cols() const { return 2 * half_x + 1; }
  RETICLE_HD int orders() const { return rows() * cols(); }
  RETICLE_HD int points() const { return x.length * y.length; }
  RETICLE_HD int pitch() const { return x.length | 1; }  // odd: rows start in different banks
  // Of a block's memory beside what `place` leaves in device memory.
  RETICLE_HD std::size_t bytes(SocsPlace place) const {
    const std::size_t axes = static_cast<std::size_t>(x.length) + y.length;
    std::size_t bytes = sizeof(Complex<float>) * (static_cast<std::size_t>(pitch()) * y.length + axes);
    if (place == SocsPlace::shared) bytes += sizeof(Complex<float>) * orders() + sizeof(float) * points();
    return (bytes + 15) / 16 * 16;
  }
};

// The arrays of one block; the sums come last and may lie elsewhere.
struct SocsMemory {
  Complex<float>* field;  // [y][pitch]
  Complex<float>* root_x;
  Complex<float>* root_y;
  Complex<float>* gradient;  // [order]
  float* points;             // [position in y][position in x]: intensity, or dL/dI

  RETICLE_HD SocsMemory(const SocsPlan& plan, char* memory)
      : field(reinterpret_cast<Complex<float>*>(memory)),
        root_x(field + static_cast<std::ptrdiff_t>(plan.pitch()) * plan.y.length),
        root_y(root_x + plan.x.length),
        gradient(root_y + plan.y.length),
        points(reinterpret_cast<float*>(gradient + plan.orders())) {}
};

template <class Block, class AxisX, class AxisY, SocsPlace Place>
class SocsTransform {
 public:
  RETICLE_HD SocsTransform(Block& block, const SocsPlan& plan, const SocsMemory& memory)
      : block_(block), plan_(plan), memory_(memory), x_(plan.x), y_(plan.y) {}

  RETICLE_HD void prepare() {
    block_.each(x_.length(), [&](int i) { memory_.root_x[i] = plan_.roots_x[x_.root_at(i)]; });
    block_.each(y_.length(), [&](int i) { memory_.root_y[i] = plan_.roots_y[y_.root_at(i)]; });
  }

  // The field of one kernel at positions (y, x), but for the last butterflies along y.
  RETICLE_HD void start_field(const Complex<float>* kernel, const Complex<float>* mask) {
    x_.but_last([&](auto stage) { row_stage(stage, kernel, mask); });
    x_.last([&](auto stage) { row_stage(stage, kernel, mask); });
    y_.but_last([&](auto stage) { column_stage(stage); });
  }

  // The last butterflies along y; adds |E|^2 to `sums`.
  RETICLE_HD void add_intensity(float* sums) {
    y_.last([&](auto stage) {
      each_column(stage, [&](const pixel::Butterfly& b, int x) {
        constexpr int N = decltype(stage)::k_radix;
        Complex<float> a[N];
        load_column(stage, b, x, a);
        pixel::butterfly<N, 1>(a);
        RETICLE_UNROLL
        for (int j = 0; j < N; ++j) sums[point(b.first + j * b.step, x)] += norm(a[j]);
      });
    });
  }

  // The last butterflies along y, E times `weights`, and the first butterflies back; all other stages
  // back; adds conj(kernel) times the result to `gradient`.
  RETICLE_HD void add_adjoint(const Complex<float>* kernel, const float* weights, Complex<float>* gradient) {
    y_.last([&](auto stage) {
      each_column(stage, [&](const pixel::Butterfly& b, int x) {
        constexpr int N = decltype(stage)::k_radix;
        Complex<float> a[N];
        load_column(stage, b, x, a);
        pixel::butterfly<N, 1>(a);
        RETICLE_UNROLL
        for (int j = 0; j < N; ++j) {
          const float weight = weights[point(b.first + j * b.step, x)];
          a[j] = a[j] * (Place == SocsPlace::shared ? weight : 2.0f * weight);
        }
        pixel::butterfly<N, -1>(a);
        store_column<N>(b, x, a);
      });
    });
    y_.but_last_back([&](auto stage) { column_stage_back(stage); });
    x_.last([&](auto stage) { row_stage_back(stage, kernel, gradient); });
    x_.but_last_back([&](auto stage) { row_stage_back(stage, kernel, gradient); });
  }

 private:
  template <class Stage>
  struct Roots {
    Complex<float> root[Stage::k_radix];
    RETICLE_HD Roots(Stage, const Complex<float>* table, const pixel::Butterfly& b) { Stage::roots(table, b, root); }
  };

  // function(line, butterfly) over the rows of the spectrum. Where a stage meets the spectrum neighbours
  // along x go to neighbouring threads, so that device memory is read in whole sectors; elsewhere rows do,
  // so that with the odd pitch no two of a warp meet in a bank.
  template <class Stage, class Function>
  RETICLE_HD void each_row(Stage stage, Function function) {
    const int lines = plan_.rows(), numbers = x_.length() / Stage::k_radix;
    const int fast = stage.is_first() ? numbers : lines;
    const float inverse = 1.0f / static_cast<float>(fast);
    block_.each(lines * numbers, [&](int item) {
      const int slow = quotient(item, inverse), rest = item - slow * fast;
      function(stage.is_first() ? slow : rest, stage.butterfly(stage.is_first() ? rest : slow));
    });
  }
  template <class Stage>
  RETICLE_HD void row_stage(Stage stage, const Complex<float>* kernel, const Complex<float>* mask) {
    each_row(stage, [&](int line, const pixel::Butterfly& b) {
      constexpr int N = Stage::k_radix;
      Complex<float>* row = row_of_order(line) + b.first;
      Complex<float> a[N];
      RETICLE_UNROLL
      for (int j = 0; j < N; ++j)
        a[j] = stage.is_beyond_orders(j) ? Complex<float>{0.0f, 0.0f}
               : stage.is_first()        ? spectrum_at(line, order_at(stage, j, b), kernel, mask)
                                         : row[j * b.step];
      if (stage.turning())
        pixel::butterfly_in_frequency<N>(a, Roots(stage, memory_.root_x, b).root);
      else
        pixel::butterfly<N, 1>(a);
      RETICLE_UNROLL
      for (int j = 0; j < N; ++j) row[j * b.step] = a[j];
    });
  }
  template <class Stage>
  RETICLE_HD void row_stage_back(Stage stage, const Complex<float>* kernel, Complex<float>* gradient) {
    each_row(stage, [&](int line, const pixel::Butterfly& b) {
      constexpr int N = Stage::k_radix;
      Complex<float>* row = row_of_order(line) + b.first;
      Complex<float> a[N];
      RETICLE_UNROLL
      for (int j = 0; j < N; ++j) a[j] = row[j * b.step];
      if (stage.turning())
        pixel::butterfly_in_time<N>(a, Roots(stage, memory_.root_x, b).root);
      else
        pixel::butterfly<N, -1>(a);
      RETICLE_UNROLL
      for (int j = 0; j < N; ++j) {
        if (stage.is_beyond_orders(j)) continue;
        if (stage.is_first())
          add_to_gradient(line, order_at(stage, j, b), kernel, a[j], gradient);
        else
          row[j * b.step] = a[j];
      }
    });
  }

  template <class Stage, class Function>
  RETICLE_HD void each_column(Stage stage, Function function) {
    block_.each(x_.length() * (y_.length() / Stage::k_radix), [&](int item) {
      const int number = x_.row_of(item);
      function(stage.butterfly(number), item - number * x_.length());
    });
  }
  template <class Stage>
  RETICLE_HD void column_stage(Stage stage) {
    each_column(stage, [&](const pixel::Butterfly& b, int x) {
      constexpr int N = Stage::k_radix;
      Complex<float> a[N];
      load_column(stage, b, x, a);
      pixel::butterfly_in_frequency<N>(a, Roots(stage, memory_.root_y, b).root);
      store_column<N>(b, x, a);
    });
  }
  template <class Stage>
  RETICLE_HD void column_stage_back(Stage stage) {
    each_column(stage, [&](const pixel::Butterfly& b, int x) {
      constexpr int N = Stage::k_radix;
      Complex<float> a[N];
      RETICLE_UNROLL
      for (int j = 0; j < N; ++j) a[j] = at(b.first + j * b.step, x);
      pixel::butterfly_in_time<N>(a, Roots(stage, memory_.root_y, b).root);
      store_column<N>(b, x, a);
    });
  }
  // Rows outside the kernel's support are zero and are not there before the first stage.
  template <class Stage>
  RETICLE_HD void load_column(Stage stage, const pixel::Butterfly& b, int x, Complex<float>* a) const {
    RETICLE_UNROLL
    for (int j = 0; j < Stage::k_radix; ++j) {
      const int y = b.first + j * b.step;
      const bool there = stage.is_beyond_orders(j) ? false : !stage.is_first() || y <= plan_.half_y || y >= y_.length() - plan_.half_y;
      a[j] = there ? at(y, x) : Complex<float>{0.0f, 0.0f};
    }
  }
  template <int N>
  RETICLE_HD void store_column(const pixel::Butterfly& b, int x, const Complex<float>* a) const {
    RETICLE_UNROLL
    for (int j = 0; j < N; ++j) at(b.first + j * b.step, x) = a[j];
  }

  RETICLE_HD Complex<float>& at(int y, int x) const { return memory_.field[y * (x_.length() | 1) + x]; }
  RETICLE_HD Complex<float>* row_of_order(int line) const {
    return &at(wrap(line - plan_.half_y, y_.length()), 0);
  }
  // Index of position (y, x) in the sums of a block.
  RETICLE_HD int point(int y, int x) const { return y * x_.length() + x; }
  template <class Stage>
  RETICLE_HD int order_at(Stage stage, int j, const pixel::Butterfly& b) const {
    return stage.order(j, b.first + j * b.step, plan_.half_x, x_.length());
  }
  RETICLE_HD bool passes(int m) const { return m >= -plan_.half_x && m <= plan_.half_x; }
  RETICLE_HD Complex<float> spectrum_at(int line, int m, const Complex<float>* kernel,
                                        const Complex<float>* mask) const {
    if (!passes(m)) return {0.0f, 0.0f};
    const int i = line * plan_.cols() + m + plan_.half_x;
    return kernel[i] * mask[i];
  }
  RETICLE_HD void add_to_gradient(int line, int m, const Complex<float>* kernel, Complex<float> value,
                                  Complex<float>* gradient) const {
    if (!passes(m)) return;
    const int i = line * plan_.cols() + m + plan_.half_x;
    gradient[i] = gradient[i] + conj(kernel[i]) * value;
  }

  Block& block_;
  const SocsPlan& plan_;
  SocsMemory memory_;
  AxisX x_;
  AxisY y_;
};

// Blocks [clip][group].
template <class AxisX, class AxisY, SocsPlace Place>
struct SocsIntensity {
  static constexpr int k_threads = k_socs_threads;
  SocsPlan plan;
  const Complex<float>* masks;  // [clip][order]
  float* parts;                 // [clip][group][point]
  int first;                    // block of this launch

  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char* shared) const {
    if constexpr (Place == SocsPlace::device) shared = plan.workspace + index * plan.bytes(Place);
    const SocsMemory memory(plan, shared);
    const int number = first + index;
    const SocsGroup group = plan.group[number % plan.groups];
    const Complex<float>* mask = masks + static_cast<std::ptrdiff_t>(number / plan.groups) * plan.orders();
    float* out = parts + static_cast<std::ptrdiff_t>(number) * plan.points();
    SocsTransform<Block, AxisX, AxisY, Place> transform(block, plan, memory);
    transform.prepare();
    float* sums = out;
    if constexpr (Place == SocsPlace::shared) sums = memory.points;
    block.each(plan.points(), [&](int i) { sums[i] = 0.0f; });
    for (int k = group.first; k < group.first + group.count; ++k) {
      transform.start_field(plan.kernels + static_cast<std::ptrdiff_t>(k) * plan.orders(), mask);
      transform.add_intensity(sums);
    }
    if constexpr (Place == SocsPlace::shared)
      block.each(plan.points(), [&](int i) { out[i] = sums[i]; });
  }
};

// Blocks [clip][group].
template <class AxisX, class AxisY, SocsPlace Place>
struct SocsAdjoint {
  static constexpr int k_threads = k_socs_threads;
  SocsPlan plan;
  const Complex<float>* masks;   // [clip][order]
  const float* d_intensity;      // [clip][condition][point]
  Complex<float>* parts;         // [clip][group][order]: dL/dRe c + i dL/dIm c
  int first;

  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char* shared) const {
    if constexpr (Place == SocsPlace::device) shared = plan.workspace + index * plan.bytes(Place);
    const SocsMemory memory(plan, shared);
    const int number = first + index, clip = number / plan.groups;
    const SocsGroup group = plan.group[number % plan.groups];
    const Complex<float>* mask = masks + static_cast<std::ptrdiff_t>(clip) * plan.orders();
    const float* weights =
        d_intensity + (static_cast<std::ptrdiff_t>(clip) * plan.conditions + group.condition) * plan.points();
    Complex<float>* out = parts + static_cast<std::ptrdiff_t>(number) * plan.orders();
    SocsTransform<Block, AxisX, AxisY, Place> transform(block, plan, memory);
    transform.prepare();
    Complex<float>* gradient = out;
    if constexpr (Place == SocsPlace::shared) {
      block.each(plan.points(), [&](int i) { memory.points[i] = 2.0f * weights[i]; });
      weights = memory.points;
      gradient = memory.gradient;
    }
    block.each(plan.orders(), [&](int i) { gradient[i] = {0.0f, 0.0f}; });
    for (int k = group.first; k < group.first + group.count; ++k) {
      const Complex<float>* kernel = plan.kernels + static_cast<std::ptrdiff_t>(k) * plan.orders();
      transform.start_field(kernel, mask);
      transform.add_adjoint(kernel, weights, gradient);
    }
    if constexpr (Place == SocsPlace::shared)
      block.each(plan.orders(), [&](int i) { out[i] = gradient[i]; });
  }
};

}  // namespace reticle::cuda
