# SPDX-License-Identifier: Apache-2.0
"""Images and gradients of models: physics, agreement of all ways to ask, and what bad input is told."""

import subprocess
import sys
import threading

import numpy
import pytest

import reticle
from conftest import bars

RANDOM = numpy.random.default_rng(11)


def pixels_of(polygons, rows=128):
    return reticle.Design(polygons).pixels((rows, rows), (0, 0, 1024, 1024))


def test_clear_field_is_one_and_dose_squares(model):
    clear = model.image(numpy.ones((64, 64)))
    assert numpy.abs(clear - 1).max() < 1e-2  # what is left out is judged at edges, not here
    assert numpy.abs(model.image(numpy.ones((64, 64)), dose=1.1) - 1.21 * clear).max() < 1e-12


def test_polygons_pixels_grids_and_cuts_agree(model):
    exact = model.image(bars(), shape=(256, 256))
    # Area-covered pixels of 4 nm are the polygons blurred by a pixel.
    assert numpy.abs(model.image(pixels_of(bars(), 256).astype(float)) - exact).max() < 3e-3
    grid = reticle.Grid(5, 7, 4.0, (400.0, 300.0))
    assert numpy.abs(model.image(bars(), grid=grid) - exact[75:80, 100:107]).max() < 1e-12
    cut = model.image(bars(), cut=(402.0, 302.0, 426.0, 302.0, 7))
    assert numpy.abs(cut - exact[75, 100:107]).max() < 1e-12
    moved = model.image(bars(3.0, -5.0), origin_nm=(3.0, -5.0), shape=(256, 256))
    assert numpy.abs(moved - exact).max() < 1e-12


def test_batch_is_its_masks_one_by_one_on_any_number_of_threads(model):
    masks = RANDOM.random((3, 64, 64), dtype=numpy.float32)
    batch = model.image(masks, condition="defocus", resist=True, threads=2)
    for mask, image in zip(masks, batch):
        assert (model.image(mask, condition="defocus", resist=True) == image).all()


def test_batch_of_polygons_is_its_masks_one_by_one(model):
    masks, where = [bars(), bars(20.0, 8.0)[:1], []], dict(cut=(300.0, 500.0, 700.0, 520.0, 9), condition="defocus", resist=True)
    batch, g = model.image(masks, **where), RANDOM.normal(size=(3, 9))
    gradient = model.vjp(masks, g, **where)
    parts = [model.vjp(mask, one, **where) for mask, one in zip(masks, g)]
    for i, mask in enumerate(masks):
        assert (model.image(mask, **where) == batch[i]).all()
        assert all((a == b).all() for a, b in zip(gradient.mask[i], parts[i].mask)) and len(gradient.mask[i]) == len(mask)
    assert abs(gradient.dose - sum(part.dose for part in parts)) < 1e-12
    assert gradient.resist.diffusion_nm == sum(part.resist.diffusion_nm for part in parts)
    designs = [reticle.Design(mask) for mask in masks[:2]]
    assert numpy.abs(model.image(designs, **where) - batch[:2]).max() < 1e-9
    corners = [[tuple(p) for p in polygon] for polygon in bars()]  # one mask, its corners as tuples
    assert (model.image(corners, **where) == batch[0]).all()


def test_overlaps_of_polygons_count_once(model):
    bar = bars()[0]
    assert numpy.abs(model.image([bar, bar + [20.0, 0.0]], shape=(32, 32)) -
                     model.image([bar + numpy.array([[0, 0], [20, 0], [20, 0], [0, 0]])], shape=(32, 32))).max() < 1e-9


def test_masks_are_not_copied_and_out_is_filled(model):
    mask = RANDOM.random((64, 64), dtype=numpy.float32)
    out = numpy.empty_like(mask)
    assert model.image(mask, out=out) is out
    assert (out == model.image(mask)).all()
    weights = model.conditions[0].weights
    assert weights.base is not None and not weights.flags.writeable
    same = model.conditions[0].weights
    assert same.__array_interface__["data"][0] == weights.__array_interface__["data"][0]


@pytest.mark.parametrize("resist", [False, True])
def test_pixel_gradient_equals_central_differences(model, resist):
    model = model.with_resist(slope_nm=4.0, density=0.2, density_range_nm=70.0)
    mask = RANDOM.random((48, 48))
    g = RANDOM.normal(size=(48, 48))
    where = dict(condition="defocus", dose=1.03, resist=resist)

    def loss(m, model=model, **other):
        return (g * model.image(m, **{**where, **other})).sum()

    gradient = model.vjp(mask, g, **where)
    direction = RANDOM.normal(size=mask.shape)
    numeric = (loss(mask + 1e-5 * direction) - loss(mask - 1e-5 * direction)) / 2e-5
    assert abs((gradient.mask * direction).sum() - numeric) < 1e-6 * abs(numeric)
    numeric = (loss(mask, dose=1.03 + 1e-5) - loss(mask, dose=1.03 - 1e-5)) / 2e-5
    assert abs(gradient.dose - numeric) < 1e-6 * abs(numeric)
    if not resist:
        assert gradient.resist is None
        return
    for term in ("diffusion_nm", "slope_nm", "density", "density_range_nm"):
        value = getattr(model.resist, term)
        above, below = (model.with_resist(**{term: value + h}) for h in (1e-4, -1e-4))
        numeric = (loss(mask, above) - loss(mask, below)) / 2e-4
        assert abs(getattr(gradient.resist, term) - numeric) < 1e-6 * abs(numeric), term


# The image without flare is a quadratic form of the mask: <dL/dm, m> = 2 L.
def kernels_alone(model):
    """The model without what stands for the kernels left out: quadratic in the mask."""
    conditions = [(c.name, c.focus_nm, c.kernels, c.weights) for c in model.conditions]
    return reticle.Model.from_kernels(conditions, period_nm=1024.0, threshold=0.3)


def test_adjoint_identity(model):
    model = kernels_alone(model)
    mask, g = RANDOM.random((40, 40)), RANDOM.normal(size=(40, 40))
    loss = (g * model.image(mask)).sum()
    terms = model.vjp(mask, g).mask * mask
    assert abs(terms.sum() - 2 * loss) < 1e-12 * numpy.abs(terms).sum()


def test_polygon_gradient_equals_central_differences(model):
    polygons = bars()
    polygons[0] = polygons[0][::-1] + [[0, 0], [3.3, 7.1], [0, 0], [0, 0]]  # clockwise and slanted
    g = RANDOM.normal(size=20)
    cut = dict(cut=(300.0, 500.0, 700.0, 520.0, 20), resist=True)
    gradient = model.vjp(polygons, g, **cut).mask
    largest = max(numpy.abs(part).max() for part in gradient)
    for p, corner, axis in ((0, 1, 0), (0, 2, 1), (1, 0, 0), (1, 3, 1)):
        losses = []
        for step in (1e-3, -1e-3):
            moved = [polygon.copy() for polygon in polygons]
            moved[p][corner, axis] += step
            losses.append((g * model.image(moved, **cut)).sum())
        assert abs(gradient[p][corner, axis] - (losses[0] - losses[1]) / 2e-3) < 1e-6 * largest


@pytest.mark.parametrize("slope_nm", [0.0, 3.0])
def test_window_loss_is_the_sum_of_its_images(model, slope_nm):
    model = model.with_resist(slope_nm=slope_nm)
    parameters, target = RANDOM.normal(size=(40, 44)), RANDOM.random((40, 44))
    corners = [("focus", 1.0, 1.0), ("focus", 1.05, 0.0), ("defocus", 0.95, 0.5)]

    def loss(p):
        mask = 1 / (1 + numpy.exp(-4 * p))
        z = [1 / (1 + numpy.exp(-30 * (model.image(mask, condition=c, dose=d, resist=True) - 0.3))) for c, d, _ in corners]
        sums = sum(w * ((one - target) ** 2).sum() for one, (_, _, w) in zip(z, corners))
        return (sums + 2 * ((z[1] - z[2]) ** 2).sum()) * 1024 / 40 * 1024 / 44

    terms = dict(corners=corners, bands=[(1, 2, 2.0)], resist_slope=30.0)
    found, gradient = model.window_loss(parameters, target, **terms)
    assert abs(found - loss(parameters)) < (1e-12 if slope_nm == 0 else 1e-9) * found
    direction = RANDOM.normal(size=parameters.shape)
    numeric = (loss(parameters + 1e-5 * direction) - loss(parameters - 1e-5 * direction)) / 2e-5
    assert abs((gradient * direction).sum() - numeric) < 1e-6 * abs(numeric)
    fast, _ = model.window_loss(parameters.astype(numpy.float32), target.astype(numpy.float32), **terms)
    assert abs(fast - found) < 1e-4 * found


def test_window_loss_on_an_engine_is_the_same(model):
    parameters, target = (RANDOM.normal(size=(48, 48)).astype(numpy.float32), RANDOM.random((48, 48), dtype=numpy.float32))
    terms = dict(corners=[("focus", 1.0, 1.0), ("focus", 1.05, 0.0), ("defocus", 0.95, 0.5)], bands=[(1, 2, 2.0)])
    loss, gradient = model.window_loss(parameters, target, **terms)
    for _ in range(2):
        found, on_engine = model.window_loss(parameters, target, engine="cpu", **terms)
        assert abs(found - loss) < 1e-5 * loss
        assert numpy.abs(on_engine - gradient).max() < 1e-4 * numpy.abs(gradient).max()
    with pytest.raises(reticle.errors.ArgumentError, match="float32"):
        model.window_loss(parameters.astype(float), target, engine="cpu", **terms)
    with pytest.raises(reticle.errors.ArgumentError, match="square"):
        model.window_loss(parameters[:40], target[:40], engine="cpu", **terms)


def test_window_loss_takes_corners_of_one_condition(model):
    parameters, target = RANDOM.normal(size=(33, 20)), RANDOM.random((33, 20))
    mask = 1 / (1 + numpy.exp(-4 * parameters))
    z = 1 / (1 + numpy.exp(-50 * (model.image(mask, condition="defocus", resist=True) - 0.3)))
    loss, _ = model.window_loss(parameters, target, corners=[("defocus", 1.0, 2.0)])
    expected = 2 * ((z - target) ** 2).sum() * 1024 / 33 * 1024 / 20
    assert abs(loss - expected) < 1e-12 * expected
    for bad, words in ((target[:, 1:], "target"), (target.astype(numpy.float32), "target")):
        with pytest.raises(reticle.errors.ArgumentError, match=words):
            model.window_loss(parameters, bad, corners=[("focus", 1.0, 1.0)])
    for bad in (parameters * numpy.nan, parameters[::2], parameters.astype(int), parameters[0]):
        with pytest.raises(reticle.errors.ArgumentError, match="parameters"):
            model.window_loss(bad, bad, corners=[("focus", 1.0, 1.0)])


def test_single_precision_gradient_follows_double(model):
    mask, g = RANDOM.random((64, 64)), RANDOM.normal(size=(64, 64))
    exact = model.vjp(mask, g).mask
    fast = model.vjp(mask.astype(numpy.float32), g.astype(numpy.float32)).mask
    assert fast.dtype == numpy.float32
    assert numpy.abs(fast - exact).max() < 1e-4 * numpy.abs(exact).max()


def test_saved_model_is_the_model(model, tmp_path):
    model.save(tmp_path / "model.h5")
    again = reticle.Model.load(tmp_path / "model.h5")
    assert again.hash == model.hash and again.resist == model.resist
    mask = RANDOM.random((64, 64))
    assert (again.image(mask) == model.image(mask)).all()


def test_window_keeps_the_cd_within_its_tolerance(model):
    gauges = [reticle.Gauge("bar", 300.0, 512.0, 480.0, 512.0, cd_nm=0.0)]
    window = reticle.window(bars(), gauges, model, exposures=(0.9, 1.0, 1.1), tolerance=0.1)
    assert (numpy.diff(window.cd_nm[0, 0]) > 0).all()  # a bright line grows with the exposure
    for focus, low, high in window.slices[0]:
        index = list(window.focus_nm).index(focus)
        edge = reticle.window(bars(), gauges, model, exposures=(low, high)).cd_nm[index, 0]
        size = window.cd_nm[0, 0, 1]
        assert numpy.abs(edge - [0.9 * size, 1.1 * size]).max() < 1e-6 * size
    assert window.exposure_latitude > 0 and window.rectangle["depth_nm"] > 0


def test_kernels_from_elsewhere_make_the_model(model):
    again = kernels_alone(model)
    mask = RANDOM.random((64, 64))
    image = again.image(mask, condition="defocus")
    assert numpy.abs(kernels_alone(again).image(mask, condition="defocus") - image).max() < 1e-12
    assert numpy.abs(model.image(mask, condition="defocus") - image).max() < 2e-2  # the kernels left out


def test_threads_share_a_model(model):
    masks = RANDOM.random((8, 64, 64))
    expected = [model.image(mask) for mask in masks]
    results = [None] * 8

    def run(i):
        results[i] = model.image(masks[i])

    threads = [threading.Thread(target=run, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all((a == b).all() for a, b in zip(results, expected))


@pytest.mark.parametrize("mask, words", [
    (numpy.ones(16), "mask: pixels have the shape"),
    (numpy.ones((8, 8), dtype=numpy.int32), "mask: pixels are float32, float64, uint8 or bool"),
    (numpy.ones((16, 16))[:, ::2], "mask: rows of the array are not contiguous"),
    (numpy.ones((16, 16)).T[::-1], "mask: rows of the array are not contiguous"),
    (numpy.full((16, 16), numpy.nan), "mask: holds NaN"),
    (numpy.ones((0, 16)), "mask: an array without pixels"),
    ([numpy.ones((2, 2))], "polygons[0]: corners (n, 2)"),
    ([numpy.array([[0, 0], [1, numpy.inf], [1, 1.0]])], "polygons[0]: a coordinate is NaN"),
])
def test_bad_masks_are_named(model, mask, words):
    with pytest.raises(reticle.errors.ArgumentError) as caught:
        model.image(mask)
    assert words in str(caught.value)
    assert isinstance(caught.value, ValueError)


def test_other_bad_arguments_are_named(model, tmp_path):
    mask = numpy.ones((16, 16))
    for call, words in ((lambda: model.image(mask, dose=0.0), "dose"),
                        (lambda: model.image(mask, threads=0), "threads"),
                        (lambda: model.image(mask, shape=(8, 8), cut=(0, 0, 1, 1, 2)), "shape and cut"),
                        (lambda: model.image(mask, out=numpy.ones((4, 4))), "out"),
                        (lambda: model.image(mask, pixel_nm=8.0), "the model's period is 1024 x 1024 nm"),
                        (lambda: model.vjp(mask, numpy.ones((8, 8))), "cotangent"),
                        (lambda: model.vjp(mask, numpy.ones((16, 16), dtype=numpy.float32)), "cotangent"),
                        (lambda: model.vjp(mask, numpy.full((16, 16), numpy.nan)), "cotangent"),
                        (lambda: model.vjp(bars(), numpy.array([numpy.inf]), points=numpy.array([[1.0, 1.0]])), "cotangent"),
                        (lambda: model.image(mask, points=numpy.array([[0, numpy.nan]])), "points"),
                        (lambda: model.image(mask, condition="defokus"), "'focus', 'defocus'"),
                        (lambda: reticle.optics(na=2.0), "na"),
                        (lambda: reticle.optics(nna=1.0), "na"),
                        (lambda: model.with_resist(threshold=-1.0), "threshold")):
        with pytest.raises((reticle.errors.ArgumentError, reticle.errors.InputError)) as caught:
            call()
        assert words in str(caught.value), str(caught.value)
    with pytest.raises(reticle.errors.FileError):
        reticle.Model.load(tmp_path / "nothing.h5")


def test_importing_is_quick_and_pulls_nothing_in():
    code = ("import sys, time; t = time.perf_counter(); import reticle; "
            "assert not {'numpy', 'torch', 'jax', 'matplotlib'} & set(sys.modules); print(time.perf_counter() - t)")
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
