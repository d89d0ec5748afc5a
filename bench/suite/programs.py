# SPDX-License-Identifier: Apache-2.0
"""Programs that are measured: the Google Benchmark ones through their JSON, others by the processor time they take."""
import json
import os
import re
import resource
import subprocess
from dataclasses import dataclass, field

SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
STANDARD = {"name", "run_name", "run_type", "repetitions", "repetition_index", "threads", "aggregate_name", "aggregate_unit",
            "iterations", "real_time", "cpu_time", "time_unit", "family_index", "per_family_instance_index"}


class Failed(Exception):
    """A program that should run and does not: the set is failed, and why."""


class Absent(Exception):
    """What this build or machine lacks: the set or row is skipped, and why."""


@dataclass
class Sample:
    name: str
    seconds: float
    quality: dict = field(default_factory=dict)
    amount: float = 0.0  # of work, in units of `per`
    per: str = ""


def environment(threads):
    return {**os.environ, "OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": "1"}


def run(words, threads=1, codes=(0,)):
    """Processor seconds and standard output."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, env=environment(threads))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in codes:
        last = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()][-1:] or ["no word"]
        raise Failed(f"{os.path.basename(str(words[0]))} ends with exit code {done.returncode}: {last[0]}")
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, done.stdout


def google(program, threads=1, only=None, minimum_s=0.02):
    """Medians of a Google Benchmark program's repetitions, of processor time; its counters are the quality."""
    if not program.exists():
        raise Absent(f"{program.name} is not built")
    words = [program, "--benchmark_format=json", f"--benchmark_min_time={minimum_s}"]
    _, text = run(words + ([f"--benchmark_filter={only}"] if only else []), threads)
    samples = []
    for entry in json.loads(text)["benchmarks"]:
        if entry.get("error_occurred"):
            raise Failed(f"{program.name}: {entry['name']}: {entry['error_message']}")
        if entry.get("aggregate_name", "median") != "median":  # one without repetitions has no aggregate
            continue
        counters = {k: v for k, v in entry.items() if k not in STANDARD and isinstance(v, (int, float))}
        quality = {k: v for k, v in counters.items() if not k.endswith("/s")}
        samples.append(Sample(re.sub(r"/(repeats|iterations):\d+", "", entry["run_name"]), entry["cpu_time"] * SECONDS[entry["time_unit"]], quality))
    return samples
