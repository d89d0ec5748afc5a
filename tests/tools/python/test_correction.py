# SPDX-License-Identifier: Apache-2.0
"""Corrections, starts, progress, evaluation, and designs and masks as files and arrays."""

import os
import signal
import threading

import numpy
import pytest

import reticle
from conftest import bars

RECIPE = {"mask_pixel_nm": 4.0,
          "levels": [{"coarseness": 4, "iterations": 30, "resist_slope_last": 60.0}]}
WINDOW = (0.0, 0.0, 1024.0, 1024.0)


@pytest.fixture(scope="module")
def design():
    return reticle.Design(bars(), WINDOW)


@pytest.fixture(scope="module")
def correction(model, design):
    return reticle.correct(design, model, RECIPE)


def test_correction_prints_the_design_better(model, design, correction):
    drawn = reticle.Mask((design.pixels((256, 256), WINDOW) > 0.5).astype(numpy.uint8), correction.mask.grid)
    before = reticle.evaluate(drawn, design, model, RECIPE)
    after = reticle.evaluate(correction, design, model, RECIPE)
    assert after.l2_nm2 < 0.5 * before.l2_nm2
    assert len(correction.history["fidelity_nm2"]) == 30
    assert correction.parameters.shape == (64, 64)


def test_verification_finds_a_bridge_and_clears_it(model, design, correction):
    between = numpy.array([[432.0, 480.0], [560.0, 480.0], [560.0, 560.0], [432.0, 560.0]])
    bridged = reticle.verify([*design.polygons, between], design, model)
    assert "bridge" in bridged.by_check()
    x0, y0, x1, y1 = bridged.by_check()["bridge"][0].box_nm
    assert x0 < 560.0 and x1 > 432.0 and y0 < 560.0 and y1 > 480.0
    assert "bridge" not in reticle.verify(correction, design, model).by_check()


def test_start_moves_where_the_optimiser_begins(model, design, correction):
    fewer = {**RECIPE, "levels": [{**RECIPE["levels"][0], "iterations": 5}]}
    loss = {}
    for name, start in (("drawn", None), ("mask", correction.mask.pixels.astype(numpy.float32)), ("field", correction)):
        loss[name] = reticle.correct(design, model, fewer, start=start).history["fidelity_nm2"][0]
    assert loss["field"] < loss["drawn"] and loss["mask"] < loss["drawn"]


def test_batch_is_its_clips(model, design, correction):
    other = reticle.Design(bars(40.0, -16.0), WINDOW)
    batch = reticle.correct([design, other], model, RECIPE)
    assert (batch[0].mask.pixels == correction.mask.pixels).all()


def test_progress_reports_and_stops(model, design):
    seen = []
    result = reticle.correct(design, model, RECIPE, progress=lambda part: seen.append(part) or len(seen) < 7)
    assert len(seen) < 40 and seen == sorted(seen)
    assert result.mask.pixels.shape == (256, 256)

    def fails(part):
        raise RuntimeError("from the callback")

    with pytest.raises(RuntimeError, match="from the callback"):
        reticle.correct(design, model, RECIPE, progress=fails)


def test_ctrl_c_stops_a_correction(model, design):
    endless = {**RECIPE, "levels": [{**RECIPE["levels"][0], "iterations": 100000}]}
    timer = threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        reticle.correct(design, model, endless)
    timer.join()


def test_masks_and_designs_survive_files(design, correction, tmp_path):
    correction.mask.write(tmp_path / "mask.gds", layer="5/0")
    again = reticle.read_design(tmp_path / "mask.gds", layers="5/0", window_nm=WINDOW)
    grid = correction.mask.grid
    box = (*grid.origin_nm, grid.origin_nm[0] + grid.cols * grid.pixel_nm, grid.origin_nm[1] + grid.rows * grid.pixel_nm)
    assert (again.pixels((grid.rows, grid.cols), box) == correction.mask.pixels).all()
    correction.mask.write(tmp_path / "mask.h5")
    stored = reticle.read_mask(tmp_path / "mask.h5")
    assert (stored.pixels == correction.mask.pixels).all() and stored.grid == grid
    reticle.write_layout(tmp_path / "bars.oas", {"11/0": bars()})
    assert reticle.Design.of(str(tmp_path / "bars.oas")).window_nm == (352.0, 320.0, 640.0, 704.0)


def test_bad_input_is_named(model, design):
    for call, words in (
            (lambda: reticle.correct(design, model, {"levls": []}), "levels"),
            (lambda: reticle.correct(design, model, {"mask_pixel_nm": 3.0}), "mask_pixel_nm"),
            (lambda: reticle.correct(design, model, "nowhere.toml"), "nowhere.toml"),
            (lambda: reticle.correct(design, model, RECIPE, start=numpy.full((8, 8), 2.0)), "start"),
            (lambda: reticle.correct(design, model, RECIPE, start=numpy.full((8, 8), numpy.nan)), "start"),
            (lambda: reticle.correct(design, model, RECIPE, engine="tpu"), "tpu"),
            (lambda: reticle.correct([], model, RECIPE), "polygons"),
            (lambda: reticle.correct(reticle.Design(bars(), (0, 0, 4000, 100)), model, RECIPE), "4000"),
            (lambda: reticle.Design(bars(), (10, 0, 0, 10)).window_nm and
                reticle.correct(reticle.Design(bars(), (10, 0, 0, 10)), model, RECIPE), "window_nm")):
        with pytest.raises(reticle.Error) as caught:
            call()
        assert words in str(caught.value), str(caught.value)
