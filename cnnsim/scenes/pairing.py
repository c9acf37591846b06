"""Which panels stand in pairs instead of one above the other: a pure function of sizes, like their places."""

from functools import lru_cache
from itertools import combinations

from cnnsim.scenes.places import ExtentColumn, ExtentRow, Space, fitting_side, sides

_COMFORTABLE_CELL = 1.4  # units: from here on numbers can be read from afar
_WORTH_IT = 1.15  # times as large are cells that panels are put in pairs for


@lru_cache(maxsize=64)
def arranged(space: Space, columns: tuple[ExtentColumn, ...]) -> tuple[ExtentColumn, ...]:
    """Return columns with panels in pairs where cells one above the other would be small, and these are larger.

    Examples
    --------
    >>> from cnnsim.scenes.layout import Area
    >>> from cnnsim.scenes.places import Extent
    >>> maps = tuple((Extent(9, 9, 40.0, 0.0, 0, False, "maps" * (number % 2)),) for number in range(4))
    >>> [len(row) for row in arranged(Space(20.0, Area(0.0, 0.0, 700.0, 300.0), 50.0), (maps,))[0]]
    [2, 2]
    """
    best, side = columns, _side(space, columns)
    if side >= space.unit * _COMFORTABLE_CELL:
        return columns
    words = sorted({panel.beside for column in columns for row in column for panel in row} - {""})
    for chosen in (set(some) for count in range(1, len(words) + 1) for some in combinations(words, count)):
        paired = tuple(_paired(column, chosen) for column in columns)
        larger = _side(space, paired)
        if larger > side * _WORTH_IT:
            best, side = paired, larger
    return best


def _side(space: Space, columns: tuple[ExtentColumn, ...]) -> float:
    """Side of ordinary cells, 0 where not even one pixel fits."""
    return sides(space, columns).ordinary if fitting_side(space, columns) else 0.0


def _paired(column: ExtentColumn, chosen: set[str]) -> ExtentColumn:
    """Put panels with one of the words into the row above them."""
    rows: list[ExtentRow] = []
    for row in column:
        if rows and row[0].beside in chosen:
            rows[-1] = (*rows[-1], *row)
        else:
            rows.append(row)
    return tuple(rows)
