"""An ONNX graph while it is written."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnsim.exchange.record import Array
from cnnsim.nn.layer import Parameters, Shape

if TYPE_CHECKING:
    from onnx import NodeProto, TensorProto


@dataclass(frozen=True, slots=True)
class Draft:
    """Operators and constants so far, of a network with numbers of `dtype`."""

    dtype: np.dtype[Any]
    nodes: "list[NodeProto]" = field(default_factory=list)
    tensors: "list[TensorProto]" = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the operators of one layer go.

    Parameters
    ----------
    draft
        Takes them.
    name
        Of the layer: its last operator is called so, the others begin with it and a slash.
    inputs, shapes
        Names of the arrays that the layer takes, and their shapes for one image.
    parameters
        Its parameters and buffers by their short names.
    """

    draft: Draft
    name: str
    inputs: tuple[str, ...]
    shapes: tuple[Shape, ...]
    parameters: Parameters

    def constant(self, name: str, values: Any, dtype: Any = None) -> str:
        """Add an array, in the network's dtype unless told otherwise, and return its name."""
        from onnx import numpy_helper

        full = f"{self.name}.{name}"
        array: Array = np.array(values, dtype or self.draft.dtype, order="C")
        self.draft.tensors.append(numpy_helper.from_array(array, full))
        return full

    def own(self, *names: str) -> tuple[str, ...]:
        """Add those of the layer's own parameters that it has, and return their names."""
        return tuple(self.constant(name, self.parameters[name]) for name in names if name in self.parameters)

    def last(self, kind: str, *inputs: str, **attributes: Any) -> None:
        """Add the operator that gives the layer's output."""
        self._add(kind, self.name, inputs, attributes)

    def step(self, suffix: str, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add an operator on the way there and return the name of its output."""
        return self._add(kind, f"{self.name}/{suffix}", inputs, attributes)

    def _add(self, kind: str, name: str, inputs: tuple[str, ...], attributes: dict[str, Any]) -> str:
        from onnx import helper

        self.draft.nodes.append(helper.make_node(kind, list(inputs), [name], name, **attributes))
        return name
