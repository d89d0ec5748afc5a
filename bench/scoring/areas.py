# SPDX-License-Identifier: Apache-2.0
"""Areas between contours of an image, and between a contour and an outline, without pixels.

Along a row every place where a print or an outline begins or ends is found on the image itself; what lies between
every other two of them belongs to one set and not to the other. Rows are added by the midpoint rule.
"""
import numpy as np

ROWS_PER_NM = 16  # a contour along a row adds it whole or not
SAMPLES_PER_NM = 1.0  # among which crossings are looked for


class Crossings:
    """Where sets begin or end along rows: row numbers, places, and whether a row begins inside."""

    def __init__(self, rows, x, inside):
        self.rows, self.x, self.inside = rows, x, inside

    def __xor__(self, other):
        """What lies in one set and not in the other begins or ends where either does."""
        return Crossings(np.concatenate([self.rows, other.rows]), np.concatenate([self.x, other.x]), self.inside ^ other.inside)

    def lengths(self, width):
        """Of each row, from 0 to width."""
        order = np.lexsort((self.x, self.rows))
        rows, x = self.rows[order], self.x[order]
        count = np.bincount(rows, minlength=len(self.inside))
        first = np.concatenate([[0], np.cumsum(count)[:-1]])
        ends_here = ((np.arange(len(rows)) - first[rows]) % 2 == 1) ^ self.inside[rows]
        length = np.bincount(rows, np.where(ends_here, x, -x), minlength=len(self.inside))
        return length + width * (self.inside ^ (count % 2 == 1))


def middles(period, rows_per_nm):
    """Of the rows."""
    return (np.arange(period * rows_per_nm) + 0.5) / rows_per_nm


def of_image(image, threshold, rows_per_nm=ROWS_PER_NM):
    """Where the image crosses the threshold along rows of its period."""
    period, samples = image.period, int(image.period * SAMPLES_PER_NM)
    middle = middles(period, rows_per_nm)
    all_rows, all_x, inside = [], [], []
    for begin in range(0, len(middle), 1024):
        y = middle[begin : begin + 1024]
        waves = np.exp(2j * np.pi * np.outer(y, image.orders_y) / period) @ image.c  # of each row, by order along it
        spectrum = np.zeros((len(y), samples), complex)
        spectrum[:, image.orders_x % samples] = waves
        values = np.fft.ifft(spectrum, axis=1).real * samples - threshold
        printed = values >= 0
        row, column = np.nonzero(printed ^ np.roll(printed, -1, axis=1))
        low, high = values[row, column], values[row, (column + 1) % samples]
        x = (column + low / (low - high)) * period / samples
        for chunk in range(0, len(x), 8192):
            part = slice(chunk, chunk + 8192)
            for _ in range(2):  # Newton, from 1e-3 nm to rounding
                terms = waves[row[part]] * np.exp(2j * np.pi * np.outer(x[part], image.orders_x) / period)
                slope = (terms @ (2j * np.pi * image.orders_x / period)).real
                step = (terms.sum(axis=1).real - threshold) / slope
                x[part] -= np.clip(step, -1.0, 1.0)
        all_rows.append(row + begin), all_x.append(x), inside.append(printed[:, 0])
    return Crossings(np.concatenate(all_rows), np.concatenate(all_x), np.concatenate(inside))


def of_rings(rings, period, rows_per_nm=ROWS_PER_NM):
    """Where merged rings within the field begin and end along the rows."""
    y = middles(period, rows_per_nm)
    rows, x = [], []
    for ring in rings:
        for a, b in zip(ring, np.roll(ring, -1, axis=0)):
            if a[1] == b[1]:
                continue
            crossed = np.nonzero((y > min(a[1], b[1])) & (y < max(a[1], b[1])))[0]
            rows.append(crossed)
            x.append(a[0] + (y[crossed] - a[1]) * (b[0] - a[0]) / (b[1] - a[1]))
    return Crossings(np.concatenate(rows), np.concatenate(x), np.zeros(len(y), bool))


def area(crossings, period):
    return float(np.mean(crossings.lengths(period)) * period)
