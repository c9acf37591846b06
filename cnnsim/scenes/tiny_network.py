"""The tiny network: as a whole, or one stage of it with every number."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Literal

import numpy as np

from cnnsim.drawing import Chart, Drawing, Frame, Item, Label, Matrix, Point, Role, Series
from cnnsim.scenes.drawn import draw
from cnnsim.scenes.footer import footer_height
from cnnsim.scenes.layout import Area, View
from cnnsim.scenes.looking import looked_at_mark
from cnnsim.scenes.tiny_network_blocks import Block, blocks, is_updated, knows_loss
from cnnsim.scenes.tiny_network_layout import Overview, overview
from cnnsim.scenes.tiny_network_marks import arrows, belonging, marks, tinted
from cnnsim.scenes.tiny_network_terms import formula
from cnnsim.scenes.tiny_network_words import strip
from cnnsim.trace import GrainView, Moment, NetworkStep, NetworkTrace, moment
from cnnsim.typography import nice_ceiling

Zoom = Literal["overview", "stage"]
_TEXT = 0.7  # of the ordinary size, for captions
_STRIP = 2.2  # units above the picture
_RIGHT = 11.0  # units for what ends the network: probabilities, target, the names of the classes, the curve of the loss
_LOWEST_TOP = 1e-3  # of the curve of the loss, which may be 0 from the first pass on


def tiny_network_scene(steps: GrainView[NetworkStep], position: float, view: View, zoom: Zoom = "overview") -> Drawing:
    """Draw the network at a position.

    Parameters
    ----------
    steps
        The steps of `cnnsim.trace.tiny_network` at some grain.
    position
        Index of the step; a fraction is the way to the next one.
    view
        Space to fill.
    zoom
        ``"overview"`` shows all layers, their gradients below them, and the loss; ``"stage"`` the operation at work as
        its own scene does.

    Returns
    -------
    Drawing
        The overview has matrices such as ``network image``, ``network relu[1]``, ``network dense weights[0, 1]`` and
        ``network relu gradient[0]``, each named after the stage that computes it.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import initial_weights, tiny_network
    >>> steps = tiny_network(gallery.shape("cross"), 0, initial_weights(8, 2, 2, seed=0), passes=2).at("layer")
    >>> tiny_network_scene(steps, 0.0, View(1024, 700)).matrix("network convolution[0]").values.shape
    (6, 6)
    """
    trace = steps.trace
    assert isinstance(trace, NetworkTrace)
    now = moment(steps, position)
    height = view.unit * _STRIP
    below = replace(view, height=view.height - height)
    items = _overview(trace, now, below) if zoom == "overview" else draw(now.at.steps, now.at.position, below).items
    shown = Drawing(view.width, below.height, items)
    return Drawing(view.width, view.height, (*strip(trace, now, view), *shown.translated(0, height)))


def _overview(trace: NetworkTrace, now: Moment, view: View) -> tuple[Item, ...]:
    """Return all layers, and below them the lines of the stage at work, or of the cell that is looked at."""
    shown = blocks(now, view.hidden)
    return (*_network(trace, now, shown, view), *formula(now, shown, view))


def _network(trace: NetworkTrace, now: Moment, shown: Mapping[str, Block], view: View) -> tuple[Item, ...]:
    text, margin = view.unit * _TEXT, view.unit * 1.2
    area = Area(margin, 0, view.width - 2 * margin, view.height - footer_height(view) - view.unit * 0.6)
    placed = overview(shown, view, area, text, view.unit * _RIGHT)
    matrices = placed.all()
    if view.looked_at is not None:
        matrices = tinted(matrices, belonging(now, shown, view.looked_at))
    return (
        *arrows(now, placed, text),
        *matrices,
        *marks(now, shown, placed),
        *_looked_at(matrices, view),
        *_names(trace, now, placed, text),
        _curve(trace, now, placed, area, view),
    )


def _looked_at(matrices: tuple[Matrix, ...], view: View) -> Iterator[Frame]:
    grids = {matrix.name: matrix for matrix in matrices}
    for cell in dict.fromkeys((view.looked_at, view.pointed_at)):
        if cell is not None:
            yield from looked_at_mark(cell, grids)


def _names(trace: NetworkTrace, now: Moment, placed: Overview, text: float) -> Iterator[Label]:
    """Yield the names of the classes beside the target: the right one stands out."""
    target = now.steps.operation.example.target
    (grid,) = placed.matrices["target"]
    for number, name in enumerate(trace.classes):
        y, right = grid.y + (number + 0.5) * grid.cell, number == target
        x = grid.x + grid.width + text * 0.5
        yield Label(name, x, y, text, Role.INPUT if right else Role.MUTED, bold=right)


def _curve(trace: NetworkTrace, now: Moment, placed: Overview, area: Area, view: View) -> Chart:
    """Return the loss of every pass so far, over all of them."""
    text, before = view.unit * _TEXT, trace.output[: now.number + knows_loss(now, view.hidden)]
    losses = np.append(before, trace.loss_after(now.number)) if is_updated(now, view.hidden) else before
    last, x = len(losses) - 1, placed.span(("probability",))[0] + text * 2.2
    return Chart(
        x,
        placed.below.y + text * 2.2,
        area.x + area.width - x,
        max(placed.below.height - text * 4.4, text * 3),
        "Loss",
        (Series("", Role.KERNEL, np.arange(len(losses), dtype=np.float64), losses),),
        float(len(trace.starts)),
        0.0,
        nice_ceiling(max(float(trace.output.max()), _LOWEST_TOP)),
        text,
        "updates",
        points=(Point(float(last), float(losses[last]), Role.KERNEL),) if len(losses) else (),
    )
