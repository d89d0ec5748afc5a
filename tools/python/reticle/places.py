# SPDX-License-Identifier: Apache-2.0
"""Arguments that say which mask and where an image is wanted, as the bindings take them."""

from . import _core
from .errors import ArgumentError


def is_pixels(mask):
    """Whether a mask is an array of pixels, rather than a list of polygons."""
    return hasattr(mask, "__dlpack__") or hasattr(mask, "__array_interface__") or hasattr(mask, "__buffer__")


def is_batch(mask):
    """Whether a mask is a list of masks of polygons: of Designs, or of lists of (n, 2) corners."""
    def is_mask(part):
        return hasattr(part, "polygons") or (isinstance(part, (list, tuple)) and all(_is_polygon(p) for p in part))

    return isinstance(mask, (list, tuple)) and len(mask) > 0 and all(is_mask(part) for part in mask)


def _is_polygon(part):
    shape = getattr(part, "shape", None)
    return len(shape) == 2 if shape is not None else isinstance(part, (list, tuple)) and len(part) > 0 and hasattr(part[0], "__len__")


def pack(polygons):
    """Corners (n, 2) float64 of all polygons, and where each ends, int64."""
    import numpy

    polygons = getattr(polygons, "polygons", polygons)
    parts = []
    for i, polygon in enumerate(polygons):
        part = numpy.asarray(polygon, dtype=numpy.float64)
        if part.ndim != 2 or part.shape[1] != 2 or part.shape[0] < 3:
            raise ArgumentError(f"polygons[{i}]: corners (n, 2) in nm, at least 3, are wanted, not shape {part.shape}")
        if not numpy.isfinite(part).all():
            raise ArgumentError(f"polygons[{i}]: a coordinate is NaN or infinite")
        parts.append(part)
    ends = numpy.cumsum([len(part) for part in parts], dtype=numpy.int64)
    corners = numpy.concatenate(parts) if parts else numpy.empty((0, 2))
    return numpy.ascontiguousarray(corners), ends


def places_of(period_nm, shape, grid, points, cut, origin_nm):
    """The places of one of shape=, grid=, points= and cut=; None: the mask's own pixels."""
    given = [name for name, value in (("shape", shape), ("grid", grid), ("points", points), ("cut", cut))
             if value is not None]
    if len(given) > 1:
        raise ArgumentError(f"{' and '.join(given)}: give one of them")
    if shape is not None:
        rows, cols = shape
        return _core.Places.pixels(rows, cols)
    if grid is not None:
        return _core.Places.grid(period_nm, grid.rows, grid.cols, grid.pixel_nm, grid.origin_nm, origin_nm)
    if cut is not None:
        import numpy

        x0, y0, x1, y1, count = cut
        points = numpy.stack([numpy.linspace(x0, x1, count), numpy.linspace(y0, y1, count)], axis=1)
    if points is None:
        return None
    import numpy

    return _core.Places.points(period_nm, numpy.ascontiguousarray(points, dtype=numpy.float64), origin_nm)
