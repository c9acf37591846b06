"""The gradient of a dense layer to its input, one multiply at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnsim.trace.cellwise import CellwiseTrace, Contribution, Factor, Place, cellwise
from cnnsim.trace.checks import Array
from cnnsim.trace.dense import Dense, places
from cnnsim.trace.dense_backward import checked_output_gradient
from cnnsim.trace.uses import Places, Uses, as_places


@dataclass(frozen=True, slots=True, eq=False)
class DenseInputGradient:
    """The rule ∂J/∂x[i] = Σ w[o, i] · G[o]: an input hears from every output through the weight that joined them.

    Parameters
    ----------
    forward
        The layer whose gradient it is.
    g
        Gradient of the loss with respect to its output, ∂J/∂y: (O, 1).
    output
        Gradient with respect to the input: (1, F).
    """

    forward: Dense
    g: Array
    output: Array

    @property
    def counts(self) -> int:
        """Every output contributes."""
        return len(self.g)

    @property
    def endings(self) -> tuple[str, ...]:
        """The products are added up."""
        return ("sum",)

    def values(self, cell: Place) -> Array:
        """Products of one column of weights with G."""
        return np.asarray(self.forward.w[:, cell[1]] * self.g[:, 0], dtype=np.float64)

    def contribution(self, cell: Place, number: int) -> Contribution:
        """One weight times the G of its output."""
        place = (number, cell[1])
        w, g = float(self.forward.w[place]), float(self.g[number, 0])
        return Contribution((Factor("kernel", place, w), Factor("gradient", (number, 0), g)), w * g)

    def combined(self, values: Array) -> float:
        """Add up."""
        return float(values.cumsum()[-1])

    def after(self, cell: Place, combined: float) -> tuple[float, ...]:
        """Nothing follows the sum."""
        return (combined,)

    def uses(self, operand: str, place: Place) -> Uses:
        """Return the one input of a weight, or all inputs of a G; the input itself is no factor."""
        out, number = place
        inputs = np.arange(self.output.size if operand == "gradient" else 0)
        if operand == "kernel":
            return Uses(as_places([(0, number)]), np.array([out]), {"gradient": as_places([(out, 0)])})
        return Uses(places(0, inputs), np.full(len(inputs), out), {"kernel": places(out, inputs)})

    def sources(self, cell: Place) -> Mapping[str, Places]:
        """Return a column of weights and G."""
        outs = np.arange(self.counts)
        return {"kernel": places(outs, cell[1]), "gradient": places(outs, 0)}


def dense_input_gradient(forward: CellwiseTrace[Dense], g: Any = None) -> CellwiseTrace[DenseInputGradient]:
    """Return the steps of the gradient of a dense layer with respect to its input: wᵀ · G.

    Parameters
    ----------
    forward
        The layer.
    g
        Gradient of the loss with respect to its output, (O,); ones if None.

    Returns
    -------
    CellwiseTrace
        Its ``rule.output`` is (1, F).

    Raises
    ------
    InputError
        If `g` is ragged or not finite, or has not one value for each output.

    Examples
    --------
    >>> from cnnsim.trace import dense
    >>> dense_input_gradient(dense([1, 2], [[3, 4], [5, 6]]), [10, -1]).rule.output
    array([[25., 34.]])
    """
    rule = forward.rule
    g = checked_output_gradient(g, rule)
    output = (rule.w * g).cumsum(axis=0)[-1:]
    output.flags.writeable = False
    return cellwise(DenseInputGradient(rule, g, output))
