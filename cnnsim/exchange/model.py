"""A model from an ONNX file: runs like a network, and is one if its operators are layers."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cnnsim.errors import InputError
from cnnsim.exchange.assembly import assemble
from cnnsim.exchange.operators import compute
from cnnsim.exchange.record import Array, Graph, Value
from cnnsim.nn import Network
from cnnsim.nn.layer import Floats, Shape


@dataclass(frozen=True, slots=True, eq=False)
class OnnxModel:
    """Operators, and the numbers that came with them.

    Parameters
    ----------
    graph
        As `cnnsim.exchange.load_onnx` reads it.

    Examples
    --------
    >>> from cnnsim import nn
    >>> from cnnsim.exchange import from_onnx, to_onnx
    >>> model = from_onnx(to_onnx(nn.Sequential({"pool1": nn.MaxPool2d(2)}), (1, 2, 2)))
    >>> model(np.arange(4, dtype=np.float32).reshape(1, 1, 2, 2))
    array([[[[3.]]]], dtype=float32)
    >>> model.inputs
    {'input': ('N', 1, 2, 2)}
    """

    graph: Graph

    @property
    def inputs(self) -> dict[str, tuple[int | str | None, ...] | None]:
        """Shapes of the inputs by name: names and None stand for any size, None as a whole for any shape."""
        return {value.name: value.shape for value in self.graph.inputs}

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the outputs."""
        return self.graph.outputs

    def __call__(self, x: Floats) -> Floats:
        """Run images through a model with one input; return its first output.

        Parameters
        ----------
        x
            (N, ...), in the dtype and shape of the input.

        Returns
        -------
        ndarray
            (N, ...).

        Raises
        ------
        InputError
            If the model has several inputs, or as `run`.
        """
        if len(self.graph.inputs) != 1:
            raise InputError("model", f"({len(self.graph.inputs)} inputs)", "does not have one input", "use run")
        return self.run({self.graph.inputs[0].name: x})[self.graph.outputs[0]]

    def run(self, inputs: Mapping[str, ArrayLike]) -> dict[str, Array]:
        """Compute all outputs.

        Parameters
        ----------
        inputs
            An array for each input, by name.

        Returns
        -------
        dict of ndarray
            By name.

        Raises
        ------
        InputError
            If an input is missing, unexpected, or of another dtype or shape, or an operator cannot take what arrives.
        """
        known: dict[str, Array] = dict(self.graph.constants) | _checked(self.graph.inputs, inputs)
        for operation, done in zip(self.graph.operations, _last_uses(self.graph), strict=True):
            arrays = tuple(known[name] if name else None for name in operation.inputs)
            outputs = compute(operation, arrays)
            known |= {name: array for name, array in zip(operation.outputs, outputs, strict=False) if name}
            for name in done:
                del known[name]
        return {name: known[name] for name in self.graph.outputs}

    def network(self, shape: Shape | None = None) -> Network:
        """Make a network with these operators as layers and these numbers, which can be trained.

        Parameters
        ----------
        shape
            Of one image, where the file leaves it open.

        Returns
        -------
        Network
            A `Sequential` if it is a chain; its layers are called after the operators.

        Raises
        ------
        InputError
            If some operators are no layers: the message lists them, and why. The model itself runs all the same.

        Examples
        --------
        >>> from cnnsim import models
        >>> from cnnsim.exchange import from_onnx, to_onnx
        >>> from_onnx(to_onnx(models.lenet5(), (1, 28, 28))).network().n_parameters
        61706
        """
        return assemble(self.graph, shape)


def _checked(wanted: tuple[Value, ...], inputs: Mapping[str, ArrayLike]) -> dict[str, Array]:
    names = {value.name for value in wanted}
    if names != inputs.keys():
        rule = f"are not {', '.join(sorted(names)) or 'none'}"
        raise InputError("inputs", ", ".join(sorted(inputs)) or "none", rule, "give one array for each")
    arrays = {value.name: np.asarray(inputs[value.name]) for value in wanted}
    for value in wanted:
        array = arrays[value.name]
        if array.dtype != value.dtype:
            rule, remedy = f"is not {value.dtype}", f"convert it with .astype(numpy.{value.dtype})"
            raise InputError(f"{value.name}.dtype", array.dtype, rule, remedy)
        if not _fits(array.shape, value.shape):
            shown = " × ".join(str(n or "?") for n in value.shape or ())
            raise InputError(
                f"{value.name}.shape", array.shape, f"is not {shown}", "give the model what it was made for"
            )
    return arrays


def _fits(shape: tuple[int, ...], wanted: tuple[int | str | None, ...] | None) -> bool:
    if wanted is None:
        return True
    pairs = zip(shape, wanted, strict=False)
    return len(shape) == len(wanted) and all(n == m for n, m in pairs if isinstance(m, int))


def _last_uses(graph: Graph) -> list[tuple[str, ...]]:
    """For each operation, the arrays that nobody needs after it."""
    last: dict[str, int] = {}
    for place, operation in enumerate(graph.operations):
        last |= dict.fromkeys((name for name in (*operation.inputs, *operation.outputs) if name), place)
    kept = {*graph.outputs, *graph.constants}
    done: list[list[str]] = [[] for _ in graph.operations]
    for name, place in last.items():
        if name not in kept:
            done[place].append(name)
    return [tuple(names) for names in done]
