"""What a network is, layer by layer, without running it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cnnsim import analysis
from cnnsim.functional.check import pair
from cnnsim.nn.convolutions import Conv1d, ConvTranspose2d
from cnnsim.nn.layer import AnyLayer, Join, Shape
from cnnsim.nn.layers import Conv2d, Linear
from cnnsim.nn.network import Network
from cnnsim.nn.node import INPUT, Node, arranged, shapes_of
from cnnsim.nn.view import View, views

_TEXTS = 3
"""Columns of a table before its numbers."""


@dataclass(frozen=True, slots=True)
class LayerSummary:
    """What one layer does to a network: one line of its summary.

    Parameters
    ----------
    name, kind
        Of the layer: its name in the network, and that of its class.
    output_shape
        Of one image after it.
    parameters
        Numbers it learns.
    macs
        Multiply-accumulates of convolutions and dense layers for one image.
    memory
        Bytes of its output for one image.
    view
        What a cell sees of the input, None for all of it.

    Examples
    --------
    >>> from cnnsim import nn
    >>> layer = nn.summary({"conv1": nn.Conv2d(1, 6, 5)}, (1, 32, 32)).layers[0]
    >>> layer.kind, layer.output_shape, layer.parameters, layer.macs
    ('Conv2d', (6, 28, 28), 156, 117600)
    """

    name: str
    kind: str
    output_shape: Shape
    parameters: int
    macs: int
    memory: int
    view: View | None


@dataclass(frozen=True, slots=True)
class Summary:
    """All layers of a network, for one shape of image; print it for a table.

    Parameters
    ----------
    input_shape
        Of one image.
    itemsize
        Bytes of a number.
    layers
        A record for each, in order.

    Examples
    --------
    >>> from cnnsim import nn
    >>> whole = nn.summary({"conv1": nn.Conv2d(1, 6, 5), "pool1": nn.MaxPool2d(2)}, (1, 32, 32))
    >>> whole.parameters, whole.macs, whole.activation_memory
    (156, 117600, 23520)
    """

    input_shape: Shape
    itemsize: int
    layers: tuple[LayerSummary, ...]

    @property
    def parameters(self) -> int:
        """Numbers that the network learns."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def macs(self) -> int:
        """Multiply-accumulates for one image."""
        return sum(layer.macs for layer in self.layers)

    @property
    def parameter_memory(self) -> int:
        """Bytes of all parameters."""
        return self.parameters * self.itemsize

    @property
    def activation_memory(self) -> int:
        """Bytes of all outputs for one image: what training keeps until the backward pass."""
        return sum(layer.memory for layer in self.layers)

    def __str__(self) -> str:
        rows: list[tuple[str, ...]] = [("layer", "kind", "output", "parameters", "MACs", "bytes", "sees", "every")]
        rows += [_row(layer) for layer in self.layers]
        total = f"{self.parameters:,}", f"{self.macs:,}", f"{self.activation_memory:,}"
        rows.append(("total", "", "", *total, "", ""))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join(_aligned(row, widths) for row in rows)


def summary(
    network: Network | Mapping[str, AnyLayer | Node], input_shape: Shape, *, itemsize: int | None = None
) -> Summary:
    """Shapes, parameters, multiply-accumulates, memory and field of view of every layer.

    Parameters
    ----------
    network
        A network, or its layers by name as `Network` takes them: no number of them is needed.
    input_shape
        Of one image: (C, H, W), or (features,).
    itemsize
        Bytes of a number; None for the network's, or 4.

    Returns
    -------
    Summary
        One record for each layer, and totals.

    Raises
    ------
    InputError
        If the layers make no network, or cannot take such images.

    Examples
    --------
    >>> from cnnsim import nn
    >>> print(nn.summary({"conv1": nn.Conv2d(1, 6, 5), "pool1": nn.MaxPool2d(2)}, (1, 32, 32)))
    layer  kind       output       parameters     MACs   bytes  sees  every
    conv1  Conv2d     6 × 28 × 28         156  117,600  18,816   5×5      1
    pool1  MaxPool2d  6 × 14 × 14           0        0   4,704   6×6      2
    total                                 156  117,600  23,520
    """
    nodes = network.nodes if isinstance(network, Network) else arranged(network)
    size = itemsize or (network.dtype.itemsize if isinstance(network, Network) else np.dtype(np.float32).itemsize)
    shapes = {INPUT: input_shape} | shapes_of(nodes, input_shape)
    seen = views(nodes)
    layers = tuple(
        LayerSummary(
            name,
            type(node.layer).__name__,
            shapes[name],
            _parameters(node.layer),
            _macs(node.layer, shapes[node.inputs[0]], shapes[name]),
            analysis.memory(shapes[name], size),
            seen[name],
        )
        for name, node in nodes.items()
    )
    return Summary(input_shape, size, layers)


def _parameters(layer: AnyLayer) -> int:
    match layer:
        case Conv2d() | Conv1d() | ConvTranspose2d():
            channels = layer.in_channels, layer.out_channels
            return analysis.parameters(*channels, _cells(layer), layer.groups, bias=layer.bias)
        case Linear():
            return analysis.parameters(layer.in_features, layer.out_features, bias=layer.bias)
        case Join():
            return 0
        case _:
            return sum(array.size for array in layer.initial_parameters(np.random.default_rng(0)).values())


def _macs(layer: AnyLayer, before: Shape, after: Shape) -> int:
    match layer:
        case Conv2d() | Conv1d():
            return analysis.macs(
                layer.in_channels, layer.out_channels, _cells(layer), math.prod(after[1:]), layer.groups
            )
        case ConvTranspose2d():
            return analysis.macs(
                layer.in_channels, layer.out_channels, _cells(layer), math.prod(before[1:]), layer.groups
            )
        case Linear():
            return analysis.macs(layer.in_features, layer.out_features)
        case _:
            return 0


def _cells(layer: Conv2d | Conv1d | ConvTranspose2d) -> int:
    return layer.kernel_size if isinstance(layer, Conv1d) else math.prod(pair("kernel_size", layer.kernel_size, 1))


def _row(layer: LayerSummary) -> tuple[str, ...]:
    size = "all" if layer.view is None else "×".join(map(str, layer.view.size))
    jump = "" if layer.view is None else "×".join(map(str, dict.fromkeys(layer.view.jump)))
    numbers = f"{layer.parameters:,}", f"{layer.macs:,}", f"{layer.memory:,}"
    return layer.name, layer.kind, " × ".join(map(str, layer.output_shape)), *numbers, size, jump


def _aligned(row: tuple[str, ...], widths: list[int]) -> str:
    """Texts to the left, numbers to the right."""
    cells = (
        text.ljust(width) if column < _TEXTS else text.rjust(width)
        for column, (text, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join(cells).rstrip()
