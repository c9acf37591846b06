"""Mistakes that are made in transposed convolutions: in the view of the equivalent convolution."""

from collections.abc import Iterator

import numpy as np

from cnnsim.trace import TransposedConvolution, transposed_convolution
from cnnsim.trace.cellwise import Place


def of_transposed(rule: TransposedConvolution, cell: Place) -> Iterator[tuple[float, str]]:
    """Yield what comes out of each mistake, and what the mistake is."""
    inner, b = rule.rule, float(rule.b[cell[0]])
    window, turned = inner.window(cell), inner.applied[cell[0]]
    yield float((window * turned[:, ::-1, ::-1]).sum()) + b, "The kernel was not turned: here it is turned by 180°."
    yield float((window * turned).sum()), "The bias was forgotten."
    rows, cols = rule.rows, rule.cols
    uncut = transposed_convolution(
        rule.x,
        rule.w,
        rule.b,
        stride=(rows.stride, cols.stride),
        dilation=(rows.dilation, cols.dilation),
        groups=rule.groups,
    ).output[cell[0]]
    _, row, col = cell
    if (rows.crop or cols.crop) and np.all(np.less((row, col), uncut.shape)):
        yield float(uncut[row, col]), "The padding was not cut off: the output begins further inside."
