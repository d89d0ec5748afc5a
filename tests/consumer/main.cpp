// What a user of the installed library writes: build a model in memory, check it, look into it.
#include <iostream>

#include <reticle/kernels/base/error.h>
#include <reticle/kernels/base/version.h>
#include <reticle/litho/imaging/optical_model.h>

int main() {
  if (reticle::version().empty()) return 1;

  reticle::SocsKernels focus;
  focus.name = "focus";
  focus.coefficients = {{1.0, 0.0}};
  focus.weights = {1.0};

  reticle::OpticalModel model;
  model.period_x_nm = model.period_y_nm = 1024.0;
  model.conditions = {focus};
  reticle::validate(model);

  try {
    model.condition("defocus");
  } catch (const reticle::Error& error) {
    std::cout << error.what() << '\n';
    return 0;
  }
  return 1;
}
