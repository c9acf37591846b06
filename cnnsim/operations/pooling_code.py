"""A pooling as text of other libraries."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cnnsim.operations.code import Code, numpy_text, torch_text
from cnnsim.operations.settings import array_of
from cnnsim.trace import Pooling
from cnnsim.trace.pooling_windows import Spans

if TYPE_CHECKING:  # which in turn imports this module
    from cnnsim.operations.pooling import PoolingSettings

_VALUES = {
    "max": ("y[c, i, j] = window.max()",),
    "average": ("y[c, i, j] = window.mean()",),
    "l2": ("y[c, i, j] = np.sqrt((window**2).sum())",),
    "weighted": ("v = w[: window.shape[0], : window.shape[1]]", "y[c, i, j] = (v * window).sum() / v.sum()"),
}
_SHARES = {
    "first": (
        "r, t = np.unravel_index(window.argmax(), window.shape)",
        "dx[c, rows, cols][r, t] += G[c, i, j]  # all of it to the winner",
    ),
    "split": (
        "winners = window == window.max()",
        "dx[c, rows, cols] += G[c, i, j] * winners / winners.sum()",
    ),
    "average": ("dx[c, rows, cols] += G[c, i, j] / window.size",),
    "l2": (
        "norm = np.sqrt((window**2).sum())",
        "if norm > 0:",
        "    dx[c, rows, cols] += G[c, i, j] * window / norm",
    ),
    "weighted": (
        "v = w[: window.shape[0], : window.shape[1]]",
        "dx[c, rows, cols] += G[c, i, j] * v / v.sum()",
    ),
}
_OF_WINDOWS = {
    "max": "windows.amax((-2, -1))  # its gradient is shared by equals",
    "l2": "torch.linalg.vector_norm(windows, dim=(-2, -1))",
}
_OF_PART = {
    "max": "x[:, a:b, c:d].amax((1, 2))",
    "l2": "torch.linalg.vector_norm(x[:, a:b, c:d], dim=(1, 2))",
}


@dataclass(frozen=True, slots=True)
class Sliding:
    """The options of windows of one size."""

    window: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    ceil_mode: bool = False
    count_include_pad: bool = True


def pooling_code(settings: "PoolingSettings") -> Code:
    """Write the pooling, or its gradient."""
    rule = settings.forward().rule
    tensors = {"x": rule.x}
    if rule.mode == "weighted":
        tensors["w"] = rule.weights
    backward = settings.direction != "forward"
    options = Sliding(
        settings.window, settings.stride, settings.padding, settings.ceil_mode, settings.count_include_pad
    )
    if backward:
        tensors["G"] = array_of(settings, "gradient")
    return Code(
        numpy_text(tensors, *numpy_pooling(rule, options, backward), f"result = {'dx' if backward else 'y'}"),
        torch_text(tensors, *torch_pooling(rule, options), gradient_of="x" if backward else ""),
    )


def numpy_pooling(rule: Pooling, options: Sliding, backward: bool = False) -> list[str]:
    """Write loops from x to y, or from G to dx; what counts of a window is a part of the map, or of the padded one."""
    pads = _zeros_count(rule, options)
    top, left = options.padding
    image = "padded" if pads else "x"
    opening = [f"padded = np.pad(x, ((0, 0), ({top}, {top}), ({left}, {left})))"] if pads else []
    made = f"dx = np.zeros({image}.shape)" if backward else f"y = np.zeros({rule.output.shape})"
    steps = _SHARES[rule.ties if rule.mode == "max" else rule.mode] if backward else _VALUES[rule.mode]
    crop = f"[:, {top} : {top + rule.x.shape[1]}, {left} : {left + rule.x.shape[2]}]" if pads else ""
    return [
        *opening,
        made,
        f"for c, i, j in np.ndindex({rule.output.shape}):",
        *(f"    {line}" for line in _part(rule, options, 0 if pads else 1)),
        f"    window = {image}[c, rows, cols]",
        *(f"    {line}" for line in steps),
        *([f"dx = dx{crop}"] if backward and crop else []),
    ]


def _part(rule: Pooling, options: Sliding, outside: int) -> tuple[str, str]:
    """Write the rows and the columns of a window; with `outside` it may begin before the map."""
    if rule.windows.geometry is None:
        (_, rows, cols), (_, m, n) = rule.x.shape, rule.output.shape
        return (
            f"rows = slice(i * {rows} // {m}, -(-(i + 1) * {rows} // {m}))",
            f"cols = slice(j * {cols} // {n}, -(-(j + 1) * {cols} // {n}))",
        )
    lines = []
    each = zip(("rows", "cols"), "ij", options.window, options.stride, options.padding, strict=True)
    for name, index, size, stride, padding in each:
        if outside and padding:
            first, last = f"max({index} * {stride} - {padding}, 0)", f"{index} * {stride} - {padding} + {size}"
        else:
            first, last = f"{index} * {stride}", f"{index} * {stride} + {size}"
        lines.append(f"{name} = slice({first}, {last})")
    return lines[0], lines[1]


def _zeros_count(rule: Pooling, options: Sliding) -> bool:
    """Whether the padding is values like any other."""
    counts = rule.kind.padding_counts and (rule.mode != "average" or options.count_include_pad)
    return rule.windows.geometry is not None and any(options.padding) and counts


def torch_pooling(rule: Pooling, options: Sliding) -> Sequence[str]:
    """Write lines from x to y: the library's own pooling where it has one; it knows no split ties and no weights."""
    plain = rule.mode == "average" or (rule.mode == "max" and rule.ties == "first")
    if rule.windows.geometry is None:
        size = rule.windows.output_shape
        if plain:
            return [f"y = F.adaptive_{rule.mode.replace('average', 'avg')}_pool2d(x, {size})"]
        rows, cols = _bounds(rule.windows.rows), _bounds(rule.windows.cols)
        each = f"torch.stack([{_OF_PART[rule.mode]} for c, d in cols], -1)"
        return [f"rows, cols = {rows}, {cols}", f"y = torch.stack([{each} for a, b in rows], -2)"]
    if plain:
        more = f", count_include_pad={options.count_include_pad}" if rule.mode == "average" else ""
        name = "avg" if rule.mode == "average" else "max"
        arguments = f"{options.window}, {options.stride}, {options.padding}, ceil_mode={options.ceil_mode}{more}"
        return [f"y = F.{name}_pool2d(x, {arguments})"]
    return _unfolded(rule, options)


def _unfolded(rule: Pooling, options: Sliding) -> Sequence[str]:
    """Take all windows side by side."""
    top, bottom, left, right = rule.windows.frame
    sides = (left, right, top, bottom)
    filling = ', value=float("-inf")' if rule.mode == "max" else ""
    (rows, cols), (down, across) = options.window, options.stride
    unfold = f".unfold(1, {rows}, {down}).unfold(2, {cols}, {across})"
    windows = f"windows = F.pad(x, {sides}{filling}){unfold}" if any(sides) else f"windows = x{unfold}"
    if rule.mode != "weighted":
        return [windows, f"y = {_OF_WINDOWS[rule.mode]}"]
    if np.ptp(rule.divisors) == 0:
        return [windows, "y = (w * windows).sum((-2, -1)) / w.sum()"]
    (high, wide), inner = options.padding, (right - options.padding[1], bottom - options.padding[0])
    ones = f"F.pad(torch.ones_like(x), {(wide, wide, high, high)}, value=1.0)"
    return [
        windows,
        f"counts = F.pad({ones}, {(0, inner[0], 0, inner[1])}){unfold}  # what sticks out does not",
        "y = (w * windows).sum((-2, -1)) / (w * counts).sum((-2, -1))",
    ]


def _bounds(axis: Spans) -> list[tuple[int, int]]:
    return [(axis.of(window).start, axis.of(window).stop) for window in range(axis.windows)]
