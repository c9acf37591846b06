"""Where operands are used by rules that compute every cell from the cells at its own place."""

from collections.abc import Mapping

import numpy as np

from cnnsim.trace.cellwise import Place
from cnnsim.trace.uses import Places, Uses, as_places


def same_place_uses(operands: tuple[str, ...], operand: str, place: Place) -> Uses:
    """Return the one contribution of the cell at the same place.

    Examples
    --------
    >>> found = same_place_uses(("gradient", "mask"), "mask", (0, 1, 2))
    >>> found.cells.tolist(), found.numbers.tolist(), found.partners["gradient"].tolist()
    ([[0, 1, 2]], [0], [[0, 1, 2]])
    """
    at = as_places([place])
    return Uses(at, np.zeros(1, np.intp), {name: at for name in operands if name != operand})


def same_place_sources(operands: tuple[str, ...], cell: Place) -> Mapping[str, Places]:
    """Return the same place in every operand."""
    at = as_places([cell])
    return dict.fromkeys(operands, at)
