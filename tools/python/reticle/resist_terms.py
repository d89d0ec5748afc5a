# SPDX-License-Identifier: Apache-2.0
"""Resist terms in place of a model's, as the differentiable images take them."""


def given(where, **terms):
    """Those that are not None, by name, and `where` asking for the resist's image if there are any."""
    terms = {name: term for name, term in terms.items() if term is not None}
    return terms, {**where, "resist": True} if terms else where
