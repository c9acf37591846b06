"""All that a renderer has to be able to paint."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Colour = tuple[int, int, int, int]
"""Red, green, blue, opacity; 0 to 255."""

Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Rect:
    """A box; `radius` rounds its corners, `thickness` is that of the outline."""

    x: float
    y: float
    width: float
    height: float
    fill: Colour | None = None
    stroke: Colour | None = None
    thickness: float = 1.0
    radius: float = 0.0
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Polyline:
    """Connected lines."""

    points: Points
    colour: Colour
    thickness: float = 1.0


@dataclass(frozen=True, slots=True)
class Polygon:
    """A filled outline."""

    points: Points
    fill: Colour


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text that starts at `x` on the `baseline`; `size` is the em height in pixels."""

    x: float
    baseline: float
    text: str
    size: float
    bold: bool
    colour: Colour


@dataclass(frozen=True, slots=True, eq=False)
class Pixels:
    """A (rows, cols, 3) uint8 picture stretched over a box without smoothing."""

    x: float
    y: float
    width: float
    height: float
    rgb: NDArray[np.uint8]


Primitive = Rect | Polyline | Polygon | Text | Pixels
