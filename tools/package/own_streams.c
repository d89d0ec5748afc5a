// SPDX-License-Identifier: Apache-2.0
// Debian's archives are compiled for programs, which share stderr and stdout with the C library by a copy relocation.
// A shared object cannot: in what a wheel links they are renamed to these (bundle_libraries.cmake).
#include <stdio.h>

__attribute__((visibility("hidden"))) FILE* reticle_stderr;
__attribute__((visibility("hidden"))) FILE* reticle_stdout;

__attribute__((constructor)) static void set_streams(void) {
  reticle_stderr = stderr;
  reticle_stdout = stdout;
}
