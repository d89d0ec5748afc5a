# SPDX-License-Identifier: Apache-2.0
# cmake -DSOURCE=DIR -DOUTPUT=FILE -P write_commit.cmake: the commit of the sources as a C++ source, empty where they are
# no checkout. Written only when it changes.
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND git -C ${SOURCE} describe --always --dirty --abbrev=12 --exclude "*"
                OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY
     CONTENT "namespace reticle::tools { extern const char* const k_commit; const char* const k_commit = \"@commit@\"; }\n")
