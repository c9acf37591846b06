"""A convolution of signals and its gradients as text of other libraries."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cnnsim.operations.code import Code, numpy_text, torch_text
from cnnsim.operations.settings import array_of
from cnnsim.operations.source import Array
from cnnsim.trace import Convolution
from cnnsim.trace.convolution_full_gradient import border

if TYPE_CHECKING:  # which in turn imports this module
    from cnnsim.operations.convolution_1d import SignalSettings

_NUMPY_PADDING = {"zeros": "constant", "replicate": "edge", "reflect": "reflect", "circular": "wrap"}
_TORCH_PADDING = {"zeros": "constant", "replicate": "replicate", "reflect": "reflect", "circular": "circular"}
_LEAVES = {
    "forward": "",
    "bias-gradient": "b",
    "input-gradient": "x",
    "input-gradient-full": "x",
    "input-gradient-scatter": "x",
}


def convolution_1d_code(settings: "SignalSettings") -> Code:
    """Write the convolution of signals, or its gradient, as the settings show it.

    Examples
    --------
    >>> from cnnsim.operations import operation_named
    >>> names = {}
    >>> exec(convolution_1d_code(operation_named("convolution-1d").start).numpy, names)
    >>> names["result"].tolist()
    [[0.0, 0.0, 3.0, 5.0, 6.0, 6.0, 3.0, 1.0, 0.0, 0.0]]
    """
    rule = settings.forward().rule.rule
    given = _tensors(settings, rule)
    flip = [f"{_kernel(rule)} = w[:, :, ::-1]"] if rule.flip and "w" in given else []
    flip_torch = [f"{_kernel(rule)} = w.flip(2)"] if flip else []
    leaf = _LEAVES.get(settings.direction, _kernel(rule))
    return Code(
        numpy_text(given, *flip, *_numpy_lines(settings.direction, rule)),
        torch_text(given, *flip_torch, *_torch_lines(rule), gradient_of=leaf),
    )


def _tensors(settings: "SignalSettings", rule: Convolution) -> Mapping[str, Array]:
    """Return what the text begins with; where the gradient of a flipped kernel is on screen, that kernel."""
    name = _kernel(rule) if settings.direction == "kernel-gradient" else "w"
    kernel = rule.applied if name == "flipped" else rule.w
    tensors = {"x": rule.x[:, 0], name: kernel[:, :, 0], "b": rule.b[:, None]}
    return tensors if settings.direction == "forward" else {**tensors, "G": array_of(settings, "gradient")[:, 0]}


def _kernel(rule: Convolution) -> str:
    return "flipped" if rule.flip else "w"


def _numpy_lines(direction: str, rule: Convolution) -> list[str]:
    places = (len(rule.output), rule.output.shape[2])
    window = f"[{_window(rule)}]"
    match direction:
        case "bias-gradient":
            return ["result = G.sum(axis=1, keepdims=True)"]
        case "forward":
            return [
                *_padded(rule),
                f"y = np.zeros({places})",
                f"for o, i in np.ndindex({places}):",
                f"    y[o, i] = ({_kernel(rule)}[o] * padded{window}).sum()",
                "result = y + b",
            ]
        case "kernel-gradient":
            return [
                *_padded(rule),
                f"result = np.zeros({_kernel(rule)}.shape)",
                f"for o, i in np.ndindex({places}):",
                f"    result[o] += G[o, i] * padded{window}",
            ]
        case "input-gradient-full":
            return _full(rule)
    return [
        f"spread = np.zeros({(len(rule.x), rule.padded.shape[2])})",
        f"for o, i in np.ndindex({places}):",
        f"    spread{window} += G[o, i] * {_kernel(rule)}[o]",
        *_gathered(rule),
    ]


def _padded(rule: Convolution) -> list[str]:
    axis, mode = rule.geometry.cols, _NUMPY_PADDING[rule.geometry.mode]
    if not axis.before + axis.after:
        return ["padded = x"]
    return [f'padded = np.pad(x, ((0, 0), ({axis.before}, {axis.after})), mode="{mode}")']


def _gathered(rule: Convolution) -> list[str]:
    """Take the padding away: of zeros it gets lost, of copies it belongs to the cell that is copied."""
    axis, mode = rule.geometry.cols, _NUMPY_PADDING[rule.geometry.mode]
    if mode == "constant" or not axis.before + axis.after:
        return [f"result = spread[:, {axis.before} : {axis.before + axis.n}]"]
    return [
        f'cell = np.pad(np.arange({axis.n}), ({axis.before}, {axis.after}), mode="{mode}")',
        "result = np.zeros(x.shape)",
        "for a in range(len(cell)):",
        "    result[:, cell[a]] += spread[:, a]",
    ]


def _full(rule: Convolution) -> list[str]:
    """Stretch G by zeros, flip the kernels, and convolve."""
    axis, outs, channels = rule.geometry.cols, len(rule.w) // rule.groups, rule.w.shape[1]
    maps = ":" if rule.groups == 1 else f"c // {channels} * {outs} : (c // {channels} + 1) * {outs}"
    within = "c" if rule.groups == 1 else f"c % {channels}"
    step = f" : {axis.dilation}" if axis.dilation > 1 else ""
    return [
        f"stretched = np.zeros({(len(rule.w), axis.n + axis.extent - 1)})",
        "for m in range(G.shape[1]):",
        f"    i = m * {axis.stride} + {border(axis)[0]}",
        "    if 0 <= i < stretched.shape[1]:",
        "        stretched[:, i] = G[:, m]",
        f"back = {_kernel(rule)}[:, :, ::-1]  # the other way round",
        "result = np.zeros(x.shape)",
        "for c, i in np.ndindex(x.shape):",
        f"    window = stretched[{maps}, i : i + {axis.extent}{step}]",
        f"    result[c, i] = (back[{maps}, {within}] * window).sum()",
    ]


def _window(rule: Convolution) -> str:
    """Write the indices of a window of output cell (o, i)."""
    axis, outs, channels = rule.geometry.cols, len(rule.w) // rule.groups, rule.w.shape[1]
    maps = ":" if rule.groups == 1 else f"o // {outs} * {channels} : (o // {outs} + 1) * {channels}"
    first = "i" if axis.stride == 1 else f"i * {axis.stride}"
    step = f" : {axis.dilation}" if axis.dilation > 1 else ""
    return f"{maps}, {first} : {first} + {axis.extent}{step}"


def _torch_lines(rule: Convolution) -> list[str]:
    axis = rule.geometry.cols
    pads = f'padded = F.pad(x[None], ({axis.before}, {axis.after}), mode="{_TORCH_PADDING[rule.geometry.mode]}")'
    options = f"stride={axis.stride}, dilation={axis.dilation}, groups={rule.groups}"
    return [
        pads if axis.before + axis.after else "padded = x[None]",
        f"y = F.conv1d(padded, {_kernel(rule)}, {options})[0] + b",
    ]
