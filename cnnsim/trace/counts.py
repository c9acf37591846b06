"""What a layer costs: weights, operations and memory of dense, local and shared connections, one count at a time."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from cnnsim import analysis
from cnnsim.errors import InputError
from cnnsim.trace.checks import Array, checked_integers, checked_name, checked_pair
from cnnsim.trace.grain import Grain, GrainView, check_index

Connection = Literal["units", "dense", "local", "shared"]
CONNECTIONS: tuple[Connection, ...] = ("units", "dense", "local", "shared")
Prior = Literal["dense", "local", "shared"]
PRIORS: tuple[Prior, ...] = ("dense", "local", "shared")
Quantity = Literal[
    "inputs", "outputs", "weights", "biases", "parameters", "macs", "parameter bytes", "activation bytes"
]
QUANTITIES: tuple[Quantity, ...] = (
    "inputs", "outputs", "weights", "biases", "parameters", "macs", "parameter bytes", "activation bytes",
)  # fmt: skip
_BYTES = 4  # of a float32
_LARGEST_SIDE, _MOST_MAPS = 1024, 4096


@dataclass(frozen=True, slots=True)
class Measure:
    """A number of a layer by its name, such as 28 ``rows``."""

    name: str
    value: int


@dataclass(frozen=True, slots=True)
class CountStep:
    """One count of one kind of connection, spelled out.

    Parameters
    ----------
    index
        Number of the step.
    connection
        ``"units"``, ``"dense"``, ``"local"`` or ``"shared"``, as for `Counts`.
    quantity
        What is counted; memory in bytes of float32 numbers.
    terms
        Products that add up to the value.
    value
        The count.
    """

    index: int
    connection: Connection
    quantity: Quantity
    terms: tuple[tuple[Measure, ...], ...]
    value: int


@dataclass(frozen=True, slots=True)
class LayerShape:
    """A convolution of one image, as far as counting goes.

    Parameters
    ----------
    rows, cols, channels
        Of the input.
    kernel_size
        Side of the kernels.
    filters
        How many kernels there are.
    out_rows, out_cols
        Of each map of the output.
    stride
        Of the windows.
    """

    rows: int
    cols: int
    channels: int
    kernel_size: int
    filters: int
    out_rows: int
    out_cols: int
    stride: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of ever stronger priors over the same layer; `counts` makes it.

    ``"units"`` is a dense layer with a unit for each filter; ``"dense"`` one with as many outputs as the convolution;
    ``"local"`` gives each output weights for its window alone; ``"shared"`` is the convolution.
    """

    layer: LayerShape
    connections: tuple[Connection, ...]

    def __len__(self) -> int:
        return len(self.connections) * len(QUANTITIES)

    def __getitem__(self, index: int) -> CountStep:
        place = check_index(index, len(self))
        row, col = divmod(place, len(QUANTITIES))
        connection, quantity = self.connections[row], QUANTITIES[col]
        return CountStep(
            place, connection, quantity, self._terms(connection, quantity), self.value(connection, quantity)
        )

    @property
    def output(self) -> Array:
        """All counts, a row for each kind of connection, a column for each of `QUANTITIES`."""
        rows = [[self.value(connection, quantity) for quantity in QUANTITIES] for connection in self.connections]
        return np.array(rows, dtype=np.float64)

    def at(self, grain: Grain) -> GrainView[CountStep]:
        """Return the same steps one count, one kind of connection or all of them at a time."""
        units = {"multiply": 1, "cell": 1, "row": len(QUANTITIES)}
        unit = units.get(grain, len(self))
        return GrainView(self, range(unit, len(self) + 1, unit))

    def value(self, connection: Connection, quantity: Quantity) -> int:
        """One count."""
        layer = self.layer
        inputs = layer.rows * layer.cols * layer.channels
        outputs = layer.filters * (1 if connection == "units" else layer.out_rows * layer.out_cols)
        dense = connection in ("units", "dense")
        seen, cells = (inputs, 1) if dense else (layer.channels, layer.kernel_size**2)
        learned = layer.filters if connection == "shared" else outputs
        match quantity:
            case "inputs":
                return inputs
            case "outputs":
                return outputs
            case "weights":
                return analysis.parameters(seen, learned, cells, bias=False)
            case "biases":
                return learned
            case "parameters":
                return analysis.parameters(seen, learned, cells)
            case "macs":
                return analysis.macs(seen, learned, cells, outputs // learned)
            case "parameter bytes":
                return analysis.memory((analysis.parameters(seen, learned, cells),), _BYTES)
            case "activation bytes":
                return analysis.memory((inputs + outputs,), _BYTES)

    def _terms(self, connection: Connection, quantity: Quantity) -> tuple[tuple[Measure, ...], ...]:
        """Spell a count out as a sum of products."""
        layer = self.layer
        bytes_each = Measure("bytes", _BYTES)
        depth, side = Measure("input channels", layer.channels), Measure("kernel size", layer.kernel_size)
        inputs = (Measure("rows", layer.rows), Measure("columns", layer.cols), depth)
        positions = (Measure("output rows", layer.out_rows), Measure("output columns", layer.out_cols))
        filters = (Measure("units" if connection == "units" else "output channels", layer.filters),)
        outputs = filters if connection == "units" else (*filters, *positions)
        learned = filters if connection == "shared" else outputs
        window = inputs if connection in ("units", "dense") else (side, side, depth)
        match quantity:
            case "inputs":
                return (inputs,)
            case "outputs":
                return (outputs,)
            case "weights":
                return ((*learned, *window),)
            case "biases":
                return (learned,)
            case "parameters":
                return ((*learned, *window), learned)
            case "macs":
                return ((*outputs, *window),)
            case "parameter bytes":
                return ((bytes_each, *learned, *window), (bytes_each, *learned))
            case "activation bytes":
                return ((bytes_each, *inputs), (bytes_each, *outputs))


def counts(
    input_size: int | tuple[int, int] = 28,
    channels: int = 1,
    kernel_size: int = 5,
    filters: int = 8,
    *,
    stride: int = 1,
    padding: int = 0,
    prior: str = "shared",
) -> Counts:
    """Return what a convolution costs, and what less of its prior would cost.

    Parameters
    ----------
    input_size
        Rows and columns of the input.
    channels
        Of the input.
    kernel_size
        Rows and columns of the kernels.
    filters
        Kernels: maps of the output, or units of the dense layer that is compared.
    stride, padding
        Of the convolution.
    prior
        The strongest prior that is counted: ``"dense"`` none at all, ``"local"`` that outputs depend on windows,
        ``"shared"`` that what is useful at one place is useful at all.

    Returns
    -------
    Counts
        A trace with a step for each of `QUANTITIES` of each kind of connection up to the prior.

    Raises
    ------
    InputError
        If a number is out of range or the kernel is larger than the padded input.

    References
    ----------
    I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, MIT Press 2016, sections 9.2 and 9.4.

    Examples
    --------
    >>> step = counts()[-4]
    >>> step.connection, step.quantity, [[measure.value for measure in term] for term in step.terms], step.value
    ('shared', 'parameters', [[8, 5, 5, 1], [8]], 208)
    """
    rows, cols = checked_pair("input_size", input_size)
    numbers = {"channels": channels, "kernel_size": kernel_size, "filters": filters}
    for name, value in ({"input_size": max(rows, cols)} | numbers).items():
        most = _LARGEST_SIDE if "size" in name else _MOST_MAPS
        (whole,) = checked_integers(name, value, 1)
        if not 1 <= whole <= most:
            raise InputError(name, whole, "is out of range", f"use a whole number from 1 to {most}")
    out_rows, out_cols = (analysis.output_size(n, kernel_size, stride, padding) for n in (rows, cols))
    layer = LayerShape(rows, cols, channels, kernel_size, filters, out_rows, out_cols, stride)
    strongest = CONNECTIONS.index(checked_name("prior", prior, PRIORS))
    return Counts(layer, CONNECTIONS[: strongest + 1])
