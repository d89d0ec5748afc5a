# SPDX-License-Identifier: Apache-2.0
"""A scanner in the field's terms: optics(wavelength_nm=193.368, na=1.35, source=Annular(0.6, 0.9))."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from . import _core
from .recipes import text_and_name, to_toml


@dataclass
class Conventional:
    """A disc of radius sigma_out."""

    sigma_out: float

    def recipe(self):
        return {"shape": "conventional", **asdict(self)}


@dataclass
class Annular:
    """A ring between two radii, in sigma (parts of the pupil's radius)."""

    sigma_in: float
    sigma_out: float

    def recipe(self):
        return {"shape": "annular", **asdict(self)}


@dataclass
class Poles:
    """Sectors of a ring: poles of opening_deg each, the first at rotation_deg against +x."""

    sigma_in: float
    sigma_out: float
    poles: int = 2
    opening_deg: float = 35.0
    rotation_deg: float = 0.0

    def recipe(self):
        return {"shape": "poles", **asdict(self)}


def dipole(sigma_in, sigma_out, opening_deg=35.0, rotation_deg=0.0):
    """Two poles; rotation_deg 0 puts them on the x axis."""
    return Poles(sigma_in, sigma_out, 2, opening_deg, rotation_deg)


def quasar(sigma_in, sigma_out, opening_deg=30.0):
    """Four poles on the diagonals."""
    return Poles(sigma_in, sigma_out, 4, opening_deg, 45.0)


@dataclass
class Freeform:
    """A map of light: (rows = sigma_y, columns = sigma_x) over sigma -1..1, values of 0 or more."""

    map: Any = field(repr=False)

    def recipe(self):
        return {"shape": "freeform"}


class Optics:
    """Everything a model recipe says. Made by optics(), from a dictionary, a path or TOML text."""

    def __init__(self, recipe, source_map=None):
        if source_map is not None:
            import numpy

            source_map = numpy.ascontiguousarray(source_map, dtype=numpy.float64)
        if source_map is None and (isinstance(recipe, os.PathLike) or
                                   isinstance(recipe, str) and "\n" not in recipe and "=" not in recipe):
            self._core = _core.Optics.from_file(os.fspath(recipe))
        else:
            self._core = _core.Optics.from_text(*text_and_name(recipe), source_map)
        self.source_map = source_map

    @property
    def recipe(self):
        """Every value as a recipe's TOML."""
        return self._core.recipe

    @property
    def period_nm(self):
        """(x, y) of the mask's period, nm."""
        return self._core.period_nm

    @property
    def conditions(self):
        """[(name, focus_nm)]: focus is z of the image plane minus best focus, in the immersion medium."""
        return self._core.conditions

    def source_points(self):
        """(points, 3) float64: sigma_x, sigma_y and weight of each source pixel with light; weights sum to 1."""
        return self._core.source_points()

    def pupil(self, size=128, focus_nm=0.0):
        """(size, size) complex128: the scalar pupil over rho -1..1."""
        return self._core.pupil(size, focus_nm)

    def __repr__(self):
        return f"Optics(wavelength_nm={self._core.wavelength_nm:g}, na={self._core.na:g}, period_nm={self.period_nm})"

    def _repr_png_(self):
        from .plot import png_of, source

        return png_of(source, self)


def optics(*, wavelength_nm=193.368, na=1.35, source=None, polarisation=None, focus_nm=0.0, period_nm=2048.0,
           zernikes_waves=None, **keys):
    """The optics of a scanner.

    source: Conventional, Annular, Poles, Freeform, or an array of light over sigma -1..1.
    polarisation: "unpolarised", "x", "y", "te" or "tm".
    focus_nm: one focus or several; the first is nominal. Conditions are named "focus", "focus_1", ...; a
        dictionary {name: focus_nm} names them.
    period_nm: of the mask, one number or (x, y).
    zernikes_waves: fringe coefficients Z1, Z2, ... in waves.
    keys: any other key of a model recipe (recipe_help("model")), e.g. threshold=0.3, stack={...}.
    """
    source_map = None
    illumination = {}
    if source is not None:
        if isinstance(source, Mapping):
            illumination = dict(source)
        elif hasattr(source, "recipe"):
            illumination = source.recipe()
            source_map = getattr(source, "map", None)
        else:
            illumination, source_map = {"shape": "freeform"}, source
    if source_map is not None:
        illumination.pop("shape", None)
    if polarisation is not None:
        illumination["polarisation"] = polarisation.lower()
    if isinstance(focus_nm, Mapping):
        conditions = [{"name": name, "focus_nm": float(focus)} for name, focus in focus_nm.items()]
    else:
        focuses = [focus_nm] if isinstance(focus_nm, (int, float)) else list(focus_nm)
        conditions = [{"name": "focus" if i == 0 else f"focus_{i}", "focus_nm": float(focus)}
                      for i, focus in enumerate(focuses)]
    period = [float(period_nm)] * 2 if isinstance(period_nm, (int, float)) else [float(p) for p in period_nm]
    recipe = {"wavelength_nm": float(wavelength_nm), "na": float(na), "period_nm": period,
              "zernikes_waves": None if zernikes_waves is None else [float(z) for z in zernikes_waves],
              "source": illumination, "conditions": conditions, **keys}
    return Optics(to_toml(recipe), source_map)


def as_optics(recipe):
    """Optics of whatever a recipe may be given as."""
    return recipe if isinstance(recipe, Optics) else Optics(recipe)
