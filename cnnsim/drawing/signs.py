"""Signs between and around matrices: frames, arrows, lines, words, bars of colours."""

from dataclasses import dataclass
from typing import Literal

from cnnsim.drawing.cells import Role, Scale

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Frame:
    """An outlined box, such as the sliding window."""

    x: float
    y: float
    width: float
    height: float
    role: Role
    thickness: float = 3.0
    fill: float = 0.0  # opacity of the inside
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Arrow:
    """A line with a head at its end."""

    x1: float
    y1: float
    x2: float
    y2: float
    role: Role = Role.MUTED
    thickness: float = 2.0


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line, in the colour of a role, or in the one that a cell with `value` has on `scale`."""

    x1: float
    y1: float
    x2: float
    y2: float
    role: Role = Role.MUTED
    thickness: float = 1.0
    value: float = 0.0
    scale: Scale | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """One line of text; `y` is the middle of its height."""

    text: str
    x: float
    y: float
    size: float
    role: Role = Role.TEXT
    bold: bool = False
    anchor: Anchor = "start"


@dataclass(frozen=True, slots=True)
class ScaleBar:
    """The colours of a scale in a row with whose they are: names, −limit, a bar with zero in its middle, limit.

    Parameters
    ----------
    x, y
        Left end, and the middle of the height.
    length
        Of the bar alone; 0 where only the limit is told, since another bar shows the colours.
    size
        Of the text.
    names
        What is coloured so, and its role.
    ends
        The limits as they are written; the first may be empty.
    """

    x: float
    y: float
    length: float
    size: float
    scale: Scale
    names: tuple[tuple[str, Role], ...]
    ends: tuple[str, str]
