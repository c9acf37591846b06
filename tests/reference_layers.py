"""Normalisations, dense layers, dropout and outputs, forward and backward: by loops or by the engine."""

import math
from itertools import product

import naive
import numpy as np
from reference_tensors import tensors

from cnnsim import functional, nn
from cnnsim.operations import array_of


def _batch_normed(settings, x, weight, bias):
    if settings.training:
        return naive.batch_norm(x, weight.ravel(), bias.ravel(), settings.eps)
    mean, variance = (array.ravel() for array in tensors(settings, "running mean", "running variance"))
    y = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        c = place[1]
        normal = (float(x[place]) - float(mean[c])) / math.sqrt(float(variance[c]) + settings.eps)
        y[place] = normal * float(weight[0, c]) + float(bias[0, c])
    return y


def batch_norm(settings, module):
    x, weight, bias = tensors(settings, "input", "weight", "bias")
    if module is functional:
        running = [None, None]
        if settings.uses_running:
            running = [array.ravel().copy() for array in tensors(settings, "running mean", "running variance")]
        arguments = (x, *running, weight.ravel(), bias.ravel(), settings.training, settings.momentum, settings.eps)
        if settings.direction == "forward":
            return functional.batch_norm(*arguments)
        dx, _, _, dweight, dbias = functional.batch_norm_backward(array_of(settings, "gradient"), *arguments)
        found = {"input-gradient": dx, "weight-gradient": dweight[None], "bias-gradient": dbias[None]}
        return found[settings.direction]
    if settings.direction == "forward":
        return _batch_normed(settings, x, weight, bias)
    normal, g = _batch_normed(settings, x, np.ones(weight.shape), np.zeros(bias.shape)), array_of(settings, "gradient")
    dx, dweight, dbias = np.zeros(x.shape), np.zeros(weight.shape), np.zeros(bias.shape)
    for place in np.ndindex(x.shape):
        dweight[0, place[1]] += float(g[place]) * float(normal[place])
        dbias[0, place[1]] += float(g[place])
    for c in range(x.shape[1]):
        dx[:, c] = float(weight[0, c]) * _through_statistics(settings, x[:, c], normal[:, c], g[:, c], c)
    return {"input-gradient": dx, "weight-gradient": dweight, "bias-gradient": dbias}[settings.direction]


def _through_statistics(settings, x, normal, g, channel):
    """Add up G times the slope of every normalised value of a channel by every value."""
    values, count = x.ravel().tolist(), x.size
    if not settings.training:
        variance = float(array_of(settings, "running variance")[0, channel])
        return g / math.sqrt(variance + settings.eps)
    mean = sum(values) / count
    deviation = math.sqrt(sum((value - mean) ** 2 for value in values) / count + settings.eps)
    slopes = np.zeros(count)
    for i, j in product(range(count), range(count)):
        along = normal.ravel()[i] * normal.ravel()[j]
        slopes[i] += float(g.ravel()[j]) * ((i == j) - 1 / count - along / count) / deviation
    return slopes.reshape(x.shape)


def local_response_norm(settings, module):
    x, options = array_of(settings, "input")[None], (settings.size, settings.alpha, settings.beta, settings.k)
    if settings.direction == "forward":
        return module.local_response_norm(x, *options)[0]
    g = array_of(settings, "gradient")[None]
    if module is functional:
        return functional.local_response_norm_backward(g, x, *options)[0]
    dx = np.zeros(x[0].shape)
    for c, k, i, j in product(*(range(n) for n in (len(dx), *dx.shape))):
        dx[k, i, j] += float(g[0, c, i, j]) * _response(settings, x[0, :, i, j].tolist(), c, k)
    return dx


def _response(settings, values, c, k):
    """Slope of the normalised value of one channel by the value of another, or by its own."""
    n, alpha, beta = settings.size, settings.alpha, settings.beta
    near = [at for at in range(c - n // 2, c + (n - 1) // 2 + 1) if 0 <= at < len(values)]
    damping = settings.k + alpha / n * sum(values[at] ** 2 for at in near)
    own = damping**-beta if c == k else 0.0
    if k not in near or not alpha * beta * values[c] * values[k]:
        return own
    return own - beta * values[c] * damping ** (-beta - 1) * 2 * alpha / n * values[k]


def flatten(settings, module):
    x = array_of(settings, "input")
    if settings.direction == "forward":
        if module is functional:
            return nn.Sequential({"flatten": nn.Flatten()}, dtype=np.float64)(x[None])
        return np.array([[float(x[place]) for place in np.ndindex(x.shape)]])
    g, maps = array_of(settings, "gradient").ravel(), np.zeros(x.shape)
    if module is functional:
        return g.reshape(x.shape)
    for number, place in enumerate(np.ndindex(x.shape)):
        maps[place] = g[number]
    return maps


def dense(settings, module):
    x, w, b = tensors(settings, "input", "kernel", "bias")
    if settings.direction == "forward":
        return module.linear(x, w, b.ravel()).T
    dx, dw, db = module.linear_backward(array_of(settings, "gradient").T, x, w, b.ravel())
    return {"input-gradient": dx, "weight-gradient": dw, "bias-gradient": db[:, None]}[settings.direction]


def dropout(settings, module):
    x, seed = array_of(settings, "input"), settings.seed + settings.draw
    forward = settings.direction == "forward"
    arguments = x, settings.p, settings.training
    if module is functional:
        if forward:
            return functional.dropout(*arguments, seed=seed)
        return functional.dropout_backward(array_of(settings, "gradient"), *arguments, seed=seed)
    values, draws = x if forward else array_of(settings, "gradient"), np.random.default_rng(seed).random(x.shape)
    y = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        if not settings.training:
            y[place] = values[place]
        elif draws[place] >= settings.p:
            y[place] = float(values[place]) / (1 - settings.p)
    return y


def softmax(settings, module):
    z = array_of(settings, "logits").ravel()
    p = naive.softmax([float(value) for value in z])
    if settings.direction == "forward":
        return functional.softmax(z[None]).T if module is functional else np.array(p)[:, None]
    g = array_of(settings, "gradient").ravel()
    if module is functional:
        return functional.softmax_backward(g[None], z[None]).T
    classes = range(len(p))
    return np.array([[sum(float(g[c]) * p[c] * ((c == k) - p[k]) for c in classes)] for k in classes])


def cross_entropy(settings, module):
    z, target = array_of(settings, "logits").ravel(), settings.target
    if settings.direction == "forward":
        if module is functional:
            return np.reshape(functional.cross_entropy(z[None], [target]), (1, 1))
        return np.array([[naive.cross_entropy(z.tolist(), target)]])
    if module is functional:
        return functional.cross_entropy_backward(1.0, z[None], [target]).T
    return np.array([[p - (c == target)] for c, p in enumerate(naive.softmax(z.tolist()))])
