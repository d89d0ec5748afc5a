# SPDX-License-Identifier: Apache-2.0
"""Layouts of any size, corrected tile by tile in a resumable job on disk."""

import os
from dataclasses import dataclass

from . import _core
from .recipes import text_and_name


@dataclass
class LayoutJob:
    """What became of a job."""

    folder: str
    #: False: stopped by the progress function (start="resume" goes on), or finished by another process.
    finished: bool
    metrics: dict
    #: [{"name", "tiles", "distinct", "here", "seconds"}]
    stages: list
    tiles: int
    window_um2: float
    halo_nm: float
    core_nm: tuple

    @property
    def mask_path(self):
        """The mask as a layout."""
        return os.path.join(self.folder, "mask.gds")


def correct_layout(layout, folder, model, recipe=None, *, layers=(), cell="", window_nm=None, halo_nm=None,
                   output_layer="1/0", start="new", threads=1, engine="auto", progress=None):
    """Corrects a GDSII or OASIS layout tile by tile; the mask is folder/mask.gds. Returns a LayoutJob.

    layers: "11/0" or a list, merged; none: the only layer. cell: none: the top cell. window_nm: (x0, y0, x1, y1).
    halo_nm: context around a tile's core; None: the model's interaction range.
    start: "new" refuses a folder that holds a job; "resume" goes on with it; "layout_changed" redoes what changed;
        "share" works on it together with other processes, of which one finishes it (`reticle.distributed`).
    progress: called with (work, done, total), from any thread; returning False stops. So does Ctrl-C; what is
        finished stays on disk.
    """
    layers = [layers] if isinstance(layers, str) else list(layers)
    found = _core.correct_layout(os.fspath(layout), os.fspath(folder), model._core, *text_and_name(recipe), layers, cell,
                                 window_nm, halo_nm, output_layer, start, threads, engine, progress)
    return LayoutJob(os.fspath(folder), **found)
