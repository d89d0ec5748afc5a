# SPDX-License-Identifier: Apache-2.0
"""What other programs open: markers in KLayout, scenes in USD; and one mask verified alike from every format."""
import csv
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


def test_klayout_finds_no_difference_between_a_mask_in_drawn_cells_and_one_in_cells_of_tiles(model, tmp_path):
    drawn = db.Layout()
    drawn.dbu = 0.001
    top, pair = drawn.create_cell("TOP"), drawn.create_cell("PAIR")
    pair.shapes(drawn.layer(LAYER)).insert(region([db.Box(0, 0, 75, 600), db.Box(150, 0, 225, 300), db.Box(150, 400, 225, 600)]))
    for column in range(5):
        top.insert(db.CellInstArray(pair.cell_index(), db.Trans(column % 4, column > 2, 900 * column, 100 * column)))
    top.insert(db.CellInstArray(pair.cell_index(), db.Trans(0, 1500), db.Vector(300, 0), db.Vector(0, 750), 12, 3))
    drawn.write(str(tmp_path / "drawn.oas"))
    recipe = tmp_path / "edge.toml"
    recipe.write_text('method = "edge"\n[opc]\niterations = 2\n')
    masks = {}
    for name, more in (("tiles", []), ("cells", ["--keep-hierarchy"])):
        reticle("correct", tmp_path / "drawn.oas", "--layer", "12/0", "--model", model, "--recipe", recipe, "-o", tmp_path / name,
                "--mask-layout", tmp_path / f"{name}.oas", "--threads", "1", *more, good=(0, 1))
        mask = db.Layout()
        mask.read(str(tmp_path / f"{name}.oas"))
        masks[name] = mask, db.Region(mask.top_cell().begin_shapes_rec(mask.layer(1, 0)))
    assert (masks["tiles"][1] ^ masks["cells"][1]).is_empty() and not masks["cells"][1].is_empty()
    assert masks["cells"][0].top_cell().name == "TOP" and masks["cells"][0].cell("PAIR") is not None


# Contacts of 70 nm, whose edges are too far apart to be one place, at many places under wires, inside, across an edge and at the ends: which of their edges the print
# encloses by less than the limit, and by how much it does, as KLayout finds it on the outlines of the print.
def test_klayout_finds_the_same_enclosures_of_the_same_print(model, tmp_path):
    usd = pytest.importorskip("pxr.Usd")
    geometry = pytest.importorskip("pxr.UsdGeom")
    limit, dbu_nm = 8.0, 0.01
    contacts = [db.Box(150 * i + 3 + dx, 60 + 140 * j + dy, 150 * i + 73 + dx, 130 + 140 * j + dy)
                for i in range(6) for j, (dx, dy) in enumerate(zip(range(-12 + i, 30, 7), range(-55, 60, 19)))]
    target = tmp_path / "target.oas"
    drawn = db.Layout()
    drawn.dbu = 0.001
    cell = drawn.create_cell("TOP")
    around = [db.Box(-150, 0, -75, 900), db.Box(900, 0, 975, 900)]  # the scene ends where the mask does
    cell.shapes(drawn.layer(1, 0)).insert(region(LINES + around))
    cell.shapes(drawn.layer(2, 0)).insert(region(contacts))
    drawn.write(str(target))
    condition = "focus"
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(f"site_spacing_nm = 40.0\nsearch_range_nm = 60.0\n[limits]\nenclosure_nm = {limit}\n"
                      f'[[corners]]\nname = "nominal"\ncondition = "{condition}"\n[band]\nouter = "nominal"\ninner = "nominal"\n')
    reticle("verify", target, "--mask-layer", "1/0", "--target", target, "--layer", "1/0", "--enclosed-layer", "2/0",
            "--model", model, "--recipe", recipe, "-o", tmp_path / "out", good=(0, 1))
    with open(tmp_path / "out/findings.csv") as table:
        found = {(float(r["x_nm"]), float(r["y_nm"])): float(r["value"])
                 for r in csv.DictReader(table) if r["check"] == "enclosure"}

    reticle("view", target, "--layer", "1/0", "--model", model, "--usd", tmp_path / "scene.usda")
    stage = usd.Stage.Open(str(tmp_path / "scene.usda"))
    curves, = (geometry.BasisCurves(prim) for prim in stage.Traverse() if prim.GetName() == "Printed")
    points, counts = curves.GetPointsAttr().Get(0), curves.GetCurveVertexCountsAttr().Get(0)
    printed, first = db.Region(), 0
    for count in counts:
        printed.insert(db.Polygon([db.Point(round(p[0] / dbu_nm), round(p[1] / dbu_nm)) for p in points[first : first + count]]))
        first += count
    printed.merge()
    scaled = db.Region([db.Polygon(box * 100) for box in contacts]).merged()
    close = printed.enclosing_check(scaled, round(limit / dbu_nm), False, db.Region.Projection, 20.0)
    flagged = db.Edges([pair.second for pair in close.each()]) + (scaled.edges() - printed)

    def length_of_first(parts, start):
        return min((p.length() * dbu_nm for p in parts.each() if start in (p.p1, p.p2)), default=0.0)

    values, checked = {}, set()
    for edge in scaled.edges().each():
        middle, along = edge.bbox().center(), edge.d()
        out = db.Vector(-along.y, along.x) * (6000.0 / edge.length())  # hulls run clockwise: outwards is to the left
        value = length_of_first(db.Edges([db.Edge(middle, middle + out)]) & printed, middle)
        value = value or -length_of_first(db.Edges([db.Edge(middle, middle - out)]) - printed, middle)
        place = (middle.x * dbu_nm, middle.y * dbu_nm)
        values[place] = value
        if any(e.contains(middle) for e in flagged.each()):
            checked.add(place)
        if abs(value - limit) > 0.05:
            assert (value < limit) == (place in found), (place, value)
    assert 20 < len(found) < len(values) and min(found.values()) < 0
    # Its check takes edges that run alike, which those of round ends do not.
    assert checked <= set(found) and len(checked) > 0.8 * len(found)
    for place, value in found.items():
        assert value == pytest.approx(values[place], abs=0.03), place
