# SPDX-License-Identifier: Apache-2.0
"""Edge placement: sites along the target's outline, and where the image crosses the threshold beside them."""
import numpy as np

SPACING_NM = 40.0  # between sites, and from a corner to the first
SHORT_EDGE_NM = 80.0  # an edge up to this length has one site, in its middle
RANGE_NM = 60.0  # how far a contour is looked for
TOLERANCES_NM = (3.0, 5.0, 10.0, 15.0)


def _along(length):
    if length <= SHORT_EDGE_NM:
        return np.array([length / 2])
    from_corner = np.arange(SPACING_NM, length / 2 + 1e-9, SPACING_NM)
    places = np.concatenate([from_corner, length - from_corner])
    if length - 2 * from_corner[-1] > SPACING_NM + 1e-9:
        places = np.append(places, length / 2)
    return np.unique(np.round(places, 9))


def sites(rings):
    """Positions and outward unit normals, [sites, 2] each. Rings are merged; hulls run one way and holes the other."""
    area = sum(0.5 * np.sum(r[:, 0] * np.roll(r[:, 1], -1) - np.roll(r[:, 0], -1) * r[:, 1]) for r in rings)
    turn = 1.0 if area > 0 else -1.0  # hulls are larger than their holes
    positions, normals = [], []
    for ring in rings:
        for a, b in zip(ring, np.roll(ring, -1, axis=0)):
            length = float(np.hypot(*(b - a)))
            if length == 0.0:
                continue
            direction = (b - a) / length
            places = _along(length)
            positions.append(a + places[:, None] * direction)
            normals.append(np.tile(turn * np.array([direction[1], -direction[0]]), (len(places), 1)))
    if not positions:
        return np.zeros((0, 2)), np.zeros((0, 2))
    return np.concatenate(positions), np.concatenate(normals)


def placement_errors(image, threshold, positions, normals):
    """Signed distance from each site along its normal to the contour, NaN where there is none within the range.

    From a printed site the walk goes outwards to the first loss of print, from another inwards to the first print;
    steps of 1 nm find the crossing, halving finds it to 1e-6 nm on the image itself."""
    if len(positions) == 0:
        return np.zeros(0)

    def excess(distance, rows):
        p = positions[rows] + distance[:, None] * normals[rows]
        return image.at(p[:, 0], p[:, 1]) - threshold

    everyone = np.arange(len(positions))
    printed = excess(np.zeros(len(positions)), everyone) >= 0
    way = np.where(printed, 1.0, -1.0)
    near = np.full(len(positions), np.nan)
    walking = everyone
    for step in np.arange(1.0, RANGE_NM + 1):
        crossed = (excess(way[walking] * step, walking) >= 0) != printed[walking]
        near[walking[crossed]] = step - 1.0
        walking = walking[~crossed]
        if len(walking) == 0:
            break
    found = np.nonzero(~np.isnan(near))[0]
    low, high = near[found], near[found] + 1.0
    for _ in range(20):
        middle = 0.5 * (low + high)
        beyond = (excess(way[found] * middle, found) >= 0) != printed[found]
        high = np.where(beyond, middle, high)
        low = np.where(beyond, low, middle)
    errors = np.full(len(positions), np.nan)
    errors[found] = way[found] * 0.5 * (low + high)
    return errors
