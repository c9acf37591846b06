"""What a normalisation by batch looks like."""

from collections.abc import Mapping

import numpy as np

from cnnsim.drawing import Role, Term
from cnnsim.scenes.layout import size_text
from cnnsim.scenes.softmax import vector
from cnnsim.scenes.staging import Piece, StageWords, Staging, digits_for, muted, written
from cnnsim.scenes.symbols import fraction
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import BatchNorm, StagedTrace
from cnnsim.trace.cellwise import Array

_RUNNING = "running mean", "running variance"
_FOLLOWING = "new running mean", "new running variance"


def batch_norm_staging(trace: StagedTrace[BatchNorm]) -> Staging:
    """Show a normalisation from the batch by way of its statistics to the output.

    Examples
    --------
    >>> from cnnsim.trace import batch_norm
    >>> [[piece.tensor.letter for piece in column] for column in batch_norm_staging(batch_norm([[1], [3]])).columns]
    [['x', 'd'], ['μ', 'σ²', 's', 'γ', 'β'], ['x′', 'y']]
    """
    given = trace.operation
    pieces = batch_norm_pieces(trace)
    statistics = ("mean", "variance") if given.training else _RUNNING
    columns = [("input", "centred"), (*statistics, "deviation", "weight", "bias"), ("normalised", "output")]
    if _FOLLOWING[0] in pieces:
        columns.insert(2, (_RUNNING[0], _FOLLOWING[0], _RUNNING[1], _FOLLOWING[1]))
    shown = tuple(tuple(pieces[name] for name in column) for column in columns)
    tensors = {name: piece.tensor for name, piece in pieces.items()}
    words = _of_statistics(given, tensors) | _of_output(given, tensors)
    return Staging(shown, words, muted(_note(given)))


def batch_norm_pieces(trace: StagedTrace[BatchNorm]) -> dict[str, Piece]:
    """Return the tensors of a normalisation by name."""
    given, made = trace.operation, {stage.name: stage.trace.output for stage in trace.stages}
    pieces = (
        Piece(Tensor("input", Role.INPUT, given.x, "x"), "Input", size_text(*given.x.shape), editable=True),
        Piece(Tensor("centred", Role.TEXT, made["centred"], "d"), "x − μ", "d"),
        *(_of_batch(made) if given.training else _in_use(given)),
        Piece(vector("deviation", Role.TEXT, made["deviation"], "s"), "s", "√(σ² + ε)"),
        Piece(Tensor("normalised", Role.TEXT, made["normalised"], "x′"), "Normalised", "x′"),
        Piece(vector("weight", Role.KERNEL, given.weight, "γ"), "γ", "scale", editable=True),
        Piece(vector("bias", Role.KERNEL, given.bias, "β"), "β", "shift", editable=True),
        Piece(Tensor("output", Role.OUTPUT, made["output"], "y"), "Output", "γ · x′ + β"),
        *(_followed(given, made) if _FOLLOWING[0] in made else ()),
    )
    return {piece.tensor.name: piece for piece in pieces}


def _of_batch(made: Mapping[str, Array]) -> tuple[Piece, ...]:
    return (
        Piece(vector("mean", Role.TEXT, made["mean"], "μ"), "μ", "of the batch"),
        Piece(vector("variance", Role.TEXT, made["variance"], "σ²"), "σ²", "of the batch"),
    )


def _in_use(given: BatchNorm) -> tuple[Piece, ...]:
    assert given.running_mean is not None and given.running_var is not None
    return (
        Piece(vector("running mean", Role.TEXT, given.running_mean, "μ"), "μ", "running", editable=True),
        Piece(vector("running variance", Role.TEXT, given.running_var, "σ²"), "σ²", "running", editable=True),
    )


def _followed(given: BatchNorm, made: Mapping[str, Array]) -> tuple[Piece, ...]:
    assert given.running_mean is not None and given.running_var is not None
    return (
        Piece(vector("running mean", Role.TEXT, given.running_mean, "r"), "Running μ", "r", editable=True),
        Piece(vector("new running mean", Role.TEXT, made["new running mean"], "r′"), "New μ", "r′"),
        Piece(vector("running variance", Role.TEXT, given.running_var, "v"), "Running σ²", "v", editable=True),
        Piece(vector("new running variance", Role.TEXT, made["new running variance"], "v′"), "New σ²", "v′"),
    )


def _of_statistics(given: BatchNorm, tensors: Mapping[str, Tensor]) -> dict[str, StageWords]:
    """What is written of the stages over a whole channel."""
    mean, variance = ("mean", "variance") if given.training else _RUNNING
    words = {
        "centred": StageWords(
            _symbols(given, "{centred}", "{input}", f" − {{{mean}}}[c]", tensors), "What is left is {} ="
        ),
        "deviation": StageWords(
            written(f"{{deviation}}[c]  =  √( {{{variance}}}[c] + ε )", tensors),
            f"With ε = {_plain(given.eps)}, so that nothing is divided by 0, the root is {{}} =",
            ("√( ", " + ", " )"),
            digits=digits_for(given.eps),
        ),
    }
    if given.training:
        words |= _of_means(given, tensors)
    return words | (_of_running(given, tensors) if _FOLLOWING[0] in tensors else {})


def _of_means(given: BatchNorm, tensors: Mapping[str, Tensor]) -> dict[str, StageWords]:
    """What is written of the means over a channel of the batch."""
    mean_of = ("( ", " + ", f" ) / {given.count}")
    return {
        "mean": StageWords(
            _mean(given, "{mean}[c]  =  ", "{input}", "", tensors),
            "The mean of the channel over the whole batch is {} =",
            mean_of,
        ),
        "variance": StageWords(
            _mean(given, "{variance}[c]  =  ", "{centred}", "^2^", tensors),
            "The mean of the squares is the variance {} =",
            mean_of,
        ),
    }


def _of_running(given: BatchNorm, tensors: Mapping[str, Tensor]) -> dict[str, StageWords]:
    """What is written of the numbers that are kept for use without a batch."""
    old, new = _plain(1 - given.momentum), _plain(given.momentum)
    mean = f"{{new running mean}}[c]  =  {old} · {{running mean}}[c] + {new} · {{mean}}[c]"
    unbiased = f"{given.count}/{given.count - 1}"
    variance = f"{{new running variance}}[c]  =  {old} · {{running variance}}[c] + {new} · {unbiased} · {{variance}}[c]"
    return {
        "new running mean": StageWords(written(mean, tensors), "The running mean follows the batch a little: {} ="),
        "new running variance": StageWords(written(variance, tensors), "So does the running variance, unbiased: {} ="),
    }


def _of_output(given: BatchNorm, tensors: Mapping[str, Tensor]) -> dict[str, StageWords]:
    """What is written of the stages cell by cell."""
    quotient = fraction(written(f"{{centred}}{cell_of(given)}", tensors), written("{deviation}[c]", tensors))
    return {
        "normalised": StageWords(
            (*_symbols(given, "{normalised}", "", "", tensors), *quotient),
            "In units of the deviation it is {} =",
        ),
        "output": StageWords(
            _symbols(given, "{output}", "{weight}[c] · {normalised}", " + {bias}[c]", tensors),
            "Scaled and shifted as the network has learned it, the cell is {} =",
        ),
    }


def cell_of(given: BatchNorm) -> str:
    """Return the indices of a cell in formulas."""
    return "[n, c, i, j]" if given.x.ndim > 2 else "[n, c]"


def over_channel(given: BatchNorm) -> str:
    """Return the sign of a sum over a channel."""
    return "Σ~n, i, j~" if given.x.ndim > 2 else "Σ~n~"


def _mean(given: BatchNorm, target: str, source: str, rest: str, tensors: Mapping[str, Tensor]) -> tuple[Term, ...]:
    """Write a mean over a channel."""
    share = fraction((Term("1"),), (Term(str(given.count)),))
    total = written(f"  {over_channel(given)}  {source}{cell_of(given)}{rest}", tensors)
    return (*written(target, tensors), *share, *total)


def _symbols(given: BatchNorm, target: str, source: str, rest: str, tensors: Mapping[str, Tensor]) -> tuple[Term, ...]:
    """Write a formula of a cell, with its indices."""
    cell = cell_of(given)
    return written(f"{target}{cell}  =  {source}{cell * bool(source)}{rest}", tensors)


def _note(given: BatchNorm) -> str:
    if given.training:
        return f"Every channel has one mean and one variance over all {given.count} of its values in the batch."
    return "In use the running mean and variance stand for those of a batch: one image is enough."


def _plain(value: float) -> str:
    """Write a constant as short as it can be."""
    return np.format_float_positional(value, trim="-") if value >= 1e-6 else f"{value:g}"
