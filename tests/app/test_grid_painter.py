from collections.abc import Callable, Hashable
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from cnnsim.app.grid_painter import Pictures, blocks
from cnnsim.app.painter import paint
from cnnsim.app.typefaces import GlyphCache
from cnnsim.drawing import CellState, Drawing, Highlight, Matrix, Role, Scale
from cnnsim.painting import LIGHT, Numbers, lower, lower_grids

SIDE = 20


def grid(side: int = SIDE, **changes: object) -> Matrix:
    values = np.random.default_rng(0).integers(-9, 10, (side, side)).astype(float)
    given: dict[str, object] = {"values": values, "x": 10, "y": 20, "cell": 38, "role": Role.INPUT, "scale": Scale(9.0)}
    return Matrix("input", **(given | changes))  # type: ignore[arg-type]


def painted(matrix: Matrix, pictures: Pictures, *, plainly: bool = False, ratio: float = 1.0) -> np.ndarray:
    image = QImage(round(800 * ratio), round(800 * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor(*LIGHT.background))
    drawing = Drawing(800, 800, (matrix,))
    painter = QPainter(image)
    paint(painter, lower(drawing, LIGHT) if plainly else lower_grids(drawing, LIGHT), GlyphCache(), pictures)
    painter.end()
    data = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return data[..., :3].astype(int)


def states(count: int) -> np.ndarray:
    """So many normal cells, then a hatched one, then empty ones."""
    found = np.full(SIDE * SIDE, CellState.EMPTY, np.uint8)
    found[:count] = CellState.NORMAL
    found[count] = CellState.UNREACHED
    return found.reshape(SIDE, SIDE)


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("count", [0, 7, 130, SIDE * SIDE - 1])
def test_a_picture_that_is_kept_looks_like_its_parts(qapp: object, count: int, ratio: float) -> None:
    pictures = Pictures()
    painted(grid(states=states(300)), pictures, ratio=ratio)  # what is kept serves other states, too
    matrix = grid(states=states(count))
    difference = np.abs(painted(matrix, pictures, ratio=ratio) - painted(matrix, pictures, plainly=True, ratio=ratio))
    assert difference.mean() < 0.3
    assert (difference.max(axis=2) > 60).mean() < 0.002


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_every_tile_has_its_colour_and_gaps_are_free(qapp: object, ratio: float) -> None:
    matrix = grid(numbers=False)
    picture = painted(matrix, Pictures(), ratio=ratio)
    rows, cols = (np.floor((start + (np.arange(SIDE) + 0.5) * 38) * ratio).astype(int) for start in (20, 10))
    assert (picture[np.ix_(rows, cols)] == LIGHT.cell_colours(matrix.values, Scale(9.0))[..., ::-1]).all()
    edges = np.floor((10 + np.arange(1, SIDE) * 38) * ratio).astype(int)
    assert (picture[rows[0], edges] == LIGHT.background[:3]).all()


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_equal_boxes_look_as_if_painted_one_by_one(qapp: object, ratio: float) -> None:
    marks = tuple(
        Highlight(row, col, Role.KERNEL if row % 3 else Role.OUTPUT, 0.4 if col % 2 else 1.0)
        for row in range(0, SIDE, 2)
        for col in range(row % 5, SIDE, 3)
    )
    matrix = grid(highlights=marks, numbers=False)
    kept, plainly = (painted(matrix, Pictures(), plainly=plainly, ratio=ratio) for plainly in (False, True))
    unmarked = painted(grid(numbers=False), Pictures(), ratio=ratio)
    assert np.abs(kept - plainly).mean() < 0.3 < 3 < np.abs(kept - unmarked).mean()


def test_numbers_are_kept_while_cell_after_cell_appears(qapp: object) -> None:
    pictures = Pictures()
    made: list[object] = []
    get = pictures.get

    def counted(key: Hashable, make: Callable[[], QImage]) -> QImage:
        return get(key, lambda: made.append(key) or make())  # type: ignore[func-returns-value]

    pictures.get = counted  # type: ignore[method-assign]
    for count in (3, 4, 50):
        empty = np.full(SIDE * SIDE, CellState.EMPTY, np.uint8)
        empty[:count] = CellState.NORMAL
        painted(grid(states=empty.reshape(SIDE, SIDE)), pictures)
    assert len(made) == 1
    painted(grid(values=np.ones((SIDE, SIDE))), pictures)
    assert len(made) == 2


def test_pictures_that_are_not_needed_are_dropped(qapp: object) -> None:
    pictures = Pictures()
    for number in range(12):
        kept = pictures.get(number, lambda: QImage(2000, 2000, QImage.Format.Format_RGB32))
        assert kept.width() == 2000
    made: list[int] = []

    def made_again(number: int) -> QImage:
        made.append(number)
        return QImage(9, 9, QImage.Format.Format_RGB32)

    pictures.get(11, lambda: made_again(11))
    pictures.get(0, lambda: made_again(0))
    assert made == [0]


def test_blocks_cover_exactly_what_is_marked() -> None:
    rng = np.random.default_rng(0)
    for density in (0.0, 0.3, 0.9, 1.0):
        mask = rng.random((9, 7)) < density
        covered = np.zeros(mask.shape, int)
        for row, col, rows, cols in blocks(mask):
            covered[row : row + rows, col : col + cols] += 1
        assert (covered == mask).all()


def test_numbers_in_small_cells_are_readable_or_left_out() -> None:
    def size(matrix: Matrix) -> float | None:
        found = [p for p in lower_grids(Drawing(2000, 2000, (matrix,)), LIGHT) if isinstance(p, Numbers)]
        return found[0].size if found else None

    assert size(grid(64, cell=16)) is not None
    assert size(grid(64, cell=9)) is None
    assert size(grid(values=np.full((64, 64), 0.12345), cell=16)) is None
    sizes = [size(grid(64, cell=cell)) for cell in range(12, 60)]
    readable = [one for one in sizes if one is not None]
    assert len(readable) > 40 and min(readable) >= 6.5
    assert all(a <= b + 1e-9 for a, b in pairwise(readable))
