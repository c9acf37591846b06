"""What is written under a convolution that is shown as a matrix."""

from cnnsim.drawing import Role, Term
from cnnsim.scenes.convolution_panels import input_map, weight_indices
from cnnsim.scenes.digits import Digits
from cnnsim.scenes.layout import size_text
from cnnsim.scenes.matrix_picture import MatrixPicture
from cnnsim.scenes.size_formula import axis_place
from cnnsim.trace import Convolution, InputGradient, KernelGradient, Step
from cnnsim.trace.geometry import OUTSIDE, Axis, PaddingMode

_X, _W, _B = Term("x", Role.INPUT, bold=True), Term("w", Role.KERNEL, bold=True), Term("b", Role.KERNEL, bold=True)
_Y, _G = Term("y", Role.OUTPUT, bold=True), Term("G", Role.GRADIENT, bold=True)
_TURNED = Term("T", bold=False, script="super")


def narration(picture: MatrixPicture, step: Step, digits: Digits) -> tuple[Term, ...]:
    """Say where in the matrix the step is, and what it does there."""
    return (Term(f"{_where(picture, step)}:  ", Role.MUTED), *picture.look.narration(step, digits))


def _where(picture: MatrixPicture, step: Step) -> str:
    letter = picture.letter
    if step.contribution is not None:
        spots = picture.spots(step)
        row, col = int(spots.rows[step.number]), int(spots.cols[step.number])
        return f"No entry of {letter}" if col == OUTSIDE else f"{letter}[{row}, {col}]"
    target = picture.target(step)
    if target is None:
        return f"Entries all over {letter}"
    number = target[1] if picture.reads == "row" else target[2]
    return f"{picture.reads.capitalize()} {number} of {letter}"


def symbolic(picture: MatrixPicture) -> tuple[Term, ...]:
    """Write the product of matrices, and what stands where in the matrix."""
    entry = _entry(picture.forward) if picture.form == "toeplitz" else _patch(picture.forward)
    return (*_product(picture), Term("      "), *entry)


def _product(picture: MatrixPicture) -> tuple[Term, ...]:
    toeplitz = picture.form == "toeplitz"
    matrix = Term(picture.letter, Role.KERNEL if toeplitz else Role.INPUT, bold=True)
    x, g, w = _X, _G, (_W, *((_TURNED,) if len(picture.forward.w) > 1 else ()))
    places = Term("Σ  over its places in ", Role.MUTED), matrix, Term(" of  ", Role.MUTED)
    match picture.look.trace.rule:
        case Convolution():
            return _Y, Term("  =  "), matrix, Term(" · "), *((x,) if toeplitz else w), Term(" + "), _B
        case InputGradient():
            total = (matrix, _TURNED, Term(" · "), g) if toeplitz else (*places, g, Term(" · "), _W)
            return Term("∂J/∂"), x, Term("  =  "), *total
        case KernelGradient():
            by = (_W,) if toeplitz else w
            total = (*places, g, Term(" · "), x) if toeplitz else (matrix, _TURNED, Term(" · "), g)
            return Term("∂J/∂"), *by, Term("  =  "), *total


def _entry(forward: Convolution) -> tuple[Term, ...]:
    """Write which entries of the Toeplitz matrix hold a weight."""
    geometry = forward.geometry
    if geometry.mode in ("replicate", "reflect") and geometry.padded_shape != geometry.input_shape:
        return (Term("a cell counts as often as the padding repeats it", Role.MUTED),)
    several, channels = len(forward.w) > 1, len(forward.x) > 1
    height, width = geometry.output_shape
    row = f"{_times(height * width, 'o')} + " if several else ""
    source = input_map(forward)
    source = f"({source})" if " " in source else source
    col = f"{_times(geometry.rows.n * geometry.cols.n, source)} + " if channels else ""
    down, across = (_source(*place, geometry.mode) for place in (("i", "r", geometry.rows), ("j", "t", geometry.cols)))
    scaled = f"{geometry.cols.n}({down})" if geometry.cols.n > 1 else down
    return (
        Term("T", Role.KERNEL, bold=True),
        Term(f"[{row}{_times(width, 'i')} + j, {col}{scaled} + {across}]  =  "),
        Term("w", Role.KERNEL, bold=True),
        Term(_weight(forward)),
    )


def _patch(forward: Convolution) -> tuple[Term, ...]:
    """Write which input cell each entry of the patches repeats."""
    geometry, channels = forward.geometry, len(forward.x) > 1
    height, width = geometry.window_shape
    col = f"{_times(height * width, 'c')} + " if channels else ""
    place = f"{axis_place('i', 'r', geometry.rows)}, {axis_place('j', 't', geometry.cols)}"
    return (
        Term("P", Role.INPUT, bold=True),
        Term(f"[{_times(geometry.cols.windows, 'i')} + j, {col}{_times(width, 'r')} + t]  =  "),
        Term("x", Role.INPUT, bold=True),
        Term(f"[{'c, ' if channels else ''}{place}]"),
    )


def _source(window: str, within: str, axis: Axis, mode: PaddingMode) -> str:
    """Write the input cell under a cell of a window, along one axis."""
    place = axis_place(window, within, axis)
    return f"({place}) mod {axis.n}" if mode == "circular" and (axis.before or axis.after) else place


def _weight(forward: Convolution) -> str:
    several, channels = len(forward.w) > 1, forward.w.shape[1] > 1
    return f"[{'o, ' if several else ''}{'c, ' if channels else ''}{weight_indices(forward)}]"


def _times(number: int, index: str) -> str:
    return index if number == 1 else f"{number}{index}"


def note(picture: MatrixPicture) -> tuple[Term, ...]:
    """Count the entries, and say how the matrix is read."""
    matrix = picture.matrix()
    taken, weights = int(matrix.taken.sum()), picture.forward.w.size
    entries = f"{size_text(*matrix.values.shape)} = {matrix.values.size} entries"
    if picture.form == "toeplitz":
        shared = f"{entries}: {taken} hold one of {weights} weight{'s' * (weights > 1)}, the others stay 0."
    else:
        shared = f"{entries} repeat {picture.forward.x.size} cells: a row for each window."
    return Term(f"{shared}     ", Role.MUTED), *_reading(picture)


def _reading(picture: MatrixPicture) -> tuple[Term, ...]:
    letter = picture.letter
    match picture.reads:
        case "row":
            return (Term(f"Forward reads rows of {letter}.", Role.MUTED),)
        case "column":
            turned = Term("T", Role.MUTED, script="super")
            return (
                Term(f"Backward reads columns of {letter}: rows of {letter}", Role.MUTED),
                turned,
                Term(".", Role.MUTED),
            )
    what = "the weight stands" if picture.form == "toeplitz" else "the cell is repeated"
    return (Term(f"Lit: where {what}.", Role.MUTED),)
