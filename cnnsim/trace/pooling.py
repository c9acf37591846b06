"""A pooling, one value at a time."""

from typing import Any

import numpy as np

from cnnsim.errors import InputError
from cnnsim.gallery import distance_weights
from cnnsim.trace.cellwise import CellwiseTrace, cellwise
from cnnsim.trace.checks import Array, checked_array, checked_integers, checked_name, checked_pair
from cnnsim.trace.pooling_kinds import KINDS, MODES, TIES, Mode
from cnnsim.trace.pooling_results import pooled
from cnnsim.trace.pooling_rule import Pooling
from cnnsim.trace.pooling_windows import Windows, adaptive_windows, sliding_windows

Pair = int | tuple[int, int]


def pooling(
    x: Any,
    window: Pair = 2,
    stride: Pair | None = None,
    mode: str = "max",
    *,
    padding: Pair = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    ties: str = "first",
    weights: Any = None,
) -> CellwiseTrace[Pooling]:
    """Return the steps of a pooling.

    Parameters
    ----------
    x
        Maps, (H, W) or (C, H, W); each is pooled on its own.
    window
        Rows and columns of the window.
    stride
        Cells from one window to the next; the window if None. Less than `window` makes windows overlap.
    mode
        ``"max"``, ``"average"``, ``"l2"`` for the root of the sum of squares, or ``"weighted"`` for an average whose
        weights fall with the distance from the window's centre.
    padding
        Zeros on either side, at most half the window. For the maximum they are no values: they never win.
    ceil_mode
        Whether the last window may stick out where cells are left over; what sticks out never counts.
    count_include_pad
        Whether the average also counts the padding's zeros; for the other modes this changes nothing.
    ties
        Who gets the gradient among equal largest values: ``"first"`` in reading order, as `cnnsim.functional` does, or
        all in equal shares, ``"split"``, which only this trace knows. The output is the same.
    weights
        Of mode ``"weighted"``, with the window's shape; `cnnsim.functional.distance_weights` if None.

    Returns
    -------
    CellwiseTrace
        Each output cell takes a step for every value of its window, and one or two to finish. Its ``rule.output`` is
        (C, H', W').

    Raises
    ------
    InputError
        If the array is ragged, empty or not finite, the window is larger than it, a number is out of range, or the mode
        is unknown.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> pooling(gallery.POOLING_IMAGE).rule.output[0]
    array([[6., 8.],
           [3., 4.]])
    """
    x, known = checked_array("x", x, 2, 3), checked_name("mode", mode, MODES)
    size = checked_pair("window", window)
    windows = sliding_windows(
        x.shape[1:],
        size,
        size if stride is None else checked_pair("stride", stride),
        checked_pair("padding", padding),
        ceil_mode=ceil_mode,
        padding_counts=KINDS[known].padding_counts and (count_include_pad or known != "average"),
    )
    if "weight" in KINDS[known].operands:
        return _steps(x, windows, known, ties, _checked_weights(weights, size))
    return _steps(x, windows, known, ties, np.ones(windows.largest))


def adaptive_pooling(
    x: Any, output_size: Pair = 2, mode: str = "max", *, ties: str = "first"
) -> CellwiseTrace[Pooling]:
    """Return the steps of a pooling to an output of fixed size, whatever the size of the input.

    Window i of m along an axis of n cells runs from ⌊i·n/m⌋ to ⌈(i + 1)·n/m⌉ − 1: windows may differ in size and share
    cells.

    Parameters
    ----------
    x
        Maps, (H, W) or (C, H, W); each is pooled on its own.
    output_size
        Rows and columns of the output: 2 for quadrants, 1 to pool globally.
    mode
        ``"max"``, ``"average"`` or ``"l2"``; weights have a fixed number of rows and columns.
    ties
        As for `pooling`.

    Returns
    -------
    CellwiseTrace
        Its ``rule.output`` is (C, rows, cols).

    Raises
    ------
    InputError
        If the array is ragged, empty or not finite, a number is out of range, or the mode is unknown.

    Examples
    --------
    >>> adaptive_pooling([[1, 2, 3], [4, 5, 6], [7, 8, 9]], 2, "average").rule.output[0]
    array([[3., 4.],
           [6., 7.]])
    """
    x, known = checked_array("x", x, 2, 3), checked_name("mode", mode, MODES)
    if "weight" in KINDS[known].operands:
        raise InputError("mode", mode, "needs windows of one size", "choose another mode, or a window and a stride")
    size = checked_integers("output_size", output_size, 1, 2)
    if min(size) < 1:
        raise InputError("output_size", min(size), "is less than 1", "use 1 or more")
    windows = adaptive_windows(x.shape[1:], (size[0], size[-1]))
    return _steps(x, windows, known, ties, np.ones(windows.largest))


def _checked_weights(weights: Any, size: tuple[int, int]) -> Array:
    array = checked_array("weights", distance_weights(size) if weights is None else weights, 2)
    if array.shape != size:
        raise InputError("weights", f"array of shape {array.shape}", f"is not {size}", "give one weight a cell")
    return array


def _steps(x: Array, windows: Windows, mode: Mode, ties: str, weights: Array) -> CellwiseTrace[Pooling]:
    top, bottom, left, right = windows.frame
    padded = np.pad(x, ((0, 0), (top, bottom), (left, right)))
    # Sums of the weights of whole windows and of those that stick out: corners of the running sum.
    sums = weights.cumsum(axis=0).cumsum(axis=1)
    divisors = sums[np.ix_(windows.rows.sizes - 1, windows.cols.sizes - 1)]
    if not divisors.all():
        raise InputError("weights", "(sum 0)", "cannot be divided by", "use weights whose sum in every window is not 0")
    output = pooled(padded, windows, KINDS[mode], weights, divisors)
    padded.flags.writeable = False
    return cellwise(Pooling(x, padded, windows, mode, checked_name("ties", ties, TIES), weights, divisors, output))
