# SPDX-License-Identifier: Apache-2.0
"""Metrics of masks in plain double precision, independent of the library: nothing here is shared with it."""

# What is counted and how (bench/README.md, "Rules of the game"). A change of any figure's meaning is a new number.
RULES_VERSION = 1
