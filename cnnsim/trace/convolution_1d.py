"""A convolution of signals, one multiply at a time: that of images of one row."""

from dataclasses import dataclass
from typing import Any

from cnnsim.errors import InputError
from cnnsim.trace.cellwise import CellwiseTrace, cellwise
from cnnsim.trace.checks import checked_array, checked_integers
from cnnsim.trace.convolution import Convolution, convolution
from cnnsim.trace.kernel_turn import turned_first
from cnnsim.trace.recast import Recast
from cnnsim.trace.stages import Stage, StagedTrace


@dataclass(frozen=True, slots=True, eq=False)
class SignalConvolution(Recast[Convolution]):
    """The rule y[o, i] = b[o] + Σ w[o, c, r] · x[c, i·s + r·d] on signals; places have row 0."""


def convolution_1d(
    x: Any,
    w: Any,
    b: Any = None,
    *,
    stride: int = 1,
    padding: int | str | tuple[int, int] = 0,
    padding_mode: str = "zeros",
    dilation: int = 1,
    groups: int = 1,
    flip: bool = False,
) -> CellwiseTrace[SignalConvolution]:
    """Return the steps of a convolution of signals.

    Parameters
    ----------
    x
        Signal, (length,) or (C, length).
    w
        Kernels, (k,), (C, k) or (O, C/groups, k).
    b
        Biases: None, a number for all maps, or (O,).
    stride, dilation
        From one window to the next, and from one weight to the next.
    padding
        Cells added at both ends; or (left, right); or ``"valid"`` for none, ``"same"`` for as many as keep the length
        (the odd one goes to the right), ``"full"`` for every place where kernel and signal meet at all.
    padding_mode
        What the padding shows: ``"zeros"``, ``"replicate"``, ``"reflect"`` or ``"circular"``.
    groups
        Parts into which the signals are divided; each is convolved on its own.
    flip
        False: cross-correlation. True: true convolution, flip, shift, multiply, accumulate.

    Returns
    -------
    CellwiseTrace
        Each output cell takes a step for every weight, one for the sum and one for the bias. Its ``rule.output`` is
        (O, 1, length'), and the places of all its factors have row 0.

    Raises
    ------
    InputError
        If an array is ragged, empty or not finite, the numbers of signals do not fit, the kernel is longer than the
        padded signal, or a number is out of range.

    References
    ----------
    I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, MIT Press 2016, equation 9.3: s[t] = Σ x[a] · w[t − a].

    Examples
    --------
    >>> steps = convolution_1d([1, 2, 3], [1, 0, -1], padding="full", flip=True)
    >>> steps.rule.output[0, 0]
    array([ 1.,  2.,  2., -2., -3.])
    >>> [factor.value for factor in steps[2].contribution.factors]
    [1.0, 1.0]
    """
    x, w = checked_array("x", x, 1, 2), checked_array("w", w, 1, 2, 3)
    (step,), (spread,) = checked_integers("stride", stride, 1), checked_integers("dilation", dilation, 1)
    inner = convolution(
        x[:, None],
        w[:, :, None],
        b,
        stride=(1, step),
        padding=_sides(padding, w.shape[2], spread),
        padding_mode=padding_mode,
        dilation=(1, spread),
        groups=groups,
        flip=flip,
    )
    return cellwise(SignalConvolution(inner.rule))


def flipped_first(forward: CellwiseTrace[SignalConvolution]) -> StagedTrace[SignalConvolution]:
    """Return the steps of a true convolution with the flip of its kernels before them.

    Parameters
    ----------
    forward
        Steps of a convolution with ``flip=True``.

    Returns
    -------
    StagedTrace
        The stages ``"flip"``, of two steps, and ``"convolve"``.

    Raises
    ------
    InputError
        If the convolution flips no kernel.

    Examples
    --------
    >>> steps = flipped_first(convolution_1d([1, 2, 3], [3, 4], flip=True)).at("cell")
    >>> len(steps), steps[1].step.turned, steps[2].step.y
    (4, True, 10.0)
    """
    inner = turned_first(cellwise(forward.rule.rule))
    return StagedTrace(forward.rule, (Stage("flip", inner.stages[0].trace), Stage("convolve", forward)))


def _sides(padding: int | str | tuple[int, ...], size: int, dilation: int) -> str | tuple[int, int, int, int]:
    """Return the padding of images of one row."""
    if padding == "full":
        around = dilation * (size - 1)
        return 0, 0, around, around
    if isinstance(padding, str):
        if padding not in ("valid", "same"):
            raise InputError("padding", padding, "is unknown", "use a number, 'valid', 'same' or 'full'")
        return padding
    numbers = checked_integers("padding", padding, 1, 2)
    return 0, 0, numbers[0], numbers[-1]
