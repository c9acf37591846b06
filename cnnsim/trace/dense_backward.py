"""The gradients of a dense layer to its weights and its biases, one multiply at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnsim.errors import InputError
from cnnsim.trace.cellwise import CellwiseTrace, Contribution, Factor, Place, cellwise
from cnnsim.trace.checks import Array, checked_vector
from cnnsim.trace.dense import Dense, places
from cnnsim.trace.elementwise import same_place_sources, same_place_uses
from cnnsim.trace.uses import Places, Uses, as_places


@dataclass(frozen=True, slots=True, eq=False)
class DenseWeightGradient:
    """The rule ∂J/∂w[o, i] = G[o] · x[i]: every weight met one value and has one product, an outer product in all.

    Parameters
    ----------
    forward
        The layer whose gradient it is.
    g
        Gradient of the loss with respect to its output, ∂J/∂y: (O, 1).
    output
        Gradient with respect to the weights: (O, F).
    """

    forward: Dense
    g: Array
    output: Array

    @property
    def counts(self) -> int:
        """A weight gets one product."""
        return 1

    @property
    def endings(self) -> tuple[str, ...]:
        """The one product is all that comes."""
        return ("sum",)

    def values(self, cell: Place) -> Array:
        """The one product."""
        return np.array([self.g[cell[0], 0] * self.forward.x[0, cell[1]]])

    def contribution(self, cell: Place, number: int) -> Contribution:
        """G of the weight's output times the value that the weight met."""
        out, place = cell
        g, x = float(self.g[out, 0]), float(self.forward.x[0, place])
        return Contribution((Factor("gradient", (out, 0), g), Factor("input", (0, place), x)), g * x)

    def combined(self, values: Array) -> float:
        """Return the one product."""
        return float(values[-1])

    def after(self, cell: Place, combined: float) -> tuple[float, ...]:
        """Nothing follows."""
        return (combined,)

    def uses(self, operand: str, place: Place) -> Uses:
        """Return the row of weights of a G, or the column of an input value."""
        outs, inputs = self.output.shape
        if operand == "gradient":
            cells = places(place[0], np.arange(inputs))
            return Uses(cells, np.zeros(inputs, np.intp), {"input": places(0, cells[:, 1])})
        cells = places(np.arange(outs), place[1])
        return Uses(cells, np.zeros(outs, np.intp), {"gradient": places(cells[:, 0], 0)})

    def sources(self, cell: Place) -> Mapping[str, Places]:
        """Return the G of the weight's output and the value that the weight met."""
        return {"gradient": as_places([(cell[0], 0)]), "input": as_places([(0, cell[1])])}


@dataclass(frozen=True, slots=True, eq=False)
class DenseBiasGradient:
    """The rule ∂J/∂b[o] = G[o]: a bias is added to one output and gets its gradient as it is.

    Parameters
    ----------
    forward
        The layer whose gradient it is.
    g
        Gradient of the loss with respect to its output, ∂J/∂y: (O, 1).
    output
        Gradient with respect to the biases: (O, 1).
    """

    forward: Dense
    g: Array
    output: Array

    @property
    def counts(self) -> int:
        """A bias gets one value."""
        return 1

    @property
    def endings(self) -> tuple[str, ...]:
        """The one value is all that comes."""
        return ("sum",)

    def values(self, cell: Place) -> Array:
        """The one value."""
        return np.array([self.g[cell]])

    def contribution(self, cell: Place, number: int) -> Contribution:
        """G of the bias's output."""
        g = float(self.g[cell])
        return Contribution((Factor("gradient", cell, g),), g)

    def combined(self, values: Array) -> float:
        """Return the one value."""
        return float(values[-1])

    def after(self, cell: Place, combined: float) -> tuple[float, ...]:
        """Nothing follows."""
        return (combined,)

    def uses(self, operand: str, place: Place) -> Uses:
        """Return the cell at the same place."""
        return same_place_uses(("gradient",), operand, place)

    def sources(self, cell: Place) -> Mapping[str, Places]:
        """Return the same place."""
        return same_place_sources(("gradient",), cell)


def dense_weight_gradient(forward: CellwiseTrace[Dense], g: Any = None) -> CellwiseTrace[DenseWeightGradient]:
    """Return the steps of the gradient of a dense layer with respect to its weights: the outer product G · xᵀ.

    Parameters
    ----------
    forward
        The layer.
    g
        Gradient of the loss with respect to its output, (O,); ones if None.

    Returns
    -------
    CellwiseTrace
        Its ``rule.output`` is (O, F).

    Raises
    ------
    InputError
        If `g` is ragged or not finite, or has not one value for each output.

    Examples
    --------
    >>> from cnnsim.trace import dense
    >>> dense_weight_gradient(dense([1, 2], [[3, 4], [5, 6]]), [10, -1]).rule.output
    array([[10., 20.],
           [-1., -2.]])
    """
    rule = forward.rule
    g = checked_output_gradient(g, rule)
    output = g * rule.x
    output.flags.writeable = False
    return cellwise(DenseWeightGradient(rule, g, output))


def dense_bias_gradient(forward: CellwiseTrace[Dense], g: Any = None) -> CellwiseTrace[DenseBiasGradient]:
    """Return the steps of the gradient of a dense layer with respect to its biases; see `dense_weight_gradient`.

    Parameters
    ----------
    forward
        The layer.
    g
        Gradient of the loss with respect to its output, (O,); ones if None.

    Returns
    -------
    CellwiseTrace
        Its ``rule.output`` is (O, 1).

    Raises
    ------
    InputError
        If `g` is ragged or not finite, or has not one value for each output.

    Examples
    --------
    >>> from cnnsim.trace import dense
    >>> dense_bias_gradient(dense([1, 2], [[3, 4], [5, 6]]), [10, -1]).rule.output.ravel()
    array([10., -1.])
    """
    g = checked_output_gradient(g, forward.rule)
    return cellwise(DenseBiasGradient(forward.rule, g, g))


def checked_output_gradient(g: Any, rule: Dense) -> Array:
    """Return G as a column, ones if it is None."""
    array = checked_vector("g", np.ones(len(rule.output)) if g is None else g)
    if len(array) != len(rule.output):
        rule_broken = f"does not fit {len(rule.output)} outputs"
        raise InputError("g", f"array of shape {array.shape}", rule_broken, "give one value an output")
    return array[:, None]
