// SPDX-License-Identifier: Apache-2.0
// CudaDevice: one stream on one GPU, as batches want it (device_memory.h). Every call is checked.
#pragma once

#include <cuda_runtime.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "kernels/base/error.h"
#include "kernels/cuda/block.h"
#include "kernels/cuda/cuda_check.h"
#include "kernels/cuda/imaging_plan.h"
#include "kernels/cuda/memory_pool.h"
#include "kernels/cuda/pinned_ring.h"
#include "kernels/cuda/workspace.h"

namespace reticle::cuda {

#ifdef __CUDACC__
template <class Body>
__global__ void __launch_bounds__(Body::k_threads) run_body(const __grid_constant__ Body body) {
  extern __shared__ __align__(16) char shared[];
  DeviceBlock block;
  body(block, static_cast<int>(blockIdx.x), shared);
}
#endif

class CudaDevice {
 public:
  // A chain of launches, captured at its second replay. What was made ready of a batch serves the next one of the same
  // launches, whatever memory they go to: making it ready anew takes a hundred times an update.
  class Graph {
   public:
    Graph() = default;
    Graph(Graph&& other) noexcept { *this = std::move(other); }
    Graph& operator=(Graph&& other) noexcept {
      std::swap(ready_, other.ready_);
      std::swap(device_, other.device_);
      std::swap(replays_, other.replays_);
      return *this;
    }
    ~Graph() {
      if (ready_ != nullptr) device_->keep(ready_);
    }

   private:
    friend class CudaDevice;
    cudaGraphExec_t ready_ = nullptr;
    CudaDevice* device_ = nullptr;
    int replays_ = 0;
  };

  explicit CudaDevice(int index) : index_(index) {
    use();
    int shared = 0;
    check(cudaDeviceGetAttribute(&shared, cudaDevAttrMaxSharedMemoryPerBlockOptin, index),
          "cudaDeviceGetAttribute");
    shared_limit_ = static_cast<std::size_t>(shared);
    // For tests of what else only large fields reach.
    if (const char* lowered = std::getenv("RETICLE_CUDA_FIELD_BYTES"))
      field_limit_ = std::min(shared_limit_, static_cast<std::size_t>(std::strtoull(lowered, nullptr, 10)));
    else
      field_limit_ = shared_limit_;
    check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
  }
  CudaDevice(const CudaDevice&) = delete;
  CudaDevice& operator=(const CudaDevice&) = delete;
  ~CudaDevice() {
    cudaSetDevice(index_);
    cudaStreamSynchronize(stream_);
    for (const cudaGraphExec_t graph : kept_) cudaGraphExecDestroy(graph);
    cudaStreamDestroy(stream_);
  }

  // The calling thread's device from here on.
  void use() const { check(cudaSetDevice(index_), "cudaSetDevice"); }
  std::size_t shared_limit() const { return field_limit_; }
  // `engines` share the device.
  DeviceRoom room(int engines) const {
    use();
    return {field_limit_, pool_.free_bytes() / static_cast<std::size_t>(engines)};
  }

  void* allocate(std::size_t bytes) {
    use();
    return pool_.allocate(bytes);
  }
  // What still uses the memory comes earlier in the stream than what may use it next.
  void release(void* data) noexcept { pool_.release(data); }
  TableCache& tables() { return tables_; }
  // One allocation an array, for compute-sanitizer, which sees no write from one array into the next.
  bool separate_arrays() const { return std::getenv("RETICLE_CUDA_SEPARATE_ARRAYS") != nullptr; }

  void upload(void* to, const void* from, std::size_t bytes) {
    use();
    ring_.upload(to, from, bytes, stream_);
  }
  void download(void* to, const void* from, std::size_t bytes) {
    use();
    ring_.download(to, from, bytes, stream_);
  }
  void wait() {
    use();
    check(cudaStreamSynchronize(stream_), "cudaStreamSynchronize");
  }
  // Waits for what others have launched on the device.
  void join() {
    use();
    check(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
  }
  void clear(void* data, std::size_t bytes) {
    use();
    check(cudaMemsetAsync(data, 0, bytes, stream_), "cudaMemsetAsync");
  }

#ifdef __CUDACC__
  template <class Body>
  void launch(const Body& body, long blocks) {
    launch(body, blocks, Body::k_shared);
  }
  template <class Body>
  void launch(const Body& body, long blocks, std::size_t shared_bytes) {
    if (blocks > k_most_blocks)
      throw Error(ErrorCode::unsupported, "a launch of " + std::to_string(blocks) + " blocks");
    // More than 48 KiB of shared memory must be asked for; before a capture, which allows no such call.
    if (!capturing_) use();
    if (shared_bytes > k_plain_shared && !capturing_) {
      check(cudaFuncSetAttribute(run_body<Body>, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                 static_cast<int>(shared_limit_)),
            "cudaFuncSetAttribute");
      // As many blocks side by side as the whole of it holds.
      check(cudaFuncSetAttribute(run_body<Body>, cudaFuncAttributePreferredSharedMemoryCarveout,
                                 cudaSharedmemCarveoutMaxShared),
            "cudaFuncSetAttribute");
    }
    run_body<Body><<<static_cast<unsigned>(blocks), Body::k_threads, shared_bytes, stream_>>>(body);
    check(cudaGetLastError(), "kernel launch");
  }

  template <class Chain>
  void replay(Graph& graph, Chain chain) {
    use();
    if (graph.replays_++ == 0) return chain();  // also loads the kernels' code
    if (graph.ready_ == nullptr) {
      graph.ready_ = captured(chain);
      graph.device_ = this;
    }
    check(cudaGraphLaunch(graph.ready_, stream_), "cudaGraphLaunch");
  }
#endif

 private:
  static constexpr long k_most_blocks = 0x7fffffff;
  static constexpr std::size_t k_graphs_kept = 8;  // levels of a recipe, and then some
  static constexpr std::size_t k_plain_shared = 48 * 1024;

  template <class Chain>
  cudaGraphExec_t captured(Chain chain) {
    check(cudaStreamBeginCapture(stream_, cudaStreamCaptureModeThreadLocal), "cudaStreamBeginCapture");
    capturing_ = true;
    cudaGraph_t graph = nullptr;
    try {
      chain();
    } catch (...) {
      capturing_ = false;
      cudaStreamEndCapture(stream_, &graph);
      if (graph != nullptr) cudaGraphDestroy(graph);
      throw;
    }
    capturing_ = false;
    check(cudaStreamEndCapture(stream_, &graph), "cudaStreamEndCapture");
    for (auto kept = kept_.begin(); kept != kept_.end(); ++kept) {
      cudaGraphExecUpdateResultInfo info{};
      const cudaGraphExec_t ready = *kept;
      if (cudaGraphExecUpdate(ready, graph, &info) == cudaSuccess) {
        kept_.erase(kept);
        cudaGraphDestroy(graph);
        return ready;
      }
      cudaGetLastError();  // of other launches: no failure
    }
    cudaGraphExec_t ready = nullptr;
    const cudaError_t status = cudaGraphInstantiate(&ready, graph, 0);
    cudaGraphDestroy(graph);
    check(status, "cudaGraphInstantiate");
    return ready;
  }

  // The last ones given back, the latest first; updates of one that still runs come after it.
  void keep(cudaGraphExec_t graph) noexcept {
    try {
      kept_.insert(kept_.begin(), graph);
      if (kept_.size() <= k_graphs_kept) return;
      graph = kept_.back();
      kept_.pop_back();
    } catch (...) {
    }
    cudaGraphExecDestroy(graph);
  }

  int index_;
  std::size_t shared_limit_ = 0, field_limit_ = 0;  // of a block; of what a field of it may have
  cudaStream_t stream_ = nullptr;
  MemoryPool pool_;
  PinnedRing ring_;
  TableCache tables_;
  std::vector<cudaGraphExec_t> kept_;
  bool capturing_ = false;
};

}  // namespace reticle::cuda
