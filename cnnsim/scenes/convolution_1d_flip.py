"""The flip that a true convolution of signals begins with: the kernel swings round its middle."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import cos, nan, pi

from cnnsim.drawing import Drawing, Role, Term
from cnnsim.scenes.convolution_1d import SignalLook
from cnnsim.scenes.footer import footer, footer_height
from cnnsim.scenes.layout import Area, View
from cnnsim.scenes.motion import between
from cnnsim.scenes.panels import Column, Panel
from cnnsim.scenes.stems_layout import lay_out_signals
from cnnsim.scenes.strips import Strip
from cnnsim.trace import GrainView, KernelTurn, SignalConvolution, Step, TurnStep
from cnnsim.trace.cellwise import Array, cellwise
from cnnsim.typography import format_number

_NARROWEST = 0.01  # columns from stem to stem where the kernel is seen from its edge
_MOST = 7  # weights that are written out
_BEFORE = Step(0, "multiply", (0, 0, 0), -1, None, nan, None, None)
"""Before the first product: nothing is multiplied, nothing is added up."""


def flip_scene(steps: GrainView[TurnStep], position: float, view: View) -> Drawing:
    """Draw the flip of the kernels of a true convolution of signals at a position.

    Returns the drawing of the convolution before its first product, with the kernel as given (position 0), flipped (1),
    or on its way.

    Examples
    --------
    >>> from cnnsim.trace import convolution_1d, flipped_first
    >>> steps = flipped_first(convolution_1d([1, 2, 3], [4, 5], flip=True)).stages[0].trace.at("cell")
    >>> [flip_scene(steps, position, View(800, 560)).matrix("kernel").values.tolist() for position in (0.0, 1.0)]
    [[[4.0, 5.0]], [[5.0, 4.0]]]
    """
    assert isinstance(steps.trace, KernelTurn)
    motion = between(steps, position)
    share = 1.0 if motion.here.turned else motion.share
    look = SignalLook(cellwise(SignalConvolution(steps.trace.rule)))
    margin = view.unit * 1.2
    area = Area(margin, margin, view.width - 2 * margin, view.height - footer_height(view) - 2 * margin)
    matrices = lay_out_signals(view, area, _columns(look, share), None)
    grids = {matrix.name: matrix for matrix in matrices}
    size = steps.trace.rule.geometry.cols.size
    lines = footer(view, _narration(size, motion.here.turned), look.symbolic(), (_order(look),), look.note())
    return Drawing(view.width, view.height, (*matrices, *look.operators(grids, view), *lines))


def _columns(look: SignalLook, share: float) -> Sequence[Column]:
    """Return the convolution before its first product, with the kernels on their way."""
    first, *others = look.columns(_BEFORE)
    return [tuple(tuple(_flipping(panel, share) for panel in row) for row in first), *others]


def _flipping(panel: Panel, share: float) -> Panel:
    """Swing a kernel round its middle: it gets narrow, and wide again the other way round."""
    if not (isinstance(panel, Strip) and panel.name.startswith("kernel")):
        return panel
    last = panel.values.shape[1] - 1
    swung = cos(pi * share)
    pitch = panel.pitch * max(abs(swung), _NARROWEST)
    at = panel.at + last * (panel.pitch - pitch) / 2
    moving = 0 < share < 1
    labels = ("",) * len(panel.labels) if moving else panel.labels
    if swung < 0:
        return replace(panel, at=at, pitch=pitch, labels=labels, numbers=not moving)
    caption = f"Kernel{panel.caption.removeprefix('Flipped').removeprefix(' kernel')}"
    given = panel.values[:, ::-1]
    return replace(
        panel, values=given, at=at, pitch=pitch, labels=labels[::-1], numbers=not moving, caption=caption, note="w"
    )


def _narration(size: int, flipped: bool) -> tuple[Term, ...]:
    w = Term("w", Role.KERNEL, bold=True)
    if flipped:
        return (Term("Flipped. Now shift, multiply, accumulate: "), w, Term("[t − a] meets x[a]."))
    return (Term("Flip, shift, multiply, accumulate. First the flip: "), w, Term(f"[r] goes to place {size - 1} − r."))


def _order(look: SignalLook) -> tuple[Term, ...]:
    """Write the first kernel as given, and flipped."""
    flipped = look.tensors["kernel"].array[0, 0, 0]
    rest = Term("      the kernel flips, not the signal; a layer flips neither", Role.MUTED)
    return (*_listed(flipped[::-1]), Term("   →   ", breaks=True), *_listed(flipped), rest)


def _listed(values: Array) -> Iterator[Term]:
    for place, value in enumerate(values[:_MOST]):
        yield Term(",  " if place else "")
        yield Term(format_number(float(value)), Role.KERNEL, bold=True)
    if len(values) > _MOST:
        yield Term(",  …")
