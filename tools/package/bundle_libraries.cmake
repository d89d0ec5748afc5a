# SPDX-License-Identifier: Apache-2.0
# The outside libraries of a bundle (RETICLE_BUNDLE), defined before the rooms look for them under the
# same names. Static ones go into each program, so that it needs nothing of theirs on the machine it
# runs on; the shared ones, and those too large for every program, travel in lib.
#
# glibc, libstdc++ and libgcc are left to the target: a program carrying its own would give plugin and
# program different ones across which exceptions travel. OpenMP's runtime comes along, as bare
# machines lack it. Nothing under the GPL: GCC's libgomp and libgfortran are linked under their runtime
# exception, FFTW not at all.

# reticle_static_library(<variable> <name>): its archive.
function(reticle_static_library variable name)
  find_library(RETICLE_STATIC_${name} NAMES lib${name}.a PATH_SUFFIXES openblas-pthread)
  if(NOT RETICLE_STATIC_${name})
    message(FATAL_ERROR "RETICLE_BUNDLE links lib${name}.a, which is not found: install the development "
                        "package that holds it (tools/dependencies.txt), or build without RETICLE_BUNDLE")
  endif()
  set(archive ${RETICLE_STATIC_${name}})
  if(SKBUILD AND name MATCHES "^(png16|hdf5_serial)$")
    set(archive ${CMAKE_CURRENT_BINARY_DIR}/own/lib${name}.a)
    file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/own)
    execute_process(COMMAND ${CMAKE_OBJCOPY} --redefine-sym stderr=reticle_stderr --redefine-sym stdout=reticle_stdout
                            ${RETICLE_STATIC_${name}} ${archive} COMMAND_ERROR_IS_FATAL ANY)
  endif()
  set(${variable} ${archive} PARENT_SCOPE)
endfunction()
# The compiler's own archives.
function(reticle_compiler_library variable name)
  execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=lib${name}.a
                  OUTPUT_VARIABLE path OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT IS_ABSOLUTE "${path}")
    message(FATAL_ERROR "RETICLE_BUNDLE links GCC's lib${name}.a, which ${CMAKE_CXX_COMPILER} does not "
                        "have: install gfortran or build with GCC")
  endif()
  set(${variable} ${path} PARENT_SCOPE)
endfunction()

reticle_static_library(z z)
reticle_static_library(png png16)
set(ZLIB_LIBRARY ${z} CACHE FILEPATH "" FORCE)
set(PNG_LIBRARY ${png} CACHE FILEPATH "" FORCE)
reticle_static_library(freetype_archive freetype)
reticle_static_library(brotlidec brotlidec)
reticle_static_library(brotlicommon brotlicommon)
add_library(freetype INTERFACE IMPORTED)
target_link_libraries(freetype INTERFACE ${freetype_archive} ${png} ${z} ${brotlidec} ${brotlicommon})
if(NOT SKBUILD)
  reticle_compiler_library(gomp gomp)
  set(OpenMP_gomp_LIBRARY ${gomp} CACHE FILEPATH "" FORCE)
endif()

reticle_static_library(deflate_archive deflate)
add_library(deflate INTERFACE IMPORTED)
target_link_libraries(deflate INTERFACE ${deflate_archive})

reticle_static_library(hdf5 hdf5_serial)
reticle_static_library(sz sz)
reticle_static_library(aec aec)
find_path(RETICLE_HDF5_INCLUDE hdf5.h PATH_SUFFIXES hdf5/serial REQUIRED)
if(SKBUILD)
  add_library(reticle_own_streams OBJECT ${CMAKE_CURRENT_LIST_DIR}/own_streams.c)
endif()
add_library(hdf5::hdf5 INTERFACE IMPORTED)
target_include_directories(hdf5::hdf5 INTERFACE ${RETICLE_HDF5_INCLUDE})
target_link_libraries(hdf5::hdf5 INTERFACE ${hdf5} ${sz} ${aec} ${z} ${CMAKE_DL_LIBS} m)

# OpenBLAS holds code for every processor and is larger than all the rest: one shared library with the
# functions that are called, from static OpenBLAS, LAPACKE and Fortran.
set(linear_algebra
  LAPACKE_dposv LAPACKE_dpotrf LAPACKE_dpotri LAPACKE_zheevd LAPACKE_zhetrd LAPACKE_zstemr LAPACKE_zunmtr
  cblas_chemm cblas_zhemm cblas_cherk cblas_zherk openblas_set_num_threads)
set(linear_algebra_of_opencv
  cblas_cgemm cblas_dgemm cblas_sgemm cblas_zgemm dgels_ dgeqrf_ dgesdd_ dgesv_ dgetrf_ dposv_ dpotrf_
  sgels_ sgeqrf_ sgesdd_ sgesv_ sgetrf_ sposv_ spotrf_)
list(JOIN linear_algebra "; " exported)
list(JOIN linear_algebra_of_opencv "; " exported_to_opencv)
file(CONFIGURE OUTPUT linear_algebra.map @ONLY
     CONTENT "{ global: @exported@; @exported_to_opencv@; local: *; };\n")
file(CONFIGURE OUTPUT linear_algebra.cpp CONTENT "// All of this library comes from archives.\n")
reticle_static_library(lapacke_archive lapacke)
reticle_static_library(openblas_archive openblas)
reticle_compiler_library(gfortran gfortran)
add_library(reticle_linear_algebra SHARED ${CMAKE_CURRENT_BINARY_DIR}/linear_algebra.cpp)
set(pulled ${linear_algebra} ${linear_algebra_of_opencv})
list(TRANSFORM pulled PREPEND "-Wl,-u,")
target_link_options(reticle_linear_algebra PRIVATE ${pulled}
  -Wl,--version-script=${CMAKE_CURRENT_BINARY_DIR}/linear_algebra.map -Wl,-z,defs)
target_link_libraries(reticle_linear_algebra PRIVATE ${lapacke_archive} ${openblas_archive} ${gfortran} m)
add_library(lapacke INTERFACE IMPORTED)
target_link_libraries(lapacke INTERFACE reticle_linear_algebra)
add_library(openblas INTERFACE IMPORTED)

# OpenCV's archives, without OpenGL, X11 and the hundred libraries that they bring.
reticle_static_library(imgproc opencv_imgproc)
reticle_static_library(core opencv_core)
find_library(RETICLE_TBB tbb REQUIRED)
add_library(reticle_no_opengl STATIC ${CMAKE_CURRENT_LIST_DIR}/no_opengl.cpp)
add_library(opencv_core INTERFACE IMPORTED)
target_link_libraries(opencv_core INTERFACE
  ${core} ${z} reticle_no_opengl reticle_linear_algebra ${RETICLE_TBB} Threads::Threads)
add_library(opencv_imgproc INTERFACE IMPORTED)
target_link_libraries(opencv_imgproc INTERFACE ${imgproc} opencv_core)
find_package(Threads REQUIRED)

set(RETICLE_FFTW3F OFF CACHE STRING "FFTW is under the GPL and stays out of a bundle" FORCE)

# DT_RPATH, not DT_RUNPATH: the latter is not followed for the libraries of libraries.
foreach(kind EXE SHARED MODULE)
  string(APPEND CMAKE_${kind}_LINKER_FLAGS " -Wl,--disable-new-dtags,--as-needed,--gc-sections")
endforeach()
set(CMAKE_INSTALL_RPATH "\$ORIGIN/../lib")
