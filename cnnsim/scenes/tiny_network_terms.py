"""The formula of a stage of the tiny network, where its cells are those of the overview."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from cnnsim.drawing import Cell, Equation, Term
from cnnsim.scenes.drawn import draw, look_of
from cnnsim.scenes.footer import footer_height
from cnnsim.scenes.layout import View
from cnnsim.scenes.looking import standing_out
from cnnsim.scenes.pointing import result_words
from cnnsim.scenes.staged import staging_of
from cnnsim.scenes.tensors import Tensor
from cnnsim.scenes.tiny_network_blocks import Block
from cnnsim.scenes.tiny_network_marks import OPERANDS, computing_stage, output_block
from cnnsim.scenes.tiny_network_measure import CAPTIONS
from cnnsim.scenes.tiny_network_pointing import Told, at_work, block_at, explained
from cnnsim.trace import CellwiseTrace, GrainView, Moment, NetworkStep, StagedTrace, Stepped, moment
from cnnsim.typography import format_number

_LETTERS: Mapping[str, Mapping[str, str]] = {
    "convolution": {"y": "c", "o": "k"},
    "relu": {"x": "c", "y": "a", "c": "k"},
    "pooling": {"x": "a", "y": "m", "c": "k"},
    "flatten": {"x": "m", "y": "f", "c": "k"},
    "dense": {"x": "f", "w": "W", "y": "z"},
    "dense weight gradient": {"x": "f", "w": "W", "∂w": "∂W", "y": "z", "∂y": "∂z", "G": "∂z"},
    "dense bias gradient": {"y": "z", "∂y": "∂z", "G": "∂z"},
    "dense input gradient": {"x": "f", "∂x": "∂f", "w": "W", "y": "z", "∂y": "∂z", "G": "∂z"},
    "flatten gradient": {"x": "m", "∂x": "∂m", "G": "∂f", "c": "k"},
    "pooling gradient": {"x": "a", "∂x": "∂a", "y": "m", "G": "∂m", "c": "k", "m": "p", "n": "q"},
    "relu gradient": {"x": "c", "∂x": "∂c", "G": "∂a", "c": "k"},
    "kernel gradient": {"y": "c", "∂y": "∂c", "G": "∂c", "o": "k"},
    "kernel bias gradient": {"y": "c", "∂y": "∂c", "G": "∂c", "o": "k"},
    "image gradient": {"y": "c", "∂y": "∂c", "G": "∂c", "o": "k"},
    "kernel biases update": {"w": "b", "∂w": "∂b"},
    "dense weights update": {"w": "W", "∂w": "∂W"},
    "dense biases update": {"w": "b", "∂w": "∂b"},
}
"""What the letters of a stage's own scene are called in the overview, where c is a map and k its number."""

_DECIMALS = 4
_LETTER = re.compile(r"(?<![A-Za-z∂])∂?[A-Za-z](?![A-Za-z′])")
_RESULTS = {"loss": "probability", "logit gradient": "input gradient"}  # of stages that have stages themselves


def formula(now: Moment, shown: Mapping[str, Block], view: View) -> tuple[Equation, ...]:
    """Return the lines of the stage at work, or of the cell that is looked at unless it stands in those lines already.

    Parameters
    ----------
    now
        Where the steps are.
    shown
        The blocks of the overview.
    view
        The space that the overview fills, and which cells are looked at.
    """
    lines = _lines(at_work(now), shown, view)
    cell = view.looked_at
    if cell is not None and cell not in {term.cell for line in lines for term in line.terms}:
        told = explained(now, shown, cell)
        if told.stage != at_work(now).stage or told.position != at_work(now).position:
            lines = _lines(told, shown, replace(view, hidden=False))
    if cell is not None and lines:
        lines = (*lines[:-1], _told_of_given(lines[-1], now, shown, cell))
    pointed = tuple(cell for cell in (view.looked_at, view.pointed_at) if cell is not None)
    return tuple(replace(line, terms=standing_out(line.terms, pointed)) for line in lines)


def result_in_overview(steps: GrainView[NetworkStep], position: float) -> str:
    """Return the letter and indices of the cell that is computed at a position, as the overview calls it.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import initial_weights, tiny_network
    >>> steps = tiny_network(gallery.shape("cross"), 0, initial_weights(8, 2, 2, seed=0), passes=2).at("cell")
    >>> result_in_overview(steps, 0.0)
    'c[0, 0, 0]'
    """
    told = at_work(moment(steps, position))
    return _renamed(result_words(told.steps, told.position), _LETTERS.get(told.stage, {}))


def _told_of_given(note: Equation, now: Moment, shown: Mapping[str, Block], cell: Cell) -> Equation:
    """Return the last line with the number of a cell that no formula tells, since nothing has computed it."""
    name, place = block_at(shown, cell)
    if place is None or computing_stage(now, name) is not None:
        return note
    caption, letter, role = CAPTIONS[name]
    words = Tensor(name, role, shown[name].values, letter or caption, vector=True).words(place)
    value = format_number(float(shown[name].values[place]), _DECIMALS)
    return replace(note, terms=(Term(f"{words} = ", role), Term(value, role, bold=True, cell=cell)))


def _lines(told: Told, shown: Mapping[str, Block], view: View) -> tuple[Equation, ...]:
    """Return the lines below a stage's scene."""
    drawn = draw(told.steps, told.position, replace(view, looked_at=None, pointed_at=None))
    trace: Any = told.steps.trace
    tensors, letters = tuple(_tensors(told.stage, trace)), _LETTERS.get(told.stage, {})
    top = view.height - footer_height(view) - 1
    return tuple(
        replace(item, terms=tuple(_moved(term, letters, tensors, shown) for term in item.terms))
        for item in drawn.items
        if isinstance(item, Equation) and item.y >= top
    )


def _moved(
    term: Term, letters: Mapping[str, str], tensors: Sequence[tuple[str, Tensor]], shown: Mapping[str, Block]
) -> Term:
    """Return a term with the letters and the cell of the overview."""
    text = _renamed(term.text, letters)
    cell = None if term.cell is None else _shown_in(tensors, shown, term.cell)
    return term if (text, cell) == (term.text, term.cell) else replace(term, text=text, cell=cell)


def _renamed(text: str, letters: Mapping[str, str]) -> str:
    return _LETTER.sub(lambda found: letters.get(found[0], found[0]), text) if letters else text


def _shown_in(tensors: Sequence[tuple[str, Tensor]], shown: Mapping[str, Block], cell: Cell) -> Cell | None:
    """Return the cell of the overview that shows the number of a cell of a stage's own scene; None if none does."""
    for name, tensor in tensors:
        place = tensor.place(cell)
        if place is not None:
            return shown[name].cell(place)
    return None


def _tensors(stage: str, trace: Stepped[Any]) -> Iterator[tuple[str, Tensor]]:
    """Yield the tensors of a stage's own scene that the overview shows, with the names of their blocks."""
    blocks = OPERANDS[stage]
    if isinstance(trace, StagedTrace):
        tensors = staging_of(trace).tensors
        blocks = {**blocks, _RESULTS[stage]: output_block(stage)}
        yield from ((blocks[name], tensor) for name, tensor in tensors.items() if name in blocks)
    elif isinstance(trace, CellwiseTrace):
        look = look_of(trace)
        yield output_block(stage), look.output
        yield from ((blocks[name], tensor) for name, tensor in look.tensors.items() if name in blocks)
