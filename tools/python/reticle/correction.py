# SPDX-License-Identifier: Apache-2.0
"""Masks corrected by inverse lithography over the process window, and what they print."""

from dataclasses import dataclass
from typing import Any

from . import _core
from .designs import Design, Mask, _numbers
from .errors import ArgumentError
from .model import Grid
from .recipes import text_and_name


@dataclass
class Correction:
    """A corrected mask."""

    #: Mask, over the model's period around the design's window.
    mask: Mask
    #: (rows, cols) float32: the optimised field, 0 at the mask's edge, on parameters_grid.
    parameters: Any
    parameters_grid: Grid
    #: {"level", "iteration", "pixel_nm", "fidelity_nm2", "band_nm2", "regularity_nm2"}: one row for each iteration.
    history: dict
    design: Design

    def native(self):
        """The mask as the design was given: klayout Region, gdstk polygons or (n, 2) arrays in nm."""
        return self.mask.native()


@dataclass
class Evaluation:
    """What a mask prints through the process window; images are uint8 on the grid of the model's period."""

    #: {"l2_nm2", "pv_band_nm2", "epe_violations", "epe_max_nm", "epe_mean_abs_nm", "shots", "components", ...}
    metrics: dict
    target: Any
    nominal: Any
    band: Any
    grid: Grid

    def __getattr__(self, name):
        try:
            return self.__dict__["metrics"][name]
        except KeyError:
            raise AttributeError(name) from None


def correct(design, model, recipe=None, *, start=None, progress=None, threads=1, engine="auto"):
    """Corrects a design, or a list of Designs as one batch, by pixel ILT.

    design: a Design, or anything that Design.of() takes.
    recipe: dictionary, path or TOML text (recipe_help()); None: the defaults.
    start: an initial mask instead of the drawn one, e.g. a network's: (rows, cols) of 0..1 over the model's period
        around the design's window, any pixel; or a Correction, whose field is gone on from. A list for a list.
    progress: called with the part done, 0..1, after every iteration; returning False stops and cuts what is there.
    threads: that start and clean a batch's masks. engine: "auto", "cpu" or "cuda".

    Returns a Correction (a list for a list). Ctrl-C stops within one iteration.
    """
    many = isinstance(design, (list, tuple)) and all(isinstance(d, Design) for d in design) and len(design) > 0
    designs = list(design) if many else [Design.of(design)]
    resolved = _core.Recipe.from_text(*text_and_name(recipe), model._core)
    starts = [] if start is None else [_parameters(s, resolved) for s in (start if many else [start])]
    if starts and len(starts) != len(designs):
        raise ArgumentError(f"start: {len(starts)} for {len(designs)} designs")
    found = _core.correct(model._core, resolved, [d._args() for d in designs], starts, progress, threads, engine)
    record = {"recipe": resolved.text, "model_hash": model.hash}
    results = [
        Correction(Mask(one["mask"], _grid(one["grid"]), d.kind, d.dbu_nm, dict(record)), one["parameters"],
                   _grid(one["grey_grid"]), one["history"], d)
        for one, d in zip(found, designs)]
    return results if many else results[0]


def evaluate(mask, design, model, recipe=None):
    """Metrics and prints of a mask against its design: an Evaluation.

    mask: a Mask or a Correction. recipe: whose process corners and edge sites count; None: the defaults.
    """
    mask = getattr(mask, "mask", mask)
    resolved = _core.Recipe.from_text(*text_and_name(recipe), model._core)
    found = _core.evaluate(model._core, resolved, mask.pixels, _numbers(mask.grid), *Design.of(design)._args())
    images = {name: found.pop(name) for name in ("target", "nominal", "band")}
    grid = _grid(found.pop("grid"))
    return Evaluation(found, grid=grid, **images)


def recipe_help(kind="correct"):
    """Every key of a recipe with its default, range and meaning, as TOML: "correct", "model" or "verify"."""
    return {"correct": _core.documented_recipe, "model": _core.documented_model_recipe,
            "verify": _core.documented_verify_recipe}[kind]()


def _grid(numbers):
    rows, cols, pixel, x, y = numbers
    return Grid(rows, cols, pixel, (x, y))


def _parameters(start, recipe):
    import numpy

    if isinstance(start, Correction):
        return numpy.ascontiguousarray(start.parameters)
    values = numpy.ascontiguousarray(start, dtype=numpy.float32)
    if values.ndim != 2:
        raise ArgumentError(f"start: (rows, cols) over the model's period is wanted, not shape {values.shape}")
    if not numpy.isfinite(values).all() or values.min() < 0 or values.max() > 1:
        raise ArgumentError("start: values of 0 (opaque) to 1 (clear) are wanted")
    return numpy.float32(recipe.start_contrast) * (values - numpy.float32(0.5))
