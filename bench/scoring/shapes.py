# SPDX-License-Identifier: Apache-2.0
"""What is counted on pixels of 1 nm: pieces, topology, widths and spaces, rectangles."""
import numpy as np
from scipy import ndimage

EDGES = ndimage.generate_binary_structure(2, 1)  # pieces touch by an edge
CORNERS = ndimage.generate_binary_structure(2, 2)  # what surrounds them touches by a corner too


def components(inside):
    return ndimage.label(inside, EDGES)[1]


def topology_faults(printed, target):
    """Missing, extra, joined and broken features, and holes that are filled or are too many."""
    prints, print_count = ndimage.label(printed, EDGES)
    targets, target_count = ndimage.label(target, EDGES)
    pairs = np.unique(np.stack([targets[printed & target], prints[printed & target]]), axis=1)
    on_target = np.bincount(pairs[0], minlength=target_count + 1)[1:]
    on_print = np.bincount(pairs[1], minlength=print_count + 1)[1:]
    faults = {
        "missing": int(np.sum(on_target == 0)),
        "extra": int(np.sum(on_print == 0)),
        "joined": int(np.sum(np.maximum(on_print - 1, 0))),
        "broken": int(np.sum(np.maximum(on_target - 1, 0))),
        # Regions around features: the field's own and holes.
        "holes": abs(ndimage.label(~printed, CORNERS)[1] - ndimage.label(~target, CORNERS)[1]),
    }
    faults["all"] = sum(faults.values())
    return faults


def _runs_ahead(inside):
    """Pixels inside from each pixel on to the right, itself included."""
    result = np.zeros(inside.shape, np.int16)
    run = np.zeros(inside.shape[0], np.int16)
    columns = np.asfortranarray(inside)
    out = np.asfortranarray(result)
    for x in range(inside.shape[1] - 1, -1, -1):
        run = np.where(columns[:, x], run + 1, 0).astype(np.int16)
        out[:, x] = run
    return np.ascontiguousarray(out)


def _brush(width, is_round):
    """First column and length of each of `width` rows of a disc or square of that width."""
    if not is_round:
        return [(0, width)] * width
    rows = []
    for y in range(width):
        half = np.sqrt(max((width / 2) ** 2 - (y + 0.5 - width / 2) ** 2, 0.0))
        first = int(np.ceil(width / 2 - half - 0.5 - 1e-9))  # centres of pixels within the circle
        rows.append((first, width - 2 * first))
    return rows


def _opened(inside, brush):
    """What the brush reaches when it may touch nothing outside."""
    width = len(brush)
    fits = np.ones((inside.shape[0] - width + 1, inside.shape[1] - width + 1), bool)
    ahead = _runs_ahead(inside)
    for y, (first, length) in enumerate(brush):
        fits &= ahead[y : y + fits.shape[0], first : first + fits.shape[1]] >= length
    reached = np.zeros(inside.shape, np.int32)  # changes along a row
    for y, (first, length) in enumerate(brush):
        reached[y : y + fits.shape[0], first : first + fits.shape[1]] += fits
        end = first + length
        stop = min(inside.shape[1] - end, fits.shape[1])
        reached[y : y + fits.shape[0], end : end + stop] -= fits[:, :stop]
    return np.cumsum(reached, axis=1) > 0


def _window(inside, margin):
    rows, cols = np.nonzero(inside.any(axis=1))[0], np.nonzero(inside.any(axis=0))[0]
    return np.pad(inside[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1], margin)


def _unreached(inside, width):
    """Pixels more than one from all that a disc or a square of this width reaches from within: curves on pixels are
    stairs, whose steps no disc fills."""
    reached = _opened(inside, _brush(width, True)) | _opened(inside, _brush(width, False))
    return int(np.sum(inside & ~ndimage.binary_dilation(reached, CORNERS)))


def too_narrow(inside, width):
    return _unreached(_window(inside, width + 2), width) if inside.any() else 0


def too_close(inside, width):
    """Of the space between and around what is inside; the field's surroundings are free."""
    return _unreached(~_window(inside, 2 * width), width) if inside.any() else 0


def _slabs(inside):
    padded = np.pad(inside.astype(np.int8), ((0, 0), (1, 1)))
    step = np.diff(padded, axis=1)
    rows, starts = np.nonzero(step == 1)
    ends = np.nonzero(step == -1)[1]
    side = inside.shape[1] + 2
    keys = (rows.astype(np.int64) * side + starts) * side + ends
    return len(keys) - len(np.intersect1d(keys, keys + side * side, assume_unique=True))


def rectangles(covered, pixel_nm=4):
    """Rectangles that write the mask on pixels of 4 nm, half covered or more: slabs of equal runs, by rows or by
    columns, whichever are fewer."""
    size = covered.shape[0] // pixel_nm * pixel_nm
    blocks = covered[:size, :size].reshape(size // pixel_nm, pixel_nm, size // pixel_nm, pixel_nm)
    inside = blocks.mean(axis=(1, 3)) >= 0.5 - 1e-12
    return min(_slabs(inside), _slabs(inside.T))
