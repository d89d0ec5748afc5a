# SPDX-License-Identifier: Apache-2.0
"""Gauges: CDs through focus and dose, and the process window."""

from dataclasses import dataclass
from typing import Any

from . import _core
from .places import is_pixels, pack


@dataclass
class Gauge:
    """A cut from (x0, y0) to (x1, y1), nm, across one line or space; cd_nm: what it should measure, 0: as printed."""

    name: str
    x0: float
    y0: float
    x1: float
    y1: float
    cd_nm: float = 0.0


@dataclass
class Window:
    """What gauges read through focus and exposure, and where all keep their CD within the tolerance."""

    focus_nm: Any  #: (focuses,) rising: the model's conditions.
    exposures: Any  #: (exposures,) multiples of the model's intensity.
    cd_nm: Any  #: (focuses, gauges, exposures): 0 where the feature is lost.
    nils: Any  #: (focuses, gauges, exposures): normalised image log-slope at the edges.
    placement_nm: Any  #: (focuses, gauges, exposures): of the middle between the edges, from the gauge's middle.
    slices: list  #: of each gauge (focuses, 3): focus_nm and the exposures from low to high that keep its CD.
    limits: Any  #: (steps, 3): the same for all gauges together, in fine steps of focus.
    exposure_latitude: float  #: the largest at one focus, part of the exposure
    best_focus_nm: float
    rectangle: dict  #: of the largest area: focus_nm, exposure, depth_nm, latitude
    ellipse: dict
    rectangle_depth_nm: float  #: depth of focus at the latitude asked for
    ellipse_depth_nm: float

    def _repr_png_(self):
        from .plot import png_of, process_window

        return png_of(process_window, self.limits)


def window(mask, gauges, model, *, exposures=(0.9, 0.95, 1.0, 1.05, 1.1), tolerance=0.1, latitude=0.05,
           origin_nm=(0.0, 0.0)):
    """The process window of a mask at gauges, over the focuses of the model's conditions.

    mask: polygons in nm, a Design, a Mask or Correction over the model's period, or pixels (rows, cols) of float64,
        uint8 or bool that cover it.
    gauges: list of Gauge. exposures: multiples of intensity at which CDs are read. tolerance: of the CD, a part.
    latitude: at which the depth of focus is stated. origin_nm: lower left corner of the period.
    """
    mask = getattr(mask, "mask", mask)
    if hasattr(mask, "grid"):
        mask, origin_nm = mask.pixels, mask.grid.origin_nm
    numbers = [(g.name, g.x0, g.y0, g.x1, g.y1, g.cd_nm) for g in gauges]
    exposures = [float(e) for e in exposures]
    if is_pixels(mask):
        found = _core.window_of_pixels(model._core, mask, origin_nm, numbers, exposures, tolerance, latitude)
    else:
        found = _core.window_of_polygons(model._core, *pack(mask), origin_nm, numbers, exposures, tolerance, latitude)
    import numpy

    return Window(exposures=numpy.array(exposures), **found)
