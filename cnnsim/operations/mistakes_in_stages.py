"""What a wrong prediction in a softmax, loss or normalisation was probably computed from: values, and what to say."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from cnnsim.operations.mistakes_in_normalisation import (
    of_batch_norm,
    of_batch_norm_gradient,
    of_local_response_norm,
    of_local_response_norm_gradient,
)
from cnnsim.trace import (
    BatchNorm,
    BatchNormGradient,
    CrossEntropy,
    CrossEntropyGradient,
    LocalResponseNorm,
    LocalResponseNormGradient,
    Softmax,
    SoftmaxGradient,
    StagedTrace,
)
from cnnsim.trace.cellwise import Array, Place

Mistakes = Iterator[tuple[float, str]]


def of_stage(trace: StagedTrace[Any], name: str, cell: Place) -> Mistakes:
    """Yield what comes out of the mistakes that are made in one stage of an operation.

    Parameters
    ----------
    trace
        The operation.
    name
        Of the stage.
    cell
        Its place in the output of the stage.

    Examples
    --------
    >>> from cnnsim.trace import softmax
    >>> next(of_stage(softmax([1, 3]), "probability", (1, 0)))
    (1.0, 'It was not divided by the sum of all exponentials.')
    """
    made = {stage.name: stage.trace.output for stage in trace.stages}
    match trace.operation:
        case Softmax(z):
            return _of_softmax(z, made, name, cell)
        case CrossEntropy():
            own = _of_cross_entropy(trace.operation, made, name, cell)
            return iter((*own, *_of_softmax(trace.operation.z, made, name, cell)))
        case SoftmaxGradient():
            return _of_softmax_gradient(trace.operation, name, cell)
        case CrossEntropyGradient(forward):
            return _of_difference(forward.trace_of("probability").output, forward.operation, cell)
        case BatchNorm():
            return of_batch_norm(trace.operation, made, name, cell)
        case BatchNormGradient():
            return of_batch_norm_gradient(trace.operation, made, name, cell)
        case LocalResponseNorm():
            return of_local_response_norm(trace.operation, made, name, cell)
        case LocalResponseNormGradient():
            return of_local_response_norm_gradient(trace.operation, name, cell)
        case _:
            return iter(())


def _of_softmax(z: Array, made: Mapping[str, Array], name: str, cell: Place) -> Mistakes:
    d, e = made["shifted"], made["exponential"]
    with np.errstate(over="ignore"):
        plain = np.exp(z)  # may be too large for a number, which is a mistake as well
    match name:
        case "shifted":
            yield float(z[cell]), "That is the logit itself: the largest one is still to be taken away."
        case "exponential":
            yield float(d[cell]), "The exponential was forgotten: that is d itself."
            yield float(plain[cell]), "That is the exponential of the logit: the largest one was not taken away first."
            yield 10.0 ** float(d[cell]), "That is a power of 10: the base is e."
            yield 2.0 ** float(d[cell]), "That is a power of 2: the base is e."
        case "sum":
            yield float(d.sum()), "The differences were added instead of their exponentials."
            yield float(z.sum()), "The logits were added instead of the exponentials."
            yield float(plain.sum()), "Those are exponentials of the logits: the largest one was not taken away first."
            yield float(e.sum()) - 1, "One exponential is missing: that of the largest logit is 1, not 0."
            yield float(e.mean()), "That is the mean: the sum is asked for."
        case "probability":
            yield from _of_probability(z, made, cell)


def _of_probability(z: Array, made: Mapping[str, Array], cell: Place) -> Mistakes:
    d, e, total = made["shifted"], made["exponential"], float(z.sum())
    yield float(e[cell]), "It was not divided by the sum of all exponentials."
    if total:
        yield float(z[cell]) / total, "The exponential was forgotten: logits were divided by their sum."
        yield float(e[cell]) / total, "It was divided by the sum of the logits: the exponentials have to be added."
    if d.sum():
        yield float(d[cell] / d.sum()), "The exponential was forgotten: the differences were divided by their sum."
    yield float(e[cell] / e.max()), "It was divided by the largest exponential instead of the sum of all."
    yield float(e[cell]) / len(z), "It was divided by the number of classes instead of the sum."
    others = float(e.sum() - e[cell])
    if others:
        yield float(e[cell]) / others, "The sum has all exponentials, also that of the class itself."


def _of_cross_entropy(given: CrossEntropy, made: Mapping[str, Array], name: str, cell: Place) -> Mistakes:
    total, d, logarithm = float(made["sum"][0, 0]), made["shifted"], made["logarithm"]
    match name:
        case "logarithm of the sum":
            yield total, "The logarithm was forgotten: that is S itself."
            yield from _in_other_bases(float(np.log(total)))
        case "logarithm":
            yield float(made["probability"][cell]), "The logarithm was forgotten: that is p itself."
            yield float(d[cell]), "ln S was not taken away."
            yield float(d[cell]) - total, "S was taken away instead of its logarithm."
            yield float(d[cell]) + float(np.log(total)), "ln S was added instead of taken away."
            yield from _in_other_bases(float(logarithm[cell]))
        case "loss":
            yield from _of_loss(given, made)


def _of_loss(given: CrossEntropy, made: Mapping[str, Array]) -> Mistakes:
    loss, right = float(made["loss"][0, 0]), int(given.target.argmax())
    z, p = float(given.z[right, 0]), float(made["probability"][right, 0])
    yield -loss, "The minus was forgotten: logarithms of probabilities are negative."
    yield from _in_other_bases(loss)
    if z > 0:
        yield -float(np.log(z)), "The logit was taken for the probability: first comes the softmax."
        yield float(np.log(z)), "The logit was taken for the probability, and the minus was forgotten."
    yield p, "That is the probability of the right class: its logarithm is still to be taken."
    yield 1 - p, "That is 1 − p: the loss is −ln p."
    yield z, "That is the logit of the right class."
    yield -float(made["logarithm"].sum()), "All classes were counted: the target is 0 for all but the right one."
    yield loss / len(given.z), "It was divided by the number of classes: the loss is a sum."


def _in_other_bases(natural: float) -> Mistakes:
    yield natural / float(np.log(2)), "That is with the logarithm to base 2: the natural one is meant."
    yield natural / float(np.log(10)), "That is with the logarithm to base 10: the natural one is meant."


def _of_softmax_gradient(given: SoftmaxGradient, name: str, cell: Place) -> Mistakes:
    p, g = given.forward.output[:, 0], given.g[:, 0]
    if name == "jacobian":
        ours, theirs = float(p[cell[0]]), float(p[cell[1]])
        if cell[0] == cell[1]:
            yield -ours * ours, "On the diagonal p itself is added: p·(1 − p)."
            yield ours, "That is p alone: p·p is still to be taken away."
        else:
            yield ours * (1 - theirs), "Only on the diagonal is there a 1: elsewhere it is −p[c]·p[k]."
            yield ours * theirs, "The minus was forgotten: what one probability gains, the others lose."
        return
    k = cell[0]
    yield float(g[k]), "That is G itself: every logit changes all probabilities, as the Jacobian says."
    yield float(p[k] * g[k]), "That is p·G: what the other probabilities lose was forgotten."
    yield float(p[k] * (1 - p[k]) * g[k]), "Only the diagonal of the Jacobian was used."


def _of_difference(p: Array, given: CrossEntropy, cell: Place) -> Mistakes:
    yield float(p[cell]), "That is p: the target is still to be taken away."
    yield float(p[cell] + given.target[cell]), "The target was added instead of taken away."
    yield float(given.z[cell] - given.target[cell]), "The target was taken from the logit: first comes the softmax."
