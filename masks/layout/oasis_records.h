// SPDX-License-Identifier: Apache-2.0
// The records of an OASIS file by number [section 13], and what they inherit from one another. Private to the reader.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "masks/layout/oasis_shapes.h"
#include "masks/layout/oasis_stream.h"

namespace reticle::layout::oasis {

enum Record : std::uint64_t {
  k_pad = 0,
  k_start = 1,
  k_end = 2,
  k_cellname = 3,
  k_cellname_numbered = 4,
  k_textstring = 5,
  k_textstring_numbered = 6,
  k_propname = 7,
  k_propname_numbered = 8,
  k_propstring = 9,
  k_propstring_numbered = 10,
  k_layername = 11,
  k_layername_text = 12,
  k_cell_numbered = 13,
  k_cell = 14,
  k_absolute = 15,
  k_relative = 16,
  k_placement = 17,
  k_placement_turned = 18,
  k_text = 19,
  k_rectangle = 20,
  k_polygon = 21,
  k_path = 22,
  k_trapezoid_ab = 23,
  k_trapezoid_a = 24,
  k_trapezoid_b = 25,
  k_compact_trapezoid = 26,
  k_circle = 27,
  k_property = 28,
  k_last_property = 29,
  k_xname = 30,
  k_xname_numbered = 31,
  k_xelement = 32,
  k_xgeometry = 33,
  k_block = 34,
};

// What a record may leave out, because an earlier one of the cell said it.
struct Modal {
  bool relative = false;
  Delta placement, geometry, text;
  std::optional<int> layer, datatype;
  std::optional<std::int64_t> width, height, half_width, start_extension, end_extension, radius;
  std::optional<std::uint64_t> compact_type;
  std::vector<Delta> polygon, path;
  Repetition repetition;
  std::optional<std::size_t> cell;  // its number among those that are placed
  std::string string;
  std::optional<std::uint64_t> string_number;
  std::optional<int> text_layer, text_type;
};

}  // namespace reticle::layout::oasis
