"""A convolution, its gradients and its matrices as text of other libraries."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from cnnsim.operations.code import Code, numpy_text, torch_text
from cnnsim.operations.settings import array_of
from cnnsim.operations.source import Array
from cnnsim.trace import Convolution
from cnnsim.trace.convolution_full_gradient import border
from cnnsim.trace.geometry import Axis

if TYPE_CHECKING:  # which in turn imports this module
    from cnnsim.operations.convolution import ConvolutionSettings

_NUMPY_PADDING = {"zeros": "constant", "replicate": "edge", "reflect": "reflect", "circular": "wrap"}
_TORCH_PADDING = {"zeros": "constant", "replicate": "replicate", "reflect": "reflect", "circular": "circular"}
_GRADIENT_OF = {
    "forward": "",
    "kernel-gradient": "w",
    "bias-gradient": "b",
    "input-gradient": "x",
    "input-gradient-full": "x",
    "input-gradient-scatter": "x",
}


def convolution_code(settings: "ConvolutionSettings") -> Code:
    """Write the convolution, or its gradient, or its matrix, as the settings show it.

    Examples
    --------
    >>> from cnnsim.operations import operation_named
    >>> names = {}
    >>> exec(convolution_code(operation_named("convolution").start).numpy, names)
    >>> names["result"].tolist()
    [[[4.0, 3.0, 4.0], [2.0, 4.0, 3.0], [2.0, 3.0, 4.0]]]
    """
    rule = settings.forward().rule
    given = _tensors(settings, rule)
    wanted = _GRADIENT_OF[settings.direction]
    return Code(
        numpy_text(given, *_numpy_lines(settings, rule)),
        torch_text(
            given, *_turned("w.flip((2, 3))", rule, given), *_torch_lines(rule), gradient_of=_leaf(wanted, given)
        ),
    )


def _tensors(settings: "ConvolutionSettings", rule: Convolution) -> Mapping[str, Array]:
    """Return what the text begins with; where the gradient of a turned kernel is on screen, that kernel."""
    turned = rule.flip and settings.direction == "kernel-gradient"
    kernel = {"turned": rule.applied} if turned else {"w": rule.w}
    tensors = {"x": rule.x, **kernel, "b": rule.b[:, None, None]}
    return tensors if settings.direction == "forward" else {**tensors, "G": array_of(settings, "gradient")}


def _leaf(wanted: str, given: Mapping[str, Array]) -> str:
    return "turned" if wanted == "w" and "turned" in given else wanted


def _turned(expression: str, rule: Convolution, given: Mapping[str, Array]) -> list[str]:
    return [f"turned = {expression}  # by 180°"] if rule.flip and "turned" not in given else []


def _kernel(rule: Convolution) -> str:
    return "turned" if rule.flip else "w"


def _torch_lines(rule: Convolution) -> list[str]:
    top, bottom, left, right = _sides(rule)
    mode = _TORCH_PADDING[rule.geometry.mode]
    pads = f'padded = F.pad(x[None], ({left}, {right}, {top}, {bottom}), mode="{mode}")'
    rows, cols = rule.geometry.rows, rule.geometry.cols
    options = (
        f"stride=({rows.stride}, {cols.stride}), dilation=({rows.dilation}, {cols.dilation}), groups={rule.groups}"
    )
    return [
        pads if any(_sides(rule)) else "padded = x[None]",
        f"y = F.conv2d(padded, {_kernel(rule)}, {options})[0] + b",
    ]


def _numpy_lines(settings: "ConvolutionSettings", rule: Convolution) -> list[str]:
    given = _tensors(settings, rule)
    turned = _turned("w[:, :, ::-1, ::-1]", rule, given)
    match settings.direction, settings.form:
        case ("bias-gradient", _):
            return ["result = G.sum(axis=(1, 2), keepdims=True)"]
        case ("forward" | "input-gradient", "toeplitz"):
            return [*turned, *_toeplitz(rule), *_with_toeplitz(settings.direction, rule)]
        case ("forward" | "kernel-gradient", "im2col"):
            return [*turned, *_patches(rule), *_with_patches(settings.direction, rule)]
        case ("forward", _):
            return [*turned, *_padded(rule), *_forward(rule)]
        case ("kernel-gradient", _):
            return [*_padded(rule), *_kernel_gradient(rule)]
        case ("input-gradient-full", _):
            return [*turned, *_full(rule)]
    return [*turned, *_input_gradient(rule)]


def _padded(rule: Convolution, of: str = "x", more: str = "") -> list[str]:
    top, bottom, left, right = _sides(rule)
    if not any(_sides(rule)):
        return [f"padded = {of}"]
    mode = _NUMPY_PADDING[rule.geometry.mode]
    more = more if mode == "constant" else ""
    return [f'padded = np.pad({of}, ((0, 0), ({top}, {bottom}), ({left}, {right})), mode="{mode}"{more})']


def _forward(rule: Convolution) -> list[str]:
    return [
        f"y = np.zeros({rule.output.shape})",
        f"for o, i, j in np.ndindex({rule.output.shape}):",
        f"    window = padded[{_window(rule)}]",
        f"    y[o, i, j] = ({_kernel(rule)}[o] * window).sum()",
        "result = y + b",
    ]


def _kernel_gradient(rule: Convolution) -> list[str]:
    return [
        f"result = np.zeros({rule.w.shape})",
        f"for o, i, j in np.ndindex({rule.output.shape}):",
        f"    window = padded[{_window(rule)}]",
        "    result[o] += G[o, i, j] * window",
    ]


def _input_gradient(rule: Convolution) -> list[str]:
    channels, rows, cols = rule.padded.shape
    return [
        f"spread = np.zeros({(channels, rows, cols)})",
        f"for o, i, j in np.ndindex({rule.output.shape}):",
        f"    spread[{_window(rule)}] += G[o, i, j] * {_kernel(rule)}[o]",
        *_gathered(rule),
    ]


def _full(rule: Convolution) -> list[str]:
    """Stretch G by zeros, turn the kernels, and convolve."""
    (rows, cols), outs, channels = (rule.geometry.rows, rule.geometry.cols), len(rule.w) // rule.groups, rule.w.shape[1]
    (top, _), (left, _) = border(rows), border(cols)
    maps = ":" if rule.groups == 1 else f"c // {channels} * {outs} : (c // {channels} + 1) * {outs}"
    within = "c" if rule.groups == 1 else f"c % {channels}"
    down, across = (replace(axis, stride=1) for axis in (rows, cols))
    return [
        f"stretched = np.zeros({(len(rule.w), rows.n + rows.extent - 1, cols.n + cols.extent - 1)})",
        "for m, n in np.ndindex(G.shape[1:]):",
        f"    i, j = m * {rows.stride} + {top}, n * {cols.stride} + {left}",
        "    if 0 <= i < stretched.shape[1] and 0 <= j < stretched.shape[2]:",
        "        stretched[:, i, j] = G[:, m, n]",
        f"back = {_kernel(rule)}[:, :, ::-1, ::-1]  # turned by 180°",
        "result = np.zeros(x.shape)",
        "for c, i, j in np.ndindex(x.shape):",
        f"    window = stretched[{maps}, {_span('i', down)}, {_span('j', across)}]",
        f"    result[c, i, j] = (back[{maps}, {within}] * window).sum()",
    ]


def _gathered(rule: Convolution) -> list[str]:
    """Take the padding away: of zeros it gets lost, of copies it belongs to the cell that is copied."""
    (top, bottom, left, right), (_, rows, cols) = _sides(rule), rule.x.shape
    if rule.geometry.mode == "zeros" or not any(_sides(rule)):
        return [f"result = spread[:, {top} : {top + rows}, {left} : {left + cols}]"]
    mode = _NUMPY_PADDING[rule.geometry.mode]
    return [
        f'row = np.pad(np.arange({rows}), ({top}, {bottom}), mode="{mode}")',
        f'col = np.pad(np.arange({cols}), ({left}, {right}), mode="{mode}")',
        "result = np.zeros(x.shape)",
        "for i, j in np.ndindex(spread.shape[1:]):",
        "    result[:, row[i], col[j]] += spread[:, i, j]",
    ]


def _toeplitz(rule: Convolution) -> list[str]:
    _, rows, cols = rule.output.shape
    return [
        "column = np.arange(x.size).reshape(x.shape)",
        *_padded(rule, "column", ", constant_values=-1"),
        f"T = np.zeros({(rule.output.size, rule.x.size)})",
        f"for o, i, j in np.ndindex({rule.output.shape}):",
        f"    for c, weight in zip(padded[{_window(rule)}].ravel(), {_kernel(rule)}[o].ravel()):",
        "        if c >= 0:",
        f"            T[(o * {rows} + i) * {cols} + j, c] += weight",
    ]


def _with_toeplitz(direction: str, rule: Convolution) -> list[str]:
    if direction == "forward":
        return [f"result = (T @ x.ravel()).reshape({rule.output.shape}) + b"]
    return ["result = (T.T @ G.ravel()).reshape(x.shape)"]


def _patches(rule: Convolution) -> list[str]:
    window = _window(rule).split(", ", 1)[1]
    places = rule.output.shape[1:]
    return [*_padded(rule), f"P = np.array([padded[:, {window}].ravel() for i, j in np.ndindex({places})])"]


def _with_patches(direction: str, rule: Convolution) -> list[str]:
    """Multiply the columns of each group with its kernels."""
    outs, width = len(rule.w) // rule.groups, rule.w[0].size
    columns = f"P[:, o // {outs} * {width} : (o // {outs} + 1) * {width}]" if rule.groups > 1 else "P"
    if direction == "forward":
        return [
            f"y = np.array([{columns} @ {_kernel(rule)}[o].ravel() for o in range({len(rule.w)})])",
            f"result = y.reshape({rule.output.shape}) + b",
        ]
    return [
        f"dw = np.array([{columns}.T @ G[o].ravel() for o in range({len(rule.w)})])",
        f"result = dw.reshape({rule.w.shape})",
    ]


def _window(rule: Convolution) -> str:
    """Write the indices of a window of output cell (o, i, j)."""
    outs, channels = len(rule.w) // rule.groups, rule.w.shape[1]
    maps = ":" if rule.groups == 1 else f"o // {outs} * {channels} : (o // {outs} + 1) * {channels}"
    return f"{maps}, {_span('i', rule.geometry.rows)}, {_span('j', rule.geometry.cols)}"


def _span(index: str, axis: Axis) -> str:
    first = index if axis.stride == 1 else f"{index} * {axis.stride}"
    step = f" : {axis.dilation}" if axis.dilation > 1 else ""
    return f"{first} : {first} + {axis.extent}{step}"


def _sides(rule: Convolution) -> tuple[int, int, int, int]:
    rows, cols = rule.geometry.rows, rule.geometry.cols
    return rows.before, rows.after, cols.before, cols.after
