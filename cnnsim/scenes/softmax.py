"""What a softmax and its gradient look like."""

from collections.abc import Mapping
from typing import Any

from cnnsim.drawing import Role
from cnnsim.scenes.layout import size_text
from cnnsim.scenes.staging import Piece, StageWords, Staging, muted, written
from cnnsim.scenes.symbols import fraction
from cnnsim.scenes.tensors import Tensor
from cnnsim.trace import Softmax, SoftmaxGradient, StagedTrace
from cnnsim.trace.cellwise import Array


def softmax_staging(trace: StagedTrace[Softmax]) -> Staging:
    """Show a softmax from the logits to the probabilities.

    Examples
    --------
    >>> from cnnsim.trace import softmax
    >>> [[piece.tensor.letter for piece in column] for column in softmax_staging(softmax([1, 2])).columns]
    [['z', 'm'], ['d'], ['e', 'S'], ['p']]
    """
    pieces = softmax_pieces(trace.operation.z, trace)
    names = ("logits", "largest"), ("shifted",), ("exponential", "sum"), ("probability",)
    columns = tuple(tuple(pieces[name] for name in column) for column in names)
    note = "Logits are any numbers, not only from 0 to 1.  m cancels:  e^z − m^ / Σ e^z − m^ = e^z^ / Σ e^z^"
    return Staging(columns, softmax_words(pieces), muted(note))


def softmax_gradient_staging(trace: StagedTrace[SoftmaxGradient]) -> Staging:
    """Show the gradient of a softmax: its Jacobian between the probabilities and G.

    Examples
    --------
    >>> from cnnsim.trace import softmax, softmax_gradient
    >>> staging = softmax_gradient_staging(softmax_gradient(softmax([1, 2])))
    >>> [[piece.tensor.name for piece in column] for column in staging.columns]
    [['logits'], ['probability'], ['jacobian'], ['gradient'], ['input gradient']]
    """
    given = trace.operation
    of_forward = softmax_pieces(given.forward.operation.z, given.forward)
    count = len(given.g)
    jacobian = Tensor("jacobian", Role.TEXT, trace.trace_of("jacobian").output, "D")
    columns = (
        (of_forward["logits"],),
        (of_forward["probability"],),
        (Piece(jacobian, "D = ∂p/∂z", size_text(count, count)),),
        (Piece(vector("gradient", Role.GRADIENT, given.g, "G"), "Gradient", "∂J/∂p", editable=True),),
        (Piece(vector("input gradient", Role.INPUT, trace.output, "∂z"), "∂J/∂z"),),
    )
    tensors = {piece.tensor.name: piece.tensor for column in columns for piece in column}
    slopes = "{jacobian}[c, k]  =  {probability}[c] · [c = k] − {probability}[c] · {probability}[k]"
    words = {
        "jacobian": StageWords(
            (*written(slopes, tensors), *muted("      [c = k] is 1 on the diagonal, else 0")),
            "What logit k does to probability c, {}, is",
        ),
        "input gradient": StageWords(
            written("∂J/∂{logits}[k]  =  Σ~c~  {jacobian}[c, k] · {gradient}[c]", tensors),
            "Through all probabilities the logit gets {} =",
        ),
    }
    note = "Every row and every column of D adds up to 0: what one probability gains, the others lose."
    return Staging(columns, words, muted(note))


def softmax_pieces(z: Array, trace: StagedTrace[Any]) -> dict[str, Piece]:
    """Return the tensors of a softmax by name; `trace` has its stages."""
    made = {stage.name: stage.trace.output for stage in trace.stages}
    pieces = (
        Piece(vector("logits", Role.INPUT, z, "z"), "Logits", "z", editable=True),
        Piece(vector("largest", Role.TEXT, made["largest"], "m"), "m", "largest"),
        Piece(vector("shifted", Role.TEXT, made["shifted"], "d"), "d = z − m"),
        Piece(vector("exponential", Role.TEXT, made["exponential"], "e"), "e = exp(d)"),
        Piece(vector("sum", Role.TEXT, made["sum"], "S"), "S", "sum"),
        Piece(vector("probability", Role.OUTPUT, made["probability"], "p"), "p", "probabilities", bars=True),
    )
    return {piece.tensor.name: piece for piece in pieces}


def softmax_words(pieces: Mapping[str, Piece]) -> dict[str, StageWords]:
    """Return what is written of the stages of a softmax."""
    tensors = {name: piece.tensor for name, piece in pieces.items()}
    return {
        "largest": StageWords(
            written("{largest}  =  max~c~  {logits}[c]", tensors),
            "The largest logit, which is taken from all so that no exponential overflows, is",
            ("max( ", ",  ", " )"),
        ),
        "shifted": StageWords(written("{shifted}[c]  =  {logits}[c] − {largest}", tensors), "What is left is {} ="),
        "exponential": StageWords(
            written("{exponential}[c]  =  exp( {shifted}[c] )  =  e^z[c] − m^", tensors),
            "Its exponential is {} =",
            ("exp( ", ", ", " )"),
        ),
        "sum": StageWords(written("{sum}  =  Σ~c~  {exponential}[c]", tensors), "All exponentials add up to"),
        "probability": StageWords(
            (
                *written("{probability}[c]  =  ", tensors),
                *fraction(written("{exponential}[c]", tensors), written("{sum}", tensors)),
            ),
            "The share of the class in the sum is its probability {} =",
        ),
    }


def vector(name: str, role: Role, array: Array, letter: str) -> Tensor:
    """Return a column, a row or a single number."""
    return Tensor(name, role, array, letter, vector=True)
