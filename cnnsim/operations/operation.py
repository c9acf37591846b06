"""An operation as the command line, the pages and the files know it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from cnnsim.drawing import Cell, Drawing
from cnnsim.operations.code import Code
from cnnsim.operations.settings import Settings
from cnnsim.scenes import View, draw, result_words
from cnnsim.trace import GrainView

S = TypeVar("S", bound=Settings)


@dataclass(frozen=True, slots=True)
class GrainWords:
    """A grain of steps, and what it is called for an operation."""

    key: str
    words: str
    tip: str


def grains(finest: str = "Multiply", tip: str = "Show every multiply, the sum and the bias") -> tuple[GrainWords, ...]:
    """Return the grains of an operation that computes cell by cell, with a word for the finest."""
    return (
        GrainWords("multiply", finest, tip),
        GrainWords("cell", "Cell", "Show one output cell per step"),
        GrainWords("row", "Row", "Show one output row per step"),
        GrainWords("map", "Map", "Show one output map per step"),
        GrainWords("layer", "Layer", "Show the whole operation in one step"),
    )


@dataclass(frozen=True, slots=True)
class Preset(Generic[S]):
    """Settings that are worth a name, such as the example of a lecture."""

    words: str
    settings: S


def _draw(_settings: Any, steps: GrainView[Any], position: float, view: View) -> Drawing:
    return draw(steps, position, view)


def _result(_settings: Any, steps: GrainView[Any], position: float) -> str:
    return result_words(steps, position)


@dataclass(frozen=True, slots=True, eq=False)
class Operation(Generic[S]):
    """Everything that is not arithmetic or a picture about an operation.

    Parameters
    ----------
    name
        On the command line and in files.
    title
        On its page.
    chapter
        Heading under which the app offers it.
    words
        What it does, in a sentence without a full stop that begins with a small letter.
    start
        The settings to begin with.
    grains
        The sizes of steps that it offers.
    presets
        Other settings to begin with.
    draw
        Draws a position with these settings in a view.
    result
        Names the cell that is computed at a position as the picture with these settings does.
    clicked
        Settings after a click on a cell of the picture that means more than "go to its steps"; None if it does not.
    entered
        Settings after Enter, or after a click on a result, that look into the step at work; None if there is nothing to
        look into.
    escaped
        Settings after Esc; None if it has nothing to leave.
    dragged
        Settings after the pointer went from one cell to another with its button held.
    gradients
        Value of the option ``direction`` that computes the gradient of an operand, or the stage of a network that does,
        by the name of the operand.
    code
        Writes what the settings compute as NumPy and PyTorch text.
    picture_grain
        Key of the grain of pictures and films without a window; the finest one if there is none such.
    scaled
        Whether its colours have a range that a reader can choose.
    """

    name: str
    title: str
    chapter: str
    words: str
    start: S
    grains: tuple[GrainWords, ...] = grains()
    presets: tuple[Preset[S], ...] = ()
    draw: Callable[[S, GrainView[Any], float, View], Drawing] = _draw
    result: Callable[[S, GrainView[Any], float], str] = _result
    clicked: Callable[[S, Cell], S | None] | None = None
    entered: Callable[[S], S | None] | None = None
    escaped: Callable[[S], S | None] | None = None
    dragged: Callable[[S, Cell, Cell], S] | None = None
    gradients: Mapping[str, str] = field(default_factory=dict)
    code: Callable[[S], Code] | None = None
    picture_grain: str = "cell"
    scaled: bool = True
