"""How long frames take at 64×64 cells in a canvas of 1920×1080: ``python -m cnnsim.app.frame_times FRAMES``.

Prints one JSON object with the seconds of each frame. A frame is what a step of an animation costs: the scene is asked
for a drawing, which is lowered and painted.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from cnnsim.app.canvas import Canvas, Scene
from cnnsim.app.collector import set_aside
from cnnsim.app.typefaces import install_family
from cnnsim.drawing import Cell, CellState, Drawing, Frame, Matrix, Role, Scale
from cnnsim.scenes import View, draw
from cnnsim.trace import convolution, kernel_gradient, pooling

WIDTH, HEIGHT, SIDE, CELL = 1920, 1080, 64, 16
_WARM = 3  # frames before the first one that counts: fonts, pictures that are kept
_FIRST = 1000  # step from which the frames follow each other

At = Callable[[int], Scene]
"""From the number of a frame to its scene."""


def frame_times(frames: int) -> dict[str, list[float]]:
    """Return the seconds of so many frames in a row, by what is shown; needs a QApplication."""
    install_family()
    canvas = Canvas("bench")
    canvas.resize(WIDTH, HEIGHT)
    picture = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    return {name: _times(canvas, picture, at, frames) for name, at in _pictures()}


def _times(canvas: Canvas, picture: QImage, at: At, frames: int) -> list[float]:
    seconds = []
    for number in range(_WARM + frames):
        start = time.perf_counter()
        canvas.set_scene(at(number))
        canvas.render(picture)
        seconds.append(time.perf_counter() - start)
    return seconds[_WARM:]


def _pictures() -> Iterator[tuple[str, At]]:
    """Yield what is measured: numbers in every cell, then whole pages."""
    rng = np.random.default_rng(0)
    x = rng.integers(-9, 10, (SIDE, SIDE)).astype(np.float64)
    forward = convolution(x, rng.integers(-2, 3, (3, 3)), padding=1)
    yield "numbers", lambda number: lambda width, height: _numbers(x, number, width, height)
    for name, trace, looked_at in (
        ("convolution", forward, None),
        ("weight looked at", forward, Cell("kernel", 1, 1)),
        ("kernel gradient", kernel_gradient(forward), None),
        ("pooling", pooling(x), None),
    ):
        steps = trace.at("multiply")
        yield (
            name,
            lambda number, steps=steps, looked_at=looked_at: (  # type: ignore[misc]
                lambda width, height: draw(steps, (_FIRST + number + 0.5) % len(steps), View(width, height, looked_at))
            ),
        )


def _numbers(x: np.ndarray, number: int, width: float, height: float) -> Drawing:
    """Draw a matrix that fills the height, as far as it has been computed, with a window that slides over it."""
    states = np.full(x.shape, CellState.EMPTY, np.uint8)
    states.reshape(-1)[: _FIRST + number] = CellState.NORMAL
    grid = Matrix("x", x, 448.0, 40.0, CELL, Role.INPUT, Scale(9.0), "Input", "64 × 64", states=states)
    row, col = divmod(_FIRST + number, SIDE)
    return Drawing(width, height, (grid, Frame(*grid.box(row, col, 3, 3), Role.KERNEL, fill=0.1)))


def main() -> None:
    """Measure and print."""
    app = QApplication(["cnnsim"])
    set_aside()  # as the window does
    print(json.dumps(frame_times(int(sys.argv[1]))))
    app.quit()


if __name__ == "__main__":
    main()
