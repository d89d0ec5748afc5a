// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/mask_parameters.h"

#include <type_traits>

#include "kernels/cpu/parameter_loops.h"

namespace reticle::cpu {

template <class T>
void masks_of_parameters(Width width, const T* parameters, std::size_t count, T slope, T* masks) {
  if constexpr (std::is_same_v<T, float>)
    if (width == Width::sixteen) return wide::masks_of_parameters(parameters, count, slope, masks);
  masks_of_parameters<Lanes<T>>(parameters, count, slope, masks);
}

template <class T>
void slopes_of_masks(Width width, const int* rows_of_piece, int rows, int col, int cols, const T* d, T scale, T* masks) {
  if constexpr (std::is_same_v<T, float>)
    if (width == Width::sixteen) return wide::slopes_of_masks(rows_of_piece, rows, col, cols, d, scale, masks);
  slopes_of_masks<Lanes<T>>(rows_of_piece, rows, col, cols, d, scale, masks);
}

void slopes_of_parameters(Width width, const float* parameters, const float* free, std::size_t count, float slope, float* d) {
  if (width == Width::sixteen) return wide::slopes_of_parameters(parameters, free, count, slope, d);
  slopes_of_parameters<Lanes<float>>(parameters, free, count, slope, d);
}

void adam_steps(Width width, const pixel::AdamFactors& factors, const float* gradient, const float* free, std::size_t count,
                float* parameters, float* moment1, float* moment2) {
  if (width == Width::sixteen) return wide::adam_steps(factors, gradient, free, count, parameters, moment1, moment2);
  adam_steps<Lanes<float>>(factors, gradient, free, count, parameters, moment1, moment2);
}

template void masks_of_parameters(Width, const float*, std::size_t, float, float*);
template void masks_of_parameters(Width, const double*, std::size_t, double, double*);
template void slopes_of_masks(Width, const int*, int, int, int, const float*, float, float*);
template void slopes_of_masks(Width, const int*, int, int, int, const double*, double, double*);

}  // namespace reticle::cpu
