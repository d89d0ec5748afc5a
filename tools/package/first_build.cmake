# SPDX-License-Identifier: Apache-2.0
# What makes a build from nothing shorter: outside headers are precompiled, and files that hold no numerics are compiled
# in groups, so that what they share of CLI11 and the standard library is compiled once. The rooms with numerics stay as
# they are: inlining across their files could move last bits. Not for developers: a compiler cache keeps nothing of it,
# and a change compiles its whole group. The test FirstBuild.GroupsCompile holds it together.

set(standard <algorithm> <array> <cmath> <complex> <functional> <map> <memory> <numeric> <optional> <span> <sstream> <string>
  <vector>)
set(reticle_test_headers <gtest/gtest.h> <filesystem> <fstream> ${standard})  # tests/CMakeLists.txt
target_precompile_headers(reticle_kernels PRIVATE ${standard})
target_precompile_headers(reticle_litho PRIVATE ${standard})
target_precompile_headers(reticle_masks PRIVATE <filesystem> <fmt/format.h> <fstream> <mutex> ${standard})
target_precompile_headers(reticle_cli PRIVATE <CLI/CLI.hpp> <fmt/format.h> <nlohmann/json.hpp> <spdlog/spdlog.h> ${standard})
target_precompile_headers(reticle PRIVATE <CLI/CLI.hpp> <fmt/format.h> ${standard})
# Its files are not gathered again and again by a cache that cannot keep them.
set_target_properties(reticle_kernels reticle_litho reticle_masks reticle_cli reticle PROPERTIES CXX_COMPILER_LAUNCHER "")

# group(target FOLDER FILE...): one unit. Two files of one group may not define the same name; each command's own
# `Options` are told apart by the generated define. A file that collides stands alone: take it out.
function(group target folder)
  get_property(number GLOBAL PROPERTY reticle_groups)
  math(EXPR number "0${number} + 1")
  set_property(GLOBAL PROPERTY reticle_groups ${number})
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP UNITY_BUILD_UNIQUE_ID Options)
  list(TRANSFORM ARGN PREPEND ${PROJECT_SOURCE_DIR}/${folder}/)
  list(TRANSFORM ARGN APPEND .cpp)
  set_source_files_properties(${ARGN} TARGET_DIRECTORY ${target} PROPERTIES UNITY_GROUP group_${number})
endfunction()

group(reticle_masks masks design_file file_kind glp kernel_import mask_file output_file pixel_mask sha256)
group(reticle_masks masks model_file npy warnings xml_text)
group(reticle_masks masks/layout byte_stream cell_library gds_reader layout layout_file path_outline)
group(reticle_masks masks/layout oasis_reader oasis_shapes oasis_stream)
group(reticle_masks masks/hdf5 chunk_packer dataset file group outlines pixels)
group(reticle_masks masks/job block_file block_grid block_run block_scan crew pack_store tile_pack verify_job work_claims)
group(reticle_masks masks/job job_file job_plan job_summary layout_input layout_job mask_layout)
group(reticle_masks masks/pictures chart drawing lettering png usd_scene)
group(reticle_masks masks/pictures grey_picture image_file preview)
group(reticle_masks masks/recipes correct_recipe edge_recipe mask_rules_recipe model_recipe pattern_recipe recipe_json
  recipe_printer recipe_reader)
group(reticle_masks masks/reports marker_database packed_bytes verification_json verification_page verification_report
  verification_tables worst_places)
group(reticle_cli tools/reticle calibrate clip_correction clip_region convert correct correct_layout engine_options evaluate
  gauge_scene inputs interrupt job_watcher layout_report mask_options mask_verification)
group(reticle_cli tools/reticle info info_rows model model_plot number_range progress quality_gates recipe reference report
  report_info simulate)
group(reticle_cli tools/reticle verification_output verify view window window_report)
