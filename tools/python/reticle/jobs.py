# SPDX-License-Identifier: Apache-2.0
"""Layouts of any size, corrected tile by tile in a resumable job on disk, as `reticle correct LAYOUT` does."""

import os
from dataclasses import dataclass

from . import _core
from .recipes import text_and_name


@dataclass
class LayoutJob:
    """What became of a job. Its folder holds the reports of the command: report.html, verification/report.html, ..."""

    folder: str
    #: False: stopped by the progress function (start="resume" goes on), or finished by another process.
    finished: bool
    #: The mask as a layout.
    mask_path: str
    #: What the verification of the mask that was written says, and of the tiles what it does not say.
    metrics: dict
    #: [{"name", "tiles", "distinct", "here", "seconds"}]
    stages: list
    tiles: int
    window_um2: float
    halo_nm: float
    core_nm: tuple
    #: Sentences: why tiles are as large as they are, what the model does not resolve, rules that the design breaks.
    notes: list


def correct_layout(layout, folder, model, recipe=None, *, layers=(), cell="", window_nm=None, halo_nm=None, period_nm=None,
                   refinements=1, mask_path="", output_layer="1/0", tolerance_nm=None, keep_input=False,
                   keep_hierarchy=False, start="new", threads=1, engine="auto", progress=None):
    """Corrects a GDSII or OASIS layout tile by tile, by the method its recipe names, and verifies the mask that was written.
    Returns a LayoutJob. The same bytes as by `reticle correct`, whose processes may work on the same folder.

    layers: "11/0" or a list, merged; none: the only layer. cell: none: the top cell. window_nm: (x0, y0, x1, y1).
    halo_nm: context around a tile's core; None: the model's interaction range. period_nm: of tiles, core and halos; None:
        what the layout's arrays ask for or else the least work; 0: the model's own.
    refinements: times tiles are gone on with from their neighbours' masks.
    mask_path: the mask as .gds or .oas; none: folder/mask.gds. tolerance_nm: how far its outlines may be from the mask's
        pixels. keep_input: with the layout's own cells and layers. keep_hierarchy: in the cells that were drawn.
    start: "new" refuses a folder that holds a job; "resume" goes on with it; "layout_changed" redoes what changed;
        "share" works on it together with other processes, of which one finishes it (`reticle.distributed`).
    progress: called with (work, done, total), from any thread; returning False stops. So does Ctrl-C; what is
        finished stays on disk.
    """
    layers = [layers] if isinstance(layers, str) else list(layers)
    found = _core.correct_layout(os.fspath(layout), os.fspath(folder), model._core, *text_and_name(recipe), layers, cell,
                                 window_nm, halo_nm, period_nm, refinements, os.fspath(mask_path), output_layer, tolerance_nm,
                                 keep_input, keep_hierarchy, start, threads, engine, progress)
    found["mask_path"] = os.fspath(found["mask_path"])
    return LayoutJob(os.fspath(folder), **found)
