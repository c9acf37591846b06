"""The kinds of pooling: what each value of a window contributes, what they make together, what follows, who gets G.

A new kind is one record here and its name in `Mode`, its words in `cnnsim/scenes/pooling_kinds.py`, and one line in
`cnnsim/operations/pooling.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cnnsim.trace.checks import Array

Mode = Literal["max", "average", "l2", "weighted"]
Finish = Callable[[Array, Array], tuple[Array, ...]]


@dataclass(frozen=True, slots=True)
class Share:
    """What a value of a window gets of the window's G: G · times / by, or nothing where `by` is 0.

    Parameters
    ----------
    times
        ``"weight"``, ``"input"``, or None for 1.
    by
        ``"divisor"`` or ``"output"``.
    """

    times: Literal["weight", "input"] | None
    by: Literal["divisor", "output"]


@dataclass(frozen=True, slots=True)
class Kind:
    """How a window becomes one number.

    Parameters
    ----------
    operands
        What is multiplied for each value: ``"input"`` and ``"weight"``, in order.
    combine
        What contributions make together: `numpy.maximum` or `numpy.add`.
    endings
        What follows.
    finish
        (combined, divisor) to the values after each ending; the last is the output. The divisor is the sum of the
        weights of the values that count, each 1 without weights.
    share
        What a value gets back of G; None if all of it goes to the winner.
    padding_counts
        Whether zeros around the input are values like any other, unless the caller decides.
    """

    operands: tuple[str, ...]
    combine: np.ufunc
    endings: tuple[str, ...]
    finish: Finish
    share: Share | None
    padding_counts: bool = True

    def values(self, x: Array, w: Array) -> Array:
        """Contributions of values x with weights w."""
        operands = {"input": x, "weight": w}
        first, *others = (operands[name] for name in self.operands)
        for other in others:
            first = first * other
        return first


def _as_it_is(combined: Array, _: Array) -> tuple[Array, ...]:
    return (combined,)


def _divided(combined: Array, divisor: Array) -> tuple[Array, ...]:
    return combined, combined / divisor


def _rooted(combined: Array, _: Array) -> tuple[Array, ...]:
    return combined, np.sqrt(combined)


KINDS: dict[Mode, Kind] = {
    "max": Kind(("input",), np.maximum, ("largest",), _as_it_is, None, padding_counts=False),
    "average": Kind(("input",), np.add, ("sum", "divide"), _divided, Share(None, "divisor")),
    "l2": Kind(("input", "input"), np.add, ("sum", "root"), _rooted, Share("input", "output")),
    "weighted": Kind(("weight", "input"), np.add, ("sum", "divide"), _divided, Share("weight", "divisor")),
}
MODES: tuple[Mode, ...] = tuple(KINDS)

Ties = Literal["first", "split"]
TIES: tuple[Ties, ...] = ("first", "split")
