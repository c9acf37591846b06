"""What all windows of a pooling become at once, each from its values in the order of the steps, to the last bit."""

import numpy as np

from cnnsim.trace.checks import Array
from cnnsim.trace.pooling_kinds import Kind
from cnnsim.trace.pooling_windows import Indices, Spans, Windows

_FEW = 2**18  # values that are taken at once; of more, all windows take one after the other

_NOTHING = -0.0  # what added to any number leaves it as it is, 0.0 would turn −0.0 into 0.0


def pooled(padded: Array, windows: Windows, kind: Kind, weights: Array, divisors: Array) -> Array:
    """Return the output of a pooling.

    Parameters
    ----------
    padded
        Maps among the zeros around them, (C, rows, cols).
    windows
        Where the windows stand, and which of their cells count.
    kind
        What is done with the values.
    weights
        (rows, cols) of the largest window.
    divisors
        Sum of the weights of the values that count: (H', W').

    Returns
    -------
    ndarray
        (C, H', W').

    Examples
    --------
    >>> from cnnsim.trace.pooling_kinds import KINDS
    >>> from cnnsim.trace.pooling_windows import adaptive_windows
    >>> maps = np.array([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]])
    >>> pooled(maps, adaptive_windows((2, 3), (1, 2)), KINDS["average"], np.ones((2, 2)), np.full((1, 2), 4.0))
    array([[[3., 4.]]])
    """
    if kind.combine is np.maximum:
        along_rows, _ = first_largest(padded, windows.cols)
        combined = first_largest(along_rows.swapaxes(1, 2), windows.rows)[0].swapaxes(1, 2)
    elif are_few(len(padded), windows):
        combined = _sums_at_once(padded, windows, kind, weights)
    else:
        combined = _sums_in_turn(padded, windows, kind, weights)
    return np.asarray(kind.finish(combined, divisors)[-1], dtype=np.float64).copy()


def first_largest(lines: Array, spans: Spans) -> tuple[Array, Indices]:
    """Return the largest value of each window along the last axis, and the first place where it stands.

    Examples
    --------
    >>> from cnnsim.trace.pooling_windows import adaptive_windows
    >>> first_largest(np.array([5.0, 7.0, 7.0]), adaptive_windows((1, 3), (1, 2)).cols)
    (array([7., 7.]), array([1, 1]))
    """
    places, _ = spans.places()  # a place that is repeated is the first of its window, which changes nothing
    largest = lines[..., places[:, 0]]
    found = np.broadcast_to(places[:, 0], largest.shape).copy()
    for within in range(1, spans.widest):
        seen = lines[..., places[:, within]]
        larger = seen > largest
        np.copyto(largest, seen, where=larger)
        np.copyto(found, places[:, within], where=larger)
    return largest, found


def are_few(channels: int, windows: Windows) -> bool:
    """Return whether windows of so many maps had better take their values at once than one after the other.

    Windows that divide an input are always few, or small.
    """
    return windows.geometry is None or channels * int(windows.counts.sum()) <= _FEW


def _sums_at_once(padded: Array, windows: Windows, kind: Kind, weights: Array) -> Array:
    places, real = windows.at_once()
    values = kind.values(padded.reshape(len(padded), -1)[:, places], weights[:, None])
    values = np.where(real, values, _NOTHING).swapaxes(2, 3).reshape(len(padded), *windows.output_shape, -1)
    return np.asarray(np.add.accumulate(values, axis=-1)[..., -1], dtype=np.float64)


def _sums_in_turn(padded: Array, windows: Windows, kind: Kind, weights: Array) -> Array:
    frame = np.where(windows.counted, padded, _NOTHING)
    sums = np.full((len(padded), *windows.output_shape), _NOTHING)
    if "weight" in kind.operands:
        for within, place in windows.in_turn():
            sums += kind.values(frame[place], weights[within])
    else:
        values = kind.values(frame, np.ones(()))
        for _, place in windows.in_turn():
            sums += values[place]
    return sums
