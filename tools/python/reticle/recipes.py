# SPDX-License-Identifier: Apache-2.0
"""Recipes: dictionaries as the TOML text that the library reads, and defaults where nothing is said."""

import os
from collections.abc import Mapping, Sequence


def _value(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    if isinstance(value, Sequence) or hasattr(value, "tolist") and getattr(value, "ndim", 0) > 0:
        return "[" + ", ".join(_value(v) for v in value) + "]"
    number = value.item() if hasattr(value, "item") else value
    if isinstance(number, int):
        return str(number)
    return repr(float(number)).replace("inf", "inf")


def _is_tables(value):
    return isinstance(value, Sequence) and not isinstance(value, str) and bool(value) and isinstance(value[0], Mapping)


def _lines(table, prefix):
    later = []
    for key, value in table.items():
        if isinstance(value, Mapping):
            later.append((f"[{prefix}{key}]", value, f"{prefix}{key}."))
        elif _is_tables(value):
            later += [(f"[[{prefix}{key}]]", item, f"{prefix}{key}.") for item in value]
        elif value is not None:
            yield f"{key} = {_value(value)}"
    for head, value, inner in later:
        yield head
        yield from _lines(value, inner)


def to_toml(recipe):
    """A nested dictionary as TOML text; keys whose value is None are left out."""
    return "\n".join(_lines(recipe, "")) + "\n"


def text_and_name(recipe):
    """TOML text of a recipe given as dictionary, path or text, and its name for messages."""
    if recipe is None:
        return "", "recipe"
    if isinstance(recipe, Mapping):
        return to_toml(recipe), "recipe"
    if isinstance(recipe, os.PathLike) or isinstance(recipe, str) and "\n" not in recipe and "=" not in recipe:
        try:
            with open(recipe, encoding="utf-8") as file:
                return file.read(), os.fspath(recipe)
        except OSError as error:
            from .errors import FileError

            raise FileError(f"{os.fspath(recipe)}: {error.strerror}") from None
    if isinstance(recipe, str):
        return recipe, "recipe"
    raise TypeError(f"recipe: a dictionary, a path or TOML text is wanted, not {type(recipe).__name__}")
