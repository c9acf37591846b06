"""The detector stage and its gradient, one value at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnsim.errors import InputError
from cnnsim.trace.activation_functions import ACTIVATIONS, Function, applied, derivative
from cnnsim.trace.cellwise import CellwiseTrace, Contribution, Factor, Place, cellwise
from cnnsim.trace.checks import Array, checked_array, checked_gradient
from cnnsim.trace.elementwise import same_place_sources, same_place_uses
from cnnsim.trace.uses import Places, Uses


@dataclass(frozen=True, slots=True, eq=False)
class Activation:
    """The rule y[c, i, j] = f(x[c, i, j]); `activation` makes its steps.

    Parameters
    ----------
    x
        Maps, (C, H, W).
    function
        ``"relu"``, ``"leaky_relu"``, ``"sigmoid"``, ``"tanh"`` or ``"scaled_tanh"``.
    slope
        Slope of ``"leaky_relu"`` below 0.
    output
        (C, H, W).
    """

    x: Array
    function: Function
    slope: float
    output: Array

    @property
    def counts(self) -> int:
        """A cell sees one value."""
        return 1

    @property
    def endings(self) -> tuple[str, ...]:
        """The function is applied."""
        return (self.function,)

    def values(self, cell: Place) -> Array:
        """The one value."""
        return np.array([self.x[cell]])

    def contribution(self, cell: Place, number: int) -> Contribution:
        """The value at the same place."""
        x = float(self.x[cell])
        return Contribution((Factor("input", cell, x),), x)

    def combined(self, values: Array) -> float:
        """Return the one value."""
        return float(values[-1])

    def after(self, cell: Place, combined: float) -> tuple[float, ...]:
        """Return f of it; looked up, since f of one number may differ in the last bit from f of an array."""
        return (float(self.output[cell]),)

    def uses(self, operand: str, place: Place) -> Uses:
        """Return the cell at the same place."""
        return same_place_uses(("input",), operand, place)

    def sources(self, cell: Place) -> Mapping[str, Places]:
        """Return the same place."""
        return same_place_sources(("input",), cell)


@dataclass(frozen=True, slots=True, eq=False)
class ActivationGradient:
    """The rule ∂J/∂x[c, i, j] = G[c, i, j] · f'(x[c, i, j]).

    Parameters
    ----------
    forward
        The activation whose gradient it is.
    g
        Gradient of the loss with respect to its output: (C, H, W).
    derivative
        f'(x), (C, H, W); for ``"relu"`` a mask of zeros and ones. At 0, where the rectifiers have a kink, it is that of
        the left side.
    output
        Gradient with respect to its input: (C, H, W).
    """

    forward: Activation
    g: Array
    derivative: Array
    output: Array

    @property
    def counts(self) -> int:
        """A cell gets one product."""
        return 1

    @property
    def endings(self) -> tuple[str, ...]:
        """The one product is all that comes."""
        return ("sum",)

    def values(self, cell: Place) -> Array:
        """The one product."""
        return np.array([self.g[cell] * self.derivative[cell]])

    def contribution(self, cell: Place, number: int) -> Contribution:
        """G times the derivative at the same place."""
        g, derivative = float(self.g[cell]), float(self.derivative[cell])
        return Contribution((Factor("gradient", cell, g), Factor("derivative", cell, derivative)), g * derivative)

    def combined(self, values: Array) -> float:
        """Return the one product."""
        return float(values[-1])

    def after(self, cell: Place, combined: float) -> tuple[float, ...]:
        """Nothing follows."""
        return (combined,)

    def uses(self, operand: str, place: Place) -> Uses:
        """Return the cell at the same place."""
        return same_place_uses(("gradient", "derivative"), operand, place)

    def sources(self, cell: Place) -> Mapping[str, Places]:
        """Return the same place."""
        return same_place_sources(("gradient", "derivative"), cell)


def activation(x: Any, function: str = "relu", slope: float = 0.01) -> CellwiseTrace[Activation]:
    """Return the steps of a function of every cell.

    Parameters
    ----------
    x
        Maps, (H, W) or (C, H, W).
    function
        ``"relu"`` for max(0, x), ``"leaky_relu"`` for x above 0 and slope·x below, ``"sigmoid"`` for 1/(1 + e^−x),
        ``"tanh"``, or ``"scaled_tanh"`` for 1.7159·tanh(2x/3), the function of LeNet-5.
    slope
        Slope of ``"leaky_relu"`` below 0; the others have none.

    Returns
    -------
    CellwiseTrace
        Each cell takes two steps: its value is looked at, and the function is applied. Its ``rule.output`` is
        (C, H, W).

    Raises
    ------
    InputError
        If the array is ragged, empty or not finite, the function is unknown, or the slope is no finite number.

    Examples
    --------
    >>> steps = activation([[-2, 3]])
    >>> steps.rule.output
    array([[[0., 3.]]])
    >>> steps[1].kind, steps[1].y
    ('relu', 0.0)
    """
    x = checked_array("x", x, 2, 3)
    slope = float(checked_array("slope", slope, 0))
    known = next((known for known in ACTIVATIONS if known == function), None)
    if known is None:
        raise InputError("function", function, "is unknown", f"choose one of {', '.join(ACTIVATIONS)}")
    output = applied(x, known, slope)
    output.flags.writeable = False
    return cellwise(Activation(x, known, slope, output))


def activation_gradient(forward: CellwiseTrace[Activation], g: Any = None) -> CellwiseTrace[ActivationGradient]:
    """Return the steps of the gradient of a function of every cell.

    Parameters
    ----------
    forward
        The activation.
    g
        Gradient of the loss with respect to its output, (H, W) or (C, H, W); ones if None.

    Returns
    -------
    CellwiseTrace
        Each cell takes a step for the product and one for its result. Its ``rule.output`` is (C, H, W).

    Raises
    ------
    InputError
        If `g` is ragged or not finite, or has another shape than the output.

    Examples
    --------
    >>> activation_gradient(activation([[-2, 3]]), [[5, 7]]).rule.output
    array([[[0., 7.]]])
    """
    rule = forward.rule
    g = checked_gradient(g, rule.output)
    slopes = derivative(rule.x, rule.function, rule.slope)
    output = np.asarray(g * slopes, dtype=np.float64)
    for array in (slopes, output):
        array.flags.writeable = False
    return cellwise(ActivationGradient(rule, g, slopes, output))
