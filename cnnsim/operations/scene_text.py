"""The TOML text of a scene: read and written at once even where it holds every cell of a large tensor.

A list of the numbers of cells is the same text in TOML and in JSON. Only that part goes through JSON, which is read
twenty times as fast; a file that is laid out in another way takes its time.
"""

import json
import re
import tomllib
from typing import Any

import tomli_w

_NO_CELLS = "cells = []\n"
_CELLS = re.compile(r'^(\[options\.(\w+)\]\npattern = "[^"\n]*"\ncells = )(\[[-+.\deE,\s\[\]]+\])$', re.MULTILINE)
_LAST_COMMA = re.compile(r",\s*\]")


def scene_text(table: dict[str, Any]) -> str:
    r"""Write a scene, with a line for each cell.

    Parameters
    ----------
    table
        As `scene_table` returns it.

    Examples
    --------
    >>> print(scene_text({"step": 0, "options": {"input": {"pattern": "zeros", "cells": [[0, 1, 0.5], [1, 0, 7.0]]}}}))
    step = 0
    <BLANKLINE>
    [options.input]
    pattern = "zeros"
    cells = [
        [0, 1, 0.5],
        [1, 0, 7.0]
    ]
    <BLANKLINE>
    """
    options = table["options"]
    tensors = [value["cells"] for value in options.values() if isinstance(value, dict)]
    without = {name: value | {"cells": []} if isinstance(value, dict) else value for name, value in options.items()}
    before, *others = tomli_w.dumps(table | {"options": without}).split(_NO_CELLS)
    return before + "".join(_lines(cells) + after for cells, after in zip(tensors, others, strict=True))


def scene_table(text: str) -> dict[str, Any]:
    r"""Read a scene; ValueError if it is no TOML.

    Examples
    --------
    >>> scene_table('[options.input]\npattern = "zeros"\ncells = [[0, 1, 0.5], [1, 0, 7]]\n')["options"]["input"]
    {'pattern': 'zeros', 'cells': [[0, 1, 0.5], [1, 0, 7]]}
    """
    cells: dict[str, Any] = {}

    def without(match: re.Match[str]) -> str:
        try:
            cells[match[2]] = json.loads(_LAST_COMMA.sub("]", match[3]))
        except ValueError:
            return match[0]
        return f"{match[1]}[]"

    try:
        table = tomllib.loads(_CELLS.sub(without, text))
        for name, numbers in cells.items():
            table["options"][name]["cells"] = numbers
    except (ValueError, KeyError, TypeError):
        return tomllib.loads(text)  # which says in which line of this text the fault is
    return table


def _lines(cells: list[Any]) -> str:
    if not cells:
        return _NO_CELLS
    numbers = json.dumps(cells)[1:-1].replace("], [", "],\n    [")
    return f"cells = [\n    {numbers}\n]\n"
