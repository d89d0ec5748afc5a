# SPDX-License-Identifier: Apache-2.0
"""Masks and clips of any program: GLP, GDSII, OASIS, PNG, NumPy arrays, HDF5. All become merged rings or grey pixels.

Coordinates are nm in the clip's field, y up, pixel [row = y][col = x], first pixel at the origin.
"""
import pathlib
import re
from dataclasses import dataclass, field

import h5py
import klayout.db as db
import numpy as np
from PIL import Image

from .coverage import coverage

GLP_SHIFT_NM = 512.0  # the contest draws clips in the middle 1024 nm of a field of 2048 nm
DBU_NM = 1e-3  # grid of merged rings
EXTENSIONS = {".glp", ".gds", ".oas", ".png", ".npy", ".h5", ".hdf5"}


class BadInput(Exception):
    pass


@dataclass
class Shape:
    """What is inside: rings (merged, hulls and holes in opposite directions) or pixels of 1 nm or more."""

    rings: list = None
    pixels: np.ndarray = None
    pixel_nm: float = 1.0
    origin_nm: tuple = (0.0, 0.0)
    turned: bool = None  # of pictures: whether the first row was taken as the top
    remarks: list = field(default_factory=list)

    def on_grid(self, size):
        """Covered part of each pixel of 1 nm of a field of size x size nm."""
        if self.rings is not None:
            return coverage(self.rings, size, size)
        scale = int(round(self.pixel_nm))
        fine = np.repeat(np.repeat(self.pixels, scale, axis=0), scale, axis=1)
        x, y = (int(round(v)) for v in self.origin_nm)
        out = np.zeros((size, size))
        y0, x0, y1, x1 = max(y, 0), max(x, 0), min(y + fine.shape[0], size), min(x + fine.shape[1], size)
        if y0 < y1 and x0 < x1:
            out[y0:y1, x0:x1] = fine[y0 - y : y1 - y, x0 - x : x1 - x]
        return out

    def outline(self, size):
        """Rings of the drawn shape; of pixels, of those at least half covered."""
        return self.rings if self.rings is not None else rings_of_region(region_of_pixels(self.on_grid(size) >= 0.5))


def region_of_pixels(inside):
    """Pixels of 1 nm as a merged region, one box for each run of a row."""
    region = db.Region()
    padded = np.pad(inside.astype(np.int8), ((0, 0), (1, 1)))
    step = round(1.0 / DBU_NM)
    rows, starts = np.nonzero(np.diff(padded, axis=1) == 1)
    _, ends = np.nonzero(np.diff(padded, axis=1) == -1)
    for row, start, end in zip(rows.tolist(), starts.tolist(), ends.tolist()):
        region.insert(db.Box(start * step, row * step, end * step, (row + 1) * step))
    return region.merged()


def rings_of_region(region):
    rings = []
    for polygon in region.each_merged():
        contours = [polygon.each_point_hull()] + [polygon.each_point_hole(i) for i in range(polygon.holes())]
        rings += [np.array([(p.x, p.y) for p in points], float) * DBU_NM for points in contours]
    return rings


def rings_of_polygons(polygons):
    """Merged rings of polygons that may overlap; a polygon covers all that it winds around."""
    region = db.Region()
    for polygon in polygons:
        region.insert(db.Polygon([db.Point(*map(int, p)) for p in np.rint(np.asarray(polygon) / DBU_NM)], True))
    region.merge(False, 0)
    return rings_of_region(region)


def read_glp(path):
    scale, polygons, levels = 1.0, [], set()
    for number, line in enumerate(path.read_text().splitlines(), 1):
        words = line.split()
        if not words:
            continue
        try:
            if words[0] == "EQUIV":
                scale = float(words[1]) / float(words[2]) * {"MICRON": 1e3, "NANOMETER": 1.0}[words[3].upper()]
            elif words[0] == "RECT":
                x, y, w, h = map(float, words[3:7])
                polygons.append([(x, y), (x + w, y), (x + w, y + h), (x, y + h)])
                levels.add(words[2])
            elif words[0] == "PGON":
                numbers = list(map(float, words[3:]))
                if len(numbers) % 2:
                    raise ValueError("coordinates come in pairs")
                polygons.append(list(zip(numbers[::2], numbers[1::2])))
                levels.add(words[2])
        except (ValueError, IndexError, KeyError) as problem:
            raise BadInput(f"{path}:{number}: {problem}")
    if len(levels) > 1:
        raise BadInput(f"{path}: holds the levels {', '.join(sorted(levels))}; one is scored")
    return Shape(rings=rings_of_polygons([np.array(p) * scale + GLP_SHIFT_NM for p in polygons]))


def read_layout(path, layer):
    layout = db.Layout()
    try:
        layout.read(str(path))
    except RuntimeError as problem:
        raise BadInput(f"{path}: {problem}")
    tops = layout.top_cells()
    if len(tops) != 1:
        raise BadInput(f"{path}: has {len(tops)} top cells; one is scored")
    filled = {info.to_s(): layout.layer(info) for info in layout.layer_infos() if not tops[0].bbox(layout.layer(info)).empty()}
    if layer is None and len(filled) == 1:
        layer = next(iter(filled))
    if layer not in filled:
        raise BadInput(f"{path}: layer {layer or 'not said'}; it draws on {', '.join(sorted(filled)) or 'none'}")
    region = db.Region(tops[0].begin_shapes_rec(filled[layer]))
    region.transform(db.ICplxTrans(layout.dbu * 1e3 / DBU_NM))
    region.merge(False, 0)
    return Shape(rings=rings_of_region(region))


def _fractions(path, numbers):
    numbers = np.asarray(numbers)
    if numbers.ndim == 3 and numbers.shape[2] in (3, 4):
        numbers = numbers[:, :, 0]
    numbers = np.squeeze(numbers)
    if numbers.ndim != 2:
        raise BadInput(f"{path}: holds {numbers.ndim} axes; a mask has rows and columns")
    values = numbers.astype(float)
    if np.issubdtype(numbers.dtype, np.integer) and values.max(initial=0) > 1:
        values /= 255.0 if values.max() <= 255 else 65535.0
    if not np.isfinite(values).all() or values.min(initial=0) < 0 or values.max(initial=0) > 1:
        raise BadInput(f"{path}: numbers lie outside 0 to 1")
    return values


def read_pixels(path, numbers, size, pixel_nm, origin_nm):
    values = _fractions(path, numbers)
    if pixel_nm is None:
        pixel_nm = size / values.shape[1]
    if abs(pixel_nm - round(pixel_nm)) > 1e-9 or pixel_nm < 1:
        raise BadInput(f"{path}: {values.shape[1]} x {values.shape[0]} pixels on {size} nm are {pixel_nm:.4g} nm each; "
                       "whole nm are scored: give --pixel-nm, and --origin where the field is larger")
    return Shape(pixels=values, pixel_nm=float(round(pixel_nm)), origin_nm=origin_nm or (0.0, 0.0), turned=False)


def read_hdf5(path, dataset):
    with h5py.File(path, "r") as file:
        if dataset == "mask" and "outlines" in file:
            points, ends = file["outlines/points"][:], np.ravel(file["outlines/ends"][:])
            rings = np.split(points, ends[:-1])
            return Shape(rings=[ring for ring in rings if len(ring) > 2])
        if dataset not in file:
            raise BadInput(f"{path}: there is no dataset '{dataset}'")
        data = file[dataset]
        missing = [name for name in ("pixel_nm", "origin_nm") if name not in data.attrs]
        if missing:
            raise BadInput(f"{path}: {dataset}@{missing[0]} is not there")
        pixel_nm = float(data.attrs["pixel_nm"])
        if abs(pixel_nm - round(pixel_nm)) > 1e-9:
            raise BadInput(f"{path}: pixels of {pixel_nm} nm; whole nm are scored")
        return Shape(pixels=_fractions(path, data[:]), pixel_nm=pixel_nm, origin_nm=tuple(np.ravel(data.attrs["origin_nm"])))


def read(path, size, role, layer=None, pixel_nm=None, origin_nm=None):
    """role: 'mask' or 'target'."""
    path = pathlib.Path(path)
    kind = path.suffix.lower()
    try:
        if kind == ".glp":
            return read_glp(path)
        if kind in (".gds", ".oas"):
            return read_layout(path, layer)
        if kind == ".png":
            with Image.open(path) as picture:
                numbers = np.array(picture.convert("L") if picture.mode in ("RGB", "RGBA", "LA", "P") else picture)
            return read_pixels(path, numbers, size, pixel_nm, origin_nm)
        if kind == ".npy":
            return read_pixels(path, np.load(path, allow_pickle=False), size, pixel_nm, origin_nm)
        if kind in (".h5", ".hdf5"):
            return read_hdf5(path, role)
    except (OSError, ValueError) as problem:
        raise BadInput(f"{path}: {problem}")
    raise BadInput(f"{path}: is not one of {', '.join(sorted(EXTENSIONS))}")


def clip_of(mask_stem, clip_stems):
    """The clip that a mask is of: the longest name that the mask's begins with, not followed by a digit."""
    fitting = [s for s in clip_stems if re.match(re.escape(s) + r"(?!\d)", mask_stem)]
    return max(fitting, key=len, default=None)
