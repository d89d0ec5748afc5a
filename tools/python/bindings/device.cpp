// SPDX-License-Identifier: Apache-2.0
// Images and gradients of arrays that lie on a GPU: read and written there, by the engine of a plugin.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>

#include <map>
#include <mutex>
#include <optional>

#include "kernels/engine/engine_choice.h"
#include "litho/imaging/socs.h"
#include "tools/python/bindings/arrays.h"
#include "tools/python/bindings/bindings.h"
#include "tools/python/bindings/masks.h"

using namespace nanobind::literals;

namespace reticle::python {

namespace {

// One of each GPU, for one thread after another.
struct SharedEngine {
  std::unique_ptr<Engine> engine;
  std::mutex mutex;
};

std::shared_ptr<SharedEngine> engine_of(int gpu) {
  static std::mutex mutex;
  static std::map<int, std::weak_ptr<SharedEngine>> engines;
  const std::lock_guard lock(mutex);
  if (auto found = engines[gpu].lock()) return found;
  auto made = std::make_shared<SharedEngine>();
  try {
    made->engine = make_engine(choose_engine({.kind = EngineKind::cuda, .gpus = {gpu}}), 0);
  } catch (const Error& error) {
    throw Error(error.code(), "mask: the array lies on GPU " + std::to_string(gpu) + ", where images are taken by the CUDA "
                              "engine: " + error.what() + "; or pass it in host memory");
  }
  engines[gpu] = made;
  return made;
}

ImagingProblem problem_of(const Model& model, const std::optional<std::string>& condition, bool resist, int rows, int cols) {
  OpticalModel one = model.optics;
  if (condition)
    one.conditions = {model.optics.condition(*condition)};
  else
    one.conditions.resize(1);
  if (one.mask.bias_nm != 0.0)
    throw Error(ErrorCode::unsupported, "mask: images on a device take no bias of the model's mask; pass it in host memory");
  if (!resist) one.resist.diffusion_nm = one.resist.slope_nm = one.resist.density = 0.0;
  const double pixel_nm = one.period_x_nm / cols;
  if (std::abs(one.period_y_nm / rows - pixel_nm) > 1e-9 * pixel_nm)
    refuse("mask: images on a device take square pixels of the model's period");
  return imaging_problem(one, rows, cols, pixel_nm);
}

class DeviceImages {
 public:
  DeviceImages(Model& model, int gpu, std::optional<std::string> condition, bool resist, int rows, int cols)
      : gpu_(gpu), rows_(rows), cols_(cols), shared_(engine_of(gpu)) {
    const std::lock_guard lock(shared_->mutex);
    images_ = shared_->engine->make_pixel_images(problem_of(model, condition, resist, rows, cols));
    scratch_ = shared_->engine->allocate(size() * sizeof(float));
  }
  ~DeviceImages() {
    const std::lock_guard lock(shared_->mutex);
    scratch_.reset();
    images_.reset();
  }
  DeviceImages(const DeviceImages&) = delete;
  DeviceImages& operator=(const DeviceImages&) = delete;

  nb::object image(const Array& mask, double dose, const std::optional<WritableArray>& out) {
    const std::size_t count = check(mask, "mask");
    require_dose(dose);
    float* to = nullptr;
    nb::object result;
    if (out) {
      require_same(*out, "out", mask);
      to = static_cast<float*>(out->data());
      result = nb::cast(*out);
    } else {
      std::tie(result, to) = new_array_like(mask);
    }
    const auto* from = static_cast<const float*>(mask.data());
    const nb::gil_scoped_release released;
    const std::lock_guard lock(shared_->mutex);
    for (std::size_t i = 0; i < count; ++i)
      images_->image(from + i * size(), static_cast<float>(dose * dose), to + i * size());
    return result;
  }

  nb::tuple gradient(const Array& mask, const Array& cotangent, double dose) {
    const std::size_t count = check(mask, "mask");
    require_dose(dose);
    require_same(cotangent, "cotangent", mask);
    const auto [result, to] = new_array_like(mask);
    const auto* masks = static_cast<const float*>(mask.data());
    const auto* d_images = static_cast<const float*>(cotangent.data());
    double sum = 0.0;
    {
      const nb::gil_scoped_release released;
      const std::lock_guard lock(shared_->mutex);
      const float exposure = static_cast<float>(dose * dose);
      for (std::size_t i = 0; i < count; ++i) {
        images_->image(masks + i * size(), exposure, static_cast<float*>(scratch_->data()));
        sum += images_->gradient(d_images + i * size(), exposure, to + i * size());
      }
    }
    if (!std::isfinite(sum)) refuse("mask or cotangent: holds NaN or an infinite value");
    return nb::make_tuple(result, 2.0 * sum / dose);
  }

 private:
  std::size_t size() const { return static_cast<std::size_t>(rows_) * static_cast<std::size_t>(cols_); }
  static void require_dose(double dose) {
    if (!(dose > 0.0) || !std::isfinite(dose)) refuse("dose: a number above 0 is wanted, not " + std::to_string(dose));
  }
  // Number of masks; throws Error(invalid_argument) naming the argument unless it lies on this GPU as pixels of the grid.
  template <class A>
  std::size_t check(const A& array, const char* name) const {
    if (array.device_type() != nb::device::cuda::value || array.device_id() != gpu_)
      refuse(std::string(name) + ": the array is to lie on GPU " + std::to_string(gpu_) + ", as the mask");
    if (!holds<float>(array)) refuse(std::string(name) + ": float32 is wanted on a device");
    if ((array.ndim() != 2 && array.ndim() != 3) || array.shape(array.ndim() - 2) != static_cast<std::size_t>(rows_) ||
        array.shape(array.ndim() - 1) != static_cast<std::size_t>(cols_))
      refuse(std::string(name) + ": the shape (" + std::to_string(rows_) + ", " + std::to_string(cols_) +
             ") or a batch of it is wanted, not " + shape_of(array));
    require_contiguous(array, name);
    return array.ndim() == 3 ? array.shape(0) : 1;
  }
  template <class A>
  void require_same(const A& array, const char* name, const Array& mask) const {
    if (check(array, name) != check(mask, "mask") || array.ndim() != mask.ndim())
      refuse(std::string(name) + ": the mask's shape is wanted, " + shape_of(mask) + ", not " + shape_of(array));
  }
  std::pair<nb::object, float*> new_array_like(const Array& mask) {
    struct Kept {
      std::shared_ptr<SharedEngine> shared;
      std::unique_ptr<EngineMemory> memory;
      ~Kept() {
        const std::lock_guard lock(shared->mutex);
        memory.reset();
      }
    };
    auto kept = std::make_unique<Kept>(shared_, nullptr);
    {
      const std::lock_guard lock(shared_->mutex);
      kept->memory = shared_->engine->allocate(std::max<std::size_t>(mask.size(), 1) * sizeof(float));
    }
    auto* data = static_cast<float*>(kept->memory->data());
    std::vector<std::size_t> shape;
    for (std::size_t i = 0; i < mask.ndim(); ++i) shape.push_back(mask.shape(i));
    const nb::capsule owner(kept.release(), [](void* p) noexcept { delete static_cast<Kept*>(p); });
    return {nb::ndarray<nb::array_api, float>(data, shape.size(), shape.data(), owner, nullptr, nb::dtype<float>(),
                               nb::device::cuda::value, gpu_).cast(nb::rv_policy::reference),
            data};
  }

  int gpu_, rows_, cols_;
  std::shared_ptr<SharedEngine> shared_;
  std::unique_ptr<PixelImages> images_;
  std::unique_ptr<EngineMemory> scratch_;
};

}  // namespace

void bind_device(nb::module_& m) {
  nb::class_<DeviceImages>(m, "DeviceImages", "Images of one condition, of masks on a GPU.")
      .def(nb::init<Model&, int, std::optional<std::string>, bool, int, int>(), "model"_a, "gpu"_a, "condition"_a.none(),
           "resist"_a, "rows"_a, "cols"_a)
      .def("image", &DeviceImages::image, "mask"_a, "dose"_a, "out"_a.none())
      .def("gradient", &DeviceImages::gradient, "mask"_a, "cotangent"_a, "dose"_a);
}

}  // namespace reticle::python
