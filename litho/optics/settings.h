// SPDX-License-Identifier: Apache-2.0
// OpticsSettings: a scanner in the field's own terms. Field names are the keys of model recipes.
//
// Conventions (the README's optics section): wafer scale, time exp(-i w t), light towards +z,
// refractive index n + i kappa, pupil coordinate rho = sigma + (m, n) lambda / (NA P).
#pragma once

#include <array>
#include <complex>
#include <string>
#include <vector>

#include "kernels/base/image.h"
#include "litho/imaging/mask_model.h"
#include "litho/imaging/print_level.h"

namespace reticle {

enum class SourceShape { conventional, annular, poles, freeform };
enum class Polarisation { unpolarised, x, y, te, tm, stokes };
enum class SourceSampling {
  adaptive,      // covered_area, and pixels cut by pupil edges divided (source_refinement.h)
  covered_area,  // every source pixel weighs the part of it the shape covers
  pixel_centre,  // 1 if its centre lies inside the shape, else 0
};

struct SourceSettings {
  SourceShape shape = SourceShape::annular;
  double sigma_in = 0.6;        // annular and poles
  double sigma_out = 0.9;
  int poles = 2;                // 2: dipole, 4: quadrupole (C-quad at 0 deg, quasar at 45)
  double opening_deg = 35.0;    // of each pole
  double rotation_deg = 0.0;    // of the first pole against +x
  double blur_sigma = 0.0;      // Gaussian, standard deviation in sigma units
  Polarisation polarisation = Polarisation::unpolarised;
  SourceSampling sampling = SourceSampling::adaptive;
  int grid = 128;               // source pixels across sigma -1..1, before adaptive sampling divides them
  bool allow_sigma_above_one = false;
  // Freeform: [sy][sx] over sigma -map_reach..map_reach of the longer side, any non-negative values. Polarisation::stokes
  // takes S1, S2, S3 of every pixel, S3 = 2 Im(Ex* Ey); the map itself is S0.
  Image<double> map;
  double map_reach = 1.0;
  std::array<Image<double>, 3> stokes;
  std::string map_file;         // where the map came from, for the record
};

// One film, from the top. Index n + i kappa.
struct Film {
  double thickness_nm = 0.0;
  std::complex<double> index{1.0, 0.0};
};

struct FilmStackSettings {
  std::vector<Film> films;                  // empty: image in the immersion medium
  std::complex<double> substrate{1.0, 0.0};
  // Depth of the image below the top of the first film; several are averaged.
  std::vector<double> depths_nm{0.0};
};

struct FocusCondition {
  std::string name = "focus";
  double focus_nm = 0.0;  // z of the image plane minus best focus, in the immersion medium
};

struct OpticsSettings {
  double wavelength_nm = 193.368;
  double na = 1.35;
  double immersion_index = 1.4366;  // 1 for a dry system
  double reduction_x = 4.0;
  double reduction_y = 4.0;         // differs from reduction_x in anamorphic systems
  bool vector_imaging = true;
  bool radiometric = true;          // obliquity factor between object and image
  double obscuration = 0.0;         // inner radius of the pupil, part of NA
  double apodisation = 0.0;         // amplitude exp(-apodisation rho^2)
  std::vector<double> zernikes_waves;  // fringe Z1, Z2, ... in waves, unnormalised; up to 37
  double chief_ray_azimuth_deg = 0.0;  // kept as data (EUV)
  SourceSettings source;
  FilmStackSettings stack;
  double focus_blur_nm = 0.0;       // standard deviation: laser bandwidth times chromatic focus shift
  double stage_blur_nm = 0.0;       // standard deviation of image motion (MSD)
  double flare = 0.0;               // constant part of stray light, 0..1
  std::vector<FocusCondition> conditions{{"focus", 0.0}};
  std::vector<double> period_nm{2048.0, 2048.0};  // x, y of the tile the kernels are made for
  double max_epe_nm = 0.1;          // SOCS truncation: rms displacement of printed edges of calibration clips
  double max_error = 0.0;           // above 0: largest error in clear fields there, instead
  int max_kernels = 2000;
  int kernels = 0;                  // above 0: so many for each condition, whatever their error
  MaskModel mask;                   // goes with the model; a pattern brings transmissions of its own
  double threshold = 0.3;           // of the resist, clear field = 1
  PrintTone tone = PrintTone::exposed;  // where the drawn feature prints
  double diffusion_nm = 0.0;        // of the resist
  double resist_slope_nm = 0.0;     // further terms of a compact resist (optical_model.h)
  double resist_density = 0.0;
  double resist_density_range_nm = 0.0;

  double period_x_nm() const { return period_nm[0]; }
  double period_y_nm() const { return period_nm[1]; }
};

// Throws Error(bad_input) naming key, value and allowed range.
void validate(const OpticsSettings& settings);

}  // namespace reticle
