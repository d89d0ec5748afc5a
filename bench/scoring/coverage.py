# SPDX-License-Identifier: Apache-2.0
"""Polygons as pixels by exact area.

Every edge is cut at the pixels' borders. Within a pixel a piece from y0 to y1 covers (y1 - y0) times what lies to its
right; sums along a row give the area. [Green's theorem]
"""
import numpy as np


def _pieces(a, b):
    """Points along a -> b at every crossing of a whole x or y, ends included."""
    cuts = [np.array([0.0, 1.0])]
    for start, end in zip(a, b):
        if start != end:
            low, high = sorted((start, end))
            cuts.append((np.arange(np.floor(low) + 1, np.ceil(high)) - start) / (end - start))
    t = np.unique(np.concatenate(cuts))
    return a + t[:, None] * (b - a)


def signed_coverage(rings, rows, cols, pixel_nm=1.0, origin_nm=(0.0, 0.0)):
    """Area of each pixel times the winding number, [row = y][col = x]. A ring is an array [points, 2] in nm."""
    change = np.zeros((rows, cols + 2))
    for ring in rings:
        points = (np.asarray(ring, float) - origin_nm) / pixel_nm
        for a, b in zip(points, np.roll(points, -1, axis=0)):
            if a[1] == b[1]:
                continue
            along = _pieces(a, b)
            middle = 0.5 * (along[1:] + along[:-1])
            height = -np.diff(along[:, 1])  # downwards is the left side of a ring that runs counter-clockwise
            y = np.floor(middle[:, 1]).astype(int)
            inside = (y >= 0) & (y < rows) & (middle[:, 0] < cols)
            y, height, x = y[inside], height[inside], np.maximum(middle[inside, 0], 0.0)
            column = np.floor(x).astype(int)
            np.add.at(change, (y, column), height * (column + 1 - x))
            np.add.at(change, (y, column + 1), height * (x - column))
    return np.cumsum(change, axis=1)[:, :cols]


def coverage(rings, rows, cols, pixel_nm=1.0, origin_nm=(0.0, 0.0)):
    """Covered part of each pixel, 0 to 1, by rings that are merged: hulls and holes run in opposite directions."""
    return np.clip(np.abs(signed_coverage(rings, rows, cols, pixel_nm, origin_nm)), 0.0, 1.0)
