"""What a local response normalisation and its gradient look like."""

from collections.abc import Mapping

from cnnsim.drawing import Role
from cnnsim.scenes.layout import size_text
from cnnsim.scenes.staging import Piece, StageWords, Staging, digits_for, muted, written
from cnnsim.scenes.symbols import fraction
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import LocalResponseNorm, LocalResponseNormGradient, StagedTrace

_CELL = "[c, i, j]"
_ALEXNET = 5, 0.0005, 0.75, 2.0  # n, α, β, k


def local_response_norm_staging(trace: StagedTrace[LocalResponseNorm]) -> Staging:
    """Show a normalisation by neighbouring channels, which stand side by side.

    Examples
    --------
    >>> from cnnsim.trace import local_response_norm
    >>> staging = local_response_norm_staging(local_response_norm([[[1]], [[2]]], 2))
    >>> [[piece.tensor.letter for piece in column] for column in staging.columns]
    [['x', 'Q', 's'], ['t', 'y']]
    """
    pieces = _pieces(trace)
    names = ("input", "squares", "scale"), ("power", "output")
    columns = tuple(tuple(pieces[name] for name in column) for column in names)
    tensors = {name: piece.tensor for name, piece in pieces.items()}
    return Staging(columns, _words(trace.operation, tensors), muted(_note(trace.operation)))


def local_response_norm_gradient_staging(trace: StagedTrace[LocalResponseNormGradient]) -> Staging:
    """Show the gradient: a channel is in the denominator of all channels that see it.

    Examples
    --------
    >>> from cnnsim.trace import local_response_norm, local_response_norm_gradient
    >>> backward = local_response_norm_gradient(local_response_norm([[[1]], [[2]]], 2))
    >>> [[piece.tensor.letter for piece in column] for column in local_response_norm_gradient_staging(backward).columns]
    [['x', 's', 't', 'y'], ['G', 'u', 'U', '∂x']]
    """
    given, made = trace.operation, {stage.name: stage.trace.output for stage in trace.stages}
    backward = (
        Piece(Tensor("gradient", Role.GRADIENT, given.g, "G"), "Gradient", "∂J/∂y", editable=True),
        Piece(Tensor("shares", Role.TEXT, made["shares"], "u"), "u = G · y / s"),
        Piece(Tensor("sum of shares", Role.TEXT, made["sum of shares"], "U"), "U", "Σ u over channels that see c"),
        Piece(Tensor("input gradient", Role.INPUT, made["input gradient"], "∂x"), "Input gradient", "∂J/∂x"),
    )
    pieces = _pieces(given.forward)
    columns = tuple(pieces[name] for name in ("input", "scale", "power", "output")), backward
    tensors = {piece.tensor.name: piece.tensor for column in columns for piece in column}
    note = "A large value also damps its neighbours: what they lose by it is taken from its gradient."
    return Staging(columns, _gradient_words(given.forward.operation, tensors), muted(note))


def _pieces(trace: StagedTrace[LocalResponseNorm]) -> dict[str, Piece]:
    given, made = trace.operation, {stage.name: stage.trace.output for stage in trace.stages}
    channels = "Σ x² over up to 1 channel" if given.size == 1 else f"Σ x² over up to {given.size} channels"
    pieces = (
        Piece(Tensor("input", Role.INPUT, given.x, "x"), "Input", size_text(*given.x.shape), editable=True),
        Piece(Tensor("squares", Role.TEXT, made["squares"], "Q"), "Q", channels),
        Piece(Tensor("scale", Role.TEXT, made["scale"], "s"), "s", "k + α/n · Q"),
        Piece(Tensor("power", Role.TEXT, made["power"], "t"), "t", "s to the power β"),
        Piece(Tensor("output", Role.OUTPUT, made["output"], "y"), "Output", "x / t"),
    )
    return {piece.tensor.name: piece for piece in pieces}


def _words(given: LocalResponseNorm, tensors: Mapping[str, Tensor]) -> dict[str, StageWords]:
    share = given.alpha / given.size
    return {
        "squares": StageWords(
            written(f"{{squares}}{_CELL}  =  Σ~c′~  {{input}}[c′, i, j]^2^", tensors),
            "The squares of the neighbouring channels add up to {} =",
        ),
        "scale": StageWords(
            written(f"{{scale}}{_CELL}  =  k + α/n · {{squares}}{_CELL}", tensors),
            "The more there is around, the larger is {} =",
            digits=digits_for(share),
        ),
        "power": StageWords(
            written(f"{{power}}{_CELL}  =  {{scale}}{_CELL}^β^", tensors),
            f"To the power β = {given.beta:g} it is {{}} =",
            ("( ", ", ", " )"),
            f"{given.beta:g}",
        ),
        "output": StageWords(
            (
                *written(f"{{output}}{_CELL}  =  ", tensors),
                *fraction(written(f"{{input}}{_CELL}", tensors), written(f"{{power}}{_CELL}", tensors)),
            ),
            "Damped by its neighbours the cell is {} =",
        ),
    }


def _gradient_words(given: LocalResponseNorm, tensors: Mapping[str, Tensor]) -> dict[str, StageWords]:
    slope = 2 * given.alpha * given.beta / given.size
    return {
        "shares": StageWords(
            written(f"{{shares}}{_CELL}  =  {{gradient}}{_CELL} · {{output}}{_CELL} / {{scale}}{_CELL}", tensors),
            "What a channel says of its own denominator is {} =",
        ),
        "sum of shares": StageWords(
            written(f"{{sum of shares}}{_CELL}  =  Σ~c′~  {{shares}}[c′, i, j]", tensors),
            "All channels that see this one say together {} =",
        ),
        "input gradient": StageWords(
            written(
                f"∂J/∂{{input}}{_CELL}  =  {{gradient}}{_CELL} / {{power}}{_CELL} − "
                f"2αβ/n · {{input}}{_CELL} · {{sum of shares}}{_CELL}",
                tensors,
            ),
            "Its own part less what it costs its neighbours is {} =",
            digits=digits_for(slope),
        ),
    }


def _note(given: LocalResponseNorm) -> str:
    if (given.size, given.alpha, given.beta, given.k) == _ALEXNET:
        return "These are AlexNet’s numbers; its α of 0.0001 is not divided by n, so that it is 0.0005 here."
    numbers = f"n = {given.size}, α = {given.alpha:g}, β = {given.beta:g}, k = {given.k:g}"
    return f"{numbers}.  AlexNet: n = 5, k = 2, β = 0.75, and α = 0.0005 here, since its 0.0001 is not divided by n."
