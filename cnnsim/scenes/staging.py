"""What an operation of several stages looks like: its tensors in columns, and what is written of each stage."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import ceil, log10

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import Role, Term
from cnnsim.scenes.panels import Column, slices
from cnnsim.scenes.tensors import Tensor

_MARKED = re.compile(r"\{([^}]+)\}|(\w+)~([^~]+)~|\^([^^]+)\^")


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A tensor in the picture of an operation; one that is computed has the name of its stage.

    Parameters
    ----------
    tensor
        Its name is the one that factors use.
    caption, note
        Title of its first matrix, and what follows in a quieter tone.
    editable
        Whether its cells can be changed.
    bars
        Whether bars beside its one column show how much of 1 each number is.
    """

    tensor: Tensor
    caption: str
    note: str = ""
    editable: bool = False
    bars: bool = False

    def rows(self, states: NDArray[np.uint8] | None) -> Column:
        """Return its matrices: the last leading axis runs to the right, those before it downwards."""
        panels = slices(self.tensor, self.caption, self.note, states=states, editable=self.editable)
        panels = tuple(replace(panel, caption=self.caption if panel is panels[0] else "") for panel in panels)
        width = self.tensor.array.shape[-3] if self.tensor.array.ndim > 2 else 1
        return tuple(panels[start : start + width] for start in range(0, len(panels), width))


@dataclass(frozen=True, slots=True)
class StageWords:
    """What is written of a stage.

    Parameters
    ----------
    symbols
        Its formula.
    finished
        What a finished cell is: a sentence that ends with its value, where ``{}`` stands for the cell.
    joint
        What stands before, between and after the contributions in the numeric formula.
    power
        An exponent after that.
    digits
        The fewest decimals of rounded numbers.
    """

    symbols: tuple[Term, ...]
    finished: str
    joint: tuple[str, str, str] = ("", " + ", "")
    power: str = ""
    digits: int = 4  # probabilities and the like are small


@dataclass(frozen=True, slots=True, eq=False)
class Staging:
    """How an operation of several stages is shown.

    Parameters
    ----------
    columns
        Its tensors from left to right, in each column from top to bottom.
    words
        What is written of each stage, by name.
    note
        The last line.
    roomy
        Columns with further tensors, for where they cost the others little; empty if there are none.
    """

    columns: tuple[tuple[Piece, ...], ...]
    words: Mapping[str, StageWords]
    note: tuple[Term, ...]
    roomy: tuple[tuple[Piece, ...], ...] = ()

    @property
    def pieces(self) -> Iterator[Piece]:
        """All tensors, column by column."""
        return (piece for column in self.columns for piece in column)

    @property
    def tensors(self) -> dict[str, Tensor]:
        """All tensors by name."""
        return {piece.tensor.name: piece.tensor for piece in self.pieces}


def written(text: str, tensors: Mapping[str, Tensor]) -> tuple[Term, ...]:
    """Write a formula: ``{name}`` is the letter of a tensor in its colour, ``Σ~c~`` has c under Σ, and ``^2^`` is high.

    Examples
    --------
    >>> p = Tensor("probability", Role.OUTPUT, np.zeros((3, 1)), "p")
    >>> [(term.text, term.script) for term in written("Σ~c~ {probability}^2^", {"probability": p})]
    [('Σ', 'normal'), ('c', 'under'), (' ', 'normal'), ('p', 'normal'), ('2', 'super')]
    """
    terms: list[Term] = []
    end = 0
    for found in _MARKED.finditer(text):
        name, sign, under, high = found.groups()
        if found.start() > end:
            terms.append(Term(text[end : found.start()]))
        if name:
            terms.append(Term(tensors[name].letter, tensors[name].role, bold=True))
        else:
            terms.extend((Term(sign), Term(under, script="under")) if sign else (Term(high, script="super"),))
        end = found.end()
    return (*terms, Term(text[end:])) if end < len(text) else tuple(terms)


def digits_for(constant: float) -> int:
    """Return the decimals with which a small constant, such as ε, is not written as 0.

    Examples
    --------
    >>> digits_for(1e-5), digits_for(0.5)
    (5, 4)
    """
    return min(max(4, ceil(-log10(constant))), 8) if constant > 0 else 4


def muted(text: str) -> tuple[Term, ...]:
    """Write a remark, with the marks of `written`.

    Examples
    --------
    >>> [(term.text, term.role) for term in muted("m cancels")]
    [('m cancels', <Role.MUTED: 'muted'>)]
    """
    return tuple(replace(term, role=Role.MUTED) for term in written(text, {}))
