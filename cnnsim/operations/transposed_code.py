"""A transposed convolution and its gradients as text of other libraries."""

from typing import TYPE_CHECKING

from cnnsim.operations.code import Code, numpy_text, torch_text
from cnnsim.operations.settings import array_of
from cnnsim.trace import TransposedConvolution
from cnnsim.trace.stretch import Stretch

if TYPE_CHECKING:  # which in turn imports this module
    from cnnsim.operations.transposed_convolution import TransposedSettings

_LEAVES = {"forward": "", "kernel-gradient": "w", "bias-gradient": "b", "input-gradient": "x"}


def transposed_code(settings: "TransposedSettings") -> Code:
    """Write the transposed convolution in the view that is on screen, or its gradient.

    Examples
    --------
    >>> from cnnsim.operations import operation_named
    >>> names = {}
    >>> exec(transposed_code(operation_named("transposed-convolution").start).numpy, names)
    >>> names["result"][0].tolist()[0]
    [1.0, -1.0, 2.0, -1.0, 3.0]
    """
    rule = settings.forward().rule
    given = {"x": rule.x, "w": rule.w, "b": rule.b[:, None, None]}
    if settings.direction != "forward":
        given["G"] = array_of(settings, "gradient")
    lines = _numpy_lines(rule, settings.direction, settings.view)
    return Code(numpy_text(given, *lines), torch_text(given, _torch(rule), gradient_of=_LEAVES[settings.direction]))


def _numpy_lines(rule: TransposedConvolution, direction: str, view: str) -> list[str]:
    stamp = f"[{_maps(rule)}, {_span('m', rule.rows)}, {_span('n', rule.cols)}]"
    each = f"for c, m, n in np.ndindex({rule.x.shape}):"
    canvas = f"canvas = np.pad(G, ((0, 0), ({rule.rows.crop},) * 2, ({rule.cols.crop},) * 2))"
    match direction, view:
        case "bias-gradient", _:
            return ["result = G.sum(axis=(1, 2), keepdims=True)"]
        case "kernel-gradient", _:
            return [canvas, "result = np.zeros(w.shape)", each, f"    result[c] += x[c, m, n] * canvas{stamp}"]
        case "input-gradient", _:
            return [canvas, "result = np.zeros(x.shape)", each, f"    result[c, m, n] = (w[c] * canvas{stamp}).sum()"]
        case _, "stretched":
            return _stretched_lines(rule)
    start = f"canvas = np.zeros({(len(rule.b), rule.rows.canvas, rule.cols.canvas)}) + b"
    return [start, each, f"    canvas{stamp} += x[c, m, n] * w[c]", f"result = canvas{_cropped(rule)}"]


def _stretched_lines(rule: TransposedConvolution) -> list[str]:
    """Insert the zeros, lay a border of d(k − 1) around them, take the padding off it, and convolve."""
    rows, cols = rule.rows, rule.cols
    shape = (len(rule.x), rows.canvas + rows.extent - 1, cols.canvas + cols.extent - 1)
    places = ", ".join(
        f"{axis.extent - 1} : {axis.extent - 1 + (axis.n - 1) * axis.stride + 1} : {axis.stride}"
        for axis in (rows, cols)
    )
    channels, outs = len(rule.x) // rule.groups, rule.w.shape[1]
    maps = f"o // {outs} * {channels} : (o // {outs} + 1) * {channels}" if rule.groups > 1 else ":"
    window = ", ".join(
        f"{index} : {index} + {axis.extent}" + (f" : {axis.dilation}" if axis.dilation > 1 else "")
        for index, axis in (("i", rows), ("j", cols))
    )
    return [
        f"stretched = np.zeros({shape})",
        f"stretched[:, {places}] = x",
        f"stretched = stretched{_border(rule)}",
        "turned = w[:, :, ::-1, ::-1]  # by 180°",
        f"y = np.zeros({rule.output.shape})",
        f"for o, i, j in np.ndindex({rule.output.shape}):",
        f"    y[o, i, j] = (turned[{maps}, o % {outs}] * stretched[{maps}, {window}]).sum()",
        "result = y + b",
    ]


def _torch(rule: TransposedConvolution) -> str:
    rows, cols = rule.rows, rule.cols
    options = (
        f"stride=({rows.stride}, {cols.stride}), padding=({rows.crop}, {cols.crop}), "
        f"output_padding=({rows.more}, {cols.more}), groups={rule.groups}, dilation=({rows.dilation}, {cols.dilation})"
    )
    return f"y = F.conv_transpose2d(x[None], w, {options})[0] + b"


def _cropped(rule: TransposedConvolution) -> str:
    spans = (f"{axis.crop} : {axis.crop + axis.output}" for axis in (rule.rows, rule.cols))
    return f"[:, {', '.join(spans)}]"


def _border(rule: TransposedConvolution) -> str:
    lengths = ((axis.crop, axis.canvas + axis.extent - 1 - axis.crop) for axis in (rule.rows, rule.cols))
    return f"[:, {', '.join(f'{first} : {end}' for first, end in lengths)}]"


def _maps(rule: TransposedConvolution) -> str:
    channels, outs = len(rule.x) // rule.groups, rule.w.shape[1]
    return ":" if rule.groups == 1 else f"c // {channels} * {outs} : (c // {channels} + 1) * {outs}"


def _span(index: str, axis: Stretch) -> str:
    first = index if axis.stride == 1 else f"{index} * {axis.stride}"
    step = f" : {axis.dilation}" if axis.dilation > 1 else ""
    return f"{first} : {first} + {axis.extent}{step}"
