"""What a cell of a picture is: a number of an operand, or a result that steps lead to."""

from typing import Any

from cnnsim.drawing import Cell
from cnnsim.scenes.counts_table import count_at
from cnnsim.scenes.counts_words import quantity_words
from cnnsim.scenes.drawn import look_of
from cnnsim.scenes.field_of_view_units import layers_tensor
from cnnsim.scenes.kernel_turn import turn_tensors
from cnnsim.scenes.matrix_looking import standing_for
from cnnsim.scenes.scatter import scatter_look
from cnnsim.scenes.staged import finishing_step, given_tensors, staging_of
from cnnsim.scenes.tensors import Tensor
from cnnsim.scenes.tiny_network_pointing import network_operand_at, network_step_at
from cnnsim.trace import (
    CellwiseTrace,
    Convolution,
    Counts,
    FieldOfView,
    GrainView,
    KernelTurn,
    NetworkTrace,
    ScatterTrace,
    SignalConvolution,
    StagedTrace,
    moment,
    stage_position,
)
from cnnsim.trace.cellwise import Place
from cnnsim.trace.stages import Joined


def operand_at(steps: GrainView[Any], position: float, cell: Cell) -> tuple[str, Place] | None:
    """Return the name of the operand whose number a cell shows, and its place there; None if it shows none.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import convolution
    >>> steps = convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture"), padding=1).at("cell")
    >>> operand_at(steps, 0.0, Cell("input", 1, 2)), operand_at(steps, 0.0, Cell("input", 0, 0))
    (('input', (0, 0, 1)), None)
    """
    if isinstance(steps.trace, NetworkTrace):
        return network_operand_at(steps, position, cell, operand_at)
    found = _operand_at(steps, position, cell)
    if found is None:
        return None
    name, tensor, cell = found
    place = tensor.place(cell)
    return None if place is None else (name, place)


def operand_words(steps: GrainView[Any], position: float, cell: Cell) -> str:
    """Return what the number of an operand is called that a cell shows; nothing if it shows none.

    Formulas have a letter for it, unless it is one of a network's many weights.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import convolution
    >>> steps = convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture"), padding=1).at("cell")
    >>> operand_words(steps, 0.0, Cell("input", 1, 2)), operand_words(steps, 0.0, Cell("output", 0, 0))
    ('x[0, 1]', '')
    """
    if isinstance(steps.trace, NetworkTrace):
        given = network_operand_at(steps, position, cell, operand_at)
        return "" if given is None else f"{given[0]}[{', '.join(map(str, given[1]))}]"
    found = _operand_at(steps, position, cell)
    if found is None:
        return ""
    _, tensor, cell = found
    shown = tensor.shown(cell)
    return "" if shown is None else tensor.words(shown)


def _operand_at(steps: GrainView[Any], position: float, cell: Cell) -> tuple[str, Tensor, Cell] | None:
    """Return the operand that a cell shows, with its name, and the cell of it."""
    match steps.trace:
        case ScatterTrace():
            tensors = dict(scatter_look(steps.trace).tensors)
        case FieldOfView():
            tensors = {"layers": layers_tensor(steps.trace)}
        case KernelTurn():
            tensors = turn_tensors(steps.trace.rule, turned=position >= 1)
        case StagedTrace(operation=Convolution() | SignalConvolution()):
            found = stage_position(steps, position)
            return _operand_at(found.steps, found.position, cell)
        case StagedTrace():
            tensors = given_tensors(steps.trace)
        case CellwiseTrace():
            look = look_of(steps.trace)
            cell, tensors = standing_for(look, cell), dict(look.tensors)
        case _:
            return None
    return next(((name, tensor, cell) for name, tensor in tensors.items() if tensor.place(cell) is not None), None)


def step_at(steps: GrainView[Any], position: float, cell: Cell) -> int | None:
    """Return the unit of steps that finishes the cell of a result; None for any other cell.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import convolution
    >>> steps = convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture")).at("cell")
    >>> step_at(steps, 0.0, Cell("output", 1, 2)), step_at(steps, 0.0, Cell("input", 1, 2))
    (5, None)
    """
    match steps.trace:
        case NetworkTrace():
            return network_step_at(steps, position, cell, step_at)
        case ScatterTrace():
            place = scatter_look(steps.trace).target(steps.trace[0]).shown(cell)
            added = None if place is None else steps.trace.last_step(place)
            return None if added is None else steps.position_of(added)
        case FieldOfView():
            return cell.row if cell.matrix == "layers" else None
        case Counts():
            counted = count_at(steps.trace, cell)
            return None if counted is None else steps.position_of(counted.index)
        case StagedTrace(operation=Convolution() | SignalConvolution()):
            assert isinstance(steps.ends, Joined)
            convolving = GrainView(steps.trace.stages[-1].trace, steps.ends.parts[-1])  # the kernel turns before it
            inside = step_at(convolving, 0.0, cell)
            return None if inside is None else inside + len(steps) - len(convolving)
        case StagedTrace():
            finished = finishing_step(steps.trace, cell)
            return None if finished is None else steps.position_of(finished)
        case CellwiseTrace():
            look = look_of(steps.trace)
            place = look.output.shown(standing_for(look, cell))
            return None if place is None else steps.position_of(steps.trace.last_step(place))
        case _:
            return None


def result_words(steps: GrainView[Any], position: float) -> str:
    """Return the letter and indices of the cell that is computed at a position; nothing where there is none.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import convolution
    >>> steps = convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture")).at("cell")
    >>> result_words(steps, 4.0)
    'y[1, 1]'
    """
    match steps.trace:
        case NetworkTrace():
            found = moment(steps, position).at
            return result_words(found.steps, found.position)
        case StagedTrace() if not isinstance(steps.trace.operation, Convolution | SignalConvolution):
            found = stage_position(steps, position)
            name, cell = steps.trace.stages[found.stage].name, found.steps[int(found.position)].cell
            return staging_of(steps.trace).tensors[name].words(cell)
        case StagedTrace():
            found = stage_position(steps, position)
            return result_words(found.steps, found.position)
        case FieldOfView():
            return f"l{steps[min(int(position), len(steps) - 1)].index + 1}"
        case Counts():
            step = steps[min(int(position), len(steps) - 1)]
            return quantity_words(step.quantity)
        case ScatterTrace():
            step = steps[min(int(position), len(steps) - 1)]
            return "" if step.target is None else scatter_look(steps.trace).target(step).words(step.target)
        case CellwiseTrace():
            step = steps[min(int(position), len(steps) - 1)]
            return look_of(steps.trace).output.words(step.cell)
        case _:
            return ""
