"""A scatter: every value in turn is spread through a window, a multiple of the kernel that is added to what is there.

Spreading G through the windows of a convolution makes the gradient of its input, which `cnnsim.trace.input_gradient`
gathers cell by cell; spreading an input in the same way is a transposed convolution (see `transposed_scatter`).
"""

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnsim.trace.cellwise import CellwiseTrace, Contribution, Factor, Place
from cnnsim.trace.checks import Array
from cnnsim.trace.convolution import Convolution
from cnnsim.trace.convolution_input_gradient import input_gradient
from cnnsim.trace.geometry import OUTSIDE
from cnnsim.trace.grain import Grain, GrainView, check_index
from cnnsim.trace.meetings import Meetings


@dataclass(frozen=True, slots=True)
class ScatterStep:
    """One product of a value with a weight of its window, and where it is added.

    Parameters
    ----------
    index
        Number of the step in its trace.
    source
        Cell whose value is spread, (o, m, n).
    number
        Which weight of the kernel, from 0.
    target
        Cell under the weight, (c, i, j); None where the weight lay on zero padding.
    contribution
        The value times the weight.
    before, after
        Value of the target before and after the addition; None without a target.
    """

    index: int
    source: Place
    number: int
    target: Place | None
    contribution: Contribution
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True, eq=False)
class ScatterTrace:
    """Every product in the order of the windows, and within a window of the weights; by `input_gradient_scatter`.

    Parameters
    ----------
    of
        What the steps belong to: the rule whose gradient they make, or whose output.
    forward
        The convolution through whose windows the values go back.
    g
        The values that are spread, one for each of its windows: (O, H', W').
    operand
        What they are called.
    start
        What the cells of each map hold before the first step: (C,).
    output
        What the steps make, gathered cell by cell.
    rows, cols
        Which windows meet a cell, along both axes.
    """

    of: object
    forward: Convolution
    g: Array
    operand: str
    start: Array
    output: Array
    rows: Meetings
    cols: Meetings

    def __len__(self) -> int:
        return int(self.g.size) * self.forward.counts

    def __getitem__(self, index: int) -> ScatterStep:
        place = check_index(index, len(self))
        source, number = self._source(place)
        weight = (source[0], *_unravelled(number, self.forward.w.shape[1:]))
        g, w = float(self.g[source]), float(self.forward.applied[weight])
        contribution = Contribution((Factor(self.operand, source, g), Factor("kernel", weight, w)), g * w)
        target = self._target(source, weight)
        if target is None:
            return ScatterStep(place, source, number, None, contribution, None, None)
        running = np.append(self.start[target[0]], self._additions(target, place)).cumsum()
        return ScatterStep(place, source, number, target, contribution, float(running[-2]), float(running[-1]))

    def partial(self, index: int) -> Array:
        """Values of all cells after a step: (C, H, W)."""
        (out, *window), number = self._source(check_index(index, len(self)))
        cells = self.forward.x[0].size + 1  # the last takes what is on zeros
        totals = np.broadcast_to(self.start[:, None], (len(self.start), cells)).copy()
        targets = self.forward.geometry.seen().swapaxes(1, 2).ravel()
        weights = prod(self.forward.geometry.window_shape)
        windows_before = int(np.ravel_multi_index(window, self.g.shape[1:])) * weights
        for o in range(out + 1):
            for c, kernel in enumerate(self.forward.applied[o]):
                of_window = min(max(number + 1 - c * weights, 0), weights)
                done = len(targets) if o < out else windows_before + of_window
                products = np.multiply.outer(self.g[o].ravel(), kernel.ravel()).ravel()
                # One after the other, so that a step and its picture agree to the last bit.
                np.add.at(totals[self.forward.first_channel(o) + c], targets[:done], products[:done])
        return totals[:, :-1].reshape(self.forward.x.shape)

    def at(self, grain: Grain) -> GrainView[ScatterStep]:
        """Return the same steps one multiply, one cell, row or map of G, or all of it at a time."""
        cells = {"cell": 1, "row": self.g.shape[2], "map": int(self.g[0].size), "layer": int(self.g.size)}
        unit = 1 if grain == "multiply" else cells[grain] * self.forward.counts
        return GrainView(self, range(unit, len(self) + 1, unit))

    def last_step(self, target: Place) -> int | None:
        """Index of the last step that adds to a cell; None if none does."""
        steps, _ = self._reaching(target)
        return int(steps.max()) if len(steps) else None

    def _source(self, index: int) -> tuple[Place, int]:
        """Cell whose value is spread, and which weight of its kernel."""
        cell, number = divmod(index, self.forward.counts)
        return _unravelled(cell, self.g.shape), number

    def _target(self, source: Place, weight: Place) -> Place | None:
        """Cell under a weight, also by way of a padding that repeats it."""
        out, m, n = source
        _, c, r, t = weight
        geometry = self.forward.geometry
        row = int(geometry.rows.sources(geometry.mode)[geometry.rows.place(m, r)])
        col = int(geometry.cols.sources(geometry.mode)[geometry.cols.place(n, t)])
        return None if OUTSIDE in (row, col) else (self.forward.first_channel(out) + c, row, col)

    def _additions(self, target: Place, last: int) -> Array:
        """All that is added to a cell up to a step, in the order of the steps."""
        steps, products = self._reaching(target)
        return np.asarray(products[np.argsort(steps)][: int((steps <= last).sum())], dtype=np.float64)

    def _reaching(self, target: Place) -> tuple[NDArray[np.intp], Array]:
        """Indices of the steps that add to a cell, and what they add: two (n,) arrays."""
        channel, i, j = target
        group, c = divmod(channel, self.forward.w.shape[1])
        outs = len(self.g) // self.forward.groups
        row, col = self.rows.of(i), self.cols.of(j)
        o, a, b = np.ogrid[group * outs : (group + 1) * outs, : len(row.window), : len(col.window)]
        source, weight = (o, row.window[a], col.window[b]), (o, c, row.within[a], col.within[b])
        cells = np.ravel_multi_index(source, self.g.shape)
        numbers = np.ravel_multi_index(weight[1:], self.forward.w.shape[1:])
        steps = (cells * self.forward.counts + numbers).ravel()
        return steps, np.asarray((self.g[source] * self.forward.applied[weight]).ravel(), dtype=np.float64)


def input_gradient_scatter(forward: CellwiseTrace[Convolution], g: Any = None, *, of: object = None) -> ScatterTrace:
    """Return the steps by which each G goes back through its window to the input cells under it.

    Parameters
    ----------
    forward
        The convolution.
    g
        Gradient of the loss with respect to its output, (H', W') or (O, H', W'); ones if None.
    of
        The rule that the steps belong to, if it is another than that of `forward`.

    Returns
    -------
    ScatterTrace
        O·H'·W'·(C/groups)·kh·kw steps. The ``partial`` of the last is the gradient with respect to the input: without
        padding, or with zeros, to the last bit the output of `input_gradient`.

    Raises
    ------
    InputError
        If `g` is ragged or not finite, or has another shape than the output.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import convolution
    >>> steps = input_gradient_scatter(convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture")))
    >>> steps[80].source, steps[80].target, steps[80].before, steps[80].after
    ((0, 2, 2), (0, 4, 4), 0.0, 1.0)
    >>> steps.at("cell").trace.partial(8)[0]
    array([[1., 0., 1., 0., 0.],
           [0., 1., 0., 0., 0.],
           [1., 0., 1., 0., 0.],
           [0., 0., 0., 0., 0.],
           [0., 0., 0., 0., 0.]])
    """
    rule = forward.rule
    gathered = input_gradient(forward, g).rule
    owner, start = of or rule, np.zeros(len(rule.x))
    return ScatterTrace(owner, rule, gathered.g, "gradient", start, gathered.output, gathered.rows, gathered.cols)


def _unravelled(number: int, shape: tuple[int, ...]) -> Place:
    return tuple(int(index) for index in np.unravel_index(number, shape))
