"""What the pictures of a convolution and of its gradients have in common: its operands as tensors and panels."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import CellState, Role
from cnnsim.scenes.layout import size_text
from cnnsim.scenes.panels import Panel, largest, slices
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import Convolution, Geometry


def input_tensor(rule: Convolution) -> Tensor:
    """Return the input with its padding."""
    rows, cols = rule.geometry.rows, rule.geometry.cols
    frame = (rows.before, rows.after, cols.before, cols.after)
    return Tensor("input", Role.INPUT, rule.padded, "x", frame=frame)


def kernel_tensor(rule: Convolution) -> Tensor:
    """Return the kernels as they lie on the windows."""
    return Tensor("kernel", Role.KERNEL, rule.applied, "w", turned=rule.flip)


def weight_indices(rule: Convolution) -> str:
    """Write the row and the column of the weight that lies on cell (r, t) of a window."""
    kh, kw = (size - 1 for size in rule.w.shape[2:])
    return f"{kh} − r, {kw} − t" if rule.flip else "r, t"


def input_map(rule: Convolution) -> str:
    """Write the map of the input that slice c of kernel o lies on.

    Examples
    --------
    >>> from cnnsim.trace import convolution
    >>> x = np.ones((4, 2, 2))
    >>> [input_map(convolution(x, np.ones((4, 4 // groups, 1, 1)), groups=groups).rule) for groups in (1, 2, 4)]
    ['c', '2⌊o/2⌋ + c', 'o']
    """
    return map_in_group(rule.groups, ("o", len(rule.w) // rule.groups), ("c", rule.w.shape[1]))


def map_in_group(groups: int, known: tuple[str, int], within: tuple[str, int]) -> str:
    """Write the map that stands at some place within the group of another map, which is known.

    Parameters
    ----------
    groups
        Of the convolution.
    known
        Index of the known map, and how many of its kind a group has.
    within
        Index within the group, and how many of that kind a group has.

    Examples
    --------
    >>> [map_in_group(groups, ("o", 6 // groups), ("c", 4 // groups)) for groups in (1, 2)]
    ['c', '2⌊o/3⌋ + c']
    """
    if groups == 1:
        return within[0]
    index, maps = known
    group = index if maps == 1 else f"⌊{index}/{maps}⌋"
    return group if within[1] == 1 else f"{within[1]}{group} + {within[0]}"


def map_index(index: str, maps: int) -> str:
    """Write an index before others, where there is more than one map.

    Examples
    --------
    >>> map_index("o", 3), map_index("o", 1)
    ('o, ', '')
    """
    return f"{index}, " if maps > 1 else ""


def input_panels(rule: Convolution) -> tuple[Panel, ...]:
    """Return the maps of the input with their padding."""
    geometry = rule.geometry
    return slices(
        input_tensor(rule),
        "Input",
        input_note(geometry),
        limit=largest(rule.x),
        states=input_states(geometry),
        editable=True,
    )


def kernel_caption(rule: Convolution) -> str:
    """Say whether the kernel is shown as given or turned by 180°."""
    return "Turned kernel" if rule.flip else "Kernel"


def input_note(geometry: Geometry) -> str:
    """Write the size of a map of the input, and its padding."""
    rows, cols = geometry.rows, geometry.cols
    sides = (rows.before, rows.after, cols.before, cols.after)
    if not any(sides):
        return size_text(rows.n, cols.n)
    width = str(sides[0]) if len(set(sides)) == 1 else ", ".join(map(str, sides))
    kind = "padding" if geometry.mode == "zeros" else f"{geometry.mode} padding"
    return f"{size_text(rows.n, cols.n)}, {kind} {width}"


def input_states(geometry: Geometry) -> NDArray[np.uint8]:
    """States of a padded map: padding, and cells that no window reaches."""
    states = np.full(geometry.padded_shape, CellState.PADDING, np.uint8)
    rows, cols = geometry.rows, geometry.cols
    states[rows.before : rows.before + rows.n, cols.before : cols.before + cols.n] = CellState.NORMAL
    states[~geometry.covered()] = CellState.UNREACHED
    return states


def about(panels: Sequence[Panel], current: int, most: int = 4) -> tuple[Panel, ...]:
    """Return at most so many panels about the current one; if there was a note, it then says of how many."""
    first = max(min(current - most // 2, len(panels) - most), 0)
    if len(panels) <= most:
        return tuple(panels)
    note = f"{most} of {len(panels)}" if panels[0].note else ""
    return replace(panels[first], note=note), *panels[first + 1 : first + most]


def near(panels: Sequence[Panel], current: int, large: int = 48) -> tuple[Panel, ...]:
    """Return the panels about the current one that there is always room for: two of more than so many rows."""
    return about(panels, current, 2 if max(panels[0].values.shape[0], panels[0].room) > large else 4)
