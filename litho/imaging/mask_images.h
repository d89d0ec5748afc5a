// SPDX-License-Identifier: Apache-2.0
// MaskImages: from a mask to its aerial or resist image at any places, and the gradient back, of one model.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "kernels/base/spectrum.h"
#include "kernels/cpu/window_pass.h"
#include "litho/imaging/image_places.h"
#include "litho/imaging/optical_model.h"
#include "litho/imaging/resist_image.h"
#include "litho/imaging/simulator.h"

namespace reticle {

enum class ImageStage { aerial, resist };

// Which image of a mask.
struct ImageQuery {
  int condition = 0;  // of the model
  double dose = 1.0;  // multiplies the mask's amplitude, so intensity by dose^2
  ImageStage stage = ImageStage::aerial;
};

// Of L, a function of one image.
template <class T>
struct ImageGradient {
  Spectrum<T> mask;  // dL/dRe c + i dL/dIm c
  double dose = 0.0;
  ResistGradient resist;  // of resist images
};

// Holds plans and scratch memory. Not thread-safe: one per thread (MaskImagePool). The model outlives it.
template <class T>
class MaskImages {
 public:
  explicit MaskImages(const OpticalModel& model);

  Simulator<T>& simulator() { return simulator_; }
  const OpticalModel& model() const { return model_; }
  // Tables between pixels that cover the field and a band.
  cpu::BandTransform<T>& band(int rows, int cols, int half_x, int half_y) { return reader_.band(rows, cols, half_x, half_y); }

  // The image at the places, out of their count.
  void image(const Spectrum<T>& mask, const ImageQuery& query, const ImagePlaces& places, std::span<T> out);
  // The resist image's coefficients; of a resist without slope term.
  Spectrum<T> resist_orders(const Spectrum<T>& mask, int condition);
  // And back, for BandTransform::analyze() of dL/dR at this many pixels: dL/dRe c + i dL/dIm c of the mask.
  Spectrum<T> resist_adjoint(int condition, Spectrum<T> d_resist, std::size_t pixels);
  // The pass over pixels that cover the field, for images of so many conditions.
  cpu::WindowPass<T>& window_pass(int rows, int cols, int conditions);
  // For dL/dI at the places. Quick after image() of the same mask and condition, whose fields are kept.
  ImageGradient<T> gradient(const Spectrum<T>& mask, const ImageQuery& query, const ImagePlaces& places,
                            std::span<const T> d_image, ResistDerivatives wanted = ResistDerivatives::all);

 private:
  // Of the mask last imaged in a condition, at dose 1.
  struct Kept {
    Spectrum<T> mask, aerial;
  };
  Spectrum<T> aerial(const Spectrum<T>& mask, const ImageQuery& query);

  const OpticalModel& model_;
  Simulator<T> simulator_;
  ImageReader<T> reader_;
  std::vector<Kept> kept_;  // [condition]
  std::map<std::array<int, 3>, cpu::WindowPass<T>> passes_;  // [rows, cols, conditions]
};

// MaskImages that threads take and give back.
template <class T>
class MaskImagePool {
 public:
  explicit MaskImagePool(const OpticalModel& model) : model_(model) {}
  MaskImagePool(const MaskImagePool&) = delete;
  MaskImagePool& operator=(const MaskImagePool&) = delete;

  // Goes back to the pool with its end.
  class Lease {
   public:
    explicit Lease(MaskImagePool& pool);
    ~Lease();
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    MaskImages<T>* operator->() { return images_.get(); }
    MaskImages<T>& operator*() { return *images_; }

   private:
    MaskImagePool& pool_;
    std::unique_ptr<MaskImages<T>> images_;
  };
  Lease lease() { return Lease(*this); }

 private:
  const OpticalModel& model_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<MaskImages<T>>> idle_;
};

}  // namespace reticle
