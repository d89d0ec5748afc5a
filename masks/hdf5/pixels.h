// SPDX-License-Identifier: Apache-2.0
// Images with their grid as datasets [rows, cols] with attributes pixel_nm and origin_nm (x, y).
#pragma once

#include <string>

#include "kernels/base/image.h"
#include "masks/hdf5/hdf5.h"

namespace reticle::hdf5 {

// Throws Error(invalid_argument) if image and grid differ in size.
template <class T>
void write_pixels(Group& group, const std::string& name, const Image<T>& image, const Grid& grid);

// Size and place of an image; Error(bad_input) if they make no sense.
Grid read_grid(const Group& group, const std::string& name);

template <class T>
Image<T> read_pixels(const Group& group, const std::string& name, const Grid& grid);

}  // namespace reticle::hdf5
