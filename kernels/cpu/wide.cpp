// SPDX-License-Identifier: Apache-2.0
// Compiled for AVX-512. Nothing that another file may also compile is to stay out of line here, or programs would run it on
// every processor: the test WideLoops.LeakNothing looks at the object's symbols.
#include "kernels/cpu/wide.h"

#include "kernels/cpu/band_loops.h"
#include "kernels/cpu/disc_loops.h"
#include "kernels/cpu/parameter_loops.h"
#include "kernels/cpu/row_loops.h"
#include "kernels/cpu/socs_loops.h"
#include "kernels/cpu/window_loops.h"

namespace reticle::cpu::wide {

void socs_rows(const SocsArrays<float>& arrays, const float* mask) { cpu::socs_rows<WideLanes>(arrays, mask); }
void socs_adjoint(const SocsArrays<float>& arrays, const float* d_intensity) {
  cpu::socs_adjoint<WideLanes>(arrays, d_intensity);
}

void expand_quads(const QuadTables<float>& y, int first, int count, const float* tile, float* pixels) {
  cpu::expand_quads<WideLanes>(y, first, count, tile, pixels);
}
void add_quads(const QuadTables<float>& y, int first, int count, const float* pixels, float* tile) {
  cpu::add_quads<WideLanes>(y, first, count, pixels, tile);
}
void sum_along_x(const float (*factors)[4], int orders, const float* cosine, const float* sine, int pitch, float* const* to) {
  cpu::sum_along_x<WideLanes>(factors, orders, cosine, sine, pitch, to);
}
void visit_window(WindowKind kind, const WindowPiece<float>& piece) { cpu::visit_window<WideLanes>(kind, piece); }
void masks_of_parameters(const float* parameters, std::size_t count, float slope, float* masks) {
  cpu::masks_of_parameters<WideLanes>(parameters, count, slope, masks);
}
void slopes_of_masks(const int* samples, int rows, int col, int cols, const float* d, float scale, float* masks) {
  cpu::slopes_of_masks<WideLanes>(samples, rows, col, cols, d, scale, masks);
}

void spread_strip(Spread spread, const DiscStrip& strip) { cpu::spread_strip<WideWords>(spread, strip); }
void weighted_sum(const float* weights, int count, const float* const* from, int cols, float* to) {
  cpu::weighted_sum<WideLanes>(weights, count, from, cols, to);
}

}  // namespace reticle::cpu::wide
