# SPDX-License-Identifier: Apache-2.0
"""The benchmark suite: its inputs, its runs, its page and the comparison of two runs."""
