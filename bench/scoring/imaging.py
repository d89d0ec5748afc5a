# SPDX-License-Identifier: Apache-2.0
"""Images of a mask by its coherent systems, as sums of waves in double precision.

I(x, y) = sum_k w_k | sum_mn H_k(m, n) c(m, n) exp(2 pi i (m x + n y) / P) |^2, c the mean of the mask's amplitude
times exp(-2 pi i (m x + n y) / P). The image holds orders up to twice those of H: its coefficients are taken on a
grid that is fine enough for them and summed wherever it is wanted. Neither step approximates.
"""
from dataclasses import dataclass

import h5py
import numpy as np

from .files import BadInput


@dataclass
class Condition:
    name: str
    kernels: np.ndarray  # [k][n + half_y][m + half_x]
    weights: np.ndarray
    tail: tuple = ()  # of (weight, range_nm)


@dataclass
class Model:
    period_nm: int
    threshold: float
    conditions: list
    blur_nm: float = 0.0  # of the image: stage and diffusion
    background: complex = 0.0  # amplitude where nothing is drawn; what is drawn is clear


def read_model(path):
    """A model of 'reticle model', or plain kernels (groups focus and defocus). Binary and phase-shifting thin masks
    and a threshold of the blurred image are known; anything else is refused."""
    with h5py.File(path, "r") as file:
        if "conditions" not in file:
            groups = [(name, file[name]) for name in ("focus", "defocus") if name in file]
            if not groups or "period_nm" not in file.attrs:
                raise BadInput(f"{path}: is neither a model of 'reticle model' nor kernels with period_nm and threshold")
            return Model(_whole(path, file.attrs["period_nm"]), float(file.attrs["threshold"]),
                         [_condition(name, group) for name, group in groups])
        attrs = file.attrs
        if attrs["period_x_nm"] != attrs["period_y_nm"]:
            raise BadInput(f"{path}: its field is not square")
        for name in ("resist_slope_nm", "resist_density", "flare"):
            if attrs.get(name, 0.0) != 0.0:
                raise BadInput(f"{path}: {name} is {attrs[name]}; the scorer knows thresholds of a blurred image only")
        if _text(attrs.get("tone", "exposed")) != "exposed":
            raise BadInput(f"{path}: prints where unexposed; the scorer knows the other tone only")
        background = 0.0
        if "mask" in file:
            mask = file["mask"].attrs
            for name in ("bias_nm", "blur_x_nm", "blur_y_nm", "edge_width_nm"):
                if mask.get(name, 0.0) != 0.0:
                    raise BadInput(f"{path}: mask@{name} is {mask[name]}; the scorer knows thin masks only")
            if _text(mask["drawn"]) != "clear" or "layers" in mask:
                raise BadInput(f"{path}: the drawn side is not clear; the scorer knows clear drawings only")
            background = np.sqrt(mask["transmission"]) * np.exp(1j * np.radians(mask["phase_deg"]))
        order = file["conditions"].attrs["order"]
        order = [_text(name) for name in ([order] if isinstance(order, (str, bytes)) else order)]
        return Model(_whole(path, attrs["period_x_nm"]), float(attrs["threshold"]),
                     [_condition(name, file["conditions"][name]) for name in order],
                     float(np.hypot(attrs["diffusion_nm"], attrs["stage_blur_nm"])), complex(background))


def _text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def _whole(path, period):
    if abs(period - round(period)) > 1e-9:
        raise BadInput(f"{path}: a field of {period} nm; whole nm are scored")
    return int(round(period))


def _condition(name, group):
    kernels = group["kernels"][:]
    if kernels.dtype.names:  # compound {r, i}
        kernels = kernels["r"].astype(float) + 1j * kernels["i"]
    return Condition(name, kernels.astype(complex), group["weights"][:].astype(float),
                     tuple(map(tuple, group["tail"][:])) if "tail" in group else
                     ((group.attrs["tail_weight"], group.attrs["tail_range_nm"]),) if "tail_weight" in group.attrs else ())


def _waves(orders, places, period, sign):
    return np.exp(sign * 2j * np.pi * np.outer(places, orders) / period)


class Image:
    """The coefficients of one image, orders -half..half along both axes."""

    def __init__(self, coefficients, period):
        self.c, self.period = coefficients, period
        self.orders_y, self.orders_x = (np.arange(n) - n // 2 for n in coefficients.shape)

    def at(self, x, y):
        """At points, nm."""
        result = np.empty(len(x))
        for i in range(0, len(x), 4096):
            part = slice(i, i + 4096)
            rows = _waves(self.orders_y, y[part], self.period, 1) @ self.c
            result[part] = np.einsum("pm,pm->p", rows, _waves(self.orders_x, x[part], self.period, 1)).real
        return result

    def on_pixels(self):
        """At the centres of the field's pixels of 1 nm."""
        centres = np.arange(self.period) + 0.5
        return ((_waves(self.orders_y, centres, self.period, 1) @ self.c)
                @ _waves(self.orders_x, centres, self.period, 1).T).real


def images(model, covered):
    """An Image for each of the model's conditions, of covered parts of the field's pixels, dose 1."""
    period, pixels = model.period_nm, len(covered)
    centres = (np.arange(pixels) + 0.5) * period / pixels
    cache, result = {}, []

    def coefficients(values, orders_y, orders_x):
        # A pixel is its area at its centre: values are averages already.
        return _waves(orders_y, centres, period, -1).T @ values @ _waves(orders_x, centres, period, -1) / pixels**2

    for condition in model.conditions:
        rows, cols = condition.kernels.shape[1:]
        oy, ox = np.arange(rows) - rows // 2, np.arange(cols) - cols // 2
        wide_y, wide_x = np.arange(2 * rows - 1) - rows + 1, np.arange(2 * cols - 1) - cols + 1
        if (rows, cols) not in cache:
            drawn = coefficients(covered, oy, ox) * (1.0 - model.background)
            drawn[rows // 2, cols // 2] += model.background
            cache[rows, cols] = drawn
        points_y, points_x = len(wide_y) + 3, len(wide_x) + 3
        to_y, to_x = (_waves(o, np.arange(n), n, 1) for o, n in ((oy, points_y), (ox, points_x)))
        intensity = np.zeros((points_y, points_x))
        for weight, kernel in zip(condition.weights, condition.kernels):
            intensity += weight * np.abs(to_y @ (kernel * cache[rows, cols]) @ to_x.T) ** 2
        c = (_waves(wide_y, np.arange(points_y), points_y, -1).T @ intensity
             @ _waves(wide_x, np.arange(points_x), points_x, -1)) / (points_y * points_x)
        squared = (wide_x[None, :] ** 2 + wide_y[:, None] ** 2) / period**2
        if condition.tail:  # of the mask's orders that kernels take
            power = coefficients(covered * (1.0 - abs(model.background) ** 2) + abs(model.background) ** 2, oy, ox)
            inner = np.s_[rows // 2:rows // 2 + rows, cols // 2:cols // 2 + cols]
            for weight, range_nm in condition.tail:
                c[inner] += weight * power * np.exp(-2.0 * np.pi**2 * range_nm**2 * squared[inner])
        result.append(Image(c * np.exp(-2.0 * np.pi**2 * model.blur_nm**2 * squared), period))
    return result
