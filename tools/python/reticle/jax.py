# SPDX-License-Identifier: Apache-2.0
"""JAX: images as differentiable functions (jax.custom_vjp), called back on the host."""

from functools import partial

import jax
import numpy


def _shape(mask, where):
    if where.get("shape") is not None:
        places = tuple(where["shape"])
    elif where.get("grid") is not None:
        places = (where["grid"].rows, where["grid"].cols)
    elif where.get("cut") is not None:
        places = (where["cut"][4],)
    elif where.get("points") is not None:
        places = (len(where["points"]),)
    else:
        places = mask.shape[-2:]
    return jax.ShapeDtypeStruct((*mask.shape[:-2], *places), mask.dtype)


def _host(array):
    return numpy.ascontiguousarray(array)


@partial(jax.custom_vjp, nondiff_argnums=(0, 1))
def _image(model, where, mask, dose):
    arguments = dict(where)
    return jax.pure_callback(lambda m, d: model.image(_host(m), dose=float(d), **arguments), _shape(mask, arguments),
                             mask, dose)


def _forward(model, where, mask, dose):
    return _image(model, where, mask, dose), (mask, dose)


def _backward(model, where, saved, cotangent):
    mask, dose = saved
    arguments = dict(where)

    def gradient(m, d, c):
        found = model.vjp(_host(m), _host(c), dose=float(d), **arguments)
        return found.mask, numpy.asarray(found.dose, dtype=dose.dtype)

    return jax.pure_callback(gradient, (jax.ShapeDtypeStruct(mask.shape, mask.dtype),
                                        jax.ShapeDtypeStruct((), dose.dtype)), mask, dose, cotangent)


_image.defvjp(_forward, _backward)


def image(model, mask, *, dose=1.0, **where):
    """model.image(mask, dose=dose, **where), differentiable in the mask's pixels and the dose.

    mask: (rows, cols) or (batch, rows, cols), float32, or float64 where jax_enable_x64 is set.
    """
    mask = jax.numpy.asarray(mask)
    return _image(model, tuple(sorted(where.items())), mask, jax.numpy.asarray(dose, dtype=mask.dtype))


@partial(jax.custom_vjp, nondiff_argnums=(0, 1))
def _abbe(abbe, where, mask, source, zernikes, focus):
    def call(m, s, z, f):
        return abbe.image(_host(m), source=s, zernikes_waves=z, focus_nm=float(f), **dict(where))

    return jax.pure_callback(call, _shape(mask, dict(where)), mask, source, zernikes, focus)


def _abbe_forward(abbe, where, mask, source, zernikes, focus):
    return _abbe(abbe, where, mask, source, zernikes, focus), (mask, source, zernikes, focus)


def _abbe_backward(abbe, where, saved, cotangent):
    mask, source, zernikes, focus = saved

    def gradient(m, s, z, f, c):
        found = abbe.vjp(_host(m), _host(c), source=s, zernikes_waves=z, focus_nm=float(f),
                         wanted=("mask", "source", "zernikes_waves", "focus_nm"), **dict(where))
        return (found.mask, found.source.astype(source.dtype),
                found.zernikes_waves[:zernikes.shape[0]].astype(zernikes.dtype),
                numpy.asarray(found.focus_nm, dtype=focus.dtype))

    kinds = tuple(jax.ShapeDtypeStruct(x.shape, x.dtype) for x in saved)
    return jax.pure_callback(gradient, kinds, mask, source, zernikes, focus, cotangent)


_abbe.defvjp(_abbe_forward, _abbe_backward)


def abbe_image(abbe, mask, *, source, zernikes_waves=None, focus_nm=None, **where):
    """abbe.image(...), differentiable in mask, source (rows, cols), zernikes_waves and focus_nm; None: the recipe's."""
    if zernikes_waves is None:
        zernikes_waves = abbe.optics._core.zernikes_waves or [0.0]
    if focus_nm is None:
        focus_nm = abbe.optics.conditions[0][1]
    mask = jax.numpy.asarray(mask)
    return _abbe(abbe, tuple(sorted(where.items())), mask, jax.numpy.asarray(source, dtype=mask.dtype),
                 jax.numpy.asarray(zernikes_waves, dtype=mask.dtype), jax.numpy.asarray(focus_nm, dtype=mask.dtype))
