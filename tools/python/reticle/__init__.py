# SPDX-License-Identifier: Apache-2.0
"""Reticle: aerial images of masks, their gradients, and masks corrected by inverse lithography.

Lengths are nanometres on the wafer, angles degrees, wave aberrations waves, intensities fractions of the clear
field. Arrays of pixels are [row = y, column = x], y up, row 0 at the lower edge.
"""

from importlib import import_module as _import

from . import errors
from .errors import Error

# Where each name lives; modules are loaded when they are first asked for, so that importing is quick.
_HOMES = {
    "Abbe": "abbe",
    "Annular": "scanner", "Conventional": "scanner", "Freeform": "scanner", "Poles": "scanner", "Optics": "scanner",
    "dipole": "scanner", "optics": "scanner", "quasar": "scanner",
    "Condition": "model", "Gradient": "model", "Grid": "model", "Model": "model", "Resist": "model",
    "Correction": "correction", "Evaluation": "correction", "correct": "correction", "evaluate": "correction",
    "recipe_help": "correction",
    "Design": "designs", "Mask": "designs", "read_design": "designs", "read_mask": "designs",
    "merge": "designs", "write_image": "designs", "write_layout": "designs",
    "LayoutJob": "jobs", "correct_layout": "jobs",
    "Gauge": "metrology", "Window": "metrology", "window": "metrology",
    "Finding": "verification", "Verification": "verification", "verify": "verification",
}
_MODULES = ("distributed", "jax", "klayout", "plot", "torch")

__all__ = ["Error", "engine", "errors", "version", *_HOMES]


def version():
    """The library's release, "major.minor.patch"."""
    return _import("._core", __name__).version()


def engine(kind="auto"):
    """One line: which engine corrects ("auto", "cpu" or "cuda"), and why."""
    return _import("._core", __name__).engine(kind)


def __getattr__(name):
    if name == "__version__":
        return version()
    if name in _MODULES:
        return _import(f".{name}", __name__)
    if name not in _HOMES:
        raise AttributeError(f"module 'reticle' has no attribute '{name}'")
    value = getattr(_import(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted([*__all__, *_MODULES])
