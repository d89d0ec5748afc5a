# SPDX-License-Identifier: Apache-2.0
"""The C library from Python's ctypes, without any package: images two bars and their gradient.

RETICLE_LIBRARY=libreticle.so python3 correct_ctypes.py
"""
import ctypes
import os

library = ctypes.CDLL(os.environ.get("RETICLE_LIBRARY", "libreticle.so"))
library.reticle_error.restype = library.reticle_version.restype = ctypes.c_char_p


class Query(ctypes.Structure):
    _fields_ = [("condition", ctypes.c_size_t), ("dose", ctypes.c_double), ("stage", ctypes.c_int)]

def check(status):
    if status != 0:
        raise RuntimeError(library.reticle_error().decode())

OPTICS = b"""
na = 0.93
immersion_index = 1.0
period_nm = [1024.0, 1024.0]
max_error = 2e-3
source = { shape = "annular", sigma_in = 0.5, sigma_out = 0.8 }
[[conditions]]
name = "focus"
focus_nm = 0.0
"""

model = ctypes.c_void_p()
check(library.reticle_model_build(OPTICS, ctypes.byref(model)))

n = 128  # pixels of 8 nm
size = ctypes.c_size_t(n)
Pixels = ctypes.c_float * (n * n)
mask = Pixels()
for y in range(40, 88):
    for x in (*range(44, 54), *range(70, 80)):
        mask[y * n + x] = 1.0
query = Query(0, 1.0, 0)
image = Pixels()
check(library.reticle_image(model, mask, size, size, ctypes.byref(query), image, size, size))

# L = the intensity in the middle of the first bar; its gradient is largest there.
middle = 64 * n + 49
d_image, d_mask, d_dose = Pixels(), Pixels(), ctypes.c_double()
d_image[middle] = 1.0
check(library.reticle_gradient(model, mask, size, size, ctypes.byref(query), d_image, size, size, d_mask,
                               ctypes.byref(d_dose)))
print(f"reticle {library.reticle_version().decode()}: I = {image[middle]:.4f}, dI/d(dose) = {d_dose.value:.4f}")
assert abs(d_dose.value - 2 * image[middle]) < 1e-4
assert max(range(n * n), key=lambda i: d_mask[i]) // n in (63, 64)

check(library.reticle_model_free(model))
assert library.reticle_model_free(model) != 0  # freed already: an error, no crash
print("freed twice:", library.reticle_error().decode())
