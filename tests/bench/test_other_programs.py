# SPDX-License-Identifier: Apache-2.0
"""What other programs open: markers in KLayout, scenes in USD; and one mask verified alike from every format."""
import json
import os
import pathlib
import subprocess

import klayout.db as db
import klayout.rdb as rdb
import pytest

BUILD = pathlib.Path(os.environ.get("RETICLE_BUILD", "build/release"))
RETICLE = BUILD / "tools/reticle/reticle"
RECIPE = pathlib.Path(__file__).parents[2] / "tools/recipes/immersion_annular.toml"
LAYER = db.LayerInfo(12, 0)

pytestmark = pytest.mark.skipif(not RETICLE.exists(), reason=f"{RETICLE} is not built")


def reticle(*words, good=(0,)):
    done = subprocess.run([RETICLE, *map(str, words)], capture_output=True, text=True)
    assert done.returncode in good, done.stderr
    return done


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "model.h5"
    reticle("model", RECIPE, "-o", path)
    return path


def layout(path, shapes):
    drawn = db.Layout()
    drawn.dbu = 0.001
    cell = drawn.create_cell("CHIP<&>")
    cell.shapes(drawn.layer(LAYER)).insert(shapes)
    drawn.write(str(path))
    return path


def region(boxes):
    return db.Region([db.Polygon(box) for box in boxes])


LINES = [db.Box(150 * i, 0, 150 * i + 75, 900) for i in range(6)]


def test_markers_open_in_klayout_under_the_top_cell(model, tmp_path):
    target = layout(tmp_path / "target.gds", region(LINES))
    mask = layout(tmp_path / "mask.oas", region(LINES + [db.Box(225, 400, 300, 480), db.Box(-60, 300, 0, 360)]))
    reticle("verify", mask, "--mask-layer", "12/0", "--target", target, "--layer", "12/0", "--model", model,
            "-o", tmp_path / "out", good=(1,))
    database = rdb.ReportDatabase("findings")
    database.load(str(tmp_path / "out/findings.lyrdb"))
    findings = (tmp_path / "out/findings.csv").read_text().splitlines()
    assert database.num_items() == len(findings) - 1
    assert {database.cell_by_id(item.cell_id()).name() for item in database.each_item()} == {"CHIP<&>"}
    by_check = {category.name(): category.num_items() for category in database.each_category()}
    assert by_check["bridge"] >= 1
    assert all(count > 0 for count in by_check.values())


# A hole joined to its outline by a cut, a hole, pixels: the same ring, without a false fault at the cut.
def test_a_square_ring_is_the_same_in_every_format(model, tmp_path):
    ring = region([db.Box(0, 0, 700, 700)]) - region([db.Box(200, 200, 500, 500)])
    for form in ("gds", "oas"):
        layout(tmp_path / f"ring.{form}", ring)
    for form in ("h5", "png"):
        reticle("convert", tmp_path / "ring.gds", tmp_path / f"ring.{form}", "--layer", "12/0")
    outline = "0 0 700 0 700 700 0 700 0 200 200 200 200 500 500 500 500 200 0 200"
    (tmp_path / "ring.glp").write_text(f"BEGIN\nCNAME ring\nLEVEL M1\nCELL ring PRIME\nPGON N M1 {outline}\nENDMSG\n")
    totals = {}
    for form in ("gds", "oas", "glp", "h5", "png"):
        is_layout = form in ("gds", "oas")
        target = tmp_path / ("ring.glp" if form == "glp" else f"ring.{form if is_layout else 'gds'}")
        reticle("verify", tmp_path / f"ring.{form}", *(["--mask-layer", "12/0"] if is_layout else []),
                "--target", target, *([] if form == "glp" else ["--layer", "12/0"]), "--model", model,
                "-o", tmp_path / f"out_{form}", good=(0, 1))
        totals[form] = json.loads((tmp_path / f"out_{form}/report.json").read_text())["totals"]
    for form, found in totals.items():
        for key in ("missing", "extra", "bridges", "opens", "holes", "filled"):
            assert found.get(key, 0) == 0, (form, key)
        assert found["edge_sites"] == totals["gds"]["edge_sites"], form


def test_scenes_open_in_usd(model, tmp_path):
    usd = pytest.importorskip("pxr.Usd")
    geometry = pytest.importorskip("pxr.UsdGeom")
    mask = layout(tmp_path / "mask.gds", region(LINES))
    reticle("view", mask, "--layer", "12/0", "--model", model, "--usd", tmp_path / "scene.usda")
    stage = usd.Stage.Open(str(tmp_path / "scene.usda"))
    assert geometry.GetStageMetersPerUnit(stage) == pytest.approx(1e-9)
    assert geometry.GetStageUpAxis(stage) == "Z"
    surfaces = [prim for prim in stage.Traverse() if prim.IsA(geometry.Mesh)]
    assert surfaces and all(len(geometry.Mesh(prim).GetPointsAttr().Get(0)) > 4 for prim in surfaces)


def test_a_missing_via_is_named_and_its_tile_listed_for_repair(model, tmp_path):
    vias = [db.Box(300 * i, 300 * j, 300 * i + 100, 300 * j + 100) for i in range(4) for j in range(3)]
    target = layout(tmp_path / "vias.oas", region(vias + [db.Box(1500, 300, 1530, 330)]))
    recipe = tmp_path / "edge.toml"
    recipe.write_text('method = "edge"\n[opc]\niterations = 2\nmax_move_nm = 2\n')
    job = ["correct", target, "--layer", "12/0", "--model", model, "-o", tmp_path / "job", "--recipe", recipe, "--threads", "1"]
    reticle(*job, good=(1,))
    reticle("verify", tmp_path / "job", "--target", target, "--layer", "12/0", "--model", model, "-o", tmp_path / "out", good=(1,))
    totals = json.loads((tmp_path / "out/report.json").read_text())["totals"]
    assert totals["missing"] == 1 and totals["faults"] == 1
    tiles = json.loads((tmp_path / "out/repair.json").read_text())
    assert tiles == json.loads((tmp_path / "job/verification/repair.json").read_text())
    assert len(tiles) == 1
    reticle(*job, "--only", tmp_path / "out/repair.json", "--resume", good=(1,))
