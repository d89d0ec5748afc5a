# SPDX-License-Identifier: Apache-2.0
"""Training pairs for a network: random designs, their corrected masks and images, into HDF5 (masks/SCHEMA.md).

python training_pairs.py FOLDER [COUNT]
"""

import pathlib
import sys

import numpy

import reticle

folder, count = pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 4
folder.mkdir(parents=True, exist_ok=True)
random = numpy.random.default_rng(0)
model = reticle.Model.from_recipe(reticle.optics(
    na=0.93, immersion_index=1.0, source=reticle.Annular(0.5, 0.8), period_nm=1024.0, max_error=2e-3, threshold=0.3,
    focus_nm={"focus": 0.0, "defocus": 60.0}))
recipe = {"mask_pixel_nm": 4.0, "levels": [{"coarseness": 4, "iterations": 40}]}


def random_design():
    """Up to four bars and contacts on a pitch of 200 nm."""
    polygons = []
    for x in 232 + 200 * random.permutation(4)[:random.integers(1, 5)]:
        y, height = random.integers(200, 500), random.choice([100, 300])
        polygons.append([[x, y], [x + 90, y], [x + 90, y + height], [x, y + height]])
    return reticle.Design(polygons, (0, 0, 1024, 1024))


designs = [random_design() for _ in range(count)]
corrections = reticle.correct(designs, model, recipe, threads=2)
images = model.image(numpy.stack([c.mask.pixels for c in corrections]), resist=True, threads=2)
for i, (design, correction, image) in enumerate(zip(designs, corrections, images)):
    evaluation = reticle.evaluate(correction, design, model, recipe)
    correction.mask.record.update(target=evaluation.target, metrics=evaluation.metrics)
    correction.mask.write(folder / f"pair_{i:04}.h5")  # target and mask, uint8
    reticle.write_image(folder / f"pair_{i:04}_image.h5", image, correction.mask.grid, model)  # float32
print(f"{count} pairs in {folder}; mean l2 {numpy.mean([c.mask.record['metrics']['l2_nm2'] for c in corrections]):.0f} nm2")
