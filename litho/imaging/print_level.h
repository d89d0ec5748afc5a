// SPDX-License-Identifier: Apache-2.0
// Where the drawn feature prints: the one comparison that metrics, contours and gauges share.
#pragma once

namespace reticle {

// Exposed: what is drawn is to be where the resist is exposed: holes and trenches in positive resist,
// lines by negative-tone development. Unexposed: where it is not: lines in positive resist.
enum class PrintTone { exposed, unexposed };

// A resist image against its threshold; both scale with the exposure.
struct PrintLevel {
  double threshold = 0.0;
  PrintTone tone = PrintTone::exposed;

  // The prints of the two tones are each other's complement.
  bool prints(double resist) const { return (resist >= threshold) == (tone == PrintTone::exposed); }
  // Positive well inside the printed feature, negative well outside.
  double excess(double resist) const {
    return tone == PrintTone::exposed ? resist - threshold : threshold - resist;
  }
  // Of the slope from intensity to print: 1 where more light prints more.
  double sign() const { return tone == PrintTone::exposed ? 1.0 : -1.0; }
  // At another dose, which multiplies the mask's amplitude and so the intensity by its square.
  PrintLevel at_dose(double dose) const { return {threshold / (dose * dose), tone}; }
  bool operator==(const PrintLevel&) const = default;
};

}  // namespace reticle
