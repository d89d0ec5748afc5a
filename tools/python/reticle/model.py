# SPDX-License-Identifier: Apache-2.0
"""Model: optics as coherent systems (SOCS), with the resist: images of masks and their gradients."""

import os
from dataclasses import dataclass
from typing import Any, NamedTuple

from . import _core, device
from .errors import ArgumentError
from .scanner import as_optics
from .places import is_batch, is_pixels, pack, places_of


class Grid(NamedTuple):
    """Square pixels: [row, col] covers pixel_nm to the right of and above origin_nm + (col, row) pixel_nm."""

    rows: int
    cols: int
    pixel_nm: float
    origin_nm: tuple = (0.0, 0.0)


@dataclass(frozen=True)
class Resist:
    """What prints: G(diffusion) I + density G(density_range) I + slope |grad G(diffusion) I| >= threshold."""

    threshold: float
    diffusion_nm: float = 0.0
    slope_nm: float = 0.0
    density: float = 0.0
    density_range_nm: float = 0.0


@dataclass(frozen=True)
class Condition:
    """One focus of a model, with its coherent systems."""

    name: str
    focus_nm: float
    #: (kernels, 2 half_y + 1, 2 half_x + 1) complex128, a view: [k, n + half_y, m + half_x] multiplies order (m, n).
    kernels: Any
    #: (kernels,) float64, a view: largest first.
    weights: Any


@dataclass(frozen=True)
class Gradient:
    """Gradient of a function of images, given its derivative by the images."""

    #: Of the shape of the mask's pixels; for polygons a list of (n, 2) arrays, per nm.
    mask: Any
    #: By the dose; summed over a batch.
    dose: float
    #: Resist, with the derivative by each parameter that the image depends on; None of aerial images.
    resist: Any = None
    #: By the pixels of the source map, float64 (Abbe only).
    source: Any = None
    #: (37,) float64, per wave of fringe Z1..Z37 (Abbe only).
    zernikes_waves: Any = None
    #: Per nm of focus (Abbe only).
    focus_nm: Any = None


class Model:
    """Optics as coherent systems with a resist, for masks of one period. Immutable; threads may share it."""

    def __init__(self, core):
        self._core = core
        self._engine_losses = {}
        self._device_images = {}

    @classmethod
    def from_recipe(cls, recipe):
        """Builds a model from Optics, a dictionary, a recipe's path or its TOML text."""
        return cls(_core.Model.build(as_optics(recipe)._core))

    @classmethod
    def from_kernels(cls, conditions, *, period_nm, threshold):
        """A model of kernels from elsewhere.

        conditions: list of (name, focus_nm, kernels, weights): kernels (count, rows, cols) complex, centred orders
            with odd rows and cols; weights (count,), largest first.
        """
        import numpy

        period = (period_nm, period_nm) if isinstance(period_nm, (int, float)) else tuple(period_nm)
        return cls(_core.Model.from_kernels(
            [(name, float(focus), numpy.ascontiguousarray(kernels, dtype=numpy.complex128),
              numpy.ascontiguousarray(weights, dtype=numpy.float64)) for name, focus, kernels, weights in conditions],
            period, threshold))

    @classmethod
    def load(cls, path):
        """Reads a model file (HDF5, masks/SCHEMA.md), or plain kernels."""
        return cls(_core.Model.load(os.fspath(path)))

    def save(self, path):
        """Writes the model as HDF5; whole or not at all."""
        self._core.save(os.fspath(path))

    def with_resist(self, **terms):
        """The same optics with other terms of the resist, e.g. threshold=0.25, diffusion_nm=8."""
        resist = Resist(**{**self.resist.__dict__, **terms})
        return Model(self._core._with_resist(resist.threshold, resist.diffusion_nm, resist.slope_nm, resist.density,
                                             resist.density_range_nm))

    period_nm = property(lambda self: self._core.period_nm, doc="(x, y) of the mask's period, nm.")
    wavelength_nm = property(lambda self: self._core.wavelength_nm, doc="In vacuum, nm; 0: not known.")
    na = property(lambda self: self._core.na, doc="Numerical aperture; 0: not known.")
    recipe = property(lambda self: self._core.recipe, doc="TOML the model was built from; empty: imported kernels.")
    hash = property(lambda self: self._core.hash, doc="SHA-256 of what decides images.")
    truncation_error = property(
        lambda self: self._core.truncation_error,
        doc="Largest error of the kernels on the calibration pattern, clear fields; below 0: not known.")
    resist = property(lambda self: Resist(**self._core._resist), doc="The Resist.")

    @property
    def conditions(self):
        """[Condition], the nominal focus first; kernels and weights are views of the model's memory."""
        return [Condition(name, focus, self._core._kernels(i), self._core._weights(i))
                for i, (name, focus) in enumerate(self._core._conditions)]

    def image(self, mask, *, condition=None, dose=1.0, resist=False, shape=None, grid=None, points=None, cut=None,
              origin_nm=(0.0, 0.0), pixel_nm=None, dtype=None, threads=1, out=None):
        """The aerial image of a mask, or what the resist sees of it.

        mask: pixels (rows, cols) or (batch, rows, cols) that together cover the period, amplitude transmissions
            (0 opaque, 1 clear), float32, float64, uint8 or bool; numpy, PyTorch or JAX, not copied. Or polygons: a
            list of (n, 2) arrays of corners in nm, of transmission 1 on 0, whose overlaps count once; or a Design; or
            a list of such masks, a batch. Arrays on a GPU (float32, square pixels) are imaged there, where the CUDA
            engine is, at their own pixels.
        condition: name of one of the model's conditions; None: the nominal one.
        dose: multiplies the mask's amplitude, so the intensity by its square.
        resist: False: the aerial image I, clear field 1; True: what is compared with the threshold.
        shape: (rows, cols) of pixels that cover the period. grid: a Grid anywhere. points: (n, 2) in nm. cut:
            (x0, y0, x1, y1, n), n points from end to end. None: the mask's own pixels; for polygons twice as many
            as the image's band needs.
        origin_nm: lower left corner of the period in the coordinates of polygons, grid, points and cut.
        pixel_nm: of the mask, to be checked against the period.
        dtype: "float32" or "float64" of the image of polygons (float64); pixels say it themselves.
        threads: that share a batch.
        out: array that receives the image and is returned.

        Returns an array of the places' shape, after the batch's, of the library that `mask` came from.
        """
        if not is_pixels(mask):
            where = dict(condition=condition, dose=dose, resist=resist, shape=shape, grid=grid, points=points, cut=cut,
                         origin_nm=origin_nm, dtype=dtype)
            if is_batch(mask):
                return self._images_of_polygons(mask, where, out)
            corners, ends = pack(mask)
            places = places_of(self.period_nm, shape, grid, points, cut, origin_nm) or self._own_places()
            return self._core._polygon_image(corners, ends, condition, dose, resist, places, origin_nm,
                                             _is_single(dtype), out)
        if pixel_nm is not None:
            self._check_period(mask, pixel_nm)
        if device.lies_on_device(mask):
            images = device.images_of(self, mask, condition, resist, shape=shape, grid=grid, points=points, cut=cut)
            made = images.image(mask, dose, out)
            return out if out is not None else device.like(mask, made)
        places = None
        if shape is not None or grid is not None or points is not None or cut is not None:
            places = places_of(self.period_nm, shape, grid, points, cut, origin_nm)
        image = self._core._image(mask, condition, dose, resist, places, threads, out)
        return image if out is not None else like(mask, image)

    def vjp(self, mask, cotangent, *, condition=None, dose=1.0, resist=False, shape=None, grid=None, points=None,
            cut=None, origin_nm=(0.0, 0.0), threads=1):
        """The gradient of L, a function of image(mask, ...), for cotangent = dL/d(image), of the image's shape and type.

        Returns a Gradient in the mask's pixels (or the polygons' corners), the dose and, of resist images, the
        resist's parameters (of arrays on a GPU without those). Arguments are as for image().
        """
        if is_pixels(mask) and device.lies_on_device(mask):
            images = device.images_of(self, mask, condition, resist, shape=shape, grid=grid, points=points, cut=cut)
            d_mask, d_dose = images.gradient(mask, cotangent, dose)
            return Gradient(device.like(mask, d_mask), d_dose)
        if is_pixels(mask):
            places = places_of(self.period_nm, shape, grid, points, cut, origin_nm)
            d_mask, d_dose, d_resist = self._core._vjp(mask, cotangent, condition, dose, resist, places, threads)
            d_mask = like(mask, d_mask)
        elif is_batch(mask):
            where = dict(condition=condition, dose=dose, resist=resist, shape=shape, grid=grid, points=points, cut=cut,
                         origin_nm=origin_nm)
            if len(cotangent) != len(mask):
                raise ArgumentError(f"cotangent: {len(cotangent)} of {len(mask)} masks are given")
            parts = [self.vjp(one, part, **where) for one, part in zip(mask, cotangent)]
            resists = [part.resist.__dict__ for part in parts] if resist else []
            return Gradient([part.mask for part in parts], sum(part.dose for part in parts),
                            Resist(**{k: sum(r[k] for r in resists) for k in resists[0]}) if resist else None)
        else:
            corners, ends = pack(mask)
            places = places_of(self.period_nm, shape, grid, points, cut, origin_nm) or self._own_places()
            d_mask, d_dose, d_resist = self._core._polygon_vjp(corners, ends, cotangent, condition, dose, resist,
                                                               places, origin_nm)
        # The threshold is no part of the image: L depends on it only where L itself uses it.
        return Gradient(d_mask, d_dose, Resist(0.0, **d_resist) if resist else None)

    def window_loss(self, parameters, target, *, corners, bands=(), mask_slope=4.0, resist_slope=50.0,
                    engine=None):
        """The loss of inverse lithography in nm2 and its gradient, in one call: (loss, gradient).

        parameters: (rows, cols) p over the period, float32 or float64; the mask is sigmoid(mask_slope p).
        target: (rows, cols) of the same type, the part of each pixel that should print.
        corners: [(condition, dose, weight)]: weight of (Z - target)^2, Z = sigmoid(resist_slope (dose^2 I - threshold)).
        bands: [(outer, inner, weight)] by corners' places: weight of (Z_outer - Z_inner)^2.
        engine: "auto", "cpu" or "cuda": on the engine that correct() runs on, float32 and square pixels; arrays stay in
            host memory and are copied to the engine's.
        """
        if engine is not None:
            key = (engine, *getattr(parameters, "shape", ()))
            if key not in self._engine_losses:
                if len(key) != 3:
                    raise ArgumentError("parameters: an array (rows, cols) is wanted")
                self._engine_losses[key] = _core.EngineLoss(self._core, *key)
            loss, gradient = self._engine_losses[key].evaluate(
                self._core, parameters, target, list(corners), list(bands), mask_slope, resist_slope)
            return loss, like(parameters, gradient)
        loss, gradient = _core.window_loss(self._core, parameters, target, list(corners), list(bands), mask_slope, resist_slope)
        return loss, like(parameters, gradient)

    def prints(self, mask, **where):
        """Where the resist prints: a boolean array of image(mask, resist=True, ...) >= threshold."""
        return self.image(mask, resist=True, **where) >= self.resist.threshold

    def _images_of_polygons(self, masks, where, out):
        import numpy

        if out is None:
            first = self.image(masks[0], **where)
            out = numpy.empty((len(masks), *first.shape), dtype=first.dtype)
        elif len(out) != len(masks):
            raise ArgumentError(f"out: images of {len(masks)} masks are wanted, not {len(out)}")
        for mask, image in zip(masks, out):
            self.image(mask, out=image, **where)
        return out

    def _own_places(self):
        _, rows, cols = self._core._kernels(0).shape
        return _core.Places.pixels(4 * rows, 4 * cols)

    def _check_period(self, mask, pixel_nm):
        rows, cols = mask.shape[-2:]
        if abs(cols * pixel_nm - self.period_nm[0]) > 1e-6 or abs(rows * pixel_nm - self.period_nm[1]) > 1e-6:
            raise ArgumentError(
                f"mask: {cols} x {rows} pixels of {pixel_nm:g} nm are {cols * pixel_nm:g} x {rows * pixel_nm:g} nm, but "
                f"the model's period is {self.period_nm[0]:g} x {self.period_nm[1]:g} nm; build a model of that period")

    def __repr__(self):
        names = ", ".join(f"{name} {focus:g} nm" for name, focus in self._core._conditions)
        x, y = self.period_nm
        return f"Model({x:g} x {y:g} nm, {names}, threshold {self.resist.threshold:g})"

    def _repr_png_(self):
        from .plot import kernels, png_of

        return png_of(kernels, self)


def like(given, array):
    """The array as one of the library that `given` belongs to, sharing its memory."""
    home = type(given).__module__
    if home.startswith("torch"):
        import torch

        return torch.from_numpy(array)
    if home.startswith("jax"):
        import jax

        return jax.dlpack.from_dlpack(array)
    return array


def _is_single(dtype):
    if dtype is None:
        return False
    name = getattr(dtype, "__name__", str(dtype))
    if name not in ("float32", "float64"):
        raise ArgumentError(f"dtype: float32 or float64 is wanted, not {name}")
    return name == "float32"
