// SPDX-License-Identifier: Apache-2.0
// The marks of functions shared by the CPU and CUDA engines.
#pragma once

#ifdef __CUDACC__
#define RETICLE_HD __host__ __device__ __forceinline__
#else
#define RETICLE_HD inline
#endif

#ifdef __CUDA_ARCH__
#define RETICLE_UNROLL _Pragma("unroll")
#else
#define RETICLE_UNROLL
#endif
