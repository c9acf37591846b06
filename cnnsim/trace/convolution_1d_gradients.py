"""The gradients of a convolution of signals, one multiply at a time: those of images of one row."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnsim.errors import InputError
from cnnsim.trace.cellwise import CellwiseTrace, cellwise
from cnnsim.trace.checks import Array, checked_array
from cnnsim.trace.convolution import Convolution
from cnnsim.trace.convolution_1d import SignalConvolution
from cnnsim.trace.convolution_full_gradient import FullInputGradient, full_input_gradient
from cnnsim.trace.convolution_input_gradient import InputGradient, input_gradient
from cnnsim.trace.convolution_kernel_gradient import BiasGradient, KernelGradient, bias_gradient, kernel_gradient
from cnnsim.trace.recast import Recast
from cnnsim.trace.scatter import ScatterTrace, input_gradient_scatter


@dataclass(frozen=True, slots=True, eq=False)
class SignalKernelGradient(Recast[KernelGradient]):
    """The rule ∂J/∂w[o, c, r] = Σ G[o, m] · x[c, m·s + r·d]."""

    @property
    def of_given(self) -> Array:
        """Gradient with respect to the kernels as they were given, before any flip: (O, C/groups, 1, k)."""
        return self.rule.of_given


@dataclass(frozen=True, slots=True, eq=False)
class SignalInputGradient(Recast[InputGradient]):
    """The rule ∂J/∂x[c, i] = Σ w[o, c, r] · G[o, m] over every meeting of the cell with a weight."""


@dataclass(frozen=True, slots=True, eq=False)
class SignalFullInputGradient(Recast[FullInputGradient]):
    """The rule ∂J/∂x[c, i] = Σ w[o, c, r] · G[o, m] as a convolution of the stretched G with flipped kernels."""


@dataclass(frozen=True, slots=True, eq=False)
class SignalBiasGradient(Recast[BiasGradient]):
    """The rule ∂J/∂b[o] = Σ G[o, m]."""


def kernel_gradient_1d(forward: CellwiseTrace[SignalConvolution], g: Any = None) -> CellwiseTrace[SignalKernelGradient]:
    """Return the steps of the gradient with respect to the kernels, (O, C/groups, 1, k).

    Parameters
    ----------
    forward
        The convolution.
    g
        Gradient of the loss with respect to its output, (length',) or (O, length'); ones if None.

    Returns
    -------
    CellwiseTrace
        One cell per weight; for a true convolution the gradient of the turned kernels.

    Raises
    ------
    InputError
        If `g` is ragged or not finite, or has another shape than the output.

    Examples
    --------
    >>> from cnnsim.trace import convolution_1d
    >>> kernel_gradient_1d(convolution_1d([1, 2, 4], [-1, 1]), [1, 10]).rule.output[0, 0]
    array([[21., 42.]])
    """
    return cellwise(SignalKernelGradient(kernel_gradient(*_on_images(forward, g)).rule))


def input_gradient_1d(forward: CellwiseTrace[SignalConvolution], g: Any = None) -> CellwiseTrace[SignalInputGradient]:
    """Return the steps of the gradient with respect to the signal, (C, 1, length), gathered; see `kernel_gradient_1d`.

    Parameters
    ----------
    forward
        The convolution.
    g
        Gradient of the loss with respect to its output, (length',) or (O, length'); ones if None.

    Returns
    -------
    CellwiseTrace
        One cell per cell of the signal.

    Raises
    ------
    InputError
        If `g` is ragged or not finite, or has another shape than the output.

    Examples
    --------
    >>> from cnnsim.trace import convolution_1d
    >>> input_gradient_1d(convolution_1d([1, 2, 4], [-1, 1]), [1, 10]).rule.output[0]
    array([[-1., -9., 10.]])
    """
    return cellwise(SignalInputGradient(input_gradient(*_on_images(forward, g)).rule))


def full_input_gradient_1d(
    forward: CellwiseTrace[SignalConvolution], g: Any = None
) -> CellwiseTrace[SignalFullInputGradient]:
    """Return the steps of the gradient with respect to the signal as a full convolution; see `kernel_gradient_1d`.

    Parameters
    ----------
    forward
        The convolution, without padding or padded by zeros.
    g
        Gradient of the loss with respect to its output, (length',) or (O, length'); ones if None.

    Returns
    -------
    CellwiseTrace
        One cell per cell of the signal, (C, 1, length); each takes a step for every weight.

    Raises
    ------
    InputError
        If `g` is ragged or not finite, or has another shape than the output; or if the padding repeats cells.

    Examples
    --------
    >>> from cnnsim.trace import convolution_1d
    >>> steps = full_input_gradient_1d(convolution_1d([1, 2, 4], [-1, 1]), [1, 10])
    >>> steps.rule.rule.stretched[0], steps.rule.output[0]
    (array([[ 0.,  1., 10.,  0.]]), array([[-1., -9., 10.]]))
    """
    return cellwise(SignalFullInputGradient(full_input_gradient(*_on_images(forward, g)).rule))


def bias_gradient_1d(forward: CellwiseTrace[SignalConvolution], g: Any = None) -> CellwiseTrace[SignalBiasGradient]:
    """Return the steps of the gradient with respect to the biases, (O, 1, 1); see `kernel_gradient_1d`.

    Parameters
    ----------
    forward
        The convolution.
    g
        Gradient of the loss with respect to its output, (length',) or (O, length'); ones if None.

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
    >>> from cnnsim.trace import convolution_1d
    >>> bias_gradient_1d(convolution_1d([1, 2, 4], [-1, 1]), [1, 10]).rule.output
    array([[[11.]]])
    """
    return cellwise(SignalBiasGradient(bias_gradient(*_on_images(forward, g)).rule))


def input_gradient_scatter_1d(forward: CellwiseTrace[SignalConvolution], g: Any = None) -> ScatterTrace:
    """Return the steps by which each G goes back through its window to the cells of the signal under it.

    Parameters
    ----------
    forward
        The convolution.
    g
        Gradient of the loss with respect to its output, (length',) or (O, length'); ones if None.

    Returns
    -------
    ScatterTrace
        O·length'·(C/groups)·k steps that end as `input_gradient_1d` does.

    Raises
    ------
    InputError
        If `g` is ragged or not finite, or has another shape than the output.

    Examples
    --------
    >>> from cnnsim.trace import convolution_1d
    >>> input_gradient_scatter_1d(convolution_1d([1, 2, 4], [-1, 1]), [1, 10]).partial(1)[0]
    array([[-1.,  1.,  0.]])
    """
    images, gradient = _on_images(forward, g)
    return input_gradient_scatter(images, gradient, of=forward.rule)


def _on_images(forward: CellwiseTrace[SignalConvolution], g: Any) -> tuple[CellwiseTrace[Convolution], Array]:
    """Return the convolution as one of images, and its gradient as one of maps of one row."""
    output = forward.rule.output
    gradient = checked_array("g", np.ones(output.shape) if g is None else g, 1, 2, 3)
    wanted = output[:, 0].shape
    if gradient.shape not in (output.shape, (1, *wanted)):
        raise InputError("g", f"array of shape {gradient.shape}", f"is not {wanted}", "give one value a cell of y")
    return cellwise(forward.rule.rule), gradient.reshape(output.shape)
