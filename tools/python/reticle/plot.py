# SPDX-License-Identifier: Apache-2.0
"""Pictures for notebooks and papers, on matplotlib axes: each function draws into `axes` and returns them."""

import io

from .errors import ArgumentError


def _axes(axes):
    if axes is not None:
        return axes
    import matplotlib.pyplot as pyplot

    return pyplot.subplots(figsize=(5, 4))[1]


def png_of(draw, *arguments):
    """PNG bytes of one of these pictures; None without matplotlib."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        return None
    figure = Figure(figsize=(5, 4), layout="constrained")
    FigureCanvasAgg(figure)
    draw(*arguments, axes=figure.add_subplot())
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=100)
    return buffer.getvalue()


def _extent(array, grid, model=None):
    rows, cols = array.shape
    if grid is not None:
        x, y = grid.origin_nm
        return x, x + cols * grid.pixel_nm, y, y + rows * grid.pixel_nm
    if model is None:
        raise ArgumentError("grid: where the pixels lie; or model, whose period they cover")
    width, height = model.period_nm
    return 0.0, width, 0.0, height


def source(optics, axes=None):
    """The source's points, their area by weight, in the unit circle of sigma."""
    axes = _axes(axes)
    points = optics.source_points()
    axes.scatter(points[:, 0], points[:, 1], s=30 * points[:, 2] / points[:, 2].max(), c="tab:orange", linewidths=0)
    _pupil_axes(axes, "sigma x", "sigma y")
    axes.set_title("source")
    return axes


def pupil(optics, focus_nm=0.0, axes=None):
    """The pupil's phase in waves."""
    import numpy

    axes = _axes(axes)
    values = optics.pupil(201, focus_nm)
    phase = numpy.where(values == 0, numpy.nan, numpy.angle(values) / (2 * numpy.pi))
    picture = axes.imshow(phase, origin="lower", extent=(-1, 1, -1, 1), cmap="twilight", vmin=-0.5, vmax=0.5)
    axes.figure.colorbar(picture, ax=axes, label="waves")
    _pupil_axes(axes, "rho x", "rho y")
    axes.set_title(f"pupil, focus {focus_nm:g} nm")
    return axes


def kernels(model, count=9, condition=0, axes=None):
    """The amplitudes of the strongest coherent systems over the orders, side by side."""
    import numpy

    axes = _axes(axes)
    chosen = model.conditions[condition]
    parts = [numpy.abs(k) for k in chosen.kernels[:count]]
    across = int(numpy.ceil(numpy.sqrt(len(parts))))
    rows, cols = parts[0].shape
    sheet = numpy.zeros((across * rows, across * cols))
    for i, part in enumerate(parts):
        y, x = across - 1 - i // across, i % across
        sheet[y * rows:(y + 1) * rows, x * cols:(x + 1) * cols] = part
    axes.imshow(sheet, origin="lower", cmap="magma")
    axes.set_axis_off()
    axes.set_title(f"{len(parts)} of {len(chosen.weights)} kernels, {chosen.name}")
    return axes


def image(array, *, grid=None, model=None, threshold=None, polygons=(), label="intensity, clear fields", axes=None):
    """An image over nm, with its contour at the threshold and outlines of polygons; label None: no scale."""
    import numpy

    axes = _axes(axes)
    array = numpy.asarray(array)
    extent = _extent(array, grid, model)
    picture = axes.imshow(array, origin="lower", extent=extent, cmap="inferno")
    if label is not None:
        axes.figure.colorbar(picture, ax=axes, label=label)
    if threshold is None and model is not None:
        threshold = model.resist.threshold
    if threshold is not None:
        rows, cols = array.shape
        x = numpy.linspace(*extent[:2], cols, endpoint=False) + (extent[1] - extent[0]) / cols / 2
        y = numpy.linspace(*extent[2:], rows, endpoint=False) + (extent[3] - extent[2]) / rows / 2
        axes.contour(x, y, array, levels=[threshold], colors="white", linewidths=1)
    for polygon in polygons:
        axes.plot(*numpy.vstack([polygon, polygon[:1]]).T, color="cyan", linewidth=0.7)
    axes.set_xlabel("x, nm")
    axes.set_ylabel("y, nm")
    return axes


def bossung(focus_nm, doses, cd_nm, axes=None):
    """CD over focus, a curve for each dose: cd_nm (doses, focuses)."""
    axes = _axes(axes)
    for dose, cd in zip(doses, cd_nm):
        axes.plot(focus_nm, cd, marker="o", markersize=3, label=f"{dose:g}")
    axes.set_xlabel("focus, nm")
    axes.set_ylabel("CD, nm")
    axes.legend(title="dose", fontsize="small")
    return axes


def process_window(slices, axes=None):
    """The exposures that keep the CD over focus: rows of (focus_nm, low, high)."""
    axes = _axes(axes)
    focus, low, high = zip(*[s for s in slices if s[1] < s[2]])
    axes.fill_between(focus, low, high, alpha=0.3)
    axes.set_xlabel("focus, nm")
    axes.set_ylabel("exposure")
    return axes


def _pupil_axes(axes, x, y):
    import numpy

    angle = numpy.linspace(0, 2 * numpy.pi, 200)
    axes.plot(numpy.cos(angle), numpy.sin(angle), color="grey", linewidth=0.8)
    axes.set_aspect("equal")
    axes.set_xlabel(x)
    axes.set_ylabel(y)
