"""What a cell of a matrix picture stands for in the grids beside it, and what lights up in the matrix for a cell."""

import numpy as np

from cnnsim.drawing import Cell
from cnnsim.scenes.look import Look
from cnnsim.scenes.matrix_picture import ConvolutionLooks, MatrixPicture, Spots
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import MATRIX_FORMS
from cnnsim.trace.cellwise import Place
from cnnsim.trace.convolution_products import products_of_source, products_of_weight, products_of_window
from cnnsim.trace.geometry import OUTSIDE


def plain(picture: MatrixPicture, cell: Cell) -> Cell | None:
    """Return the cell of a grid that stands for the same number; None for a zero of the structure.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.scenes.convolution import ConvolutionLook
    >>> from cnnsim.trace import convolution
    >>> look = ConvolutionLook(convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture")))
    >>> picture = MatrixPicture(look, "toeplitz")
    >>> plain(picture, Cell("toeplitz input", 0, 7)), plain(picture, Cell("toeplitz", 0, 7))
    (Cell(matrix='input', row=1, col=2), Cell(matrix='kernel', row=1, col=2))
    >>> plain(picture, Cell("toeplitz", 0, 3))
    """
    if cell.matrix == f"{picture.form} {picture.along.name}":
        place = _along(picture, cell)
        return None if place is None else _shown(picture.along, place)
    if cell.matrix == f"{picture.form} {picture.beside.name}":
        return _shown(picture.beside, _beside(picture, cell))
    return _entry(picture, cell) if cell.matrix == picture.form else cell


def standing_for(look: Look, cell: Cell) -> Cell:
    """Return the cell of a grid that a cell of a matrix picture stands for; any other cell stands for itself.

    Examples
    --------
    >>> from cnnsim import gallery
    >>> from cnnsim.scenes.convolution import ConvolutionLook
    >>> from cnnsim.trace import convolution
    >>> look = ConvolutionLook(convolution(gallery.LECTURE_IMAGE, gallery.kernel("lecture")))
    >>> standing_for(look, Cell("im2col kernel", 0, 5)), standing_for(look, Cell("kernel", 1, 2))
    (Cell(matrix='kernel', row=1, col=2), Cell(matrix='kernel', row=1, col=2))
    """
    form = next((form for form in MATRIX_FORMS if cell.matrix.startswith(form)), None)
    if form is None or not isinstance(look, ConvolutionLooks):
        return cell
    return plain(MatrixPicture(look, form), cell) or cell


def belonging(picture: MatrixPicture, cell: Cell) -> Spots | None:
    """Return the entries that a cell of a grid takes part in; None for a cell that takes part in none."""
    of_input = None if picture.inputs is None else picture.inputs.place(cell)
    of_kernel = None if picture.kernels is None else picture.kernels.shown(cell)
    places = (
        (of_input, products_of_source),
        (of_kernel, products_of_weight),
        (picture.beside.shown(cell), products_of_window),
    )
    return next((picture.spots_of(found(picture.forward, place)) for place, found in places if place is not None), None)


def _along(picture: MatrixPicture, cell: Cell) -> Place | None:
    """Place that a cell along the columns shows; None where a kernel sees no such map."""
    forward = picture.forward
    if picture.form == "toeplitz":
        return _unravelled(cell.col, forward.x.shape)
    channel, *weight = _unravelled(cell.col, (len(forward.x), *forward.w.shape[2:]))
    within = channel - forward.first_channel(cell.row)
    return (cell.row, within, *weight) if 0 <= within < forward.w.shape[1] else None


def _beside(picture: MatrixPicture, cell: Cell) -> Place:
    shape = picture.forward.output.shape
    if picture.form == "toeplitz":
        return _unravelled(cell.row, shape)
    return cell.col, *_unravelled(cell.row, shape[1:])


def _entry(picture: MatrixPicture, cell: Cell) -> Cell | None:
    """Cell of the weight, or of the input, that an entry of the matrix shows."""
    forward = picture.forward
    if picture.form == "toeplitz":
        met = products_of_window(forward, _unravelled(cell.row, forward.output.shape))
        here = np.flatnonzero(picture.spots_of(met).cols == cell.col)
        if not len(here) or picture.kernels is None:
            return None
        return picture.kernels.cell(tuple(met.weights[here[0]].tolist()))
    channel, r, t = _unravelled(cell.col, (len(forward.x), *forward.w.shape[2:]))
    window, across = _unravelled(cell.row, forward.output.shape[1:])
    row = forward.geometry.rows.seen(forward.geometry.mode)[window, r]
    col = forward.geometry.cols.seen(forward.geometry.mode)[across, t]
    if picture.inputs is None or OUTSIDE in (row, col):
        return None
    return _shown(picture.inputs, (channel, int(row), int(col)))


def _shown(tensor: Tensor, place: Place) -> Cell:
    """Cell of a grid that shows a place, around which there may be padding."""
    top, _, left, _ = tensor.frame
    return tensor.cell((*place[:-2], place[-2] + top, place[-1] + left))


def _unravelled(number: int, shape: tuple[int, ...]) -> Place:
    return tuple(int(index) for index in np.unravel_index(number, shape))
