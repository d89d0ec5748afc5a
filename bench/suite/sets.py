# SPDX-License-Identifier: Apache-2.0
"""The sets of the suite. Each measures once what it measures, and says how good the result is; a run calls them in turn,
round after round, so that a machine that grows slower touches all alike."""
import json
import math
import pathlib
import re
import shutil
from dataclasses import dataclass, field

import h5py
import numpy as np

from scoring import files, imaging as score_imaging, scorer

from . import clips
from .machine import sha256
from .programs import Absent, Failed, Sample, google, run


@dataclass
class Context:
    root: pathlib.Path
    build: pathlib.Path
    work: pathlib.Path
    quick: bool = False
    torch_python: str = ""
    inputs: dict = field(default_factory=dict)  # name: SHA-256
    models: dict = field(default_factory=dict)  # name: {sha256, model_hash}
    remembered: dict = field(default_factory=dict)  # quality that is measured once

    @property
    def reticle(self):
        return self.build / "tools/reticle/reticle"

    def program(self, name):
        path = self.build / "bench" / name
        if not path.exists():
            raise Absent(f"{name} is not built" + (": it needs FFTW (tools/setup libfftw3-dev, then tools/build)"
                                                   if name == "imaging_benchmark" else ""))
        return path

    def once(self, key, make):
        if key not in self.remembered:
            self.remembered[key] = make()
        return self.remembered[key]

    def recipe(self, name):
        path = self.root / "tools/recipes" / name
        self.inputs[name] = sha256(path)
        return path

    def model(self):
        def make():
            path = self.work / "immersion_annular.h5"
            run([self.reticle, "model", self.recipe("immersion_annular.toml"), "-o", path, "--force"])
            self.models["immersion_annular"] = {"sha256": sha256(path)}
            return path
        return self.once("model", make)

    def drawn(self, kind, size_nm=1024, form="glp"):
        def make():
            path = self.work / f"{kind}_{size_nm}" / f"{kind}_1.{form}"
            path.parent.mkdir(exist_ok=True)
            clips.write(clips.draw(kind, 1, size_nm), path, path.stem)
            self.inputs[f"{kind}_1, {size_nm} nm, {form}"] = sha256(path)
            return path
        return self.once(f"drawn {kind} {size_nm} {form}", make)


def imaging(context):
    """Images of a clip: the band against full-size FFTs."""
    samples = google(context.program("imaging_benchmark"))
    try:
        samples += google(context.program("opencv_benchmark"))
    except Absent:
        pass
    # The peers choose their plans by measuring: their last bits differ from run to run, so agreement is told in decades.
    errors = [s.quality.pop("max_diff_of_clear_field") for s in samples if "max_diff_of_clear_field" in s.quality]
    within = {"agree_within_of_clear_field": 10.0 ** math.ceil(math.log10(max(errors)))}
    for sample in samples:
        sample.quality = sample.quality or dict(within)
    return samples


def engine_errors(context):
    folder = context.drawn("metal").parent
    _, _ = run([context.program("engine_quality"), folder, "--model", context.model(), "--engine", "cpu", "--quick",
                "--json", context.work / "quality.json"])
    rows = {r["name"]: r["value"] for r in json.loads((context.work / "quality.json").read_text())["rows"]}
    return {"gradient_error": next(v for k, v in rows.items() if k.startswith("gradient")),
            "image_error_of_clear_field": next(v for k, v in rows.items() if k.startswith("image"))}


KEPT = ("l2_nm2", "pvb_nm2", "sum_nm2", "rectangles_4nm", "components")


def scored(context, mask, clip):
    """By bench/score's own program."""
    model = context.once("score model", lambda: score_imaging.read_model(context.model()))
    result = scorer.score(model, files.read(mask, model.period_nm, "mask"), files.read(clip, model.period_nm, "target"))
    return {**{k: result[k] for k in KEPT}, "epe_mean_abs_nm": round(result["epe"]["mean_abs_nm"], 6),
            "epe_above_5nm": result["epe"]["above"]["5"], "epe_above_15nm": result["epe"]["above"]["15"],
            "topology_faults": result["topology_faults"]["nominal"]["all"],
            "narrow_20nm_nm2": result["narrow_nm2"]["20"], "close_20nm_nm2": result["close_nm2"]["20"]}


def ilt(context):
    """An iteration on each grid, and clips of our own from files to files, scored by the independent program."""
    only = "pixel_nm:(16|8)/|pixel_nm:(16|8)$" if context.quick else None
    samples = google(context.program("ilt_benchmark"), only=only)
    errors = context.once("engine errors", lambda: engine_errors(context))
    for sample in samples:
        sample.quality = dict(errors)
    for kind in ("contacts",) if context.quick else clips.KINDS:
        clip, out = context.drawn(kind), context.work / "masks"
        recipe = ["--recipe", context.recipe("correct_fast.toml")] if context.quick else []
        seconds, _ = run([context.reticle, "correct", clip, "--model", context.model(), "-o", out, "--threads", "1", "--force",
                          "--engine", "cpu", *recipe], codes=(0, 1))  # 1: something does not print, which the score tells
        mask = out / f"{clip.stem}.h5"
        with h5py.File(mask) as file:
            value = file.attrs["model_hash"]
            context.models["immersion_annular"]["model_hash"] = value.decode() if isinstance(value, bytes) else str(value)
        quality = context.once(f"ilt {kind}", lambda: scored(context, mask, clip))
        samples.append(Sample(f"clip {kind}", seconds, quality, 1.024**2, "um2"))
    return samples + naive_torch(context)


def naive_torch(context):
    """One iteration as one would write it in PyTorch (bench/naive_ilt.py), for the kernels of ilt_benchmark; where
    PyTorch is."""
    if not context.torch_python or context.quick:
        return []
    folder, report = context.work / "naive", context.work / "naive.json"
    context.once("naive inputs", lambda: run([context.program("naive_inputs"), folder, "--pixel", "8", "--clips", "1"]))
    run([context.torch_python, context.root / "bench/naive_ilt.py", folder, "--device", "cpu", "--iterations", "5", "--json", report])
    result = json.loads(report.read_text())
    clip = result["clips"][0]
    return [Sample("naive_torch_iteration/pixel_nm:8", result["iteration_ms"]["median"] * 1e-3,
                   {"first_loss_over_engines": round(clip["first_loss"] / clip["engine_first_loss"], 6)})]


def opc(context):
    """Edges instead of pixels, on the same clips."""
    kinds = ("contacts",) if context.quick else ("contacts", "logic", "metal", "sram")
    _, text = run([context.program("edge_opc"), context.model(), *(context.drawn(k) for k in kinds), "--no-ilt"])
    lines = [line.split() for line in text.splitlines()]
    names = lines[0]
    samples = []
    for line in lines[1:]:
        if len(line) != len(names):
            continue
        row = dict(zip(names, line))
        samples.append(Sample(f"clip {row['design'].split('_')[0]}", float(row["cpu_s"]),
                              {"l2_nm2": int(row["l2_nm2"]), "pvb_nm2": int(row["pv_band_nm2"]), "epe_mean_abs_nm": float(row["mean_nm"]),
                               "epe_above_15nm": int(row["epe"]), "rectangles": int(row["shots"])}, 1.024**2, "um2"))
    if len(samples) != len(kinds):
        raise Failed(f"edge_opc wrote {len(samples)} rows for {len(kinds)} clips")
    return samples


def layout(context):
    """A hierarchical layout cut into tiles, and one corrected with its verification."""
    large = context.drawn("logic", 20_000 if context.quick else 50_000, "oas")
    seconds, text = run([context.program("layout_tiles"), large, "1/0", "1"])
    tiles, different = (int(n) for n in re.search(r"(\d+) tiles after .*, (\d+) different", text).groups())
    samples = [Sample("logic read and cut into tiles", seconds, {"tiles": tiles, "different": different}, tiles, "tiles")]
    if context.quick:
        return samples
    small, job = context.drawn("sram", 2_000, "gds"), context.work / "job"
    shutil.rmtree(job, ignore_errors=True)
    seconds, _ = run([context.reticle, "correct", small, "--layer", "1/0", "--model", context.model(), "--recipe",
                      context.recipe("correct_fast.toml"), "-o", job, "--threads", "1", "--engine", "cpu"], codes=(0, 1))
    report = json.loads((job / "report.json").read_text())
    totals = report["totals"]
    kept = ("epe_mean_abs_nm", "epe_max_nm", "epe_violations", "missing", "extra", "l2_nm2", "pv_band_nm2")
    samples.append(Sample("SRAM corrected and verified", seconds, {k: totals[k] for k in kept if k in totals},
                          report["area_um2"], "um2"))
    return samples


def model(context):
    """Kernels from a recipe's optics."""
    path = context.work / "timed.h5"
    seconds, _ = run([context.reticle, "model", context.recipe("immersion_annular.toml"), "-o", path, "--force"])
    with h5py.File(path) as file:
        quality = {"edge_error_nm_rms": float(file.attrs["edge_error_truncation_nm"]),
                   "edge_error_nm_largest": float(file.attrs["edge_error_truncation_largest_nm"]),
                   "kernels": sum(len(group["weights"]) for group in file["conditions"].values())}
    return [Sample("immersion_annular.toml", seconds, quality)]


def files_set(context):
    """Masks to HDF5 and back, and what follows the optimisation of a clip."""
    clip, picture = context.drawn("metal"), context.work / "metal.png"

    def differing():
        run([context.reticle, "convert", clip, picture, "--force"])
        drawn = files.read(clip, 2048, "target").on_grid(2048) >= 0.5
        return {"pixels_off": int(np.sum((files.read(picture, 2048, "mask").pixels[::-1] >= 0.5) != drawn))}

    samples = google(context.program("file_benchmark"))
    if not context.quick:
        samples += google(context.program("finish_benchmark"))
    exact = context.once("convert", differing)
    for sample in samples:
        sample.quality = {**sample.quality, **exact}
    return samples


def gpu(context):
    """The CUDA engine, where there is one."""
    probe = context.build / "bench/gpu_yardstick"
    if not probe.exists():
        raise Absent("no device: these programs were built without CUDA")
    try:
        run([probe, "--probe"])
    except Failed as reason:
        raise Absent(f"no device: {reason}")
    samples = google(context.program("engine_benchmark"), only="cuda/clips:(1|10|100)/|pixel_nm:.*/clips:(1|10|100)/")
    errors = {"checked_by": "bench/run_gpu"}
    for sample in samples:
        sample.quality = sample.quality or errors
    return samples


SETS = {"imaging": imaging, "ilt": ilt, "opc": opc, "layout": layout, "model": model, "files": files_set, "gpu": gpu}

# Both measured in the same rounds: what one would otherwise write, over ours. (set, numerator, denominator, words)
RATIOS = [
    ("imaging", "naive_pixels_to_1nm", "band_pixels_to_1nm", "24 planned full-size FFTs (FFTW) over the band, pixels to 1 nm"),
    ("imaging", "naive_pixels_to_1nm", "band_polygons/pixel_nm:1", "the same over the band from polygons"),
    ("imaging", "opencv_naive_image", "band_pixels_to_1nm", "24 full-size FFTs (OpenCV) over the band, pixels to 1 nm"),
    ("imaging", "opencv_fill", "reticle_raster", "OpenCV's fillPoly over the raster by exact area"),
    ("ilt", "naive_torch_iteration/pixel_nm:8", "iteration/pixel_nm:8", "an iteration in plain PyTorch, one thread, over the engine's, 8 nm"),
]
