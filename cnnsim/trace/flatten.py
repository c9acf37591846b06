"""Flattening and its way back: the cells of maps in reading order become a vector, and its gradient becomes maps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnsim.errors import InputError
from cnnsim.trace.cellwise import CellwiseTrace, Contribution, Factor, Place, cellwise
from cnnsim.trace.checks import Array, checked_array, checked_vector
from cnnsim.trace.sums import SingleTerm
from cnnsim.trace.uses import Places, Uses, as_places


@dataclass(frozen=True, slots=True, eq=False)
class Flatten(SingleTerm):
    """The rule y[(c·H + i)·W + j] = x[c, i, j]; `flatten` makes its steps.

    Parameters
    ----------
    x
        Maps, (C, H, W).
    output
        (1, C·H·W).
    """

    x: Array
    output: Array

    @property
    def endings(self) -> tuple[str, ...]:
        """The value is copied."""
        return ("copy",)

    def source(self, cell: Place) -> Place:
        """Cell of the maps that stands at a place of the vector."""
        return tuple(int(index) for index in np.unravel_index(cell[1], self.x.shape))

    def contribution(self, cell: Place, number: int) -> Contribution:
        """The value of the maps."""
        return Contribution.product(Factor.of("input", self.x, self.source(cell)))

    def uses(self, operand: str, place: Place) -> Uses:
        """Return the place of the vector that a cell of the maps goes to."""
        number = int(np.ravel_multi_index(place, self.x.shape))
        return Uses(as_places([(0, number)]), np.zeros(1, np.intp), {})

    def sources(self, cell: Place) -> Mapping[str, Places]:
        """Return the cell of the maps."""
        return {"input": as_places([self.source(cell)])}


@dataclass(frozen=True, slots=True, eq=False)
class FlattenGradient(SingleTerm):
    """The rule ∂J/∂x[c, i, j] = G[(c·H + i)·W + j]: the gradient goes back to where the value came from.

    Parameters
    ----------
    forward
        The flattening whose gradient it is.
    g
        Gradient of the loss with respect to its output: (1, C·H·W).
    output
        Gradient with respect to its input: (C, H, W).
    """

    forward: Flatten
    g: Array
    output: Array

    @property
    def endings(self) -> tuple[str, ...]:
        """The value is copied."""
        return ("copy",)

    def source(self, cell: Place) -> Place:
        """Place of the vector that a cell of the maps went to."""
        return 0, int(np.ravel_multi_index(cell, self.output.shape))

    def contribution(self, cell: Place, number: int) -> Contribution:
        """The G of the vector."""
        return Contribution.product(Factor.of("gradient", self.g, self.source(cell)))

    def uses(self, operand: str, place: Place) -> Uses:
        """Return the cell of the maps that a G goes back to."""
        return Uses(as_places([self.forward.source(place)]), np.zeros(1, np.intp), {})

    def sources(self, cell: Place) -> Mapping[str, Places]:
        """Return the place of the vector."""
        return {"gradient": as_places([self.source(cell)])}


def flatten(x: Any) -> CellwiseTrace[Flatten]:
    """Return the steps of a flattening: map after map, row after row.

    Parameters
    ----------
    x
        Maps, (H, W) or (C, H, W).

    Returns
    -------
    CellwiseTrace
        Each cell takes two steps: its value is looked up, and copied. Its ``rule.output`` is (1, C·H·W).

    Raises
    ------
    InputError
        If the array is ragged, empty or not finite.

    Examples
    --------
    >>> steps = flatten([[[1, 2], [3, 4]], [[5, 6], [7, 8]]])
    >>> steps.rule.output
    array([[1., 2., 3., 4., 5., 6., 7., 8.]])
    >>> steps.rule.source((0, 6))
    (1, 1, 0)
    """
    x = checked_array("x", x, 2, 3)
    return cellwise(Flatten(x, x.reshape(1, -1)))


def flatten_gradient(forward: CellwiseTrace[Flatten], g: Any = None) -> CellwiseTrace[FlattenGradient]:
    """Return the steps of the gradient of a flattening: the vector becomes maps again.

    Parameters
    ----------
    forward
        The flattening.
    g
        Gradient of the loss with respect to its output, (C·H·W,); ones if None.

    Returns
    -------
    CellwiseTrace
        Its ``rule.output`` is (C, H, W).

    Raises
    ------
    InputError
        If `g` is ragged or not finite, or has not one value for each cell.

    Examples
    --------
    >>> flatten_gradient(flatten([[1, 2], [3, 4]]), [5, 6, 7, 8]).rule.output
    array([[[5., 6.],
            [7., 8.]]])
    """
    x = forward.rule.x
    g = checked_vector("g", np.ones(x.size) if g is None else g)
    if g.size != x.size:
        raise InputError("g", f"array of shape {g.shape}", f"does not fit {x.size} cells", "give one value a cell of x")
    return cellwise(FlattenGradient(forward.rule, g[None], g.reshape(x.shape)))
