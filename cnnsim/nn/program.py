"""A chain of layers translated for `cnnsim.engine.program`, which runs few images faster than blocks of them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cnnsim.engine import program
from cnnsim.engine.compile import LANES
from cnnsim.engine.convolution import Geometry
from cnnsim.engine.memory import blank
from cnnsim.engine.pooling import Window
from cnnsim.nn.dropout import Dropout
from cnnsim.nn.layer import AnyLayer, Floats, Shape
from cnnsim.nn.layers import Conv2d, Linear
from cnnsim.nn.node import INPUT, Node
from cnnsim.nn.parameterless import Flatten, ReLU
from cnnsim.nn.pooling import MaxPool2d

FEW = 3
"""So many images are faster one by one than in a block of L."""

_N_FIELDS = 21


@dataclass(frozen=True, slots=True)
class Program:
    """Instructions for one shape of image; `places` of the image and the output in a memory of `size` numbers."""

    code: NDArray[np.int64]
    tables: NDArray[np.int64]
    places: NDArray[np.int64]
    size: int
    output: Shape
    spare: list[Floats] = field(default_factory=list)

    def __call__(self, images: Floats, parameters: Floats) -> Floats:
        """Run images (N, C, H, W) with the network's parameter vector; returns (N, ...)."""
        # Threads must not share a memory, so each call takes one of its own out of the spare ones.
        try:
            memory = self.spare.pop()
        except IndexError:
            memory = blank((self.size,), parameters.dtype)
        outputs = np.empty((len(images), *self.output), parameters.dtype)
        flat = np.ascontiguousarray(images).reshape(len(images), -1), outputs.reshape(len(images), -1)
        program.run(*flat, self.code, self.tables, parameters, memory, self.places)
        self.spare.append(memory)
        return outputs


@dataclass(frozen=True, slots=True)
class _Maps:
    """Where maps lie in the memory: `plane` from map to map, `pitch` from row to row."""

    start: int
    shape: tuple[int, int, int]
    plane: int
    pitch: int

    @classmethod
    def dense(cls, start: int, shape: tuple[int, int, int]) -> "_Maps":
        return cls(start, shape, shape[1] * shape[2], shape[2])


class _Writer:
    """Writes instructions, and remembers what still has to happen to the maps before the next one reads them."""

    def __init__(self, shape: tuple[int, int, int], no_bias: int) -> None:
        # The memory begins with zeros, the bias of layers without one; then comes the image.
        self.size = 0
        self.reserve(no_bias)
        self.code: list[list[int]] = []
        self.tables: list[NDArray[np.int64]] = []
        self.table_size = 0
        self.window: Window | None = None
        self.relu = False
        self.maps = _Maps.dense(self.reserve(math.prod(shape)), shape)

    def reserve(self, n: int) -> int:
        """So much memory, on a cache line."""
        start, self.size = self.size, self.size + -(-n // LANES) * LANES
        return start

    def table(self, *parts: NDArray[np.int64]) -> int:
        start = self.table_size
        for part in parts:
            self.tables.append(part.ravel().astype(np.int64))
            self.table_size += part.size
        return start

    def emit(self, *fields: int) -> None:
        self.code.append([*fields, *[0] * (_N_FIELDS - len(fields))])

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of the maps, as the next instruction will see them."""
        c, *size = self.maps.shape
        height, width = self.window.output if self.window else size
        return c, height, width

    def copy(self, target: _Maps, top: int = 0, left: int = 0, phases: tuple[int, int] = (1, 1)) -> None:
        """Do what is still to be done to the maps, and put them at (top, left) of `target`."""
        c = self.maps.shape[0]
        _, rows, columns = self.shape
        w = self.window
        (down, right), (step_down, step_right) = (w.kernel_size, w.stride) if w else ((1, 1), (1, 1))
        source = self.maps
        taps = np.add.outer(np.arange(down) * source.pitch, np.arange(right))
        n_taps = taps.size if w or self.relu else 0
        reach = (rows - 1) * step_down * source.pitch + (columns - 1) * step_right + 1
        vectors = -(-reach // LANES)
        self.emit(
            program.COPY, source.start, source.plane, source.pitch, c, rows, columns,
            target.start, target.plane, target.pitch, top, left, *phases,
            self.reserve(vectors * LANES), vectors, step_down, step_right, int(self.relu), self.table(taps), n_taps,
        )  # fmt: skip
        self.maps, self.window, self.relu = target, None, False

    def settle(self) -> None:
        """Put the maps row behind row without gaps."""
        dense = _Maps.dense(self.maps.start, self.shape)
        if self.window or self.relu or self.maps != dense:
            self.copy(_Maps.dense(self.reserve(math.prod(self.shape)), self.shape))


def translate(
    nodes: Mapping[str, Node], slices: Mapping[str, slice], shapes: Mapping[str, Shape], shape: Shape
) -> Program | None:
    """Write the program for images of one shape; None if a layer has no instruction or the network is no chain."""
    if len(shape) not in (1, 3):
        return None
    channels, height, width = shape if len(shape) == 3 else (1, 1, *shape)
    writer = _Writer((channels, height, width), max(output[0] for output in shapes.values()))
    image, previous = writer.maps.start, INPUT
    for name, node in nodes.items():
        starts = {key: slices[f"{name}.{key}"].start for key in ("weight", "bias") if f"{name}.{key}" in slices}
        if node.inputs != (previous,) or not _write(writer, node.layer, starts):
            return None
        previous = name
    writer.settle()
    if not writer.code:  # nothing to run
        return None
    writer.reserve(LANES)  # the last vector of a map may end behind it
    tables = np.concatenate([*writer.tables, np.zeros(1, np.int64)])
    places = np.array([image, writer.maps.start], np.int64)
    return Program(np.array(writer.code, np.int64), tables, places, writer.size, shapes[previous])


def _write(writer: _Writer, layer: AnyLayer, starts: Mapping[str, int]) -> bool:
    match layer:
        case ReLU():
            writer.relu = True
        case MaxPool2d():
            if writer.window:
                writer.settle()
            writer.window = layer.window(writer.shape)
            return layer.is_plain
        case Conv2d() if layer.padding_mode == "zeros":
            _convolution(writer, layer.geometry(writer.shape), starts)
        case Flatten():
            writer.settle()
            writer.maps = _Maps.dense(writer.maps.start, (1, 1, math.prod(writer.shape)))
        case Linear():
            _dense(writer, layer, starts)
        case Dropout():
            pass
        case _:
            return False
    return True


def _convolution(writer: _Writer, g: Geometry, starts: Mapping[str, int]) -> None:
    """Spread the padded maps over phases, one for each step of the stride; a tap is a shift within one of them."""
    rows, columns = g.padded
    down, right = min(g.stride[0], rows), min(g.stride[1], columns)  # a longer step leaves the maps just the same
    pitch, plane = -(-columns // right), -(-rows // down) * -(-columns // right)
    height, width = g.output
    vectors = -(-((height - 1) * pitch + width) // LANES)
    out, inputs = g.out_channels // g.groups, g.in_channels // g.groups
    group = np.arange(g.groups)[:, None]
    channel, row, column = (a.ravel() for a in np.indices((inputs, *g.kernel_size)))
    row, column = row * g.dilation[0], column * g.dilation[1]
    phase = ((group * inputs + channel) * down + row % down) * right + column % right
    x_taps = phase * plane + row // down * pitch + column // right
    maps = group * out + np.arange(out)
    padded = _Maps(writer.reserve(int(x_taps.max()) + vectors * LANES + plane), writer.shape, plane, pitch)
    writer.copy(padded, g.padding[0], g.padding[2], (down, right))
    target = _Maps(
        writer.reserve(g.out_channels * vectors * LANES), (g.out_channels, height, width), vectors * LANES, pitch
    )
    fixed = np.array([0, 0, LANES, 0, 0, LANES, 1, 1, vectors])
    table = writer.table(
        fixed, maps * target.plane, maps * g.n_taps, x_taps, np.broadcast_to(np.arange(g.n_taps), x_taps.shape)
    )
    place = starts["weight"], starts.get("bias", -1)
    writer.emit(program.CONVOLVE, padded.start, target.start, *place, g.groups, out, g.n_taps, table)
    writer.maps = target


def _dense(writer: _Writer, layer: Linear, starts: Mapping[str, int]) -> None:
    writer.settle()
    o, i = layer.out_features, layer.in_features
    table = writer.table(np.array([0, LANES, 1, i // LANES]), np.arange(o), np.arange(o) * i)
    target = _Maps.dense(writer.reserve(o), (1, 1, o))
    place = starts["weight"], starts.get("bias", -1)
    writer.emit(program.MULTIPLY, writer.maps.start, target.start, *place, o, i, table)
    writer.maps = target
