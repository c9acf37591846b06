"""What a wrong prediction of a cell was probably computed from: mistakes are computed and compared with the answer."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from cnnsim.operations.mistakes_in_convolution import of_convolution, of_full_gradient, of_input_gradient
from cnnsim.operations.mistakes_in_counting import of_counts, of_equivariance, of_field_of_view
from cnnsim.operations.mistakes_in_layers import (
    of_activation,
    of_activation_gradient,
    of_dense,
    of_dense_input_gradient,
    of_dense_weight_gradient,
    of_dropout,
    of_dropout_gradient,
    of_pooling,
    of_pooling_gradient,
)
from cnnsim.operations.mistakes_in_stages import of_stage
from cnnsim.operations.mistakes_in_transposed import of_transposed, of_transposed_input_gradient
from cnnsim.trace import (
    Activation,
    ActivationGradient,
    CellwiseTrace,
    Convolution,
    Counts,
    Dense,
    DenseInputGradient,
    DenseWeightGradient,
    Dropout,
    DropoutGradient,
    Equivariance,
    FieldOfView,
    FullInputGradient,
    GrainView,
    InputGradient,
    NetworkTrace,
    Pooling,
    PoolingGradient,
    SignalConvolution,
    SignalFullInputGradient,
    SignalInputGradient,
    StagedTrace,
    TransposedConvolution,
    TransposedInputGradient,
    moment,
    stage_position,
)
from cnnsim.trace.cellwise import Place, Rule
from cnnsim.typography import decimals_of

_DECIMALS = 2


@dataclass(frozen=True, slots=True)
class Question:
    """The cell that a step finishes, for someone who wants to say it first.

    Parameters
    ----------
    rule
        What computes it: a rule, or a trace that counts.
    cell
        Its place in the output; of a count, the number of its step.
    answer
        What it becomes.
    stage
        The operation of several stages that it belongs to and the name of the stage, if it belongs to one.
    """

    rule: Rule | Counts | FieldOfView
    cell: Place
    answer: float
    stage: tuple[StagedTrace[Any], str] | None = None

    def answered_by(self, value: float) -> bool:
        """Whether a value is right, up to the rounding that people do: to two decimals, or as a formula shows it."""
        return _means(value, self.answer)


def question(steps: GrainView[Any], position: float) -> Question | None:
    """Return the cell that is computed at a position; None where steps do not compute cells one after another.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import convolution
    >>> steps = convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture")).at("cell")
    >>> question(steps, 1.0).answer
    3.0
    """
    match steps.trace:
        case NetworkTrace():
            found = moment(steps, position).at
            return question(found.steps, found.position)
        case StagedTrace():
            found = stage_position(steps, position)
            asked = question(found.steps, found.position)
            name = steps.trace.stages[found.stage].name
            return asked and (asked if asked.stage else replace(asked, stage=(steps.trace, name)))
        case Counts() | FieldOfView():
            index = steps[min(int(position), len(steps) - 1)].index
            return Question(steps.trace, (index,), float(steps.trace.output.flat[index]))
        case CellwiseTrace(rule=rule):
            cell = steps[min(int(position), len(steps) - 1)].cell
            return Question(rule, cell, float(rule.output[cell]))
        case _:
            return None


def diagnose(asked: Question, value: float) -> str:
    """Say what led to a wrong value, or nothing if no known mistake does.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import convolution
    >>> steps = convolution(gallery.LECTURE_IMAGE, gallery.kernel("emboss"), flip=True).at("cell")
    >>> diagnose(question(steps, 3.0), 2.0)
    'The kernel was not turned: true convolution turns it by 180° first.'
    """
    of_its_stage = () if asked.stage is None else of_stage(*asked.stage, asked.cell)
    for wrong, words in (*of_its_stage, *_particular(asked), *_general(asked)):
        if abs(wrong - asked.answer) > 1e-9 and _means(value, wrong):
            return str(words)
    return ""


def _means(value: float, number: float) -> bool:
    """Whether a value is a number that was rounded, but not to 0 what is not 0."""
    decimals = decimals_of(number, _DECIMALS)
    return abs(value - number) <= 0.5 * 10.0**-decimals + 1e-9 * abs(number)


Mistakes = Iterator[tuple[float, str]]


def _particular(asked: Question) -> Mistakes:
    match asked.rule:
        case Convolution():
            return of_convolution(asked.rule, asked.cell)
        case FullInputGradient():
            return of_full_gradient(asked.rule, asked.cell)
        case InputGradient():
            return of_input_gradient(asked.rule, asked.cell)
        case Pooling():
            return of_pooling(asked.rule, asked.cell)
        case PoolingGradient():
            return of_pooling_gradient(asked.rule, asked.cell)
        case Activation():
            return of_activation(asked.rule, asked.cell)
        case ActivationGradient():
            return of_activation_gradient(asked.rule, asked.cell)
        case Dense():
            return of_dense(asked.rule, asked.cell)
        case DenseWeightGradient():
            return of_dense_weight_gradient(asked.rule, asked.cell)
        case DenseInputGradient():
            return of_dense_input_gradient(asked.rule, asked.cell)
        case SignalConvolution() | SignalInputGradient() | SignalFullInputGradient():
            return _particular(replace(asked, rule=asked.rule.rule))
        case TransposedConvolution():
            return of_transposed(asked.rule, asked.cell)
        case TransposedInputGradient():
            return of_transposed_input_gradient(asked.rule, asked.cell)
        case Equivariance():
            return of_equivariance(asked.rule, asked.cell)
        case Counts():
            return of_counts(asked.rule, asked.rule[asked.cell[0]])
        case FieldOfView():
            return of_field_of_view(asked.rule, asked.cell[0])
        case Dropout():
            return of_dropout(asked.rule, asked.cell)
        case DropoutGradient():
            return of_dropout_gradient(asked.rule, asked.cell)
        case _:
            return iter(())


def _general(asked: Question) -> Mistakes:
    """Mistakes that can be made in any operation."""
    rule, cell = asked.rule, asked.cell
    if isinstance(rule, Counts | FieldOfView):
        return
    combined = float(rule.combined(rule.values(cell)))
    if len(rule.endings) > 1:
        yield combined, f"That is the value before the last step, {rule.endings[-1]}."
    yield -asked.answer, "The sign is the other way round."
    axis = -1 if rule.output.shape[-1] > 1 else -2  # along a row, or a column of classes
    because = ": the window is one step off" if asked.stage is None else ""
    for offset, words in ((1, "next"), (-1, "last")):
        place = list(cell)
        place[axis] += offset
        if 0 <= place[axis] < rule.output.shape[axis]:
            yield float(rule.output[tuple(place)]), f"That is the {words} cell of the output{because}."
