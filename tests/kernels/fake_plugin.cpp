// An engine plugin with one GPU that is none: the host's engine under the plugin's entry points, to rehearse
// what runs on a GPU. RETICLE_FAKE_WRONG=1 makes its kernels a thousandth too strong, which every check of
// correctness has to notice.
#include <cstdlib>

#include "kernels/engine/engine.h"
#include "kernels/engine/plugin_interface.h"

namespace reticle {
namespace {

class FakeGpu final : public Engine {
 public:
  std::string description() const override { return "CUDA, GPU 0: the host in disguise"; }
  int batch_size(const ImagingProblem& problem, int wanted, int added) const override {
    return host_->batch_size(problem, wanted, added);
  }
  std::unique_ptr<IltBatch> make_ilt(const ImagingProblem& problem, int clips) override {
    return host_->make_ilt(as_made(problem), clips);
  }
  int image_batch_size(const ImagingProblem& problem, int wanted) const override {
    return host_->image_batch_size(problem, wanted);
  }
  std::unique_ptr<ImageBatch> make_images(const ImagingProblem& problem, int clips) override {
    return host_->make_images(as_made(problem), clips);
  }

 private:
  static ImagingProblem as_made(ImagingProblem problem) {
    if (std::getenv("RETICLE_FAKE_WRONG") == nullptr) return problem;
    for (SocsStack::Condition& condition : problem.stack.conditions)
      for (std::complex<double>& coefficient : condition.coefficients) coefficient *= 1.001;
    return problem;
  }
  std::unique_ptr<Engine> host_ = make_cpu_engine();
};

}  // namespace
}  // namespace reticle

extern "C" {

int reticle_plugin_version() { return reticle::k_plugin_version; }
int reticle_cuda_device_count(char*, std::size_t) { return 1; }
reticle::Engine* reticle_make_cuda_engine(int, char*, std::size_t) { return new reticle::FakeGpu; }

}  // extern "C"
