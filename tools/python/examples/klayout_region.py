# SPDX-License-Identifier: Apache-2.0
"""A KLayout region corrected, as a region again, and mask, print and markers laid over a cell.

python klayout_region.py
"""

import klayout.db as db

import reticle

model = reticle.Model.from_recipe(reticle.optics(
    na=0.93, immersion_index=1.0, source=reticle.Annular(0.5, 0.8), period_nm=1024.0, max_error=2e-3, threshold=0.3,
    focus_nm={"focus": 0.0, "defocus": 60.0}))
recipe = {"mask_pixel_nm": 4.0, "levels": [{"coarseness": 4, "iterations": 40}]}

region = db.Region([db.Box(352, 320, 432, 704), db.Box(560, 320, 640, 608)])  # dbu of 1 nm
mask = reticle.correct(region, model, recipe).native()
print(f"drawn {region.area()} nm2, mask {mask.area()} nm2 in {mask.count()} polygons")
assert isinstance(mask, db.Region) and not (mask & region).is_empty()

layout = db.Layout()
layout.dbu = 0.0005  # um
cell = layout.create_cell("TOP")
cell.shapes(layout.layer(11, 0)).insert(region.transformed(db.ICplxTrans(2.0)))
evaluation = reticle.klayout.correct_cell(cell, "11/0", model, recipe, window_um=(0.0, 0.0, 1.024, 1.024))
layers = {str(layout.get_info(i)): db.Region(cell.begin_shapes_rec(i)).merged().area() / 4 for i in layout.layer_indexes()}
print(f"areas in nm2 by layer: {layers}; metrics: {evaluation.metrics}")
assert abs(layers["1000/0"] - mask.area()) < 0.01 * mask.area()  # the unit does not matter
