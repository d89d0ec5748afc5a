#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the Python package costs beside the library: importing it, a call, and the gradient by a source against its images.

    python_costs.py [--rounds 30]

A call: Model.image of 2 x 2 pixels by one order, so that next to nothing is computed; and of 256 x 256 pixels of 8 nm. Source:
a map of about 200 points, 24 masks of one micrometre. Processor time on one thread; medians. PYTHONPATH finds the package.
"""
import argparse
import statistics
import subprocess
import sys
import time

import numpy

import reticle


def median_us(call, rounds):
    call()
    times = []
    for _ in range(rounds):
        start = time.process_time_ns()
        call()
        times.append((time.process_time_ns() - start) / 1e3)
    return statistics.median(times)


def import_ms():
    code = "import time; t = time.perf_counter(); import reticle; print(1e3 * (time.perf_counter() - t))"
    return statistics.median(float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
                             for _ in range(9))


def source_costs(rounds):
    optics = reticle.optics(na=1.35, source=reticle.Annular(0.6, 0.9), period_nm=1000.0)
    sigma = (numpy.arange(21) + 0.5) / 21 * 2 - 1
    radius = numpy.hypot(*numpy.meshgrid(sigma, sigma))
    source = ((radius > 0.5) & (radius < 0.95)).astype(float)
    random = numpy.random.default_rng(1)
    masks = (random.random((24, 125, 125)) > 0.5).astype(numpy.float32)
    abbe, g = reticle.Abbe(optics), random.normal(size=masks.shape).astype(numpy.float32)
    images = median_us(lambda: abbe.image(masks, source=source), rounds)
    gradient = median_us(lambda: abbe.vjp(masks, g, source=source, wanted=("source",)), rounds)
    return int(source.sum()), images, gradient


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=30)
    rounds = parser.parse_args().rounds
    one = numpy.ones((1, 1, 1), complex)
    tiny = reticle.Model.from_kernels([("focus", 0.0, one, numpy.ones(1))], period_nm=2048.0, threshold=0.3)
    model = reticle.Model.from_recipe(reticle.optics(na=0.93, immersion_index=1.0, source=reticle.Annular(0.5, 0.8),
                                                     period_nm=2048.0, max_error=5e-3))
    few, mask = numpy.ones((2, 2), numpy.float32), numpy.ones((256, 256), numpy.float32)
    points, images, gradient = source_costs(max(3, rounds // 6))
    print(f"import reticle: {import_ms():.0f} ms")
    print(f"a call of Model.image, 2 x 2 pixels of one order: {median_us(lambda: tiny.image(few), 20 * rounds):.1f} us")
    print(f"Model.image, 256 x 256 pixels, {len(model.conditions[0].weights)} kernels: "
          f"{median_us(lambda: model.image(mask), rounds):.0f} us")
    print(f"source of {points} points, 24 masks: images {images / 1e3:.0f} ms, gradient {gradient / 1e3:.0f} ms, "
          f"{gradient / images:.2f} x")


if __name__ == "__main__":
    main()
