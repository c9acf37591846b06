"""What the cross-entropy of logits and its gradient look like."""

from math import log

import numpy as np

from cnnsim.drawing import Role, Term
from cnnsim.scenes.softmax import softmax_pieces, softmax_words, vector
from cnnsim.scenes.staging import Piece, StageWords, Staging, muted, written
from cnnsim.trace import CrossEntropy, CrossEntropyGradient, StagedTrace
from cnnsim.typography import format_to

_TOLERANCE = 1e-9


def cross_entropy_staging(trace: StagedTrace[CrossEntropy]) -> Staging:
    """Show a cross-entropy from the logits to the loss.

    Examples
    --------
    >>> from cnnsim.trace import cross_entropy
    >>> staging = cross_entropy_staging(cross_entropy([0.1, 0.2, 0.7], 2))
    >>> "".join(term.text for term in staging.note)
    'Logits are any numbers; only if 0.1, 0.2, 0.7 were already probabilities, the loss would be −ln 0.7 ≈ 0.3567.'
    """
    pieces = _pieces(trace)
    names = (
        ("logits", "largest"),
        ("shifted",),
        ("exponential", "sum", "logarithm of the sum"),
        ("probability",),
        ("logarithm",),
        ("target", "loss"),
    )
    columns = tuple(tuple(pieces[name] for name in column) for column in names)
    tensors = {name: piece.tensor for name, piece in pieces.items()}
    log_p = "{logarithm}[c]  =  {shifted}[c] − {logarithm of the sum}  =  ln( {exponential}[c] / {sum} )"
    words = softmax_words(pieces) | {
        "logarithm of the sum": StageWords(
            written("{logarithm of the sum}  =  ln( {sum} )", tensors),
            "The logarithm of the sum is",
            ("ln( ", ", ", " )"),
        ),
        "logarithm": StageWords(
            written(log_p, tensors),
            "The logarithm of the probability is {} =",
        ),
        "loss": StageWords(
            written("{loss}  =  − Σ~c~  {target}[c] · {logarithm}[c]", tensors),
            "With one-hot targets only the right class counts; the loss is",
            ("− ( ", " + ", " )"),
        ),
    }
    return Staging(columns, words, _note(trace.operation))


def cross_entropy_gradient_staging(trace: StagedTrace[CrossEntropyGradient]) -> Staging:
    """Show the gradient of a cross-entropy: the probabilities less the target.

    Examples
    --------
    >>> from cnnsim.trace import cross_entropy, cross_entropy_gradient
    >>> staging = cross_entropy_gradient_staging(cross_entropy_gradient(cross_entropy([1, 2], 0)))
    >>> [[piece.tensor.letter for piece in column] for column in staging.columns]
    [['z'], ['p'], ['y'], ['∂z']]
    """
    pieces = _pieces(trace.operation.forward)
    pieces["input gradient"] = Piece(vector("input gradient", Role.INPUT, trace.output, "∂z"), "∂J/∂z")
    names = ("logits",), ("probability",), ("target",), ("input gradient",)
    columns = tuple(tuple(pieces[name] for name in column) for column in names)
    tensors = {name: piece.tensor for name, piece in pieces.items()}
    symbols = written("∂{loss}/∂{logits}[c]  =  {probability}[c] − {target}[c]", tensors)
    words = {"input gradient": StageWords(symbols, "The probability minus the target is {} =")}
    note = "Softmax and cross-entropy together: p − y, nothing else. The right class is pushed up, all others down."
    return Staging(columns, words, muted(note))


def _pieces(trace: StagedTrace[CrossEntropy]) -> dict[str, Piece]:
    given, made = trace.operation, {stage.name: stage.trace.output for stage in trace.stages}
    further = (
        Piece(vector("logarithm of the sum", Role.TEXT, made["logarithm of the sum"], "ln S"), "ln S"),
        Piece(vector("logarithm", Role.TEXT, made["logarithm"], "ln p"), "ln p", "= d − ln S"),
        Piece(vector("target", Role.KERNEL, given.target, "y"), "Target", "y", editable=True),
        Piece(vector("loss", Role.OUTPUT, made["loss"], "J"), "Loss", "J"),
    )
    return softmax_pieces(given.z, trace) | {piece.tensor.name: piece for piece in further}


def _note(given: CrossEntropy) -> tuple[Term, ...]:
    """Name a mistake where the logits look like probabilities: to take them for such."""
    z = given.z.ravel()
    right = float(z[int(given.target.argmax())])
    if (z < 0).any() or abs(float(z.sum()) - 1) > _TOLERANCE or right <= 0 or given.target.max() < 1:
        return muted("Logits are any numbers. ln p is taken as d − ln S, since p may round to 0.")
    numbers = ", ".join(f"{value:g}" for value in np.round(z, 4))
    wrong = f"−ln {right:g} ≈ {format_to(-log(right), 4)}"
    return muted(f"Logits are any numbers; only if {numbers} were already probabilities, the loss would be {wrong}.")
