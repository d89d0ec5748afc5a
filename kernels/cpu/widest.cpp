// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/wide.h"

#include <cstdlib>

namespace reticle::cpu {

Width widest() {
#ifdef RETICLE_WIDE_LOOPS
  static const bool sixteen = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                              __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
  if (sixteen) return Width::sixteen;
#endif
  return Width::eight;
}

#ifndef RETICLE_WIDE_LOOPS
// Not to be called: widest() is eight.
namespace wide {
void socs_rows(const SocsArrays<float>&, int, const float*) { std::abort(); }
void socs_adjoint(const SocsArrays<float>&) { std::abort(); }
void expand_quads(const QuadTables<float>&, int, int, const float*, float*) { std::abort(); }
void add_quads(const QuadTables<float>&, int, int, const float*, float*) { std::abort(); }
void interpolate_rows(const GridTables<float>&, int, int, const float*, float*) { std::abort(); }
void spread_rows(const GridTables<float>&, int, int, const float*, float*) { std::abort(); }
void sums_of_orders(const XSums<float>&) { std::abort(); }
void orders_of_lines(const XSums<float>&) { std::abort(); }
void visit_window(WindowKind, const WindowPiece<float>&) { std::abort(); }
void masks_of_parameters(const float*, std::size_t, float, float*) { std::abort(); }
void slopes_of_masks(const int*, int, int, int, const float*, float, float*) { std::abort(); }
void slopes_of_parameters(const float*, const float*, std::size_t, float, float*) { std::abort(); }
void adam_steps(const pixel::AdamFactors&, const float*, const float*, std::size_t, float*, float*, float*) { std::abort(); }
void spread_strip(Spread, const DiscStrip&) { std::abort(); }
void weighted_sum(const float*, int, const float* const*, int, float*) { std::abort(); }
}  // namespace wide
#endif

}  // namespace reticle::cpu
