# SPDX-License-Identifier: Apache-2.0
"""A waveguide bend corrected so that it prints as drawn: a gdsfactory component in and out (or gdstk's polygons).

python gdsfactory_waveguide.py
"""

import reticle

try:
    import gdsfactory
    gdsfactory.gpdk.PDK.activate()
    waveguide = gdsfactory.components.bend_euler(radius=3.5, width=0.45)
except ImportError:  # gdstk draws a bend as well
    import gdstk
    waveguide = gdstk.Cell("bend")
    path = gdstk.RobustPath((0.4, 0.4), 0.45, tolerance=1e-3)
    path.segment((1.0, 0.4)).arc(1.2, -1.5707963, 0)
    waveguide.add(*path.to_polygons())

# i-line light on a dry scanner; silicon stays where the mask is clear.
model = reticle.Model.from_recipe(reticle.optics(
    wavelength_nm=365.0, na=0.57, immersion_index=1.0, source=reticle.Conventional(0.6), period_nm=4096.0,
    max_error=5e-3, threshold=0.3, focus_nm={"focus": 0.0, "defocus": 200.0}))
layer = (1, 0) if hasattr(waveguide, "get_polygons_points") else None
design = reticle.Design.from_gdstk(waveguide, layer=layer)
x0, y0, x1, y1 = design.window_nm
design.window_nm = (x0, y0, min(x1, x0 + 4000), min(y1, y0 + 4000))  # what fits the model's period
recipe = {"mask_pixel_nm": 16.0, "levels": [{"coarseness": 4, "iterations": 40}]}

drawn = design.pixels((256, 256), (x0 - 48, y0 - 48, x0 + 4048, y0 + 4048)) > 0.5
correction = reticle.correct(design, model, recipe)
before = reticle.Mask(drawn.astype("uint8"), reticle.Grid(256, 256, 16.0, (x0 - 48, y0 - 48)))
for name, mask in (("drawn", before), ("corrected", correction)):
    metrics = reticle.evaluate(mask, design, model, recipe).metrics
    print(f"{name:10} {metrics['l2_nm2']:.0f} nm2 off, edges off by {metrics['epe_mean_abs_nm']:.1f} nm on average")
mask = correction.native()
print(f"the mask is a {type(mask[0] if isinstance(mask, list) else mask).__module__} object")
