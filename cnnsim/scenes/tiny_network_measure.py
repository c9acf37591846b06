"""How large the tensors of the tiny network are in its overview: the largest cells that fit."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import prod

from cnnsim.drawing import Role
from cnnsim.scenes.layout import Area
from cnnsim.typography import text_width

Shape = tuple[int, ...]
Names = tuple[str, ...]
COLUMNS: tuple[tuple[Names, Names], ...] = (
    (("image",), ("image gradient",)),
    (("kernels", "kernel biases"), ("kernel gradient", "kernel bias gradient")),
    (("convolution",), ("relu gradient",)),
    (("relu",), ("pooling gradient",)),
    (("pooling",), ("flatten gradient",)),
    (("flatten",), ("dense input gradient",)),
    (("dense weights", "dense biases"), ("dense weight gradient", "dense bias gradient")),
    (("dense",), ("logit gradient",)),
    (("probability",), ()),
    (("target",), ()),
)
"""From left to right: what stands above, and the gradients with respect to it below."""

CAPTIONS: dict[str, tuple[str, str, Role]] = {
    "image": ("Image", "x", Role.INPUT),
    "kernels": ("Kernels", "w", Role.KERNEL),
    "kernel biases": ("b", "", Role.KERNEL),
    "convolution": ("Convolution", "c", Role.OUTPUT),
    "relu": ("ReLU", "a", Role.OUTPUT),
    "pooling": ("Pool", "m", Role.OUTPUT),
    "flatten": ("Flat", "f", Role.OUTPUT),
    "dense weights": ("Weights", "W", Role.KERNEL),
    "dense biases": ("b", "", Role.KERNEL),
    "dense": ("z", "", Role.OUTPUT),
    "probability": ("p", "", Role.OUTPUT),
    "target": ("y", "", Role.INPUT),
    "image gradient": ("∂x", "", Role.GRADIENT),
    "kernel gradient": ("∂w", "", Role.GRADIENT),
    "kernel bias gradient": ("∂b", "", Role.GRADIENT),
    "relu gradient": ("∂c", "", Role.GRADIENT),
    "pooling gradient": ("∂a", "", Role.GRADIENT),
    "flatten gradient": ("∂m", "", Role.GRADIENT),
    "dense input gradient": ("∂f", "", Role.GRADIENT),
    "dense weight gradient": ("∂W", "", Role.GRADIENT),
    "dense bias gradient": ("∂b", "", Role.GRADIENT),
    "logit gradient": ("∂z", "", Role.GRADIENT),
}
"""Title, letter and colour of each tensor."""

_ROOMY = ("dense", "probability", "target", "logit gradient")  # few cells, whose numbers are to be read
_LARGE = ("convolution", "relu", "relu gradient", "pooling gradient")  # maps that may stand beside each other
_MOST_ACROSS = 2
_LARGEST_CELL = 2.2  # in text sizes
_LAST = 2  # columns, which stand in the part on the right
_THIN = ("flatten", "dense input gradient")  # many cells above each other
_ROOMY_CELL, _GAP, CAPTION, _BETWEEN = 2.4, 1.5, 1.5, 0.35  # in text sizes
_LETTER_GAP = 0.5
_READABLE_CELL = 2.0  # in text sizes, for numbers with two decimals


@dataclass(frozen=True)  # without slots, which could keep no widths and heights
class Measure:
    """Sizes of the overview.

    Parameters
    ----------
    shapes
        Of what is shown, (…, rows, cols), by name.
    cell
        Side of a cell.
    across
        How many large maps stand beside each other.
    text
        Size of captions.
    band
        Height of the activations, and that of their gradients.
    """

    shapes: Mapping[str, Shape]
    cell: int
    across: int
    text: float
    band: float

    def side(self, name: str) -> float:
        """Side of the cells of a tensor."""
        if name in _ROOMY:
            return float(max(self.cell, round(self.text * _ROOMY_CELL)))
        if name in _THIN:
            room = self.band - self.text * CAPTION
            return float(min(self.cell, max(1, int(room / self.shapes[name][0]))))
        return float(self.cell)

    def numbers(self, name: str) -> bool:
        """Whether numbers are printed: where all of a size can be read; the formula tells the others."""
        return name in _ROOMY or self.cell >= self.text * _READABLE_CELL

    def place(self, name: str, lead: Shape) -> tuple[float, float]:
        """Left and top of a matrix among those of its tensor: weights have a column for each class."""
        row, col = lead[::-1] if len(lead) == 2 else divmod(lead[0] if lead else 0, self._across(name))
        gap, side = round(self.text * _BETWEEN), self.side(name)
        *_, rows, cols = self.shapes[name]
        return col * (cols * side + gap), row * (rows * side + gap)

    def size(self, name: str) -> tuple[float, float]:
        """Width and height of a tensor, without its caption."""
        *lead, rows, cols = self.shapes[name]
        side, count = self.side(name), prod(lead)
        last = tuple(length - 1 for length in lead)
        left, top = self.place(name, last)
        if len(lead) == 1:  # the last line may be shorter than the others
            left, _ = self.place(name, (min(count, self._across(name)) - 1,))
        return left + cols * side, top + rows * side

    def column(self, names: Names) -> tuple[float, float]:
        """Width and height of tensors above each other, with their captions."""
        sizes = [self.size(name) for name in names]
        widths = (*(width for width, _ in sizes), *(caption_width(name, self.text) for name in names))
        return max(widths, default=0.0), sum(height + self.text * CAPTION for _, height in sizes)

    @cached_property
    def widths(self) -> list[float]:
        """Widths of the columns."""
        return [max(self.column(names)[0] for names in column) for column in COLUMNS]

    @cached_property
    def heights(self) -> tuple[float, float]:
        """Heights of the activations and of the gradients."""
        return max(self.column(above)[1] for above, _ in COLUMNS), max(self.column(below)[1] for _, below in COLUMNS)

    def gap(self, width: float, right: float) -> float:
        """Room between columns: what is left over, but not so much that the picture falls apart."""
        widths = self.widths
        spare = width - right - sum(widths[:-_LAST])
        return min(spare / (len(widths) - _LAST), self.text * _GAP * 2)

    def fits(self, area: Area, right: float) -> bool:
        """Whether everything finds room in an area, the last columns in the `right` part of it."""
        widths = self.widths
        before = sum(widths[:-_LAST]) + self.text * _GAP * (len(widths) - _LAST)
        return before + right <= area.width and sum(self.heights) + self.text <= area.height

    def _across(self, name: str) -> int:
        return self.across if name in _LARGE else 1


@lru_cache(maxsize=16)
def measured(shapes: tuple[tuple[str, Shape], ...], area: Area, text: float, right: float) -> Measure:
    """Return the sizes with the largest cells that fit; remembered, since they are the same frame after frame.

    Parameters
    ----------
    shapes
        Of what is shown, (…, rows, cols), each with its name.
    area
        The room there is.
    text
        Size of captions.
    right
        Room from the last columns to the end of the area.
    """
    by_name, band = dict(shapes), area.height / 2 - text
    maps = by_name["kernels"][0]

    def largest(across: int) -> Measure:
        cells = range(1, max(2, round(text * _LARGEST_CELL)) + 1)
        sizes = [Measure(by_name, cell, across, text, band) for cell in cells]
        count = bisect_left(sizes, True, key=lambda measure: not measure.fits(area, right))
        return sizes[max(count - 1, 0)]

    return max((largest(across) for across in range(1, min(maps, _MOST_ACROSS) + 1)), key=lambda measure: measure.cell)


def caption_width(name: str, text: float) -> float:
    """Width of a caption with its letter."""
    caption, letter, _ = CAPTIONS[name]
    gap = text * _LETTER_GAP * bool(letter)
    return text_width(caption, text, bold=True) + gap + text_width(letter, text)
