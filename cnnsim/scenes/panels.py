"""Panels: slices of tensors under captions, in rows and columns that `cnnsim.scenes.columns` places."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import Highlight, Role, Values
from cnnsim.scenes.layout import View
from cnnsim.scenes.tensors import Tensor

_MOST_ALIKE = 4096  # values: of more than that, cells are so small that every slice is written for itself


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """A slice of a tensor: (rows, cols) values under a caption; the other fields are those of `Matrix`.

    It stands in the middle of `room` rows if it has fewer, so that panels beside each other keep to the same height.
    With a word in `beside` it stands beside the one above it, as all with that word do, where that makes cells larger.
    """

    name: str
    values: Values
    role: Role
    limit: float
    caption: str = ""
    note: str = ""
    states: NDArray[np.uint8] | None = None
    editable: bool = False
    highlights: tuple[Highlight, ...] = ()
    plain: bool = False  # no colours: its values are no amounts
    room: int = 0
    beside: str = ""
    ordinary: bool = False  # its cells continue those of another panel, so that they have to be as large
    alike: Values | None = None  # the tensor of which it is one slice


Row = tuple[Panel, ...]
Column = tuple[Row, ...]


def largest(values: Values) -> float:
    """Absolute value for the strongest colour; of a whole tensor, so that colours do not flicker."""
    return float(np.abs(values).max())


def slices(
    tensor: Tensor,
    caption: str,
    note: str,
    *,
    limit: float | None = None,
    lead: tuple[int, ...] = (),
    states: NDArray[np.uint8] | None = None,
    editable: bool = False,
) -> tuple[Panel, ...]:
    """Return a panel for every slice of a tensor, or of the part of it with the leading indices `lead`.

    `states` has the shape of that part, or of one slice if it is the same for all; the note stands by the first panel.
    """
    array = tensor.grids
    strongest = largest(array) if limit is None else limit
    panels: list[Panel] = []
    for rest in np.ndindex(*array.shape[len(lead) : -2]):
        indices = (*lead, *rest)
        shown = [str(index) for index, length in zip(indices, array.shape[:-2], strict=True) if length > 1]
        state = states if states is None or states.ndim == 2 else states[rest]
        panels.append(
            Panel(
                tensor.matrix(indices),
                array[indices],
                tensor.role,
                strongest,
                " ".join([caption, ", ".join(shown)]).strip(),
                "" if panels else note,
                state,
                editable,
                alike=array if array[..., 0, 0].size > 1 and array.size <= _MOST_ALIKE else None,
            )
        )
    return tuple(panels)


def stacked(panels: Sequence[Panel]) -> Column:
    """Put panels one above the other."""
    return tuple((panel,) for panel in panels)


def tiled(panels: Sequence[Panel], together: str = "maps") -> Column:
    """Put panels one above the other, or in pairs where that makes cells larger: for all with the same word alike."""
    return stacked([replace(panel, beside=together if number % 2 else "") for number, panel in enumerate(panels)])


def scaled(view: View, columns: Sequence[Column]) -> Sequence[Column]:
    """Give all panels the limit that the view wants, if it wants one for all; `lay_out` does so by itself."""
    if view.scaling == "matrix":
        return columns
    limits = (panel.limit for column in columns for row in column for panel in row if not panel.plain)
    limit = view.limit if view.scaling == "locked" else max(limits)
    return [tuple(tuple(replace(panel, limit=limit) for panel in row) for row in column) for column in columns]
