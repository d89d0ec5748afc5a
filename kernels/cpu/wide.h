// SPDX-License-Identifier: Apache-2.0
// Loops in single precision over sixteen numbers at once, for processors with AVX-512: the same source as for eight, compiled
// for them in wide.cpp alone, and the same bits.
#pragma once

#include <cstddef>

#include "kernels/cpu/lanes.h"

namespace reticle::pixel {
struct AdamFactors;
}

namespace reticle::cpu {

// How many numbers loops take at once; the results do not depend on it.
enum class Width { eight, sixteen };
// The most that this build and processor take.
Width widest();

template <class T>
struct SocsArrays;
template <class T>
struct QuadTables;
template <class T>
struct GridTables;
template <class T>
struct XSums;
template <class T>
struct WindowPiece;
enum class WindowKind;
struct DiscStrip;
enum class Spread;

namespace wide {

void socs_rows(const SocsArrays<float>& arrays, int group, const float* mask);
void socs_adjoint(const SocsArrays<float>& arrays);

void expand_quads(const QuadTables<float>& y, int first, int count, const float* tile, float* pixels);
void add_quads(const QuadTables<float>& y, int first, int count, const float* pixels, float* tile);
void interpolate_rows(const GridTables<float>& y, int first, int count, const float* grid, float* pixels);
void spread_rows(const GridTables<float>& y, int first, int count, const float* pixels, float* grid);
void sums_of_orders(const XSums<float>& x);
void orders_of_lines(const XSums<float>& x);
void visit_window(WindowKind kind, const WindowPiece<float>& piece);
void masks_of_parameters(const float* parameters, std::size_t count, float slope, float* masks);
void slopes_of_masks(const int* samples, int rows, int col, int cols, const float* d, float scale, float* masks);
void slopes_of_parameters(const float* parameters, const float* free, std::size_t count, float slope, float* d);
void adam_steps(const pixel::AdamFactors& factors, const float* gradient, const float* free, std::size_t count, float* parameters,
                float* moment1, float* moment2);
void spread_strip(Spread spread, const DiscStrip& strip);
void weighted_sum(const float* weights, int count, const float* const* from, int cols, float* to);

}  // namespace wide

}  // namespace reticle::cpu
