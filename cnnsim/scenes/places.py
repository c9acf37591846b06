"""Where panels stand: a pure function of sizes.

No number of a tensor and no step makes a difference, so that places are found once and remembered from frame to frame.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from cnnsim.scenes.layout import CAPTION, Area

_LARGEST_CELL = 4.4  # units: small matrices stay calm on a large screen
_READABLE_CELL = 1.5  # units, for panels with few cells
_SHARES = (1.0, 0.85, 0.7, 0.55, 0.4)  # of that side, to be tried beside panels whose cells are tiny
_TINY_CELL = 0.5  # units
_LITTLE = 3  # times as many cells has the largest panel in a row or column as one that counts as little
_PRICE = 0.85  # of their side is what other cells keep at least for this
_BETWEEN = 1.4  # units between panels of one row
_CLOSE = 0.4  # units between a panel and one without a caption of its own
_INTO_THE_GAP = 3.2  # units that a note may reach beyond its panel
_BEFORE_NOTE = 0.5  # units


@dataclass(frozen=True, slots=True)
class Space:
    """An area to fill with columns that are `gap` pixels apart, each centred or all beginning at one level."""

    unit: float
    area: Area
    gap: float
    level: bool = False


@dataclass(frozen=True, slots=True)
class Extent:
    """All of a panel that decides where it and its neighbours stand.

    Parameters
    ----------
    rows, cols
        Of its grid.
    caption, note
        Widths in pixels, 0 if there is none.
    room
        It stands in the middle of so many rows if it has fewer.
    ordinary
        Its cells are never larger than those of other panels.
    beside
        If not empty, it may stand beside the panel above it, together with all others of this word.
    """

    rows: int
    cols: int
    caption: float
    note: float
    room: int
    ordinary: bool
    beside: str = ""


ExtentRow = tuple[Extent, ...]
ExtentColumn = tuple[ExtentRow, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Top left corner of a grid and side of its cells, in pixels, and whether there is room for the note above it."""

    x: int
    y: int
    side: float
    with_note: bool


@dataclass(frozen=True, slots=True)
class Sides:
    """Sides of cells: of ordinary panels, and the least one of panels with few cells in their rows and columns.

    What counts as few is measured by the largest panel; for single rows and columns by the whole picture.
    """

    ordinary: float
    little: float
    few: int
    few_in_line: int

    def of(self, panel: Extent) -> float:
        """Side of the cells of a panel."""
        few = self.few_in_line if min(panel.rows, panel.cols) == 1 else self.few
        little = max(panel.rows, panel.cols) <= few and not panel.ordinary
        return max(self.ordinary, self.little) if little else self.ordinary

    def height(self, panel: Extent) -> float:
        """Height of the grid of a panel."""
        return panel.rows * self.of(panel)

    def width(self, panel: Extent) -> float:
        """Width of the grid of a panel."""
        return panel.cols * self.of(panel)


@lru_cache(maxsize=64)  # pages that are open, at sizes that a window has had
def placed(space: Space, columns: tuple[ExtentColumn, ...]) -> tuple[Place, ...]:
    """Place columns side by side with the largest cells that fit; return places in the order of the panels.

    Examples
    --------
    >>> small, large = (Extent(rows, rows, 40.0, 0.0, 0, False) for rows in (3, 6))
    >>> placed(Space(20.0, Area(0.0, 0.0, 700.0, 600.0), 50.0), (((large,),), ((small,),)))
    (Place(x=1, y=103, side=72.0, with_note=True), Place(x=483, y=211, side=72.0, with_note=True))
    """
    found, area = sides(space, columns), space.area
    widths = [_column_width(space, column, found) for column in columns]
    heights = [_column_height(space, column, found) for column in columns]
    x = area.x + (area.width - sum(widths) - space.gap * (len(columns) - 1)) / 2
    places: list[Place] = []
    for column, width, height in zip(columns, widths, heights, strict=True):
        y = area.y + (area.height - (max(heights) if space.level else height)) / 2
        places.extend(_column(space, column, found, x, y))
        x += width + space.gap
    return tuple(places)


@lru_cache(maxsize=64)
def sides(space: Space, columns: tuple[ExtentColumn, ...]) -> Sides:
    """Return the largest sides that fit, little panels being readable where that costs the others not too much."""
    longest = max(max(panel.rows, panel.cols) for column in columns for row in column for panel in row)
    alike, fits = Sides(0.0, 0.0, 0, 0), fitting_side(space, columns)
    for share in _SHARES if fits < space.unit * _TINY_CELL else _SHARES[:1]:
        little = round(space.unit * _READABLE_CELL * share)
        different = Sides(0.0, little, longest // _LITTLE, max(map(_longest_side, columns)) // _LITTLE)
        ordinary = _side(space, columns, different)
        if ordinary >= max(fits * _PRICE, 1):
            return replace(different, ordinary=float(ordinary))
    return replace(alike, ordinary=float(max(fits, 1)))


def fitting_side(space: Space, columns: tuple[ExtentColumn, ...]) -> int:
    """Return the largest side that fits if all panels have the same, in pixels; 0 if not even one pixel does."""
    return _side(space, columns, Sides(0.0, 0.0, 0, 0))


def _longest_side(column: ExtentColumn) -> int:
    """Cells of a column from top to bottom, or across its widest row."""
    down = sum(max(panel.rows for panel in row) for row in column)
    return max(down, *(sum(panel.cols for panel in row) for row in column))


def _side(space: Space, columns: Sequence[ExtentColumn], found: Sides) -> int:
    """Largest whole side of an ordinary cell, 0 if none fits: with a size that fits every smaller one fits."""

    def is_too_large(side: int) -> bool:
        tried = replace(found, ordinary=float(side))
        across = sum(_column_width(space, column, tried) for column in columns) + space.gap * (len(columns) - 1)
        tall = any(_column_height(space, column, tried) > space.area.height for column in columns)
        return tall or across > space.area.width

    return bisect_left(range(1, int(space.unit * _LARGEST_CELL) + 1), True, key=is_too_large)


def _column(space: Space, column: ExtentColumn, found: Sides, x: float, y: float) -> Iterator[Place]:
    for row in column:
        left, top = x, y + _above(space, row)
        groups = _groups(row)
        for group in groups:
            width = _group_width(space, group, found)
            yield from _group(space, group, found, (left, top), _INTO_THE_GAP if group is groups[-1] else 0.0)
            left += width + space.unit * _BETWEEN
        y += _row_height(space, row, found)


def _group(space: Space, group: ExtentRow, found: Sides, corner: tuple[float, float], beyond: float) -> Iterator[Place]:
    """Yield the places of panels that stand close to each other; notes may reach so many units beyond them."""
    (left, top), area, width = corner, space.area, _group_width(space, group, found)
    x, note_ends = left, min(width + space.unit * beyond, area.x + area.width + space.unit - left)
    for panel in group:
        y = top + max(panel.room * found.ordinary - found.height(panel), 0) / 2
        words = panel.caption + space.unit * _BEFORE_NOTE + panel.note
        yield Place(round(x), round(y), found.of(panel), words <= note_ends)
        x += found.width(panel) + space.unit * _CLOSE


def _groups(row: ExtentRow) -> list[ExtentRow]:
    """Divide a row where a caption begins: panels without one stand close to the panel before them."""
    groups: list[ExtentRow] = []
    for panel in row:
        if panel.caption or not groups:
            groups.append((panel,))
        else:
            groups[-1] = (*groups[-1], panel)
    return groups


def _above(space: Space, row: ExtentRow) -> float:
    """Room above the grids of a row: for captions, if there is any."""
    return space.unit * (CAPTION if any(panel.caption or panel.note for panel in row) else _CLOSE)


def _group_width(space: Space, group: ExtentRow, found: Sides) -> float:
    return max(sum(map(found.width, group)) + space.unit * _CLOSE * (len(group) - 1), group[0].caption)


def _row_width(space: Space, row: ExtentRow, found: Sides) -> float:
    groups = [_group_width(space, group, found) for group in _groups(row)]
    return sum(groups) + space.unit * _BETWEEN * (len(groups) - 1)


def _row_height(space: Space, row: ExtentRow, found: Sides) -> float:
    return _above(space, row) + max(max(found.height(panel), panel.room * found.ordinary) for panel in row)


def _column_width(space: Space, column: ExtentColumn, found: Sides) -> float:
    return max(_row_width(space, row, found) for row in column)


def _column_height(space: Space, column: ExtentColumn, found: Sides) -> float:
    return sum(_row_height(space, row, found) for row in column)
