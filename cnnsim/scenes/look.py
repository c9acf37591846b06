"""What a scene has to know of an operation beyond its rule."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from cnnsim.drawing import Item, Matrix, Term
from cnnsim.scenes.digits import Digits
from cnnsim.scenes.layout import View
from cnnsim.scenes.panels import Column
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import CellwiseTrace, Rule, Step


class Look(Protocol):
    """How an operation is shown: its matrices in columns, and its formula."""

    @property
    def trace(self) -> CellwiseTrace[Rule]:
        """The steps that are shown."""

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """The operands by the names that contributions use."""

    @property
    def output(self) -> Tensor:
        """The tensor that is being computed."""

    @property
    def joint(self) -> tuple[str, str, str]:
        """What stands before, between and after the contributions in the numeric formula."""

    def columns(self, step: Step) -> Sequence[Column]:
        """Return the matrices at a step, in columns."""

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """Return the signs between the matrices."""

    def symbolic(self) -> tuple[Term, ...]:
        """Return the formula in symbols."""

    def endings(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Return what follows the contributions in the numeric formula."""

    def narration(self, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Say in a sentence what the step does."""

    def note(self) -> tuple[Term, ...]:
        """Return the last line, such as the formula of the output's size."""
