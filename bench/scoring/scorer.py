# SPDX-License-Identifier: Apache-2.0
"""One mask against one clip: every figure of the rules of the game, in nm and nm2."""
import numpy as np

from . import edges, files, imaging, shapes

DOSES = {"nominal": (0, 1.0), "outer": (0, 1.02), "inner": (-1, 0.98)}  # condition, dose; intensity goes as its square
REGION_NM = 256  # around the target's bounding box
RULES_NM = (20, 30, 40)


def oriented(mask, target, size, first_row):
    """The mask's coverage; pictures whose first row is not said are turned to where they cover more of the target."""
    covered = mask.on_grid(size)
    if mask.turned is None:
        return covered, "as stated"
    shape = files.Shape(pixels=mask.pixels[::-1], pixel_nm=mask.pixel_nm, origin_nm=mask.origin_nm)
    turned = shape.on_grid(size)
    if first_row == "auto":
        first_row = "top" if np.sum(turned * target) > np.sum(covered * target) else "bottom"
    return (turned if first_row == "top" else covered), first_row


def score(model, mask, clip, first_row="auto"):
    size = model.period_nm
    # Of a picture as a clip the first row is the bottom one, as the contest has it, unless said otherwise.
    if clip.turned is not None and first_row == "top":
        clip = files.Shape(pixels=clip.pixels[::-1], pixel_nm=clip.pixel_nm, origin_nm=clip.origin_nm)
    target = clip.on_grid(size) >= 0.5
    covered, row = oriented(mask, target, size, first_row)
    pictures = imaging.images(model, covered)
    pixels = {id(p): p.on_pixels() for p in pictures}
    prints = {name: dose**2 * pixels[id(pictures[c])] >= model.threshold for name, (c, dose) in DOSES.items()}
    result = {
        "first_row": row,
        "l2_nm2": int(np.sum(prints["nominal"] != target)),
        "pvb_nm2": int(np.sum(prints["outer"] != prints["inner"])),
    }
    result["sum_nm2"] = result["l2_nm2"] + result["pvb_nm2"]
    positions, normals = edges.sites(clip.outline(size))
    inside = ((positions > 0) & (positions < size)).all(axis=1) if len(positions) else np.zeros(0, bool)
    errors = edges.placement_errors(pictures[0], model.threshold, positions[inside], normals[inside])
    magnitude = np.where(np.isnan(errors), edges.RANGE_NM, np.abs(errors))
    result["epe"] = {
        "sites": len(errors),
        "lost": int(np.sum(np.isnan(errors))),
        "mean_abs_nm": float(np.mean(magnitude)) if len(errors) else 0.0,
        "max_abs_nm": float(np.max(magnitude, initial=0.0)),
        "above": {f"{t:g}": int(np.sum(magnitude > t)) for t in edges.TOLERANCES_NM},
    }
    result["topology_faults"] = {name: shapes.topology_faults(p, target) for name, p in prints.items()}
    solid = covered >= 0.5
    result["narrow_nm2"] = {str(w): shapes.too_narrow(solid, w) for w in RULES_NM}
    result["close_nm2"] = {str(w): shapes.too_close(solid, w) for w in RULES_NM}
    result["rectangles_4nm"] = shapes.rectangles(covered)
    result["components"] = shapes.components(solid)
    result["mask_nm2"] = float(covered.sum())
    result.update(region_of(solid, target))
    return result


def region_of(solid, target):
    """Where the mask draws: its bounding box, and what lies farther than 256 nm from the target's."""
    def box(pixels):
        rows, cols = (np.nonzero(pixels.any(axis=axis))[0] for axis in (1, 0))
        return [int(cols[0]), int(rows[0]), int(cols[-1]) + 1, int(rows[-1]) + 1] if len(rows) else None

    near = np.zeros_like(solid)
    drawn = box(target)
    if drawn:
        x0, y0, x1, y1 = drawn
        near[max(y0 - REGION_NM, 0) : y1 + REGION_NM, max(x0 - REGION_NM, 0) : x1 + REGION_NM] = True
    outside = int(np.sum(solid & ~near))
    return {"mask_box_nm": box(solid), "outside_region_nm2": outside, "region": "free" if outside else "target + 256 nm"}
