# SPDX-License-Identifier: Apache-2.0
"""The same figures by other means: full-size FFTs as the contest's own program does them, KLayout's raster, contours by
splines. Shares nothing with bench/scoring."""
import klayout.db as db
import numpy as np
from scipy import fft, ndimage


def kernel_image(pixels, kernels, weights):
    """Intensity at pixel centres."""
    size = pixels.shape[0]
    spectrum = fft.fftshift(fft.fft2(pixels))
    rows, cols = kernels.shape[1:]
    part = np.s_[size // 2 - rows // 2 : size // 2 + rows // 2 + 1, size // 2 - cols // 2 : size // 2 + cols // 2 + 1]
    intensity = np.zeros((size, size))
    for weight, kernel in zip(weights, kernels):
        field = np.zeros((size, size), complex)
        field[part] = spectrum[part] * kernel
        intensity += weight * np.abs(fft.ifft2(fft.ifftshift(field))) ** 2
    return intensity


def raster(polygons, size):
    """Covered part of pixels of 1 nm by KLayout."""
    region = db.Region()
    for polygon in polygons:
        region.insert(db.Polygon([db.Point(round(x * 1000), round(y * 1000)) for x, y in polygon]))
    step = db.Vector(1000, 1000)
    return np.array(region.merged().rasterize(db.Point(0, 0), step, step, size, size)) / 1e6


def sites(rectangles):
    """Places on the edges of separate rectangles (x0, y0, x1, y1), with the way out."""
    found = []
    for x0, y0, x1, y1 in rectangles:
        for length, place in ((x1 - x0, lambda s: (x0 + s, y0, 0, -1)), (x1 - x0, lambda s: (x0 + s, y1, 0, 1)),
                              (y1 - y0, lambda s: (x0, y0 + s, -1, 0)), (y1 - y0, lambda s: (x1, y0 + s, 1, 0))):
            if length <= 80:
                along = [length / 2]
            else:
                front = [40.0 * i for i in range(1, int(length / 80) + 1)]
                along = front + [length - s for s in front if abs(length - 2 * s) > 1e-9]
                if length - 2 * front[-1] > 40:
                    along.append(length / 2)
            found += [place(s) for s in along]
    return np.array(found, float)


def edge_errors(intensity, threshold, rectangles):
    """EPE at the sites of rectangles, sorted."""
    return np.sort(errors_at(intensity, threshold, sites(rectangles)))


def errors_at(intensity, threshold, places, reach=60.0, step=0.25):
    """EPE at places (x, y, and the way out) by splines of fifth degree between pixel centres, sampled along the way out
    and in."""
    x, y, nx, ny = places[:, :, None].transpose(1, 0, 2)
    spline = ndimage.spline_filter(intensity, order=5, mode="grid-wrap")
    t = np.arange(0.0, reach + step / 2, step)[None, :]

    def walk(sign):
        at = [y + sign * t * ny - 0.5, x + sign * t * nx - 0.5]
        return ndimage.map_coordinates(spline, at, order=5, mode="grid-wrap", prefilter=False) - threshold

    outwards, inwards = walk(1.0), walk(-1.0)
    errors = []
    for out, inner in zip(outwards, inwards):
        printed = out[0] >= 0
        values, sign = (out, 1.0) if printed else (inner, -1.0)
        changed = np.nonzero((values >= 0) != printed)[0]
        if len(changed) == 0:
            errors.append(np.nan)
            continue
        i = changed[0]
        errors.append(sign * step * (i - 1 + values[i - 1] / (values[i - 1] - values[i])))
    return np.array(errors)
