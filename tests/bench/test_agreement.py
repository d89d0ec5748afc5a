# SPDX-License-Identifier: Apache-2.0
"""`reticle verify` against an evaluator in double precision that shares nothing with it: areas between contours without
pixels, and every edge it lists."""
import os
import pathlib

import numpy as np
import pytest

from scoring import agreement, areas, command, files, imaging

RETICLE = pathlib.Path(os.environ.get("RETICLE_BUILD", "build/release")) / "tools/reticle/reticle"


# I = cos(2 pi (x + 2 y) / 64) is above a half on a third of the plane; over 32 rows a slanted stripe passes once over every
# place, so that a drawn rectangle of that height holds a third as well.
def test_areas_between_a_contour_and_an_outline_are_exact():
    c = np.zeros((5, 3), complex)
    c[0, 0] = c[4, 2] = 0.5
    printed = areas.of_image(imaging.Image(c, 64), 0.5)
    assert areas.area(printed, 64) == pytest.approx(64**2 / 3, abs=1e-3)
    drawn = areas.of_rings([np.array([(3.0, 8.0), (23.5, 8.0), (23.5, 40.0), (3.0, 40.0)])], 64)
    assert areas.area(drawn, 64) == pytest.approx(20.5 * 32)
    assert areas.area(printed ^ drawn, 64) == pytest.approx(64**2 / 3 + 20.5 * 32 / 3, abs=1e-3)


@pytest.mark.skipif(not RETICLE.exists(), reason=f"{RETICLE} is not built")
def test_verify_agrees_on_a_corrected_contest_clip(tmp_path):
    clips = agreement.contest_clips()
    if not clips:
        pytest.skip("the contest's clips are not here: bench/fetch_public tells how to get them")
    kernels = command.contest_kernels()
    model = imaging.read_model(kernels)
    (path, clip), = agreement.corrected(RETICLE, clips[-1:], kernels, [command.ROOT / "tools/recipes/correct_fast.toml"], tmp_path)
    exact = agreement.Exact(model, files.read(path, model.period_nm, "mask"), files.read(clip, model.period_nm, "target"), rows_per_nm=8)
    off = agreement.differences(exact, *agreement.verified(RETICLE, path, clip, kernels, tmp_path))
    assert exact.l2_nm2 > 5000 and exact.pv_band_nm2 > 5000 and off["edges"] > 50
    assert abs(off["l2_nm2"]) < 25 and abs(off["pv_band_nm2"]) < 25  # of which half is the evaluator's rows
    assert max(off["edge_nm"], abs(off["epe_max_nm"]), abs(off["epe_mean_nm"])) < 0.002
