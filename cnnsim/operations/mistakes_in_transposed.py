"""Mistakes that are made in transposed convolutions: in the view of the equivalent convolution, and in the gradient."""

from collections.abc import Iterator, Mapping

import numpy as np

from cnnsim.errors import InputError
from cnnsim.trace import TransposedConvolution, TransposedInputGradient, transposed_convolution
from cnnsim.trace.cellwise import Place

Pair = tuple[int, int]


def of_transposed(rule: TransposedConvolution, cell: Place) -> Iterator[tuple[float, str]]:
    """Yield what comes out of each mistake, and what the mistake is."""
    inner, b = rule.rule, float(rule.b[cell[0]])
    window, turned = inner.window(cell), inner.applied[cell[0]]
    yield float((window * turned[:, ::-1, ::-1]).sum()) + b, "The kernel was not turned: here it is turned by 180°."
    yield float((window * turned).sum()), "The bias was forgotten."
    given = _pairs(rule)
    if given["padding"] != (0, 0):
        uncut = given | {"padding": (0, 0)}
        yield from _otherwise(rule, cell, uncut, "The padding was not cut off: the output begins further inside.")
    for name, (rows, cols) in given.items():
        if rows != cols:
            words = f"The two numbers of the {name.replace('_', ' ')} were exchanged: the first is for the rows."
            yield from _otherwise(rule, cell, given | {name: (cols, rows)}, words)


def of_transposed_input_gradient(rule: TransposedInputGradient, cell: Place) -> Iterator[tuple[float, str]]:
    """Yield what comes out of each mistake in the gradient of the input, and what the mistake is."""
    window, kernel = rule.rule.window(cell), rule.rule.applied[cell[0]]
    yield float((window * kernel[:, ::-1, ::-1]).sum()), "The kernel was turned: over G it slides as it was given."
    yield float(window.sum()), "The gradients were added without their weights."


def _pairs(rule: TransposedConvolution) -> dict[str, Pair]:
    rows, cols = rule.rows, rule.cols
    return {
        "stride": (rows.stride, cols.stride),
        "padding": (rows.crop, cols.crop),
        "output_padding": (rows.more, cols.more),
        "dilation": (rows.dilation, cols.dilation),
    }


def _otherwise(
    rule: TransposedConvolution, cell: Place, options: Mapping[str, Pair], words: str
) -> Iterator[tuple[float, str]]:
    """Yield what the cell becomes with other options, if there is such a cell."""
    try:
        other = transposed_convolution(
            rule.x,
            rule.w,
            rule.b,
            stride=options["stride"],
            padding=options["padding"],
            output_padding=options["output_padding"],
            dilation=options["dilation"],
            groups=rule.groups,
        )
    except InputError:
        return
    if np.all(np.less(cell, other.rule.output.shape)):
        yield float(other.rule.output[cell]), words
