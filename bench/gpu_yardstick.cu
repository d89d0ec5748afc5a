// SPDX-License-Identifier: Apache-2.0
// What every GPU figure stands beside: the device's ceilings (bandwidth, fp32 rate, transfers), and the
// naive peer, one full-size inverse cuFFT for each kernel of an image and the sum of their squares.
//
//   gpu_yardstick [--probe] [--quick] [--size N] [--kernels K] [--json F.json]
//
// Medians over repetitions after a warm-up, timed by events on the device. --probe only names the
// device. Exit code 3: there is no GPU.
#include <cuda_runtime.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/cufft_library.h"
#include "bench/gpu_energy.h"

namespace reticle::bench {
namespace {

constexpr int k_threads = 256;

struct NoGpu : std::runtime_error {
  using std::runtime_error::runtime_error;
};

void check(cudaError_t status, const char* call) {
  if (status != cudaSuccess)
    throw std::runtime_error(std::string(call) + ": " + cudaGetErrorString(status));
}

// Memory of one type on the device, or pinned on the host.
template <class T>
class Memory {
 public:
  enum class Place { device, host };
  Memory(std::size_t count, Place place = Place::device) : place_(place) {
    void* data = nullptr;
    if (place == Place::device) check(cudaMalloc(&data, count * sizeof(T)), "cudaMalloc");
    else check(cudaMallocHost(&data, count * sizeof(T)), "cudaMallocHost");
    data_ = static_cast<T*>(data);
  }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory() { place_ == Place::device ? cudaFree(data_) : cudaFreeHost(data_); }
  T* get() const { return data_; }

 private:
  Place place_;
  T* data_ = nullptr;
};

class Event {
 public:
  Event() { check(cudaEventCreate(&event_), "cudaEventCreate"); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { cudaEventDestroy(event_); }
  void record() const { check(cudaEventRecord(event_), "cudaEventRecord"); }
  double milliseconds_since(const Event& start) const {
    check(cudaEventSynchronize(event_), "cudaEventSynchronize");
    float time = 0.0f;
    check(cudaEventElapsedTime(&time, start.event_, event_), "cudaEventElapsedTime");
    return time;
  }

 private:
  cudaEvent_t event_ = nullptr;
};

struct Figure {
  std::string name, unit;
  double median = 0.0, low = 0.0, high = 0.0;
  std::string remark;
};

// value(milliseconds) of each of `repetitions` timed calls, after two that are not.
template <class Work, class Value>
Figure measured(const std::string& name, const std::string& unit, int repetitions, Work work, Value value) {
  for (int i = 0; i < 2; ++i) work();
  std::vector<double> values;
  const Event start, stop;
  for (int i = 0; i < repetitions; ++i) {
    start.record();
    work();
    stop.record();
    values.push_back(value(stop.milliseconds_since(start)));
  }
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  const double median = values.size() % 2 ? values[middle] : 0.5 * (values[middle - 1] + values[middle]);
  return {name, unit, median, values.front(), values.back(), ""};
}

__global__ void copy_all(const float4* from, float4* to, std::size_t count) {
  const std::size_t step = static_cast<std::size_t>(gridDim.x) * blockDim.x;
  for (std::size_t i = static_cast<std::size_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < count; i += step)
    to[i] = from[i];
}

__global__ void write_all(float4* to, std::size_t count, float value) {
  const std::size_t step = static_cast<std::size_t>(gridDim.x) * blockDim.x;
  for (std::size_t i = static_cast<std::size_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < count; i += step)
    to[i] = make_float4(value, value, value, value);
}

// Eight independent chains hide the latency of one multiply-add.
constexpr int k_chains = 8, k_steps = 4096;
__global__ void multiply_add(float* to, float factor, float term) {
  float value[k_chains];
  for (int c = 0; c < k_chains; ++c) value[c] = static_cast<float>(threadIdx.x + static_cast<unsigned>(c));
#pragma unroll 16
  for (int i = 0; i < k_steps; ++i)
    for (int c = 0; c < k_chains; ++c) value[c] = value[c] * factor + term;
  float sum = 0.0f;
  for (int c = 0; c < k_chains; ++c) sum += value[c];
  to[blockIdx.x * blockDim.x + threadIdx.x] = sum;
}

// The naive method's first step: orders of one field (kernel times mask) to their places on the grid,
// the negative ones at its end; everything else is zero already.
__global__ void place_orders(const float2* orders, int half, int size, float2* fields) {
  const int width = 2 * half + 1, i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i >= width * width) return;
  const int row = (i / width - half + size) % size, col = (i % width - half + size) % size;
  const std::size_t field = blockIdx.y, pixels = static_cast<std::size_t>(size) * static_cast<std::size_t>(size);
  fields[field * pixels + static_cast<std::size_t>(row) * static_cast<std::size_t>(size) +
         static_cast<std::size_t>(col)] = orders[field * static_cast<std::size_t>(width * width) +
                                                 static_cast<std::size_t>(i)];
}

// Its last step: image = sum over kernels of |field|^2.
__global__ void sum_squares(const float2* fields, int kernels, std::size_t pixels, float* images) {
  const std::size_t pixel = static_cast<std::size_t>(blockIdx.x) * blockDim.x + threadIdx.x, image = blockIdx.y;
  if (pixel >= pixels) return;
  float sum = 0.0f;
  for (int k = 0; k < kernels; ++k) {
    const float2 field = fields[(image * static_cast<std::size_t>(kernels) + static_cast<std::size_t>(k)) * pixels + pixel];
    sum += field.x * field.x + field.y * field.y;
  }
  images[image * pixels + pixel] = sum;
}

struct Arguments {
  bool probe = false;
  std::string json;
  int size = 2048, kernels = 24, repetitions = 9;
  std::size_t bytes = std::size_t{1} << 30;
};

void measure_bandwidth(const Arguments& arguments, const cudaDeviceProp& properties, std::vector<Figure>& figures) {
  using Place = Memory<float4>::Place;
  const std::size_t count = arguments.bytes / sizeof(float4);
  const double gigabytes = 1e-9 * static_cast<double>(arguments.bytes);
  const Memory<float4> a(count), b(count);
  const unsigned blocks = static_cast<unsigned>(properties.multiProcessorCount) * 32u;
  const auto rate = [&](double factor) { return [=](double ms) { return factor * gigabytes / (1e-3 * ms); }; };
  figures.push_back(measured("device copy, kernel (read + write)", "GB/s", arguments.repetitions, [&] {
    copy_all<<<blocks, k_threads>>>(a.get(), b.get(), count);
    check(cudaGetLastError(), "copy_all");
  }, rate(2.0)));
  figures.push_back(measured("device copy, cudaMemcpy (read + write)", "GB/s", arguments.repetitions, [&] {
    check(cudaMemcpyAsync(b.get(), a.get(), arguments.bytes, cudaMemcpyDeviceToDevice), "cudaMemcpyAsync");
  }, rate(2.0)));
  figures.push_back(measured("device write", "GB/s", arguments.repetitions, [&] {
    write_all<<<blocks, k_threads>>>(b.get(), count, 1.0f);
    check(cudaGetLastError(), "write_all");
  }, rate(1.0)));

  const std::size_t shared = count / 4;  // of the host's memory
  const double part = 0.25;
  const Memory<float4> pinned(shared, Place::host);
  std::vector<float4> plain(shared);
  const auto transfer = [&](const char* name, void* to, const void* from, cudaMemcpyKind kind) {
    figures.push_back(measured(name, "GB/s", arguments.repetitions, [=] {
      check(cudaMemcpyAsync(to, from, shared * sizeof(float4), kind), "cudaMemcpyAsync");
    }, rate(part)));
  };
  transfer("host to device, pinned", a.get(), pinned.get(), cudaMemcpyHostToDevice);
  transfer("device to host, pinned", pinned.get(), a.get(), cudaMemcpyDeviceToHost);
  transfer("host to device, pageable", a.get(), plain.data(), cudaMemcpyHostToDevice);
  transfer("device to host, pageable", plain.data(), a.get(), cudaMemcpyDeviceToHost);
}

void measure_arithmetic(const Arguments& arguments, const cudaDeviceProp& properties, std::vector<Figure>& figures) {
  const unsigned blocks = static_cast<unsigned>(properties.multiProcessorCount) * 32u;
  const Memory<float> sums(static_cast<std::size_t>(blocks) * k_threads);
  const double operations = 2.0 * k_chains * k_steps * k_threads * blocks;
  figures.push_back(measured("fp32 multiply-add", "TFLOP/s", arguments.repetitions, [&] {
    multiply_add<<<blocks, k_threads>>>(sums.get(), 0.999f, 0.5f);
    check(cudaGetLastError(), "multiply_add");
  }, [=](double ms) { return 1e-12 * operations / (1e-3 * ms); }));
}

// Images of as many masks at a time as half of the free memory holds, eight at most.
void measure_naive(const Arguments& arguments, const GpuEnergy& energy, std::vector<Figure>& figures) {
  const std::string images_name = "naive image, " + std::to_string(arguments.kernels) + " inverse cuFFTs of " +
                                  std::to_string(arguments.size) + "^2";
  const CufftLibrary cufft;
  if (!cufft.missing().empty()) {
    figures.push_back({images_name, "ms", 0.0, 0.0, 0.0, "not measured: " + cufft.missing()});
    return;
  }
  std::size_t free = 0, total = 0;
  check(cudaMemGetInfo(&free, &total), "cudaMemGetInfo");
  const int size = arguments.size, kernels = arguments.kernels, half = std::min(17, size / 4);
  const std::size_t pixels = static_cast<std::size_t>(size) * static_cast<std::size_t>(size);
  const std::size_t image_bytes = 2 * static_cast<std::size_t>(kernels) * pixels * sizeof(float2);  // with cuFFT's own
  const int batch = static_cast<int>(std::min<std::size_t>(8, free / 2 / image_bytes));
  if (batch < 1) {
    figures.push_back({images_name, "ms", 0.0, 0.0, 0.0, "not measured: the GPU's free memory holds not one image"});
    return;
  }
  const int fields_count = batch * kernels, orders_count = (2 * half + 1) * (2 * half + 1);
  std::mt19937 generator(1);
  std::normal_distribution<float> normal;
  std::vector<float2> orders(static_cast<std::size_t>(fields_count) * static_cast<std::size_t>(orders_count));
  double power = 0.0;  // of the first image: the mean of its pixels, by Parseval
  for (std::size_t i = 0; i < orders.size(); ++i) {
    orders[i] = {0.01f * normal(generator), 0.01f * normal(generator)};
    if (i < static_cast<std::size_t>(kernels * orders_count))
      power += static_cast<double>(orders[i].x) * orders[i].x + static_cast<double>(orders[i].y) * orders[i].y;
  }
  const Memory<float2> device_orders(orders.size()), fields(static_cast<std::size_t>(fields_count) * pixels);
  const Memory<float> images(static_cast<std::size_t>(batch) * pixels);
  check(cudaMemcpy(device_orders.get(), orders.data(), orders.size() * sizeof(float2), cudaMemcpyHostToDevice),
        "cudaMemcpy");
  const auto check_fft = [](cufftResult status, const char* call) {
    if (status != CUFFT_SUCCESS) throw std::runtime_error(std::string(call) + " fails with " + std::to_string(status));
  };
  cufftHandle plan = 0;
  int lengths[2] = {size, size};
  check_fft(cufft.plan_many(&plan, 2, lengths, nullptr, 1, 0, nullptr, 1, 0, CUFFT_C2C, fields_count), "cufftPlanMany");

  const auto place = [&] {
    check(cudaMemsetAsync(fields.get(), 0, static_cast<std::size_t>(fields_count) * pixels * sizeof(float2)),
          "cudaMemsetAsync");
    const dim3 blocks(static_cast<unsigned>((orders_count + k_threads - 1) / k_threads),
                      static_cast<unsigned>(fields_count));
    place_orders<<<blocks, k_threads>>>(device_orders.get(), half, size, fields.get());
    check(cudaGetLastError(), "place_orders");
  };
  const auto transform = [&] {
    check_fft(cufft.execute(plan, fields.get(), fields.get(), CUFFT_INVERSE), "cufftExecC2C");
  };
  const auto accumulate = [&] {
    const dim3 blocks(static_cast<unsigned>((pixels + k_threads - 1) / k_threads), static_cast<unsigned>(batch));
    sum_squares<<<blocks, k_threads>>>(fields.get(), kernels, pixels, images.get());
    check(cudaGetLastError(), "sum_squares");
  };
  const auto image = [&] { place(), transform(), accumulate(); };
  const auto per_image = [=](double ms) { return ms / batch; };

  figures.push_back(measured(images_name, "ms", arguments.repetitions, image, per_image));
  figures.back().remark = std::to_string(batch) + " images at a time";
  std::vector<float> result(pixels);
  check(cudaMemcpy(result.data(), images.get(), pixels * sizeof(float), cudaMemcpyDeviceToHost), "cudaMemcpy");
  double mean = 0.0;
  for (const float value : result) mean += value;
  mean /= static_cast<double>(pixels);
  if (!(std::abs(mean - power) <= 1e-4 * power))
    throw std::runtime_error("the naive image is wrong: its mean is " + std::to_string(mean) + ", not " +
                             std::to_string(power));

  figures.push_back(measured("  of it the transforms alone", "ms", arguments.repetitions, [&] { transform(); }, per_image));
  const auto joules = [&](int runs) {
    const std::optional<double> before = energy.joules();
    for (int i = 0; i < runs; ++i) image();
    check(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
    return before ? *energy.joules() - *before : 0.0;
  };
  Figure used{"  its energy", "J/image", 0.0, 0.0, 0.0, energy.missing()};
  if (energy.missing().empty()) {
    const double seconds = 1e-3 * figures[figures.size() - 2].median * batch;
    const int runs = std::max(1, static_cast<int>(1.5 / seconds));
    used.median = used.low = used.high = joules(runs) / (runs * batch);
  } else {
    used.remark = "not available: " + used.remark;
  }
  figures.push_back(used);
  check_fft(cufft.destroy(plan), "cufftDestroy");
}

std::string version(int number) { return std::to_string(number / 1000) + "." + std::to_string(number % 1000 / 10); }

void write_json(const std::string& path, const std::string& device, const std::vector<Figure>& figures) {
  std::string text = "{\n" + device + "  \"figures\": [";
  for (std::size_t i = 0; i < figures.size(); ++i) {
    const Figure& f = figures[i];
    char numbers[160];
    std::snprintf(numbers, sizeof numbers, "\"median\": %.6g, \"low\": %.6g, \"high\": %.6g", f.median, f.low, f.high);
    text += std::string(i ? "," : "") + "\n    {\"name\": \"" + f.name + "\", \"unit\": \"" + f.unit + "\", " +
            (f.median > 0.0 ? numbers : "\"median\": null") + ", \"remark\": \"" + f.remark + "\"}";
  }
  text += "\n  ]\n}\n";
  std::FILE* file = std::fopen(path.c_str(), "w");
  const bool written = file != nullptr && std::fputs(text.c_str(), file) >= 0;
  if (file == nullptr || std::fclose(file) != 0 || !written)
    throw std::runtime_error(path + " cannot be written");
}

Arguments read_arguments(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto value = [&] {
      if (++i >= argc) throw std::invalid_argument(word + " takes a value");
      return std::string(argv[i]);
    };
    if (word == "--probe") arguments.probe = true;
    else if (word == "--quick") arguments.repetitions = 5, arguments.bytes = std::size_t{1} << 28;
    else if (word == "--size") arguments.size = std::max(16, std::atoi(value().c_str()));
    else if (word == "--kernels") arguments.kernels = std::max(1, std::atoi(value().c_str()));
    else if (word == "--json") arguments.json = value();
    else throw std::invalid_argument(
        "usage: gpu_yardstick [--probe] [--quick] [--size N] [--kernels K] [--json F.json]");
  }
  return arguments;
}

void run(const Arguments& arguments) {
  int driver = 0, runtime = 0, count = 0;
  check(cudaDriverGetVersion(&driver), "cudaDriverGetVersion");
  if (driver == 0) throw NoGpu("this machine has no NVIDIA driver");
  check(cudaRuntimeGetVersion(&runtime), "cudaRuntimeGetVersion");
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status == cudaErrorInsufficientDriver)
    throw NoGpu("the NVIDIA driver is for CUDA " + version(driver) + "; this program needs one for CUDA " +
                version(runtime) + " or newer");
  if (status == cudaErrorNoDevice || (status == cudaSuccess && count == 0)) throw NoGpu("no GPU is present");
  check(status, "cudaGetDeviceCount");
  cudaDeviceProp properties;
  check(cudaGetDeviceProperties(&properties, 0), "cudaGetDeviceProperties");
  char address[32] = "";
  check(cudaDeviceGetPCIBusId(address, sizeof address, 0), "cudaDeviceGetPCIBusId");
  const GpuEnergy energy(address);
  std::printf("%s, compute %d.%d, %d multiprocessors, %.1f GB; driver %s (CUDA %s), runtime CUDA %s\n",
              properties.name, properties.major, properties.minor, properties.multiProcessorCount,
              1e-9 * static_cast<double>(properties.totalGlobalMem), energy.driver_version().c_str(),
              version(driver).c_str(), version(runtime).c_str());
  if (arguments.probe) return;

  std::vector<Figure> figures;
  measure_bandwidth(arguments, properties, figures);
  measure_arithmetic(arguments, properties, figures);
  measure_naive(arguments, energy, figures);
  std::printf("\n| yardstick | median | lowest | highest | |\n|---|---|---|---|---|\n");
  for (const Figure& f : figures) {
    if (f.median > 0.0)
      std::printf("| %s | %.4g %s | %.4g | %.4g | %s |\n", f.name.c_str(), f.median, f.unit.c_str(), f.low, f.high,
                  f.remark.c_str());
    else
      std::printf("| %s | | | | %s |\n", f.name.c_str(), f.remark.c_str());
  }
  if (!arguments.json.empty())
    write_json(arguments.json, std::string("  \"device\": \"") + properties.name + "\",\n  \"driver\": \"" +
               energy.driver_version() + "\",\n  \"driver_cuda\": \"" + version(driver) + "\",\n  \"runtime_cuda\": \"" +
               version(runtime) + "\",\n", figures);
}

}  // namespace
}  // namespace reticle::bench

int main(int argc, char** argv) {
  try {
    reticle::bench::run(reticle::bench::read_arguments(argc, argv));
  } catch (const std::invalid_argument& error) {
    return std::fprintf(stderr, "%s\n", error.what()), 2;
  } catch (const reticle::bench::NoGpu& error) {
    return std::fprintf(stderr, "gpu_yardstick: nothing to measure: %s\n", error.what()), 3;
  } catch (const std::exception& error) {
    return std::fprintf(stderr, "gpu_yardstick: %s\n", error.what()), 1;
  }
  return 0;
}
