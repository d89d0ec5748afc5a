# SPDX-License-Identifier: Apache-2.0
"""The suite: its inputs keep their rules, its results their schema, and its comparison tells a change from noise."""
import copy
import hashlib
import json
import os
import pathlib
import random
import subprocess

import jsonschema
import klayout.db as db
import pytest

from suite import clips, compare, page, programs, public, run_command

BUILD = pathlib.Path(os.environ.get("RETICLE_BUILD", "build/release"))
RETICLE = BUILD / "tools/reticle/reticle"


def region_of(layout):
    return db.Region(layout.top_cell().begin_shapes_rec(layout.layer(1, 0))).merged()


@pytest.mark.parametrize("kind", clips.KINDS)
def test_clips_keep_their_width_and_space_at_any_size(kind):
    width = clips.KINDS[kind][0]
    for seed, size in ((1, 1024), (2, 1024), (3, 6000)):
        drawn = region_of(clips.draw(kind, seed, size))
        assert not drawn.is_empty() and (drawn - db.Region(db.Box(0, 0, size, size))).is_empty()
        # Curves end between grid points; corners that meet at an angle are no narrow place.
        slack = 2 if kind == "photonics" else 0
        assert drawn.width_check(width - slack, False, db.Region.Projection, 80).count() == 0
        assert drawn.space_check(width - slack, False, db.Region.Projection, 80).count() == 0


def test_equal_seeds_give_equal_bytes_and_other_seeds_other_clips(tmp_path):
    def bytes_of(seed, form):
        path = tmp_path / f"clip.{form}"
        clips.write(clips.draw("metal", seed, 1024), path, "clip")
        return path.read_bytes()

    for form in ("glp", "gds", "oas"):
        assert bytes_of(1, form) == bytes_of(1, form) != bytes_of(2, form)


def test_the_product_reads_what_is_drawn(tmp_path):
    if not RETICLE.exists():
        pytest.skip(f"{RETICLE} is not built")
    for kind in clips.KINDS:
        layout, path, back = clips.draw(kind, 1, 1024), tmp_path / f"{kind}.glp", tmp_path / f"{kind}.gds"
        clips.write(layout, path, kind)
        subprocess.run([RETICLE, "convert", path, back, "--output-layer", "1/0"], check=True, capture_output=True)
        read = db.Layout()
        read.read(str(back))
        same = db.Region(read.top_cell().begin_shapes_rec(read.layer(1, 0)))
        same.transform(db.ICplxTrans(read.dbu / layout.dbu))
        # The cut that joins a hole to its outline ends on the grid: nothing wider than 1 nm differs.
        assert (same ^ region_of(layout).moved(512, 512)).sized(-1).is_empty()


def test_files_that_are_fetched_are_checked(tmp_path):
    clip, place, known = public.SETS["clips"][2][0]
    calls = []

    def elsewhere(data):
        def get(where, timeout):
            calls.append(where)
            if data is None:
                raise OSError("no network")
            return data
        return get

    wrong, lost = public.fetch("clips", tmp_path, get=elsewhere(None))
    assert (wrong, lost) == ([], [f"{clip}: no network"]) and len(calls) == 1  # the others would wait as long
    wrong, _ = public.fetch("clips", tmp_path, get=elsewhere(b"something else"))
    assert len(wrong) == len(public.CLIP_HASHES) and "is another file" in wrong[0] and not (tmp_path / "clips" / clip).exists()
    ours = pathlib.Path(os.environ.get("RETICLE_DATA_DIR", "../shared/data")) / "iccad13" / clip
    if not ours.exists():
        pytest.skip(f"{ours} is not here")
    assert hashlib.sha256(ours.read_bytes()).hexdigest() == known
    (tmp_path / "clips" / clip).write_bytes(ours.read_bytes())
    assert not [w for w in public.fetch("clips", tmp_path, get=elsewhere(None))[0] if clip in w]


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """A trial of the suite itself."""
    if not (BUILD / "bench/file_benchmark").exists():
        pytest.skip("the benchmark programs are not built")
    out = tmp_path_factory.mktemp("results")
    bench = pathlib.Path(__file__).resolve().parents[2] / "bench"
    done = subprocess.run([bench / "run", "opc", "layout", "files", "gpu", "--quick", "--rounds", "2", "--build", BUILD, "-o", out],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr + done.stdout
    return out


def test_results_fit_their_schema_and_say_what_they_stand_on(result):
    written = json.loads((result / "results.json").read_text())
    jsonschema.validate(written, json.loads(run_command.SCHEMA.read_text()))
    assert written["rounds"] == 2 and written["inputs"] and written["models"]["immersion_annular"]["sha256"]
    assert written["sets"]["files"]["state"] == "measured"
    assert all(len(row["time"]["values_s"]) == 2 and row["quality"] for row in written["sets"]["files"]["rows"])
    if written["sets"]["gpu"]["state"] != "measured":
        assert written["sets"]["gpu"]["reason"].startswith("no device")
    broken = copy.deepcopy(written)
    broken["sets"]["files"]["rows"][0]["quality"] = {}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, json.loads(run_command.SCHEMA.read_text()))


def test_the_page_needs_nothing_beside_it(result):
    text = (result / "results.html").read_text()
    assert "<svg" in text and "write_mask_file" in text
    assert not [word for word in ("src=", "href=", "url(", "@import", "<script") if word in text]


def made(seed, scale=1.0, slower=None, drift=1.0, rounds=5):
    """A result of made-up times with 3 % noise."""
    rng = random.Random(seed)
    rows = []
    for number in range(40):
        factor = scale * (slower if slower and number == 7 else 1.0)
        values = [0.01 * (number + 1) * factor * rng.gauss(1.0, 0.03) for _ in range(rounds)]
        rows.append({"name": f"row {number}", "time": run_command.spread(values), "quality": {"l2_nm2": 5}})
    stick = run_command.spread([0.02 * drift * rng.gauss(1.0, 0.02) for _ in range(7 * rounds)])
    return {"inputs": {}, "models": {}, "yardstick": {"arithmetic": stick, "cache": stick, "memory": stick},
            "sets": {"ilt": {"state": "measured", "about": "", "rows": rows}}}


def test_noise_is_no_change_and_a_fifth_is():
    assert [len(compare.changes(made(2 * i), made(2 * i + 1))) for i in range(40)] == [0] * 40
    for seed in range(10):
        assert [c for c in compare.changes(made(seed), made(seed + 50, slower=1.25)) if c.startswith("ilt: row 7: 1.")]
        assert [c for c in compare.changes(made(seed), made(seed + 50, slower=0.75)) if "times as fast" in c]


def test_times_of_too_few_rounds_are_not_compared():
    assert compare.changes(made(1, rounds=2), made(2, scale=2.0, rounds=2)) == []


def test_a_machine_that_is_slower_as_a_whole_is_no_change():
    assert compare.changes(made(1), made(2, scale=1.25, drift=1.25)) == []


def test_what_all_rows_share_is_the_machine_s_below_the_floor_and_told_above_it():
    a, b = made(1), made(2, scale=1.11, slower=1.4)
    assert [c.split(":")[1] for c in compare.changes(a, b)] == [" row 7"]
    told = compare.changes(made(1), made(2, scale=1.6))
    assert told[0].startswith(("rows in common: 1.5", "rows in common: 1.6")) and len(told) > 30


def test_a_yardstick_that_wavers_widens_the_floor():
    a, b = made(1), made(2, slower=1.25)
    assert compare.changes(a, b)
    for result in (a, b):
        for stick in result["yardstick"].values():
            stick["values_s"] = [0.02 * 1.5 ** (i / 35 - 0.5) for i in range(36)]
    assert compare.changes(a, b) == []


def test_quality_inputs_and_rows_that_differ_are_told():
    a, b = made(1), made(2)
    b["sets"]["ilt"]["rows"][3]["quality"]["l2_nm2"] = 6
    b["sets"]["ilt"]["rows"][5]["name"] = "new"
    a["inputs"]["clip"], b["inputs"]["clip"] = "0" * 64, "1" * 64
    assert compare.changes(a, b) == ["input clip is another: figures that stand on it are not comparable",
                                     "ilt: row 3: l2_nm2 5 -> 6", "ilt: row 5 is no longer measured", "ilt: new is measured for the first time"]


def test_equal_work_that_gives_other_results_is_a_failure():
    with pytest.raises(programs.Failed, match="other results in another round"):
        run_command.merged([[programs.Sample("clip", 1.0, {"l2": 1})], [programs.Sample("clip", 1.0, {"l2": 2})]])


def test_seconds_are_read_easily():
    assert [page.seconds(v) for v in (1.5, 0.00215, 3.25e-7)] == ["1.5 s", "2.15 ms", "325 ns"]
