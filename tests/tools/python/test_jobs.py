# SPDX-License-Identifier: Apache-2.0
"""The layout job from Python: the mask of the command, on any number of threads, stopped and resumed."""

import json
import os
import subprocess

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
    arguments = dict(layers="11/0", halo_nm=256.0, period_nm=0.0)
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


def read(path):
    with open(path, "rb") as file:
        return file.read()


def command(*arguments):
    done = subprocess.run([os.environ["RETICLE"], "correct", *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr


@pytest.mark.skipif("RETICLE" not in os.environ, reason="RETICLE names no command")
@pytest.mark.parametrize("method", ["ilt", "edge"])
@pytest.mark.parametrize("copies", [1, 8])  # so many side by side choose tiles of an array
def test_mask_and_reports_are_those_of_the_command(model, tmp_path, method, copies):
    layout, model_path, recipe = tmp_path / "bars.gds", tmp_path / "model.h5", tmp_path / "recipe.toml"
    reticle.write_layout(layout, {"11/0": [bar for i in range(copies) for j in range(copies) for bar in bars(704.0 * i, 608.0 * j)]})
    model.save(model_path)
    recipe.write_text(f'method = "{method}"\nmask_pixel_nm = 8.0\n[opc]\niterations = 4\n'
                      + ('[[levels]]\ncoarseness = 2\niterations = 5\n' if method == "ilt" else ""))
    command(layout, "--layer", "11/0", "--model", model_path, "--recipe", recipe, "-o", tmp_path / "command")
    ours = reticle.correct_layout(layout, tmp_path / "ours", reticle.Model.load(model_path), recipe, layers="11/0")
    assert read(ours.mask_path) == read(tmp_path / "command" / "mask.gds")
    assert any("steps of" in note for note in ours.notes) == (copies > 1)
    for report in ("report.json", "verification/report.json"):
        totals = [json.loads(read(tmp_path / folder / report))["totals"] for folder in ("ours", "command")]
        assert totals[0] == totals[1]
    assert ours.metrics["epe_mean_abs_nm"] == totals[0]["epe_mean_abs_nm"]

    stopped = reticle.correct_layout(layout, tmp_path / "begun", reticle.Model.load(model_path), recipe, layers="11/0",
                                     progress=lambda work, done, total: done < 1)
    assert not stopped.finished
    command(layout, "--layer", "11/0", "--model", model_path, "--recipe", recipe, "-o", tmp_path / "begun", "--resume")
    assert read(tmp_path / "begun" / "mask.gds") == read(ours.mask_path)


def test_mask_goes_where_and_in_what_cells_it_is_asked_for(model, layout, tmp_path):
    arguments = dict(layers="11/0", halo_nm=256.0, period_nm=0.0)
    plain = reticle.correct_layout(layout, tmp_path / "plain", model, RECIPE, **arguments)
    kept = reticle.correct_layout(layout, tmp_path / "kept", model, RECIPE, mask_path=tmp_path / "mask.oas", keep_input=True,
                                  output_layer="12/0", keep_hierarchy=True, **arguments)
    assert kept.mask_path == os.fspath(tmp_path / "mask.oas")
    assert kept.metrics["mask_area_um2"] == pytest.approx(plain.metrics["mask_area_um2"], rel=1e-9)
    with pytest.raises(reticle.errors.UnsupportedError, match="is for clips"):
        reticle.correct_layout(layout, tmp_path / "clips", model, "method = 'edge'\n[assists]\nmethod = 'model'\n", **arguments)
