// SPDX-License-Identifier: Apache-2.0
// From what is drawn to the light behind the mask: MaskModel applied to coverage, and the adjoint.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "kernels/base/image.h"
#include "kernels/base/spectrum.h"
#include "litho/geometry/polygon.h"
#include "litho/imaging/mask_model.h"

namespace reticle {

// Coefficients of coverage to those of the amplitude: transmissions and blur, neither bias nor edges.
template <class T>
void apply_transmission(const MaskModel& mask, double period_x_nm, double period_y_nm, Spectrum<T>& coverage);

// The transpose of that: dL/dRe c + i dL/dIm c of the amplitude's coefficients c to those of the coverage.
template <class T>
void apply_transmission_adjoint(const MaskModel& mask, double period_x_nm, double period_y_nm,
                                Spectrum<T>& gradient);

// The blur alone.
template <class T>
void apply_blur(const MaskModel& mask, double period_x_nm, double period_y_nm, Spectrum<T>& spectrum);

// The mean of |t|^2, given the amplitude's coefficient of order 0 and a coverage of 0 and 1 without edges:
// what flare goes by.
double mean_transmission(const MaskModel& mask, std::complex<double> order_0);

// Coverage whose edges have moved outwards by half the mask's bias, to second order of it: a step of the
// coverage moves as a whole, grey steps too. Pixels of a period, periodic.
//   m' = m + b/2 |grad m| + b^2/8 laplacian m
template <class T>
Image<T> biased(const Image<T>& coverage, double pixel_x_nm, double pixel_y_nm, double bias_nm);

// What edge strips add to the amplitude, as two real fields with complex factors.
template <class T>
struct EdgeFields {
  Image<T> along_x, along_y;  // the step of the coverage in edges along x and y, per nm
};
// shift_nm: outwards from the edges to the strips' middle, to first order.
template <class T>
EdgeFields<T> edge_fields(const Image<T>& coverage, double pixel_x_nm, double pixel_y_nm, double shift_nm);

// The amplitude of polygons of coverage 1, which do not overlap, in the periodic field: bias, transmissions,
// edges and blur, all in closed form.
Spectrum<double> amplitude_spectrum(const MaskModel& mask, std::span<const Polygon> polygons, const Box& field,
                                    int half_x, int half_y);

// What is drawn on one layer of a mask of layers.
struct DrawnLayer {
  std::string name;
  std::vector<Polygon> polygons;
};

// The amplitude of a mask of layers, each with the transmission that the model gives its name; layers do not
// overlap. Throws Error(bad_input) for a name that the mask does not have.
Spectrum<double> amplitude_spectrum(const MaskModel& mask, std::span<const DrawnLayer> layers, const Box& field,
                                    int half_x, int half_y);
// And the mean of |t|^2.
double mean_transmission(const MaskModel& mask, std::span<const DrawnLayer> layers, const Box& field);

}  // namespace reticle
