"""What a wrong prediction in a normalisation was probably computed from: values, and what to say."""

from collections.abc import Iterator, Mapping

import numpy as np

from cnnsim.trace import BatchNorm, BatchNormGradient, LocalResponseNorm, LocalResponseNormGradient
from cnnsim.trace.cellwise import Array, Place

Mistakes = Iterator[tuple[float, str]]


def of_batch_norm(given: BatchNorm, made: Mapping[str, Array], name: str, cell: Place) -> Mistakes:
    """Yield what comes out of the mistakes that are made in one stage of a normalisation by batch."""
    match name:
        case "mean" | "variance" | "deviation":
            yield from _of_statistics(given, made, name, cell)
        case "centred":
            yield float(given.x[cell]), "That is x itself: the mean is still to be taken away."
            yield float(given.x[cell] - given.x.mean()), "That is the mean of all channels: each has its own."
        case "new running mean" | "new running variance":
            yield from _of_running(given, made, name, cell)
        case "normalised":
            yield from _of_normalised(given, made, cell)
        case "output":
            normalised, scale, shift = made["normalised"][cell], given.weight[0, cell[1]], given.bias[0, cell[1]]
            yield float(scale * normalised), "β was forgotten."
            yield float(normalised + shift), "γ was forgotten."
            yield float(scale * (normalised + shift)), "β is added after γ has multiplied."
            yield float(normalised), "γ and β were forgotten."


def _of_statistics(given: BatchNorm, made: Mapping[str, Array], name: str, cell: Place) -> Mistakes:
    x, n = given.x[:, cell[1]], given.count
    if name == "mean":
        yield float(x.sum()), f"That is the sum: it is still to be divided by {n}."
        yield float(x.sum()) / (n - 1), f"It was divided by {n - 1}: there are {n} values."
        yield float(given.x.mean()), "That is the mean of all channels: each has its own."
        yield float(x[0].mean()), "That is the mean of one image: all images of the batch count."
        return
    variance = _variance(given, made)[0, cell[1]]
    if name == "variance":
        yield float(variance * n), f"That is the sum of the squares: it is still to be divided by {n}."
        yield float(variance * n / (n - 1)), f"It was divided by {n - 1}: here the squares are divided by {n}."
        yield float((x**2).mean()), "The mean was not taken away before squaring."
        yield float(np.abs(x - x.mean()).mean()), "The differences were not squared."
        yield float(np.sqrt(variance)), "That is the standard deviation: the root comes next."
        return
    yield float(variance), "The root was forgotten."
    yield float(variance + given.eps), "The root was forgotten."
    yield float(np.sqrt(variance)), "ε was forgotten."
    yield float(np.sqrt(variance) + given.eps), "ε stands under the root."
    if n > 1:
        yield float(np.sqrt(variance * n / (n - 1) + given.eps)), f"That is with a variance by {n - 1} instead of {n}."


def _of_running(given: BatchNorm, made: Mapping[str, Array], name: str, cell: Place) -> Mistakes:
    assert given.running_mean is not None and given.running_var is not None
    share, n = given.momentum, given.count
    if name == "new running mean":
        old, new = float(given.running_mean[cell]), float(made["mean"][cell])
    else:
        biased, old = float(made["variance"][cell]), float(given.running_var[cell])
        new = biased * n / (n - 1)
        yield (1 - share) * old + share * biased, f"The variance was not made unbiased: times {n}/{n - 1}."
    yield share * old + (1 - share) * new, "The shares were exchanged: most is kept, a little follows."
    yield new, "That is of the batch alone: it only moves a little towards it."
    yield old + share * new, "What is kept was not made less."


def _of_normalised(given: BatchNorm, made: Mapping[str, Array], cell: Place) -> Mistakes:
    x, d, s = float(given.x[cell]), float(made["centred"][cell]), float(made["deviation"][0, cell[1]])
    variance, n = float(_variance(given, made)[0, cell[1]]), given.count
    yield d, "It was not divided by s."
    yield x / s, "The mean was not taken away."
    yield d / (variance + given.eps), "It was divided by the variance: its root is missing."
    if variance:
        yield d / variance, "It was divided by the variance: its root and ε are missing."
        yield d / float(np.sqrt(variance)), "ε was forgotten."
    if n > 1:
        yield d / float(np.sqrt(variance * n / (n - 1) + given.eps)), f"That is with a variance by {n - 1}, not {n}."
    yield d * s, "It was multiplied by s instead of divided."


def _variance(given: BatchNorm, made: Mapping[str, Array]) -> Array:
    if given.training:
        return made["variance"]
    assert given.running_var is not None
    return given.running_var


def of_batch_norm_gradient(given: BatchNormGradient, made: Mapping[str, Array], name: str, cell: Place) -> Mistakes:
    """Yield what comes out of the mistakes that are made in one stage of the gradients of a normalisation by batch."""
    forward, g = given.forward.operation, given.g
    channel, n = cell[1], forward.count
    normalised, s = (given.forward.trace_of(of).output for of in ("normalised", "deviation"))
    match name:
        case "bias gradient":
            yield float(g[:, channel].mean()), "That is the mean: the gradients are added."
            yield float(g.sum()), "That is over all channels: each has its own β."
        case "weight gradient":
            yield float((g * forward.x)[:, channel].sum()), "γ multiplies the normalised value, not x."
            yield float(g[:, channel].sum()), "G was not multiplied by the normalised values: that is ∂J/∂β."
            yield float((g * normalised)[:, channel].mean()), "That is the mean: the products are added."
        case "inner gradient":
            shift, scale = (float(made[of][0, channel]) for of in ("bias gradient", "weight gradient"))
            own, at = float(g[cell]), float(normalised[cell])
            yield own, "That is G itself: what the mean and the variance take back was forgotten."
            yield own - shift / n, "What the variance takes back was forgotten."
            yield own - at * scale / n, "What the mean takes back was forgotten."
            yield own - shift - at * scale, f"∂β and ∂γ are still to be divided by {n}."
        case "input gradient":
            arriving = made.get("inner gradient", g)[cell]
            weight, root = float(forward.weight[0, channel]), float(s[0, channel])
            yield float(weight * arriving), "It was not divided by s."
            yield float(arriving / root), "γ was forgotten."
            yield (
                float(weight * g[cell] / root),
                "G was only scaled: what the mean and the variance take back is missing.",
            )
            yield float(arriving), "It is still to be multiplied by γ and divided by s."


def of_local_response_norm(given: LocalResponseNorm, made: Mapping[str, Array], name: str, cell: Place) -> Mistakes:
    """Yield what comes out of the mistakes that are made in one stage of a local response normalisation."""
    x = float(given.x[cell])
    column = given.x[:, cell[1], cell[2]]
    squares, scale = float(made["squares"][cell]), float(made["scale"][cell])
    match name:
        case "squares":
            yield x * x, "That is the square of the cell's own value: its neighbours belong to the sum."
            yield (
                float((column**2).sum()),
                f"All channels were added: only up to {given.size} around the own one count.",
            )
            yield squares - x * x, "The cell's own square was left out."
        case "scale":
            yield given.k + given.alpha * squares, f"α was not divided by n = {given.size}."
            yield given.alpha / given.size * squares, "k was forgotten."
            yield given.k + squares, "α/n was forgotten."
        case "power":
            yield scale, "The power was forgotten: that is s itself."
            yield float(np.sqrt(scale)), f"That is the root: the power is β = {given.beta:g}."
            yield scale * given.beta, "s was multiplied by β: β is a power."
        case "output":
            yield x / scale, "The power was forgotten: it was divided by s itself."
            yield x, "It was not divided by t."
            yield x * float(made["power"][cell]), "It was multiplied by t instead of divided."


def of_local_response_norm_gradient(given: LocalResponseNormGradient, name: str, cell: Place) -> Mistakes:
    """Yield what comes out of the mistakes that are made in one stage of the gradient of a local response norm."""
    g, y, forward = float(given.g[cell]), float(given.forward.output[cell]), given.forward
    scale, power = (float(forward.trace_of(of).output[cell]) for of in ("scale", "power"))
    match name:
        case "shares":
            yield g * y, "It was not divided by s."
            yield g * y / power, "It was divided by t: here it is s."
            yield g * float(forward.operation.x[cell]) / scale, "x was taken instead of the output."
        case "input gradient":
            yield (
                g / power,
                "That is the way through the numerator alone: a value also damps its neighbours and itself.",
            )
            yield g, "That is G itself."
