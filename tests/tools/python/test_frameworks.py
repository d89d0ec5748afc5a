# SPDX-License-Identifier: Apache-2.0
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
    assert gradcheck(lambda d: reticle.torch.polygon_image(model, corners, dose=d, cut=(300.0, 500.0, 700.0, 500.0, 5)), (dose,))
    abbe = reticle.Abbe(optics)
    mask = torch.rand(43, 52, dtype=torch.float64)
    source = torch.rand(5, 5, dtype=torch.float64) + 0.1
    waves, focus = 0.02 * torch.rand(9, dtype=torch.float64), torch.tensor(10.0, dtype=torch.float64)
    for tensor in (source, waves, focus):
        tensor.requires_grad_()
    assert gradcheck(
        lambda s, z, f, d: reticle.torch.abbe_image(abbe, mask, source=s, zernikes_waves=z, focus_nm=f, dose=d,
                                                    cut=(0.0, 100.0, 300.0, 100.0, 4)), (source, waves, focus, dose), eps=1e-5)


def test_torch_gradients_of_resist_terms_pass_gradcheck(model):
    torch = pytest.importorskip("torch")
    mask = torch.rand(24, 24, dtype=torch.float64, requires_grad=True)
    values = {"diffusion_nm": 12.0, "slope_nm": 4.0, "density": 0.2, "density_range_nm": 70.0}
    terms = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in values.values()]
    assert torch.autograd.gradcheck(
        lambda m, *t: reticle.torch.image(model, m, condition="defocus", **dict(zip(values, t))), (mask, *terms),
        eps=1e-5, fast_mode=True)
    whole = reticle.torch.image(model, mask, diffusion_nm=12.0)
    assert (whole == model.with_resist(diffusion_nm=12.0).image(mask.detach(), resist=True)).all()


def test_torch_window_loss_goes_backwards_as_often_as_asked(model):
    torch = pytest.importorskip("torch")
    parameters = torch.randn(40, 44, dtype=torch.float64, requires_grad=True)
    target = torch.rand(40, 44, dtype=torch.float64)
    terms = dict(corners=[("focus", 1.0, 1.0), ("defocus", 0.95, 0.5)], bands=[(0, 1, 2.0)])
    loss = 3.0 * reticle.torch.window_loss(model, parameters, target, **terms)
    loss.backward(retain_graph=True)
    once = parameters.grad.clone()
    loss.backward()
    expected = torch.from_numpy(model.window_loss(parameters.detach().numpy(), target.numpy(), **terms)[1])
    assert (once - 3 * expected).abs().max() < 1e-14 * expected.abs().max()
    assert (parameters.grad - 6 * expected).abs().max() < 1e-14 * expected.abs().max()


def test_torch_tensors_share_memory(model):
    torch = pytest.importorskip("torch")
    mask = torch.rand(2, 32, 32)
    image = model.image(mask)
    assert isinstance(image, torch.Tensor) and image.dtype == torch.float32
    assert (image.numpy() == model.image(mask.numpy())).all()


@pytest.mark.parametrize("name", ["numpy", "torch", "jax"])
def test_arrays_go_in_and_out_at_their_address(model, name):
    if name == "numpy":
        wrap, address = lambda a: a, lambda a: a.ctypes.data
    elif name == "torch":
        torch = pytest.importorskip("torch")
        wrap, address = torch.from_numpy, lambda a: a.data_ptr()
    else:
        jax = pytest.importorskip("jax")
        wrap, address = jax.numpy.asarray, lambda a: a.unsafe_buffer_pointer()
    mask = wrap(RANDOM.random((64, 64), dtype=numpy.float32))
    assert reticle._core._address(mask) == address(mask), name
    found = {}
    for call in ("image", "vjp"):  # what the library made, and what comes back
        made = getattr(model._core, f"_{call}")
        class Core:
            def __getattr__(self, attribute):
                def kept(*arguments):
                    result = made(*arguments)
                    found["made"] = result if call == "image" else result[0]
                    return result
                return kept if attribute == f"_{call}" else getattr(model._core, attribute)
        watched = reticle.Model(Core())
        back = watched.image(mask) if call == "image" else watched.vjp(mask, mask).mask
        assert type(back).__module__.split(".")[0].startswith(name[:3]), (name, type(back))
        assert address(back) == found["made"].ctypes.data, (name, call)
    out = wrap(numpy.empty((64, 64), dtype=numpy.float32)) if name != "jax" else None
    assert out is None or model.image(mask, out=out) is out


def test_arrays_on_a_device_are_refused(model):
    """By words: a DLPack capsule that says it lies on a GPU."""
    import ctypes

    class Tensor(ctypes.Structure):
        _fields_ = [("data", ctypes.c_void_p), ("device_type", ctypes.c_int32), ("device_id", ctypes.c_int32),
                    ("ndim", ctypes.c_int32), ("code", ctypes.c_uint8), ("bits", ctypes.c_uint8),
                    ("lanes", ctypes.c_uint16), ("shape", ctypes.POINTER(ctypes.c_int64)),
                    ("strides", ctypes.c_void_p), ("offset", ctypes.c_uint64),
                    ("context", ctypes.c_void_p), ("deleter", ctypes.c_void_p)]

    shape = (ctypes.c_int64 * 2)(8, 8)
    tensor = Tensor(data=4096, device_type=2, ndim=2, code=2, bits=32, lanes=1, shape=shape)

    class OnDevice:
        def __dlpack_device__(self):
            return 2, 0

        def __dlpack__(self, **options):
            new = ctypes.pythonapi.PyCapsule_New
            new.restype, new.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
            return new(ctypes.addressof(tensor), b"dltensor", None)

    with pytest.raises(reticle.errors.ArgumentError, match="lies on a device"):
        model._core._image(OnDevice(), None, 1.0, False, None, 1, None)


def test_views_outlive_the_model_they_look_into():
    import gc

    kernels = numpy.arange(9, dtype=complex).reshape(1, 3, 3)
    model = reticle.Model.from_kernels([("f", 0.0, kernels, numpy.ones(1))], period_nm=100.0, threshold=0.3)
    view, core = model.conditions[0].kernels, model._core
    del model, core
    gc.collect()
    assert (view == kernels).all()


def test_jax_gradients_are_the_library_s(model, optics):
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    mask, g = RANDOM.random((32, 32)), RANDOM.normal(size=(32, 32))
    d_mask, d_dose = jax.grad(lambda m, d: (g * reticle.jax.image(model, m, dose=d)).sum(), argnums=(0, 1))(mask, 1.05)
    expected = model.vjp(mask, g, dose=1.05)
    assert numpy.abs(d_mask - expected.mask).max() < 1e-12 * numpy.abs(expected.mask).max()
    assert abs(d_dose - expected.dose) < 1e-12 * abs(expected.dose)
    d_diffusion, d_density = jax.grad(
        lambda s, n: (g * reticle.jax.image(model, mask, diffusion_nm=s, density=n)).sum(), argnums=(0, 1))(12.0, 0.2)
    expected = model.with_resist(diffusion_nm=12.0, density=0.2).vjp(mask, g, resist=True).resist
    assert abs(d_diffusion - expected.diffusion_nm) < 1e-12 * abs(expected.diffusion_nm)
    assert abs(d_density - expected.density) < 1e-12 * abs(expected.density)
    abbe, pixels = reticle.Abbe(optics), RANDOM.random((43, 52))
    source = RANDOM.random((5, 5))
    g = RANDOM.normal(size=(43, 52))
    found, d_dose = jax.grad(lambda s, d: (g * reticle.jax.abbe_image(abbe, pixels, source=s, dose=d)).sum(),
                             argnums=(0, 1))(source, 1.05)
    expected = abbe.vjp(pixels, g, source=source, dose=1.05, wanted=("source", "mask"))
    assert numpy.abs(found - expected.source).max() < 1e-12 * numpy.abs(expected.source).max()
    assert abs(d_dose - expected.dose) < 1e-12 * abs(expected.dose)
    cut, g = (300.0, 500.0, 700.0, 500.0, 5), RANDOM.normal(size=5)
    d_corners, d_dose = jax.grad(lambda c, d: (g * reticle.jax.polygon_image(model, c, dose=d, cut=cut)).sum(),
                                 argnums=(0, 1))(bars(), 1.05)
    expected = model.vjp(bars(), g, dose=1.05, cut=cut)
    for found, own in zip(d_corners, expected.mask):
        assert numpy.abs(found - own).max() < 1e-12 * numpy.abs(own).max()
    assert abs(d_dose - expected.dose) < 1e-12 * abs(expected.dose)
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


def test_gdsfactory_components_go_in_and_out(model):
    gdsfactory = pytest.importorskip("gdsfactory")
    gdsfactory.gpdk.PDK.activate()
    component = gdsfactory.Component()
    for polygon in bars():
        component.add_polygon(polygon * 1e-3, layer=(5, 0))
    design = reticle.Design.from_gdstk(component, layer=(5, 0), window_nm=(0, 0, 1024, 1024))
    assert numpy.abs(design.pixels((64, 64), (0, 0, 1024, 1024)).sum() * 256 - 80 * (384 + 288)) < 1e-3
    correction = reticle.correct(design, model, RECIPE)
    mask = correction.native()
    assert isinstance(mask, gdsfactory.Component)
    assert abs(mask.area((1, 0)) * 1e6 - 16 * correction.mask.pixels.sum()) < 1e-3
    waveguide = reticle.Design.of(gdsfactory.components.straight(length=2, width=0.5))
    assert waveguide.window_nm == (0.0, -250.0, 2000.0, 250.0)
