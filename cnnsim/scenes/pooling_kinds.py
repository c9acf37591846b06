"""The kinds of pooling in words and signs; `cnnsim/trace/pooling_kinds.py` has their arithmetic."""

from dataclasses import dataclass

from cnnsim.drawing import Role, Term
from cnnsim.scenes.symbols import fraction, over
from cnnsim.trace.pooling_kinds import Mode, Ties


@dataclass(frozen=True, slots=True)
class KindWords:
    """How a kind of pooling is written.

    Parameters
    ----------
    title
        What a window becomes.
    joint
        What stands before, between and after the contributions in the numeric formula.
    opening, closing
        What stands before and after a value in the formula in symbols.
    so_far
        What the contributions up to a step are.
    added
        What is added up.
    handed
        What follows G in the formula of the gradient.
    handing
        Who gets the gradient, in a sentence.
    """

    title: str
    joint: tuple[str, str, str]
    opening: tuple[Term, ...]
    closing: tuple[Term, ...]
    so_far: str
    added: str
    handed: tuple[Term, ...]
    handing: str


_W = Term("w", Role.KERNEL, bold=True)

WORDS: dict[Mode, KindWords] = {
    "max": KindWords(
        "max",
        ("max( ", ",  ", " )"),
        over("r, t", "max"),
        (),
        "largest so far",
        "",
        (),
        "The gradient of a window goes to its winner alone",
    ),
    "average": KindWords(
        "mean",
        ("( ", " + ", " )"),
        (*fraction((Term("1"),), (Term("n"),)), Term(" "), *over("r, t")),
        (),
        "sum so far",
        "values",
        (Term(" / n"),),
        "Each value of a window gets the same share of its gradient.",
    ),
    "l2": KindWords(
        "L2 norm",
        ("√( ", " + ", " )"),
        (Term("√ "), *over("r, t")),
        (Term("2", script="super"),),
        "sum so far",
        "squares",
        (
            Term(" · "),
            Term("x", Role.INPUT, bold=True),
            Term("[i, j] / "),
            Term("y", Role.OUTPUT, bold=True),
            Term("[m, n]"),
        ),
        "Each value of a window gets its share of the root: x/y of the gradient.",
    ),
    "weighted": KindWords(
        "weighted mean",
        ("( ", " + ", " )"),
        (*fraction((Term("1"),), (Term("S"),)), Term(" "), *over("r, t"), _W, Term("[r, t] · ")),
        (),
        "sum so far",
        "products",
        (Term(" · "), _W, Term("[r, t] / S")),
        "Each value of a window gets a share of its gradient, by its weight.",
    ),
}

TIES: dict[Ties, str] = {"first": "among equals the first wins", "split": "equals share the gradient"}
