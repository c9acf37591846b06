"""A network that is a chain of named layers."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import DTypeLike

from cnnsim.engine import blocks, memory
from cnnsim.errors import InputError
from cnnsim.functional.check import floats
from cnnsim.nn.layer import Floats, Layer, Shape

_SHOWN_KEYS = 5


class Sequential:
    """A chain of named layers and their parameters.

    All parameters lie in one vector, `vector`, of which `parameters` holds named views: an optimiser needs one pass
    over it.

    Parameters
    ----------
    layers
        Layers by name, in their order. Parameters are named ``layer.parameter``, as PyTorch's.
    seed
        Of the random start; the same seed gives the same parameters.
    dtype
        float32, or float64.

    Raises
    ------
    InputError
        If there is no layer, a name holds a dot, or `dtype` is neither float32 nor float64.

    Examples
    --------
    >>> import numpy as np
    >>> from cnnsim import nn
    >>> network = nn.Sequential({"conv1": nn.Conv2d(1, 2, 3), "relu1": nn.ReLU(), "flatten": nn.Flatten()}, seed=1)
    >>> network(np.zeros((5, 1, 4, 4), np.float32)).shape
    (5, 8)
    >>> {name: a.shape for name, a in network.state_dict().items()}
    {'conv1.weight': (2, 1, 3, 3), 'conv1.bias': (2,)}
    """

    def __init__(self, layers: Mapping[str, Layer], *, seed: int = 0, dtype: DTypeLike = np.float32) -> None:
        self.layers = _checked_layers(layers)
        self.dtype = np.dtype(dtype)
        if self.dtype not in (np.float32, np.float64):
            raise InputError("dtype", self.dtype, "is neither float32 nor float64", "use numpy.float32")
        random = np.random.default_rng(seed)
        initial = {
            f"{name}.{parameter}": value
            for name, layer in self.layers.items()
            for parameter, value in layer.initial_parameters(random).items()
        }
        self.slices: dict[str, slice] = {}
        end = 0
        for name, value in initial.items():
            self.slices[name] = slice(end, end + value.size)
            end += value.size
        self.vector = memory.empty((end,), self.dtype)
        self._shapes = {name: value.shape for name, value in initial.items()}
        self.parameters = self.views(self.vector)
        for name, value in initial.items():
            self.parameters[name][...] = value
        self._of_layer = {
            name: {key[len(name) + 1 :]: value for key, value in self.parameters.items() if key.startswith(f"{name}.")}
            for name in self.layers
        }

    def views(self, vector: Floats) -> dict[str, Floats]:
        """Name the parts of a vector laid out as `vector`: an array for each parameter, in its shape."""
        return {name: vector[self.slices[name]].reshape(shape) for name, shape in self._shapes.items()}

    @property
    def n_parameters(self) -> int:
        """How many numbers training changes."""
        return len(self.vector)

    def of_layer(self, name: str) -> dict[str, Floats]:
        """The parameters of one layer by their short names."""
        return self._of_layer[name]

    def output_shapes(self, shape: Shape) -> dict[str, Shape]:
        """Shape of one image after each layer.

        Raises
        ------
        InputError
            If a layer cannot take what the one before it gives; the message names it.
        """
        shapes = {}
        for name, layer in self.layers.items():
            try:
                shape = layer.output_shape(shape)
            except InputError as error:
                raise InputError(f"{name}: {error.argument}", error.value, error.rule, error.remedy) from error
            shapes[name] = shape
        return shapes

    def __call__(self, x: Floats) -> Floats:
        """Run images through all layers.

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
        x = self._checked(x)
        with memory.workspace():
            y = blocks.to_blocks(x)
            for name, layer in self.layers.items():
                y, _ = layer.forward(y, self.of_layer(name))
            return blocks.from_blocks(y, len(x))

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
        x = self._checked(x)
        outputs = {}
        with memory.workspace():
            y = blocks.to_blocks(x)
            for name, layer in self.layers.items():
                y, _ = layer.forward(y, self.of_layer(name))
                outputs[name] = blocks.from_blocks(y, len(x))
        return outputs

    def state_dict(self) -> dict[str, Floats]:
        """Copies of all parameters by name (``conv1.weight``, ...)."""
        return {name: value.copy() for name, value in self.parameters.items()}

    def load_state_dict(self, state: Mapping[str, Floats]) -> None:
        """Take over parameters by name, as `state_dict` gives them.

        Raises
        ------
        InputError
            If a name is missing or unexpected, or a shape or dtype does not fit; nothing is changed then.
        """
        for rule, keys in (
            ("lacks", self.parameters.keys() - state.keys()),
            ("holds the unexpected", state.keys() - self.parameters.keys()),
        ):
            if keys:
                listed = ", ".join(sorted(keys)[:_SHOWN_KEYS]) + (", ..." if len(keys) > _SHOWN_KEYS else "")
                raise InputError(
                    "state", f"({len(state)} arrays)", f"{rule} {listed}", "use weights of this very network"
                )
        for name, own in self.parameters.items():
            given = floats(f"state[{name!r}]", state[name])
            if given.shape != own.shape:
                rule = f"is not {own.shape}"
                raise InputError(f"state[{name!r}].shape", given.shape, rule, "use weights of this very network")
        for name, own in self.parameters.items():
            own[...] = state[name]

    def _checked(self, x: Floats) -> Floats:
        x = floats("x", x)
        if x.ndim < 2:
            raise InputError("x.shape", x.shape, "is not (N, ...)", "put an axis of images first, as in x[None]")
        if x.dtype != self.dtype:
            rule, remedy = f"is not the network's {self.dtype}", f"convert it with x.astype(numpy.{self.dtype})"
            raise InputError("x.dtype", x.dtype, rule, remedy)
        self.output_shapes(x.shape[1:])
        return x


def _checked_layers(layers: Mapping[str, Layer]) -> dict[str, Layer]:
    if not layers:
        raise InputError("layers", "{}", "is empty", "give at least one layer")
    for name in layers:
        if "." in name or not name:
            raise InputError("layers", repr(name), "is no name for a layer", "use a name without a dot, such as conv1")
    return dict(layers)
