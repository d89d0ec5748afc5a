# SPDX-License-Identifier: Apache-2.0
"""An initial mask from a network: how many iterations it saves.

The "network" here is a corrected mask of a neighbouring clip, blurred: what a trained one gives, or worse.

python initial_mask.py
"""

import numpy

import reticle

model = reticle.Model.from_recipe(reticle.optics(
    na=0.93, immersion_index=1.0, source=reticle.Annular(0.5, 0.8), period_nm=1024.0, max_error=2e-3, threshold=0.3,
    focus_nm={"focus": 0.0, "defocus": 60.0}))
# A slope of the resist that stays, so that losses of different iterations compare.
level = {"coarseness": 4, "iterations": 80, "resist_slope_first": 60.0, "resist_slope_last": 60.0}
recipe = {"mask_pixel_nm": 4.0, "levels": [level]}


def bars(height):
    return reticle.Design([[[x, 320], [x + 80, 320], [x + 80, 320 + height], [x, 320 + height]] for x in (352, 560)],
                          (0, 0, 1024, 1024))


def network(design):
    """(rows, cols) of 0..1 over the model's period, any pixel."""
    mask = reticle.correct(bars(340), model, recipe).mask.pixels.astype(numpy.float32)
    for axis in (0, 1):
        mask = sum(numpy.roll(mask, shift, axis) for shift in range(-2, 3)) / 5
    return mask


design = bars(380)
usual = reticle.correct(design, model, recipe).history
helped = reticle.correct(design, model, recipe, start=network(design)).history
loss = {name: h["fidelity_nm2"] + h["band_nm2"] for name, h in (("usual", usual), ("helped", helped))}
print("iterations until the loss is within a factor of what the usual start ends with:")
for factor in (2.0, 1.5, 1.2, 1.1):
    reached = {name: int(numpy.argmax(values <= factor * loss["usual"][-1])) for name, values in loss.items()}
    print(f"  {factor}: drawn start {reached['usual']}, network's start {reached['helped']}")
    assert reached["helped"] <= reached["usual"]
