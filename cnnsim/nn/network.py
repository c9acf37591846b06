"""A network: named layers, which of them takes the output of which, and their parameters."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import DTypeLike, NDArray

from cnnsim.engine import blocks, memory
from cnnsim.errors import InputError
from cnnsim.functional.check import floats
from cnnsim.nn import training_program
from cnnsim.nn.layer import AnyLayer, Floats, Join, Shape, TrainingLayer
from cnnsim.nn.layout import packed
from cnnsim.nn.node import Node, arranged, shapes_of
from cnnsim.nn.passes import outputs, steps_of
from cnnsim.nn.program import FEW, Program, translate
from cnnsim.nn.state import checked_state
from cnnsim.nn.training_program import TrainingProgram


class Network:
    """Named layers, joined to a graph without circles, and their parameters.

    All parameters lie in one vector, `vector`, of which `parameters` holds named views: an optimiser needs one pass
    over it. `buffers` are views of `buffer_vector`: what training keeps but does not learn (the running mean of a
    batch normalisation).

    Parameters
    ----------
    layers
        Layers by name. A bare one takes the output of the one before it; a `Node` says whose outputs it takes. The
        last one gives the output. Parameters are named ``layer.parameter``, as PyTorch's.
    seed
        Of the random start; the same seed gives the same parameters.
    dtype
        float32, or float64.

    Raises
    ------
    InputError
        If the layers make no graph, or `dtype` is neither float32 nor float64.

    Examples
    --------
    A residual block:

    >>> import numpy as np
    >>> from cnnsim import nn
    >>> network = nn.Network({
    ...     "conv1": nn.Conv2d(2, 2, 3, padding=1),
    ...     "relu1": nn.ReLU(),
    ...     "add": nn.Node(nn.Add(), ("relu1", "input")),
    ... })
    >>> network(np.ones((5, 2, 4, 4), np.float32)).shape
    (5, 2, 4, 4)
    """

    def __init__(self, layers: Mapping[str, AnyLayer | Node], *, seed: int = 0, dtype: DTypeLike = np.float32) -> None:
        self.nodes = arranged(layers)
        self.layers = {name: node.layer for name, node in self.nodes.items()}
        self.dtype = np.dtype(dtype)
        if self.dtype not in (np.float32, np.float64):
            raise InputError("dtype", self.dtype, "is neither float32 nor float64", "use numpy.float32")
        self.vector, self._layout = packed(_parameters(self.layers, seed), self.dtype)
        self.buffer_vector, self._buffer_layout = packed(_buffers(self.layers), self.dtype)
        self.parameters = self.views(self.vector)
        self.buffers = self.buffer_views(self.buffer_vector)
        self.slices = self._layout.slices
        self._of_layer = {name: _short(name, self.parameters | self.buffers) for name in self.layers}
        self.steps = steps_of(self.nodes, self._of_layer, self.slices)
        self._shapes: dict[Shape, dict[str, Shape]] = {}
        self._programs: dict[Shape, Program | None] = {}
        self._training_programs: dict[Shape, TrainingProgram | None] = {}

    def views(self, vector: Floats) -> dict[str, Floats]:
        """Name the parts of a vector laid out as `vector`: an array for each parameter, in its shape."""
        return self._layout.views(vector)

    def buffer_views(self, vector: Floats) -> dict[str, Floats]:
        """Name the parts of a vector laid out as `buffer_vector`."""
        return self._buffer_layout.views(vector)

    @property
    def n_parameters(self) -> int:
        """How many numbers training changes."""
        return len(self.vector)

    def of_layer(self, name: str) -> dict[str, Floats]:
        """Parameters and buffers of one layer by their short names."""
        return self._of_layer[name]

    def output_shapes(self, shape: Shape) -> dict[str, Shape]:
        """Shape of one image after each layer.

        Raises
        ------
        InputError
            If a layer cannot take what the ones before it give; the message names it.
        """
        if shape not in self._shapes:
            self._shapes[shape] = shapes_of(self.nodes, shape)
        return self._shapes[shape]

    def __call__(self, x: Floats) -> Floats:
        """Run images through all layers, as they are used after training.

        Parameters
        ----------
        x
            (N, C, H, W), of the network's dtype.

        Returns
        -------
        ndarray
            (N, ...), of the same dtype; for a classifier the logits (N, classes).

        Raises
        ------
        InputError
            If dtype or shape do not fit.
        """
        x = self.checked(x)
        program = self._program(x.shape[1:]) if 0 < len(x) <= FEW else None
        if program is not None:
            return program(x, self.vector)
        whole = self.training_program(x.shape[1:]) if len(x) > FEW else None
        if whole is not None:
            return whole.infer(x, self.vector)
        with memory.workspace():
            for _, last in outputs(self.steps, blocks.to_blocks(x)):
                y = last
            return blocks.from_blocks(y, len(x))

    def _program(self, shape: Shape) -> Program | None:
        if shape not in self._programs:
            self._programs[shape] = translate(self.nodes, self.slices, self.output_shapes(shape), shape)
        return self._programs[shape]

    def training_program(self, shape: Shape) -> TrainingProgram | None:
        """Everything that training does with images of one shape as one call, if there is such a call."""
        if shape not in self._training_programs:
            shapes = self.output_shapes(shape)
            self._training_programs[shape] = training_program.translate(self.nodes, self.slices, shapes, shape)
        return self._training_programs[shape]

    def activations(self, x: Floats) -> dict[str, Floats]:
        """Output of every layer by its name, in order: maps (N, C, H, W), features (N, F).

        Parameters
        ----------
        x
            (N, C, H, W), of the network's dtype.

        Returns
        -------
        dict of ndarray
            One array for each layer.

        Raises
        ------
        InputError
            If dtype or shape do not fit.
        """
        x = self.checked(x)
        with memory.workspace():
            return {name: blocks.from_blocks(y, len(x)) for name, y in outputs(self.steps, blocks.to_blocks(x))}

    def state_dict(self) -> dict[str, Floats]:
        """Copies of all parameters (``conv1.weight``, ...) and buffers (``bn1.running_mean``, ...) by name."""
        return {name: value.copy() for name, value in (self.parameters | self.buffers).items()}

    def load_state_dict(self, state: Mapping[str, Floats]) -> None:
        """Take over parameters and buffers by name, as `state_dict` or PyTorch give them, in float16, 32 or 64.

        Raises
        ------
        InputError
            If a name is missing or unexpected, a shape or dtype does not fit, or a number is too large for the
            network's dtype; nothing is changed then.
        """
        own = self.parameters | self.buffers
        for name, value in checked_state(state, own).items():
            own[name][...] = value

    def checked(self, x: Floats) -> Floats:
        """Return `x` if the network can take it.

        Raises
        ------
        InputError
            If dtype or shape do not fit.
        """
        x = floats("x", x)
        if x.ndim < 2:
            raise InputError("x.shape", x.shape, "is not (N, ...)", "put an axis of images first, as in x[None]")
        if x.dtype != self.dtype:
            rule, remedy = f"is not the network's {self.dtype}", f"convert it with x.astype(numpy.{self.dtype})"
            raise InputError("x.dtype", x.dtype, rule, remedy)
        self.output_shapes(x.shape[1:])
        return x


def _parameters(layers: Mapping[str, AnyLayer], seed: int) -> dict[str, NDArray[np.float64]]:
    random = np.random.default_rng(seed)
    return {
        f"{name}.{key}": value
        for name, layer in layers.items()
        if not isinstance(layer, Join)
        for key, value in layer.initial_parameters(random).items()
    }


def _buffers(layers: Mapping[str, AnyLayer]) -> dict[str, NDArray[np.float64]]:
    return {
        f"{name}.{key}": value
        for name, layer in layers.items()
        if isinstance(layer, TrainingLayer)
        for key, value in layer.initial_buffers().items()
    }


def _short(layer: str, arrays: Mapping[str, Floats]) -> dict[str, Floats]:
    prefix = f"{layer}."
    return {name[len(prefix) :]: array for name, array in arrays.items() if name.startswith(prefix)}
