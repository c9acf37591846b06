"""What looks of sums have in common: what is written after the products, the sentences, and the panel of the sum.

A gradient is a sum of products and nothing else; what a look of one says itself is what has become of a finished cell.
"""

from abc import ABC, abstractmethod
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import CellState, Role, Term
from cnnsim.scenes.cellwise_formula import narrate_multiply, result
from cnnsim.scenes.digits import Digits
from cnnsim.scenes.look import Look
from cnnsim.scenes.panels import Panel, largest
from cnnsim.trace import Step
from cnnsim.trace.cellwise import Array
from cnnsim.typography import EQUALS, format_number


class _SumLook(Look, Protocol):
    @property
    def so_far(self) -> str:
        """What the products up to a step make together."""

    def finished(self, step: Step) -> str:
        """Say what has become of a finished cell, up to its value."""


class SumLook(ABC):
    """A look of a rule whose cells end with the sum of their products."""

    __slots__ = ()

    joint: ClassVar[tuple[str, str, str]] = ("", " + ", "")
    so_far: ClassVar[str] = "sum so far"

    @abstractmethod
    def finished(self, step: Step) -> str:
        """Say what has become of a finished cell, up to its value."""

    def endings(self: Look, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Write the sum."""
        return EQUALS, result(self, step, digits)

    def narration(self: _SumLook, step: Step, digits: Digits) -> tuple[Term, ...]:
        """Say in a sentence what the step does."""
        if step.y is None:
            return narrate_multiply(self, step, digits, self.so_far)
        value = Term(format_number(step.y, digits.results), self.output.role, bold=True)
        return Term(self.finished(step)), value, Term(".")


def sum_panel(step: Step, output: Array) -> Panel:
    """Return the sum so far, in the colours of the result."""
    return Panel("sum", np.array([[step.so_far]]), Role.TEXT, largest(output), "Sum")


def computed_states(products: Array, step: Step) -> NDArray[np.uint8]:
    """Return the states of the products of a step: those to come are empty."""
    states = np.full(products.shape, CellState.EMPTY, np.uint8)
    states.reshape(-1)[: step.number + 1] = CellState.NORMAL
    return states
