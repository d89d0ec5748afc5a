# SPDX-License-Identifier: Apache-2.0
"""JAX: images as differentiable functions (jax.custom_vjp), called back on the host."""

from functools import partial

import jax
import numpy

from . import resist_terms


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
    return _image(model, tuple(sorted(where.items())), tuple(terms), mask, jax.numpy.asarray(dose, dtype=mask.dtype),
                  jax.numpy.stack(values) if values else jax.numpy.zeros(0, mask.dtype))


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
