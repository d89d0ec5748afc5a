# SPDX-License-Identifier: Apache-2.0
# The command links the archives of HDF5 and OpenCV where the machine has them: the shared ones of a distribution bring
# X11, LDAP and Kerberos into every process. Targets with the property RETICLE_SLIM take the archives, all others what
# find_package() found; so do installed packages.
#
# Sets RETICLE_HDF5 and RETICLE_OPENCV, what to link.
set(RETICLE_HDF5 hdf5::hdf5)
set(RETICLE_OPENCV opencv_imgproc opencv_core)
if(RETICLE_BUNDLE)
  return()
endif()

find_library(RETICLE_SLIM_TBB tbb)
foreach(name hdf5_serial sz aec opencv_imgproc opencv_core)
  find_library(RETICLE_SLIM_${name} NAMES lib${name}.a)
  if(NOT RETICLE_SLIM_${name} OR NOT RETICLE_SLIM_TBB)
    return()
  endif()
endforeach()
set(slim "$<BOOL:$<TARGET_PROPERTY:RETICLE_SLIM>>")

# HDF5 1.14 of newer distributions reads from S3, and its archive wants libraries that are no archives.
set(hdf5_archives ${RETICLE_SLIM_hdf5_serial} ${RETICLE_SLIM_sz} ${RETICLE_SLIM_aec} ZLIB::ZLIB ${CMAKE_DL_LIBS} m)
include(CheckCXXSourceCompiles)
set(CMAKE_REQUIRED_LIBRARIES ${hdf5_archives})
check_cxx_source_compiles("extern \"C\" int H5open(); int main() { return H5open(); }" RETICLE_SLIM_HDF5_LINKS)
unset(CMAKE_REQUIRED_LIBRARIES)
if(RETICLE_SLIM_HDF5_LINKS)
  add_library(reticle_slim_hdf5 INTERFACE IMPORTED)
  target_link_libraries(reticle_slim_hdf5 INTERFACE ${hdf5_archives})
  set(RETICLE_HDF5 "$<BUILD_INTERFACE:$<IF:${slim},reticle_slim_hdf5,hdf5::hdf5>>" "$<INSTALL_INTERFACE:hdf5::hdf5>")
endif()

find_package(Threads REQUIRED)
add_library(reticle_slim_no_opengl STATIC ${CMAKE_CURRENT_LIST_DIR}/no_opengl.cpp)
add_library(reticle_slim_opencv INTERFACE IMPORTED)
target_link_libraries(reticle_slim_opencv INTERFACE
  ${RETICLE_SLIM_opencv_imgproc} ${RETICLE_SLIM_opencv_core} reticle_slim_no_opengl ZLIB::ZLIB lapacke openblas
  ${RETICLE_SLIM_TBB} Threads::Threads)
set(RETICLE_OPENCV "$<BUILD_INTERFACE:$<IF:${slim},reticle_slim_opencv,opencv_imgproc>>"
                   "$<BUILD_INTERFACE:$<IF:${slim},reticle_slim_opencv,opencv_core>>"
                   "$<INSTALL_INTERFACE:opencv_imgproc>" "$<INSTALL_INTERFACE:opencv_core>")
