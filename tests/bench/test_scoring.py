# SPDX-License-Identifier: Apache-2.0
"""The scorer: against a second evaluator on thirty masks of its own making, and its figures on shapes one can count."""
import json
import sys

import h5py
import klayout.db as db
import numpy as np
import pytest
from PIL import Image

import second_evaluator as second
from scoring import command, coverage, edges, files, imaging, scorer, shapes

SIZE = 512
THRESHOLD = 0.3


def small_kernels(seed):
    """Low-pass kernels without symmetry; a clear mask gives about 1."""
    rng = np.random.default_rng(seed)
    n = np.arange(-9, 10)
    fall = np.exp(-(n[:, None] ** 2 + n[None, :] ** 2) / 40.0) * (n[:, None] ** 2 + n[None, :] ** 2 <= 81)
    kernels = [fall * np.exp(0.02j * (n[:, None] ** 2 + 1.3 * n[None, :] ** 2) * seed)]
    kernels += [fall * (rng.normal(size=fall.shape) + 1j * rng.normal(size=fall.shape)) * 0.15 for _ in range(3)]
    return np.array(kernels), np.array([1.0, 0.6, 0.4, 0.2])


@pytest.fixture(scope="module")
def model_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "model.h5"
    with h5py.File(path, "w") as file:
        file.attrs["period_nm"], file.attrs["threshold"] = float(SIZE), THRESHOLD
        for seed, name in enumerate(("focus", "defocus")):
            kernels, weights = small_kernels(seed)
            file[f"{name}/kernels"], file[f"{name}/weights"] = kernels, weights
    return path


def clip_rectangles(rng):
    """Separate bars and contacts in the middle of the field, whole nm."""
    bars = []
    for x in range(120, 360, 90):
        y = int(rng.integers(100, 140))
        while y < 330:
            height = int(rng.integers(60, 130))
            bars.append((x, y, x + int(rng.integers(44, 61)), y + height))
            y += height + int(rng.integers(45, 80))
    return bars


def mask_of(rectangles, rng, kind):
    """Polygons around the drawn bars: grown, shifted, with cut corners and serifs off the grid."""
    polygons = []
    for x0, y0, x1, y1 in rectangles:
        g = rng.uniform(-4, 8, 4)
        if kind in ("png", "npy", "glp"):
            g = np.round(g)
        x0, y0, x1, y1 = x0 - g[0], y0 - g[1], x1 + g[2], y1 + g[3]
        c = 7.0 if kind == "glp" else (8.0 if kind in ("png", "npy") else rng.uniform(3, 9))
        if kind in ("png", "npy"):
            polygons.append([(x0, y0), (x1, y0), (x1, y1 - c), (x1 - c, y1 - c), (x1 - c, y1), (x0, y1)])
        else:
            polygons.append([(x0 + c, y0), (x1, y0), (x1, y1 - c), (x1 - c, y1), (x0, y1), (x0, y0 + c)])
    return polygons


def write_mask(path, polygons):
    if path.suffix == ".glp":
        lines = [" ".join(["PGON N M1"] + [f"{v - 512:g}" for p in polygon for v in p]) for polygon in polygons]
        path.write_text("BEGIN\nEQUIV 1 1000 MICRON +X,+Y\n" + "\n".join(lines) + "\nENDMSG\n")
    elif path.suffix in (".gds", ".oas"):
        layout = db.Layout()
        layout.dbu = 1e-6
        cell = layout.create_cell("TOP")
        for polygon in polygons:
            cell.shapes(layout.layer(1, 0)).insert(db.DPolygon([db.DPoint(x * 1e-3, y * 1e-3) for x, y in polygon]))
        layout.write(str(path))
    else:
        inside = second.raster(polygons, SIZE) > 0.5
        if path.suffix == ".png":
            Image.fromarray((255 * inside[::-1]).astype(np.uint8)).save(path)  # as one sees it: the first row is the top
        else:
            np.save(path, inside)


def test_thirty_masks_score_as_by_the_second_evaluator(model_file, tmp_path):
    model = imaging.read_model(model_file)
    kinds = ("png", "npy", "glp", "gds", "oas")
    off = {"l2": 0, "pvb": 0, "epe": 0.0}
    for number in range(30):
        rng = np.random.default_rng(100 + number)
        kind = kinds[number % len(kinds)]
        bars = clip_rectangles(rng)
        polygons = mask_of(bars, rng, kind)
        if kind in ("gds", "oas"):  # what the file can hold
            polygons = [[(round(x, 3), round(y, 3)) for x, y in polygon] for polygon in polygons]
        path, clip = tmp_path / f"c{number}_mask.{kind}", tmp_path / f"c{number}.glp"
        write_mask(path, polygons)
        write_mask(clip, [[(a, b), (c, b), (c, d), (a, d)] for a, b, c, d in bars])
        result = scorer.score(model, files.read(path, SIZE, "mask"), files.read(clip, SIZE, "target"))
        pixels = second.raster(polygons, SIZE)
        target = second.raster([[(a, b), (c, b), (c, d), (a, d)] for a, b, c, d in bars], SIZE) > 0.5
        centres = [second.kernel_image(pixels, *small_kernels(seed)) for seed in (0, 1)]
        nominal = centres[0] >= THRESHOLD
        outer, inner = centres[0] * 1.02**2 >= THRESHOLD, centres[1] * 0.98**2 >= THRESHOLD
        off["l2"] = max(off["l2"], abs(result["l2_nm2"] - int(np.sum(nominal != target))))
        off["pvb"] = max(off["pvb"], abs(result["pvb_nm2"] - int(np.sum(outer != inner))))
        expected = second.edge_errors(centres[0], THRESHOLD, bars)
        positions, normals = edges.sites(files.read(clip, SIZE, "target").outline(SIZE))
        picture = imaging.images(model, scorer.oriented(files.read(path, SIZE, "mask"), target, SIZE, "auto")[0])[0]
        found = np.sort(edges.placement_errors(picture, THRESHOLD, positions, normals))
        assert len(found) == len(expected) == result["epe"]["sites"]
        assert np.array_equal(np.isnan(found), np.isnan(expected))
        off["epe"] = max(off["epe"], float(np.nanmax(np.abs(found - expected))))
        assert result["l2_nm2"] > 500 and result["pvb_nm2"] > 500  # there is something to disagree about
    print(f"largest differences over 30 masks: L2 {off['l2']} px, PV band {off['pvb']} px, EPE {off['epe']:.4f} nm")
    assert off["l2"] <= 5 and off["pvb"] <= 5 and off["epe"] <= 0.02


def test_pixels_hold_the_exact_area_of_polygons():
    triangle = np.array([(1.25, 0.5), (7.75, 2.0), (3.0, 6.5)])
    hole = np.array([(3.5, 2.5), (3.5, 3.0), (4.0, 3.0), (4.0, 2.5)])  # clockwise
    covered = coverage.coverage([triangle, hole], 8, 8)
    area = 0.5 * abs((7.75 - 1.25) * (6.5 - 0.5) - (3.0 - 1.25) * (2.0 - 0.5)) - 0.25
    assert covered.sum() == pytest.approx(area, abs=1e-12)
    assert covered[2, 3] == pytest.approx(0.75, abs=1e-12)  # a quarter is hole
    # Beyond the field what is left of it counts to its edge, what is right of it does not.
    assert coverage.coverage([[(-5, 1), (3.5, 1), (3.5, 2), (-5, 2)]], 4, 4)[1].tolist() == [1, 1, 1, 0.5]
    assert coverage.coverage([[(2.5, -3), (9, -3), (9, 9), (2.5, 9)]], 2, 4)[1].tolist() == [0, 0, 0.5, 1]


def test_an_edge_that_prints_off_by_five_is_off_by_five():
    # One wave along x: I = 0.5 + 0.5 cos(2 pi x / 64) crosses 0.5 at x = 16 + 32 k.
    c = np.zeros((3, 3), complex)
    c[1] = (0.25, 0.5, 0.25)
    picture = imaging.Image(c, 64)
    errors = edges.placement_errors(picture, 0.5, np.array([(11.0, 5.0), (21.0, 5.0)]), np.array([(1.0, 0.0), (1.0, 0.0)]))
    assert errors == pytest.approx([5.0, -5.0], abs=1e-5)


@pytest.mark.parametrize("draw, fault", [
    (lambda p: p[10:30, 20:40].fill(False), "missing"),
    (lambda p: p[80:84, 80:84].fill(True), "extra"),
    (lambda p: p[15:17, 30:60].fill(True), "joined"),
    (lambda p: p[19:21, 20:40].fill(False), "broken"),
    (lambda p: p[18:20, 25:28].fill(False), "holes"),
])
def test_each_fault_of_topology_is_counted_once(draw, fault):
    target = np.zeros((100, 100), bool)
    target[10:30, 20:40] = target[10:30, 50:70] = True
    printed = target.copy()
    draw(printed)
    faults = shapes.topology_faults(printed, target)
    assert faults.pop("all") == 1 and {k for k, v in faults.items() if v} == {fault}
    assert shapes.topology_faults(target, target)["all"] == 0


def test_widths_and_spaces_are_measured_to_the_pixel():
    def bars(width, space):
        solid = np.zeros((300, 300), bool)
        for x in (100, 100 + width + space):
            solid[50:250, x : x + width] = True
        return solid

    for rule in (20, 30):
        assert shapes.too_narrow(bars(rule, 50), rule) == 0 and shapes.too_narrow(bars(rule - 1, 50), rule) > 2 * 150 * (rule - 5)
        assert shapes.too_close(bars(50, rule), rule) == 0 and shapes.too_close(bars(50, rule - 1), rule) > 150 * (rule - 5)
    y, x = np.mgrid[:300, :300]
    for radius, clean in ((20.0, True), (18.0, False)):  # a disc of 40 nm keeps the rule of 40 nm, one of 36 does not
        assert (shapes.too_narrow(np.hypot(x - 149.5, y - 149.5) <= radius, 40) == 0) == clean


def test_rectangles_are_counted_on_four_nm():
    covered = np.zeros((64, 64))
    covered[8:40, 8:16] = covered[8:16, 8:40] = 1.0  # an L
    assert shapes.rectangles(covered) == 2
    covered[9:39, 9:15] = 1.0
    assert shapes.rectangles(np.zeros((64, 64))) == 0


def test_region_names_what_lies_beyond_256_nm():
    target = np.zeros((1200, 1200), bool)
    target[500:600, 500:600] = True
    mask = target.copy()
    assert scorer.region_of(mask, target)["region"] == "target + 256 nm"
    mask[500:510, 845:860] = True
    assert scorer.region_of(mask, target)["outside_region_nm2"] == 10 * 4


def test_command_scores_files_of_every_kind_alike(model_file, tmp_path, capsys):
    rng = np.random.default_rng(1)
    bars = clip_rectangles(rng)
    corners = [[(a, b), (c, b), (c, d), (a, d)] for a, b, c, d in bars]
    clips, masks = tmp_path / "clips", tmp_path / "masks"
    clips.mkdir(), masks.mkdir()
    write_mask(clips / "bars.glp", corners)
    for kind in ("png", "npy", "glp", "gds", "oas"):
        write_mask(masks / f"bars_{kind}.{kind}", corners)
    with h5py.File(masks / "bars_h5.h5", "w") as file:
        file["mask"] = (second.raster(corners, SIZE) > 0.5).astype(np.uint8)
        file["mask"].attrs["pixel_nm"], file["mask"].attrs["origin_nm"] = 1.0, (0.0, 0.0)
    report = tmp_path / "scores.json"
    sys.argv = ["score", str(masks), "--clips", str(clips), "--kernels", str(model_file), "--json", str(report)]
    assert command.main() == 0
    scored = json.loads(report.read_text())
    assert scored["rules_version"] == 1 and len(scored["masks"]) == 6
    assert len({(m["l2_nm2"], m["pvb_nm2"], m["epe"]["mean_abs_nm"]) for m in scored["masks"]}) == 1
    assert [m["first_row"] for m in scored["masks"] if m["mask"].endswith("png")] == ["top"]
    (masks / "other.png").write_bytes((masks / "bars_png.png").read_bytes())
    assert command.main() == 3
    assert "other.png: no clip has a name" in capsys.readouterr().err


def test_what_is_no_mask_is_refused_by_name(tmp_path, model_file):
    for name, content, words in [("a.png", b"no picture", "a.png"), ("a.glp", b"PGON N M1 1 2 3\n", "a.glp:1: coordinates come in pairs"),
                                 ("a.gds", b"short", "a.gds"), ("a.npy", b"\x93NUMPY", "a.npy")]:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(files.BadInput, match=words):
            files.read(tmp_path / name, SIZE, "mask")
    np.save(tmp_path / "b.npy", np.full((SIZE, SIZE), 2.5))
    with pytest.raises(files.BadInput, match="outside 0 to 1"):
        files.read(tmp_path / "b.npy", SIZE, "mask")
    with pytest.raises(files.BadInput, match="--pixel-nm"):
        files.read_pixels("c.npy", np.zeros((300, 300)), SIZE, None, None)


def test_clips_are_found_by_the_beginning_of_a_name():
    assert files.clip_of("M1_test1_mask", ["M1_test1", "M1_test10"]) == "M1_test1"
    assert files.clip_of("M1_test10", ["M1_test1", "M1_test10"]) == "M1_test10"
    assert files.clip_of("M1_test12", ["M1_test1", "M1_test10"]) is None
