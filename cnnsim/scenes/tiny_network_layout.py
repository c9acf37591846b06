"""Where the tensors of the tiny network stand: a column for each layer, activations above, their gradients below."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cnnsim.drawing import Matrix, Scale
from cnnsim.scenes.layout import Area, View
from cnnsim.scenes.tiny_network_blocks import Block
from cnnsim.scenes.tiny_network_measure import CAPTION, CAPTIONS, COLUMNS, Measure, Names, measured
from cnnsim.trace.tiny_network_weights import WEIGHTS

_EDITABLE = ("image", *WEIGHTS)


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


def overview(blocks: Mapping[str, Block], view: View, area: Area, text: float, right: float) -> Overview:
    """Place everything in an area.

    Parameters
    ----------
    blocks
        What is shown, by name.
    view
        Says how colours are scaled.
    area
        The room there is.
    text
        Size of captions.
    right
        Room from the last columns to the end of the area.

    Examples
    --------
    >>> from cnnsim.scenes.tiny_network_blocks import blocks
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import initial_weights, moment, tiny_network
    >>> steps = tiny_network(gallery.shape("cross"), 0, initial_weights(8, 2, 2, seed=0), passes=2).at("layer")
    >>> placed = overview(blocks(moment(steps, 0.0)), View(1000, 700), Area(0, 0, 1000, 400), 14.0, 220.0)
    >>> [matrix.name for matrix in placed.matrices["relu"]]
    ['network relu[0]', 'network relu[1]']
    """
    measure = measured(tuple((name, block.shape) for name, block in blocks.items()), area, text, right)
    top, bottom = measure.heights
    slack = (area.height - top - bottom) / 3
    above = Area(area.x, area.y + slack, area.width, top)
    below = Area(area.x, area.y + 2 * slack + top, area.width, bottom)
    limits, gap, x = _limits(blocks, view), measure.gap(area.width, right), area.x
    matrices: dict[str, tuple[Matrix, ...]] = {}
    for (upper, lower), width in zip(COLUMNS, measure.widths, strict=True):
        for names, band in ((upper, above), (lower, below)):
            for name, y in _heights(measure, names, band):
                matrices[name] = tuple(_matrices(measure, blocks[name], x, y, limits[name]))
        x += width + gap
    return Overview(matrices, above, below)


def _limits(blocks: Mapping[str, Block], view: View) -> dict[str, float]:
    """Return the absolute value for the strongest colour of each tensor."""
    own = {name: block.largest for name, block in blocks.items()}
    match view.scaling:
        case "matrix":
            return own
        case "layer":
            return dict.fromkeys(own, max(own.values()))
        case "locked":
            return dict.fromkeys(own, view.limit)


def _heights(measure: Measure, names: Names, band: Area) -> Iterator[tuple[str, float]]:
    """Yield the tops of tensors above each other, in the middle of a band."""
    y = band.y + (band.height - measure.column(names)[1]) / 2
    for name in names:
        y += measure.text * CAPTION
        yield name, y
        y += measure.size(name)[1]


def _matrices(measure: Measure, block: Block, x: float, y: float, limit: float) -> Iterator[Matrix]:
    caption, letter, role = CAPTIONS[block.name]
    for number, lead in enumerate(block.leads):
        dx, dy = measure.place(block.name, lead)
        yield Matrix(
            block.matrix(lead),
            block.part(lead),
            round(x + dx),
            round(y + dy),
            measure.side(block.name),
            role,
            Scale(limit),
            "" if number else caption,
            "" if number else letter,
            measure.text,
            numbers=measure.numbers(block.name),
            digits=2,
            states=block.states(lead),
            editable=block.name in _EDITABLE,
        )
