// SPDX-License-Identifier: Apache-2.0
// Record types of GDSII that are read or written.
#pragma once

namespace reticle::layout::gds {

enum Record : int {
  k_header = 0x00,
  k_bgnlib = 0x01,
  k_libname = 0x02,
  k_units = 0x03,
  k_endlib = 0x04,
  k_bgnstr = 0x05,
  k_strname = 0x06,
  k_endstr = 0x07,
  k_boundary = 0x08,
  k_path = 0x09,
  k_sref = 0x0A,
  k_aref = 0x0B,
  k_text = 0x0C,
  k_layer = 0x0D,
  k_datatype = 0x0E,
  k_width = 0x0F,
  k_xy = 0x10,
  k_endel = 0x11,
  k_sname = 0x12,
  k_colrow = 0x13,
  k_node = 0x15,
  k_texttype = 0x16,
  k_presentation = 0x17,
  k_string = 0x19,
  k_strans = 0x1A,
  k_mag = 0x1B,
  k_angle = 0x1C,
  k_pathtype = 0x21,
  k_propattr = 0x2B,
  k_box = 0x2D,
  k_boxtype = 0x2E,
  k_bgnextn = 0x30,
  k_endextn = 0x31,
};

}  // namespace reticle::layout::gds
