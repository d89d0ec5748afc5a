# SPDX-License-Identifier: Apache-2.0
"""Designs and masks: polygons in nm from files, numpy, KLayout, gdstk and gdsfactory, and back to each."""

import os
from dataclasses import dataclass, field
from typing import Any, Optional

from . import _core
from .errors import ArgumentError
from .model import Grid
from .places import pack


@dataclass
class Design:
    """What is to be printed: polygons and the window of the layout they were cut from.

    polygons: list of (n, 2) float64 arrays of corners in nm, either orientation; overlaps are merged.
    window_nm: (x0, y0, x1, y1); None: the bounding box of the polygons. Correction puts it into the middle of the
        model's period.
    kind: what masks() gives back: "numpy", "klayout", "gdstk" or "gdsfactory".
    """

    polygons: list
    window_nm: Optional[tuple] = None
    kind: str = "numpy"
    dbu_nm: float = 1.0

    def __post_init__(self):
        corners, ends = pack(self.polygons)
        if len(ends) == 0:
            raise ArgumentError("polygons: an empty list")
        self.polygons = _core.merge(corners, ends)
        if self.window_nm is None:
            low, high = corners.min(axis=0), corners.max(axis=0)
            self.window_nm = (*low.tolist(), *high.tolist())
        self.window_nm = tuple(float(v) for v in self.window_nm)

    @classmethod
    def of(cls, design, window_nm=None):
        """A Design of whatever a design may be given as.

        A path (GLP, GDSII, OASIS, PNG or mask file; read_design() takes layer and cell); a list of (n, 2) arrays in
        nm; a klayout Region (in database units of 1 nm, or of .dbu_nm) or polygons; a gdstk or gdsfactory component,
        or a list of gdstk polygons (in um).
        """
        if isinstance(design, cls):
            return design
        if isinstance(design, (str, os.PathLike)):
            return read_design(design, window_nm=window_nm)
        kind = _kind(design)
        if kind == "klayout":
            return cls.from_klayout(design, window_nm=window_nm)
        if kind in ("gdstk", "gdsfactory"):
            return cls.from_gdstk(design, window_nm=window_nm)
        return cls(list(design), window_nm)

    @classmethod
    def from_klayout(cls, region, *, layer=None, window_nm=None, dbu_nm=1.0):
        """Of a klayout Region, whose database unit is dbu_nm, or of a Cell's layer ("11/0" or an index)."""
        import numpy

        if hasattr(region, "layout"):  # a cell
            from .klayout import module, region_of

            dbu_nm = region.layout().dbu * 1e3
            region = region_of(module(region), region, layer)
        polygons = []
        for polygon in region.each_merged():
            simple = polygon.to_simple_polygon()
            polygons.append(numpy.array([(p.x, p.y) for p in simple.each_point()], dtype=numpy.float64) * dbu_nm)
        return cls(polygons, window_nm, "klayout", dbu_nm)

    @classmethod
    def from_gdstk(cls, cell, *, layer=None, window_nm=None):
        """Of a gdstk Cell, a list of gdstk polygons or a gdsfactory component, in um; layer: (layer, datatype)."""
        import numpy

        kind = _kind(cell)
        if hasattr(cell, "get_polygons_points"):  # gdsfactory
            by_layer = cell.get_polygons_points(merge=False, by="tuple")  # components are locked; Design merges
            chosen = by_layer if layer is None else {layer: by_layer.get(tuple(layer), [])}
            points = [p for parts in chosen.values() for p in parts]
        else:
            polygons = cell if isinstance(cell, (list, tuple)) else cell.get_polygons()
            points = [p.points for p in polygons if layer is None or (p.layer, p.datatype) == tuple(layer)]
        return cls([numpy.asarray(p, dtype=numpy.float64) * 1e3 for p in points], window_nm, kind)

    def pixels(self, shape, box_nm):
        """(rows, cols) float32: the part of each pixel that is covered, of a box (x0, y0, x1, y1) of square pixels."""
        x0, y0, x1, y1 = box_nm
        rows, cols = shape
        pixel = (x1 - x0) / cols
        if abs((y1 - y0) / rows - pixel) > 1e-9 * pixel:
            raise ArgumentError(f"shape: {rows} x {cols} pixels of {x1 - x0:g} x {y1 - y0:g} nm are not square")
        return _core.rasterize(*pack(self.polygons), rows, cols, (pixel, x0, y0))

    def _args(self):
        return (*pack(self.polygons), self.window_nm)


@dataclass
class Mask:
    """A binary mask: pixels (rows, cols) uint8, 1 inside the drawn polarity, and where they lie."""

    pixels: Any
    grid: Grid
    kind: str = "numpy"
    dbu_nm: float = 1.0
    #: What a mask file says besides: target, metrics, recipe, model_hash.
    record: dict = field(default_factory=dict)

    def polygons(self):
        """List of (n, 2) float64 arrays in nm, without holes and overlaps, that cover the pixels exactly."""
        return _core.mask_polygons(self.pixels, _numbers(self.grid))

    def native(self):
        """As the design was given: a klayout Region, a list of gdstk polygons, or (n, 2) arrays."""
        return _as(self.kind, self.polygons(), self.dbu_nm)

    def write(self, path, *, layer="0/0", cell="MASK", dbu_nm=1.0):
        """As a layout (.gds, .oas), or with target and metrics as a mask file (.h5)."""
        if os.fspath(path).endswith((".h5", ".hdf5")):
            import numpy

            target = self.record.get("target")
            _core.write_mask(os.fspath(path), self.pixels, numpy.zeros_like(self.pixels) if target is None else target,
                             _numbers(self.grid), list(self.record.get("metrics", {}).items()),
                             self.record.get("recipe", ""), self.record.get("model_hash", ""))
        else:
            write_layout(path, {layer: self.polygons()}, cell=cell, dbu_nm=dbu_nm)


def read_design(path, *, layers=(), cell="", window_nm=None, pixel_nm=1.0):
    """A Design of a GLP, GDSII, OASIS, PNG (pixel_nm) or mask file. layers: ["11/0"], merged; cell: the top cell."""
    layers = [layers] if isinstance(layers, str) else list(layers)
    polygons, *window = _core.read_design(os.fspath(path), layers, cell, window_nm, pixel_nm)
    if not polygons:
        raise ArgumentError(f"{os.fspath(path)}: holds no polygon there")
    return Design(polygons, tuple(window))


def read_mask(path):
    """A Mask of a mask file."""
    found = _core.read_mask(os.fspath(path))
    pixel, x, y = found.pop("grid")
    pixels = found.pop("mask")
    return Mask(pixels, Grid(*pixels.shape, pixel, (x, y)), record=found)


def merge(polygons):
    """The union: (n, 2) arrays in nm that do not overlap, a hole joined to its outline by a cut."""
    return _core.merge(*pack(polygons))


def write_layout(path, layers, *, cell="TOP", dbu_nm=1.0):
    """A layout of one cell (.gds or .oas): {"11/0": polygons in nm}."""
    _core.write_layout(os.fspath(path), [(name, *pack(polygons)) for name, polygons in layers.items()], cell, dbu_nm)


def write_image(path, image, grid, model, *, condition=None, dose=1.0):
    """An image (rows, cols) float32 on a Grid as HDF5 (masks/SCHEMA.md), with the model that made it."""
    names = [c[0] for c in model._core._conditions]
    _core.write_image(os.fspath(path), image, _numbers(grid), condition or names[0], dose, model.hash)


def _kind(design):
    one = design[0] if isinstance(design, (list, tuple)) and len(design) else design
    home = type(one).__module__.split(".")[0]
    if home in ("klayout", "pya"):
        return "klayout"
    if home == "gdstk":
        return "gdstk"
    return "gdsfactory" if home in ("gdsfactory", "kfactory") else "numpy"


def _as(kind, polygons, dbu_nm):
    if kind == "klayout":
        from .klayout import to_region

        return to_region(polygons, dbu_nm)
    if kind == "gdsfactory":
        import gdsfactory

        component = gdsfactory.Component()
        for polygon in polygons:
            component.add_polygon(polygon * 1e-3, layer=(1, 0))
        return component
    if kind == "gdstk":
        import gdstk

        return [gdstk.Polygon(polygon * 1e-3) for polygon in polygons]
    return polygons


def _numbers(grid):
    return (grid.pixel_nm, *grid.origin_nm)
