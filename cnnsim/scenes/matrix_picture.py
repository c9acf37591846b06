"""A convolution as a matrix, as it is shown: the matrix, what lies along its columns, and what stands beside its rows.

Forward, a row times what lies along the columns makes what stands beside that row; backward, a column times what stands
beside the rows makes what lies along that column. So the transpose needs no second picture.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cnnsim.drawing import CellState, Role
from cnnsim.scenes.cellwise import known
from cnnsim.scenes.convolution import ConvolutionLook
from cnnsim.scenes.convolution_input_gradient import InputGradientLook
from cnnsim.scenes.convolution_kernel_gradient import KernelGradientLook
from cnnsim.scenes.layout import size_text
from cnnsim.scenes.panels import Panel, largest
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import Convolution, InputGradient, KernelGradient, MatrixForm, Step
from cnnsim.trace.cellwise import Array
from cnnsim.trace.convolution_matrix import (
    StructuredMatrix,
    is_circulant,
    kernel_matrix,
    patch_matrix,
    places,
    toeplitz_matrix,
)
from cnnsim.trace.convolution_products import Indices, Products

ConvolutionLooks = ConvolutionLook | KernelGradientLook | InputGradientLook


@dataclass(frozen=True, slots=True, eq=False)
class Spots:
    """Entries behind the contributions of a cell, in the order of the steps: (count,) arrays.

    Parameters
    ----------
    rows, cols
        In the matrix; the column is `cnnsim.trace.geometry.OUTSIDE` where a weight lies on a zero.
    filters
        The row of what lies along the columns, and the column of what stands beside the rows.
    """

    rows: Indices
    cols: Indices
    filters: Indices


@dataclass(frozen=True, slots=True, eq=False)
class MatrixPicture:
    """A look at a convolution or its gradient, and the matrix that it is shown with."""

    look: ConvolutionLooks
    form: MatrixForm

    @property
    def forward(self) -> Convolution:
        """The convolution."""
        rule = self.look.trace.rule
        return rule if isinstance(rule, Convolution) else rule.forward

    @property
    def letter(self) -> str:
        """Letter of the matrix in formulas."""
        return "T" if self.form == "toeplitz" else "P"

    @property
    def along(self) -> Tensor:
        """What lies along the columns: the input or its gradient, or the kernels or their gradient."""
        tensor = self.inputs if self.form == "toeplitz" else self.kernels
        assert tensor is not None  # of the two, each pass shows the one that lies along the columns of its matrix
        return tensor

    @property
    def beside(self) -> Tensor:
        """What stands beside the rows: the output, or its gradient."""
        forward = isinstance(self.look.trace.rule, Convolution)
        return self.look.output if forward else self.look.tensors["gradient"]

    @property
    def inputs(self) -> Tensor | None:
        """The input or its gradient, where it is shown."""
        if isinstance(self.look.trace.rule, InputGradient):
            return self.look.output
        return self.look.tensors.get("input")

    @property
    def kernels(self) -> Tensor | None:
        """The kernels or their gradient, where they are shown."""
        if isinstance(self.look.trace.rule, KernelGradient):
            return self.look.output
        return self.look.tensors.get("kernel")

    @property
    def reads(self) -> str:
        """Whether a cell is computed from a ``"row"`` of the matrix, a ``"column"``, or ``"entries"`` all over it."""
        rule = self.look.trace.rule
        if isinstance(rule, Convolution):
            return "row"
        return "column" if isinstance(rule, InputGradient) == (self.form == "toeplitz") else "entries"

    def matrix(self) -> StructuredMatrix:
        """Return the matrix."""
        return _matrix(self.forward, self.form)

    def spots(self, step: Step) -> Spots:
        """Return the entries behind the current cell."""
        return self.spots_of(self.look.trace.rule.met(step.cell))

    def spots_of(self, met: Products) -> Spots:
        """Return the entries of products."""
        rows, cols = places(self.forward, self.form, met)
        return Spots(rows, cols, met.windows[:, 0] if self.form == "im2col" else np.zeros_like(rows))

    def target(self, step: Step) -> tuple[str, int, int] | None:
        """Return the panel and the cell in it that is being computed; None if it is none of the three panels."""
        cell = step.cell
        match self.reads:
            case "row":
                number = int(np.ravel_multi_index(cell, self.forward.output.shape))
                filters, row = divmod(number, self.forward.output[0].size)
                return ("beside", number, 0) if self.form == "toeplitz" else ("beside", row, filters)
            case "column":
                return ("along", *self._column(step))
        return None

    def _column(self, step: Step) -> tuple[int, int]:
        if self.form == "toeplitz":
            return 0, int(np.ravel_multi_index(step.cell, self.forward.x.shape))
        out, channel, *weight = step.cell
        place = (self.forward.first_channel(out) + channel, *weight)
        return out, int(np.ravel_multi_index(place, (len(self.forward.x), *self.forward.w.shape[2:])))

    def panels(self, step: Step) -> dict[str, Panel]:
        """Return what is shown: ``"along"`` the columns, the ``"matrix"``, ``"beside"`` its rows."""
        return {"along": self._along_panel(step), "matrix": self._matrix_panel(), "beside": self._beside_panel(step)}

    def _along_panel(self, step: Step) -> Panel:
        tensor, states = self.along, self._states(self.along, step)
        if self.form == "im2col":
            kernels = kernel_matrix(self.forward, tensor.array)
            shown = kernel_matrix(self.forward, states.astype(np.float64)).values.astype(np.uint8)
            values, flat = kernels.values, np.where(kernels.taken, shown, CellState.EMPTY).astype(np.uint8)
        else:
            array = self.forward.x if tensor.name == "input" else tensor.array
            values, flat = array.reshape(1, -1), np.broadcast_to(states.ravel(), (1, array.size))
        caption = f"{_TITLES[tensor.name]} {tensor.letter}"
        return Panel(
            f"{self.form} {tensor.name}", values, tensor.role, largest(values), caption, size_text(*values.shape), flat
        )

    def _beside_panel(self, step: Step) -> Panel:
        tensor, states = self.beside, self._states(self.beside, step)
        columns = 1 if self.form == "toeplitz" else len(tensor.array)
        values, flat = tensor.array.reshape(columns, -1).T, states.reshape(columns, -1).T
        return Panel(f"{self.form} {tensor.name}", values, tensor.role, largest(values), tensor.letter, states=flat)

    def _matrix_panel(self) -> Panel:
        matrix, note = self.matrix(), size_text(*self.matrix().values.shape)
        if self.form == "toeplitz":
            states = np.where(matrix.taken, CellState.NORMAL, CellState.EMPTY)
            limit, role, caption = largest(np.append(matrix.values, self.forward.b)), Role.KERNEL, self.title()
        else:
            states = np.where(matrix.taken, CellState.NORMAL, CellState.PADDING)
            limit, role, caption = largest(self.forward.x), Role.INPUT, self.title()
        return Panel(self.form, matrix.values, role, limit, caption, note, states.astype(np.uint8))

    def title(self) -> str:
        """Name the matrix."""
        geometry = self.forward.geometry
        if self.form == "im2col":
            return "Patches P"
        if is_circulant(self.forward):
            return "Doubly block circulant matrix T"
        # Rows are left out by a stride, and copies of cells disturb the bands at the borders.
        plain = geometry.mode == "zeros" or geometry.padded_shape == geometry.input_shape
        shifts = plain and geometry.rows.stride == geometry.cols.stride == 1
        return "Toeplitz matrix T" if shifts else "Matrix T"

    def _states(self, tensor: Tensor, step: Step) -> NDArray[np.uint8]:
        """States of the cells of a tensor, without its padding."""
        if tensor.name == self.look.output.name:
            return known(self.look, step)
        array: Array = self.forward.x if tensor.name == "input" else tensor.array
        return np.full(array.shape, CellState.NORMAL, np.uint8)


_TITLES = {
    "input": "Input",
    "kernel": "Kernel",
    "kernel gradient": "Kernel gradient",
    "input gradient": "Input gradient",
}


@lru_cache(maxsize=4)  # the same for every step of a trace, and a frame takes milliseconds
def _matrix(forward: Convolution, form: MatrixForm) -> StructuredMatrix:
    return toeplitz_matrix(forward) if form == "toeplitz" else patch_matrix(forward)
