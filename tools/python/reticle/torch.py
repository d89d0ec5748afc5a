# SPDX-License-Identifier: Apache-2.0
"""PyTorch: images as differentiable functions (torch.autograd.Function), in float32 or float64; image() on GPUs too."""

import torch

from . import resist_terms
from .errors import ArgumentError, UnsupportedError


def _arrays(**tensors):
    for name, tensor in tensors.items():
        if tensor is not None and tensor.device.type != "cpu":
            raise ArgumentError(f"{name}: the tensor lies on a device; host memory is wanted (tensor.cpu())")
    return [None if t is None else t.detach().contiguous() for t in tensors.values()]


def _scalar_gradient(value, given):
    return torch.tensor(value, dtype=given.dtype, device=given.device) if isinstance(given, torch.Tensor) else None


class _Image(torch.autograd.Function):
    @staticmethod
    def forward(ctx, mask, dose, model, where, names, *terms):
        mask = mask.detach().contiguous()
        if names:
            model = model.with_resist(**{name: float(term) for name, term in zip(names, terms)})
        ctx.model, ctx.where, ctx.dose, ctx.names, ctx.terms = model, where, dose, names, terms
        ctx.save_for_backward(mask)
        return model.image(mask, dose=float(dose), **where)

    @staticmethod
    def backward(ctx, cotangent):
        (mask,) = ctx.saved_tensors
        gradient = ctx.model.vjp(mask, cotangent.contiguous(), dose=float(ctx.dose), **ctx.where)
        if ctx.names and gradient.resist is None:
            raise UnsupportedError(f"{ctx.names[0]}: gradients in the resist's terms are taken in host memory (mask.cpu())")
        resist = [_scalar_gradient(getattr(gradient.resist, name), term) for name, term in zip(ctx.names, ctx.terms)]
        return gradient.mask, _scalar_gradient(gradient.dose, ctx.dose), None, None, None, *resist


def image(model, mask, *, dose=1.0, diffusion_nm=None, slope_nm=None, density=None, density_range_nm=None, **where):
    """model.image(mask, dose=dose, **where), differentiable in the mask's pixels and in what else is given as a tensor.

    mask: (rows, cols) or (batch, rows, cols), float32 or float64.
    diffusion_nm, slope_nm, density, density_range_nm: of the resist, in place of the model's; the image is then the
        resist's.
    """
    terms, where = resist_terms.given(where, diffusion_nm=diffusion_nm, slope_nm=slope_nm, density=density,
                                      density_range_nm=density_range_nm)
    return _Image.apply(mask, dose, model, where, tuple(terms), *terms.values())


class _WindowLoss(torch.autograd.Function):
    @staticmethod
    def forward(ctx, parameters, target, model, terms):
        arrays = _arrays(parameters=parameters, target=target)
        loss, ctx.gradient = model.window_loss(*arrays, **terms)
        ctx.save_for_backward(*arrays)
        ctx.model, ctx.terms = model, terms
        return torch.tensor(loss, dtype=parameters.dtype)

    @staticmethod
    def backward(ctx, cotangent):
        gradient, ctx.gradient = ctx.gradient, None  # given away, so that .grad takes it as it is
        if gradient is None:  # once more through a graph that was kept
            gradient = ctx.model.window_loss(*ctx.saved_tensors, **ctx.terms)[1]
        factor = cotangent.item()
        return (gradient if factor == 1.0 else factor * gradient), None, None, None


def window_loss(model, parameters, target, **terms):
    """model.window_loss(parameters, target, **terms)[0], differentiable in the parameters."""
    return _WindowLoss.apply(parameters, target, model, terms)


class _PolygonImage(torch.autograd.Function):
    @staticmethod
    def forward(ctx, model, where, dose, *corners):
        polygons = [c.detach().double().numpy() for c in corners]
        ctx.model, ctx.where, ctx.dose = model, where, dose
        ctx.polygons, ctx.types = polygons, [c.dtype for c in corners]
        return torch.from_numpy(model.image(polygons, dose=float(dose), **where))

    @staticmethod
    def backward(ctx, cotangent):
        where = {k: v for k, v in ctx.where.items() if k != "dtype"}
        gradient = ctx.model.vjp(ctx.polygons, cotangent.contiguous().numpy(), dose=float(ctx.dose), **where)
        return (None, None, _scalar_gradient(gradient.dose, ctx.dose),
                *(torch.from_numpy(g).to(t) for g, t in zip(gradient.mask, ctx.types)))


def polygon_image(model, corners, *, dose=1.0, **where):
    """model.image(polygons, dose=dose, **where), differentiable in the corners, a list of (n, 2) tensors in nm, and the dose."""
    return _PolygonImage.apply(model, where, dose, *corners)


class _Abbe(torch.autograd.Function):
    @staticmethod
    def forward(ctx, mask, source, zernikes, focus, dose, abbe, where):
        tensors = _arrays(mask=mask, source=source, zernikes_waves=zernikes)
        ctx.abbe, ctx.where, ctx.focus, ctx.dose = abbe, where, focus, dose
        ctx.save_for_backward(*tensors)
        return abbe.image(tensors[0], **_Abbe.arguments(tensors, focus, dose), **where)

    @staticmethod
    def arguments(tensors, focus, dose):
        _, source, zernikes = tensors
        return {"source": None if source is None else source.double().numpy(),
                "zernikes_waves": None if zernikes is None else zernikes.double().numpy(),
                "focus_nm": None if focus is None else float(focus), "dose": float(dose)}

    @staticmethod
    def backward(ctx, cotangent):
        tensors = ctx.saved_tensors
        needs = ctx.needs_input_grad
        wanted = [name for name, need in zip(("mask", "source", "zernikes_waves", "focus_nm"), needs) if need]
        if needs[4] and not needs[0]:
            wanted.append("mask")  # the dose's comes with it
        gradient = ctx.abbe.vjp(tensors[0], cotangent.contiguous(), wanted=tuple(wanted),
                                **_Abbe.arguments(tensors, ctx.focus, ctx.dose), **ctx.where)
        _, source, zernikes = tensors
        return (gradient.mask if needs[0] else None,
                torch.from_numpy(gradient.source).to(source.dtype) if needs[1] else None,
                torch.from_numpy(gradient.zernikes_waves[:len(zernikes)]).to(zernikes.dtype) if needs[2] else None,
                _scalar_gradient(gradient.focus_nm, ctx.focus) if needs[3] else None,
                _scalar_gradient(gradient.dose, ctx.dose) if needs[4] else None, None, None)


def abbe_image(abbe, mask, *, source=None, zernikes_waves=None, focus_nm=None, dose=1.0, **where):
    """abbe.image(...), differentiable in each of mask, source, zernikes_waves, focus_nm and dose that is a tensor."""
    return _Abbe.apply(mask, source, zernikes_waves, focus_nm, dose, abbe, where)
