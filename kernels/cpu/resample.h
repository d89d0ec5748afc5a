// Periodic images on another grid over the same field, by cubic convolution [Keys 1981].
#pragma once

#include "kernels/base/image.h"

namespace reticle::cpu {

Image<float> resample(ImageView<const float> image, int rows, int cols);

}  // namespace reticle::cpu
