# SPDX-License-Identifier: Apache-2.0
# Into RETICLE_LICENCES_DESTINATION, as part of RETICLE_LICENCES_COMPONENT.
# Licences of all that is linked or travels along, as Debian's packages state them.
string(REGEX MATCH "^[0-9]+" gcc ${CMAKE_CXX_COMPILER_VERSION})
set(licences
  gcc=gcc-${gcc}-base hdf5=libhdf5-dev libaec=libaec-dev zlib=zlib1g-dev libpng=libpng-dev
  opencv=libopencv-core-dev tbb=libtbb-dev openblas=libopenblas-pthread-dev lapack=liblapacke-dev
  fmt=libfmt-dev spdlog=libspdlog-dev tomlplusplus=libtomlplusplus-dev benchmark=libbenchmark-dev
  googletest=libgtest-dev cli11=libcli11-dev nlohmann-json=nlohmann-json3-dev boost=libboost-dev
  freetype=libfreetype-dev brotli=libbrotli-dev dejavu=fonts-dejavu-core libdeflate=libdeflate-dev)
foreach(entry IN LISTS licences)
  string(REPLACE "=" ";" entry ${entry})
  list(GET entry 0 name)
  list(GET entry 1 package)
  set(text /usr/share/doc/${package}/copyright)
  if(NOT EXISTS ${text})
    message(FATAL_ERROR "It carries the licence of ${name}, but there is no ${text}: build it on "
                        "Debian with the packages of tools/dependencies.txt")
  endif()
  install(FILES ${text} DESTINATION ${RETICLE_LICENCES_DESTINATION} RENAME ${name} COMPONENT ${RETICLE_LICENCES_COMPONENT})
endforeach()
if(RETICLE_CUDA_FOUND)
  file(CONFIGURE OUTPUT licence_of_cuda CONTENT
"libreticle_cuda.so, and the GPU programs of a bundle's bench and tests, hold CUDA's static runtime,
Copyright NVIDIA Corporation, redistributed under the CUDA Toolkit's End User License Agreement
(attachment A), https://docs.nvidia.com/cuda/eula. The driver and cuFFT do not come with it.
")
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/licence_of_cuda DESTINATION ${RETICLE_LICENCES_DESTINATION} RENAME cuda
          COMPONENT ${RETICLE_LICENCES_COMPONENT})
endif()
