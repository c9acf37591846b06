"""A chain of layers translated for `cnnsim.engine.training`: a share of a batch, forwards or both ways, in one call."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from cnnsim.engine import convolution, linear, training
from cnnsim.engine.compile import LANES
from cnnsim.engine.handover import SIZE, assign, run
from cnnsim.engine.memory import blank
from cnnsim.nn.layer import AnyLayer, Floats, Shape
from cnnsim.nn.layers import Conv2d, Linear
from cnnsim.nn.node import INPUT, Node
from cnnsim.nn.parameterless import Flatten, ReLU
from cnnsim.nn.pooling import MaxPool2d

_N_FIELDS = 16
_DY = 5
_NOWHERE = -1


@dataclass(frozen=True, slots=True)
class TrainingProgram:
    """Instructions for one shape of image; a block needs `size` numbers of memory and `winners` indices.

    `places` are those of the images, the logits, their gradient and that of a block's parameters, and the number of
    classes.
    """

    code: NDArray[np.int64]
    tables: NDArray[np.int64]
    places: NDArray[np.int64]
    size: int
    winners: int
    spare: list[tuple[Floats, NDArray[np.int32]]] = field(default_factory=list)

    def __call__(
        self,
        parameters: Floats,
        images: Floats,
        labels: NDArray[np.int64],
        gradients: Floats,
        losses: Floats,
        guesses: NDArray[np.int64],
    ) -> None:
        """Fill `gradients` (rows, P), `losses` and `guesses` (blocks, L) for images (N, C, H, W); all contiguous."""
        share = np.zeros(SIZE, np.int64)
        assign(share, images, labels, gradients, losses, guesses)
        self.follow(share, parameters, 0)

    def follow(self, share: NDArray[np.int64], parameters: Floats, patience: int) -> None:
        """Work on a share whose arrays somebody holds, and on those that follow within so many looks at its bell."""
        with self._memory(parameters) as mine:
            run(share, *self._fixed, parameters, *mine, patience)

    def infer(self, images: Floats, parameters: Floats) -> Floats:
        """Run images (N, C, H, W) forwards, as they are used after training: to logits (N, classes)."""
        flat = np.ascontiguousarray(images).reshape(len(images), -1)
        outputs = np.empty((len(images), self.places[4]), parameters.dtype)
        with self._memory(parameters) as mine:
            training.infer(flat, *self._fixed, parameters, *mine, outputs)
        return outputs

    @property
    def _fixed(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        return self.code, self.tables, self.places

    @contextmanager
    def _memory(self, parameters: Floats) -> Iterator[tuple[Floats, NDArray[np.int32]]]:
        """Memory for one call: threads must not share it, so each takes one out of the spare ones."""
        try:
            mine = self.spare.pop()
        except IndexError:
            mine = blank((self.size,), parameters.dtype), blank((self.winners,), np.int32)
        yield mine
        self.spare.append(mine)


@dataclass(frozen=True, slots=True)
class _Array:
    """Where an activation of a block and its gradient lie, and which instruction made it."""

    start: int
    gradient: int
    shape: Shape
    maker: int | None


class _Writer:
    """Writes instructions, and hands out memory: first zeros, for what has no bias."""

    def __init__(self, shape: Shape, no_bias: int) -> None:
        self.size, self.winners, self.table_size = 0, 0, 0
        self.code: list[list[int]] = []
        self.tables: list[NDArray[np.int64]] = []
        self.reserve(no_bias)
        self.now = _Array(self.reserve(math.prod(shape) * LANES), _NOWHERE, shape, None)

    def reserve(self, n: int) -> int:
        start, self.size = self.size, self.size + -(-n // LANES) * LANES
        return start

    def table(self, *parts: NDArray[np.int64]) -> int:
        start = self.table_size
        self.tables += [part.ravel().astype(np.int64) for part in parts]
        self.table_size += sum(part.size for part in parts)
        return start

    def emit(self, kind: int, *fields: int) -> None:
        self.code.append([kind, *fields, *[0] * (_N_FIELDS - 1 - len(fields))])

    def made(self, start: int, gradient: int, shape: Shape) -> None:
        """The instruction just written made this array."""
        self.now = _Array(start, gradient, shape, self.code[-1][0])

    def convolution(self, layer: Conv2d, weight: int, bias: int) -> None:
        before = self.now
        g = layer.geometry(before.shape)
        tables, (height, width) = convolution.tables(g), g.output
        n, padded_size = math.prod(g.output) * LANES, g.in_channels * math.prod(g.padded) * LANES
        x, dx, wanted = before.start, before.gradient, before.maker is not None
        padded = any(g.padding)
        if padded:
            x, dx = self.reserve(padded_size), self.reserve(padded_size) if wanted else _NOWHERE
        y, dy = self.reserve(g.out_channels * n), self.reserve(g.out_channels * n)
        table = self.table(tables.maps, tables.taps, tables.steps, tables.steps_back, np.array([1, height, width]))
        pitch, row, (top, _, left, _) = g.padded[1] * LANES, g.width * LANES, g.padding
        move = np.array([
            g.in_channels, g.height, row, g.height * row, row, g.padded[0] * pitch, pitch, top * pitch + left * LANES,
        ])  # fmt: skip
        out, taps = g.out_channels // g.groups, g.n_taps
        moves = self.table(move)
        self.emit(
            training.CONVOLVE, x, y, weight, bias, dy, dx, g.groups, out, taps, table,
            int(padded), moves, before.start, before.gradient, padded_size,
        )  # fmt: skip
        self.made(y, dy, (g.out_channels, height, width))

    def dense(self, layer: Linear, weight: int, bias: int) -> None:
        before, o, i = self.now, layer.out_features, layer.in_features
        tables, along = linear.tables(o, i), linear.weight_tables(o, i)
        y, dy, images = self.reserve(o * LANES), self.reserve(o * LANES), self.reserve(i * LANES)
        table = self.table(tables.outputs, tables.inputs, tables.steps, tables.steps_back, np.ones(3, np.int64))
        steps, vectors = np.array([0, 0, LANES, 0, 0, LANES]), np.array([1, 1, i // LANES])
        turned = self.table(along.outputs, along.inputs, steps, vectors)
        dx = before.gradient if before.maker is not None else _NOWHERE
        self.emit(training.MULTIPLY, before.start, y, weight, bias, dy, dx, 1, o, i, table, images, turned)
        self.made(y, dy, (o,))

    def pool(self, layer: MaxPool2d) -> None:
        before = self.now
        (c, h, w), window = before.shape, layer.window(before.shape)
        n = c * math.prod(window.output) * LANES
        y, dy, winner = self.reserve(n), self.reserve(n), self.winners
        self.winners += n
        relu = self.code and self.code[-1][0] == training.RELU
        if relu:
            self.code.pop()
        dx = before.gradient
        if self.code and self.code[-1][0] == training.CONVOLVE:
            # Nobody needs the maps any more when their gradient comes back: it takes their place, while in the cache.
            dx = self.code[-1][_DY] = before.start
        fields = (c, h, w, *window.output, *window.kernel_size, *window.stride, int(bool(relu)), winner)
        self.emit(training.POOL, before.start, y, *fields, dy, dx)
        self.made(y, dy, (c, *window.output))

    def relu(self) -> None:
        if self.now.maker == training.POOL and self.code[-1][0] == training.POOL:
            self.code[-1][12] = 1
        else:
            self.emit(training.RELU, self.now.start, math.prod(self.now.shape) * LANES, self.now.gradient)


def translate(
    nodes: Mapping[str, Node], slices: Mapping[str, slice], shapes: Mapping[str, Shape], shape: Shape
) -> TrainingProgram | None:
    """Write the program for images of one shape; None if a layer has no instruction or the network is no chain."""
    *_, output = shapes.values()
    if len(output) != 1:
        return None
    widths = [shape[0], *(after[0] for after in shapes.values())]
    writer, previous = _Writer(shape, max(widths)), INPUT
    image = writer.now.start
    for name, node in nodes.items():
        if node.inputs != (previous,) or not _write(writer, name, node.layer, slices):
            return None
        previous = name
    if writer.now.maker != training.MULTIPLY:
        return None
    n_parameters = sum(part.stop - part.start for part in slices.values())
    places = np.array([image, writer.now.start, writer.now.gradient, writer.reserve(n_parameters), output[0]])
    code, tables = np.array(writer.code), np.concatenate(writer.tables)
    return TrainingProgram(code, tables, places, writer.size, writer.winners)


def _write(writer: _Writer, name: str, layer: AnyLayer, slices: Mapping[str, slice]) -> bool:
    weight, bias = (slices[key].start if key in slices else _NOWHERE for key in (f"{name}.weight", f"{name}.bias"))
    match layer:
        case Conv2d() if layer.padding_mode == "zeros":
            writer.convolution(layer, weight, bias)
        case Linear() if layer.in_features >= LANES:
            writer.dense(layer, weight, bias)
        case MaxPool2d() if writer.now.maker is not None and layer.is_plain:
            writer.pool(layer)
        case ReLU() if writer.now.maker is not None:
            writer.relu()
        case Flatten():
            writer.now = replace(writer.now, shape=(math.prod(writer.now.shape),))
        case _:
            return False
    return True
