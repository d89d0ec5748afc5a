# SPDX-License-Identifier: Apache-2.0
"""What figures were measured on: machine, compiler, commit; and a yardstick of work that is not ours."""
import hashlib
import os
import pathlib
import platform
import re
import subprocess
import time

import numpy as np


def output(*words):
    try:
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def sha256(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def describe(build, threads):
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text()) if os.path.exists("/proc/cpuinfo") else None
    cache = build / "CMakeCache.txt"
    settings = dict(re.findall(r"^(CMAKE_CXX_COMPILER|CMAKE_BUILD_TYPE|CMAKE_CXX_FLAGS):\w+=(.*)$", cache.read_text(), re.M)) if cache.exists() else {}
    compiler = output(settings.get("CMAKE_CXX_COMPILER", "c++"), "--version").splitlines()
    return {
        "cpu": cpu.group(1) if cpu else platform.processor() or "unknown",
        "cores": len(os.sched_getaffinity(0)),
        "threads": threads,
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "system": platform.platform(),
        "compiler": compiler[0] if compiler else "unknown",
        "build_type": settings.get("CMAKE_BUILD_TYPE", "unknown"),
        "compiler_flags": settings.get("CMAKE_CXX_FLAGS", ""),
    }


def commit(root, reticle):
    """Of the program itself; whether the sources were changed since."""
    said = re.search(r"commit ([0-9a-f]+)", output(str(reticle), "--version"))
    return {
        "program": said.group(1) if said else "unknown",
        "sources": output("git", "-C", str(root), "rev-parse", "HEAD") or "unknown",
        "sources_changed": bool(output("git", "-C", str(root), "status", "--porcelain", "--untracked-files=no")),
    }


_SQUARE = np.random.default_rng(1).random((256, 256))
_LONG, _COPY = np.ones(1 << 21), np.ones(1 << 21)
_TABLE = np.random.default_rng(2).random(1 << 18)
_PLACES = np.random.default_rng(3).integers(0, 1 << 18, 1 << 18)
_TAKEN = np.empty_like(_TABLE)
_WORK = {
    "arithmetic": lambda: [_SQUARE @ _SQUARE for _ in range(40)],
    "cache": lambda: [np.take(_TABLE, _PLACES, out=_TAKEN) for _ in range(20)],
    "memory": lambda: [np.copyto(_COPY, _LONG) for _ in range(10)],
}


def yardstick():
    """CPU seconds of fixed work: products of matrices, reads of 2 MB at random, and copies of 16 MB. Where they differ
    between two runs, the machine does. Nothing is allocated: what a new page costs is the system's affair, not a program's."""
    result = {}
    for kind, work in _WORK.items():
        start = time.process_time()
        work()
        result[kind] = time.process_time() - start
    return result
