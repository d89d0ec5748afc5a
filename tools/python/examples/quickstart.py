# SPDX-License-Identifier: Apache-2.0
"""The quick start of the README: a clip imaged, corrected and drawn.

python quickstart.py [picture.png]
"""

import sys

import reticle

model = reticle.Model.from_recipe(reticle.optics(
    wavelength_nm=193.368, na=1.35, source=reticle.Annular(0.6, 0.9), polarisation="te",
    focus_nm={"focus": 0, "defocus": 40}, period_nm=1024, max_error=5e-3, threshold=0.3))
design = reticle.Design([[[312, 300], [372, 300], [372, 724], [312, 724]],
                         [[432, 300], [492, 300], [492, 500], [432, 500]],
                         [[552, 300], [712, 300], [712, 360], [612, 360], [612, 724], [552, 724]]])
correction = reticle.correct(design, model, {"mask_pixel_nm": 2.0, "levels": [{"coarseness": 4, "iterations": 60}]})
print(reticle.evaluate(correction, design, model).metrics)
image = model.image(correction.mask.pixels, resist=True)                    # [y, x], fractions of the clear field
gradient = model.vjp(correction.mask.pixels, image, resist=True).mask      # of sum(image^2) / 2 by the mask's pixels

if len(sys.argv) > 1:
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(8, 3.6), layout="constrained")
    grid = correction.mask.grid
    reticle.plot.image(correction.mask.pixels, grid=grid, polygons=design.polygons, label=None,
                       axes=axes[0]).set_title("mask")
    reticle.plot.image(image, grid=grid, threshold=0.3, polygons=design.polygons, axes=axes[1]).set_title("image, print")
    figure.savefig(sys.argv[1], dpi=80)
