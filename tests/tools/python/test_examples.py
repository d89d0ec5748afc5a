# SPDX-License-Identifier: Apache-2.0
"""Every example runs; those of packages that are not installed are skipped."""

import importlib.util
import os
import pathlib
import subprocess
import sys

import pytest

EXAMPLES = pathlib.Path(__file__).parents[3] / "tools" / "python" / "examples"
NEEDS = {"torch_loss.py": ["torch"], "klayout_region.py": ["klayout"], "gdsfactory_waveguide.py": [("gdsfactory", "gdstk")]}
ARGUMENTS = {"training_pairs.py": ["{folder}", "2"]}


@pytest.mark.parametrize("example", sorted(path.name for path in EXAMPLES.glob("*.py")))
def test_example(example, tmp_path):
    for package in NEEDS.get(example, []):
        if all(importlib.util.find_spec(one) is None for one in ([package] if isinstance(package, str) else package)):
            pytest.skip(f"{package} is not installed")
    assert len((EXAMPLES / example).read_text().splitlines()) < 60
    arguments = [a.format(folder=tmp_path) for a in ARGUMENTS.get(example, [])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run([sys.executable, EXAMPLES / example, *arguments], capture_output=True, text=True, timeout=200,
                         env=environment, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
