# SPDX-License-Identifier: Apache-2.0
"""The source itself optimised by its gradient: contrast of dense lines and spaces through focus.

python source_optimisation.py [picture.png]
"""

import sys

import numpy

import reticle

PITCH, SIZE = 110.0, 15
rows = cols = 32
lines = numpy.zeros((rows, cols))
lines[:, :cols // 2] = 1.0  # one line of half the pitch
abbe = reticle.Abbe(reticle.optics(na=1.2, immersion_index=1.4366, period_nm=PITCH, polarisation="y",
                                   source=reticle.Conventional(0.9)))
s = (2 * numpy.arange(SIZE) + 1 - SIZE) / SIZE
inside = numpy.hypot(*numpy.meshgrid(s, s)) <= 0.9
edge = numpy.zeros((rows, cols))
edge[:, cols // 4], edge[:, 3 * cols // 4] = 1.0 / rows, -1.0 / rows  # bright in the line, dark in the space


def contrast_and_gradient(source):
    """Modulation summed over focuses, and its gradient by the source's pixels."""
    total, gradient = 0.0, 0.0
    for focus in (-60.0, 0.0, 60.0):
        where = dict(source=source, focus_nm=focus)
        total += (edge * abbe.image(lines, **where)).sum() / 3
        gradient = gradient + abbe.vjp(lines, edge / 3, wanted=("source",), **where).source
    return total, gradient


parameters = numpy.zeros((SIZE, SIZE))  # light = inside * exp(parameters): never negative
history = []
for iteration in range(40):
    light = inside * numpy.exp(parameters)
    contrast, gradient = contrast_and_gradient(light / light.sum())
    history.append(contrast)
    step = gradient * light / light.sum()
    parameters += 0.5 * step / numpy.abs(step).max()
print(f"modulation through focus {history[0]:.3f} -> {history[-1]:.3f}")
left_right = light[:, [0, 1, 2, -3, -2, -1]].sum() / light.sum()
print(f"{100 * left_right:.0f} % of the light has moved beyond 0.6 sigma along x: a dipole")
assert history[-1] > 1.3 * history[0]

if len(sys.argv) > 1:
    from matplotlib import pyplot
    pyplot.imsave(sys.argv[1], light, origin="lower")
