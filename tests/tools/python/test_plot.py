# SPDX-License-Identifier: Apache-2.0
"""Every figure draws on axes that are given, and notebooks get PNG pictures; skipped without matplotlib."""

import pytest

import reticle
from conftest import bars

pytest.importorskip("matplotlib")


def axes():
    from matplotlib.figure import Figure

    return Figure().add_subplot()


def test_every_figure_draws_what_it_is_given(model, optics):
    image = model.image(bars(), shape=(128, 128))
    own = reticle.plot.image(image, model=model, polygons=bars(), axes=axes())
    assert own.get_images()[0].get_array().shape == (128, 128) and len(own.get_lines()) == 2
    contour = own.collections[0].get_paths()  # the print at the threshold lies where the image says
    assert abs(model.image(bars(), points=contour[0].vertices[:5]) - 0.3).max() < 5e-3
    source = reticle.plot.source(optics, axes=axes())
    assert len(source.collections[0].get_offsets()) == len(optics.source_points())
    phase = reticle.plot.pupil(optics, focus_nm=30.0, axes=axes()).get_images()[0].get_array()
    assert phase.max() > 0 and phase.mask[0, 0]  # nothing outside the pupil
    sheet = reticle.plot.kernels(model, count=4, axes=axes()).get_images()[0].get_array()
    assert sheet.shape == tuple(2 * n for n in model.conditions[0].kernels.shape[1:])
    gauges = [reticle.Gauge("bar", 300.0, 512.0, 480.0, 512.0, cd_nm=0.0)]
    window = reticle.window(bars(), gauges, model, exposures=(0.9, 1.0, 1.1))
    curves = reticle.plot.bossung(window.focus_nm, window.exposures, window.cd_nm[:, 0].T, axes=axes()).get_lines()
    assert len(curves) == 3 and (curves[1].get_ydata() == window.cd_nm[:, 0, 1]).all()
    assert len(reticle.plot.process_window(window.slices[0], axes=axes()).collections) == 1


def test_notebooks_get_pictures(model, optics):
    gauges = [reticle.Gauge("bar", 300.0, 512.0, 480.0, 512.0, cd_nm=0.0)]
    for shown in (optics, model, reticle.window(bars(), gauges, model)):
        assert shown._repr_png_().startswith(b"\x89PNG"), type(shown)
