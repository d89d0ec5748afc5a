# SPDX-License-Identifier: Apache-2.0
"""bench/score: the command."""
import argparse
import hashlib
import json
import os
import pathlib
import sys

from . import RULES_VERSION, files, imaging, scorer

ROOT = pathlib.Path(__file__).resolve().parents[2]


def contest_kernels():
    for place in (os.environ.get("RETICLE_CONTEST_KERNELS"), ROOT / "../shared/data/iccad13/kernels.h5"):
        if place and pathlib.Path(place).exists():
            return pathlib.Path(place)
    raise files.BadInput("the contest's kernels are not here: bench/fetch_public tells how to get them; name the model by "
                         "--kernels MODEL.h5 or RETICLE_CONTEST_KERNELS")


def found(folder, what):
    folder = pathlib.Path(folder)
    if folder.is_file():
        return [folder]
    if not folder.is_dir():
        raise files.BadInput(f"{folder}: is not there")
    paths = sorted((p for p in folder.iterdir() if p.suffix.lower() in files.EXTENSIONS), key=lambda p: (len(p.stem), p.stem))
    if not paths:
        raise files.BadInput(f"{folder}: holds no {what}; {', '.join(sorted(files.EXTENSIONS))} are read")
    return paths


def sha256(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


COLUMNS = [
    ("L2", lambda r: r["l2_nm2"]), ("PVB", lambda r: r["pvb_nm2"]), ("sum", lambda r: r["sum_nm2"]),
    ("EPE>3", lambda r: r["epe"]["above"]["3"]), (">5", lambda r: r["epe"]["above"]["5"]),
    (">10", lambda r: r["epe"]["above"]["10"]), (">15", lambda r: r["epe"]["above"]["15"]),
    ("mean nm", lambda r: r["epe"]["mean_abs_nm"]), ("faults", lambda r: r["topology_faults"]["nominal"]["all"]),
    ("narrow20", lambda r: r["narrow_nm2"]["20"]), ("30", lambda r: r["narrow_nm2"]["30"]), ("40", lambda r: r["narrow_nm2"]["40"]),
    ("close20", lambda r: r["close_nm2"]["20"]), ("30", lambda r: r["close_nm2"]["30"]), ("40", lambda r: r["close_nm2"]["40"]),
    ("rects", lambda r: r["rectangles_4nm"]), ("pieces", lambda r: r["components"]), ("beyond", lambda r: r["outside_region_nm2"]),
]


def mean(results):
    """Means of all numbers, level by level."""
    first = results[0]
    if isinstance(first, dict):
        return {k: mean([r[k] for r in results]) for k in first if isinstance(first[k], (dict, int, float))}
    return sum(results) / len(results)


def row(name, result):
    def text(value):
        return f"{value:.0f}" if float(value).is_integer() else f"{value:.2f}"
    return f"{name:<20}" + "".join(f" {text(value(result)):>8}" for _, value in COLUMNS)


def run(arguments):
    kernels = contest_kernels() if arguments.kernels == "contest" else pathlib.Path(arguments.kernels)
    if not kernels.is_file():
        raise files.BadInput(f"{kernels}: is not there; give a model of 'reticle model' (--import reads other kernels)")
    model = imaging.read_model(kernels)
    origin = tuple(arguments.origin) if arguments.origin else None
    clips = {p.stem: p for p in found(arguments.clips, "clip")}
    clips = {stem: p for stem, p in clips.items() if p.resolve() != kernels.resolve()}
    masks, unknown = [], []
    for path in found(arguments.masks, "mask"):
        clip = files.clip_of(path.stem, clips)
        masks.append((path, clip)) if clip else unknown.append(path.name)
    if unknown:
        raise files.BadInput(f"{', '.join(unknown)}: no clip has a name that theirs begins with (clips: {', '.join(clips)})")
    print(f"{'mask':<20}" + "".join(f" {name:>8}" for name, _ in COLUMNS))
    rows, targets = [], {}
    for path, stem in masks:
        if stem not in targets:
            targets[stem] = files.read(clips[stem], model.period_nm, "target", arguments.layer)
        mask = files.read(path, model.period_nm, "mask", arguments.mask_layer or arguments.layer, arguments.pixel_nm, origin)
        result = scorer.score(model, mask, targets[stem], arguments.first_row)
        print(row(path.stem, result), flush=True)
        rows.append({"mask": path.name, "mask_sha256": sha256(path), "clip": clips[stem].name,
                     "clip_sha256": sha256(clips[stem]), **result})
    average = mean([{k: v for k, v in r.items() if k not in ("mask_box_nm",)} for r in rows])
    if len(rows) > 1:
        print(row("mean", average))
    missing = sorted(set(clips) - {stem for _, stem in masks})
    if missing and len(missing) < len(clips) and pathlib.Path(arguments.masks).is_dir():
        print(f"without a mask: {', '.join(missing)}", file=sys.stderr)
    if arguments.json:
        text = json.dumps({"rules_version": RULES_VERSION, "kernels": kernels.name, "kernels_sha256": sha256(kernels),
                           "threshold": model.threshold, "masks": rows, "mean": average}, indent=1)
        temporary = pathlib.Path(f"{arguments.json}.part")
        temporary.write_text(text + "\n")
        temporary.replace(arguments.json)
    return 0


def main():
    parser = argparse.ArgumentParser(
        prog="bench/score", description="Scores anyone's masks (bench/README.md, 'Rules of the game'): L2, PV band, EPE, "
        "topology, widths and spaces, rectangles, pieces, region.")
    parser.add_argument("masks", metavar="MASKS", help="a folder or a file: PNG, npy, GDSII, OASIS, GLP, HDF5; a mask's name begins with its clip's")
    parser.add_argument("--clips", required=True, help="a folder or a file, of the same kinds")
    parser.add_argument("--kernels", default="contest", help="'contest' or a model of 'reticle model' (contest)")
    parser.add_argument("--layer", help="of layouts, as 11/0, where they hold more than one")
    parser.add_argument("--mask-layer", help="likewise of masks, where it is another")
    parser.add_argument("--pixel-nm", type=float, help="of pictures and arrays (the field's width by their columns)")
    parser.add_argument("--origin", type=float, nargs=2, metavar=("X", "Y"), help="nm of their first pixel's corner (0 0)")
    parser.add_argument("--first-row", choices=("auto", "top", "bottom"), default="auto",
                        help="of pictures and arrays; auto: whichever covers more of the target")
    parser.add_argument("--json", help="file to write")
    try:
        return run(parser.parse_args())
    except files.BadInput as problem:
        print(f"bench/score: {problem}", file=sys.stderr)
        return 3
