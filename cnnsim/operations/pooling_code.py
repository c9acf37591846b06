"""A pooling as text of other libraries."""

from collections.abc import Sequence
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


def pooling_code(settings: "PoolingSettings") -> Code:
    """Write the pooling, or its gradient."""
    rule = settings.forward().rule
    tensors = {"x": rule.x}
    if rule.mode == "weighted":
        tensors["w"] = rule.weights
    backward = settings.direction != "forward"
    if backward:
        tensors["G"] = array_of(settings, "gradient")
    return Code(
        numpy_text(tensors, *_numpy_lines(rule, settings, backward)),
        torch_text(tensors, *_torch_lines(rule, settings), gradient_of="x" if backward else ""),
    )


def _numpy_lines(rule: Pooling, settings: "PoolingSettings", backward: bool) -> Sequence[str]:
    """Loop over the windows; what counts of each is a part of the map, or of the padded one."""
    pads = _zeros_count(rule, settings)
    top, left = settings.padding
    image = "padded" if pads else "x"
    opening = [f"padded = np.pad(x, ((0, 0), ({top}, {top}), ({left}, {left})))"] if pads else []
    made = f"dx = np.zeros({image}.shape)" if backward else f"y = np.zeros({rule.output.shape})"
    steps = _SHARES[rule.ties if rule.mode == "max" else rule.mode] if backward else _VALUES[rule.mode]
    crop = f"[:, {top} : {top + rule.x.shape[1]}, {left} : {left + rule.x.shape[2]}]" if pads else ""
    return [
        *opening,
        made,
        f"for c, i, j in np.ndindex({rule.output.shape}):",
        *(f"    {line}" for line in _part(rule, settings, 0 if pads else 1)),
        f"    window = {image}[c, rows, cols]",
        *(f"    {line}" for line in steps),
        f"result = dx{crop}" if backward else "result = y",
    ]


def _part(rule: Pooling, settings: "PoolingSettings", outside: int) -> tuple[str, str]:
    """Write the rows and the columns of a window; with `outside` it may begin before the map."""
    if rule.windows.geometry is None:
        (_, rows, cols), (_, m, n) = rule.x.shape, rule.output.shape
        return (
            f"rows = slice(i * {rows} // {m}, -(-(i + 1) * {rows} // {m}))",
            f"cols = slice(j * {cols} // {n}, -(-(j + 1) * {cols} // {n}))",
        )
    lines = []
    options = zip(("rows", "cols"), "ij", settings.window, settings.stride, settings.padding, strict=True)
    for name, index, size, stride, padding in options:
        if outside and padding:
            first, last = f"max({index} * {stride} - {padding}, 0)", f"{index} * {stride} - {padding} + {size}"
        else:
            first, last = f"{index} * {stride}", f"{index} * {stride} + {size}"
        lines.append(f"{name} = slice({first}, {last})")
    return lines[0], lines[1]


def _zeros_count(rule: Pooling, settings: "PoolingSettings") -> bool:
    """Whether the padding is values like any other."""
    counts = rule.kind.padding_counts and (rule.mode != "average" or settings.count_include_pad)
    return rule.windows.geometry is not None and any(settings.padding) and counts


def _torch_lines(rule: Pooling, settings: "PoolingSettings") -> Sequence[str]:
    """Call the library's own pooling where it has one; it has no split ties, and no weights."""
    plain = rule.mode == "average" or (rule.mode == "max" and rule.ties == "first")
    if rule.windows.geometry is None:
        size = rule.windows.output_shape
        if plain:
            return [f"y = F.adaptive_{rule.mode.replace('average', 'avg')}_pool2d(x, {size})"]
        rows, cols = _bounds(rule.windows.rows), _bounds(rule.windows.cols)
        each = f"torch.stack([{_OF_PART[rule.mode]} for c, d in cols], -1)"
        return [f"rows, cols = {rows}, {cols}", f"y = torch.stack([{each} for a, b in rows], -2)"]
    if plain:
        more = f", count_include_pad={settings.count_include_pad}" if rule.mode == "average" else ""
        name = "avg" if rule.mode == "average" else "max"
        arguments = f"{settings.window}, {settings.stride}, {settings.padding}, ceil_mode={settings.ceil_mode}{more}"
        return [f"y = F.{name}_pool2d(x, {arguments})"]
    return _unfolded(rule, settings)


def _unfolded(rule: Pooling, settings: "PoolingSettings") -> Sequence[str]:
    """Take all windows side by side."""
    top, bottom, left, right = rule.windows.frame
    sides = (left, right, top, bottom)
    filling = ', value=float("-inf")' if rule.mode == "max" else ""
    (rows, cols), (down, across) = settings.window, settings.stride
    unfold = f".unfold(1, {rows}, {down}).unfold(2, {cols}, {across})"
    windows = f"windows = F.pad(x, {sides}{filling}){unfold}" if any(sides) else f"windows = x{unfold}"
    if rule.mode != "weighted":
        return [windows, f"y = {_OF_WINDOWS[rule.mode]}"]
    if np.ptp(rule.divisors) == 0:
        return [windows, "y = (w * windows).sum((-2, -1)) / w.sum()"]
    (high, wide), inner = settings.padding, (right - settings.padding[1], bottom - settings.padding[0])
    ones = f"F.pad(torch.ones_like(x), {(wide, wide, high, high)}, value=1.0)"
    return [
        windows,
        f"counts = F.pad({ones}, {(0, inner[0], 0, inner[1])}){unfold}  # what sticks out does not",
        "y = (w * windows).sum((-2, -1)) / (w * counts).sum((-2, -1))",
    ]


def _bounds(axis: Spans) -> list[tuple[int, int]]:
    return [(axis.of(window).start, axis.of(window).stop) for window in range(axis.windows)]
