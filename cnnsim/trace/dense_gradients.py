"""The gradients of a dense layer to its weights, its biases and its input, one multiply at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from cnnsim.errors import InputError
from cnnsim.trace.cellwise import CellwiseTrace, Contribution, Factor, Place, cellwise
from cnnsim.trace.checks import Array, checked_vector
from cnnsim.trace.dense import Dense, places
from cnnsim.trace.sums import Elementwise, SingleTerm, Sum
from cnnsim.trace.uses import Places, Uses, as_places


@dataclass(frozen=True, slots=True, eq=False)
class DenseWeightGradient(SingleTerm):
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

    def contribution(self, cell: Place, number: int) -> Contribution:
        """G of the weight's output times the value that the weight met."""
        out, number = cell
        g = Factor.of("gradient", self.g, (out, 0))
        return Contribution.product(g, Factor.of("input", self.forward.x, (0, number)))

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
class DenseBiasGradient(Elementwise):
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

    operands: ClassVar[tuple[str, ...]] = ("gradient",)

    def contribution(self, cell: Place, number: int) -> Contribution:
        """G of the bias's output."""
        return Contribution.product(Factor.of("gradient", self.g, cell))


@dataclass(frozen=True, slots=True, eq=False)
class DenseInputGradient(Sum):
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

    def values(self, cell: Place) -> Array:
        """Products of one column of weights with G."""
        return np.asarray(self.forward.w[:, cell[1]] * self.g[:, 0], dtype=np.float64)

    def contribution(self, cell: Place, number: int) -> Contribution:
        """One weight times the G of its output."""
        weight = Factor.of("kernel", self.forward.w, (number, cell[1]))
        return Contribution.product(weight, Factor.of("gradient", self.g, (number, 0)))

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
    g = _checked_gradient(g, rule)
    return cellwise(DenseWeightGradient(rule, g, g * rule.x))


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
    g = _checked_gradient(g, forward.rule)
    return cellwise(DenseBiasGradient(forward.rule, g, g))


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
    g = _checked_gradient(g, rule)
    return cellwise(DenseInputGradient(rule, g, (rule.w * g).cumsum(axis=0)[-1:]))


def _checked_gradient(g: Any, rule: Dense) -> Array:
    """Return G as a column, ones if it is None."""
    array = checked_vector("g", np.ones(len(rule.output)) if g is None else g)
    if len(array) != len(rule.output):
        rule_broken = f"does not fit {len(rule.output)} outputs"
        raise InputError("g", f"array of shape {array.shape}", rule_broken, "give one value an output")
    return array[:, None]
