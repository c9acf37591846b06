"""What the gradients of a normalisation by batch look like."""

from collections.abc import Mapping

from cnnsim.drawing import Role
from cnnsim.scenes.batch_norm import batch_norm_pieces, cell_of, over_channel
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
    [['x′', 'G'], ['∂β', '∂γ', 'γ', 's'], ['q', '∂x']]
    """
    pieces = _pieces(trace)
    columns = (
        ("normalised", "gradient"),
        ("bias gradient", "weight gradient", "weight", "deviation"),
        ("inner gradient", "input gradient"),
    )
    shown = tuple(tuple(pieces[name] for name in column if name in pieces) for column in columns)
    shown = tuple(filter(None, shown))
    first, (*statistics, deviation), *rest = shown
    roomy = ((pieces["input"],), first, (*statistics, pieces["bias"], deviation), *rest)
    tensors = {name: piece.tensor for name, piece in pieces.items()}
    return Staging(shown, _words(trace, tensors), muted(_note(trace, tensors)), roomy)


def _note(trace: StagedTrace[BatchNormGradient], tensors: Mapping[str, Tensor]) -> str:
    """Say what is learned, or how G arrives at the input."""
    given = trace.operation.forward.operation
    if "input gradient" not in tensors:
        channels = given.x.shape[1]
        return f"All that is learned is one γ and one β for each channel: 2 · {channels} = {2 * channels} parameters."
    if given.training:
        return "In training every value also moves the mean and the variance: so much of G is taken away again."
    return "Running numbers do not depend on this input: G is only scaled."


def _pieces(trace: StagedTrace[BatchNormGradient]) -> dict[str, Piece]:
    made = {stage.name: stage.trace.output for stage in trace.stages}
    pieces = [Piece(Tensor("gradient", Role.GRADIENT, trace.operation.g, "G"), "Gradient", "∂J/∂y", editable=True)]
    for name, letter in (("bias gradient", "β"), ("weight gradient", "γ")):
        if name in made:
            pieces.append(Piece(vector(name, Role.KERNEL, made[name], f"∂{letter}"), f"∂J/∂{letter}"))
    if "inner gradient" in made:
        pieces.append(Piece(Tensor("inner gradient", Role.TEXT, made["inner gradient"], "q"), "q", "what is left of G"))
    if "input gradient" in made:
        tensor = Tensor("input gradient", Role.INPUT, made["input gradient"], "∂x")
        pieces.append(Piece(tensor, "Input gradient", "∂J/∂x"))
    return batch_norm_pieces(trace.operation.forward) | {piece.tensor.name: piece for piece in pieces}


def _words(trace: StagedTrace[BatchNormGradient], tensors: Mapping[str, Tensor]) -> dict[str, StageWords]:
    given = trace.operation.forward.operation
    cell, over, n = cell_of(given), over_channel(given), given.count
    arriving = "{inner gradient}" if "inner gradient" in tensors else "{gradient}"
    formulas = {
        "bias gradient": f"∂J/∂{{bias}}[c]  =  {over}  {{gradient}}{cell}",
        "weight gradient": f"∂J/∂{{weight}}[c]  =  {over}  {{gradient}}{cell} · {{normalised}}{cell}",
        "inner gradient": f"{{inner gradient}}{cell}  =  {{gradient}}{cell} − {{bias gradient}}[c] / {n} − "
        f"{{normalised}}{cell} · {{weight gradient}}[c] / {n}",
        "input gradient": f"∂J/∂{{input}}{cell}  =  {{weight}}[c] · {arriving}{cell} / {{deviation}}[c]",
    }
    finished = {
        "bias gradient": "β is added to every value of the channel and gets all of their gradients: {} =",
        "weight gradient": "γ multiplies every value of the channel and gets {} =",
        "inner gradient": "Without what the mean and the variance take back there is left {} =",
        "input gradient": "Scaled as the forward pass scaled it, the gradient of the input is {} =",
    }
    names = [stage.name for stage in trace.stages]
    return {name: StageWords(written(formulas[name], tensors), finished[name]) for name in names}
