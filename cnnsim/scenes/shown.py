"""What a picture of a cellwise trace shows: where the steps are, and which cell is looked at or hidden."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from cnnsim.drawing import Cell, Frame, Matrix, Term
from cnnsim.scenes.accuracy import digits_of
from cnnsim.scenes.cellwise_formula import versions
from cnnsim.scenes.digits import Digits
from cnnsim.scenes.layout import View
from cnnsim.scenes.look import Look
from cnnsim.scenes.looking import columns, lit, looked_at_mark, standing_out, told, untold
from cnnsim.scenes.marks import marks, quiet, reach, touched, unmarked
from cnnsim.scenes.motion import Between, between
from cnnsim.scenes.panels import Column
from cnnsim.trace import GrainView, Step


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A look at a position, seen by a reader; `shown` makes one.

    A scene of its own arrangement asks it for the matrices, the marks and the lines, so that hovering, pinning and
    hiding work there as everywhere.

    Parameters
    ----------
    look, view
        What is shown, and how it is looked at.
    motion
        The present step and the one to come.
    here
        The present step, without its result where that is hidden.
    explained
        The step that the formula tells of: the present one, or the last one of a cell that is looked at.
    """

    look: Look
    view: View
    motion: Between[Step]
    here: Step
    explained: Step

    def digits(self, least: int = 2) -> Digits:
        """Decimals for the numbers that are explained."""
        return digits_of(self.look, self.explained, least)

    @property
    def columns(self) -> Sequence[Column]:
        """The matrices in columns."""
        return columns(self.look, self.here, self.explained)

    def lit(self, matrices: Sequence[Matrix]) -> tuple[Matrix, ...]:
        """Light up what belongs to the cell that is looked at, or else what the present cell touches."""
        if self.view.looked_at is not None:
            return lit(self.look, self.view.looked_at, self.explained, matrices)
        return touched(self.look, self.here.cell, self._unmarked(matrices))

    def marks(self, grids: Mapping[str, Matrix]) -> tuple[Frame, ...]:
        """Return the frames of the step, and one around the cell that is looked at."""
        frames = marks(self.look, self.motion, grids, alone=self.explained is not self.here)
        found = [mark for cell in self._pointed for mark in looked_at_mark(cell, grids)]
        return (*quiet(frames), *found) if self._pointed else frames

    def lines(
        self, digits: Digits
    ) -> tuple[tuple[Term, ...], tuple[Term, ...], Iterator[tuple[Term, ...]], tuple[Term, ...]]:
        """Return the four lines of the footer: in words, in symbols, in numbers, and the note."""
        numeric = (self._standing_out(terms) for terms in versions(self.look, self.explained, digits))
        return self._narration(digits), self.look.symbolic(), numeric, self.look.note()

    def _narration(self, digits: Digits) -> tuple[Term, ...]:
        words = Term(self.look.output.words(self.explained.cell), self.look.output.role, bold=True)
        if self.explained is not self.here and self.explained.y is None:
            return words, Term(" is still to come; what it is computed from is lit.")
        if self.view.hidden and self.explained is self.here:
            return Term("What is "), words, Term("?")
        sentence = self.look.narration(self.explained, digits)
        rounded = self.explained.y is not None and False in digits.equal[-1:]
        return self._standing_out(_nearly(sentence) if rounded else sentence)

    @property
    def _pointed(self) -> tuple[Cell, ...]:
        """The cell that is looked at, and the one that is pointed at beside it."""
        cells = (self.view.looked_at, self.view.pointed_at)
        return tuple(dict.fromkeys(cell for cell in cells if cell is not None))

    def _standing_out(self, terms: tuple[Term, ...]) -> tuple[Term, ...]:
        return standing_out(terms, self._pointed) if self._pointed else terms

    def _unmarked(self, matrices: Sequence[Matrix]) -> Sequence[Matrix]:
        """Return the matrices, where the result is hidden without the highlights that could tell it."""
        return unmarked(matrices, reach(self.look, self.here.cell)) if self.view.hidden else matrices


def _nearly(words: tuple[Term, ...]) -> tuple[Term, ...]:
    """Return a sentence that ends with a result, which is only nearly equal, as the formula says."""
    sign = words[-3].text.rstrip() if len(words) > 2 else ""
    return (*words[:-3], replace(words[-3], text=f"{sign[:-1]}≈ "), *words[-2:]) if sign.endswith("=") else words


def shown(look: Look, steps: GrainView[Step], position: float, view: View) -> Shown:
    """Return what a look shows at a position in a view.

    Examples
    --------
    >>> from cnnsim.drawing import Cell
    >>> from cnnsim.scenes.drawn import look_of
    >>> from cnnsim.trace import activation
    >>> trace = activation([[-2, 3]])
    >>> now = shown(look_of(trace), trace.at("cell"), 1, View(800, 560, looked_at=Cell("output", 0, 0)))
    >>> now.here.cell, now.explained.cell, now.explained.y
    ((0, 0, 1), (0, 0, 0), 0.0)
    """
    motion = between(steps, position)
    here = untold(look, motion.here) if view.hidden else motion.here
    return Shown(look, view, motion, here, told(look, here, view.looked_at))
