# SPDX-License-Identifier: Apache-2.0
"""Exact images and their gradients in source, Zernikes, focus and mask."""

import numpy
import pytest

import reticle

RANDOM = numpy.random.default_rng(5)


@pytest.fixture(scope="module")
def source():
    """A map with dark pixels."""
    return RANDOM.random((9, 9)) * (RANDOM.random((9, 9)) > 0.4)


def test_kernels_come_to_the_exact_image():
    optics = reticle.optics(na=0.93, immersion_index=1.0, source=reticle.Annular(0.5, 0.8), period_nm=(700.0, 500.0),
                            max_error=1e-4, focus_nm=40.0)
    mask = RANDOM.random((50, 70))
    exact = reticle.Abbe(optics).image(mask)
    # The error is stated for binary masks of the calibration pattern; this one is of the same size.
    assert numpy.abs(reticle.Model.from_recipe(optics).image(mask) - exact).max() < 3e-4


def test_gradients_equal_central_differences(optics, source):
    abbe = reticle.Abbe(optics)
    masks = RANDOM.random((2, 43, 52))
    g = RANDOM.normal(size=(2, 9))
    zernikes = numpy.zeros(16)
    zernikes[[3, 6, 8]] = 0.02, -0.03, 0.04
    at = dict(source=source, zernikes_waves=zernikes, focus_nm=20.0, cut=(30.0, 50.0, 300.0, 200.0, 9), dose=1.02)

    def loss(masks=masks, **other):
        return (g * abbe.image(masks, **{**at, **other})).sum()

    def central(change, step):
        return (change(step) - change(-step)) / (2 * step)

    gradient = abbe.vjp(masks, g, **at)
    assert gradient.source.shape == source.shape
    towards = RANDOM.random(source.shape) * source  # keeps dark pixels dark, and light above 0
    numeric = central(lambda h: loss(source=source + h * towards), 1e-5)
    assert abs((gradient.source * towards).sum() - numeric) < 1e-6 * abs(numeric)
    direction = RANDOM.normal(size=16)
    numeric = central(lambda h: loss(zernikes_waves=zernikes + h * direction), 1e-6)
    assert abs(gradient.zernikes_waves[:16] @ direction - numeric) < 1e-6 * abs(numeric)
    numeric = central(lambda h: loss(focus_nm=20.0 + h), 1e-3)
    assert abs(gradient.focus_nm - numeric) < 1e-6 * abs(numeric)
    direction = RANDOM.normal(size=masks.shape)
    numeric = central(lambda h: loss(masks + h * direction), 1e-5)
    assert abs((gradient.mask * direction).sum() - numeric) < 1e-6 * abs(numeric)
    numeric = central(lambda h: loss(dose=1.02 + h), 1e-5)
    assert abs(gradient.dose - numeric) < 1e-6 * abs(numeric)


def test_gradient_of_resist_terms_equals_central_differences(source):
    terms = {"diffusion_nm": 12.0, "resist_slope_nm": 4.0, "resist_density": 0.2, "resist_density_range_nm": 70.0}
    keys = dict(na=1.35, source=reticle.Annular(0.6, 0.9), period_nm=(520.0, 430.0))
    masks, g = RANDOM.random((2, 43, 52)), RANDOM.normal(size=(2, 43, 52))

    def abbe(**moved):
        return reticle.Abbe(reticle.optics(**keys, **{**terms, **moved}))

    gradient = abbe().vjp(masks, g, source=source, resist=True, dose=1.02, wanted=("source",)).resist
    for term, value in terms.items():
        above, below = ((g * abbe(**{term: value + h}).image(masks, source=source, resist=True, dose=1.02)).sum()
                        for h in (1e-4, -1e-4))
        numeric = (above - below) / 2e-4
        assert abs(getattr(gradient, term.removeprefix("resist_")) - numeric) < 1e-6 * abs(numeric), term


def test_only_ratios_of_the_source_count(optics, source):
    abbe = reticle.Abbe(optics)
    mask, g = RANDOM.random((43, 52)), RANDOM.normal(size=(43, 52))
    assert numpy.abs(abbe.image(mask, source=source) - abbe.image(mask, source=7 * source)).max() < 1e-12
    terms = abbe.vjp(mask, g, source=source, wanted=("source",)).source * source
    assert abs(terms.sum()) < 1e-12 * numpy.abs(terms).sum()


def test_bad_sources_are_named(optics):
    abbe = reticle.Abbe(optics)
    mask = numpy.ones((43, 52))
    for call, words in ((lambda: abbe.image(mask, source=-numpy.ones((5, 5))), "source.map"),
                        (lambda: abbe.image(mask, source=numpy.zeros((5, 5))), "source.map"),
                        (lambda: abbe.image(mask, source=numpy.ones(5)), "source"),
                        (lambda: abbe.image(mask, zernikes_waves=numpy.zeros(40)), "zernikes_waves"),
                        (lambda: abbe.vjp(mask, mask, wanted=("sauce",)), "sauce"),
                        (lambda: abbe.vjp(mask, mask * numpy.nan, wanted=("focus_nm",)), "cotangent"),
                        (lambda: abbe.vjp(mask, mask, wanted=("source",)), "source")):
        with pytest.raises(reticle.Error) as caught:
            call()
        assert words in str(caught.value), str(caught.value)
