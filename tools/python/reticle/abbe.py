# SPDX-License-Identifier: Apache-2.0
"""Abbe: exact images, source point by source point, that can be differentiated in source, pupil and focus."""

from . import _core
from .errors import ArgumentError
from .model import Gradient, Resist, like
from .scanner import as_optics
from .places import is_pixels, places_of

_PARTS = ("source", "zernikes_waves", "focus_nm", "mask")


class Abbe:
    """Images by the optics of a recipe without kernels: nothing is built, nothing truncated.

    Each call may replace the recipe's source, Zernikes and focus, and vjp() gives the gradient in them.
    """

    def __init__(self, recipe):
        """recipe: Optics, a dictionary, a recipe's path or its TOML text."""
        self.optics = as_optics(recipe)

    period_nm = property(lambda self: self.optics.period_nm, doc="(x, y) of the mask's period, nm.")

    def image(self, mask, *, source=None, zernikes_waves=None, focus_nm=None, dose=1.0, resist=False, shape=None,
              grid=None, points=None, cut=None, origin_nm=(0.0, 0.0)):
        """The aerial image of pixels (rows, cols) or (batch, rows, cols), clear field 1, or what the resist sees.

        source: (rows = sigma_y, cols = sigma_x) float64 over sigma -1..1, light of 0 or more; None: the recipe's.
        zernikes_waves: fringe Z1, Z2, ... in waves; None: the recipe's.
        focus_nm: z of the image plane minus best focus; None: the recipe's first condition.
        Other arguments are those of Model.image().
        """
        self._check(mask)
        places = places_of(self.period_nm, shape, grid, points, cut, origin_nm)
        return like(mask, _core.abbe_image(self.optics._core, mask, _doubles(source), _doubles(zernikes_waves),
                                           self._focus(focus_nm), dose, resist, places))

    def vjp(self, mask, cotangent, *, wanted=_PARTS, source=None, zernikes_waves=None, focus_nm=None, dose=1.0,
            resist=False, shape=None, grid=None, points=None, cut=None, origin_nm=(0.0, 0.0)):
        """The gradient of L for cotangent = dL/d(image(mask, ...)).

        wanted: which of "source", "zernikes_waves", "focus_nm" and "mask" (with the dose). The source's alone costs
            about as much as the images; the others twice that. "source" takes a source array.

        Returns a Gradient, of resist images with the resist's parameters; parts that are not wanted are None. The images
        depend on ratios of the source's pixels only, and on their values as they are given.
        """
        self._check(mask)
        unknown = set(wanted) - set(_PARTS)
        if unknown:
            raise ArgumentError(f"wanted: {sorted(unknown)} is none of {_PARTS}")
        map_given = source is not None or self.optics.source_map is not None
        wants_source = "source" in wanted and (map_given or wanted is not _PARTS)
        places = places_of(self.period_nm, shape, grid, points, cut, origin_nm)
        result = _core.abbe_vjp(self.optics._core, mask, cotangent, _doubles(source), _doubles(zernikes_waves),
                                self._focus(focus_nm), dose, resist, places, wants_source,
                                "zernikes_waves" in wanted or "focus_nm" in wanted, "mask" in wanted)
        d_mask = result.get("mask")
        terms = Resist(0.0, **result["resist"]) if resist else None
        return Gradient(None if d_mask is None else like(mask, d_mask), result.get("dose"), terms, result.get("source"),
                        result.get("zernikes_waves"), result.get("focus_nm"))

    def _focus(self, focus_nm):
        return self.optics.conditions[0][1] if focus_nm is None else float(focus_nm)

    @staticmethod
    def _check(mask):
        if not is_pixels(mask):
            raise ArgumentError("mask: Abbe images take pixels; Design.pixels() makes them of polygons")


def _doubles(values):
    if values is None:
        return None
    import numpy

    return numpy.ascontiguousarray(values, dtype=numpy.float64)
