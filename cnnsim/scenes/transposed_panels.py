"""What the pictures of a transposed convolution have in common: operands as tensors and panels, sizes in words."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import CellState, Role, Term
from cnnsim.scenes.convolution_panels import map_in_group
from cnnsim.scenes.layout import size_text
from cnnsim.scenes.panels import Panel, largest, slices
from cnnsim.scenes.size_formula import axis_place
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import TransposedConvolution
from cnnsim.trace.cellwise import Array
from cnnsim.trace.stretch import Stretch
from cnnsim.typography import MINUS


def stretched_tensor(rule: TransposedConvolution) -> Tensor:
    """Return the input with zeros between its cells and its border."""
    frame = (*rule.rows.border, *rule.cols.border)
    spread = (rule.rows.stride, rule.cols.stride)
    return Tensor("input", Role.INPUT, rule.stretched, "x", frame=frame, spread=spread)


def stretched_panels(rule: TransposedConvolution) -> tuple[Panel, ...]:
    """Return the maps of the stretched input."""
    tensor = stretched_tensor(rule)
    states = stretched_states(rule)
    return slices(tensor, "Input", _stretched_note(rule), limit=largest(rule.x), states=states, editable=True)


def stretched_states(rule: TransposedConvolution) -> NDArray[np.uint8]:
    """States of a map of the stretched input: its cells, the zeros between them, and the border."""
    rows, cols = rule.stretched.shape[1:]
    down, across = _axis_states(rule.rows, rows)[:, None], _axis_states(rule.cols, cols)
    border = (down == CellState.PADDING) | (across == CellState.PADDING)
    return np.where(border, CellState.PADDING, np.maximum(down, across)).astype(np.uint8)


def canvas_tensor(rule: TransposedConvolution, name: str, role: Role, array: Array, letter: str) -> Tensor:
    """Return maps of the output with what the padding cuts off around them."""
    frame = (rule.rows.crop, rule.rows.crop, rule.cols.crop, rule.cols.crop)
    return Tensor(name, role, array, letter, frame=frame)


def canvas_states(rule: TransposedConvolution) -> NDArray[np.uint8]:
    """States of a map of the canvas: what is cut off counts as padding."""
    states = np.full((rule.rows.canvas, rule.cols.canvas), CellState.PADDING, np.uint8)
    top, left = rule.rows.crop, rule.cols.crop
    states[top : top + rule.rows.output, left : left + rule.cols.output] = CellState.NORMAL
    return states


def canvas_note(rule: TransposedConvolution) -> str:
    """Write the size of the output, and what is cut off around it."""
    size, crops = size_text(rule.rows.output, rule.cols.output), {rule.rows.crop, rule.cols.crop}
    if crops == {0}:
        return size
    return (
        f"{size}, cut off {crops.pop()}" if len(crops) == 1 else f"{size}, cut off {rule.rows.crop}, {rule.cols.crop}"
    )


def meeting_place(rule: TransposedConvolution) -> tuple[str, str]:
    """Write the row and the column of the output that a cell of the input reaches through a weight.

    Examples
    --------
    >>> from cnnsim.trace import transposed_convolution
    >>> meeting_place(transposed_convolution(np.ones((2, 2)), np.ones((3, 3)), stride=2, padding=1).rule)
    ('2m + r − 1', '2n + t − 1')
    """
    rows, cols = (replace(axis.axis(), before=axis.crop) for axis in (rule.rows, rule.cols))
    return axis_place("m", "r", rows), axis_place("n", "t", cols)


def output_map(rule: TransposedConvolution) -> str:
    """Write the map of the output that slice o of the kernel of map c stamps on.

    Examples
    --------
    >>> from cnnsim.trace import transposed_convolution
    >>> x = np.ones((4, 2, 2))
    >>> [output_map(transposed_convolution(x, np.ones((4, 2, 1, 1)), groups=groups).rule) for groups in (1, 2, 4)]
    ['o', '2⌊c/2⌋ + o', '2c + o']
    """
    return map_in_group(rule.groups, ("c", len(rule.x) // rule.groups), ("o", rule.w.shape[1]))


def size_and_padding(rule: TransposedConvolution) -> tuple[Term, ...]:
    """Write the formula of the output's size, and say which padding is meant."""
    if rule.rows == rule.cols:
        sizes = (Term("Output size  ", Role.MUTED), *_size(rule.rows))
    else:
        sizes = (Term("Rows  ", Role.MUTED), *_size(rule.rows), Term(", columns  ", Role.MUTED), *_size(rule.cols))
    return (*sizes, Term("     ", breaks=True), *_padding(rule))


def _size(axis: Stretch) -> tuple[Term, ...]:
    """(n − 1)·s − 2p + d(k − 1) + output padding + 1 with numbers."""
    size = Term(str(axis.size), Role.KERNEL)
    window = (size,) if axis.dilation == 1 else (Term(f"{axis.dilation}·("), size, Term(" − 1) + 1"))
    return (
        Term("("),
        Term(str(axis.n), Role.INPUT),
        Term(f" − 1)·{axis.stride} − 2·{axis.crop} + "),
        *window,
        Term(f" + {axis.more}" if axis.more else ""),
        Term(" = "),
        Term(str(axis.output), Role.OUTPUT, bold=True),
    )


def _padding(rule: TransposedConvolution) -> tuple[Term, ...]:
    """Say what the padding takes away, and how much the equivalent convolution pads; briefly beside two sizes."""
    rows, cols = rule.rows, rule.cols
    before = both_axes(rows.border[0], cols.border[0])
    pads = ", and ".join(filter(None, (before, _more(rows.more, cols.more))))
    crops = _crops(rows.crop, cols.crop)
    if rows != cols:
        return (Term(f"p {crops}; the equivalent convolution pads {pads}", Role.MUTED),)
    formula = "k − 1 − p" if rows.dilation == 1 else "d(k − 1) − p"
    words = f"padding p = {rows.crop} {crops}; the equivalent convolution pads {formula} = {pads}"
    return (Term(words, Role.MUTED),)


def _crops(rows: int, cols: int) -> str:
    """Write what padding takes away.

    Examples
    --------
    >>> _crops(1, 1), _crops(0, 2), _crops(1, 3)
    ('crops 1 cell from each side', 'crops 2 columns from each side', 'crops 1 row and 3 columns from each side')
    """
    if rows == cols == 0:
        return "crops nothing"
    if rows == cols:
        return f"crops {_counted(rows, 'cell')} from each side"
    taken = [_counted(count, what) for count, what in ((rows, "row"), (cols, "column")) if count]
    return f"crops {' and '.join(taken)} from each side"


def _more(below: int, right: int) -> str:
    """Write what output padding adds to the border of the equivalent convolution.

    Examples
    --------
    >>> _more(1, 1), _more(0, 2), _more(1, 2), _more(0, 0)
    ('1 more below and right', '2 more right', '1 more below, 2 more right', '')
    """
    if below == right > 0:
        return f"{below} more below and right"
    return ", ".join(f"{more} more {where}" for more, where in ((below, "below"), (right, "right")) if more)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count > 1)}"


def both_axes(rows: int, cols: int) -> str:
    """Write one number, or that of the rows and that of the columns."""
    words = [str(number).replace("-", MINUS) for number in (rows, cols)]
    return words[0] if rows == cols else ", ".join(words)


def _stretched_note(rule: TransposedConvolution) -> str:
    stretched = " stretched" if rule.rows.stride > 1 or rule.cols.stride > 1 else ""
    return f"{size_text(*rule.x.shape[1:])}{stretched}, border {both_axes(rule.rows.border[0], rule.cols.border[0])}"


def _axis_states(axis: Stretch, length: int) -> NDArray[np.uint8]:
    """NORMAL at the cells of the input, INSERTED between them, PADDING around them."""
    place = np.arange(length) - axis.border[0]
    inside = (place >= 0) & (place <= (axis.n - 1) * axis.stride)
    states = np.where(place % axis.stride == 0, CellState.NORMAL, CellState.INSERTED)
    return np.where(inside, states, CellState.PADDING).astype(np.uint8)
