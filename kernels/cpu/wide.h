// SPDX-License-Identifier: Apache-2.0
// Loops in single precision over sixteen numbers at once, for processors with AVX-512: the same source as for eight, compiled
// for them in wide.cpp alone, and the same bits.
#pragma once

#include <cstddef>

#include "kernels/cpu/lanes.h"

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
struct WindowPiece;
enum class WindowKind;
struct DiscStrip;
enum class Spread;

namespace wide {

void socs_rows(const SocsArrays<float>& arrays, const float* mask);
void socs_adjoint(const SocsArrays<float>& arrays, const float* d_intensity);

void expand_quads(const QuadTables<float>& y, int first, int count, const float* tile, float* pixels);
void add_quads(const QuadTables<float>& y, int first, int count, const float* pixels, float* tile);
void sum_along_x(const float (*factors)[4], int orders, const float* cosine, const float* sine, int pitch, float* const* to);
void visit_window(WindowKind kind, const WindowPiece<float>& piece);
void masks_of_parameters(const float* parameters, std::size_t count, float slope, float* masks);
void slopes_of_masks(const int* samples, int rows, int col, int cols, const float* d, float scale, float* masks);
void spread_strip(Spread spread, const DiscStrip& strip);
void weighted_sum(const float* weights, int count, const float* const* from, int cols, float* to);

}  // namespace wide

}  // namespace reticle::cpu
