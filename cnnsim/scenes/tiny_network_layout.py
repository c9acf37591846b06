"""Where the tensors of the tiny network stand: a column for each layer, activations above, their gradients below."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cnnsim.drawing import Matrix, Role, Scale
from cnnsim.scenes.layout import Area, View
from cnnsim.scenes.tiny_network_blocks import Block
from cnnsim.typography import text_width

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

_CAPTIONS: dict[str, tuple[str, str, Role]] = {
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
    "logit gradient": ("p − y", "", Role.GRADIENT),
}
_ROOMY = ("dense", "probability", "target", "logit gradient")  # few cells, whose numbers are to be read
_LARGE = ("convolution", "relu", "relu gradient", "pooling gradient")  # maps that may stand beside each other
_MOST_ACROSS = 2
_THIN = ("flatten", "dense input gradient")  # many cells above each other
_ROOMY_CELL, _GAP, _CAPTION, _BETWEEN = 2.4, 1.5, 1.5, 0.35  # in text sizes
_LETTER_GAP = 0.5


@dataclass(frozen=True, slots=True)
class Overview:
    """The matrices of the overview by block, and the two bands that they stand in."""

    matrices: Mapping[str, tuple[Matrix, ...]]
    above: Area
    below: Area

    def all(self) -> tuple[Matrix, ...]:
        """Return all matrices."""
        return tuple(matrix for group in self.matrices.values() for matrix in group)

    def span(self, names: Names) -> tuple[float, float]:
        """Return the left and the right end of a column."""
        group = [matrix for name in names for matrix in self.matrices[name]]
        return min(matrix.x for matrix in group), max(matrix.x + matrix.width for matrix in group)


@dataclass(frozen=True, slots=True)
class _Measure:
    """Sizes of the overview: side of a cell, large maps beside each other, text, height of a band."""

    cell: int
    across: int
    text: float
    band: float

    def side(self, block: Block) -> float:
        """Side of a block's cells."""
        if block.name in _ROOMY:
            return float(max(self.cell, round(self.text * _ROOMY_CELL)))
        if block.name in _THIN:
            room = self.band - self.text * _CAPTION
            return float(min(self.cell, max(1, int(room / block.shape[0]))))
        return float(self.cell)

    def grid(self, block: Block, lead: tuple[int, ...]) -> tuple[int, int]:
        """Row and column of a matrix among those of its block: weights have a column for each class."""
        match lead:
            case ():
                return 0, 0
            case (number,):
                return divmod(number, self.across if block.name in _LARGE else 1)
            case (kind, number, *_):
                return number, kind
        raise AssertionError(lead)

    def place(self, block: Block, lead: tuple[int, ...]) -> tuple[float, float]:
        """Left and top of a matrix in its block."""
        row, col = self.grid(block, lead)
        gap, side = round(self.text * _BETWEEN), self.side(block)
        return col * (block.shape[-1] * side + gap), row * (block.shape[-2] * side + gap)

    def size(self, block: Block) -> tuple[float, float]:
        """Width and height of a block, without its caption."""
        corners = [self.place(block, lead) for lead in block.leads]
        side = self.side(block)
        right, bottom = max(x for x, _ in corners), max(y for _, y in corners)
        return right + block.shape[-1] * side, bottom + block.shape[-2] * side

    def column(self, blocks: Mapping[str, Block], names: Names) -> tuple[float, float]:
        """Width and height of blocks above each other, with their captions."""
        sizes = [self.size(blocks[name]) for name in names]
        captions = [self.caption(name) for name in names]
        return max([*(width for width, _ in sizes), *captions]), sum(
            height + self.text * _CAPTION for _, height in sizes
        )

    def caption(self, name: str) -> float:
        """Width of a caption with its letter."""
        caption, letter, _ = _CAPTIONS[name]
        gap = self.text * _LETTER_GAP * bool(letter)
        return text_width(caption, self.text, bold=True) + gap + text_width(letter, self.text)


def overview(blocks: Mapping[str, Block], view: View, area: Area, text: float, right: float) -> Overview:
    """Place everything in an area; the last columns begin at most `right` before its end, to leave room under them."""
    strongest = max(block.largest for block in blocks.values())
    for_all = {"matrix": None, "layer": strongest, "locked": view.limit}[view.scaling]
    measure = _largest(blocks, area, text, right)
    top = max(measure.column(blocks, above)[1] for above, _ in COLUMNS)
    bottom = max(measure.column(blocks, below)[1] for _, below in COLUMNS if below)
    slack = (area.height - top - bottom) / 3
    above = Area(area.x, area.y + slack, area.width, top)
    below = Area(area.x, area.y + 2 * slack + top, area.width, bottom)
    matrices: dict[str, tuple[Matrix, ...]] = {}
    widths = [_width(measure, blocks, column) for column in COLUMNS]
    gap = _gap(widths, area, text, right)
    x = area.x
    for (upper, lower), width in zip(COLUMNS, widths, strict=True):
        for names, band in ((upper, above), (lower, below)):
            matrices.update(_column(measure, blocks, names, x, band, for_all))
        x += width + gap
    return Overview(matrices, above, below)


def _largest(blocks: Mapping[str, Block], area: Area, text: float, right: float) -> _Measure:
    maps = blocks["kernels"].shape[0]
    band = area.height / 2 - text
    candidates = (
        _Measure(cell, across, text, band)
        for cell in range(round(text * 2.2), 1, -1)
        for across in range(1, min(maps, _MOST_ACROSS) + 1)
    )
    fits = (measure for measure in candidates if _fits(measure, blocks, area, right))
    return next(fits, _Measure(1, 1, text, band))


def _fits(measure: _Measure, blocks: Mapping[str, Block], area: Area, right: float) -> bool:
    widths = [_width(measure, blocks, column) for column in COLUMNS]
    top = max(measure.column(blocks, above)[1] for above, _ in COLUMNS)
    bottom = max(measure.column(blocks, below)[1] for _, below in COLUMNS if below)
    least = measure.text * _GAP
    before = sum(widths[:-2]) + least * (len(widths) - 2)
    return before + right <= area.width and top + bottom + measure.text <= area.height


def _width(measure: _Measure, blocks: Mapping[str, Block], column: tuple[Names, Names]) -> float:
    return max(measure.column(blocks, names)[0] for names in column if names)


def _gap(widths: list[float], area: Area, text: float, right: float) -> float:
    """Room between columns: what is left over, but not so much that the picture falls apart."""
    spare = area.width - right - sum(widths[:-2])
    return min(spare / (len(widths) - 2), text * _GAP * 2)


def _column(
    measure: _Measure, blocks: Mapping[str, Block], names: Names, x: float, band: Area, limit: float | None
) -> Iterator[tuple[str, tuple[Matrix, ...]]]:
    height = measure.column(blocks, names)[1] if names else 0.0
    y = band.y + (band.height - height) / 2
    for name in names:
        block = blocks[name]
        y += measure.text * _CAPTION
        yield name, tuple(_matrices(measure, block, x, y, limit))
        y += measure.size(block)[1]


def _matrices(measure: _Measure, block: Block, x: float, y: float, limit: float | None) -> Iterator[Matrix]:
    caption, letter, role = _CAPTIONS[block.name]
    side = measure.side(block)
    for number, lead in enumerate(block.leads):
        dx, dy = measure.place(block, lead)
        yield Matrix(
            block.matrix(lead),
            block.part(lead),
            round(x + dx),
            round(y + dy),
            side,
            role,
            Scale(block.largest if limit is None else limit),
            "" if number else caption,
            "" if number else letter,
            measure.text,
            digits=2,
            states=block.states(lead),
            editable=block.name in ("image", "kernels", "kernel biases", "dense weights", "dense biases"),
        )
