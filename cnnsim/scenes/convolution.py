"""The convolution page: input and window, kernels, products, sum, bias and output."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import Cell, CellState, Drawing, Item, Matrix, Role, Term
from cnnsim.scenes.cellwise import cellwise_scene, known
from cnnsim.scenes.cellwise_formula import TO_COME, equals, narrate_multiply, result
from cnnsim.scenes.layout import View, size_text
from cnnsim.scenes.numerals import factor, faint, number
from cnnsim.scenes.panels import Column, Panel, largest, slices, stacked
from cnnsim.scenes.signs import arrow, between_grids
from cnnsim.scenes.size_formula import axis_place, size_terms
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import CellwiseTrace, Convolution, Geometry, GrainView, Step
from cnnsim.typography import format_number


def convolution_scene(steps: GrainView[Step], position: float, view: View) -> Drawing:
    """Draw a convolution at a position.

    Parameters
    ----------
    steps
        The steps of `cnnsim.trace.convolution` at some grain.
    position
        Index of the step; a fraction is the way to the next one.
    view
        Space to fill.

    Returns
    -------
    Drawing
        With the matrices ``input`` (padded), ``kernel`` (as it lies on the window), ``products``, ``sum``, ``bias``
        and ``output``; where there are several maps, ``input[0]``, ``kernel[0, 1]`` and so on.

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
    assert isinstance(trace, CellwiseTrace)
    return cellwise_scene(ConvolutionLook(trace), steps, position, view)


@dataclass(frozen=True, slots=True, eq=False)
class ConvolutionLook:
    """How a convolution is shown."""

    trace: CellwiseTrace[Convolution]

    @property
    def tensors(self) -> Mapping[str, Tensor]:
        """Input with its padding, and kernels as they lie on the windows."""
        rule = self.trace.rule
        return {
            "input": input_tensor(rule),
            "kernel": kernel_tensor(rule),
            "bias": Tensor("bias", Role.KERNEL, rule.b.reshape(-1, 1, 1), "b"),
        }

    @property
    def output(self) -> Tensor:
        """The result."""
        return Tensor("output", Role.OUTPUT, self.trace.rule.output, "y")

    joint = ("", " + ", "")

    def columns(self, step: Step) -> Sequence[Column]:
        """Input; kernel above products (beside each other if there are several channels); output above sum and bias."""
        rule, out = self.trace.rule, step.cell[0]
        weight_limit = largest(np.append(rule.w, rule.b))
        kernel_note = size_text(*rule.w.shape[2:])
        products = Tensor("products", Role.TEXT, rule.products(step.cell), "w · x")
        computed = np.full(products.array.shape, CellState.EMPTY, np.uint8)
        computed.reshape(-1)[: step.number + 1] = CellState.NORMAL
        kernel_panels = slices(
            self.tensors["kernel"], kernel_caption(rule), kernel_note, limit=weight_limit, lead=(out,), editable=True
        )
        product_panels = slices(products, "Products", "w · x", limit=largest(rule.x) * largest(rule.w), states=computed)
        middle = [kernel_panels + product_panels] if len(kernel_panels) == 1 else [kernel_panels, product_panels]
        return [
            stacked(input_panels(rule)),
            *map(stacked, middle),
            (
                *stacked(slices(self.output, "Output", size_text(*rule.output.shape[1:]), states=known(self, step))),
                (
                    Panel("sum", np.array([[step.so_far]]), Role.TEXT, largest(rule.output), "Sum"),
                    *slices(self.tensors["bias"], "Bias", "", limit=weight_limit, lead=(out,), editable=True),
                ),
            ),
        ]

    def operators(self, grids: Mapping[str, Matrix], view: View) -> tuple[Item, ...]:
        """∗ between input and kernel, an arrow from the products to the sum, + before the bias."""
        inputs = [grid for name, grid in grids.items() if name.startswith("input")]
        kernels = [grid for name, grid in grids.items() if name.startswith("kernel")]
        products = [grid for name, grid in grids.items() if name.startswith("products")]
        biases = [grid for name, grid in grids.items() if name.startswith("bias")]
        return (
            between_grids(inputs[0], kernels[0], "∗", view),
            arrow(products[-1], grids["sum"], view),
            between_grids(grids["sum"], biases[0], "+", view, 1.4),
        )

    def symbolic(self) -> tuple[Term, ...]:
        """Write the layer's sum with its stride, padding and dilation."""
        return convolution_symbols(self.trace.rule)

    def endings(self, step: Step, digits: int | None) -> tuple[Term, ...]:
        """Write the sum, the bias and the result."""
        value, cell = float(self.trace.rule.b[step.cell[0]]), self.tensors["bias"].cell((step.cell[0], 0, 0))
        bias = factor(value, digits, Role.KERNEL, cell, bold=step.y is not None)
        known_sum = step.contribution is None
        total = number(step.so_far, digits, Role.TEXT, Cell("sum", 0, 0), bold=True) if known_sum else TO_COME
        return (
            equals(digits),
            total,
            Term("  +  "),
            bias if known_sum else faint(bias),
            Term("  =  "),
            result(self, step, digits),
        )

    def narration(self, step: Step, digits: int | None) -> tuple[Term, ...]:
        """Say in a sentence what the step does."""
        so_far = Term(format_number(step.so_far, digits), bold=True)
        if step.contribution is not None:
            return narrate_multiply(self, step, digits, "sum so far")
        if step.y is None:
            return (Term(f"The {step.number} products add up to "), so_far, Term("."))
        return (
            Term("Sum "),
            so_far,
            Term(" plus bias "),
            Term(format_number(float(self.trace.rule.b[step.cell[0]]), digits), Role.KERNEL, bold=True),
            Term(f" gives {self.output.words(step.cell)} = "),
            Term(format_number(step.y, digits), Role.OUTPUT, bold=True),
            Term("."),
        )

    def note(self) -> tuple[Term, ...]:
        """Write the formula of the output's size."""
        return size_terms(self.trace.rule.geometry)


def input_tensor(rule: Convolution) -> Tensor:
    """Return the input with its padding."""
    rows, cols = rule.geometry.rows, rule.geometry.cols
    frame = (rows.before, rows.after, cols.before, cols.after)
    return Tensor("input", Role.INPUT, rule.padded, "x", frame=frame)


def kernel_tensor(rule: Convolution) -> Tensor:
    """Return the kernels as they lie on the windows."""
    return Tensor("kernel", Role.KERNEL, rule.applied, "w", turned=rule.flip)


def weight_indices(rule: Convolution) -> str:
    """Write the row and the column of the weight that lies on cell (r, t) of a window."""
    kh, kw = (size - 1 for size in rule.w.shape[2:])
    return f"{kh} − r, {kw} − t" if rule.flip else "r, t"


def input_panels(rule: Convolution) -> tuple[Panel, ...]:
    """Return the maps of the input with their padding."""
    geometry = rule.geometry
    return slices(
        input_tensor(rule),
        "Input",
        input_note(geometry),
        limit=largest(rule.x),
        states=input_states(geometry),
        editable=True,
    )


def kernel_caption(rule: Convolution) -> str:
    """Say whether the kernel is shown as given or turned by 180°."""
    return "Turned kernel" if rule.flip else "Kernel"


def input_note(geometry: Geometry) -> str:
    """Write the size of a map of the input, and its padding."""
    rows, cols = geometry.rows, geometry.cols
    sides = (rows.before, rows.after, cols.before, cols.after)
    if not any(sides):
        return size_text(rows.n, cols.n)
    width = str(sides[0]) if len(set(sides)) == 1 else ", ".join(map(str, sides))
    kind = "padding" if geometry.mode == "zeros" else f"{geometry.mode} padding"
    return f"{size_text(rows.n, cols.n)}, {kind} {width}"


def input_states(geometry: Geometry) -> NDArray[np.uint8]:
    """States of a padded map: padding, and cells that no window reaches."""
    states = np.full(geometry.padded_shape, CellState.PADDING, np.uint8)
    rows, cols = geometry.rows, geometry.cols
    states[rows.before : rows.before + rows.n, cols.before : cols.before + cols.n] = CellState.NORMAL
    states[~geometry.covered()] = CellState.UNREACHED
    return states


def convolution_symbols(rule: Convolution) -> tuple[Term, ...]:
    """Write y = b + Σ w · x with the indices of this convolution."""
    kh, kw = (size - 1 for size in rule.w.shape[2:])
    several, channels = len(rule.w) > 1, rule.w.shape[1] > 1
    out, channel = ("o, " if several else ""), ("c, " if channels else "")
    weight = f"[{out}{channel}{weight_indices(rule)}]"
    sums = (
        *((Term(" Σ"), Term("c", script="sub")) if channels else ()),
        Term(" Σ"),
        Term("r", script="sub"),
        Term(" Σ"),
        Term("t", script="sub"),
    )
    source = f"[{channel}{axis_place('i', 'r', rule.geometry.rows)}, {axis_place('j', 't', rule.geometry.cols)}]"
    return (
        Term("y", Role.OUTPUT, bold=True),
        Term(f"[{out}i, j]  =  "),
        Term("b", Role.KERNEL, bold=True),
        Term(("[o]" if several else "") + "  + "),
        *sums,
        Term("  "),
        Term("w", Role.KERNEL, bold=True),
        Term(f"{weight} · "),
        Term("x", Role.INPUT, bold=True),
        Term(source),
        Term(f"      r = 0 … {kh}, t = 0 … {kw}" if kh != kw else f"      r, t = 0 … {kh}", Role.MUTED),
    )
