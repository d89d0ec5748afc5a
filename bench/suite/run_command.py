# SPDX-License-Identifier: Apache-2.0
"""bench/run: the command."""
import argparse
import datetime
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import jsonschema

from . import machine, page, sets
from .programs import Absent, Failed

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "bench/results.schema.json"


def spread(values):
    return {"median_s": statistics.median(values), "low_s": min(values), "high_s": max(values), "values_s": values}


def merged(rounds):
    """Rows of one set out of its samples of every round."""
    rows = []
    for sample in rounds[0]:
        twins = [s for samples in rounds for s in samples if s.name == sample.name]
        if any(t.quality != sample.quality for t in twins):
            raise Failed(f"{sample.name}: equal work gave other results in another round: {[t.quality for t in twins]}")
        row = {"name": sample.name, "time": spread([t.seconds for t in twins]), "quality": sample.quality or {"checked_by": "tests"}}
        if sample.amount:
            row["rate"] = {"median": sample.amount / max(row["time"]["median_s"], 1e-9), "unit": f"{sample.per}/s"}
        rows.append(row)
    return rows


def ratios_of(measured):
    found = []
    for name, above, below, about in sets.RATIOS:
        rows = {r["name"]: r["time"]["values_s"] for r in measured.get(name, {}).get("rows", [])}
        if above in rows and below in rows:
            each = [a / b for a, b in zip(rows[above], rows[below]) if b > 0]
            if each:
                found.append({"about": about, "numerator": above, "denominator": below,
                              "ratio": {"median": statistics.median(each), "low": min(each), "high": max(each)}})
    return found


def measure(context, wanted, rounds, budget_s):
    """Samples {set: [round][sample]}, what became of sets that have none, the yardsticks, and the rounds that fitted."""
    samples, states, sticks = {name: [] for name in wanted}, {}, []
    start = time.monotonic()
    done = 0
    while done < rounds:
        round_start = time.monotonic()
        for name in wanted:
            sticks.append(machine.yardstick())
            if name in states:
                continue
            print(f"round {done + 1} of {rounds}: {name}", file=sys.stderr, flush=True)
            try:
                samples[name].append(sets.SETS[name](context))
            except Absent as reason:
                states[name] = ("skipped", str(reason))
            except (Failed, OSError, ValueError, KeyError) as reason:
                states[name] = ("failed", f"{type(reason).__name__}: {reason}" if not isinstance(reason, Failed) else str(reason))
        done += 1
        # The first round makes inputs and scores: later ones are shorter.
        if time.monotonic() - start + 0.8 * (time.monotonic() - round_start) > budget_s:
            break
    return samples, states, sticks, done


def result_of(context, wanted, samples, states, sticks, rounds, seconds):
    measured = {}
    for name in wanted:
        about = sets.SETS[name].__doc__.splitlines()[0]
        if name not in states:
            try:
                measured[name] = {"state": "measured", "about": about, "rows": merged(samples[name])}
                continue
            except Failed as reason:
                states[name] = ("failed", str(reason))
        state, reason = states[name]
        measured[name] = {"state": state, "about": about, "reason": reason, "rows": []}
    return {
        "schema": "reticle-benchmarks", "schema_version": 1,
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "commit": machine.commit(ROOT, context.reticle), "machine": machine.describe(context.build, 1),
        "rounds": rounds, "seconds": seconds, "quick": context.quick, "inputs": context.inputs, "models": context.models,
        "yardstick": {kind: spread([s[kind] for s in sticks]) for kind in sticks[0]},
        "sets": measured, "ratios": ratios_of(measured),
    }


def put(path, text):
    temporary = path.with_name(path.name + ".part")
    temporary.write_text(text)
    temporary.replace(path)


def python_with_torch():
    for python in (os.environ.get("RETICLE_TORCH_PYTHON"), "python3"):
        if python and shutil.which(python) and subprocess.run([python, "-c", "import torch"], capture_output=True).returncode == 0:
            return python
    return ""


def main():
    parser = argparse.ArgumentParser(prog="bench/run", formatter_class=argparse.RawDescriptionHelpFormatter,
                                     description="Runs the benchmark suite and writes results.json (bench/results.schema.json) "
                                     "and results.html. Sets:\n" + "\n".join(f"  {n:<8} {f.__doc__.splitlines()[0]}" for n, f in sets.SETS.items()),
                                     epilog="Times are processor time. RETICLE_TORCH_PYTHON names a Python that imports PyTorch. "
                                     "Exit code 0; 1: a set failed; 2: usage; 3: there is no build.")
    parser.add_argument("sets", nargs="*", metavar="SET", help="(all)")
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True, help="folder")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release", help="build tree (build/release)")
    parser.add_argument("--rounds", type=int, default=5, help="of all sets (5)")
    parser.add_argument("--budget-s", type=float, default=480, help="no round begins that would end later (480)")
    parser.add_argument("--quick", action="store_true", help="few and small inputs, to try the suite")
    arguments = parser.parse_args()
    unknown = [s for s in arguments.sets if s not in sets.SETS]
    if unknown:
        parser.error(f"there is no set {', '.join(unknown)}; there are {', '.join(sets.SETS)}")
    if arguments.rounds < 1:
        parser.error("one round is the least")
    build = arguments.build.resolve()
    if not (build / "tools/reticle/reticle").exists():
        print(f"bench/run: {build} holds no tools/reticle/reticle: run tools/build, or name a build tree by --build", file=sys.stderr)
        return 3
    arguments.output.mkdir(parents=True, exist_ok=True)
    wanted = [name for name in sets.SETS if not arguments.sets or name in arguments.sets]
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="reticle_bench_") as work:
        context = sets.Context(ROOT, build, pathlib.Path(work), arguments.quick, python_with_torch())
        samples, states, sticks, rounds = measure(context, wanted, arguments.rounds, arguments.budget_s)
        result = result_of(context, wanted, samples, states, sticks, rounds, time.monotonic() - start)
    jsonschema.validate(result, json.loads(SCHEMA.read_text()))
    put(arguments.output / "results.json", json.dumps(result, indent=1) + "\n")
    put(arguments.output / "results.html", page.html_of(result))
    print(page.text_of(result))
    print(f"{arguments.output / 'results.json'}, {arguments.output / 'results.html'}")
    return 1 if any(s["state"] == "failed" for s in result["sets"].values()) else 0
