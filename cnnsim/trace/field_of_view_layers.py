"""Stacks of layers as tables of numbers, one row a layer, and what one unit of such a stack is computed from."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnsim.analysis import output_size
from cnnsim.errors import InputError
from cnnsim.trace.checks import checked_array

LAYER_COLUMNS = ("kernel", "stride", "dilation", "padding", "pooling")
_USUAL = (3, 1, 1, 0, 0)  # what a missing column means
_LEAST = (1, 1, 1, 0, 0)
_MOST = (64, 16, 16, 16, 1)
_LARGEST = 512  # cells along a side of the input
Ways = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SlidingLayer:
    """A layer that slides a window: what matters for the field of view, the same for rows and for columns.

    Parameters
    ----------
    name
        ``conv1``, ``pool1`` and so on: a pooling has the number of the convolution before it.
    kernel_size, stride, dilation, padding
        Of its window.
    pools
        Whether it is a pooling.
    """

    name: str
    kernel_size: int
    stride: int
    dilation: int
    padding: int
    pools: bool

    @property
    def extent(self) -> int:
        """Cells from the first to the last that a window sees."""
        return self.dilation * (self.kernel_size - 1) + 1

    def size(self, n: int) -> int:
        """Cells that the layer makes of n; InputError if no window fits."""
        return output_size(n, self.kernel_size, self.stride, self.padding, self.dilation)

    def first(self, unit: int) -> int:
        """Cell at which the window of a unit begins; below 0 it lies on padding."""
        return unit * self.stride - self.padding

    def ways(self, ways: Ways, n: int) -> Ways:
        """Turn how often each unit counts into how often each of the n cells before the layer does.

        Examples
        --------
        >>> SlidingLayer("conv1", 3, 2, 1, 0, False).ways(np.array([1.0, 1.0]), 5).tolist()
        [1.0, 1.0, 2.0, 1.0, 1.0]
        """
        padded = np.zeros(n + 2 * self.padding)
        for within in range(self.kernel_size):
            first = within * self.dilation
            padded[first : first + (len(ways) - 1) * self.stride + 1 : self.stride] += ways
        return padded[self.padding : self.padding + n]

    def sees(self, n: int) -> NDArray[np.bool_]:
        """Which of n cells each unit sees: (units, n).

        Examples
        --------
        >>> SlidingLayer("conv1", 2, 1, 2, 0, False).sees(4).astype(int)
        array([[1, 0, 1, 0],
               [0, 1, 0, 1]])
        """
        seen = np.zeros((self.size(n), n + 2 * self.padding), dtype=np.bool_)
        units = np.arange(len(seen))
        for within in range(self.kernel_size):
            seen[units, units * self.stride + within * self.dilation] = True
        return seen[:, self.padding : self.padding + n]


def checked_layers(values: Any) -> tuple[SlidingLayer, ...]:
    """Return the layers of a table.

    Parameters
    ----------
    values
        (K, 1 to 5): a row for each layer with its kernel size, stride, dilation, padding, and 1 if it is a pooling;
        columns that are missing are 1, 1, 0 and 0.

    Raises
    ------
    InputError
        If a number is not whole or out of range.

    Examples
    --------
    >>> [layer.name for layer in checked_layers([[5, 1, 1, 0, 0], [2, 2, 1, 0, 1], [5, 1, 1, 0, 0]])]
    ['conv1', 'pool1', 'conv2']
    """
    table = checked_array("layers", values, 2)
    if table.shape[1] > len(LAYER_COLUMNS):
        shape = f"array of shape {table.shape}"
        raise InputError("layers", shape, "has too many columns", f"give {', '.join(LAYER_COLUMNS)}")
    layers: list[SlidingLayer] = []
    convolutions = 0
    for row in table:
        kernel_size, stride, dilation, padding, pools = _checked_row(row.tolist())
        convolutions += not pools
        name = f"{'pool' if pools else 'conv'}{convolutions}"
        layers.append(SlidingLayer(name, kernel_size, stride, dilation, padding, bool(pools)))
    return tuple(layers)


def checked_sizes(n: int, layers: tuple[SlidingLayer, ...]) -> tuple[int, ...]:
    """Return the sides of the input and of each layer's map; InputError naming the layer where no window fits."""
    if not 1 <= n <= _LARGEST:
        raise InputError("input_size", n, "is out of range", f"use 1 to {_LARGEST}")
    sizes = [n]
    for layer in layers:
        if layer.extent > sizes[-1] + 2 * layer.padding:
            rule = f"leaves {sizes[-1]} cells for the window of {layer.name}, which needs {layer.extent}"
            raise InputError("input_size", n, rule, "use a larger input or fewer layers")
        sizes.append(layer.size(sizes[-1]))
    return tuple(sizes)


def _checked_row(given: list[float]) -> list[int]:
    row = [*given, *_USUAL[len(given) :]]
    for name, value, least, most in zip(LAYER_COLUMNS, row, _LEAST, _MOST, strict=True):
        if value != int(value) or not least <= value <= most:
            raise InputError(name, f"{value:g}", "is out of range", f"use a whole number from {least} to {most}")
    return [int(value) for value in row]
