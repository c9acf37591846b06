"""A dense layer, one multiply at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnsim.errors import InputError
from cnnsim.trace.cellwise import CellwiseTrace, Contribution, Factor, Place, cellwise
from cnnsim.trace.checks import Array, checked_array, checked_vector
from cnnsim.trace.sums import Sum
from cnnsim.trace.uses import Places, Uses, as_places


@dataclass(frozen=True, slots=True, eq=False)
class Dense(Sum):
    """The rule y[o] = b[o] + Σ w[o, i] · x[i]; `dense` makes its steps.

    The input lies as a row above the weights, so that each value stands over the weights that it meets; what belongs to
    the outputs stands in columns beside them.

    Parameters
    ----------
    x, w, b
        Input (1, F), weights (O, F), biases (O, 1).
    output
        (O, 1).
    """

    x: Array
    w: Array
    b: Array
    output: Array

    @property
    def counts(self) -> int:
        """Weights of one output."""
        return int(self.w.shape[1])

    @property
    def endings(self) -> tuple[str, ...]:
        """The products are added up, then the bias is added."""
        return "sum", "bias"

    def values(self, cell: Place) -> Array:
        """Products of one row of weights with the input."""
        return np.asarray(self.w[cell[0]] * self.x[0], dtype=np.float64)

    def contribution(self, cell: Place, number: int) -> Contribution:
        """One weight times the input value above it."""
        weight = Factor.of("kernel", self.w, (cell[0], number))
        return Contribution.product(weight, Factor.of("input", self.x, (0, number)))

    def after(self, cell: Place, combined: float) -> tuple[float, ...]:
        """The sum, and the sum with the bias."""
        return combined, combined + float(self.b[cell])

    def uses(self, operand: str, place: Place) -> Uses:
        """Return the one output of a weight or of a bias, or all outputs of an input value."""
        out, number = place
        if operand == "bias":
            return Uses(as_places([place]), np.array([self.counts]), {})
        if operand == "kernel":
            return Uses(as_places([(out, 0)]), np.array([number]), {"input": as_places([(0, number)])})
        column = places(np.arange(len(self.w)), number)
        return Uses(places(column[:, 0], 0), column[:, 1], {"kernel": column})

    def sources(self, cell: Place) -> Mapping[str, Places]:
        """Return a row of weights and the input."""
        numbers = np.arange(self.counts)
        return {"kernel": places(cell[0], numbers), "input": places(0, numbers)}


def places(rows: NDArray[np.intp] | int, cols: NDArray[np.intp] | int) -> Places:
    """Return places of rows and columns, of which one number goes with all of the others: (n, 2)."""
    return np.stack(np.broadcast_arrays(rows, cols), axis=-1)


def dense(x: Any, w: Any, b: Any = None) -> CellwiseTrace[Dense]:
    """Return the steps of a dense layer.

    Parameters
    ----------
    x
        Input, (F,).
    w
        Weights, (O, F): one row for each output.
    b
        Biases: None, a number for all outputs, or (O,).

    Returns
    -------
    CellwiseTrace
        Each output takes a step for every weight, one for the sum and one for the bias. Its ``rule.output`` is (O, 1).

    Raises
    ------
    InputError
        If an array is ragged, empty or not finite, or shapes do not fit.

    References
    ----------
    I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, MIT Press 2016, section 6.1.

    Examples
    --------
    >>> steps = dense([1, 2], [[3, 4], [5, 6]], [0.5, 0])
    >>> steps.rule.output.ravel()
    array([11.5, 17. ])
    >>> [step.so_far for step in steps.at("multiply")][:3]
    [3.0, 11.0, 11.0]
    """
    x, w = checked_vector("x", x)[None], checked_array("w", w, 2)
    if w.shape[1] != x.shape[1]:
        rule = f"does not fit {x.shape[1]} input values"
        raise InputError("w", f"array of shape {w.shape}", rule, "give each output one weight for every input value")
    biases = _biases(b, len(w))
    output = (w * x).cumsum(axis=1)[:, -1:] + biases
    return cellwise(Dense(x, w, biases, output))


def _biases(b: Any, outputs: int) -> Array:
    array = checked_vector("b", 0.0 if b is None else b)
    if len(array) not in (1, outputs):
        rule = f"does not fit {outputs} output{'s' * (outputs > 1)}"
        raise InputError("b", f"array of shape {array.shape}", rule, "give one bias an output, or one for all")
    return np.broadcast_to(array[:, None], (outputs, 1))
