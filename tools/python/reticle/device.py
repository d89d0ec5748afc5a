# SPDX-License-Identifier: Apache-2.0
"""Arrays that lie on a GPU: images and gradients are taken there, by the CUDA engine."""

from . import _core
from .errors import ArgumentError, UnsupportedError

_HOST, _GPU, _PINNED = 1, 2, 3  # DLPack's device types


def lies_on_device(array):
    """Whether an array's memory is no host's."""
    device = getattr(array, "__dlpack_device__", None)
    return device is not None and device()[0] not in (_HOST, _PINNED)


def images_of(model, mask, condition, resist, **places):
    """The engine's images for masks of this shape; kept with the model."""
    kind, gpu = mask.__dlpack_device__()
    if kind != _GPU:
        raise ArgumentError(f"mask: the array lies on a device that is no CUDA GPU (DLPack type {int(kind)}); pass it in host memory")
    if len(mask.shape) not in (2, 3):
        raise ArgumentError(f"mask: pixels have the shape (rows, cols) or (batch, rows, cols), not {tuple(mask.shape)}")
    for name, value in places.items():
        if value is not None:
            raise UnsupportedError(f"{name}: images on a device are of the mask's own pixels; pass the mask in host memory")
    key = (int(gpu), condition, resist, *mask.shape[-2:])
    if key not in model._device_images:
        model._device_images[key] = _core.DeviceImages(model._core, *key)
    return model._device_images[key]


def like(given, array):
    """The array, in the same memory, as one of the library that `given` belongs to; else what speaks DLPack."""
    home = type(given).__module__.split(".")[0]
    if home == "torch":
        import torch

        return torch.from_dlpack(array)
    if home in ("jax", "jaxlib"):
        import jax

        return jax.dlpack.from_dlpack(array)
    if home == "cupy":
        import cupy

        return cupy.from_dlpack(array)
    return array
