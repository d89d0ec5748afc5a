# SPDX-License-Identifier: Apache-2.0
"""KLayout: regions in and out, and correction of a view's cell and window (the package in tools/klayout)."""

from . import _core
from .designs import Design
from .errors import ArgumentError


def module(near=None):
    """KLayout's database module: pya inside KLayout, klayout.db beside it."""
    if near is not None and type(near).__module__.startswith("pya"):
        import pya

        return pya
    try:
        import klayout.db as db
    except ImportError:
        import pya as db
    return db


def region_of(db, cell, layer):
    """The merged shapes of a cell and those below it on "11/0" or a layer index."""
    if layer is None:
        raise ArgumentError("layer: \"layer/datatype\" or a layer index is wanted for a cell")
    index = layer
    if isinstance(layer, str):
        number, _, datatype = layer.partition("/")
        index = cell.layout().find_layer(int(number), int(datatype or 0))
        if index is None:
            raise ArgumentError(f"layer: the layout has no layer {layer}")
    return db.Region(cell.begin_shapes_rec(index)).merged()


def to_region(polygons, dbu_nm=1.0):
    """A Region, in database units of dbu_nm, of (n, 2) arrays in nm."""
    db = module()
    region = db.Region()
    for polygon in polygons:
        region.insert(db.Polygon([db.Point(round(x / dbu_nm), round(y / dbu_nm)) for x, y in polygon]))
    return region.merged()


def correct_cell(cell, layer, model, recipe=None, *, window_um=None, mask_layer="1000/0", print_layer="1001/0",
                 marker_layer="1002/0", largest_epe_nm=None, progress=None):
    """Corrects a window of a cell and lays mask, printed contour and markers over it, in the cell's layout.

    window_um: (x0, y0, x1, y1); None: the layer's bounding box. Markers are boxes around places whose print
    differs from the target by more than the resolution of the pixels; returns the Evaluation.
    """
    from .correction import correct, evaluate

    db = module(cell)
    layout = cell.layout()
    dbu_nm = layout.dbu * 1e3
    region = region_of(db, cell, layer)
    window = None if window_um is None else tuple(1e3 * v for v in window_um)
    if window is not None:
        x0, y0, x1, y1 = (round(v / dbu_nm) for v in window)
        region &= db.Region(db.Box(x0, y0, x1, y1))
    if region.is_empty():
        raise ArgumentError(f"layer {layer}: nothing is drawn in the window")
    design = Design.from_klayout(region, window_nm=window, dbu_nm=dbu_nm)
    correction = correct(design, model, recipe, progress=progress)
    evaluation = evaluate(correction, design, model, recipe)
    grid = evaluation.grid
    numbers = (grid.pixel_nm, *grid.origin_nm)
    wrong = (evaluation.nominal != evaluation.target).astype("uint8")
    missed = to_region(_core.mask_polygons(wrong, numbers), dbu_nm)
    if largest_epe_nm is not None:  # places wider than that alone
        missed = missed.sized(-round(largest_epe_nm / 2 / dbu_nm)).sized(round(largest_epe_nm / 2 / dbu_nm))
    for name, shapes in ((mask_layer, correction.native()),
                         (print_layer, to_region(_core.mask_polygons(evaluation.nominal, numbers), dbu_nm)),
                         (marker_layer, missed.extents())):
        number, _, datatype = name.partition("/")
        index = layout.layer(int(number), int(datatype or 0))
        cell.shapes(index).insert(shapes)
    return evaluation
