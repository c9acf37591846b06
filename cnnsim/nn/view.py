"""How much of the input a cell sees after each layer of a network: its field of view."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from cnnsim.functional.check import Pair, pair
from cnnsim.nn.convolutions import Conv1d, ConvTranspose2d
from cnnsim.nn.imagewise import AdaptiveAvgPool2d, AdaptiveMaxPool2d, Fold, LPPool2d, Unfold, WeightedPool2d
from cnnsim.nn.layer import AnyLayer
from cnnsim.nn.layers import Conv2d, Linear
from cnnsim.nn.node import INPUT, Node
from cnnsim.nn.pooling import AvgPool2d, MaxPool2d


@dataclass(frozen=True, slots=True)
class View:
    """What a cell sees of the input.

    Parameters
    ----------
    size
        Rows and columns that it sees at most.
    jump
        How far apart the views of neighbours are; after a transposed convolution that can be less than one cell.

    Examples
    --------
    >>> from cnnsim import nn
    >>> layers = {"conv1": nn.Conv2d(1, 6, 5), "pool1": nn.MaxPool2d(2)}
    >>> view = nn.summary(layers, (1, 32, 32)).layers[-1].view
    >>> view.size, [int(cells) for cells in view.jump]
    ((6, 6), [2, 2])
    """

    size: Pair
    jump: tuple[Fraction, Fraction]


def views(nodes: Mapping[str, Node]) -> dict[str, View | None]:
    """View after each layer; None where a cell sees the whole input, whatever its size."""
    known: dict[str, View | None] = {}
    jumps = {INPUT: (Fraction(1), Fraction(1))}
    for name, node in nodes.items():
        rows, columns = _steps(node.layer)
        before = jumps[node.inputs[0]]
        jumps[name] = (before[0] * rows, before[1] * columns)
        size = _seen_by(nodes, name)
        known[name] = None if size is None else View(size, jumps[name])
    return known


def _seen_by(nodes: Mapping[str, Node], name: str) -> Pair | None:
    """Go back from one cell of a layer to the cells of the input; of several ways the widest counts."""
    needed = {name: (1, 1)}
    for at, node in reversed(list(nodes.items())):
        if at not in needed:
            continue
        cells = _seen(node.layer, needed[at])
        if cells is None:
            return None
        for source in node.inputs:
            rows, columns = needed.get(source, (1, 1))
            needed[source] = (max(rows, cells[0]), max(columns, cells[1]))
    return needed[INPUT]


def _seen(layer: AnyLayer, cells: Pair) -> Pair | None:
    """Neighbouring cells of a layer's input that so many of its output see at most; None for all."""
    if isinstance(layer, Linear | AdaptiveAvgPool2d | AdaptiveMaxPool2d | Fold | Unfold):
        return None
    if isinstance(layer, ConvTranspose2d):  # only every s-th cell of a kernel meets a given output
        rows, columns = ((n - 1 + d * (k - 1)) // s + 1 for n, (k, s, d) in zip(cells, _window(layer), strict=True))
    else:
        rows, columns = ((n - 1) * s + d * (k - 1) + 1 for n, (k, s, d) in zip(cells, _window(layer), strict=True))
    return rows, columns


def _steps(layer: AnyLayer) -> tuple[Fraction, Fraction]:
    """How much farther apart neighbours of the output are than those of the input."""
    (_, down, _), (_, right, _) = _window(layer)
    if isinstance(layer, ConvTranspose2d):
        return Fraction(1, down), Fraction(1, right)
    return Fraction(down), Fraction(right)


def _window(layer: AnyLayer) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """(kernel_size, stride, dilation) along rows and along columns."""
    match layer:
        case Conv1d():
            return _window(layer.flat())
        case Conv2d() | MaxPool2d() | ConvTranspose2d():
            dilation = pair("dilation", layer.dilation, 1)
        case AvgPool2d() | LPPool2d() | WeightedPool2d():
            dilation = (1, 1)
        case _:
            return (1, 1, 1), (1, 1, 1)
    size = pair("kernel_size", layer.kernel_size, 1)
    stride = size if layer.stride is None else pair("stride", layer.stride, 1)
    return (size[0], stride[0], dilation[0]), (size[1], stride[1], dilation[1])
