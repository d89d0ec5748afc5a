// SPDX-License-Identifier: Apache-2.0
// Compiled for AVX-512. Nothing that another file may also compile is to stay out of line here, or programs would run it on
// every processor: the test WideLoops.LeakNothing looks at the object's symbols.
#include "kernels/cpu/wide.h"

#include "kernels/cpu/band_loops.h"
#include "kernels/cpu/disc_loops.h"
#include "kernels/cpu/grid_loops.h"
#include "kernels/cpu/parameter_loops.h"
#include "kernels/cpu/row_loops.h"
#include "kernels/cpu/socs_loops.h"
#include "kernels/cpu/window_loops.h"
#include "kernels/cpu/x_loops.h"

namespace reticle::cpu::wide {

void socs_rows(const SocsArrays<float>& arrays, int group, const float* mask) {
  cpu::socs_rows<WideLanes>(arrays, group, mask);
}
void socs_adjoint(const SocsArrays<float>& arrays) { cpu::socs_adjoint<WideLanes>(arrays); }

void expand_quads(const QuadTables<float>& y, int first, int count, const float* tile, float* pixels) {
  cpu::expand_quads<WideLanes>(y, first, count, tile, pixels);
}
void add_quads(const QuadTables<float>& y, int first, int count, const float* pixels, float* tile) {
  cpu::add_quads<WideLanes>(y, first, count, pixels, tile);
}
void interpolate_rows(const GridTables<float>& y, int first, int count, const float* grid, float* pixels) {
  cpu::interpolate_rows<WideLanes>(y, first, count, grid, pixels);
}
void spread_rows(const GridTables<float>& y, int first, int count, const float* pixels, float* grid) {
  cpu::spread_rows<WideLanes>(y, first, count, pixels, grid);
}
void sums_of_orders(const XSums<float>& x) { cpu::sums_of_orders<WideLanes>(x); }
void orders_of_lines(const XSums<float>& x) { cpu::orders_of_lines<WideLanes>(x); }
void visit_window(WindowKind kind, const WindowPiece<float>& piece) { cpu::visit_window<WideLanes>(kind, piece); }
void masks_of_parameters(const float* parameters, std::size_t count, float slope, float* masks) {
  cpu::masks_of_parameters<WideLanes>(parameters, count, slope, masks);
}
void slopes_of_masks(const int* samples, int rows, int col, int cols, const float* d, float scale, float* masks) {
  cpu::slopes_of_masks<WideLanes>(samples, rows, col, cols, d, scale, masks);
}
void slopes_of_parameters(const float* parameters, const float* free, std::size_t count, float slope, float* d) {
  cpu::slopes_of_parameters<WideLanes>(parameters, free, count, slope, d);
}
void adam_steps(const pixel::AdamFactors& factors, const float* gradient, const float* free, std::size_t count, float* parameters,
                float* moment1, float* moment2) {
  cpu::adam_steps<WideLanes>(factors, gradient, free, count, parameters, moment1, moment2);
}

void spread_strip(Spread spread, const DiscStrip& strip) { cpu::spread_strip<WideWords>(spread, strip); }
void weighted_sum(const float* weights, int count, const float* const* from, int cols, float* to) {
  cpu::weighted_sum<WideLanes>(weights, count, from, cols, to);
}

}  // namespace reticle::cpu::wide
