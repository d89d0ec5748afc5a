// SPDX-License-Identifier: Apache-2.0
// Simulator: from masks to aerial images, by the sum of coherent systems (SOCS).
//
//   I(x, y) = dose^2 * sum_k w_k |sum_mn H_k(m, n) c(m, n) exp(2 pi i (m x / px + n y / py))|^2
//
// The image is band limited (orders -2h..2h), so it is computed once, as its Fourier coefficients, and
// evaluated exactly wherever it is wanted. Intensities are relative to the model's clear field.
#pragma once

#include <complex>
#include <cstdint>
#include <memory>
#include <span>

#include "kernels/base/image.h"
#include "kernels/base/spectrum.h"
#include "litho/geometry/polygon.h"
#include "litho/imaging/optical_model.h"

namespace reticle {

// Holds kernels, plans and scratch memory of one model. T: float, or double for reference work.
// Not thread-safe: one simulator per thread.
template <class T>
class Simulator {
 public:
  explicit Simulator(const OpticalModel& model);
  ~Simulator();
  Simulator(Simulator&&) noexcept;
  Simulator& operator=(Simulator&&) noexcept;

  int half_x() const;  // orders of the mask that the optics passes
  int half_y() const;

  // The amplitude behind the model's mask (mask_model.h), drawn as pixels [rows, cols] that together cover
  // the field: the part of each that is drawn, 0..1, or a grey mask; sampled at pixel centres. Bias and
  // edge strips to second order of their width, of what is smooth over three pixels.
  // cd_error_nm: what is drawn is wider by this than it should be, beside the model's bias. Throws
  // Error(unsupported) for a mask of layers (mask_spectrum.h).
  Spectrum<T> mask_spectrum(ImageView<const T> pixels, double cd_error_nm = 0.0);
  // Pixels of 0 and 1.
  Spectrum<T> mask_spectrum(ImageView<const std::uint8_t> pixels, double cd_error_nm = 0.0);
  // Drawn as polygons, exact; the field as from field_around(). Where polygons overlap their union is taken, on
  // a grid of 1e-3 nm.
  Spectrum<T> mask_spectrum(std::span<const Polygon> polygons, const Box& field, double cd_error_nm = 0.0) const;

  // Fourier coefficients of the aerial image (half widths 2 half_x, 2 half_y) of a mask spectrum,
  // which is complex for phase-shifting masks.
  // Throws Error(invalid_argument) if its half widths are not half_x() and half_y(), and everywhere
  // for a condition the model does not have.
  // Flare follows the mask's mean intensity transmission: unless given, that of a mask whose pixels are
  // drawn or not, without layers and edges.
  Spectrum<T> intensity_spectrum(const Spectrum<T>& mask, int condition, T dose = T(1));
  Spectrum<T> intensity_spectrum(const Spectrum<T>& mask, int condition, T dose,
                                 double mean_transmission);

  // The image at the centres of rows x cols pixels that together cover the field.
  Image<T> image(const Spectrum<T>& intensity, int rows, int cols);
  void image(const Spectrum<T>& intensity, ImageView<T> out);

  // Gradient of a function L of one image with respect to what is drawn on the pixels of the mask whose
  // image was last computed for this condition: d_image = dL/dI at pixel centres, [rows, cols] of both grids
  // covering the field. Dose as given for that image. Throws Error(unsupported) for a mask with
  // bias or edge strips, Error(invalid_argument) before the first image.
  Image<T> mask_gradient(int condition, T dose, ImageView<const T> d_image, int rows, int cols);
  // The same in coefficients: from dL/dRe I(f) + i dL/dIm I(f) of intensity_spectrum()'s result to that of
  // the mask spectrum it was given.
  Spectrum<T> spectrum_gradient(int condition, T dose, Spectrum<T> d_intensity);
  // From the mask spectrum to the coefficients of what is drawn, as polygons or pixels. Throws
  // Error(unsupported) for a mask with bias, edge strips or layers.
  Spectrum<T> drawn_gradient(Spectrum<T> d_mask) const;
  // And from the mask spectrum to the pixels it was computed from.
  Image<T> pixel_gradient(const Spectrum<T>& d_mask, int rows, int cols);
  void pixel_gradient(const Spectrum<T>& d_mask, ImageView<T> gradient);

 private:
  std::complex<T> power_step() const;
  void add_edges(const Image<T>& drawn, double bias_nm, Spectrum<T>& spectrum);
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// Intensity at a point of the layout, summed in double.
template <class T>
double intensity_at(const Spectrum<T>& intensity, const Box& field, Point point);

// Intensity at the pixel centres of any grid, commensurate with the field or not.
template <class T>
Image<T> intensity_on(const Spectrum<T>& intensity, const Box& field, const Grid& grid);

// The image after Gaussian diffusion: coefficients times exp(-2 pi^2 s^2 f^2), the Gaussian's own transform.
template <class T>
void diffuse(Spectrum<T>& intensity, double period_x_nm, double period_y_nm, double diffusion_nm);

// The image in resist, of a resist without slope term (optical_model.h).
// Throws Error(unsupported) for one with it: that is not a linear filter.
template <class T>
void expose(Spectrum<T>& intensity, double period_x_nm, double period_y_nm, const ResistModel& resist);

// Stray light in proportion to the mask's mean intensity transmission, the mean of |t|^2: (1 - flare) I + flare mean.
// [Mack 2007, Fundamental Principles of Optical Lithography]
template <class T>
void add_flare(Spectrum<T>& intensity, double mean_transmission, double flare);

}  // namespace reticle
