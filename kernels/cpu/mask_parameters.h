// SPDX-License-Identifier: Apache-2.0
// A mask of parameters, M = sigmoid(slope p), and the way back, over as many numbers at once as asked for.
#pragma once

#include <cstddef>

#include "kernels/cpu/wide.h"
#include "kernels/pixel/adam.h"

namespace reticle::cpu {

// masks[i] = sigmoid(slope parameters[i]). T: float or double.
template <class T>
void masks_of_parameters(Width width, const T* parameters, std::size_t count, T slope, T* masks);

// masks[rows_of_piece[i]][col + j] become d M (1 - M) scale, with d [row of the piece][k_tile_cols] of a piece of the pixels
// (BandTransform::Piece); -1: no row of the image. cols: of the image.
template <class T>
void slopes_of_masks(Width width, const int* rows_of_piece, int rows, int col, int cols, const T* d, T scale, T* masks);

// d[i] becomes d M (1 - M) slope free[i], of the mask M of parameters[i]; free: nullptr: 1. count: a multiple of k_tile_cols.
void slopes_of_parameters(Width width, const float* parameters, const float* free, std::size_t count, float slope, float* d);
// One step of each parameter that may change (pixel::adam()).
void adam_steps(Width width, const pixel::AdamFactors& factors, const float* gradient, const float* free, std::size_t count,
                float* parameters, float* moment1, float* moment2);

}  // namespace reticle::cpu
