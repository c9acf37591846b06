"""The convolution page: input and window, kernel, products, sum, bias and output."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import Arrow, CellState, Drawing, Frame, Item, Label, Matrix, Role, Scale
from cnnsim.scenes.convolution_formula import active_place, digits_of, narration, numeric_versions, symbolic_terms
from cnnsim.scenes.footer import footer, footer_height
from cnnsim.scenes.layout import Area, Block, View, caption_height, caption_width, cell_size, columns, size_text
from cnnsim.scenes.motion import Between, between
from cnnsim.scenes.size_formula import size_terms
from cnnsim.scenes.window import box
from cnnsim.trace import ConvolutionStep, ConvolutionTrace, Geometry, GrainView

_PRODUCTS = ("Products", "w · x")
_GAP = 4.2  # units between the matrices: room for the operators


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the grids stand: top left corners, and the side of a cell."""

    cell: float
    input: tuple[float, float]
    kernel: tuple[float, float]
    products: tuple[float, float]
    output: tuple[float, float]
    sum: tuple[float, float]
    bias: tuple[float, float]


def convolution_scene(steps: GrainView[ConvolutionStep], position: float, view: View) -> Drawing:
    """Draw a convolution at a position.

    Parameters
    ----------
    steps
        A `ConvolutionTrace` at some grain.
    position
        Index of the step; a fraction is the way to the next one.
    view
        Space to fill.

    Returns
    -------
    Drawing
        With the matrices ``input`` (padded), ``kernel`` (as it lies on the window), ``products``, ``sum``, ``bias``
        and ``output``.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.trace import convolution
    >>> steps = convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture")).at("cell")
    >>> convolution_scene(steps, len(steps) - 1, View(800, 560)).matrix("output").values
    array([[4., 3., 4.],
           [2., 4., 3.],
           [2., 3., 4.]])
    """
    trace = steps.trace
    assert isinstance(trace, ConvolutionTrace)
    motion = between(steps, position)
    step = motion.here
    places = _arrange(trace, view)
    grids = _grids(trace, step, places, view)
    lines = (narration(trace, step), symbolic_terms(trace), numeric_versions(trace, step), size_terms(trace.geometry))
    items: tuple[Item, ...] = (
        *grids,
        *_operators(places, trace, view),
        *_marks(trace, motion, {grid.name: grid for grid in grids}),
        *footer(view, *lines),
    )
    return Drawing(view.width, view.height, items)


def _arrange(trace: ConvolutionTrace, view: View) -> _Places:
    """Three columns: the input; the kernel above the products; the output above the sum and the bias."""
    k = trace.w.shape[0]
    rows, cols = trace.geometry.padded_shape
    out_rows, out_cols = trace.geometry.output_shape
    to_bias = caption_width(view, "Sum") + view.unit * 1.4
    blocks = (
        Block(cols, rows, 1, caption_width(view, "Input", _input_shape(trace))),
        Block(k, 2 * k, 2, max(caption_width(view, "Kernel", _kernel_shape(trace)), caption_width(view, *_PRODUCTS))),
        Block(
            max(out_cols, 3),
            out_rows + 1,
            2,
            max(caption_width(view, "Output", size_text(out_rows, out_cols)), to_bias + caption_width(view, "Bias")),
        ),
    )
    margin, gap = view.unit * 1.2, view.unit * _GAP
    area = Area(margin, margin, view.width - 2 * margin, view.height - footer_height(view) - 2 * margin)
    cell = cell_size(view, area, blocks, gap)
    down = caption_height(view)
    (x1, y1), (x2, y2), (x3, y3) = ((x, y + down) for x, y in columns(view, area, blocks, cell, gap))
    below = y3 + out_rows * cell + down
    return _Places(
        cell=cell,
        input=(x1, y1),
        kernel=(x2, y2),
        products=(x2, y2 + k * cell + down),
        output=(x3, y3),
        sum=(x3, below),
        bias=(x3 + max(2 * cell, to_bias), below),
    )


def _grids(trace: ConvolutionTrace, step: ConvolutionStep, places: _Places, view: View) -> tuple[Matrix, ...]:
    cell, unit, digits = places.cell, view.unit, digits_of(trace, step)
    input_limit, weight_limit = _largest(trace.x), _largest(np.append(trace.w, trace.b))
    weights, products, sums = Scale(weight_limit), Scale(input_limit * weight_limit), Scale(_largest(trace.output))
    grid = partial(Matrix, cell=cell, text_size=unit, digits=digits)
    return (
        grid(
            "input",
            trace.padded,
            *places.input,
            role=Role.INPUT,
            scale=Scale(input_limit),
            caption="Input",
            shape=_input_shape(trace),
            states=_input_states(trace.geometry),
            editable=True,
        ),
        grid(
            "kernel",
            trace.applied,
            *places.kernel,
            role=Role.KERNEL,
            scale=weights,
            caption="Kernel",
            shape=_kernel_shape(trace),
            editable=True,
        ),
        grid(
            "products",
            trace.products(step.row, step.col),
            *places.products,
            role=Role.TEXT,
            scale=products,
            caption=_PRODUCTS[0],
            shape=_PRODUCTS[1],
            states=_known_products(trace, step),
        ),
        grid("sum", np.array([[step.partial]]), *places.sum, role=Role.TEXT, scale=sums, caption="Sum"),
        grid(
            "bias",
            np.array([[trace.b]]),
            *places.bias,
            role=Role.KERNEL,
            scale=weights,
            caption="Bias",
            editable=True,
        ),
        grid(
            "output",
            trace.output,
            *places.output,
            role=Role.OUTPUT,
            scale=sums,
            caption="Output",
            shape=size_text(*trace.output.shape),
            states=_known_outputs(trace, step),
        ),
    )


def _largest(values: NDArray[np.float64]) -> float:
    """Absolute value for the strongest colour; fixed for a trace, so that colours do not flicker."""
    return float(np.abs(values).max())


def _input_shape(trace: ConvolutionTrace) -> str:
    padding = trace.geometry.padding
    return size_text(*trace.x.shape) + (f", padding {padding}" if padding else "")


def _kernel_shape(trace: ConvolutionTrace) -> str:
    return size_text(*trace.w.shape) + (", turned 180°" if trace.flip else "")


def _input_states(geometry: Geometry) -> NDArray[np.uint8]:
    frame = geometry.padding
    states = np.full(geometry.padded_shape, CellState.PADDING, np.uint8)
    rows, cols = geometry.input_shape
    states[frame : frame + rows, frame : frame + cols] = CellState.NORMAL
    states[~geometry.covered()] = CellState.UNREACHED
    return states


def _known_products(trace: ConvolutionTrace, step: ConvolutionStep) -> NDArray[np.uint8]:
    states = np.full(trace.w.size, CellState.EMPTY, np.uint8)
    states[: active_place(step, trace.w.shape[1]) + 1] = CellState.NORMAL
    return states.reshape(trace.w.shape)


def _known_outputs(trace: ConvolutionTrace, step: ConvolutionStep) -> NDArray[np.uint8]:
    states = np.full(trace.output.size, CellState.EMPTY, np.uint8)
    states[: step.row * trace.output.shape[1] + step.col + (step.kind == "bias")] = CellState.NORMAL
    return states.reshape(trace.output.shape)


def _operators(places: _Places, trace: ConvolutionTrace, view: View) -> tuple[Item, ...]:
    """∗ between input and kernel, an arrow from the products to the sum, and one from the bias to the output."""
    k, size = trace.w.shape[0], view.unit * 2
    left = places.input[0] + trace.geometry.padded_shape[1] * places.cell
    middle = places.kernel[1] + k * places.cell / 2
    arrow_y = places.products[1] + k * places.cell / 2
    start = places.products[0] + k * places.cell + view.unit * 0.6
    plus = (places.sum[0] + places.bias[0] + places.cell) / 2
    return (
        Label("∗", (left + places.kernel[0]) / 2, middle, size, Role.MUTED, anchor="middle"),
        Arrow(start, arrow_y, places.sum[0] - view.unit * 0.6, places.sum[1] + places.cell / 2),
        Label("+", plus, places.sum[1] + places.cell / 2, size * 0.8, Role.MUTED, anchor="middle"),
    )


def _marks(trace: ConvolutionTrace, motion: Between[ConvolutionStep], grids: Mapping[str, Matrix]) -> tuple[Frame, ...]:
    """Return the sliding window, the output cell it computes, and the pair of factors being multiplied."""
    here, there, s, k = motion.here, motion.there, trace.geometry.stride, trace.w.shape[0]
    row, col = motion.blend(here.row, there.row), motion.blend(here.col, there.col)
    window = box(grids["input"], row * s, col * s, k, k, Role.KERNEL, fill=0.10)
    target = box(grids["output"], row, col, 1, 1, Role.OUTPUT)
    factors = _factor_places(here, there, motion)
    if factors is None:
        return window, target
    r, c = factors
    return (
        window,
        target,
        box(grids["input"], row * s + r, col * s + c, 1, 1, Role.INPUT),
        box(grids["kernel"], r, c, 1, 1, Role.KERNEL),
        box(grids["products"], r, c, 1, 1, Role.TEXT),
    )


def _factor_places(
    here: ConvolutionStep, there: ConvolutionStep, motion: Between[ConvolutionStep]
) -> tuple[float, float] | None:
    """Place in the kernel of the factors, on its way to the next; None while nothing is being multiplied."""
    if here.kernel_row is None or here.kernel_col is None:
        return None
    if there.kernel_row is None or there.kernel_col is None:
        return here.kernel_row, here.kernel_col
    return motion.blend(here.kernel_row, there.kernel_row), motion.blend(here.kernel_col, there.kernel_col)
