"""What the page of a small shift says: how much changed, at every stage."""

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import Role, Term
from cnnsim.trace import ShiftEffect
from cnnsim.trace.cellwise import Place


def changed_words(mask: NDArray[np.bool_]) -> str:
    """Say how many values changed.

    Examples
    --------
    >>> changed_words(np.array([[True, False], [False, False]]))
    '1 of 4 changed'
    """
    return f"{int(mask.sum())} of {mask.size} changed"


def tally(rule: ShiftEffect) -> tuple[Term, ...]:
    """Write how many values of the image, of its features if there are any, and of the pooled map changed."""
    return (
        Term("Changed:  ", Role.MUTED),
        *_counted("inputs", Role.INPUT, rule.changed_inputs),
        *(() if rule.w is None else _counted("convolved", Role.KERNEL, rule.changed_features, _along(rule))),
        *_counted("pooled", Role.OUTPUT, rule.changed),
    )


def _along(rule: ShiftEffect) -> str:
    return f", but {int(rule.moved_along.sum())} are f(x) moved along"


def _counted(name: str, role: Role, mask: NDArray[np.bool_], more: str = "") -> tuple[Term, ...]:
    return (
        Term(f"{name} ", role),
        Term(f"{int(mask.sum())} of {mask.size}", role, bold=True),
        Term(f" ({100 * mask.mean():.0f} %{more})     ", Role.MUTED),
    )


def stayed(rule: ShiftEffect, cell: Place) -> str:
    """Say whether a pooled value changed, and how much of its window did.

    Examples
    --------
    >>> from cnnsim.trace import shift_effect
    >>> stayed(shift_effect([[3, 9, 1, 2]], window=(1, 4)).rule, (0, 0, 0))
    ' stays, although 4 of the 4 values of its window change.'
    """
    count, size = rule.changed_in_window(cell)
    of_window = f"{count} of the {size} values of its window change"
    if rule.changed[cell]:
        return f" is new: {of_window}."
    return f" stays, although {of_window}." if count else " stays: nothing in its window changes."


def summary(rule: ShiftEffect) -> str:
    """Say what the shift came to.

    Examples
    --------
    >>> from cnnsim.trace import shift_effect
    >>> summary(shift_effect([[0.1, 1, 0.2, 0.1]], window=(1, 3), stride=1, padding=(0, 1)).rule)
    '100 % of the inputs changed, but only 50 % of the pooled values: a little invariance.'
    >>> summary(shift_effect([[1, 5, 2, 6]], window=(1, 2), mode="average", entering="circular").rule)
    'The inputs changed by 4.00 on average, the pooled values by 0.50: dampened only.'
    >>> summary(shift_effect([[0, 9, 9, 0]], window=(1, 4)).rule)
    '50 % of the inputs changed, but no pooled value: invariance to this shift.'
    """
    inputs, pooled = (round(100 * float(mask.mean())) for mask in (rule.changed_inputs, rule.changed))
    if not rule.changed_inputs.any():
        return "Nothing has changed."
    along = "" if rule.w is None else "The convolution moves along, which is equivariance. "
    if not rule.changed.any():
        return f"{along}{inputs} % of the inputs changed, but no pooled value: invariance to this shift."
    if pooled < inputs:
        few = f"only {pooled} %" if pooled else "less than 1 %"
        return f"{along}{inputs} % of the inputs changed, but {few} of the pooled values: a little invariance."
    before, after = (float(np.abs(change).mean()) for change in (rule.moved_x - rule.x, rule.output))
    if after < before:
        return f"{along}The inputs changed by {before:.2f} on average, the pooled values by {after:.2f}: dampened only."
    return f"{along}{inputs} % of the inputs changed, and {pooled} % of the pooled values: no invariance here."


def movement_in_words(rule: ShiftEffect) -> str:
    """Say what g and p are.

    Examples
    --------
    >>> from cnnsim.trace import shift_effect
    >>> movement_in_words(shift_effect([[3, 9, 1, 2]], window=(1, 4)).rule)
    'g: shift by (0, 1);  p: max pooling'
    """
    around = ", around the edges" if rule.move.entering == "circular" else ""
    layer = "" if rule.w is None else "convolution, then "
    return f"g: shift by {rule.move.shift}{around};  p: {layer}{rule.of_image.mode} pooling"
