# SPDX-License-Identifier: Apache-2.0
# Configures a bundle: what it installs names each program once.
# cmake -DSOURCE=<repository> -DSCRATCH=<folder> -DGENERATOR=... -DCOMPILER=... -P
execute_process(
  COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${SCRATCH} -G ${GENERATOR} -DCMAKE_CXX_COMPILER=${COMPILER}
          -DCMAKE_BUILD_TYPE=Release -DRETICLE_BUNDLE=ON -DRETICLE_CUDA=OFF
  OUTPUT_VARIABLE said ERROR_VARIABLE said RESULT_VARIABLE code)
if(said MATCHES "install gfortran")
  message(STATUS "SKIPPED: GCC's library of Fortran is not here (tools/bundle installs gfortran)")
  return()
elseif(code)
  message(FATAL_ERROR "${said}")
endif()

file(STRINGS ${SCRATCH}/cmake_install.cmake programs REGEX "TYPE EXECUTABLE FILES")
list(LENGTH programs count)
list(REMOVE_DUPLICATES programs)
list(LENGTH programs distinct)
if(NOT count EQUAL distinct OR count LESS 20)
  message(FATAL_ERROR "${count} programs are installed, ${distinct} of them distinct")
endif()

# Shared libraries of ours are not linked from archives for programs.
file(STRINGS ${SCRATCH}/build.ninja shared REGEX "^build [^:]*libreticle\\.so")
if(shared)
  message(FATAL_ERROR "a bundle builds ${shared}")
endif()
