# SPDX-License-Identifier: Apache-2.0
"""JAX: images as differentiable functions (jax.custom_vjp), called back on the host."""

from functools import partial

import jax
import numpy

from . import resist_terms
from .errors import ArgumentError


def _places(where, own):
    if where.get("shape") is not None:
        return tuple(where["shape"])
    if where.get("grid") is not None:
        return where["grid"].rows, where["grid"].cols
    if where.get("cut") is not None:
        return (where["cut"][4],)
    return own if where.get("points") is None else (len(where["points"]),)


def _shape(mask, where):
    return jax.ShapeDtypeStruct((*mask.shape[:-2], *_places(where, mask.shape[-2:])), mask.dtype)


def _frozen(where):
    """Arguments that JAX may compare and keep."""
    points = where.get("points")
    if points is not None:
        where = {**where, "points": tuple(map(tuple, numpy.asarray(points, dtype=numpy.float64).tolist()))}
    return tuple(sorted((k, tuple(v) if isinstance(v, list) else v) for k, v in where.items()))


def _host(array):
    return numpy.ascontiguousarray(array)


def _of_resist(model, names, terms):
    return model.with_resist(**{n: float(t) for n, t in zip(names, terms)}) if names else model


@partial(jax.custom_vjp, nondiff_argnums=(0, 1, 2))
def _image(model, where, names, mask, dose, terms):
    arguments = dict(where)
    return jax.pure_callback(
        lambda m, d, t: _of_resist(model, names, t).image(_host(m), dose=float(d), **arguments), _shape(mask, arguments),
        mask, dose, terms)


def _forward(model, where, names, mask, dose, terms):
    return _image(model, where, names, mask, dose, terms), (mask, dose, terms)


def _backward(model, where, names, saved, cotangent):
    mask, dose, terms = saved
    arguments = dict(where)

    def gradient(m, d, t, c):
        found = _of_resist(model, names, t).vjp(_host(m), _host(c), dose=float(d), **arguments)
        resist = [getattr(found.resist, name) for name in names]
        return found.mask, numpy.asarray(found.dose, dtype=dose.dtype), numpy.asarray(resist, dtype=terms.dtype)

    kinds = tuple(jax.ShapeDtypeStruct(x.shape, x.dtype) for x in saved)
    return jax.pure_callback(gradient, kinds, mask, dose, terms, cotangent)


_image.defvjp(_forward, _backward)


def image(model, mask, *, dose=1.0, diffusion_nm=None, slope_nm=None, density=None, density_range_nm=None, **where):
    """model.image(mask, dose=dose, **where), differentiable in the mask's pixels, the dose and the resist's terms given.

    mask: (rows, cols) or (batch, rows, cols), float32, or float64 where jax_enable_x64 is set.
    diffusion_nm, slope_nm, density, density_range_nm: of the resist, in place of the model's; the image is then the
        resist's.
    """
    terms, where = resist_terms.given(where, diffusion_nm=diffusion_nm, slope_nm=slope_nm, density=density,
                                      density_range_nm=density_range_nm)
    mask = jax.numpy.asarray(mask)
    values = [jax.numpy.asarray(term, dtype=mask.dtype) for term in terms.values()]
    return _image(model, _frozen(where), tuple(terms), mask, jax.numpy.asarray(dose, dtype=mask.dtype),
                  jax.numpy.stack(values) if values else jax.numpy.zeros(0, mask.dtype))


def _polygons(corners):
    return [numpy.asarray(polygon, dtype=numpy.float64) for polygon in corners]


@partial(jax.custom_vjp, nondiff_argnums=(0, 1, 2))
def _polygon_image(model, where, shape, corners, dose):
    return jax.pure_callback(
        lambda c, d: model.image(_polygons(c), dose=float(d), dtype=dose.dtype.name, **dict(where)),
        jax.ShapeDtypeStruct(shape, dose.dtype), corners, dose)


def _polygon_forward(model, where, shape, corners, dose):
    return _polygon_image(model, where, shape, corners, dose), (corners, dose)


def _polygon_backward(model, where, shape, saved, cotangent):
    corners, dose = saved

    def gradient(c, d, g):
        found = model.vjp(_polygons(c), _host(g), dose=float(d), **dict(where))
        return ([part.astype(polygon.dtype) for part, polygon in zip(found.mask, corners)],
                numpy.asarray(found.dose, dtype=dose.dtype))

    kinds = ([jax.ShapeDtypeStruct(c.shape, c.dtype) for c in corners], jax.ShapeDtypeStruct(dose.shape, dose.dtype))
    return jax.pure_callback(gradient, kinds, corners, dose, cotangent)


_polygon_image.defvjp(_polygon_forward, _polygon_backward)


def polygon_image(model, corners, *, dose=1.0, **where):
    """model.image(polygons, dose=dose, **where), differentiable in the corners, a list of (n, 2) arrays in nm, and the dose.

    One of shape=, grid=, points= and cut= says where the image is wanted.
    """
    corners = [jax.numpy.asarray(polygon) for polygon in corners]
    if not any(where.get(name) is not None for name in ("shape", "grid", "points", "cut")):
        raise ArgumentError("shape, grid, points or cut: give one of them for the image of polygons")
    dtype = jax.numpy.result_type(*corners, jax.numpy.float32)
    shape = _places(where, ())
    return _polygon_image(model, _frozen(where), shape, corners, jax.numpy.asarray(dose, dtype=dtype))


@partial(jax.custom_vjp, nondiff_argnums=(0, 1))
def _abbe(abbe, where, mask, source, zernikes, focus, dose):
    def call(m, s, z, f, d):
        return abbe.image(_host(m), source=s, zernikes_waves=z, focus_nm=float(f), dose=float(d), **dict(where))

    return jax.pure_callback(call, _shape(mask, dict(where)), mask, source, zernikes, focus, dose)


def _abbe_forward(abbe, where, *arrays):
    return _abbe(abbe, where, *arrays), arrays


def _abbe_backward(abbe, where, saved, cotangent):
    zernikes = saved[2]

    def gradient(m, s, z, f, d, c):
        found = abbe.vjp(_host(m), _host(c), source=s, zernikes_waves=z, focus_nm=float(f), dose=float(d),
                         wanted=("mask", "source", "zernikes_waves", "focus_nm"), **dict(where))
        parts = (found.mask, found.source, found.zernikes_waves[:zernikes.shape[0]], found.focus_nm, found.dose)
        return tuple(numpy.asarray(part, dtype=like.dtype) for part, like in zip(parts, saved))

    kinds = tuple(jax.ShapeDtypeStruct(x.shape, x.dtype) for x in saved)
    return jax.pure_callback(gradient, kinds, *saved, cotangent)


_abbe.defvjp(_abbe_forward, _abbe_backward)


def abbe_image(abbe, mask, *, source, zernikes_waves=None, focus_nm=None, dose=1.0, **where):
    """abbe.image(...), differentiable in mask, source (rows, cols), zernikes_waves, focus_nm and dose; None: the recipe's."""
    if zernikes_waves is None:
        zernikes_waves = abbe.optics._core.zernikes_waves or [0.0]
    if focus_nm is None:
        focus_nm = abbe.optics.conditions[0][1]
    mask = jax.numpy.asarray(mask)
    return _abbe(abbe, _frozen(where), mask,
                 *(jax.numpy.asarray(a, dtype=mask.dtype) for a in (source, zernikes_waves, focus_nm, dose)))
