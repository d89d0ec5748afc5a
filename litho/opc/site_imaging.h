// SPDX-License-Identifier: Apache-2.0
// Images of an outline mask at points, and how they change with its displacements: no image in between.
//
//   I(x)         from the coefficients of what is drawn, through the model's mask and the coherent fields
//                (kernels/cpu/socs_fields.h), with the tail of the systems left out
//   dI(x)/dd_j = sum_k 2 Re conj(E_k(x)) (h_k * b_j)(x),   b_j the moving edge: its normal speed where it lies
//
// Both ways, as products with a vector: by displacement, and by point (the adjoint).
#pragma once

#include <complex>
#include <memory>
#include <span>
#include <vector>

#include "kernels/cpu/band_transform.h"
#include "kernels/cpu/socs_fields.h"
#include "kernels/engine/imaging_problem.h"
#include "kernels/engine/tail_orders.h"
#include "litho/imaging/optical_model.h"
#include "litho/opc/fragments.h"
#include "litho/opc/point_transform.h"

namespace reticle {

// One model's fields and tables; one per thread. T: float, or double for reference work.
template <class T>
class SiteImaging {
 public:
  // Only the strongest `kernels` coherent systems of every condition, and 3e-6 at points; 0: all. Throws Error(unsupported) as
  // imaging_problem() (litho/imaging/socs.h), and for a resist with a slope term.
  SiteImaging(const OpticalModel& model, const Box& field, int kernels = 0);

  int half_x() const { return fields_.half_x(); }
  int half_y() const { return fields_.half_y(); }
  PointTransform<T>& mask_points() { return mask_points_; }
  PointTransform<T>& image_points() { return image_points_; }

  // Intensity in resist at dose 1, as coefficients, of what is drawn. The fields stay for the derivatives.
  Spectrum<T> intensity(const Spectrum<T>& mask, int condition);
  // Its first change with the coefficients.
  Spectrum<T> derivative(const Spectrum<T>& d_mask, int condition);
  // The transpose: from dL/dI(m, n), the coefficients of sum_p u_p delta(x - x_p), adds
  // dL/dRe c + i dL/dIm c of the mask's coefficients.
  void add_adjoint(const Spectrum<T>& d_intensity, int condition, Spectrum<T>& gradient);

 private:
  SiteImaging(const OpticalModel& model, const ImagingProblem& problem, const Box& field, PointAccuracy accuracy);
  // What is linear in the coefficients, beside the coherent fields.
  void add_tail(const Spectrum<T>& mask, int condition, Spectrum<T>& intensity) const;

  cpu::SocsFields<T> fields_;
  Image<T> grid_;
  cpu::BandTransform<T> band_;
  std::vector<T> filter_;  // of every intensity coefficient: resist, stage blur and 1 - flare
  std::vector<TailOrders> tails_;  // [condition]
  std::complex<T> mask_offset_;    // of what is drawn: the background
  T power_step_, power_at_0_, flare_, flare_offset_;
  PointTransform<T> mask_points_, image_points_;
};

// How many of the strongest coherent systems hold this part of each condition's energy, at most: in whole groups of lanes,
// which cost the same filled or not.
int strongest_kernels(const OpticalModel& model, double energy_part);

// How the mask's coefficients change with displacements at a mask: quadrature points along its edges.
template <class T>
class EdgeMotion {
 public:
  // `transform`: of the mask's orders over the field; `free`: the displacements that change, empty: all.
  EdgeMotion(const FragmentedDesign& design, std::span<const double> displacements, const Box& field,
             const PointTransform<T>& transform, const std::vector<bool>& free = {});

  // Coefficients of the change by `steps` of every displacement.
  Spectrum<T> change(std::span<const double> steps, PointTransform<T>& transform) const;
  // dL/dd of every displacement, from dL/dRe c + i dL/dIm c.
  std::vector<double> gradient(const Spectrum<T>& d_mask, PointTransform<T>& transform) const;

 private:
  struct Term {
    int point, index;
    double speed;  // share of the field's area per nm
  };
  std::size_t displacements_;
  std::vector<Term> terms_;
  PointWindows<T> points_;
};

}  // namespace reticle
