"""Padding in every mode, and its gradient."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cnnsim.errors import InputError
from cnnsim.functional.check import Floats, floats, like, number, room

Mode = Literal["constant", "reflect", "replicate", "circular"]
_NUMPY_MODES: dict[str, Literal["reflect", "edge", "wrap"]] = {
    "reflect": "reflect",
    "replicate": "edge",
    "circular": "wrap",
}
_OUTSIDE = -1
_MOST = 2**31 - 1


def pad(x: Floats, pad: Sequence[int], mode: Mode = "constant", value: float = 0.0) -> Floats:
    """Put cells around an array.

    Parameters
    ----------
    x
        Any shape, float32 or float64.
    pad
        Cells before and after, from the last axis backwards: (left, right), (left, right, top, bottom), ... A negative
        number cuts cells off (mode "constant" only).
    mode
        "constant": `value`; "replicate": the border; "reflect": mirrored at the border, without it; "circular": the
        other end.
    value
        What "constant" puts there.

    Returns
    -------
    ndarray
        Larger along the last axes, of the same dtype.

    Raises
    ------
    InputError
        If `pad` is no list of pairs for the axes there are, the mode is unknown, or a mode has too few cells to copy.

    References
    ----------
    `torch.nn.functional.pad` has the same names, order and defaults.

    Examples
    --------
    >>> import numpy as np
    >>> pad(np.array([1.0, 2.0, 3.0]), (2, 1), "reflect")
    array([3., 2., 1., 2., 3., 2.])
    """
    x, value = floats("x", x), number("value", value)
    for axis, cells in _cells(x, pad, mode).items():
        x = (
            np.take(x, np.maximum(cells, 0), axis)
            if x.shape[axis]
            else np.zeros(_with(x.shape, axis, len(cells)), x.dtype)
        )
        np.moveaxis(x, axis, 0)[cells == _OUTSIDE] = value
    return x if any(pad) else x.copy()


def pad_backward(dy: Floats, x: Floats, pad: Sequence[int], mode: Mode = "constant", value: float = 0.0) -> Floats:
    """Gradient of `pad`: every cell gets the sum of what its copies got.

    Parameters
    ----------
    dy
        Gradient of the output.
    x, pad, mode, value
        The arguments of `pad`.

    Returns
    -------
    ndarray
        dx, in the shape of `x`.

    Raises
    ------
    InputError
        As `pad`, or if `dy` does not have the output's shape and dtype.

    Examples
    --------
    >>> import numpy as np
    >>> pad_backward(np.ones(6), np.zeros(3), (2, 1), "reflect")
    array([1., 3., 2.])
    """
    x = floats("x", x)
    axes = _cells(x, pad, mode)
    shape = tuple(len(axes[axis]) if axis in axes else n for axis, n in enumerate(x.shape))
    dx = like("dy", dy, "x", x, shape)
    for axis, cells in axes.items():
        total = np.zeros(_with(dx.shape, axis, x.shape[axis]), x.dtype)
        inside = cells != _OUTSIDE
        np.add.at(np.moveaxis(total, axis, 0), cells[inside], np.moveaxis(dx, axis, 0)[inside])
        dx = total
    return dx if any(pad) else dx.copy()


def _with(shape: tuple[int, ...], axis: int, n: int) -> tuple[int, ...]:
    return (*shape[:axis], n, *shape[axis + 1 :])


def _cells(x: Floats, pad: Sequence[int], mode: str) -> dict[int, NDArray[np.int64]]:
    """For every padded axis, which cell of the input each cell of the output copies."""
    whole = isinstance(pad, Sequence) and all(isinstance(n, int | np.integer) and abs(n) <= _MOST for n in pad)
    if not whole or len(pad) % 2 or len(pad) > 2 * x.ndim:
        raise InputError(
            "pad", pad, f"is no list of pairs of integers for {x.ndim} axes", "use for example (1, 1, 2, 2)"
        )
    if not isinstance(mode, str) or mode not in ("constant", *_NUMPY_MODES):
        raise InputError("mode", repr(mode), "is unknown", "use 'constant', 'reflect', 'replicate' or 'circular'")
    pairs = [(int(pad[i]), int(pad[i + 1])) for i in range(0, len(pad), 2)]
    axes = range(x.ndim - 1, -1, -1)
    larger = list(x.shape)
    for axis, both in zip(axes, pairs, strict=False):
        larger[axis] = max(0, larger[axis] + sum(both))
    room("pad", pad, (*larger,), x.size)
    return {axis: _copied(x.shape[axis], pair, mode) for axis, pair in zip(axes, pairs, strict=False) if any(pair)}


def _copied(n: int, sides: tuple[int, int], mode: str) -> NDArray[np.int64]:
    before, after = sides
    if mode == "constant":
        cells = np.arange(-before, n + after)
        if before + n + after < 0:
            raise InputError("pad", sides, f"cuts more off than the {n} cells there are", "cut less off")
        return np.where((cells >= 0) & (cells < n), cells, _OUTSIDE)
    least = {"reflect": max(sides) + 1, "circular": max(sides), "replicate": 1}[mode]
    if min(sides) < 0 or n < least:
        raise InputError(
            "pad", sides, f"is negative or needs more than the {n} cells there are", f"pad less, or not by {mode}"
        )
    return np.pad(np.arange(n), sides, mode=_NUMPY_MODES[mode])
