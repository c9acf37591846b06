"""The gradients of a transposed convolution, one multiply at a time.

They are what the convolution does that it is the transpose of: run over G it gives the gradient of the input, and where
its kernels would get their gradient from G and its input, these get theirs from the input and G.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

from cnnsim.trace.cellwise import CellwiseTrace, cellwise
from cnnsim.trace.checks import Array, checked_gradient
from cnnsim.trace.convolution import Convolution
from cnnsim.trace.convolution_kernel_gradient import BiasGradient, KernelGradient, added_up, kernel_gradient
from cnnsim.trace.recast import Recast, Unbiased
from cnnsim.trace.transposed import TransposedConvolution, on_canvas


@dataclass(frozen=True, slots=True, eq=False)
class TransposedInputGradient(Unbiased[Convolution]):
    """The rule ∂J/∂x[c, m, n] = Σ w[c, o, r, t] · G[o, m·s + r·d − p, n·s + t·d − p]: a convolution of G.

    Factors of G are placed on the canvas, where what was cut off is 0.
    """

    forward: TransposedConvolution
    g: Array

    names: ClassVar[Mapping[str, str]] = MappingProxyType({"input": "gradient"})


@dataclass(frozen=True, slots=True, eq=False)
class TransposedKernelGradient(Recast[KernelGradient]):
    """The rule ∂J/∂w[c, o, r, t] = Σ x[c, m, n] · G[o, m·s + r·d − p, n·s + t·d − p].

    Factors of G are placed on the canvas, where what was cut off is 0.
    """

    forward: TransposedConvolution
    g: Array

    names: ClassVar[Mapping[str, str]] = MappingProxyType({"input": "gradient", "gradient": "input"})


def transposed_input_gradient(
    forward: CellwiseTrace[TransposedConvolution], g: Any = None
) -> CellwiseTrace[TransposedInputGradient]:
    """Return the steps of the gradient of a transposed convolution with respect to its input, (C, H, W).

    Parameters
    ----------
    forward
        The transposed convolution.
    g
        Gradient of the loss with respect to its output, (H', W') or (O, H', W'); ones if None.

    Returns
    -------
    CellwiseTrace
        One cell per cell of the input, each the sum of as many products as the stamp has cells.

    Raises
    ------
    InputError
        If `g` is ragged or not finite, or has another shape than the output.

    Examples
    --------
    >>> from cnnsim.trace.transposed import transposed_convolution
    >>> forward = transposed_convolution([[1, 2]], [[1, 10, 100]], stride=2)
    >>> transposed_input_gradient(forward, [[1, 0, 2, 0, 3]]).rule.output[0]
    array([[201., 302.]])
    """
    rule = forward.rule
    g = checked_gradient(g, rule.output)
    return cellwise(TransposedInputGradient(on_canvas(rule, g), rule, g))


def transposed_kernel_gradient(
    forward: CellwiseTrace[TransposedConvolution], g: Any = None
) -> CellwiseTrace[TransposedKernelGradient]:
    """Return the steps of the gradient of a transposed convolution with respect to its kernels, (C, O/groups, kh, kw).

    Parameters
    ----------
    forward
        The transposed convolution.
    g
        Gradient of the loss with respect to its output, (H', W') or (O, H', W'); ones if None.

    Returns
    -------
    CellwiseTrace
        One cell per weight; every cell of its input map contributes.

    Raises
    ------
    InputError
        If `g` is ragged or not finite, or has another shape than the output.

    Examples
    --------
    >>> from cnnsim.trace.transposed import transposed_convolution
    >>> forward = transposed_convolution([[1, 2]], [[1, 10, 100]], stride=2)
    >>> transposed_kernel_gradient(forward, [[1, 0, 2, 0, 3]]).rule.output[0, 0]
    array([[5., 0., 8.]])
    """
    rule = forward.rule
    g = checked_gradient(g, rule.output)
    inner = kernel_gradient(cellwise(on_canvas(rule, g)), rule.x)
    return cellwise(TransposedKernelGradient(inner.rule, rule, g))


def transposed_bias_gradient(
    forward: CellwiseTrace[TransposedConvolution], g: Any = None
) -> CellwiseTrace[BiasGradient]:
    """Return the steps of the gradient of a transposed convolution with respect to its biases, (O, 1, 1).

    Parameters
    ----------
    forward
        The transposed convolution.
    g
        Gradient of the loss with respect to its output, (H', W') or (O, H', W'); ones if None.

    Returns
    -------
    CellwiseTrace
        One cell per bias.

    Raises
    ------
    InputError
        If `g` is ragged or not finite, or has another shape than the output.

    Examples
    --------
    >>> from cnnsim.trace.transposed import transposed_convolution
    >>> transposed_bias_gradient(transposed_convolution([[1, 2]], [[1, 10, 100]], stride=2)).rule.output
    array([[[5.]]])
    """
    return cellwise(added_up(checked_gradient(g, forward.rule.output)))
