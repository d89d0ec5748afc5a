// SPDX-License-Identifier: Apache-2.0
#include "litho/optics/blas.h"

#include <cstdlib>
#include <mutex>

// Of OpenBLAS; the last two only where it was built for several processors.
extern "C" {
void openblas_set_num_threads(int);
__attribute__((weak)) void gotoblas_dynamic_init();
__attribute__((weak)) void gotoblas_dynamic_quit();
}

namespace reticle {

void settle_blas() {
  static std::once_flag once;
  std::call_once(once, [] {
    openblas_set_num_threads(1);
    const char* variable = "OPENBLAS_CORETYPE";
    if (gotoblas_dynamic_init == nullptr || gotoblas_dynamic_quit == nullptr || std::getenv(variable) != nullptr) return;
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return;
    setenv(variable, "Haswell", 0);
    gotoblas_dynamic_quit();
    gotoblas_dynamic_init();
    unsetenv(variable);
  });
}

}  // namespace reticle
