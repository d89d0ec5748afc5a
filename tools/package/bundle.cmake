# SPDX-License-Identifier: Apache-2.0
# What a bundle holds: the component `bundle` of the installation, which tools/bundle packs. Programs lie
# one level below the root, so that $ORIGIN/../lib is right for all; sources of inputs keep the places
# that README.md names.

# reticle_programs(<variable> <folder>...): the executables built there and below.
function(reticle_programs variable)
  set(found)  # a function sees its caller's
  foreach(folder IN LISTS ARGN)
    get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
    foreach(target IN LISTS targets)
      get_target_property(type ${target} TYPE)
      if(type STREQUAL "EXECUTABLE")
        list(APPEND found ${target})
      endif()
    endforeach()
    get_property(below DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
    reticle_programs(deeper ${below})
    list(APPEND found ${deeper})
  endforeach()
  set(${variable} ${found} PARENT_SCOPE)
endfunction()

install(TARGETS reticle RUNTIME_DEPENDENCY_SET bundled RUNTIME DESTINATION bin COMPONENT bundle)
install(TARGETS reticle_linear_algebra LIBRARY DESTINATION lib COMPONENT bundle NAMELINK_SKIP)
reticle_programs(tests ${PROJECT_SOURCE_DIR}/tests)
install(TARGETS ${tests} RUNTIME_DEPENDENCY_SET bundled RUNTIME DESTINATION tests COMPONENT bundle)
reticle_programs(benchmarks ${PROJECT_SOURCE_DIR}/bench)
list(REMOVE_ITEM benchmarks file_benchmark finish_benchmark host_stages layout_tiles seams)  # of the host alone, with HDF5 in each
install(TARGETS ${benchmarks} RUNTIME_DEPENDENCY_SET bundled RUNTIME DESTINATION bench COMPONENT bundle)
if(RETICLE_CUDA_FOUND)
  install(TARGETS reticle_cuda LIBRARY DESTINATION lib/reticle COMPONENT bundle)
endif()
install(RUNTIME_DEPENDENCY_SET bundled
  PRE_EXCLUDE_REGEXES "^lib(c|m|dl|rt|pthread|stdc\\+\\+|gcc_s)\\.so" "^ld-linux" "^libreticle_"
  LIBRARY DESTINATION lib COMPONENT bundle)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/tools/examples ${PROJECT_SOURCE_DIR}/tools/recipes
        DESTINATION tools COMPONENT bundle)
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION . COMPONENT bundle)
install(PROGRAMS ${PROJECT_SOURCE_DIR}/bench/run_gpu DESTINATION bench COMPONENT bundle)
install(FILES ${PROJECT_SOURCE_DIR}/bench/naive_ilt.py DESTINATION bench COMPONENT bundle)

# The font of pictures.
find_file(RETICLE_FONT_FILE DejaVuSans.ttf PATHS /usr/share/fonts/truetype/dejavu NO_DEFAULT_PATH REQUIRED)
install(FILES ${RETICLE_FONT_FILE} DESTINATION share/reticle COMPONENT bundle)

set(RETICLE_LICENCES_DESTINATION licences)
set(RETICLE_LICENCES_COMPONENT bundle)
include(tools/package/licences.cmake)
