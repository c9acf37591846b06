"""What a wrong prediction in a layer that does not convolve was probably computed from: values, and what to say."""

from collections.abc import Iterator

import numpy as np

from cnnsim.trace import (
    Activation,
    ActivationGradient,
    Dense,
    DenseInputGradient,
    DenseWeightGradient,
    Dropout,
    DropoutGradient,
    Pooling,
    PoolingGradient,
)
from cnnsim.trace.cellwise import Place

Mistakes = Iterator[tuple[float, str]]


def of_dense(rule: Dense, cell: Place) -> Mistakes:
    """Yield what comes out without the bias, or along the wrong weights."""
    out, total, b = cell[0], rule.combined(rule.values(cell)), float(rule.b[cell])
    yield total, "The bias was forgotten."
    yield total - b, "The bias was taken away instead of added."
    if rule.w.shape[0] == rule.w.shape[1]:
        column = float((rule.w[:, out] * rule.x[0]).sum()) + b
        yield column, "A column of the weights was taken: an output has a row of them."


def of_dense_weight_gradient(rule: DenseWeightGradient, cell: Place) -> Mistakes:
    """Yield what comes out of one factor alone, or of the weight."""
    out, place = cell
    yield float(rule.g[out, 0]), "That is G itself: it is still to be multiplied by the input that the weight met."
    yield float(rule.forward.x[0, place]), "That is the input itself: it is still to be multiplied by G."
    yield float(rule.g[out, 0] * rule.forward.w[cell]), "G was multiplied by the weight, which gives a gradient of x."


def of_dense_input_gradient(rule: DenseInputGradient, cell: Place) -> Mistakes:
    """Yield what comes out without the weights, or along the wrong ones."""
    yield float(rule.g.sum()), "The gradients were added without their weights."
    w = rule.forward.w
    if w.shape[0] == w.shape[1]:
        row = float((w[cell[1]] * rule.g[:, 0]).sum())
        yield row, "A row of the weights was taken: backwards the weights are transposed, and an input has a column."


def of_dropout(rule: Dropout, cell: Place) -> Mistakes:
    """Yield what comes out without the mask or the scale."""
    return _masked(rule, float(rule.x[cell]), bool(rule.mask[cell]))


def of_dropout_gradient(rule: DropoutGradient, cell: Place) -> Mistakes:
    """Yield what comes out without the mask or the scale."""
    return _masked(rule.forward, float(rule.g[cell]), bool(rule.forward.mask[cell]))


def _masked(rule: Dropout, value: float, stays: bool) -> Mistakes:
    if stays:
        yield value, "The scale was forgotten: what stays is divided by 1 − p."
        yield 0.0, "This value is not dropped: the mask is 1 there."
    else:
        yield value, "The mask was ignored: this value is dropped."
        yield value * rule.scale, "The mask was ignored: this value is dropped."


def of_pooling(rule: Pooling, cell: Place) -> Mistakes:
    """Yield what another kind of pooling gives."""
    window = rule.window(cell)
    if rule.mode != "average":
        yield float(window.mean()), "That is the mean of the window."
    if rule.mode != "max":
        yield float(window.max()), "That is the largest value of the window."
    yield float(window.min()), "That is the smallest value of the window."
    yield float(window.sum()), "That is the sum of the window."


def of_pooling_gradient(rule: PoolingGradient, cell: Place) -> Mistakes:
    """Yield what comes out where the remembered winner is ignored."""
    if rule.forward.mode == "max":
        yield (
            float(rule.g.sum()) if rule.output[cell] == 0 else 0.0,
            ("The gradient of a window goes to its winner alone."),
        )


def of_activation(rule: Activation, cell: Place) -> Mistakes:
    """Yield what comes out without the function, or of another one."""
    x = float(rule.x[cell])
    yield x, f"That is x itself: the {rule.function.replace('_', ' ')} was forgotten."
    yield abs(x), "That is the absolute value."
    yield max(x, 0.0), "That is what a ReLU would give."


def of_activation_gradient(rule: ActivationGradient, cell: Place) -> Mistakes:
    """Yield either factor alone."""
    yield float(rule.g[cell]), "That is G itself: the slope of the function at x was forgotten."
    yield float(np.asarray(rule.derivative)[cell]), "That is the slope alone: it is still to be multiplied by G."
