"""What a wrong prediction on the pages about why convolution was probably computed from: values, and what to say."""

from collections.abc import Iterator

from cnnsim.trace import Counts, CountStep, Equivariance, FieldOfView
from cnnsim.trace.cellwise import Place

Mistakes = Iterator[tuple[float, str]]
_ON_SLIDES = {784: 728, 23_520: 25_550, 23_550: 25_550}
"""Counts, and what slides of lectures say instead."""


def of_equivariance(rule: Equivariance, cell: Place) -> Mistakes:
    """Yield either term alone."""
    one, other = rule.values(cell).tolist()
    yield one, "That is f(g(x)) alone: g(f(x)) is still to be taken away."
    yield -other, "That is g(f(x)), which is to be taken away from f(g(x))."


def of_field_of_view(trace: FieldOfView, index: int) -> Mistakes:
    """Yield what comes out with the wrong window or the wrong strides."""
    step = trace[index]
    layer, grown = step.layer, step.size - step.before
    yield step.before + layer.extent - 1, f"The strides before were forgotten: steps are {step.jump} cells apart."
    yield step.before + layer.extent * step.jump, "One too many: a window of f cells reaches f − 1 cells farther."
    yield step.before + (layer.kernel_size - 1) * step.jump, "The dilation was forgotten."
    yield step.before + grown * layer.stride, "The layer's own stride counts only for the layers after it."
    yield grown, "That is how much it grows: the field before is still to be added."
    yield step.size**2, "That is the number of cells: the side is asked for."


def of_counts(trace: Counts, step: CountStep) -> Mistakes:
    """Yield what comes out where a part is forgotten, or of another kind of connection."""
    layer, connection = trace.layer, step.connection
    weights, biases = (trace.value(connection, quantity) for quantity in ("weights", "biases"))
    if step.value in _ON_SLIDES:
        yield _ON_SLIDES[step.value], "So says a slide, which is wrong."
    match step.quantity:
        case "inputs":
            yield layer.rows * layer.cols, "The channels were forgotten."
        case "outputs":
            yield layer.out_rows * layer.out_cols, "The output channels were forgotten: each is a map."
            yield layer.rows * layer.cols * layer.filters, "The output is smaller or larger than the input."
        case "weights" | "parameters":
            extra = biases if step.quantity == "parameters" else 0
            yield weights // layer.channels + extra, "The depth was forgotten: a kernel has a slice for every channel."
            yield weights, "The biases were forgotten."
            yield weights + biases, "The biases are no weights."
            yield weights + 1, f"There is not one bias, but there are {biases:,}."
        case "macs":
            yield weights, "Every weight is used at every place of the output."
            yield trace.value(connection, "parameters"), "Those are the parameters; each is used at every place."
        case "parameter bytes" | "activation bytes":
            yield step.value / 4, "A number takes 4 bytes."
            yield step.value * 2, "float32 numbers take 4 bytes, not 8."
    for other in trace.connections:
        if other != connection:
            yield trace.value(other, step.quantity), f"So many has the row “{other}”."
