"""What the gradients of a normalisation by batch look like."""

from collections.abc import Mapping

from cnnsim.drawing import Role
from cnnsim.scenes.batch_norm import batch_norm_pieces
from cnnsim.scenes.softmax import vector
from cnnsim.scenes.staging import Piece, StageWords, Staging, muted, written
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import BatchNormGradient, StagedTrace


def batch_norm_gradient_staging(trace: StagedTrace[BatchNormGradient]) -> Staging:
    """Show the gradients of a normalisation: of β and γ, and by way of both of the input.

    Examples
    --------
    >>> from cnnsim.trace import batch_norm, batch_norm_gradient
    >>> staging = batch_norm_gradient_staging(batch_norm_gradient(batch_norm([[1], [3]])))
    >>> [[piece.tensor.letter for piece in column] for column in staging.columns]
    [['x′', 'G'], ['∂β', '∂γ'], ['q', '∂x'], ['γ', 's']]
    """
    pieces = _pieces(trace)
    last = ("inner gradient", "input gradient") if "inner gradient" in pieces else ("input gradient",)
    columns = (("normalised", "gradient"), ("bias gradient", "weight gradient"), last, ("weight", "deviation"))
    shown = tuple(tuple(pieces[name] for name in column) for column in columns)
    tensors = {name: piece.tensor for name, piece in pieces.items()}
    note = (
        "In training every value also moves the mean and the variance: so much of G is taken away again."
        if trace.operation.forward.operation.training
        else "Running numbers do not depend on this input: G is only scaled."
    )
    return Staging(shown, _words(trace, tensors), muted(note))


def _pieces(trace: StagedTrace[BatchNormGradient]) -> dict[str, Piece]:
    made = {stage.name: stage.trace.output for stage in trace.stages}
    pieces = [
        Piece(Tensor("gradient", Role.GRADIENT, trace.operation.g, "G"), "Gradient", "∂J/∂y", editable=True),
        Piece(vector("bias gradient", Role.KERNEL, made["bias gradient"], "∂β"), "∂J/∂β"),
        Piece(vector("weight gradient", Role.KERNEL, made["weight gradient"], "∂γ"), "∂J/∂γ"),
        Piece(Tensor("input gradient", Role.INPUT, made["input gradient"], "∂x"), "Input gradient", "∂J/∂x"),
    ]
    if "inner gradient" in made:
        pieces.append(Piece(Tensor("inner gradient", Role.TEXT, made["inner gradient"], "q"), "q", "what is left of G"))
    return batch_norm_pieces(trace.operation.forward) | {piece.tensor.name: piece for piece in pieces}


def _words(trace: StagedTrace[BatchNormGradient], tensors: Mapping[str, Tensor]) -> dict[str, StageWords]:
    given = trace.operation.forward.operation
    cell = "[n, c, i, j]" if given.x.ndim > 2 else "[n, c]"
    n = given.count
    arriving = "{inner gradient}" if "inner gradient" in tensors else "{gradient}"
    return {
        "bias gradient": StageWords(
            written("{bias gradient}[c]  =  Σ  {gradient}[·, c, ·]", tensors),
            "β is added to every value of the channel and gets all of their gradients: {} =",
        ),
        "weight gradient": StageWords(
            written("{weight gradient}[c]  =  Σ  {gradient}[·, c, ·] · {normalised}[·, c, ·]", tensors),
            "γ multiplies every value of the channel and gets {} =",
        ),
        "inner gradient": StageWords(
            written(
                f"{{inner gradient}}{cell}  =  {{gradient}}{cell} − {{bias gradient}}[c] / {n} − "
                f"{{normalised}}{cell} · {{weight gradient}}[c] / {n}",
                tensors,
            )
            if "inner gradient" in tensors
            else (),
            "Without what the mean and the variance take back there is left {} =",
        ),
        "input gradient": StageWords(
            written(f"{{input gradient}}{cell}  =  {{weight}}[c] · {arriving}{cell} / {{deviation}}[c]", tensors),
            "Scaled as the forward pass scaled it, the gradient of the input is {} =",
        ),
    }
