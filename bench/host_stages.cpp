// SPDX-License-Identifier: Apache-2.0
// host_stages MODEL.h5 CLIP.glp... : what the host does of each clip, stage by stage, in processor time of one core,
// and how many clips a second cores can keep up with beside a device. The engine's own work, here the CPU engine's, is
// left out: a device does it. What goes to a device and comes from it is counted: the host copies it once more.
#include <unistd.h>

#include <ctime>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "kernels/engine/engine.h"
#include "litho/ilt/ilt.h"
#include "masks/model_file.h"
#include "masks/recipes/recipes.h"
#include "tools/reticle/clip_correction.h"
#include "tools/reticle/freed_memory.h"
#include "tools/reticle/inputs.h"

namespace reticle {
namespace {

double processor_ms() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

// Adds up what its function takes.
template <class Function>
auto timed(double& sum, Function function) {
  struct Span {
    double& sum;
    double start = processor_ms();
    ~Span() { sum += processor_ms() - start; }
  } span{sum};
  return function();
}

struct EngineWork {
  double ms = 0.0;
  double bytes_in = 0.0, bytes_out = 0.0;
};

class TimedBatch final : public IltBatch {
 public:
  TimedBatch(std::unique_ptr<IltBatch> batch, EngineWork& work) : batch_(std::move(batch)), ms_(work.ms), work_(work) {}
  ~TimedBatch() override {
    timed(ms_, [&] { batch_.reset(); });
  }
  int clips() const override { return batch_->clips(); }
  void set_clip(int clip, const IltClip& content) override {
    for (const auto& view : {content.parameters, content.target, content.free, content.weight, content.unresolved})
      if (view.data != nullptr) work_.bytes_in += bytes_of(view);
    timed(ms_, [&] { batch_->set_clip(clip, content); });
  }
  void continue_from(const IltBatch& before) override {
    timed(ms_, [&] { batch_->continue_from(*dynamic_cast<const TimedBatch&>(before).batch_); });
  }
  void evaluate(const IltTerms& terms) override {
    timed(ms_, [&] { batch_->evaluate(terms); });
  }
  std::vector<IltLoss> losses() override { return batch_->losses(); }
  std::vector<std::vector<IltLoss>> take_losses() override { return batch_->take_losses(); }
  void adam(const AdamStep& step) override {
    timed(ms_, [&] { batch_->adam(step); });
  }
  int add_vectors(int count) override { return batch_->add_vectors(count); }
  void combine(int target, const std::vector<double>& a, int x, const std::vector<double>& b, int y) override {
    timed(ms_, [&] { batch_->combine(target, a, x, b, y); });
  }
  std::vector<double> dot(int x, int y) override {
    return timed(ms_, [&] { return batch_->dot(x, y); });
  }
  void get_parameters(int clip, ImageView<float> parameters) const override {
    work_.bytes_out += bytes_of(parameters);
    timed(ms_, [&] { batch_->get_parameters(clip, parameters); });
  }
  void cut_mask(int clip, int factor, ImageView<std::uint8_t> mask) override {
    work_.bytes_out += bytes_of(mask);
    timed(ms_, [&] { batch_->cut_mask(clip, factor, mask); });
  }

 private:
  template <class T>
  static double bytes_of(ImageView<T> view) {
    return static_cast<double>(view.rows) * static_cast<double>(view.cols) * sizeof(T);
  }
  std::unique_ptr<IltBatch> batch_;
  double& ms_;
  EngineWork& work_;
};

class TimedEngine final : public Engine {
 public:
  explicit TimedEngine(EngineWork& work) : work_(work) {}
  std::string description() const override { return engine_->description(); }
  int batch_size(const ImagingProblem& problem, int wanted, int added) const override {
    return engine_->batch_size(problem, wanted, added);
  }
  std::unique_ptr<IltBatch> make_ilt(const ImagingProblem& problem, int clips) override {
    return timed(work_.ms, [&] { return std::make_unique<TimedBatch>(engine_->make_ilt(problem, clips), work_); });
  }
  int image_batch_size(const ImagingProblem& problem, int wanted) const override {
    return engine_->image_batch_size(problem, wanted);
  }
  std::unique_ptr<ImageBatch> make_images(const ImagingProblem& problem, int clips) override {
    return engine_->make_images(problem, clips);
  }
  std::unique_ptr<PixelImages> make_pixel_images(const ImagingProblem& problem) override {
    return engine_->make_pixel_images(problem);
  }
  std::unique_ptr<EngineMemory> allocate(std::size_t bytes) override { return engine_->allocate(bytes); }

 private:
  EngineWork& work_;
  std::unique_ptr<Engine> engine_ = make_cpu_engine();
};

// Processor time of `work` of an engine, without the engine's.
template <class Work>
double host_ms(Work work) {
  EngineWork engine_work;
  const double start = processor_ms();
  work(engine_work);
  return processor_ms() - start - engine_work.ms;
}

int run(const std::filesystem::path& model_path, const std::vector<std::filesystem::path>& designs) {
  tools::keep_freed_memory(tools::k_freed_of_clips);
  tools::CorrectionJob job;
  job.model = read_model(model_path);
  const CorrectionSettings settings = resolved(CorrectionSettings{}, job.model);
  job.settings = settings.ilt;
  job.edges = settings.edges;
  job.recipe = print_correction(settings);
  job.finished = tools::Finished::replace;
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("reticle_host_stages_" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  const std::vector<tools::Clip> clips = tools::plan_clips(designs, folder);
  double levels = 0.0, cut = 0.0, all = 0.0;
  for (const tools::Clip& clip : clips) {
    const Design design = tools::read_target(clip.design);
    const ClipStart start{design, {}};
    levels += host_ms([&](EngineWork& work) {
      TimedEngine engine(work);
      optimize(engine, job.model, job.settings, {&start, 1});
    });
    cut += host_ms([&](EngineWork& work) {
      TimedEngine engine(work);
      correct(engine, job.model, job.settings, {&design, 1});
    });
  }
  EngineWork engine_work;
  tools::ClipFinisher finisher(job, 1);
  tools::ClipWorker worker(job, std::make_unique<TimedEngine>(engine_work), finisher);
  for (const tools::Clip& clip : clips) {
    const double before = engine_work.ms, began = processor_ms();
    for (const tools::ClipOutcome& outcome : worker.correct({&clip, 1}))
      if (outcome.state != tools::ClipState::corrected) throw std::runtime_error(clip.name + ": " + outcome.problem);
    all += processor_ms() - began - (engine_work.ms - before);
  }
  std::filesystem::remove_all(folder);
  const double n = static_cast<double>(clips.size());
  std::printf("| stage | ms of one core a clip |\n|---|---|\n");
  std::printf("| starts, rules between levels, looks at prints, cuts | %.1f |\n", levels / n);
  std::printf("| cut, cleaned, assist features that print trimmed | %.1f |\n", (cut - levels) / n);
  std::printf("| read, evaluated, verified, pages and mask written | %.1f |\n", (all - cut) / n);
  std::printf("| all | %.1f |\n\n", all / n);
  std::printf("To a device %.1f MB a clip, from it %.1f MB.\n", 1e-6 * engine_work.bytes_in / n, 1e-6 * engine_work.bytes_out / n);
  for (const int cores : {1, 16, 32, 64}) std::printf("%d core%s: %.0f clips/s\n", cores, cores > 1 ? "s" : "", 1e3 * cores * n / all);
  return 0;
}

}  // namespace
}  // namespace reticle

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "host_stages MODEL.h5 CLIP.glp...\n");
    return 2;
  }
  try {
    return reticle::run(argv[1], {argv + 2, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "host_stages: %s\n", error.what());
    return 3;
  }
}
