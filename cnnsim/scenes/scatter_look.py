"""What the scene of a scatter has to know of the operation: what is spread, and what it is added to."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from cnnsim.drawing import Term
from cnnsim.scenes.panels import Column
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import ScatterStep, ScatterTrace


class ScatterLook(Protocol):
    """How values that are spread through a kernel are shown."""

    @property
    def trace(self) -> ScatterTrace:
        """The steps that are shown."""

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """What is spread, and the kernels, by the names that contributions use."""

    @property
    def verb(self) -> str:
        """What a value does with a weight."""

    @property
    def lost(self) -> str:
        """What becomes of a product that goes to no cell of the result."""

    def target(self, step: ScatterStep) -> Tensor:
        """Return what has been added up after a step."""

    def columns(self, step: ScatterStep, target: Tensor) -> Sequence[Column]:
        """Return the matrices at a step, in columns: what is spread, the kernel, and the target."""

    def symbolic(self) -> tuple[Term, ...]:
        """Return the formula in symbols."""

    def note(self, step: ScatterStep, target: Tensor) -> tuple[Term, ...]:
        """Return the last line."""
