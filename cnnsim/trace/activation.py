"""The detector stage and its gradient, one value at a time."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from cnnsim.trace.activation_functions import ACTIVATIONS, Function, applied, derivative
from cnnsim.trace.cellwise import CellwiseTrace, Contribution, Factor, Place, cellwise
from cnnsim.trace.checks import Array, checked_array, checked_gradient, checked_name
from cnnsim.trace.sums import Elementwise


@dataclass(frozen=True, slots=True, eq=False)
class Activation(Elementwise):
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

    operands: ClassVar[tuple[str, ...]] = ("input",)

    @property
    def endings(self) -> tuple[str, ...]:
        """The function is applied."""
        return (self.function,)

    def contribution(self, cell: Place, number: int) -> Contribution:
        """The value at the same place."""
        return Contribution.product(Factor.of("input", self.x, cell))

    def after(self, cell: Place, combined: float) -> tuple[float, ...]:
        """Return f of it; looked up, since f of one number may differ in the last bit from f of an array."""
        return (float(self.output[cell]),)


@dataclass(frozen=True, slots=True, eq=False)
class ActivationGradient(Elementwise):
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

    operands: ClassVar[tuple[str, ...]] = ("gradient", "derivative")

    def contribution(self, cell: Place, number: int) -> Contribution:
        """G times the derivative at the same place."""
        return Contribution.product(Factor.of("gradient", self.g, cell), Factor.of("derivative", self.derivative, cell))


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
    known = checked_name("function", function, ACTIVATIONS)
    return cellwise(Activation(x, known, slope, applied(x, known, slope)))


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
    slopes.flags.writeable = False
    return cellwise(ActivationGradient(rule, g, slopes, np.asarray(g * slopes, dtype=np.float64)))
