# SPDX-License-Identifier: Apache-2.0
# The groups of tools/package/first_build.cmake, each as one unit: its syntax, for nothing is made.
# cmake -DSOURCE=<repository> -DSCRATCH=<folder> -DCOMPILER=... -P
file(WRITE ${SCRATCH}/syntax_only.cmake "add_compile_options(-fsyntax-only)\n")
execute_process(COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET
  COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${SCRATCH} -G Ninja -DCMAKE_BUILD_TYPE=Release -DRETICLE_FIRST_BUILD=ON
    -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_PROJECT_INCLUDE=${SCRATCH}/syntax_only.cmake -DRETICLE_CUDA=OFF -DRETICLE_MPI=OFF
    -DRETICLE_PYTHON=OFF -DRETICLE_BUILD_TESTS=OFF -DRETICLE_BUILD_BENCHMARKS=OFF)
file(GLOB_RECURSE groups RELATIVE ${SCRATCH} ${SCRATCH}/*/unity_group_*.cxx)
list(TRANSFORM groups APPEND .o)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${SCRATCH} --target ${groups} COMMAND_ERROR_IS_FATAL ANY)
