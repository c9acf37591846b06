"""The equivariance bench as text of other libraries."""

from typing import TYPE_CHECKING

from cnnsim.operations.code import Code, numpy_text, torch_text
from cnnsim.operations.settings import array_of

if TYPE_CHECKING:
    from cnnsim.operations.equivariance import EquivarianceSettings

_NUMPY_PADDING = {"zeros": "constant", "replicate": "edge", "reflect": "reflect", "circular": "wrap"}
_TORCH_PADDING = {"zeros": "constant", "replicate": "replicate", "reflect": "reflect", "circular": "circular"}


def equivariance_code(settings: "EquivarianceSettings") -> Code:
    """Write f, g and f(g(x)) − g(f(x))."""
    tensors = {"x": array_of(settings, "input"), "w": array_of(settings, "kernel")}
    numpy = numpy_text(tensors, *_numpy_f(settings), "", *_g(settings, "np"), "", *_numpy_end(settings))
    torch = torch_text(tensors, *_torch_f(settings), "", *_g(settings, "torch"), "", *_torch_end(settings))
    return Code(numpy, torch)


def _numpy_f(settings: "EquivarianceSettings") -> list[str]:
    p, s, mode = settings.padding, settings.stride, _NUMPY_PADDING[settings.padding_mode]
    pooling = {
        "none": [],
        "max": ["    y = y.max(axis=(2, 4))"],
        "average": ["    y = y.mean(axis=(2, 4))"],
    }[settings.pooled]
    blocks = [
        "    maps, rows, cols = y.shape",
        "    y = y[:, : rows // 2 * 2, : cols // 2 * 2].reshape(maps, rows // 2, 2, cols // 2, 2)",
    ]
    return [
        "def f(image):",
        f'    padded = np.pad(image, ((0, 0), ({p}, {p}), ({p}, {p})), mode="{mode}")',
        "    windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(1, 2))",
        f'    y = np.einsum("cijrt,ocrt->oij", windows[:, ::{s}, ::{s}], w)',
        *(blocks if pooling else []),
        *pooling,
        "    return y",
    ]


def _torch_f(settings: "EquivarianceSettings") -> list[str]:
    p, mode = settings.padding, _TORCH_PADDING[settings.padding_mode]
    pooling = {"none": [], "max": ["    y = F.max_pool2d(y, 2)"], "average": ["    y = F.avg_pool2d(y, 2)"]}
    return [
        "def f(image):",
        f'    padded = F.pad(image[None], ({p}, {p}, {p}, {p}), mode="{mode}")',
        f"    y = F.conv2d(padded, w, stride={settings.stride})",
        *pooling[settings.pooled],
        "    return y[0]",
    ]


def _g(settings: "EquivarianceSettings", library: str) -> list[str]:
    """Write the movement; `down` and `right` are 0 unless it is a shift."""
    axes = "dims" if library == "torch" else "axis" if settings.movement == "shift" else "axes"
    head = "def g(maps, down=0, right=0):"
    match settings.movement:
        case "rotation":
            return [head, f"    return {library}.rot90(maps, {axes}=(1, 2))"]
        case "scaling":
            repeat = "repeat_interleave" if library == "torch" else "repeat"
            axis = "dim" if library == "torch" else "axis"
            return [head, f"    return maps.{repeat}(2, {axis}=1).{repeat}(2, {axis}=2)"]
    around = f"{library}.roll(maps, (down, right), {axes}=(1, 2))"
    if settings.entering == "circular":
        return [head, f"    return {around}"]
    return [
        head,
        f"    moved = {around}",
        "    rows, cols = maps.shape[1:]",
        "    moved[:, : max(down, 0)] = 0  # what came around the edges",
        "    moved[:, max(rows + min(down, 0), 0) :] = 0",
        "    moved[:, :, : max(right, 0)] = 0",
        "    moved[:, :, max(cols + min(right, 0), 0) :] = 0",
        "    return moved",
    ]


def _both_ways(settings: "EquivarianceSettings") -> list[str]:
    rule = settings.trace().rule
    (down, right), (far_down, far_right) = rule.move.shift, rule.feature_move.shift
    if settings.movement != "shift":
        return ["one, other = f(g(x)), g(f(x))"]
    return [f"one, other = f(g(x, {down}, {right})), g(f(x), {far_down}, {far_right})"]


def _middle() -> list[str]:
    return [
        "rows, cols = (min(sizes) for sizes in zip(one.shape[1:], other.shape[1:]))",
        "",
        "def middle(maps):  # the part that both have",
        "    top, left = (maps.shape[1] - rows) // 2, (maps.shape[2] - cols) // 2",
        "    return maps[:, top : top + rows, left : left + cols]",
        "",
    ]


def _numpy_end(settings: "EquivarianceSettings") -> list[str]:
    return [*_both_ways(settings), *_difference(settings, "result")]


def _torch_end(settings: "EquivarianceSettings") -> list[str]:
    return [*_both_ways(settings), *_difference(settings, "y")]


def _difference(settings: "EquivarianceSettings", name: str) -> list[str]:
    if settings.movement == "scaling":
        return [*_middle(), f"{name} = middle(one) - middle(other)"]
    return [f"{name} = one - other"]
