"""PyTorch, JAX, KLayout and gdstk: skipped where they are not installed."""

import numpy
import pytest

import reticle
from conftest import bars

RANDOM = numpy.random.default_rng(3)
RECIPE = {"mask_pixel_nm": 4.0, "levels": [{"coarseness": 4, "iterations": 10}]}


def test_torch_gradients_pass_gradcheck(model, optics):
    torch = pytest.importorskip("torch")

    def gradcheck(function, inputs, eps=1e-6):
        return torch.autograd.gradcheck(function, inputs, eps=eps, fast_mode=True)  # along random directions

    mask = torch.rand(24, 24, dtype=torch.float64, requires_grad=True)
    dose = torch.tensor(1.03, dtype=torch.float64, requires_grad=True)
    assert gradcheck(lambda m, d: reticle.torch.image(model, m, dose=d, resist=True), (mask, dose))
    corners = [torch.tensor(polygon, requires_grad=True) for polygon in bars()]
    assert gradcheck(
        lambda *c: reticle.torch.polygon_image(model, c, cut=(300.0, 500.0, 700.0, 500.0, 5)), corners, eps=1e-3)
    abbe = reticle.Abbe(optics)
    mask = torch.rand(43, 52, dtype=torch.float64)
    source = torch.rand(5, 5, dtype=torch.float64) + 0.1
    waves, focus = 0.02 * torch.rand(9, dtype=torch.float64), torch.tensor(10.0, dtype=torch.float64)
    for tensor in (source, waves, focus):
        tensor.requires_grad_()
    assert gradcheck(
        lambda s, z, f: reticle.torch.abbe_image(abbe, mask, source=s, zernikes_waves=z, focus_nm=f,
                                                 cut=(0.0, 100.0, 300.0, 100.0, 4)), (source, waves, focus), eps=1e-5)


def test_torch_tensors_share_memory(model):
    torch = pytest.importorskip("torch")
    mask = torch.rand(2, 32, 32)
    image = model.image(mask)
    assert isinstance(image, torch.Tensor) and image.dtype == torch.float32
    assert (image.numpy() == model.image(mask.numpy())).all()


def test_jax_gradients_are_the_library_s(model, optics):
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    mask, g = RANDOM.random((32, 32)), RANDOM.normal(size=(32, 32))
    d_mask, d_dose = jax.grad(lambda m, d: (g * reticle.jax.image(model, m, dose=d)).sum(), argnums=(0, 1))(mask, 1.05)
    expected = model.vjp(mask, g, dose=1.05)
    assert numpy.abs(d_mask - expected.mask).max() < 1e-12 * numpy.abs(expected.mask).max()
    assert abs(d_dose - expected.dose) < 1e-12 * abs(expected.dose)
    abbe, pixels = reticle.Abbe(optics), RANDOM.random((43, 52))
    source = RANDOM.random((5, 5))
    g = RANDOM.normal(size=(43, 52))
    found = jax.grad(lambda s: (g * reticle.jax.abbe_image(abbe, pixels, source=s)).sum())(source)
    expected = abbe.vjp(pixels, g, source=source, wanted=("source",)).source
    assert numpy.abs(found - expected).max() < 1e-12 * numpy.abs(expected).max()
    assert jax.jit(lambda m: reticle.jax.image(model, m))(mask).shape == (32, 32)


def test_klayout_regions_go_in_and_out(model):
    db = pytest.importorskip("klayout.db")
    region = db.Region([db.Box(352, 320, 432, 704), db.Box(560, 320, 640, 608)])
    mask = reticle.correct(reticle.Design.from_klayout(region, window_nm=(0, 0, 1024, 1024)), model, RECIPE)
    native = mask.native()
    assert isinstance(native, db.Region)
    assert native.area() == 16 * int(mask.mask.pixels.sum())
    layout = db.Layout()
    layout.dbu = 0.001
    cell = layout.create_cell("TOP")
    cell.shapes(layout.layer(11, 0)).insert(region)
    reticle.klayout.correct_cell(cell, "11/0", model, RECIPE, window_um=(0, 0, 1.024, 1.024))
    found = db.Region(cell.begin_shapes_rec(layout.find_layer(1000, 0)))
    assert (found ^ native).is_empty()
    with pytest.raises(reticle.errors.ArgumentError, match="99/0"):
        reticle.klayout.correct_cell(cell, "99/0", model, RECIPE)


def test_gdstk_cells_go_in_and_out(model):
    gdstk = pytest.importorskip("gdstk")
    cell = gdstk.Cell("BARS")
    for polygon in bars():
        cell.add(gdstk.Polygon(polygon * 1e-3, layer=5))
    design = reticle.Design.from_gdstk(cell, layer=(5, 0), window_nm=(0, 0, 1024, 1024))
    mask = reticle.correct(design, model, RECIPE)
    area = sum(polygon.area() for polygon in mask.native())
    assert abs(area * 1e6 - 16 * mask.mask.pixels.sum()) < 1e-3
