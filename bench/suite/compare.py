# SPDX-License-Identifier: Apache-2.0
"""bench/compare: what changed between two results beyond the noise.

A time changed where all of the following hold, medians m and half ranges s over the rounds:
  |log m_b / m_a| > the floor, FLOOR and twice what the yardsticks say: how far apart they are, and how well they are known;
  so it is beside what all rows have in common, where that is below the floor;
  |m_b - m_a| > 2 sqrt(s_a^2 + s_b^2);
  the ranges over the rounds do not overlap.
The last alone is passed by chance by one row in 126 at five rounds each, if noise is all there is; the others are there
for noise that lasts a whole run. Figures of quality are of equal inputs and arithmetic: they changed where they differ.
"""
import argparse
import json
import math
import pathlib
import statistics
import sys

import jsonschema

SCHEMA = pathlib.Path(__file__).resolve().parents[1] / "results.schema.json"
FLOOR = 0.10
LEAST_ROUNDS = 3  # below this a range says nothing
LEAST_ROWS = 8    # that have something in common


def known_to(values):
    """Half of the range, of logarithms, that holds the median of what values were drawn from, with 95 % [order statistics:
    the count of values below it is binomial]."""
    logs, count = sorted(map(math.log, values)), len(values)
    below = max(0, math.floor(0.5 * count - 0.98 * math.sqrt(count)))
    return 0.5 * (logs[count - 1 - below] - logs[below])


def machine_drift(a, b):
    """By how much the machine may differ, as a logarithm: of the yardstick that says most."""
    def drift(one, other):
        return math.hypot(math.log(other["median_s"] / one["median_s"]), known_to(one["values_s"]), known_to(other["values_s"]))
    return max(drift(a["yardstick"][kind], b["yardstick"][kind]) for kind in a["yardstick"])


def noise_floor(a, b):
    return math.log1p(FLOOR) + 2 * machine_drift(a, b)


def is_compared(a, b):
    return min(a["median_s"], b["median_s"]) > 0 and min(len(a["values_s"]), len(b["values_s"])) >= LEAST_ROUNDS


def common_change(a, b):
    """The median of the logarithms by which rows that both have changed; 0 where there are too few to tell."""
    logs = []
    for name in set(a["sets"]) & set(b["sets"]):
        twins = {row["name"]: row["time"] for row in b["sets"][name]["rows"]}
        logs += [math.log(twins[row["name"]]["median_s"] / row["time"]["median_s"]) for row in a["sets"][name]["rows"]
                 if row["name"] in twins and is_compared(row["time"], twins[row["name"]])]
    return statistics.median(logs) if len(logs) >= LEAST_ROWS else 0.0


def words_of(ratio):
    return f"{ratio:.2f} times as long" if ratio > 1 else f"{1 / ratio:.2f} times as fast"


def changed_time(a, b, floor, common):
    """None, or the ratio of the medians. What rows have in common below the floor is the machine's."""
    if not is_compared(a, b):
        return None
    before, after = a["median_s"], b["median_s"]
    noise = math.hypot(*(0.5 * (t["high_s"] - t["low_s"]) for t in (a, b)))
    apart = a["high_s"] < b["low_s"] or b["high_s"] < a["low_s"]
    change = math.log(after / before)
    beyond = min(abs(change), abs(change - common)) if abs(common) <= floor else abs(change)
    return after / before if apart and abs(after - before) > 2 * noise and beyond > floor else None


def changes(a, b):
    """Sentences about what differs; empty where nothing does beyond the noise."""
    found, floor, common = [], noise_floor(a, b), common_change(a, b)
    if abs(common) > floor:
        found.append(f"rows in common: {words_of(math.exp(common))}, more than the machine's doing")
    for kind in ("inputs", "models"):
        for name in sorted(set(a[kind]) & set(b[kind])):
            if a[kind][name] != b[kind][name]:
                found.append(f"{kind[:-1]} {name} is another: figures that stand on it are not comparable")
    for name in [n for n in a["sets"] if n in b["sets"]]:
        one, other = a["sets"][name], b["sets"][name]
        if one["state"] != other["state"]:
            found.append(f"{name}: {one['state']} -> {other['state']} ({other.get('reason') or one.get('reason')})")
            continue
        rows = {row["name"]: row for row in other["rows"]}
        for row in one["rows"]:
            twin = rows.pop(row["name"], None)
            if twin is None:
                found.append(f"{name}: {row['name']} is no longer measured")
                continue
            ratio = changed_time(row["time"], twin["time"], floor, common)
            if ratio is not None:
                found.append(f"{name}: {row['name']}: {words_of(ratio)} ({row['time']['median_s']:.4g} s -> {twin['time']['median_s']:.4g} s)")
            for key in sorted(set(row["quality"]) | set(twin["quality"])):
                before, after = row["quality"].get(key), twin["quality"].get(key)
                if before != after:
                    found.append(f"{name}: {row['name']}: {key} {before} -> {after}")
        found += [f"{name}: {new} is measured for the first time" for new in rows]
    return found


def main():
    parser = argparse.ArgumentParser(prog="bench/compare", description="What changed from A to B beyond the noise.",
                                     epilog="Exit code 0: nothing; 1: something; 3: a file is not a result of bench/run.")
    parser.add_argument("a", type=pathlib.Path)
    parser.add_argument("b", type=pathlib.Path)
    arguments = parser.parse_args()
    results = []
    for path in (arguments.a, arguments.b):
        path = path / "results.json" if path.is_dir() else path
        try:
            results.append(json.loads(path.read_text()))
            jsonschema.validate(results[-1], json.loads(SCHEMA.read_text()))
        except (OSError, ValueError, jsonschema.ValidationError) as problem:
            print(f"bench/compare: {path}: {getattr(problem, 'message', problem)}", file=sys.stderr)
            return 3
    a, b = results
    print(f"{a['commit']['program']} -> {b['commit']['program']}; the machine may differ by {100 * math.expm1(machine_drift(a, b)):.0f} %, all rows together by "
          f"{100 * math.expm1(abs(common_change(a, b))):.0f} %: times below {100 * math.expm1(noise_floor(a, b)):.0f} % are noise")
    if a["machine"] != b["machine"]:
        print("not the same machine or compiler: " + "; ".join(
            f"{k}: {a['machine'][k]} -> {b['machine'][k]}" for k in a["machine"] if a["machine"][k] != b["machine"][k]))
    if min(a["rounds"], b["rounds"]) < LEAST_ROUNDS:
        print(f"times are not compared: {LEAST_ROUNDS} rounds are the least, there are {a['rounds']} and {b['rounds']}")
    found = changes(a, b)
    print("\n".join(found) if found else "nothing changed beyond the noise")
    return 1 if found else 0
