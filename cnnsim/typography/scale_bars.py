"""Where the parts of a scale bar stand."""

from dataclasses import dataclass
from itertools import accumulate

from cnnsim.drawing import ScaleBar
from cnnsim.typography.text import text_width

_SPACE = 0.45  # of the size: around the bar
_AFTER_NAMES = 0.9  # of the size


@dataclass(frozen=True, slots=True)
class ScaleBarPlaces:
    """Left ends of each name, the lower limit, the bar and the upper limit; and the right end of everything."""

    names: tuple[float, ...]
    low: float
    bar: float
    high: float
    right: float


def scale_bar_places(bar: ScaleBar) -> ScaleBarPlaces:
    """Return where the parts of a scale bar stand.

    Examples
    --------
    >>> from cnnsim.drawing import Role, Scale
    >>> found = scale_bar_places(ScaleBar(10, 5, 50, 12, Scale(1.0), (), ("−1", "1")))
    >>> round(found.bar - found.low - text_width("−1", 12), 6), round(found.high - found.bar, 6)
    (5.4, 55.4)
    """
    widths = (text_width(name, bar.size, bold=True) for name in written_names(bar))
    *names, end = accumulate(widths, initial=bar.x)
    if not bar.length:
        high = end + _SPACE * bar.size * bool(bar.names)
        return ScaleBarPlaces(tuple(names), high, high, high, high + text_width(bar.ends[1], bar.size))
    low = end + _AFTER_NAMES * bar.size * bool(bar.names)
    start = low + text_width(bar.ends[0], bar.size) + _SPACE * bar.size
    high = start + bar.length + _SPACE * bar.size
    return ScaleBarPlaces(tuple(names), low, start, high, high + text_width(bar.ends[1], bar.size))


def written_names(bar: ScaleBar) -> list[str]:
    """Return the names with commas between them."""
    return [name + ", " * (number < len(bar.names)) for number, (name, _) in enumerate(bar.names, 1)]
