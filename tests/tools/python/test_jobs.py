# SPDX-License-Identifier: Apache-2.0
"""The layout job from Python: the same mask on any number of threads, stopped and resumed."""

import pytest

import reticle
from conftest import bars

RECIPE = {"mask_pixel_nm": 8.0, "levels": [{"coarseness": 2, "iterations": 5}]}


@pytest.fixture(scope="module")
def layout(tmp_path_factory):
    path = tmp_path_factory.mktemp("layout") / "bars.gds"
    reticle.write_layout(path, {"11/0": bars() + bars(900.0, 300.0)})
    return path


def test_job_is_stopped_resumed_and_the_same(model, layout, tmp_path):
    arguments = dict(layers="11/0", halo_nm=256.0)
    whole = reticle.correct_layout(layout, tmp_path / "whole", model, RECIPE, threads=2, **arguments)
    assert whole.finished and whole.metrics and whole.tiles > 1
    calls = []

    def stops(work, done, total):
        calls.append((work, done, total))
        return len(calls) < 4

    stopped = reticle.correct_layout(layout, tmp_path / "parts", model, RECIPE, progress=stops, **arguments)
    assert not stopped.finished
    with pytest.raises(reticle.errors.InputError):
        reticle.correct_layout(layout, tmp_path / "parts", model, RECIPE, **arguments)
    resumed = reticle.correct_layout(layout, tmp_path / "parts", model, RECIPE, start="resume", **arguments)
    assert resumed.finished and resumed.metrics == whole.metrics
    with open(whole.mask_path, "rb") as a, open(resumed.mask_path, "rb") as b:
        assert a.read() == b.read()
