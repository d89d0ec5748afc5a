# SPDX-License-Identifier: Apache-2.0
"""Arrays that say they lie on a GPU, by a plugin whose one GPU is emulated on the host: read, imaged and given back there."""

import ctypes
import os
import subprocess
import sys

import numpy
import pytest

import reticle
from conftest import bars  # noqa: F401 (model's module)

RANDOM = numpy.random.default_rng(7)
ONE_GPU = os.environ.get("RETICLE_ONE_GPU", "")


class Tensor(ctypes.Structure):  # DLManagedTensor
    _fields_ = [("data", ctypes.c_void_p), ("device_type", ctypes.c_int32), ("device_id", ctypes.c_int32),
                ("ndim", ctypes.c_int32), ("code", ctypes.c_uint8), ("bits", ctypes.c_uint8), ("lanes", ctypes.c_uint16),
                ("shape", ctypes.POINTER(ctypes.c_int64)), ("strides", ctypes.c_void_p), ("offset", ctypes.c_uint64),
                ("context", ctypes.c_void_p), ("deleter", ctypes.c_void_p)]


class OnGpu:
    """A numpy array that says its memory is that of GPU 0, as the emulated one's is."""

    def __init__(self, array):
        self.array, self.shape = array, array.shape
        self.kept = (ctypes.c_int64 * array.ndim)(*array.shape)
        self.tensor = Tensor(data=array.ctypes.data, device_type=2, ndim=array.ndim, code=2, bits=8 * array.itemsize, lanes=1,
                             shape=self.kept)

    def __dlpack_device__(self):
        return 2, 0

    def __dlpack__(self, **options):
        new = ctypes.pythonapi.PyCapsule_New
        new.restype, new.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
        return new(ctypes.addressof(self.tensor), b"dltensor", None)


def host(array):
    """A copy of what an array given back holds, which says it lies on GPU 0."""
    assert array.__dlpack_device__() == (2, 0)
    capsule = array.__dlpack__()
    get = ctypes.pythonapi.PyCapsule_GetPointer
    get.restype, get.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    tensor = Tensor.from_address(get(capsule, b"dltensor"))
    shape = tuple(tensor.shape[i] for i in range(tensor.ndim))
    numbers = (ctypes.c_float * int(numpy.prod(shape))).from_address(tensor.data)
    return numpy.array(numbers, dtype=numpy.float32).reshape(shape)


def run_on_emulated_gpu(model_path):
    model = reticle.Model.load(model_path)
    masks, g = RANDOM.random((2, 48, 48), dtype=numpy.float32), RANDOM.normal(size=(2, 48, 48)).astype(numpy.float32)
    for where in (dict(condition="defocus", dose=1.1, resist=True), dict()):
        image = model.image(masks, **where)
        found = host(model.image(OnGpu(masks), **where))
        assert numpy.abs(found - image).max() < 2e-5, where
        gradient, expected = model.vjp(OnGpu(masks), OnGpu(g), **where), model.vjp(masks, g, **where)
        assert numpy.abs(host(gradient.mask) - expected.mask).max() < 1e-4 * numpy.abs(expected.mask).max()
        assert abs(gradient.dose - expected.dose) < 1e-3 * abs(expected.dose) + 1e-3
        one = host(model.image(OnGpu(masks[1].copy()), **where))
        assert (one == found[1]).all()
    out = OnGpu(numpy.zeros((48, 48), dtype=numpy.float32))  # filled where it lies
    assert model.image(OnGpu(masks[0].copy()), out=out) is out and numpy.abs(out.array - model.image(masks[0])).max() < 2e-5
    mask = OnGpu(masks[0].copy())
    for call, words in ((lambda: model.image(OnGpu(masks.astype(float))), "mask: float32"),
                        (lambda: model.vjp(mask, g[0]), "cotangent: the array is to lie on GPU 0"),
                        (lambda: model.vjp(mask, OnGpu(g)), "cotangent: the mask's shape"),
                        (lambda: model.image(mask, dose=0.0), "dose"),
                        (lambda: model.image(mask, condition="focusing"), "focusing"),
                        (lambda: model.image(mask, cut=(0, 0, 1, 1, 2)), "cut"),
                        (lambda: model.image(OnGpu(masks[0, :40].copy())), "square pixels"),
                        (lambda: model.vjp(mask, OnGpu(numpy.full((48, 48), numpy.nan, dtype=numpy.float32))), "NaN")):
        try:
            call()
        except reticle.Error as error:
            assert words in str(error), str(error)
        else:
            raise AssertionError(words)
    print("imaged where they lie")


@pytest.mark.skipif(not os.path.isdir(ONE_GPU), reason="SKIPPED: RETICLE_ONE_GPU names no folder with the tests' plugin")
def test_arrays_on_a_gpu_are_imaged_there(model, tmp_path):
    model.save(tmp_path / "model.h5")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "RETICLE_ENGINE_PATH": ONE_GPU}
    ran = subprocess.run([sys.executable, __file__, tmp_path / "model.h5"], capture_output=True, text=True, env=environment,
                         timeout=200)
    assert ran.returncode == 0 and "imaged where they lie" in ran.stdout, ran.stderr


def test_without_a_gpu_the_argument_and_the_reason_are_named(model):
    if "GPU" in reticle.engine("auto").split(":")[0]:
        pytest.skip("SKIPPED: this machine has a GPU, where the array is not")
    with pytest.raises(reticle.errors.DeviceError, match="mask: the array lies on GPU 0"):
        model.image(OnGpu(numpy.ones((8, 8), dtype=numpy.float32)))


if __name__ == "__main__":
    run_on_emulated_gpu(sys.argv[1])
