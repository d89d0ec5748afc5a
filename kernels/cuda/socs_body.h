// SocsIntensity and SocsAdjoint: a block takes a group of optical kernels of one clip and condition.
//
//   I = sum_k |F(H_k c)|^2,  dL/dc = 2 sum_k conj(H_k) F*(dL/dI F(H_k c))
//
// F is the two-dimensional transform onto the field grid. A field lives and dies in shared memory; the
// adjoint computes it again rather than read it back (bench/README.md counts both). Every block writes
// the sum over its group; SumGroups adds the groups, so the order of all sums is fixed.
#pragma once

#include <cstddef>

#include "kernels/cuda/block.h"
#include "kernels/pixel/dft.h"

namespace reticle::cuda {

using pixel::Complex;
using pixel::DftAxis;

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
  char* workspace = nullptr;  // bytes() for each block of a launch where shared memory is too small

  RETICLE_HD int rows() const { return 2 * half_y + 1; }
  RETICLE_HD int cols() const { return 2 * half_x + 1; }
  RETICLE_HD int orders() const { return rows() * cols(); }
  RETICLE_HD int points() const { return x.length * y.length; }
  RETICLE_HD int pitch() const { return x.length | 1; }  // odd: rows start in different banks
  RETICLE_HD std::size_t bytes() const {
    const std::size_t axes = static_cast<std::size_t>(x.length) + y.length;
    const std::size_t bytes = sizeof(Complex<float>) * (static_cast<std::size_t>(pitch()) * y.length + axes + orders()) +
                              sizeof(float) * points() + sizeof(int) * axes;
    return (bytes + 15) / 16 * 16;
  }
};

// The arrays of one block.
struct SocsMemory {
  Complex<float>* field;   // [y][pitch]
  Complex<float>* root_x;
  Complex<float>* root_y;
  Complex<float>* gradient;  // [order]
  float* points;             // [position in y][position in x]: intensity, or dL/dI
  int* order_x;              // order at each position of the transformed axis
  int* order_y;

  RETICLE_HD SocsMemory(const SocsPlan& plan, char* memory)
      : field(reinterpret_cast<Complex<float>*>(memory)),
        root_x(field + static_cast<std::ptrdiff_t>(plan.pitch()) * plan.y.length),
        root_y(root_x + plan.x.length),
        gradient(root_y + plan.y.length),
        points(reinterpret_cast<float*>(gradient + plan.orders())),
        order_x(reinterpret_cast<int*>(points + plan.points())),
        order_y(order_x + plan.x.length) {}
};

// Index of order m (negative: from the end) in a transform of n points, and back.
RETICLE_HD int wrap(int order, int n) { return order < 0 ? order + n : order; }
RETICLE_HD int unwrap(int index, int half, int n) { return index <= half ? index : index - n; }

template <class Block>
class SocsTransform {
 public:
  RETICLE_HD SocsTransform(Block& block, const SocsPlan& plan, const SocsMemory& memory)
      : block_(block), plan_(plan), memory_(memory) {}

  RETICLE_HD void prepare() {
    block_.each(plan_.x.length, [&](int i) {
      memory_.root_x[i] = plan_.roots_x[i];
      memory_.order_x[i] = order_at(plan_.x, i);
    });
    block_.each(plan_.y.length, [&](int i) {
      memory_.root_y[i] = plan_.roots_y[i];
      memory_.order_y[i] = order_at(plan_.y, i);
    });
  }

  // The field of one kernel at positions (y, x), but for the last butterflies along y.
  RETICLE_HD void start_field(const Complex<float>* kernel, const Complex<float>* mask) {
    for (int stage = 0; stage < plan_.x.stages; ++stage)
      with_radix(plan_.x.radix[stage], [&](auto radix) { row_stage(radix, stage, kernel, mask); });
    for (int stage = 0; stage + 1 < plan_.y.stages; ++stage)
      with_radix(plan_.y.radix[stage], [&](auto radix) { column_stage(radix, stage); });
  }

  // The last butterflies along y; adds |E|^2 to points.
  RETICLE_HD void add_intensity() {
    with_radix(plan_.y.radix[plan_.y.stages - 1], [&](auto radix) { intensity_stage(radix); });
  }

  // The last butterflies along y, E times points, and the first butterflies back; all other stages
  // back; adds conj(kernel) times the result to gradient.
  RETICLE_HD void add_adjoint(const Complex<float>* kernel) {
    with_radix(plan_.y.radix[plan_.y.stages - 1], [&](auto radix) { turning_stage(radix); });
    for (int stage = plan_.y.stages - 2; stage >= 0; --stage)
      with_radix(plan_.y.radix[stage], [&](auto radix) { column_stage_back(radix, stage); });
    for (int stage = plan_.x.stages - 1; stage >= 0; --stage)
      with_radix(plan_.x.radix[stage], [&](auto radix) { row_stage_back(radix, stage, kernel); });
  }

 private:
  template <int N>
  struct Radix {
    static constexpr int value = N;
  };
  // All threads take the same branch.
  template <class Function>
  RETICLE_HD static void with_radix(int radix, Function function) {
    switch (radix) {
      case 2: function(Radix<2>{}); break;
      case 3: function(Radix<3>{}); break;
      case 4: function(Radix<4>{}); break;
      case 5: function(Radix<5>{}); break;
      case 8: function(Radix<8>{}); break;
      default: function(Radix<9>{}); break;
    }
  }

  // Rows vary fastest over the threads: with the odd pitch no two of a warp meet in a bank.
  template <class R>
  RETICLE_HD void row_stage(R, int stage, const Complex<float>* kernel, const Complex<float>* mask) {
    const int lines = plan_.rows();
    const float inverse = 1.0f / static_cast<float>(lines);
    block_.each(lines * (plan_.x.length / R::value), [&](int item) {
      const int number = quotient(item, inverse), line = item - number * lines;
      const pixel::Butterfly b = butterfly_at(plan_.x, stage, number);
      Complex<float>* row = row_of_order(line) + b.first;
      Complex<float> a[R::value];
      RETICLE_UNROLL
      for (int j = 0; j < R::value; ++j)
        a[j] = stage == 0 ? spectrum_at(line, b.first + j * b.step, kernel, mask) : row[j * b.step];
      pixel::butterfly_in_frequency<R::value>(a, b.turn, memory_.root_x);
      RETICLE_UNROLL
      for (int j = 0; j < R::value; ++j) row[j * b.step] = a[j];
    });
  }
  template <class R>
  RETICLE_HD void row_stage_back(R, int stage, const Complex<float>* kernel) {
    const int lines = plan_.rows();
    const float inverse = 1.0f / static_cast<float>(lines);
    block_.each(lines * (plan_.x.length / R::value), [&](int item) {
      const int number = quotient(item, inverse), line = item - number * lines;
      const pixel::Butterfly b = butterfly_at(plan_.x, stage, number);
      Complex<float>* row = row_of_order(line) + b.first;
      Complex<float> a[R::value];
      RETICLE_UNROLL
      for (int j = 0; j < R::value; ++j) a[j] = row[j * b.step];
      pixel::butterfly_in_time<R::value>(a, b.turn, memory_.root_x);
      RETICLE_UNROLL
      for (int j = 0; j < R::value; ++j) {
        if (stage == 0)
          add_to_gradient(line, b.first + j * b.step, kernel, a[j]);
        else
          row[j * b.step] = a[j];
      }
    });
  }

  template <class R>
  RETICLE_HD void column_stage(R, int stage) {
    each_column<R>(stage, [&](const pixel::Butterfly& b, int x) {
      Complex<float> a[R::value];
      load_column<R>(stage, b, x, a);
      pixel::butterfly_in_frequency<R::value>(a, b.turn, memory_.root_y);
      store_column<R>(b, x, a);
    });
  }
  template <class R>
  RETICLE_HD void column_stage_back(R, int stage) {
    each_column<R>(stage, [&](const pixel::Butterfly& b, int x) {
      Complex<float> a[R::value];
      RETICLE_UNROLL
      for (int j = 0; j < R::value; ++j) a[j] = at(b.first + j * b.step, x);
      pixel::butterfly_in_time<R::value>(a, b.turn, memory_.root_y);
      store_column<R>(b, x, a);
    });
  }
  template <class R>
  RETICLE_HD void intensity_stage(R) {
    const int stage = plan_.y.stages - 1;
    each_column<R>(stage, [&](const pixel::Butterfly& b, int x) {
      Complex<float> a[R::value];
      load_column<R>(stage, b, x, a);
      pixel::butterfly<R::value, 1>(a);
      RETICLE_UNROLL
      for (int j = 0; j < R::value; ++j)
        memory_.points[(b.first + j * b.step) * plan_.x.length + x] += norm(a[j]);
    });
  }
  template <class R>
  RETICLE_HD void turning_stage(R) {
    const int stage = plan_.y.stages - 1;
    each_column<R>(stage, [&](const pixel::Butterfly& b, int x) {
      Complex<float> a[R::value];
      load_column<R>(stage, b, x, a);
      pixel::butterfly<R::value, 1>(a);
      RETICLE_UNROLL
      for (int j = 0; j < R::value; ++j)
        a[j] = a[j] * memory_.points[(b.first + j * b.step) * plan_.x.length + x];
      pixel::butterfly<R::value, -1>(a);
      store_column<R>(b, x, a);
    });
  }

  template <class R, class Function>
  RETICLE_HD void each_column(int stage, Function function) {
    const int lines = plan_.x.length;
    const float inverse = 1.0f / static_cast<float>(lines);
    block_.each(lines * (plan_.y.length / R::value), [&](int item) {
      const int number = quotient(item, inverse);
      function(butterfly_at(plan_.y, stage, number), item - number * lines);
    });
  }
  // Rows outside the kernel's support are zero and are not there before the first stage.
  template <class R>
  RETICLE_HD void load_column(int stage, const pixel::Butterfly& b, int x, Complex<float>* a) const {
    RETICLE_UNROLL
    for (int j = 0; j < R::value; ++j) {
      const int y = b.first + j * b.step;
      const bool there = stage > 0 || y <= plan_.half_y || y >= plan_.y.length - plan_.half_y;
      a[j] = there ? at(y, x) : Complex<float>{0.0f, 0.0f};
    }
  }
  template <class R>
  RETICLE_HD void store_column(const pixel::Butterfly& b, int x, const Complex<float>* a) const {
    RETICLE_UNROLL
    for (int j = 0; j < R::value; ++j) at(b.first + j * b.step, x) = a[j];
  }

  RETICLE_HD Complex<float>& at(int y, int x) const { return memory_.field[y * plan_.pitch() + x]; }
  RETICLE_HD Complex<float>* row_of_order(int line) const {
    return memory_.field + wrap(line - plan_.half_y, plan_.y.length) * plan_.pitch();
  }
  RETICLE_HD Complex<float> spectrum_at(int line, int index, const Complex<float>* kernel,
                                        const Complex<float>* mask) const {
    const int m = unwrap(index, plan_.half_x, plan_.x.length);
    if (m < -plan_.half_x) return {0.0f, 0.0f};
    const int i = line * plan_.cols() + m + plan_.half_x;
    return kernel[i] * mask[i];
  }
  RETICLE_HD void add_to_gradient(int line, int index, const Complex<float>* kernel, Complex<float> value) {
    const int m = unwrap(index, plan_.half_x, plan_.x.length);
    if (m < -plan_.half_x) return;
    const int i = line * plan_.cols() + m + plan_.half_x;
    memory_.gradient[i] = memory_.gradient[i] + conj(kernel[i]) * value;
  }

  Block& block_;
  const SocsPlan& plan_;
  SocsMemory memory_;
};

// Blocks [clip][group].
struct SocsIntensity {
  static constexpr int k_threads = cuda::k_threads;
  SocsPlan plan;
  const Complex<float>* masks;  // [clip][order]
  float* parts;                 // [clip][group][y][x]
  int first;                    // block of this launch

  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char* shared) const {
    const SocsMemory memory(plan, plan.workspace ? plan.workspace + index * plan.bytes() : shared);
    const int number = first + index;
    const SocsGroup group = plan.group[number % plan.groups];
    const Complex<float>* mask = masks + static_cast<std::ptrdiff_t>(number / plan.groups) * plan.orders();
    SocsTransform<Block> transform(block, plan, memory);
    transform.prepare();
    block.each(plan.points(), [&](int i) { memory.points[i] = 0.0f; });
    for (int k = group.first; k < group.first + group.count; ++k) {
      transform.start_field(plan.kernels + static_cast<std::ptrdiff_t>(k) * plan.orders(), mask);
      transform.add_intensity();
    }
    float* out = parts + static_cast<std::ptrdiff_t>(number) * plan.points();
    const float inverse = 1.0f / static_cast<float>(plan.x.length);
    block.each(plan.points(), [&](int i) {
      const int y = quotient(i, inverse), x = i - y * plan.x.length;
      out[memory.order_y[y] * plan.x.length + memory.order_x[x]] = memory.points[i];
    });
  }
};

// Blocks [clip][group].
struct SocsAdjoint {
  static constexpr int k_threads = cuda::k_threads;
  SocsPlan plan;
  const Complex<float>* masks;   // [clip][order]
  const float* d_intensity;      // [clip][condition][y][x]
  Complex<float>* parts;         // [clip][group][order]: dL/dRe c + i dL/dIm c
  int first;

  template <class Block>
  RETICLE_HD void operator()(Block& block, int index, char* shared) const {
    const SocsMemory memory(plan, plan.workspace ? plan.workspace + index * plan.bytes() : shared);
    const int number = first + index, clip = number / plan.groups;
    const SocsGroup group = plan.group[number % plan.groups];
    const Complex<float>* mask = masks + static_cast<std::ptrdiff_t>(clip) * plan.orders();
    const float* weight =
        d_intensity + (static_cast<std::ptrdiff_t>(clip) * plan.conditions + group.condition) * plan.points();
    SocsTransform<Block> transform(block, plan, memory);
    transform.prepare();
    const float inverse = 1.0f / static_cast<float>(plan.x.length);
    block.each(plan.points(), [&](int i) {
      const int y = quotient(i, inverse), x = i - y * plan.x.length;
      memory.points[i] = weight[memory.order_y[y] * plan.x.length + memory.order_x[x]];
    });
    block.each(plan.orders(), [&](int i) { memory.gradient[i] = {0.0f, 0.0f}; });
    for (int k = group.first; k < group.first + group.count; ++k) {
      const Complex<float>* kernel = plan.kernels + static_cast<std::ptrdiff_t>(k) * plan.orders();
      transform.start_field(kernel, mask);
      transform.add_adjoint(kernel);
    }
    Complex<float>* out = parts + static_cast<std::ptrdiff_t>(number) * plan.orders();
    block.each(plan.orders(), [&](int i) { out[i] = memory.gradient[i] * 2.0f; });
  }
};

}  // namespace reticle::cuda
