# SPDX-License-Identifier: Apache-2.0
"""bench/fetch_public: what others publish and the tables of bench/README.md stand on; nothing of it is ours to ship."""
import argparse
import hashlib
import pathlib
import sys
import urllib.error
import urllib.request

RAW = "https://raw.githubusercontent.com"
OPENILT = "OpenOPC/OpenILT/6e6fa4f6a1786601e7cdd77622e88816e87726c6"
FLOW = "The-OpenROAD-Project/OpenROAD-flow-scripts/master/flow/platforms"
SIEPIC = "SiEPIC/SiEPIC_EBeam_PDK/master"

# File: its SHA-256 where it is known. "Known" is of a file that our own figures were measured on.
CLIP_HASHES = {
    1: "398554df58c5bde23c9e638d5293d05a4ff13fadb67657d63e85dd7f25a97e2f",
    3: "7d887c37a62d7402e94c54c4f2e000e01ce21cb8a9ceadfc8aee50e5533f3fbf",
    5: "bfb475e7284bd00ffb282efdbbfd5e15ba0e17d644d47360358b8cdaf207aba0",
    7: "f820678ee7d3f46d289785e06667c5efcd83ba6e706c74d85b3fa61230d2a134",
    9: "0fb1207fb79b2a7001e623d284a0166d97daec0825df6210870f4bbbd3e6aae4",
}
SCALES_HASH = "412be638337fa64c1755d0cc379cbced16430d8f520e0da255a9d05906425650"


def _kernels():
    for folder in ("M1OPC", "M1OPC_def"):
        yield f"{folder}/scales.txt", f"{OPENILT}/kernel/{folder}/scales.txt", SCALES_HASH if folder == "M1OPC" else None
        for k in range(24):
            yield f"{folder}/fh{k}.bin", f"{OPENILT}/kernel/{folder}/fh{k}.bin", None


SETS = {  # name: (licence, what to do next, files as (name, place, SHA-256 or None))
    "clips": ("OpenILT's copy, MIT; the contest's own terms are not stated", "bench/score MASKS --clips {folder}",
              [(f"M1_test{i}.glp", f"{OPENILT}/benchmark/ICCAD2013/M1_test{i}.glp", CLIP_HASHES.get(i)) for i in range(1, 11)]),
    "kernels": ("OpenILT's copy, MIT; the contest's own terms are not stated",
                "reticle model --import {folder} -o contest.h5", list(_kernels())),
    "curvyilt": ("NVIDIA's curvyILT keeps its kernels for research use: read its licence",
                 "reticle model --import {folder}/optKernel_bc.npy {folder}/optKernel_scale.npy -o curvyilt.h5",
                 [(name, f"NVlabs/curvyILT/main/tcc/{name}", None) for name in ("optKernel_bc.npy", "optKernel_scale.npy")]),
    "nangate": ("Nangate Open Cell Library by OpenROAD-flow-scripts, Apache-2.0",
                "reticle correct {folder}/NangateOpenCellLibrary.gds --layer 11/0 --cell INV_X1 --model model.h5 -o job",
                [("NangateOpenCellLibrary.gds", f"{FLOW}/nangate45/gds/NangateOpenCellLibrary.gds",
                  "7fdbd7f4e46283fdd9b9a369e1cae1a7f6f742c8e75cfe943c17f451626fe8e8")]),
    "asap7": ("ASU ASAP7 by OpenROAD-flow-scripts, BSD-3",
              "reticle info {folder}/asap7sc7p5t_28_R_220121a.gds",
              [("asap7sc7p5t_28_R_220121a.gds", f"{FLOW}/asap7/gds/asap7sc7p5t_28_R_220121a.gds",
                "f43d5b33df635cf9e66cbca66b6bdd05364f824d8040cd21528b9e12808b9263")]),
    "siepic": ("SiEPIC EBeam PDK, MIT", "reticle info {folder}/ebeam_y_adiabatic.gds",
               [(f"{name}.gds", f"{SIEPIC}/klayout/EBeam/gds/EBeam/{name}.gds", known) for name, known in (
                   ("ebeam_bdc_te1550", "b7e73e1c6ffec682934fd042d050b7c5fde7afb12b3c0c91caafb5da5c8f4ae5"),
                   ("ebeam_gc_te1550", "27b5f983588b811f5b09efc8b0a430d74b0014407b68256edf71a3d4492f3ab8"),
                   ("ebeam_y_adiabatic", "8430ddb41c9771352b6ba6023bfc191c92920e38e9ad89132f28e1fa6c6f3193"))]),
}


def download(place, timeout):
    with urllib.request.urlopen(f"{RAW}/{place}", timeout=timeout) as answer:
        return answer.read()


def hash_of(data):
    return hashlib.sha256(data).hexdigest()


def problem_of(data, known):
    """None where the bytes are those that are known, or nothing is."""
    if data.startswith(b"version https://git-lfs"):
        return "is a pointer of Git LFS, not the file"
    if known and hash_of(data) != known:
        return f"is another file: SHA-256 {hash_of(data)}, known is {known}"
    return None


def fetch(name, folder, timeout=20.0, get=download):
    """Returns sentences about files that are wrong, and about those that could not be had."""
    wrong, lost = [], []
    for file, place, known in SETS[name][2]:
        path = folder / name / file
        if not path.exists():
            try:
                data = get(place, timeout)
            except (urllib.error.URLError, OSError, ValueError) as reason:
                lost.append(f"{file}: {getattr(reason, 'reason', reason)}")
                if not isinstance(reason, urllib.error.HTTPError):
                    break  # no network: the next file waits as long
                continue
            problem = problem_of(data, known)
            if problem:
                wrong.append(f"{RAW}/{place} {problem}; not kept")
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(path.name + ".part")
            temporary.write_bytes(data)
            temporary.replace(path)
        problem = problem_of(path.read_bytes(), known)
        if problem:
            wrong.append(f"{path} {problem}")
        else:
            print(f"{path}: {'as known' if known else 'there; its hash is not known: ' + hash_of(path.read_bytes())}")
    return wrong, lost


def main():
    parser = argparse.ArgumentParser(
        prog="bench/fetch_public", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Fetches public inputs into FOLDER/SET and checks their SHA-256 where it is known. Files that are there "
        "already are checked only. Sets:\n" + "\n".join(f"  {name:<9} {licence}" for name, (licence, _, _) in SETS.items()),
        epilog="Exit code 0: all there; 1: a file is not the one that is known; 3: files could not be had.")
    parser.add_argument("sets", nargs="*", metavar="SET", help="(all)")
    parser.add_argument("-o", "--output", type=pathlib.Path, default=pathlib.Path("public"), metavar="FOLDER", help="(public)")
    parser.add_argument("--list", action="store_true", help="names and places only")
    parser.add_argument("--timeout", type=float, default=20.0, help="s for a file (20)")
    arguments = parser.parse_args()
    unknown = [s for s in arguments.sets if s not in SETS]
    if unknown:
        parser.error(f"there is no set {', '.join(unknown)}; there are {', '.join(SETS)}")
    code = 0
    for name in arguments.sets or SETS:
        licence, then, files = SETS[name]
        folder = arguments.output / name
        if arguments.list:
            print(f"{name}: {licence}")
            for file, place, known in files:
                print(f"  {folder / file}  {known or 'hash not known':<64}  {RAW}/{place}")
            continue
        wrong, lost = fetch(name, arguments.output, arguments.timeout)
        for sentence in wrong:
            print(f"bench/fetch_public: {sentence}", file=sys.stderr)
        if lost:
            print(f"bench/fetch_public: {name} could not be had ({lost[0]}). On a machine with a network take the files that "
                  f"'bench/fetch_public {name} --list' names, put them into {folder} and run this again: it checks them.",
                  file=sys.stderr)
        if not wrong and not lost:
            print(f"{name}: complete. Next: {then.format(folder=folder)}")
        code = code or (1 if wrong else 3 if lost else 0)
    return code
