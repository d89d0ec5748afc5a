# SPDX-License-Identifier: Apache-2.0
"""bench/agreement: how far `reticle verify` is from an evaluator in double precision that shares nothing with it, and the
scorer's pixels from those of whole-field transforms."""
import argparse
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

from . import areas, edges, files, imaging, scorer
from .command import ROOT, contest_kernels, found

SITES_NM = 40.0
REACH_NM = 60.0
RECIPE = f"""# Every edge site is a finding, so that its error is in the table.
site_spacing_nm = {SITES_NM}
search_range_nm = {REACH_NM}
[limits]
epe_run_nm = 0.001
epe_line_end_nm = 0.001
epe_corner_nm = 0.001
window_factor = 1.0
pullback_nm = 0.0
pinch_nm = 0.0
space_nm = 0.0
band_nm = 0.0
nils = 0.0
"""
CORNERS = {"nominal": (0, 1.0), "outer": (0, 1.02), "inner": (-1, 0.98)}  # condition, dose


def on_own_pixels(mask, size):
    """Covered parts of the pixels a mask is made of: each is imaged as its area at its centre, as the library does."""
    covered = mask.on_grid(size)
    side = 1 if mask.pixels is None else int(round(mask.pixel_nm))
    return covered.reshape(size // side, side, size // side, side).mean(axis=(1, 3))


class Exact:
    """A mask's prints by the scorer's images: areas to a fraction of a nm2, edges to 1e-6 nm."""

    def __init__(self, model, mask, clip, rows_per_nm=areas.ROWS_PER_NM):
        size = model.period_nm
        self.rings = clip.outline(size)
        images = imaging.images(model, on_own_pixels(mask, size))
        self.prints = {name: (images[c], model.threshold / dose**2) for name, (c, dose) in CORNERS.items()}
        cuts = {name: areas.of_image(*p, rows_per_nm) for name, p in self.prints.items()}
        self.l2_nm2 = areas.area(cuts["nominal"] ^ areas.of_rings(self.rings, size, rows_per_nm), size)
        self.pv_band_nm2 = areas.area(cuts["outer"] ^ cuts["inner"], size)
        self.places, self.normals = edges.sites(self.rings)
        self.errors = {name: edges.placement_errors(image, level, self.places, self.normals)
                       for name, (image, level) in self.prints.items()}

    def magnitudes(self):
        """Of the nominal print's errors, the range where there is no contour."""
        errors = self.errors["nominal"]
        return np.where(np.isnan(errors), REACH_NM, np.abs(errors))


def verified(reticle, mask, clip, kernels, folder):
    """Totals and edge errors (corner, x, y, nm) as `reticle verify` reports them."""
    (folder / "recipe.toml").write_text(RECIPE)
    done = subprocess.run([reticle, "verify", mask, "--target", clip, "--model", kernels, "--recipe", folder / "recipe.toml",
                           "-o", folder / "out", "--force"], capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise files.BadInput(f"reticle verify {mask}: {done.stderr.strip()}")
    with open(folder / "out/findings.csv") as table:
        rows = [(r["corner"], float(r["x_nm"]), float(r["y_nm"]), float(r["value"]))
                for r in csv.DictReader(table) if r["check"].startswith("epe_")]
    return json.loads((folder / "out/report.json").read_text())["totals"], rows


def differences(exact, totals, rows):
    """Of verify from the evaluator: nm2, nm, and of the edge errors listed the largest."""
    magnitude = exact.magnitudes()
    if totals["edge_sites"] != len(magnitude):
        raise files.BadInput(f"verify counts {totals['edge_sites']:.0f} edge sites, the evaluator {len(magnitude)}")
    number = {(round(x, 3), round(y, 3)): i for i, (x, y) in enumerate(exact.places)}
    off = [abs(value - exact.errors[corner][number[x, y]]) for corner, x, y, value in rows]
    off = [d for d in off if not np.isnan(d)]  # no contour: both say so, or the largest error differs
    return {"l2_nm2": totals["l2_nm2"] - exact.l2_nm2, "pv_band_nm2": totals["pv_band_nm2"] - exact.pv_band_nm2,
            "epe_max_nm": totals["epe_max_nm"] - float(magnitude.max()),
            "epe_mean_nm": totals["epe_mean_abs_nm"] - float(magnitude.mean()),
            "edges": len(off), "edge_nm": max(off, default=0.0)}


def scorer_differences(second, model, mask, clip):
    """Of bench/score from a second evaluator, in pixels of 1 nm2 and nm: whole-field transforms, splines between pixels."""
    size = model.period_nm
    covered, target = mask.on_grid(size), clip.on_grid(size) >= 0.5
    pictures = [second.kernel_image(covered, c.kernels, c.weights) for c in model.conditions]
    prints = {name: pictures[c] * dose**2 >= model.threshold for name, (c, dose) in CORNERS.items()}
    result = scorer.score(model, mask, clip)
    places, normals = edges.sites(clip.outline(size))
    found = edges.placement_errors(imaging.images(model, covered)[0], model.threshold, places, normals)
    there = second.errors_at(pictures[0], model.threshold, np.hstack([places, normals]))
    if not np.array_equal(np.isnan(found), np.isnan(there)):
        raise files.BadInput("a contour is within reach by one evaluator and not by the other")
    return {"l2_px": result["l2_nm2"] - int(np.sum(prints["nominal"] != target)),
            "pvb_px": result["pvb_nm2"] - int(np.sum(prints["outer"] != prints["inner"])),
            "epe_nm": float(np.nanmax(np.abs(found - there)))}


def corrected(reticle, clips, kernels, recipes, folder):
    """Masks of the clips by each recipe (none: the default), written to the folder where they are not there."""
    masks = []
    for recipe in recipes:
        out = folder / (recipe.stem if recipe else "default")
        missing = [c for c in clips if not (out / f"{c.stem}.h5").exists()]
        if missing:
            words = ["correct", *missing, "--model", kernels, "-o", out, *(["--recipe", recipe] if recipe else [])]
            done = subprocess.run([reticle, *words], capture_output=True, text=True)
            if done.returncode not in (0, 1):
                raise files.BadInput(f"reticle correct: {done.stderr.strip()}")
        masks += [(out / f"{c.stem}.h5", c) for c in clips]
    return masks


def contest_clips():
    place = pathlib.Path(os.environ.get("RETICLE_CONTEST_CLIPS", ROOT / "../shared/data/iccad13"))
    return sorted(place.glob("M1_test*.glp"))


def run(arguments):
    reticle = pathlib.Path(os.environ.get("RETICLE_BUILD", ROOT / "build/release")) / "tools/reticle/reticle"
    kernels = contest_kernels() if arguments.kernels == "contest" else pathlib.Path(arguments.kernels)
    clips = [p for p in found(arguments.clips, "clip") if p.suffix == ".glp"] if arguments.clips else contest_clips()
    if not clips:
        raise files.BadInput("the contest's clips are not here: bench/fetch_public tells how to get them; name clips by --clips DIR")
    recipes = [None, *(ROOT / f"tools/recipes/{name}.toml" for name in arguments.recipes)]
    model = imaging.read_model(kernels)
    folder = pathlib.Path(arguments.output)
    folder.mkdir(parents=True, exist_ok=True)
    columns = ["l2_nm2", "pv_band_nm2", "epe_max_nm", "epe_mean_nm", "edges", "edge_nm"]
    if arguments.scorer:
        sys.path.insert(0, str(ROOT / "tests/bench"))
        import second_evaluator
        columns += ["l2_px", "pvb_px", "epe_nm"]
    print(f"{'mask':<36} {'L2':>9} {'PVB':>9}" + "".join(f" {c:>11}" for c in columns))
    worst, results = dict.fromkeys(columns, 0.0), []
    for path, clip in corrected(reticle, clips, kernels, recipes, folder):
        mask, target = files.read(path, model.period_nm, "mask"), files.read(clip, model.period_nm, "target")
        exact = Exact(model, mask, target)
        with tempfile.TemporaryDirectory() as scratch:
            off = differences(exact, *verified(reticle, path, clip, kernels, pathlib.Path(scratch)))
        if arguments.scorer:
            off |= scorer_differences(second_evaluator, model, mask, target)
        name = f"{path.parent.name}/{path.stem}"
        shown = "".join(f" {off[c]:>11}" if isinstance(off[c], int) else f" {off[c]:>11.4f}" for c in columns)
        print(f"{name:<36} {exact.l2_nm2:>9.1f} {exact.pv_band_nm2:>9.1f}{shown}", flush=True)
        results.append({"mask": name, "l2_nm2": exact.l2_nm2, "pv_band_nm2": exact.pv_band_nm2, "off": off})
        worst = {c: max(worst[c], abs(off[c])) for c in columns}
    print(f"verify, largest of {len(results)} masks: L2 {worst['l2_nm2']:.2f} nm2, PV band {worst['pv_band_nm2']:.2f} nm2, "
          f"EPE {worst['edge_nm']:.4f} nm")
    if arguments.scorer:
        print(f"score, largest of {len(results)} masks: L2 {worst['l2_px']} px, PV band {worst['pvb_px']} px, EPE {worst['epe_nm']:.4f} nm")
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps({"largest": worst, "masks": results}, indent=1) + "\n")
    return 0


def main():
    parser = argparse.ArgumentParser(
        prog="bench/agreement", description="Corrects clips by several recipes and compares what 'reticle verify' says of "
        "the masks with an evaluator in double precision: areas between contours (nm2) and edge errors (nm).")
    parser.add_argument("--clips", help="a folder or a file, GLP (the contest's)")
    parser.add_argument("--kernels", default="contest", help="'contest' or a model of 'reticle model' (contest)")
    parser.add_argument("--recipes", nargs="*", metavar="NAME", help="of tools/recipes, beside the default",
                        default=["correct_fast", "correct_quality", "correct_few_shots", "correct_edge", "correct_edge_window"])
    parser.add_argument("-o", "--output", default=str(ROOT / "build/agreement"), help="where masks are kept (build/agreement)")
    parser.add_argument("--scorer", action="store_true", help="bench/score as well, against whole-field transforms (half a minute a mask)")
    parser.add_argument("--json", help="file to write")
    try:
        return run(parser.parse_args())
    except files.BadInput as problem:
        print(f"bench/agreement: {problem}", file=sys.stderr)
        return 3
