# SPDX-License-Identifier: Apache-2.0
"""Verification: what a mask prints wrongly through the process window."""

from dataclasses import dataclass
from typing import NamedTuple

from . import _core
from .designs import Design, _numbers
from .places import pack
from .recipes import text_and_name


class Finding(NamedTuple):
    """One place that fails one check."""

    check: str  #: e.g. "bridge", "open", "extra", "epe_run", "pinch"
    place_nm: tuple  #: (x, y)
    box_nm: tuple  #: (x0, y0, x1, y1) around it
    value: float  #: in the check's unit, nm or nm2 or a ratio
    limit: float
    severity: float  #: 1: just beyond the limit; 6 and more: joined otherwise than drawn
    corner: str  #: of the process window, where it is worst; "": the mask's own


@dataclass
class Verification:
    """Metrics by name, and the findings, the most severe first."""

    metrics: dict
    findings: list

    def by_check(self):
        """{check: [Finding]}, the worst check first."""
        result = {}
        for finding in self.findings:
            result.setdefault(finding.check, []).append(finding)
        return result


def verify(mask, design, model, recipe=None):
    """Checks a mask's prints against its design at all corners of the process window: a Verification.

    mask: a Mask or Correction, or polygons in nm over the design's window. recipe: dictionary, path or TOML text
    (recipe_help("verify")); None: limits that follow from the model.
    """
    design = Design.of(design)
    target = pack(design.polygons)
    mask = getattr(mask, "mask", mask)
    text, name = text_and_name(recipe)
    if hasattr(mask, "pixels") and hasattr(mask, "grid"):
        found = _core.verify_pixels(model._core, text, name, mask.pixels, _numbers(mask.grid), *target)
    else:
        found = _core.verify_polygons(model._core, text, name, *pack(Design.of(mask).polygons), *target, design.window_nm)
    return Verification(found["metrics"], [Finding(*one) for one in found["findings"]])
