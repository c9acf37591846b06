"""Lines over a common axis."""

from dataclasses import dataclass

from cnnsim.drawing.cells import Role, Values


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One line of a chart: (n,) abscissae and (n,) ordinates."""

    label: str
    role: Role
    xs: Values
    ys: Values


@dataclass(frozen=True, slots=True)
class Point:
    """A place in a chart, with threads to both of its axes: abscissa and ordinate."""

    across: float
    up: float
    role: Role


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over a common axis, from `low` to `high` upwards and `first` to `last` to the right.

    Where `first` is not 0 the abscissae are written below, and an axis stands at 0.
    """

    x: float
    y: float
    width: float
    height: float
    caption: str
    series: tuple[Series, ...]
    last: float
    low: float
    high: float
    text_size: float
    x_label: str = ""
    first: float = 0.0
    points: tuple[Point, ...] = ()
