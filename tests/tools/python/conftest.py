# SPDX-License-Identifier: Apache-2.0
"""Shared inputs of the tests. The module is found through PYTHONPATH (ctest) or an installed package."""

import numpy
import pytest

import reticle


def bars(dx=0.0, dy=0.0):
    """Two bars of 80 nm in a field of 1024 nm."""
    return [numpy.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], dtype=float) + [dx, dy]
            for x0, y0, x1, y1 in ((352, 320, 432, 704), (560, 320, 640, 608))]


@pytest.fixture(scope="session")
def model():
    """A small vector model of two focuses, coarse so that it builds in a moment."""
    return reticle.Model.from_recipe(reticle.optics(
        na=0.93, immersion_index=1.0, source=reticle.Annular(0.5, 0.8), focus_nm={"focus": 0.0, "defocus": 60.0},
        period_nm=1024.0, max_error=2e-3, threshold=0.3, diffusion_nm=10.0))


@pytest.fixture(scope="session")
def optics():
    """Optics of a period with few orders, for exact imaging."""
    return reticle.optics(na=1.35, source=reticle.Annular(0.6, 0.9), polarisation="te", period_nm=(520.0, 430.0),
                          zernikes_waves=[0, 0, 0, 0.02, 0, 0, 0.01], stage_blur_nm=3.0, flare=0.02)
